"""From a raw letter to its dossier: read, understood, and put together with what stays of earlier letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from mailbot.letter import kinds
from mailbot.letter.kinds import Understood
from mailbot.merging import Merged, Merging
from mailbot.model import (
    BODY,
    Dossier,
    Earlier,
    File,
    FileProblem,
    History,
    Kind,
    Letter,
    Manuscript,
    Office,
    RawMessage,
    Reading,
    Role,
)
from mailbot.ports import Reader, Scanner

log = structlog.get_logger()


def examine(
    reader: Reader,
    raw: Path,
    work: Path,
    *,
    message: RawMessage,
    office: Callable[[Letter], Office],
    history: Callable[[Letter, tuple[Manuscript, ...]], History],
    scanner: Scanner | None = None,
    elsewhere: Callable[[Letter, Manuscript, Earlier], bool] = lambda letter, manuscript, earlier: False,
    merging: Merging | None = None,
) -> Dossier:
    """Read one letter into its dossier. ReaderDied when its bytes break the reading child.

    What the scanner finds is refused before anything opens it. Transient while the scanner does not answer.
    `elsewhere` says whether an article is expressly sent for another issue than an earlier submission; without
    `merging` no letter is read together with earlier ones.
    """
    letter = reader.letter(raw, work)
    if scanner is not None:
        letter = replace(letter, files=tuple(scanned(scanner, file, work) for file in letter.files))
    reading = reader.manuscripts(letter, work) if message.complete else Reading(files=letter.files, manuscripts=())
    known, here = history(letter, reading.manuscripts), office(letter)
    whole = replace(letter, files=reading.files, forwarded=(*letter.forwarded, *reading.forwarded))
    understood = kinds.classify(
        whole,
        reading.manuscripts,
        here,
        known,
        message.arrived_at,
        lambda article, earlier: elsewhere(whole, reading.manuscripts[article], earlier),
    )
    merged = None
    if merging is not None and understood.kind is Kind.REPLY:
        merged = merging.read(letter, reading, understood.belonging, here, work)
    return assemble(whole, reading, understood, merged, message=message, office=here, history=known)


def scanned(scanner: Scanner, file: File, work: Path) -> File:
    """The file as it is, or refused where something was found in it: then nothing reads it, and it is not filed."""
    found = scanner.scan(work / file.where) if file.where and file.bytes else None
    if found is None:
        return file
    log.warning("infected", file=file.sha256, found=found)
    return replace(file, role=Role.REFUSED, problem=FileProblem.INFECTED)


def assemble(
    letter: Letter,
    reading: Reading,
    understood: Understood,
    merged: Merged | None,
    *,
    message: RawMessage,
    office: Office,
    history: History,
) -> Dossier:
    """The dossier out of what the reader found in the letter, or in it and the earlier ones; pure."""
    manuscripts = reading.manuscripts
    belonging = understood.belonging
    if merged is not None:
        letter, manuscripts = merged.letter, merged.manuscripts
        history = _seen_by(history, merged)
    elif understood.kind in (Kind.SUBMISSION, Kind.REPLY) and not manuscripts:
        manuscripts = (replace(reading.covering or Manuscript(source=""), source=_only_named(letter)),)
        letter = replace(letter, files=tuple(replace(file, submission=0) for file in letter.files))
    return Dossier(
        kind=understood.kind,
        kind_reasons=understood.reasons,
        letter=letter,
        manuscripts=manuscripts,
        arrived_at=message.arrived_at.astimezone(ZoneInfo(office.timezone)),
        announced=message.announced,
        office=office,
        history=history,
        complete=message.complete,
        trial=understood.trial,
        revises=merged.revises if merged is not None else (),
        about=belonging.about,
        repeats=belonging.repeats,
        passed_on=understood.passed_on,
    )


def _seen_by(history: History, merged: Merged) -> History:
    """What was known, without the submissions that are revised, and with the articles as they are counted now."""
    revised = {one.number for one in merged.revises if one is not None}
    now = {article: index for index, article in enumerate(merged.articles) if article is not None}
    left = (one for one in history.earlier if one.number not in revised)
    return replace(
        history,
        earlier=tuple(one if one.article is None else replace(one, article=now.get(one.article)) for one in left),
    )


def _only_named(letter: Letter) -> str:
    """What a letter names as its article that carries none to be read: the file it links to, encloses, or forgot."""
    enclosed = (file for file in letter.files if not file.inline)
    named = [cloud.name for cloud in letter.cloud_files] + [file.name for file in enclosed]
    return next((name for name in named if name), BODY)
