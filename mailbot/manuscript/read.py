"""A letter's files -> `Manuscript`s: which of them are articles, what is in them, which pictures belong to them.

First cut of what is an article: each document is one, except an unreadable document that bears the name of a readable
one (the same article in another format), except a PDF beside a readable document (an approval or a scan of it), and
except a form or declaration, by its name, beside another document.
Where no document is enclosed, the letter's own text is the article if it looks like one (`is_article`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from mailbot.languages import Language
from mailbot.languages.bylines import BylinePhrases
from mailbot.letter.texts import own_text
from mailbot.manuscript import pictures
from mailbot.manuscript.byline import read_byline, read_contacts
from mailbot.manuscript.count import characters
from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.formats import READERS
from mailbot.manuscript.outline import ARTICLE_CHARACTERS, bare_title, body_paragraphs, find_title, is_article
from mailbot.manuscript.sniff import DOCUMENTS, FileType, sniff
from mailbot.model import File, FileProblem, Letter, Manuscript, Picture, Reading, Role

FILES = 500
"""So many files of a letter are looked into; the others are kept as they are."""
DOCUMENT_NAMES = frozenset({".docx", ".doc", ".wps", ".rtf", ".odt", ".pdf", ".docm", ".dotx", ".wpt"})
IMAGE_NAMES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic", ".heif"})
_NO_DOCUMENTS = frozenset({FileType.IMAGE, FileType.PROGRAM, FileType.ARCHIVE, FileType.OFFICE, FileType.UNKNOWN})


@dataclass(slots=True)
class _Seen:
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


def preload(language: Language) -> None:
    """Load Pillow and compile the language's patterns: once, before processes are forked for single letters."""
    pictures.preload()
    is_article("x\n" * 3 + "x " * ARTICLE_CHARACTERS, language.bylines)
    read_byline(["x"], language.bylines, title="x", letter=["x"], names=["x"])
    read_contacts(["x"], language.bylines)


def read_manuscripts(letter: Letter, work: Path, language: Language) -> Reading:
    """The manuscripts among the letter's files and in its text; the files with role, problem and article filled in.

    The files' bytes lie in `work`. A file that cannot be read gets a problem and costs nothing else.
    """
    letter = replace(letter, text=own_text(letter.subject, letter.text, language.letters))  # our own answer names units
    seen = [_look_at(file, work) for file in letter.files[:FILES]]
    articles = _articles(seen, language.bylines)
    manuscripts = [_manuscript(item, index, seen, letter, language) for index, item in enumerate(articles)]
    if not manuscripts and is_article(letter.text, language.bylines):
        manuscripts = [_body(letter, language)]
    files = [_placed(item, len(manuscripts)) for item in seen]
    return Reading(files=(*files, *letter.files[FILES:]), manuscripts=tuple(manuscripts))


# --- one file


def _look_at(file: File, work: Path) -> _Seen:
    """What the file is, and its text or pixels."""
    if not file.where or file.role in (Role.FORWARDED, Role.REFUSED):
        return _Seen(file, FileType.UNKNOWN)
    path = work / file.where
    try:
        seen = _Seen(file, sniff(path))
    except Unreadable as fault:
        return _Seen(replace(file, role=_role_by_name(file), problem=fault.problem), FileType.ARCHIVE)
    if seen.kind in DOCUMENTS or seen.suffix in DOCUMENT_NAMES:
        return _read_document(seen, path)
    if seen.kind is FileType.IMAGE or seen.suffix in IMAGE_NAMES:
        return _read_image(seen, path)
    problem = _PROBLEMS.get(seen.kind, file.problem)
    seen.file = replace(file, role=_ROLES.get(seen.kind, Role.OTHER), problem=problem)
    return seen


_ROLES = {FileType.ARCHIVE: Role.ARCHIVE, FileType.BROKEN_ZIP: Role.ARCHIVE, FileType.PROGRAM: Role.REFUSED}
_PROBLEMS = {FileType.EMPTY: FileProblem.EMPTY, FileType.BROKEN_ZIP: FileProblem.DAMAGED}


def _role_by_name(file: File) -> Role:
    return Role.MANUSCRIPT if PurePosixPath(file.name).suffix.lower() in DOCUMENT_NAMES else Role.ARCHIVE


def _read_document(seen: _Seen, path: Path) -> _Seen:
    if seen.kind in _NO_DOCUMENTS:  # something else under a document's name
        role = {FileType.PROGRAM: Role.REFUSED, FileType.IMAGE: Role.PICTURE}.get(seen.kind, Role.MANUSCRIPT)
        broken = seen.kind in (FileType.UNKNOWN, FileType.ARCHIVE)
        seen.file = replace(seen.file, role=role, problem=FileProblem.DAMAGED if broken else FileProblem.MISNAMED)
        return seen
    problem: FileProblem | None = _UNREAD.get(seen.kind)
    if reader := READERS.get(seen.kind):
        try:
            seen.document = reader(path)
            problem = FileProblem.MACRO if seen.document.macros else None
        except Unreadable as fault:
            problem = fault.problem
    seen.file = replace(seen.file, role=Role.MANUSCRIPT, problem=problem)
    return seen


_UNREAD = {
    FileType.EMPTY: FileProblem.EMPTY,
    FileType.ENCRYPTED: FileProblem.ENCRYPTED,
    FileType.BROKEN_ZIP: FileProblem.DAMAGED,
    **dict.fromkeys((FileType.OLE, FileType.PDF, FileType.RTF, FileType.ODT), FileProblem.UNSUPPORTED),
}


def _read_image(seen: _Seen, path: Path) -> _Seen:
    problem: FileProblem | None = None
    if seen.kind is not FileType.IMAGE:
        problem = FileProblem.EMPTY if seen.kind is FileType.EMPTY else FileProblem.MISNAMED
    else:
        try:
            seen.look = pictures.look(path)
        except Unreadable as fault:
            problem = fault.problem
    role = Role.REFUSED if seen.kind is FileType.PROGRAM else Role.PICTURE
    seen.file = replace(seen.file, role=role, problem=problem)
    return seen


# --- which are articles, and what belongs to them


def _articles(seen: list[_Seen], phrases: BylinePhrases) -> list[_Seen]:
    """The documents that are articles of their own, in the letter's order; those that are not point to theirs."""
    documents = [item for item in seen if item.is_document]
    if own := [item for item in documents if not _is_form(item, phrases)]:
        for item in documents:
            if _is_form(item, phrases):
                item.file = replace(item.file, role=Role.OTHER)
        documents = own
    readable = {item.stem for item in documents if item.document}
    articles: list[_Seen] = []
    known: dict[tuple[Paragraph, ...], int] = {}
    for item in documents:
        if item.document and item.document.paragraphs in known:  # the same article twice
            item.article = known[item.document.paragraphs]
            continue
        if item.document and item.document.paragraphs:
            known[item.document.paragraphs] = len(articles)
        double = item.document is None and item.stem in readable
        enclosure = item.document is None and item.kind is FileType.PDF and bool(readable)
        if not double and not enclosure:
            item.article = len(articles)
            articles.append(item)
    stems = {item.stem: item.article for item in articles if item.document}
    for item in documents:
        if item.article is None:
            item.article = stems.get(item.stem)
            if item.article is None:
                item.file = replace(item.file, role=Role.OTHER)
    return articles


def _is_form(item: _Seen, phrases: BylinePhrases) -> bool:
    return any(word in item.stem for word in phrases.form_names)


def _placed(seen: _Seen, articles: int) -> File:
    """The file with the article that it belongs to: its own, else the only one."""
    submission = seen.article if seen.article is not None else (0 if articles == 1 else None)
    return replace(seen.file, submission=submission)


def _manuscript(item: _Seen, index: int, seen: list[_Seen], letter: Letter, language: Language) -> Manuscript:
    source, file = item.file.name, seen.index(item)
    if item.document is None:
        return Manuscript(source=source, file=file, problem=item.file.problem or FileProblem.DAMAGED)
    document = item.document
    found = list(_pictures(document.pictures, index, seen))
    return _article(document, letter, language, Manuscript(source=source, file=file, pictures=tuple(found)))


def _body(letter: Letter, language: Language) -> Manuscript:
    paragraphs = tuple(Paragraph(line) for line in body_paragraphs(letter.text, language.bylines))
    return _article(Document(paragraphs), letter, language, Manuscript(source="body"))


def _article(document: Document, letter: Letter, language: Language, base: Manuscript) -> Manuscript:
    texts = [paragraph.text for paragraph in document.paragraphs]
    title = find_title(document.paragraphs, language.bylines)
    own = [*texts, *document.margins]
    covering = letter.text.splitlines() if base.source != "body" else []
    stem = PurePosixPath(base.source).stem if base.source != "body" else ""
    return replace(
        base,
        title=bare_title(title, language.bylines) if title else None,
        text="\n".join(own),
        headings=tuple(paragraph.text for paragraph in document.paragraphs if paragraph.level),
        paragraphs=len(texts),
        characters=sum(map(characters, texts)),
        byline=read_byline(own, language.bylines, title=title, letter=covering, names=(stem, letter.subject)),
        contacts=read_contacts((*own, *covering), language.bylines),
    )


def _pictures(embedded: tuple[Embedded, ...], article: int, seen: list[_Seen]) -> Iterator[Picture]:
    """Each embedded picture with its original among the enclosed files, which learn that they are one."""
    for picture in embedded:
        try:
            look = pictures.look(picture.read())
        except Unreadable:
            yield Picture(name=picture.name, width=0, height=0, bytes=0, format="")
            continue
        candidates = [(n, item.look) for n, item in enumerate(seen) if item.look]
        original = pictures.find_original(look, candidates)
        copy = pictures.find_copy(look, candidates) if original is None else None
        if original is not None:
            seen[original].file = replace(seen[original].file, role=Role.ORIGINAL)
            seen[original].article = article if seen[original].article is None else seen[original].article
        yield Picture(
            name=picture.name,
            width=look.width,
            height=look.height,
            bytes=look.bytes,
            format=look.format,
            original=None if original is None else seen[original].file.name,
            phash=f"{look.phash:016x}",
            copy=None if copy is None else seen[copy].file.name,
        )
