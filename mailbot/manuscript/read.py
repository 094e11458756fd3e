"""A letter's files -> `Manuscript`s: `files` opens them, `articles` tells which are articles, this puts all together.

Where no document is enclosed, the letter's own text is the article if it looks like one (`is_article`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mailbot.languages import Language
from mailbot.letter.texts import own_text
from mailbot.manuscript import pictures
from mailbot.manuscript.articles import find_articles
from mailbot.manuscript.byline import read_byline, read_contacts
from mailbot.manuscript.count import characters
from mailbot.manuscript.document import Document, Embedded, Paragraph, Unreadable
from mailbot.manuscript.files import At, Known, Looker, Seen, nowhere
from mailbot.manuscript.likeness import matches
from mailbot.manuscript.outline import ARTICLE_CHARACTERS, bare_title, body_paragraphs, find_title, is_article
from mailbot.model import File, FileProblem, Letter, Manuscript, Picture, Reading, Role

FILES = 500
"""So many files of a letter are looked into; the others are kept as they are."""


def preload(language: Language) -> None:
    """Load Pillow and compile the language's patterns: once, before processes are forked for single letters."""
    pictures.preload()
    is_article("x\n" * 3 + "x " * ARTICLE_CHARACTERS, language.bylines)
    read_byline(["x"], language.bylines, title="x", letter=["x"], names=["x"])
    read_contacts(["x"], language.bylines)


def read_manuscripts(
    letter: Letter, work: Path, language: Language, known: Known | None = None, at: At = nowhere
) -> Reading:
    """The manuscripts among the letter's files and in its text; the files with role, problem and article filled in.

    The files' bytes lie in `work`. `at` is told of each file before it is opened. Raises `Wanted` where an office
    program is `known` to be there and has to convert a file first.
    """
    letter = replace(letter, text=own_text(letter.subject, letter.text, language.letters))  # our own answer names units
    looker = Looker(work, known or Known(), at)
    seen = [looker.look_at(file) for file in letter.files[:FILES]]
    articles = find_articles(seen, language.bylines)
    manuscripts = [_manuscript(item, index, seen, letter, language) for index, item in enumerate(articles)]
    if not manuscripts and is_article(letter.text, language.bylines):
        manuscripts = [_body(letter, language)]
    files = [_placed(item, len(manuscripts)) for item in seen]
    return Reading(files=(*files, *letter.files[FILES:]), manuscripts=tuple(manuscripts))


def _placed(seen: Seen, articles: int) -> File:
    """The file with the article that it belongs to: its own, else the only one."""
    submission = seen.article if seen.article is not None else (0 if articles == 1 else None)
    return replace(seen.file, submission=submission)


def _manuscript(item: Seen, index: int, seen: list[Seen], letter: Letter, language: Language) -> Manuscript:
    source, file = item.file.name, seen.index(item)
    if item.document is None:
        return Manuscript(
            source=source, file=file, problem=item.file.problem or FileProblem.DAMAGED, detail=item.file.detail
        )
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
