"""What an expression can see: the facts as typed records, each field with the words that describe it.

One source for the types that expressions are checked against, the table in `docs/rules.md`, and the hints. There is no
clock in it, so that the same dossier is judged alike on any day. Texts and lists are cut to the bounds below.
"""

# ruff: noqa: RUF009 - `seen` makes a field of a dataclass
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from mailbot import model
from mailbot.rulebook import models
from mailbot.rulebook.checking import ArticleFacts, LetterFacts
from mailbot.rulebook.files import kind_of

LONG = 20_000
"""Characters of a text of many lines."""
SHORT = 300
"""Characters of a name, a title, a heading, a line."""
MOST = 300
"""Entries of a list."""


def seen(description: str, of: Callable[[Any], Any] | None = None, *, long: bool = False) -> Any:
    """A field: what it is; in a record that stands for itself, how it is told from the facts."""
    return field(default=None, metadata={"description": description, "of": of, "long": long})


@dataclass(frozen=True, slots=True)
class File:
    """An enclosed file."""

    name: str = seen("its name, with the ending")
    role: str = seen("`manuscript`, `original`, `picture`, `archive`, `forwarded`, `other` or `refused`")
    media_type: str = seen("such as `image/jpeg`, by its content")
    bytes: int = seen("its size")
    format: str = seen("of pictures `JPEG`, `PNG`, …; of others `docx`, `pdf`, `zip`, …; empty where it is not known")
    width: int = seen("of pictures, in pixels; else 0")
    height: int = seen("of pictures, in pixels; else 0")
    taken_at: str = seen("of photos: the camera's clock, such as `2026-11-20T10:22:33`; else empty")
    inside: str = seen("the archive or forwarded letter it lay in; empty for a loose file")
    problem: str = seen("`damaged`, `encrypted`, …; empty for none")


@dataclass(frozen=True, slots=True)
class CloudFile:
    """A file that the letter only links to."""

    name: str = seen("its name")
    provider: str = seen("where it lies")
    bytes: int = seen("its size; 0 when it is not told")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in the article."""

    text: str = seen("its words, without its number")
    level: int = seen("from 1")
    style: str = seen("how it is numbered, such as `1.` or `1.1`, in the letters used; empty for not at all")


@dataclass(frozen=True, slots=True)
class Author:
    """An author."""

    name: str = seen("the name")
    unit: str = seen("the unit, empty when none is given")
    post: str = seen("the post, empty when none is given")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture embedded in the article."""

    name: str = seen("its name in the document")
    width: int = seen("in pixels")
    height: int = seen("in pixels")
    bytes: int = seen("its size")
    format: str = seen("`JPEG`, `PNG`, …")
    has_original: bool = seen("whether its original is enclosed")
    original: str = seen("the name of the enclosed original, empty for none")
    caption: str = seen("its caption, empty for none")
    taken_at: str = seen("the camera's clock, such as `2026-11-20T10:22:33`; empty when not told")


@dataclass(frozen=True, slots=True)
class Contacts:
    """How to reach the contributor, as the letter or article says."""

    phones: tuple[str, ...] = seen("telephone numbers")
    emails: tuple[str, ...] = seen("e-mail addresses")
    addresses: tuple[str, ...] = seen("postal addresses")


@dataclass(frozen=True, slots=True)
class Look:
    """How paragraphs are set; empty and 0 where the format does not tell."""

    font: str = seen("the font's name")
    size: float = seen("in points, such as `12.0`")
    bold: bool = seen("whether it is bold")
    align: str = seen("`left`, `center`, `right` or `justify`")
    indent: float = seen("of the first line, in characters")
    spacing: float = seen("of the lines, in multiples of a single one")
    exact: float = seen("of the lines, in points, where it is set so")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the article is set."""

    title: Look = seen("the title")
    body: Look = seen("most of the text")
    headings: tuple[Look, ...] = seen("the headings of each level, the first level first")


def _name(address: model.Address | None) -> str:
    return address.name if address is not None else ""


def _address(address: model.Address | None) -> str:
    return address.address if address is not None else ""


def _files(facts: LetterFacts) -> Iterator[File]:
    return (_attached(one) for one in facts.dossier.letter.files[:MOST])


def _attached(file: model.File) -> File:
    image = file.image
    return File(
        name=file.name,
        role=file.role,
        media_type=file.media_type,
        bytes=file.bytes,
        format=image.format if image else kind_of(file),
        width=image.width if image else 0,
        height=image.height if image else 0,
        taken_at=image.taken_at if image else "",
        inside=file.inside or "",
        problem=file.problem or "",
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter as it came."""

    subject: str = seen("its subject", lambda f: f.dossier.letter.subject)
    sender: str = seen("the sender's address", lambda f: _address(f.dossier.letter.sender))
    sender_name: str = seen("the name beside it", lambda f: _name(f.dossier.letter.sender))
    to: tuple[str, ...] = seen("to whom it went", lambda f: [one.address for one in f.dossier.letter.recipients[:MOST]])
    text: str = seen("its own text, without enclosed files", lambda f: f.dossier.letter.text, long=True)
    sent_at: datetime = seen("when it was sent, by the sender's clock", lambda f: f.dossier.letter.sent_at)
    files: tuple[File, ...] = seen("the enclosed files, also those in archives", _files)
    cloud_files: tuple[CloudFile, ...] = seen(
        "files that it only links to",
        lambda f: [CloudFile(one.name, one.provider, one.bytes or 0) for one in f.dossier.letter.cloud_files[:MOST]],
    )
    articles: int = seen("how many articles it carries", lambda f: len(f.dossier.manuscripts))
    bytes: int = seen("its size as the server announced it", lambda f: f.dossier.announced)


def _picture(picture: model.Picture) -> Picture:
    return Picture(
        name=picture.name,
        width=picture.width,
        height=picture.height,
        bytes=picture.bytes,
        format=picture.format,
        has_original=picture.original is not None,
        original=picture.original or "",
        caption=picture.caption,
        taken_at=picture.taken_at,
    )


def _look(look: model.Look | None) -> Look:
    look = look or model.Look()
    numbers = [number or 0.0 for number in (look.size, look.indent, look.spacing, look.exact)]
    size, indent, spacing, exact = numbers
    return Look(look.font, size, bool(look.bold), look.align, indent, spacing, exact)


def _layout(facts: ArticleFacts) -> Layout:
    layout = facts.manuscript.layout
    headings = tuple(_look(look) for look in layout.headings[:MOST])
    return Layout(_look(layout.title), _look(layout.body), headings)


def _headings(facts: ArticleFacts) -> Iterator[Heading]:
    return (Heading(one.text, one.level, one.style) for one in facts.anatomy.headings[:MOST])


def _format(manuscript: model.Manuscript) -> str:
    return manuscript.source.rpartition(".")[2].lower() if manuscript.file is not None else "body"


@dataclass(frozen=True, slots=True)
class Article:
    """The article that is judged."""

    title: str = seen("its title, empty when none was found", lambda f: f.manuscript.title)
    text: str = seen("all its text", lambda f: f.manuscript.text, long=True)
    body: str = seen("its text without title, abstract, keywords, references", lambda f: f.anatomy.body, long=True)
    abstract: str = seen("its abstract, empty for none", lambda f: f.anatomy.abstract, long=True)
    keywords: tuple[str, ...] = seen("its keywords", lambda f: f.anatomy.keywords[:MOST])
    references: tuple[str, ...] = seen("the works it cites, one each", lambda f: f.anatomy.references[:MOST])
    characters: int = seen("its length as Word counts it", lambda f: f.manuscript.characters)
    body_characters: int = seen("the length of its body", lambda f: f.anatomy.body_characters)
    abstract_characters: int = seen("the length of its abstract", lambda f: f.anatomy.abstract_characters)
    paragraphs: int = seen("how many paragraphs it has", lambda f: f.manuscript.paragraphs)
    headings: tuple[Heading, ...] = seen("its headings", _headings)
    unit: str = seen("the submitting unit, empty when none is named", lambda f: f.submitter.name)
    unit_complete: bool = seen("whether the unit's name is full", lambda f: f.submitter.fullness.full)
    authors: tuple[Author, ...] = seen(
        "its authors", lambda f: [Author(one.name, one.unit, one.post) for one in f.manuscript.byline.authors[:MOST]]
    )
    pictures: tuple[Picture, ...] = seen(
        "the pictures embedded in it", lambda f: [_picture(one) for one in f.manuscript.pictures[:MOST]]
    )
    contacts: Contacts = seen(
        "phone, e-mail, postal address",
        lambda f: Contacts(
            f.manuscript.contacts.phones[:MOST],
            f.manuscript.contacts.emails[:MOST],
            f.manuscript.contacts.addresses[:MOST],
        ),
    )
    source: str = seen(
        "the name of its file; `body` when it stands in the letter itself", lambda f: f.manuscript.source
    )
    format: str = seen(
        "the ending of its file, lower-case, such as `docx`; `body` when it stands in the letter",
        lambda f: _format(f.manuscript),
    )
    layout: Layout = seen("how it is set, as far as the format tells", _layout)


@dataclass(frozen=True, slots=True)
class Arrived:
    """When the mail server took the letter in, by the clock of the office."""

    at: datetime = seen("the moment, to be compared with `timestamp('2026-11-30T18:00:00+08:00')`", lambda t: t)
    day: str = seen("the day, such as `2026-11-23`", lambda t: t.date().isoformat())
    time: str = seen("the time, such as `09:05`", lambda t: f"{t:%H:%M}")
    hour: int = seen("from 0 to 23", lambda t: t.hour)
    weekday: int = seen("1 is Monday, 7 is Sunday", lambda t: t.isoweekday())
    month: int = seen("from 1 to 12", lambda t: t.month)
    year: int = seen("such as 2026", lambda t: t.year)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A submission that the office had before."""

    number: str = seen("its number")
    title: str = seen("its title")
    days_ago: int = seen("whole days between its arrival and this one's")
    own: bool = seen("whether the same address sent it")
    likeness: int = seen("how alike the texts are, from 0 to 100")
    state: str = seen("what became of it: `ready`, `incomplete`, `published`, …")
    issue: str = seen("the id of its issue, empty for none")


@dataclass(frozen=True, slots=True)
class Issue:
    """The issue that the article goes to; all empty where there is none."""

    id: str = seen("its id in issues.yaml", lambda at: at[0].issue)
    name: str = seen("its name", lambda at: at[1] and at[1].name)
    special: bool = seen("whether it is a special issue", lambda at: at[1] and at[1].special)
    closes: str = seen("its last day, such as `2026-11-30`", lambda at: at[1] and at[1].closes.isoformat())
    days_left: int = seen("days from the arrival to the last day", lambda at: at[1] and _left(at[1].closes, at[2]))
    column: str = seen("the id of the article's column, empty for none", lambda at: at[0].column)
    late: bool = seen("whether the article missed the issue it was meant for", lambda at: at[0].late)


def _left(closes: date, arrived: datetime) -> int:
    return (closes - arrived.date()).days


def arrival(facts: LetterFacts) -> datetime:
    """The arrival in the office's zone."""
    return facts.dossier.arrived_at.astimezone(ZoneInfo(facts.dossier.office.timezone))


def _way(facts: LetterFacts) -> tuple[Any, models.Issue | None, datetime]:
    known = next((issue for issue in facts.issues if issue.id == facts.way.issue), None)
    return facts.way, known, arrival(facts)


def earlier(facts: LetterFacts) -> list[Earlier]:
    """Those of the sender; and those that the article resembles, or any of the letter's where the letter is judged."""
    found = facts.dossier.history.earlier
    if isinstance(facts, ArticleFacts):
        index = next((at for at, one in enumerate(facts.dossier.manuscripts) if one is facts.manuscript), None)
        found = tuple(one for one in found if one.article is None or one.article == index)
    return [_earlier(one, facts.dossier.arrived_at) for one in found[:MOST]]


def _earlier(one: model.Earlier, arrived_at: datetime) -> Earlier:
    days = (arrived_at - one.arrived_at).days
    return Earlier(one.number, one.title, days, one.own, one.likeness, one.state, one.issue or "")


@dataclass(frozen=True, slots=True)
class Root:
    """A word that an expression can begin with: its record, and what that is told from."""

    record: type
    source: Callable[[Any], Any]
    many: bool = False


ROOTS: dict[str, Root] = {
    "letter": Root(Letter, lambda facts: facts),
    "article": Root(Article, lambda facts: facts),
    "arrived": Root(Arrived, arrival),
    "issue": Root(Issue, _way),
    "earlier": Root(Earlier, earlier, many=True),
}
"""What an expression is about, in the order of the documents."""
OF_ARTICLES = frozenset({"article", "issue"})
"""An expression with one of these is about an article, without them about the letter."""


def hints(record: type) -> dict[str, Any]:
    """The types of a record's fields."""
    return get_type_hints(record)


def unwrapped(kind: Any) -> tuple[Any, bool]:
    """A field's type, of a list that of its entries; and whether it is a list."""
    return (get_args(kind)[0], True) if get_origin(kind) is tuple else (kind, False)


def records() -> list[type]:
    """All records, those of the roots first."""
    found = [root.record for root in ROOTS.values()]
    for record in found:  # grows while it is walked
        inner = dict.fromkeys(unwrapped(kind)[0] for kind in hints(record).values())
        found += [kind for kind in inner if isinstance(kind, type) and is_dataclass(kind) and kind not in found]
    return found


@cache
def large_fields() -> frozenset[str]:
    """The names of fields that hold texts of many lines or lists, and of roots that are lists."""
    found = {name for name, root in ROOTS.items() if root.many}
    for record in records():
        kinds = hints(record)
        found |= {one.name for one in fields(record) if one.metadata["long"] or unwrapped(kinds[one.name])[1]}
    return frozenset(found)


_AS_THEY_ARE = frozenset({int, bool, float, datetime, type(None)})


def plain(value: Any, *, limit: int = SHORT) -> Any:
    """A value as protobuf takes it, within the bounds; None for what is not told."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, str):
        return value[:limit]
    if is_dataclass(value) and not isinstance(value, type):
        found = ((name, plain(getattr(value, name))) for name in _names(type(value)))
        return {name: inner for name, inner in found if inner is not None}
    return [plain(item) for item in value]


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(record))


@cache
def _asked(record: type, names: frozenset[str]) -> tuple[tuple[str, Callable[[Any], Any], int], ...]:
    """Of the fields that are wanted: name, how it is told, how long it may be."""
    bounds = {True: LONG, False: SHORT}
    wanted = [one for one in fields(record) if one.name in names]
    return tuple((one.name, one.metadata["of"], bounds[one.metadata["long"]]) for one in wanted)


def told(root: str, facts: LetterFacts, names: frozenset[str]) -> Any:
    """What these fields of a root are, as plain data; of a list, every entry with all its fields."""
    source = ROOTS[root].source(facts)
    if ROOTS[root].many:
        return plain(source)
    values: dict[str, Any] = {}
    for name, of, limit in _asked(ROOTS[root].record, names):
        value = plain(of(source), limit=limit)
        if value is not None:
            values[name] = value
    return values


_WORDS = {str: "text", int: "whole number", float: "number with a point", bool: "true or false", datetime: "moment"}


def spoken(record: type) -> str:
    """A record's name in lower-case words."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", record.__name__).lower()


def table() -> str:
    """The reference of everything that can be seen, as Markdown."""
    lines: list[str] = []
    roots = {root.record: name for name, root in ROOTS.items()}
    for record in records():
        name = f"`{roots[record]}`" if record in roots else spoken(record)
        many = ", a list" if record in roots and ROOTS[roots[record]].many else ""
        lines += [
            f"**{name}**{many}: {(record.__doc__ or '').strip()}",
            "",
            "| field | type | what it is |",
            "|---|---|---|",
        ]
        kinds = hints(record)
        lines += [
            f"| `{one.name}` | {kind_in_words(kinds[one.name])} | {one.metadata['description']} |"
            for one in fields(record)
        ]
        lines.append("")
    return "\n".join(lines)


def kind_in_words(kind: Any) -> str:
    """A field's type as the table says it."""
    inner, many = unwrapped(kind)
    word = _WORDS.get(inner) or f"*{spoken(inner)}*"
    return f"list of {word}" if many else word
