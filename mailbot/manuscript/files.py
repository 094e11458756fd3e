"""What each file of a letter is, and its text or pixels; archives are opened, and what is in them is looked at, too.

A file that cannot be read gets a problem and costs nothing else. What a file cannot survive (it breaks, hangs or fills
the process that reads it) is known from an earlier try of the reading child: see `Known`.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from mailbot.languages import Language
from mailbot.letter.read import open_enclosed_letter
from mailbot.manuscript import pictures
from mailbot.manuscript.archives.unpack import Budget, Unpacked, unpack
from mailbot.manuscript.document import Document, NeedsOffice, Unreadable
from mailbot.manuscript.formats import READERS, docx
from mailbot.manuscript.sniff import CONTAINERS, DOCUMENTS, FileType, sniff
from mailbot.model import File, FileProblem, Forwarded, Role

DOCUMENT_NAMES = frozenset({".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf", ".docm", ".dotx", ".dotm", ".dot", ".wpt"})
IMAGE_NAMES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif"})
_NO_DOCUMENTS = CONTAINERS | {FileType.IMAGE, FileType.PROGRAM, FileType.OFFICE, FileType.UNKNOWN, FileType.MEDIA}

FILES = 500
"""So many files of a letter are looked into; the others are kept as they are."""
DEPTH = 2
"""Archives within archives are opened, those within these are not."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

OPENED = CONTAINERS | {FileType.MESSAGE}

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
    folders: tuple[str, ...] = ()
    """The folders and the archive that it lay in, by name."""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.file.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.file.name).stem.strip().lower()

    @property
    def is_document(self) -> bool:
        return self.file.role is Role.MANUSCRIPT


@dataclass(slots=True)
class Looked:
    """All that was looked at. `texts` are what letters in Outlook's dress say, `forwarded` those found in archives."""

    seen: list[Seen]
    texts: list[str] = field(default_factory=list)
    forwarded: list[Forwarded] = field(default_factory=list)


def nowhere(where: str) -> None:
    """Nobody wants to know at which file the reading is."""


@dataclass(slots=True)
class Room:
    """How much text and how many pictures the documents of one letter may bring together: it goes into the ledger."""

    characters: int = 2_000_000
    pictures: int = 2_000

    def take(self, document: Document) -> None:
        """Unreadable(TOO_LARGE, "text") where there is no more room."""
        lines = (*(paragraph.text for paragraph in document.paragraphs), *document.margins)
        characters, pictures = sum(map(len, lines)), len(document.pictures)
        if characters > self.characters or pictures > self.pictures:
            raise Unreadable(FileProblem.TOO_LARGE, "text")
        self.characters -= characters
        self.pictures -= pictures


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at files that lie in `work`; `at` is told of each before it is opened."""

    work: Path
    language: Language
    known: Known = field(default_factory=Known)
    at: At = nowhere
    room: Room = field(default_factory=Room)

    def look(self, files: Sequence[File]) -> Looked:
        """All files, and what is in archives; the letter's own come first, in their order."""
        looked = Looked(
            [self.look_at(file) if n < FILES else Seen(file, FileType.UNKNOWN) for n, file in enumerate(files)]
        )
        budget, level = Budget(), looked.seen
        for depth in range(DEPTH):
            opened = [(item, f"a{depth}{n:03}-") for n, item in enumerate(level) if item.kind in OPENED]
            level = [inner for item, prefix in opened for inner in self._open(item, prefix, budget, looked)]
            looked.seen += level
        for item in level:
            if item.kind in CONTAINERS and item.file.problem is None:
                item.file = replace(item.file, problem=FileProblem.UNSUPPORTED, detail="nested")
        return looked

    def _open(self, archive: Seen, prefix: str, budget: Budget, looked: Looked) -> list[Seen]:
        """What lies in an archive; the archive gets the problem it had."""
        file = archive.file
        if not file.where or file.problem is not None:
            return []
        self.at(file.where)
        try:
            if archive.kind is FileType.MESSAGE:
                return self._open_letter(archive, prefix, looked)
            unpacked = unpack(self.work / file.where, archive.kind, self.work, prefix, budget, file.name)
        except Exception as error:  # noqa: BLE001 - as for a single file
            unpacked = Unpacked((), *_fault_of(error))
        archive.file = replace(file, problem=unpacked.problem, detail=unpacked.detail)
        looked.texts += [unpacked.text] if unpacked.text else []
        found = []
        for member, folders in zip(unpacked.files, unpacked.folders, strict=True):
            if member.sha256 in file.without:
                continue
            inner = _as_its_archive(self.look_at(replace(member, inside=file.name, role=Role.OTHER)), file)
            inner.folders = (*folders.split("/"), archive.stem, *archive.folders)
            found.append(inner)
        return found

    def _open_letter(self, enclosed: Seen, prefix: str, looked: Looked) -> list[Seen]:
        """The files of a letter that lay in an archive; those of one forwarded as it is were taken out with it."""
        name = enclosed.file.name
        opened = open_enclosed_letter(
            self.work / enclosed.file.where, self.work, self.language, name=name, prefix=prefix
        )
        looked.forwarded += opened.forwarded
        files = (file for file in opened.files if file.sha256 not in enclosed.file.without)
        return [_as_its_archive(self.look_at(file), enclosed.file) for file in files]

    def look_at(self, file: File) -> Seen:
        """What the file is, and its text or pixels. Wanted where an office program has to help first.

        Raises else only what is no fault of the file: a full disk, an installation that is not whole.
        """
        try:
            return self._look_at(file)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's file makes a reader raise costs that file only
            return _spoilt(file, *_fault_of(error))

    def _look_at(self, file: File) -> Seen:
        if not file.where or file.role in (Role.FORWARDED, Role.REFUSED):
            return Seen(file, FileType.UNKNOWN)
        if file.inline and file.role is Role.OTHER:  # the letter's reader has told that it is no photograph
            return Seen(file, FileType.IMAGE)
        self.at(file.where)
        if spoilt := self.known.spoilt.get(file.where):
            return _spoilt(file, *spoilt)
        path = self.work / file.where
        seen = Seen(file, sniff(path, file.name))
        if seen.kind in DOCUMENTS or seen.suffix in DOCUMENT_NAMES:
            self._read_document(seen, path)
        elif seen.kind is FileType.IMAGE or seen.suffix in IMAGE_NAMES:
            _read_image(seen, path)
        else:
            problem, detail = _PROBLEMS.get(seen.kind, (file.problem, file.detail))
            seen.file = replace(file, role=_ROLES.get(seen.kind, Role.OTHER), problem=problem, detail=detail)
        return seen

    def _read_document(self, seen: Seen, path: Path) -> None:
        if seen.kind in _NO_DOCUMENTS:  # something else under a document's name
            role = {FileType.PROGRAM: Role.REFUSED, FileType.IMAGE: Role.PICTURE}.get(seen.kind, Role.MANUSCRIPT)
            broken = seen.kind is FileType.UNKNOWN or seen.kind in CONTAINERS
            problem = FileProblem.DAMAGED if broken else FileProblem.MISNAMED
            detail = "program" if seen.kind is FileType.PROGRAM else ""
            seen.file = replace(seen.file, role=role, problem=problem, detail=detail)
            return
        fault = _UNREAD.get(seen.kind)
        if seen.kind in READERS:
            try:
                document = self._document(seen, path)
                self.room.take(document)
                seen.document = document
                fault = Unreadable(FileProblem.MACRO, document.active) if document.active else None
            except Unreadable as unreadable:
                fault = unreadable
        seen.file = _with(seen.file, Role.MANUSCRIPT, fault)

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


def _fault_of(error: Exception) -> tuple[FileProblem, str]:
    """The problem that a file has when its reading ends so; raises what is no fault of the file."""
    if isinstance(error, Unreadable):
        return error.problem, error.detail
    if isinstance(error, MemoryError):
        return FileProblem.TOO_LARGE, "memory"
    full = isinstance(error, OSError) and error.errno in _NO_ROOM
    if full or isinstance(error, (Wanted, ImportError, PermissionError)):
        raise error
    return FileProblem.DAMAGED, "crash"


_ROLES = {
    **dict.fromkeys(CONTAINERS, Role.ARCHIVE),
    FileType.BROKEN_ZIP: Role.ARCHIVE,
    FileType.MESSAGE: Role.FORWARDED,
    FileType.PROGRAM: Role.REFUSED,
}
_PROBLEMS = {
    FileType.EMPTY: (FileProblem.EMPTY, ""),
    FileType.BROKEN_ZIP: (FileProblem.DAMAGED, ""),
    FileType.PROGRAM: (FileProblem.UNSUPPORTED, "program"),
}
_UNREAD = {
    FileType.EMPTY: Unreadable(FileProblem.EMPTY),
    FileType.ENCRYPTED: Unreadable(FileProblem.ENCRYPTED),
    FileType.BROKEN_ZIP: Unreadable(FileProblem.DAMAGED),
}


def _role_by_name(file: File) -> Role:
    suffix = PurePosixPath(file.name).suffix.lower()
    return Role.MANUSCRIPT if suffix in DOCUMENT_NAMES else Role.PICTURE if suffix in IMAGE_NAMES else Role.ARCHIVE


def _as_its_archive(member: Seen, archive: File) -> Seen:
    """What lies in an archive came with its letter, and what is left out of that is left out of archives in it."""
    without = archive.without if member.kind in OPENED else ()
    member.file = replace(member.file, letter=archive.letter, without=without)
    return member


def _spoilt(file: File, problem: FileProblem, detail: str) -> Seen:
    """A file that could not be read; its name says what it was meant to be."""
    return Seen(replace(file, role=_role_by_name(file), problem=problem, detail=detail), FileType.UNKNOWN)


def _with(file: File, role: Role, fault: Unreadable | None) -> File:
    if fault is None:
        return replace(file, role=role, problem=None, detail="")
    return replace(file, role=role, problem=fault.problem, detail=fault.detail)


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
    facts = seen.look.image_facts() if seen.look else None
    seen.file = replace(_with(seen.file, role, fault), image=facts)
