"""The steps of one letter between two deaths, over the edges' twins."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from mailbot.model import Earlier, Letter, Office, Reading, Role, Stage
from mailbot.ports import Arrival, Ledger, Reader, Store
from mailbot.process import Policy, Process, Sources
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.mailbox import ARRIVED
from mailbot.testing.reader import InProcessReader
from mailbot.testing.scanner import SignatureScanner
from mailbot.testing.store import TemporaryStore
from tests.stories.letters import letter, manuscript, photo
from tests.stories.sent import zipped
from tests.unit.dossiers import the_shipped_rulebook

VIRUS = b"this is a virus"


class NotingReader(InProcessReader):
    """Notes the roles of the files that it is to look into."""

    def __init__(self) -> None:
        super().__init__(language="zh-CN")
        self.roles: list[list[Role]] = []

    def manuscripts(self, letter: Letter, work: Path) -> Reading:
        self.roles.append([file.role for file in letter.files])
        return super().manuscripts(letter, work)


def the_process(
    ledger: Ledger, store: Store, reader: Reader, clock: FixedClock, scanner: SignatureScanner | None = None
) -> Process:
    """With the shipped rules, and without answers."""
    return Process(
        ledger=ledger,
        store=store,
        reader=reader,
        sources=Sources(the_shipped_rulebook, cast(Any, None)),
        policy=Policy(
            office=Office(address="tougao@example.cn"),
            office_name="编辑部",
            numbering="{}-{}".format,
            notices="off",
            per_correspondent=None,
            key=b"k",
        ),
        clock=clock,
        scanner=scanner,
    )


def test_what_is_taken_out_again_is_refused_again() -> None:
    """After a death archives are opened anew, and what the scanner found is neither opened nor filed."""
    raw = letter(
        "投稿：楼门议事",
        "请查收。",
        files={
            "全部.zip": zipped({"议事会.docx": manuscript("楼门口的议事会"), "照片.jpg": photo(1)}),
            "表.docx": VIRUS,
        },
    )
    clock, store, reader = FixedClock(ARRIVED), TemporaryStore(), NotingReader()
    ledger = memory_ledger(clock.now)
    spool = store.spool()
    spool.write(raw)
    kept = store.keep(spool, ARRIVED, len(raw))
    folder = ledger.open_folder("INBOX", 1, ARRIVED)
    (number,) = ledger.receive(folder.id, [Arrival(uid=1, raw=kept)], ARRIVED)
    process = the_process(ledger, store, reader, clock, SignatureScanner({VIRUS: "A.Virus"}))
    process._judge(ledger.letter_row(number))
    store.drop_work(kept)
    process.carry(ledger.letter_row(number))

    assert ledger.letter_row(number).stage is Stage.CLOSED
    assert [roles[1] for roles in reader.roles] == [Role.REFUSED, Role.REFUSED]
    (submission,) = ledger.submissions_of(number)
    stored = {path.name for path in (store.root / submission.folder / "r1").glob("*/*")}
    assert stored == {"全部.zip", "议事会.docx", "照片.jpg"}


def test_what_came_before_is_frozen_in_the_dossier() -> None:
    """The same article again, and what its sender sent besides, as they stood when the letter was judged."""
    clock, store = FixedClock(ARRIVED), TemporaryStore()
    ledger = memory_ledger(clock.now)
    folder = ledger.open_folder("INBOX", 1, ARRIVED)
    process = the_process(ledger, store, InProcessReader(language="zh-CN"), clock)
    sent = [("li@example.org", "楼门口的议事会"), ("hu@example.org", "云上食堂"), ("Li@example.org", "楼门口的议事会")]
    letters = []
    for uid, (sender, title) in enumerate(sent, 1):
        raw = letter(f"投稿：{title}{uid}", "请查收。", sender=sender, files={"稿件.docx": manuscript(title)})
        spool = store.spool()
        spool.write(raw)
        letters += ledger.receive(folder.id, [Arrival(uid=uid, raw=store.keep(spool, ARRIVED, len(raw)))], ARRIVED)
        process.carry(ledger.letter_row(letters[-1]))

    assert ledger.verdict_of(letters[0])[0].history.earlier == ()
    (first,) = ledger.submissions_of(letters[0])
    (found,) = [one for one in ledger.verdict_of(letters[2])[0].history.earlier if one.own]
    assert found == Earlier(
        number=first.number,
        arrived_at=ARRIVED,
        state=first.state,
        issue=first.issue,
        title=first.title,
        unit=first.unit,
        article=0,
        likeness=100,
        column=first.column,
        same_files=True,
        subject="投稿：楼门口的议事会1",
    )
