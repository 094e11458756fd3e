"""Whatever contributors send, through the whole worker: what is filed where, what they are told, what editors see."""

from __future__ import annotations

import hashlib
import json
from email.message import Message
from pathlib import Path

from mailbot.model import Verdict
from mailbot.steps import Step
from tests.servers.office import CONTRIBUTORS, EDITOR, OFFICE, Office
from tests.stories.sent import SENT
from tests.stories.test_kill import assert_nothing_lost_or_doubled

ZHANG = CONTRIBUTORS[0]
ONE_DAY = 86_400
PLACES = ("manuscripts", "pictures", "other")


def text_of(mail: Message) -> str:
    """The plain text of a mail."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8").replace("\r\n", "\n")


def named(letter: bytes, sort: str) -> bytes:
    """The letter under a Message-ID by which its answer is found."""
    number = list(SENT).index(sort)
    return f"Message-ID: <sort-{number}@mail.example.cn>\r\n".encode() + letter


def stored(folder: Path) -> set[str]:
    """What of a letter stands in a submission's first revision."""
    return {f"{place}/{path.name}" for place in PLACES for path in (folder / "r1" / place).iterdir()}


def assert_filed_and_told(office: Office, sort: str, answers: dict[str, str]) -> None:
    """The submissions of one letter with their files, and its answer."""
    sent = SENT[sort]()
    with office.world() as world:
        (row,) = [
            row
            for row in world.letters()
            if row.message_id.strip("<>") == f"sort-{list(SENT).index(sort)}@mail.example.cn"
        ]
        submissions = world.ledger.submissions_of(row.id)
    assert row.verdict is Verdict(sent.verdict), sort
    assert [(one.title or None) for one in submissions] == [title for _, title, _ in sent.articles], sort
    assert [stored(office.storage / one.folder) for one in submissions] == sent.stored, sort
    for one in submissions:
        folder = office.storage / one.folder / "r1"
        assert hashlib.sha256((folder / "letter.eml").read_bytes()).hexdigest() == row.raw.sha256
        listed = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
        assert {file["path"] for file in listed} >= stored(office.storage / one.folder)
        assert one.number in answers[sort]
    for said in sent.told:
        assert said in answers[sort], sort


def test_whatever_they_send_is_filed_answered_and_told_to_the_editors(office: Office) -> None:
    """Letters of every sort: each file in its place, each problem in a sentence that names it, nothing lost."""
    for sort, make in SENT.items():
        office.deliver(named(make().make(ZHANG), sort))
    office.once()

    by_id = {mail["In-Reply-To"]: text_of(mail) for mail in office.received_by(ZHANG)}
    answers = {sort: by_id[f"<sort-{number}@mail.example.cn>"] for number, sort in enumerate(SENT)}
    assert len(by_id) == len(SENT)
    for sort in SENT:
        assert_filed_and_told(office, sort, answers)
    assert_nothing_lost_or_doubled(office)
    assert office.mailbot("store", "verify").stdout.strip() == "store and ledger agree"

    office.once("--later", str(ONE_DAY))
    (digest,) = office.received_by(EDITOR)
    text = text_of(digest)
    for _, title, _ in (article for make in SENT.values() for article in make().articles):
        assert title is None or title in text
    for sort in ("a locked document beside a good one", "a scan alone", "a locked rar", "a document with macros"):
        assert f"× {next(said for said in SENT[sort]().told if said.startswith('“'))}" in text.replace(
            "附件有问题：", ""
        )


def test_a_kill_while_an_archive_is_filed_takes_its_files_out_again(office: Office) -> None:
    """Killed between two steps, the next start opens zip, winmail.dat and forwarded letter anew and files all."""
    sorts = ("a zip with folders", "a winmail.dat", "a letter forwarded as it is", "a zip in a zip")
    steps = (Step.LETTER_READ, Step.LETTER_JUDGED, Step.FILING_WRITTEN, Step.FILING_RENAMED)
    for sort, step in zip(sorts, steps, strict=True):
        office.deliver(named(SENT[sort]().make(ZHANG), sort))
        assert office.killable("--kill", step.value) == -9, office.log()
        for left in (office.storage / "work").glob("*/*"):
            left.unlink()  # as a cleaner of temporary files would
    office.once()
    by_id = {mail["In-Reply-To"]: text_of(mail) for mail in office.received_by(ZHANG)}
    answers = {sort: by_id[f"<sort-{list(SENT).index(sort)}@mail.example.cn>"] for sort in sorts}
    for sort in sorts:
        assert_filed_and_told(office, sort, answers)
    assert_nothing_lost_or_doubled(office)
    assert len(office.received_by(OFFICE)) == len(sorts)
