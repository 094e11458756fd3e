"""A letter's files -> `Manuscript`s: `files` opens them, `articles` tells which are articles, this puts all together.

Where no document is enclosed, the letter's own text is the article if it looks like one (`is_article`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path, PurePosixPath

from mailbot.count import characters
from mailbot.languages import Language
from mailbot.letter.texts import own_text
from mailbot.manuscript import pictures
from mailbot.manuscript.archives import libarchives
from mailbot.manuscript.articles import find_articles, place_by_name
from mailbot.manuscript.bylines import places
from mailbot.manuscript.bylines.byline import read_byline, read_contacts
from mailbot.manuscript.bylines.people import PeopleReader, reader_of
from mailbot.manuscript.covering import covering
from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.files import At, Known, Looker, Seen, nowhere
from mailbot.manuscript.formats import pdf
from mailbot.manuscript.likeness import matches
from mailbot.manuscript.outline import ARTICLE_CHARACTERS, bare_title, body_paragraphs, find_title, is_article
from mailbot.manuscript.setting import captions, layout_of, text_with_rows
from mailbot.model import BODY, File, FileProblem, Letter, Manuscript, Picture, Reading, Role

ENCLOSED_TEXT = 20_000
"""So many characters are kept of a document that lies beside the articles."""
LONGEST_HEADING = 12
"""So many characters of a document's first line are the heading of a list of people."""

_LIBRARIES = ("mailparser", "markdown_it", "olefile")


def preload(language: Language) -> None:
    """Load all that any file may need, and compile the language's patterns: once, before forking for single letters.

    It saves each of those processes the time, and later they could not: as `nobody` they may not see where Python lies.
    """
    pictures.preload()
    pdf.preload()
    libarchives.preload()
    places.preload(language)
    for library in _LIBRARIES:
        import_module(library)
    is_article("x\n" * 3 + "x " * ARTICLE_CHARACTERS, language.bylines)
    read_byline(["x"], language.bylines, title="x", letter=["x"], names=["x"])
    read_contacts(["x"], language.bylines)


def read_manuscripts(
    letter: Letter, work: Path, language: Language, known: Known | None = None, at: At = nowhere
) -> Reading:
    """The manuscripts among the letter's files and in its text; the files with role, problem and article filled in.

    The files' bytes lie in `work`. `at` is told of each file before it is opened, and "" after the last. Raises
    `Wanted` where an office program is `known` to be there and has to convert a file first.
    """
    looked = Looker(work, language, known or Known(), at).look(letter.files)
    seen = looked.seen
    whole = replace(letter, forwarded=(*letter.forwarded, *looked.forwarded))
    told = _Told.by(whole, language).with_texts(looked.texts)
    texts = [text for text in told.texts if is_article(text.words, language.bylines)]
    articles = find_articles(seen, language.articles, body=bool(texts))
    beside = told.with_enclosures(seen, reader_of(language.bylines)) if len(articles) == 1 else told
    manuscripts = [_document(item, index, seen, beside, language, at) for index, item in enumerate(articles)]
    at("")
    if not manuscripts:
        manuscripts = [_text(text, seen, told, language) for text in texts]
    place_by_name(seen, manuscripts, language.articles)
    files = tuple(_placed(item, len(manuscripts)) for item in seen)
    pictures = any(item.look for item in seen)
    said = None if manuscripts else covering(letter.subject, told.beside(None), language, pictures=pictures)
    return Reading(files=files, manuscripts=tuple(manuscripts), forwarded=tuple(looked.forwarded), covering=said)


@dataclass(frozen=True, slots=True)
class _Text:
    """What a letter, or one that it forwards, says: it may be an article. `file` is the forwarded letter's name."""

    words: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """What stands beside the documents: subject and texts of the letter and of those that it forwards."""

    subject: str
    texts: tuple[_Text, ...]

    @classmethod
    def by(cls, letter: Letter, language: Language) -> _Told:
        """Without what a letter quotes: our own answer names units, too."""
        phrases = language.letters
        forwarded = (_Text(own_text(one.subject, one.text, phrases), one.file) for one in letter.forwarded)
        return cls(letter.subject, (_Text(own_text(letter.subject, letter.text, phrases)), *forwarded))

    def with_texts(self, texts: Sequence[str]) -> _Told:
        """With what a winmail.dat says, which is often all that the letter says."""
        return replace(self, texts=(*self.texts, *map(_Text, texts)))

    def with_enclosures(self, seen: Sequence[Seen], people: PeopleReader) -> _Told:
        """With what the documents beside the article say: forms and biographies name its unit and authors."""
        documents = (item.document for item in seen if item.document and item.article is None)
        said = (_Text("\n".join(_each_named(document, people))) for document in documents)
        return replace(self, texts=(*said, *self.texts))

    def beside(self, own: _Text | None) -> list[str]:
        """The lines that cover an article: all but its own text."""
        return [line for text in self.texts if text is not own for line in text.words.splitlines()]


def _each_named(document: Document, people: PeopleReader) -> Iterator[str]:
    """Its lines; each that begins with a person's name is headed as the document is: a biography may be of several."""
    lines = [paragraph.text.strip() for paragraph in document.paragraphs if paragraph.text.strip()]
    head = lines[0] if lines and len(lines[0]) <= LONGEST_HEADING else ""
    for line in lines:
        name, comma, _ = line.replace(",", "\uff0c").partition("\uff0c")
        yield f"{head}\uff1a{line}" if head and comma and people.is_common_name(name) else line


def _placed(seen: Seen, articles: int) -> File:
    """The file with the article that it belongs to: its own, else the only one."""
    submission = seen.article if seen.article is not None else (0 if articles == 1 else None)
    beside = seen.document if seen.file.role is Role.OTHER else None
    text = text_with_rows(beside.paragraphs)[:ENCLOSED_TEXT] if beside else ""
    return replace(seen.file, submission=submission, text=text)


def _document(item: Seen, index: int, seen: list[Seen], told: _Told, language: Language, at: At) -> Manuscript:
    """The article in a document."""
    base = Manuscript(source=item.file.name, file=seen.index(item))
    if item.document is None:
        return replace(base, problem=item.file.problem or FileProblem.DAMAGED, detail=item.file.detail)
    at(item.file.where)
    said = captions(item.document, language.articles)
    shown = (
        replace(picture, caption=caption)
        for picture, caption in zip(_pictures(item.document.pictures, index, seen), said, strict=True)
    )
    base = replace(base, pictures=tuple(shown))
    names = (PurePosixPath(base.source).stem, told.subject)
    return _article(item.document, base, told.beside(None), names, language)


def _text(text: _Text, seen: list[Seen], told: _Told, language: Language) -> Manuscript:
    """The article that is the text of a letter."""
    document = Document(tuple(Paragraph(line) for line in body_paragraphs(text.words, language.bylines)))
    file = next((n for n, item in enumerate(seen) if text.file and item.file.name == text.file), None)
    base = Manuscript(source=text.file or BODY, file=file)
    return _article(document, base, told.beside(text), (told.subject,), language)


def _article(
    document: Document, base: Manuscript, covering: list[str], names: tuple[str, ...], language: Language
) -> Manuscript:
    texts = [paragraph.text for paragraph in document.paragraphs]
    stem = PurePosixPath(base.source).stem if base.source != BODY else ""
    title = find_title(document.paragraphs, language.bylines, names=(stem,) if stem else ())
    own = [*texts, *document.margins]
    byline = read_byline(own, language.bylines, title=title, letter=covering, names=names)
    return replace(
        base,
        title=bare_title(title, language.bylines) if title else None,
        text="\n".join((text_with_rows(document.paragraphs), *document.margins)),
        headings=tuple(paragraph.text for paragraph in document.paragraphs if paragraph.level),
        levels=tuple(paragraph.level for paragraph in document.paragraphs if paragraph.level),
        layout=layout_of(document, title),
        paragraphs=len(texts),
        characters=sum(map(characters, texts)),
        byline=places.with_places(byline, language),
        contacts=read_contacts((*own, *covering), language.bylines),
    )


def _pictures(embedded: tuple[Embedded, ...], article: int, seen: list[Seen]) -> Iterator[Picture]:
    """Each embedded picture with its original among the enclosed files, which learn that they are one."""
    looks = [_look(picture) for picture in embedded]
    files = [n for n, item in enumerate(seen) if item.look]
    enclosed = [item.look for item in seen if item.look]
    found = iter(matches([look for look in looks if look], enclosed))
    for picture, look in zip(embedded, looks, strict=True):
        if look is None:
            yield Picture(name=picture.name, width=0, height=0, bytes=0, format="")
            continue
        match = next(found)
        original = None if match.original is None else seen[files[match.original]]
        if original is not None:
            original.file = replace(original.file, role=Role.ORIGINAL)
            original.article = article if original.article is None else original.article
        yield Picture(
            name=picture.name,
            width=look.width,
            height=look.height,
            bytes=look.bytes,
            format=look.format,
            original=None if original is None else original.file.name,
            phash=f"{look.phash:016x}",
            copy=None if match.copy is None else seen[files[match.copy]].file.name,
            orientation=look.orientation,
            taken_at=look.taken_at,
        )


def _look(picture: Embedded) -> pictures.Look | None:
    try:
        return pictures.look(picture.read())
    except Unreadable:
        return None
