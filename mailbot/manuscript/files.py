"""What each file of a letter is, and its text or pixels; archives are opened, and what is in them is looked at, too.

A file that cannot be read gets a problem and costs nothing else. What a file cannot survive (it breaks, hangs or fills
the process that reads it) is known from an earlier try of the reading child: see `Known`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from mailbot.manuscript import pictures
from mailbot.manuscript.document import Document, NeedsOffice, Unreadable
from mailbot.manuscript.formats import READERS, docx
from mailbot.manuscript.sniff import DOCUMENTS, FileType, sniff
from mailbot.model import File, FileProblem, Role

DOCUMENT_NAMES = frozenset({".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf", ".docm", ".dotx", ".wpt"})
IMAGE_NAMES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif"})
_NO_DOCUMENTS = frozenset({FileType.IMAGE, FileType.PROGRAM, FileType.ARCHIVE, FileType.OFFICE, FileType.UNKNOWN})

At = Callable[[str], None]


class Wanted(Exception):
    """An office program is there, and has to convert the file `where` before the letter can be read."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier tries of reading this letter's files taught; all by the file's plain name in the work folder.

    `spoilt`: files that broke the reading process, with problem and detail. `converted`: the .docx that an office
    program made of a file, None where it could not. `office`: whether there is such a program.
    """

    spoilt: Mapping[str, tuple[FileProblem, str]] = field(default_factory=dict)
    converted: Mapping[str, str | None] = field(default_factory=dict)
    office: bool = False


@dataclass(slots=True)
class Seen:
    """A file and what was found out about it on the way."""

    file: File
    kind: FileType
    document: Document | None = None
    look: pictures.Look | None = None
    article: int | None = None

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.file.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.file.name).stem.strip().lower()

    @property
    def is_document(self) -> bool:
        return self.file.role is Role.MANUSCRIPT


def nowhere(where: str) -> None:
    """Nobody wants to know at which file the reading is."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at files that lie in `work`; `at` is told of each before it is opened."""

    work: Path
    known: Known = field(default_factory=Known)
    at: At = nowhere

    def look_at(self, file: File) -> Seen:
        """What the file is, and its text or pixels. Wanted where an office program has to help first."""
        if not file.where or file.role in (Role.FORWARDED, Role.REFUSED):
            return Seen(file, FileType.UNKNOWN)
        if spoilt := self.known.spoilt.get(file.where):
            problem, detail = spoilt
            return Seen(replace(file, role=_role_by_name(file), problem=problem, detail=detail), FileType.UNKNOWN)
        self.at(file.where)
        path = self.work / file.where
        try:
            seen = Seen(file, sniff(path, file.name))
        except Unreadable as fault:
            spoilt_file = replace(file, role=_role_by_name(file), problem=fault.problem, detail=fault.detail)
            return Seen(spoilt_file, FileType.ARCHIVE)
        if seen.kind in DOCUMENTS or seen.suffix in DOCUMENT_NAMES:
            self._read_document(seen, path)
        elif seen.kind is FileType.IMAGE or seen.suffix in IMAGE_NAMES:
            _read_image(seen, path)
        else:
            role = _ROLES.get(seen.kind, Role.OTHER)
            seen.file = replace(file, role=role, problem=_PROBLEMS.get(seen.kind, file.problem))
        return seen

    def _read_document(self, seen: Seen, path: Path) -> None:
        if seen.kind in _NO_DOCUMENTS:  # something else under a document's name
            role = {FileType.PROGRAM: Role.REFUSED, FileType.IMAGE: Role.PICTURE}.get(seen.kind, Role.MANUSCRIPT)
            broken = seen.kind in (FileType.UNKNOWN, FileType.ARCHIVE)
            problem = FileProblem.DAMAGED if broken else FileProblem.MISNAMED
            seen.file = replace(seen.file, role=role, problem=problem)
            return
        fault = _UNREAD.get(seen.kind)
        if seen.kind in READERS:
            try:
                seen.document = self._document(seen, path)
                fault = Unreadable(FileProblem.MACRO, seen.document.active) if seen.document.active else None
            except Unreadable as unreadable:
                fault = unreadable
        seen.file = replace(
            seen.file,
            role=Role.MANUSCRIPT,
            problem=fault.problem if fault else None,
            detail=fault.detail if fault else "",
        )

    def _document(self, seen: Seen, path: Path) -> Document:
        where = seen.file.where
        try:
            return READERS[seen.kind](path)
        except NeedsOffice as needed:
            if self.known.office and where not in self.known.converted:
                raise Wanted(where) from None
            if converted := self.known.converted.get(where):
                return docx.read(self.work / converted)
            if isinstance(needed.otherwise, Unreadable):
                raise needed.otherwise from None
            return needed.otherwise


_ROLES = {FileType.ARCHIVE: Role.ARCHIVE, FileType.BROKEN_ZIP: Role.ARCHIVE, FileType.PROGRAM: Role.REFUSED}
_PROBLEMS = {FileType.EMPTY: FileProblem.EMPTY, FileType.BROKEN_ZIP: FileProblem.DAMAGED}
_UNREAD = {
    FileType.EMPTY: Unreadable(FileProblem.EMPTY),
    FileType.ENCRYPTED: Unreadable(FileProblem.ENCRYPTED),
    FileType.BROKEN_ZIP: Unreadable(FileProblem.DAMAGED),
    **dict.fromkeys((FileType.OLE, FileType.PDF, FileType.RTF, FileType.ODT), Unreadable(FileProblem.UNSUPPORTED)),
}


def _role_by_name(file: File) -> Role:
    return Role.MANUSCRIPT if PurePosixPath(file.name).suffix.lower() in DOCUMENT_NAMES else Role.ARCHIVE


def _read_image(seen: Seen, path: Path) -> None:
    fault: Unreadable | None = None
    if seen.kind is not FileType.IMAGE:
        fault = Unreadable(FileProblem.EMPTY if seen.kind is FileType.EMPTY else FileProblem.MISNAMED)
    else:
        try:
            seen.look = pictures.look(path)
        except Unreadable as unreadable:
            fault = unreadable
    role = Role.REFUSED if seen.kind is FileType.PROGRAM else Role.PICTURE
    seen.file = replace(
        seen.file,
        role=role,
        problem=fault.problem if fault else None,
        detail=fault.detail if fault else "",
        image=seen.look.image_facts() if seen.look else None,
    )
