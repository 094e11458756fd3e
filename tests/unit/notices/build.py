"""Letters and judgements as the tests of notices want them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from mailbot.model import (
    Address,
    ArticleJudgement,
    Author,
    CloudFile,
    Dossier,
    File,
    FileProblem,
    Finding,
    Judgement,
    Kind,
    Letter,
    Manuscript,
    Mode,
    NoticeKind,
    Office,
    Outcome,
    Picture,
    Role,
    Severity,
    Submission,
    SubmissionState,
    Verdict,
)
from mailbot.notices.templates import Templates, load_templates, read_folder

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE = Office(address="tougao@example.cn", editors=("bianji@example.cn",))
OFFICE_NAME = "《社区工作通讯》编辑部"
SHIPPED = Path(__file__).parents[3] / "templates"
LETTER = Letter(
    message_id="<tencent_0A1B2C@example.org>",
    subject="投稿：社区里的小剧场",
    sender=Address(address="wangxiaoli@example.org", name="王小丽"),
    files=(
        File(
            name="稿件.docx",
            media_type="application/x",
            bytes=34_567,
            sha256="0" * 64,
            where="1",
            role=Role.MANUSCRIPT,
        ),
        File(
            name="图1.jpg",
            media_type="image/jpeg",
            bytes=3_456_789,
            sha256="1" * 64,
            where="2",
            role=Role.ORIGINAL,
            inside="照片.zip",
        ),
    ),
)
MANUSCRIPT = Manuscript(
    source="稿件.docx",
    file=0,
    title="社区里的小剧场",
    characters=2100,
    pictures=(
        Picture(name="image1.png", width=1200, height=800, bytes=9, format="png", original="图1.jpg"),
        Picture(name="image2.png", width=640, height=480, bytes=9, format="png"),
    ),
)
UNIT_MISSING = Finding(
    rule="unit",
    title="报送单位",
    cites="第三条第一款",
    outcome=Outcome.FAILED,
    severity=Severity.RETURN,
    mode=Mode.ON,
    message="稿件中没有写明报送单位",
    advice="请写明报送单位完整名称",
)
ORIGINAL_MISSING = replace(
    UNIT_MISSING, rule="originals", cites="第一条第二款", message="图2未见原图", advice="请附上图2的原图"
)
ARTICLE = ArticleJudgement(
    verdict=Verdict.ACKNOWLEDGE,
    unit="山东省临沂市兰山区银雀山街道",
    unit_complete=True,
    authors=(Author(name="王小丽"), Author(name="李建国")),
    issue="2026-1",
    column=None,
    late=False,
    findings=(),
)
ISSUES = {"2026-1": "2026年第1期"}


@cache
def shipped() -> Templates:
    """The templates that come with the program."""
    return load_templates(read_folder(SHIPPED))


def dossier(letter: Letter = LETTER, *manuscripts: Manuscript) -> Dossier:
    """A letter with one article, or with these."""
    return Dossier(
        kind=Kind.SUBMISSION, kind_reasons=(), letter=letter, manuscripts=manuscripts or (MANUSCRIPT,), arrived_at=NOW,
        announced=1, office=OFFICE,
    )  # fmt: skip


def judgement(answer: NoticeKind | None, *articles: ArticleJudgement) -> Judgement:
    """What the rules said, with this answer."""
    return Judgement(verdict=Verdict.RETURN, rulebook="r", articles=articles or (ARTICLE,), answer=answer)


def submission(number: str) -> Submission:
    """What the ledger made of an article."""
    return Submission(
        id=int(number[-4:]), number=number, letter=1, article=0, state=SubmissionState.READY, revision=1,
        issue="2026-1", column=None, title="", unit="", authors=(),
    )  # fmt: skip


LOCKED = File(
    name="照片2.rar",
    media_type="application/x",
    bytes=5,
    sha256="2" * 64,
    where="3",
    role=Role.ARCHIVE,
    problem=FileProblem.ENCRYPTED,
)
CLOUD = CloudFile(name="原图.zip", url="https://cloud.example.org/f?k=1", provider="QQ邮箱")
