"""Whether store and ledger agree byte for byte (`store verify`).

The answer is certain while no worker runs; a letter or revision that a worker has just written may be named as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Protocol

from mailbot.errors import MailbotError
from mailbot.model import LetterRow, Stage, StoredFile, Submission
from mailbot.ports import Store


class Books(Protocol):
    """What of the ledger is needed here."""

    def letters_in(self, stage: Stage) -> list[LetterRow]:
        """As ports.Ledger."""
        ...

    def submissions(self) -> list[Submission]:
        """As ports.Ledger."""
        ...

    def manifest(self, submission: int, revision: int) -> tuple[StoredFile, ...]:
        """As ports.Ledger; LookupError where nothing was filed yet."""
        ...


def verify(store: Store, ledger: Books) -> list[str]:
    """What is missing, changed or unknown, a line each; empty when all is as it was kept and filed."""
    return [*_letters(store, ledger), *_revisions(store, ledger)]


def _letters(store: Store, ledger: Books) -> Iterator[str]:
    there = dict(store.letters())
    known = {row.raw.path: row for stage in Stage for row in ledger.letters_in(stage)}
    for path, row in sorted(known.items()):
        if path not in there:
            yield f"letter {row.id}: {path} is missing"
        elif there[path] != row.raw.sha256:
            yield f"letter {row.id}: {path} is not as it was received"
    yield from (f"{path} is not known to the ledger" for path in sorted(there.keys() - known.keys()))


def _revisions(store: Store, ledger: Books) -> Iterator[str]:
    there = set(store.revisions())
    for submission in ledger.submissions():
        if not submission.folder:
            continue  # judged, not filed yet
        for revision in count(1):
            try:
                filed = ledger.manifest(submission.id, revision)
            except LookupError:
                if revision > submission.revision:  # later ones were split off
                    break
                continue  # this revision is judged, not filed yet
            place = (submission.folder, revision)
            if place not in there:
                yield f"{submission.number}: {submission.folder}/r{revision} is missing"
            else:
                there.discard(place)
                yield from _revision(store, submission, revision, filed)
    yield from (f"{folder}/r{revision} is not known to the ledger" for folder, revision in sorted(there))


def _revision(store: Store, submission: Submission, revision: int, filed: tuple[StoredFile, ...]) -> Iterator[str]:
    problems = store.check_revision(submission.folder, revision)
    yield from (f"{submission.number}: {problem}" for problem in problems)
    try:
        manifest = store.manifest(submission.folder, revision)
    except MailbotError:  # named by check_revision
        return
    if sorted(manifest, key=_path) != sorted(filed, key=_path):
        yield f"{submission.number}: the manifest of {submission.folder}/r{revision} is not what the ledger knows"


def _path(line: StoredFile) -> str:
    return line.path
