"""The shipped rules, templates and the post together: what reaches a contributor's mail program."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

from mailbot.edges.smtp import SmtpPost
from mailbot.model import Author, Byline, MailCause, MailState, NoticeKind, OutgoingMail, SendOutcome
from mailbot.notices.compose import compose
from mailbot.notices.message import draft_answer
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import load_rulebook, read_folder
from tests.servers.smtp import ScriptedSmtp
from tests.unit.notices import build

RULES = Path(__file__).parents[3] / "rules"


def test_a_faulty_submission_is_returned_with_everything_at_once() -> None:
    """Judged by the shipped rules, one mail over SMTP tells all faults, and reads as it was written."""
    rulebook = load_rulebook(read_folder(RULES))
    manuscript = replace(build.MANUSCRIPT, text="正文" * 400, byline=Byline(authors=(Author(name="王小丽"),)))
    letter = replace(build.LETTER, files=(*build.LETTER.files, build.LOCKED), cloud_files=(build.CLOUD,))
    dossier = build.dossier(letter, manuscript)
    judgement = judge(dossier, rulebook)
    assert judgement.answer is NoticeKind.RETURN

    numbered = [build.submission("SQ-2026-0012")]
    notice = compose(dossier, judgement, numbered, build.OFFICE_NAME, rulebook.issue_names, build.shipped())
    assert notice is not None
    draft = draft_answer(notice, dossier, letter_id=1, office_name=build.OFFICE_NAME, at=build.NOW, secret=b"k")
    mail = OutgoingMail(
        id=1, state=MailState.WAITING, cause=MailCause.ANSWER, kind=draft.kind, recipient=draft.recipient,
        subject=draft.subject, message_id=draft.message_id, content=draft.content, attempts=0, created_at=build.NOW,
    )  # fmt: skip
    with ScriptedSmtp() as server:
        post = SmtpPost(
            host="127.0.0.1", port=server.port, sender=build.OFFICE.address, username="u", password="p",
            security="none", timeout=5,
        )  # fmt: skip
        assert post.send(mail, lambda: None).outcome is SendOutcome.SENT

    received = message_from_bytes(server.mails[0], policy=policy.default)
    assert received["Subject"] == "【SQ-2026-0012】来稿已收到，请补充材料"
    told = received.get_content()
    for part in ("没有附原图", "没有注明报送单位", "作者单位", "照片2.rar", "原图.zip", "已经收妥", "请直接回复本邮件"):
        assert part in told
    assert told.count("补正办法") >= 4
    assert "://" not in told
