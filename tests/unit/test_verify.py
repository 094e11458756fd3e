"""Whether store and ledger agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from mailbot.model import LetterRow, RawMessage, Stage, StoredFile, Submission, SubmissionState
from mailbot.testing.store import TemporaryStore
from mailbot.verify import verify
from tests.contracts.store import FOLDER, filing, keep


@dataclass
class Books:
    """What the ledger knows, as plain lists."""

    letters: list[RawMessage] = field(default_factory=list)
    filed: dict[tuple[int, int], tuple[StoredFile, ...]] = field(default_factory=dict)
    known: list[Submission] = field(default_factory=list)

    def letters_in(self, stage: Stage) -> list[LetterRow]:
        """All letters are closed."""
        now = datetime(2026, 11, 1, tzinfo=UTC)
        rows = [
            LetterRow(id=n, raw=raw, stage=stage, adopted=False, first_seen=now) for n, raw in enumerate(self.letters)
        ]
        return rows if stage is Stage.CLOSED else []

    def submissions(self) -> list[Submission]:
        """Every submission."""
        return self.known

    def manifest(self, submission: int, revision: int) -> tuple[StoredFile, ...]:
        """What was filed; KeyError, a LookupError, when nothing was."""
        return self.filed[submission, revision]


def submission(folder: str = FOLDER, revision: int = 1) -> Submission:
    return Submission(
        id=1,
        number="SQ-2026-0001",
        letter=0,
        article=0,
        state=SubmissionState.READY,
        revision=revision,
        issue="2026-11",
        column=None,
        title="",
        unit="",
        authors=(),
        folder=folder,
    )


@pytest.fixture
def store() -> Iterator[TemporaryStore]:
    """An empty store."""
    store = TemporaryStore()
    yield store
    store.close()


@pytest.fixture
def books(store: TemporaryStore) -> Books:
    """One letter and its submission, kept, filed and known."""
    raw = keep(store)
    return Books([raw], {(1, 1): store.file(filing(store, raw))}, [submission()])


def test_agreement(store, books):
    """Nothing is said where all is as it was kept and filed, or not filed yet."""
    assert verify(store, books) == []
    books.known = [submission(revision=2), submission(folder="")]
    assert verify(store, books) == []


def test_letters_that_disagree(store, books):
    """Missing, changed and unknown letters are named."""
    missing, changed, unknown = keep(store, b"missing"), keep(store, b"changed"), keep(store, b"unknown")
    books.letters += [missing, changed]
    store.letter(missing).unlink()
    store.letter(changed).unlink()
    store.letter(changed).write_bytes(b"!")
    assert sorted(verify(store, books)) == sorted(
        [
            f"letter 1: {missing.path} is missing",
            f"letter 2: {changed.path} is not as it was received",
            f"{unknown.path} is not known to the ledger",
        ]
    )


def test_revisions_that_disagree(store, books):
    """Missing and unknown revisions are named."""
    store.move(FOLDER, "issues/held/x")
    assert verify(store, books) == [
        f"SQ-2026-0001: {FOLDER}/r1 is missing",
        "issues/held/x/r1 is not known to the ledger",
    ]


def test_files_that_disagree(store, books):
    """A changed file is named, and a manifest that was rewritten to hide it."""
    (store.root / FOLDER / "r1/text.txt").unlink()
    assert verify(store, books) == [f"SQ-2026-0001: {FOLDER}/r1/text.txt is missing"]
    books.filed[1, 1] = books.filed[1, 1][:-1]
    assert f"SQ-2026-0001: the manifest of {FOLDER}/r1 is not what the ledger knows" in verify(store, books)
