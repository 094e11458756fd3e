"""What mailbot makes of letters by people, held against what a person in the office would want."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.history import Past
from mailbot.letter.belonging import Belonging
from mailbot.merging import Merged
from mailbot.model import Dossier, Earlier, Judgement, Letter, Manuscript, Office, RawMessage, Reading, Revises
from mailbot.process import examine
from mailbot.rulebook.judge import judge
from mailbot.sketch import Sketch, likeness, sketch
from mailbot.testing.reader import InProcessReader
from tests.people.letters import OFFICE, OURS, Entry, article, as_bytes, entries, file
from tests.unit.dossiers import the_shipped_rulebook

ENOUGH = 0.99
ARRIVED = datetime(2026, 11, 23, 9, 31, tzinfo=ZoneInfo("Asia/Shanghai"))
HERE = Office(address=OFFICE, editors=("bianji@example.org",))
RELATED = 30  # percent of the same text from which on the ledger finds an earlier article
RULES = the_shipped_rulebook()


@dataclass(frozen=True)
class Case:
    """A letter and what became of it."""

    name: str
    entry: Entry
    dossier: Dossier
    judgement: Judgement

    @property
    def wrong(self) -> str:
        """What is not as a person would want it, "" for nothing."""
        expected, found = self.entry["expect"], self.dossier
        kinds = expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]]
        answered = "yes" if self.judgement.answer else "no"
        said = []
        if found.kind.value not in kinds:
            said.append(f"{found.kind.value} and not {'/'.join(kinds)} ({'; '.join(found.kind_reasons)})")
        if answered != expected.get("answered", answered):
            said.append(f"answered: {answered} ({self.judgement.verdict}; {'; '.join(self.judgement.reasons)})")
        if found.trial != (expected.get("trial") == "yes"):
            said.append(f"trial: {found.trial}")
        return f"{self.name} {self.entry['subject']!r}: {', '.join(said)}" if said else ""


class Memory:
    """The part of the ledger that `Past` asks, with the earlier submissions of one entry."""

    def __init__(self, entry: Entry) -> None:
        self._told = {one["number"]: one for one in entry.get("earlier", ())}

    def find_ours(self, message_ids: Sequence[str]) -> tuple[str, ...] | None:
        return tuple(self._told)[:1] if OURS.strip("<>") in {one.strip("<>") for one in message_ids} else None

    def text_of(self, number: str) -> str:
        told = self._told[number]
        return "\n".join(article(told["of"])) if "of" in told else ""

    def hashes_of(self, number: str) -> set[str]:
        return {hashlib.sha256(file("", self._told[number]["of"])).hexdigest()}

    def told_lately(self, number: str, address: str, since: datetime) -> bool:
        return self._told[number].get("told") == "yes"

    def earlier(
        self, sender: str, sketches: Sequence[Sketch | None], *, before: datetime, since: datetime, named: Sequence[str]
    ) -> list[Earlier]:
        """Those of the sender, those that the letter names, those that an article of it resembles."""
        found = [self._earlier(number, sketches) for number in self._told]
        return [one for one in found if one.own or one.number in named or one.article is not None]

    def _earlier(self, number: str, sketches: Sequence[Sketch | None]) -> Earlier:
        told, text = self._told[number], self.text_of(number)
        before = sketch(text)
        alike = [(likeness(before, now), index) for index, now in enumerate(sketches) if before and now]
        most, index = max(alike, default=(0, 0))
        return Earlier(
            number=number,
            arrived_at=ARRIVED - timedelta(days=told.get("days", 3), minutes=20),
            state=told["state"],
            issue="2026-06",
            title=told.get("title", text.partition("\n")[0]),
            own=told.get("own") != "no",
            subject=told.get("title", ""),
            article=index if most >= RELATED else None,
            likeness=most if most >= RELATED else 0,
            wordless=told.get("wordless") == "yes",
        )

    def merged(self, letter: Letter, alone: Reading, belonging: Belonging) -> Merged:
        """The letter as the next revision: what it brings itself, and the article as it was where it brings none."""
        manuscripts, numbers = alone.manuscripts, belonging.articles
        if not manuscripts:
            numbers = belonging.touched
            manuscripts = tuple(Manuscript(source="before.docx", text=self.text_of(one)) for one in numbers)
        states = {number: told["state"] for number, told in self._told.items()}
        revises = tuple(one and Revises(number=one, state=states[one], issue="2026-06") for one in numbers)
        return Merged(letter, manuscripts, revises, tuple(range(len(manuscripts))))


class Together:
    """Stands for `Merging`: the files of earlier letters are not needed to see that there is an answer."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, letter: Letter, alone: Reading, belonging: Belonging, office: Office, work: Path) -> Merged:
        return self._memory.merged(letter, alone, belonging)


def understood(name: str, entry: Entry, number: int, folder: Path) -> Case:
    """The letter made, read, and judged by the shipped rules."""
    raw = folder / f"{number}.eml"
    content = as_bytes(entry, number)
    raw.write_bytes(content)
    memory = Memory(entry)
    past = Past(memory, HERE, b"key")
    dossier = examine(
        InProcessReader(language="zh-CN"),
        raw,
        folder / f"{number}",
        message=RawMessage(
            sha256=f"{number:064}", path=raw.name, bytes=len(content), announced=len(content), arrived_at=ARRIVED
        ),
        office=lambda letter: HERE,
        history=lambda letter, manuscripts: past.history(ARRIVED, letter, manuscripts),
        elsewhere=lambda letter, manuscript, earlier: past.is_elsewhere(
            ARRIVED, RULES.issues, letter, manuscript, earlier
        ),
        merging=Together(memory),
    )
    return Case(name, entry, dossier, judge(dossier, RULES))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    """All letters, judged once."""
    folder = tmp_path_factory.mktemp("people")
    yield [understood(name, entry, number, folder) for number, (name, entry) in enumerate(entries())]


def test_there_are_letters_enough_of_each_sort(cases: list[Case]) -> None:
    """At least 300 letters, of these 20 with Auto-Submitted: no and 40 conversations that stay unanswered."""
    spoken = [case for case in cases if "Auto-Submitted" in case.entry.get("headers", {})]
    talk = [case for case in cases if case.entry["expect"] == {"kind": "conversation", "answered": "no"}]
    assert len(cases) >= 300
    assert len(spoken) >= 20
    assert len(talk) >= 40


def test_people_are_understood(cases: list[Case]) -> None:
    """Kind and answer are what a person in the office would want, for at least 99 of 100 letters."""
    wrong = [said for case in cases if (said := case.wrong)]
    assert len(wrong) <= (1 - ENOUGH) * len(cases), "\n".join([f"{len(wrong)} of {len(cases)} wrong", *wrong])


def test_no_conversation_is_answered(cases: list[Case]) -> None:
    """A letter that must stay unanswered never is answered."""
    silent = [case for case in cases if case.entry["expect"].get("answered") == "no"]
    assert [case.wrong for case in silent if case.judgement.answer] == []
