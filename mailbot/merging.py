"""Reads a letter together with what stays of the earlier ones of its submission: the next revision, whole.

Good files stay, a new file takes the place of one of its name or of an unreadable one of its sort, a new manuscript
that of the old one. What stays is taken out of the raw letters anew, so that everything goes through the same reader
once more and rules never know the difference. `gather` does it again after a death between judging and filing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from mailbot.languages import load
from mailbot.letter.belonging import Belonging
from mailbot.letter.texts import own_text, split_subject
from mailbot.model import (
    BODY,
    CloudFile,
    Dossier,
    File,
    Letter,
    Manuscript,
    Office,
    Reading,
    Revises,
    Role,
    Submission,
)
from mailbot.ports import Ledger, Reader, Store
from mailbot.steps import At, Step, unhindered

LONGEST_TEXT = 200_000
"""Characters of the letters of one submission that are read together."""

_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif"})
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A letter with what stays of the earlier ones; `revises` in the order of the manuscripts.

    `articles` says for each manuscript which article of the letter alone it is, None for one that came earlier.
    """

    letter: Letter
    manuscripts: tuple[Manuscript, ...]
    revises: tuple[Revises | None, ...]
    articles: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class _Before:
    """A submission as it was before: its latest letter's dossier, and the article that it is of it."""

    submission: Submission
    dossier: Dossier

    @property
    def manuscript(self) -> Manuscript:
        return self.dossier.manuscripts[self.submission.article]

    @property
    def files(self) -> list[File]:
        """The files that belong to it."""
        own = (self.submission.article, None)
        files = enumerate(self.dossier.letter.files)
        return [file for index, file in files if file.submission in own or index == self.manuscript.file]

    @property
    def main(self) -> str:
        """The SHA-256 of the file that its article came in; "" where it came in none."""
        index = self.manuscript.file
        return self.dossier.letter.files[index].sha256 if index is not None else ""


class Merging:
    """Reads letters that belong to submissions."""

    def __init__(self, ledger: Ledger, store: Store, reader: Reader, at: At = unhindered) -> None:
        self._ledger, self._store, self._reader, self._at = ledger, store, reader, at

    def read(self, letter: Letter, alone: Reading, belonging: Belonging, office: Office, work: Path) -> Merged | None:
        """The letter, already read `alone`, with what stays; None where none of the submissions is there any more."""
        found = [self._before(number) for number in belonging.touched]
        before = [one for one in found if one is not None]
        if not before:
            return None
        replaced = {one.main for one in before if one.submission.number in belonging.articles}
        kept = [
            replace(file, letter=file.letter or self._origin(one))
            for one in before
            for file in stays(one.files, alone.files, replaced - {""})
        ]
        older = self._take_out(kept, before, work)
        whole = _together(letter, older, before, belonging, office)
        reading = self._reader.manuscripts(whole, work)
        return _assigned(whole, reading, alone, before, belonging)

    def gather(self, files: Iterable[File], work: Path) -> None:
        """Take out once more what came with earlier letters."""
        for origin in dict.fromkeys(file.letter for file in files if file.letter):
            self._linked(origin, work)

    def _before(self, number: str) -> _Before | None:
        submission = self._ledger.submission(number)
        if submission is None:
            return None
        return _Before(submission, self._ledger.verdict_of(submission.letter)[0])

    def _take_out(self, kept: Sequence[File], before: Sequence[_Before], work: Path) -> tuple[File, ...]:
        """The files as they lie in the earlier letters, those that stay; archives and enclosed letters whole.

        These say what in them does not stay: it is not read again. What was refused then is opened as little now.
        """
        wanted = {file.sha256 for file in kept}
        containers = {(file.letter, file.inside) for file in kept if file.inside}
        opened = {name for _, name in containers}
        origins = dict.fromkeys(
            origin for one in before for origin in (*(f.letter for f in one.files if f.letter), self._origin(one))
        )
        known = [file for one in before for file in one.dossier.letter.files]
        refused = {file.sha256 for file in known if file.role is Role.REFUSED and not file.inside}
        archives = {file.inside for file in known if file.inside} | {file.name for file in known if file.without}
        without = {file.sha256 for file in known if file.inside and file.name not in opened}
        without = without.union(*(file.without for file in known)) - wanted
        found: dict[str, File] = {}
        for origin in origins:
            for file in self._linked(origin, work):
                if file.sha256 not in refused and (file.sha256 in wanted or (origin, file.name) in containers):
                    found.setdefault(file.sha256, file)
        return tuple(
            replace(file, without=tuple(sorted(without))) if file.name in archives else file for file in found.values()
        )

    def _origin(self, one: _Before) -> str:
        return self._ledger.letter_row(one.submission.letter).raw.sha256

    def _linked(self, origin: str, work: Path) -> list[File]:
        """The files of an earlier letter, with a name of their own in this letter's work folder."""
        row = self._ledger.find_letter(origin)
        if row is None:
            return []
        self._store.drop_work(row.raw)  # a reader that died may have left files there, and writes over none
        there = self._store.work(row.raw)
        files = self._reader.letter(self._store.letter(row.raw), there).files
        answer = []
        for file in files:
            if not file.where:
                continue
            name = f"{origin[:12]}-{file.where}"
            if not (work / name).exists():
                _link(there / file.where, work / name)
            answer.append(replace(file, where=name, letter=origin))
        self._at(Step.FILES_GATHERED)
        self._store.drop_work(row.raw)
        return answer


def _link(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)


# --- what stays (pure) ------------------------------------------------------------------------------------------------


def stays(older: Iterable[File], newer: Sequence[File], replaced: Iterable[str] = ()) -> list[File]:
    """The older files beside the newer ones; `replaced` are the SHA-256 of those that a new manuscript replaces.

    What the letter shows within its text (logos) belongs to that letter alone, what was refused stays where it is.
    """
    gone = {file.sha256 for file in newer} | set(replaced)
    names = {file.name.casefold() for file in newer if not file.inline}
    good = {sort(file.name) for file in newer if file.problem is None and not file.inline}
    return [
        file
        for file in older
        if file.sha256 not in gone
        and file.name.casefold() not in names
        and not (file.problem is not None and sort(file.name) in good)
        and file.role is not Role.REFUSED
        and not (file.inline and file.role is Role.OTHER)
    ]


def linked(older: Iterable[CloudFile], newer: Letter) -> tuple[CloudFile, ...]:
    """The files that an earlier letter only linked to and that still did not come."""
    brought = {sort(file.name) for file in newer.files if not file.inline}
    again = {file.url for file in newer.cloud_files}
    return tuple(
        file
        for file in older
        if file.url not in again and not (brought if not file.name else sort(file.name) in brought)
    )


def sort(name: str) -> str:
    """image, archive or document, by its name."""
    suffix = PurePosixPath(name.casefold()).suffix
    return "image" if suffix in _IMAGES else "archive" if suffix in _ARCHIVES else "document"


def _together(
    letter: Letter, older: tuple[File, ...], before: Sequence[_Before], belonging: Belonging, office: Office
) -> Letter:
    """The letter as if its sender had sent all at once: subject and words of the first where the new ones add none."""
    phrases = load(office.language).letters
    earlier = before[0].dossier.letter
    subject, is_reply, _ = split_subject(letter.subject, phrases)
    said = own_text(letter.subject, letter.text, phrases)
    in_body = any(
        one.manuscript.source == BODY and one.submission.number not in belonging.articles and one.manuscript.text
        for one in before
    )
    superseded = any(one.manuscript.source == BODY for one in before) and not in_body
    texts = (earlier.text, said) if in_body else (said,) if superseded else (said, earlier.text)
    forwarded = dict.fromkeys((*letter.forwarded, *(one for old in before for one in old.dossier.letter.forwarded)))
    links = (file for old in before for file in linked(old.dossier.letter.cloud_files, letter))
    return replace(
        letter,
        subject=earlier.subject if is_reply or not subject else letter.subject,
        text="\n\n".join(text for text in texts if text)[:LONGEST_TEXT],
        files=(*letter.files, *older),
        forwarded=tuple(forwarded),
        cloud_files=tuple(dict.fromkeys((*letter.cloud_files, *links))),
    )


@dataclass(frozen=True, slots=True)
class _Article:
    """An article of the letters together: where it stands in the new reading, which of the letter alone it is."""

    manuscript: Manuscript
    place: int | None
    alone: int | None
    before: _Before | None


def _assigned(
    whole: Letter, reading: Reading, alone: Reading, before: Sequence[_Before], belonging: Belonging
) -> Merged:
    """Which of the articles now read is the next revision of which submission; others of earlier letters are none."""
    kept: list[_Article] = []
    for place, article in enumerate(reading.manuscripts):
        found = _found(article, place, reading, alone, before, belonging, kept)
        if found is not None:
            kept.append(found)
    done = [one.before for one in kept]
    kept += [_Article(_as_it_was(one, reading), None, None, one) for one in before if one not in done]
    places = {one.place: at for at, one in enumerate(kept)}
    only = 0 if len(kept) == 1 else None
    files = (replace(file, submission=places.get(file.submission, only)) for file in reading.files)
    return Merged(
        letter=replace(
            whole, files=tuple(files), forwarded=tuple(dict.fromkeys((*whole.forwarded, *reading.forwarded)))
        ),
        manuscripts=tuple(one.manuscript for one in kept),
        revises=tuple(_revises(one.before.submission) if one.before else None for one in kept),
        articles=tuple(one.alone for one in kept),
    )


def _found(
    article: Manuscript,
    place: int,
    reading: Reading,
    alone: Reading,
    before: Sequence[_Before],
    belonging: Belonging,
    kept: Sequence[_Article],
) -> _Article | None:
    """One article of the new reading; None for one of an earlier letter that a new one replaces, or that is none."""
    key = _key(article, reading.files)
    index = next((at for at, one in enumerate(alone.manuscripts) if _key(one, alone.files) == key), None)
    done = [one.before for one in kept]
    free = [one for one in before if one not in done]
    if index is not None:
        number = belonging.articles[index]
        return _Article(article, place, index, next((one for one in free if one.submission.number == number), None))
    theirs = (one for one in free if key == (one.main or one.manuscript.source))
    lacking = (one for one in free if article.text and not one.manuscript.text)
    old = next(theirs, None) or next(lacking, None)
    return _Article(article, place, None, old) if old is not None else None


def _as_it_was(one: _Before, reading: Reading) -> Manuscript:
    """An article that the new reading did not find: it stays as it was read then, with what the letters say of it."""
    at = next((index for index, file in enumerate(reading.files) if one.main and file.sha256 == one.main), None)
    old = one.manuscript
    if not old.text and reading.covering is not None:
        return replace(reading.covering, source=old.source, file=at, problem=old.problem, detail=old.detail)
    return replace(old, file=at)


def _key(article: Manuscript, files: Sequence[File]) -> str:
    """By what an article is known in two readings."""
    return files[article.file].sha256 if article.file is not None else article.source


def _revises(submission: Submission) -> Revises:
    return Revises(
        number=submission.number, state=submission.state.value, issue=submission.issue, column=submission.column
    )
