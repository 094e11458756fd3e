"""What an example of a rule may say of a letter: a few facts, laid over a good submission, or a mail file."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema, create_model, model_validator

from mailbot.model import FileProblem, Look, Page
from mailbot.quantities import size
from mailbot.rulebook.models import Entry, Words
from mailbot.yamlfile import Hinted

ZONE = "Asia/Shanghai"
"""Times of examples are in this zone unless they say another."""
MOST = 200
"""Entries that each list of an example may have."""


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise Hinted(f"must be a time, not `{value}`", "write it as 2026-11-23 10:00")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Hinted(f"must be a time, not `{value}`", "write it as 2026-11-23 10:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(ZONE))


def _bytes(value: Any) -> Any:
    return value if isinstance(value, int) else size(value)


def _named(value: Any) -> Any:
    return {"name": str(value)} if isinstance(value, str | int) else value


def _text(value: Any) -> Any:
    return {"text": str(value)} if isinstance(value, str | int) else value


def _one(value: Any) -> Any:
    return () if value is None else value if isinstance(value, list | tuple) else (value,)


_SIZE = {"type": ["string", "integer"], "description": "a number of bytes, or a size such as 300KB, 2MB, 1MiB"}

Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string"})]
Bytes = Annotated[Annotated[int, Field(ge=0, le=1 << 40)], BeforeValidator(_bytes), WithJsonSchema(_SIZE)]
Pixels = Annotated[int, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class SampleAuthor(Entry):
    """An author as the article signs him."""

    name: str = Field(default="", description="the author's name")
    unit: str = Field(default="", description="the author's unit, as written")
    post: str = Field(default="", description="the author's post")


class SampleHeading(Entry):
    """A heading in the article."""

    text: str = Field(default="", description="the heading's words")
    level: int = Field(default=1, ge=1, le=9, description="1 for the highest")


class SamplePicture(Entry):
    """A picture in the article."""

    name: str = Field(default="", description="its name inside the document")
    width: Pixels = Field(default=800, description="pixels")
    height: Pixels = Field(default=600, description="pixels")
    bytes: Bytes = Field(default=100_000, description="its size: bytes, or such as 300KB")
    format: str = Field(default="JPEG", description="JPEG, PNG, …")
    original: bool | str | None = Field(
        default=None, description="true: its original is enclosed; or the name of the enclosed file"
    )
    caption: str = Field(default="", description="the words under it")
    taken_at: str = Field(default="", description="the camera's clock, such as 2026-11-20T10:22:33")


class SampleFile(Entry):
    """A file of the letter."""

    name: str = Field(min_length=1, description="its name with the ending, which says what it is")
    bytes: Bytes = Field(default=50_000, description="its size: bytes, or such as 300KB")
    width: Pixels = Field(default=0, description="pixels, of a picture")
    height: Pixels = Field(default=0, description="pixels, of a picture")
    format: str = Field(default="", description="JPEG, PNG, … of a picture")
    taken_at: str = Field(default="", description="the camera's clock, such as 2026-11-20T10:22:33")
    inside: str | None = Field(default=None, description="the archive or forwarded letter that it lies in")
    problem: FileProblem | None = Field(default=None, description="what is wrong with it")
    inline: bool = Field(default=False, description="whether it stands in the letter's text")
    text: str = Field(default="", description="what a document beside the article says: a form, a declaration")


class SampleContacts(Entry):
    """What the article says of how to reach its author."""

    phones: Words = Field(default=(), description="telephone numbers")
    emails: Words = Field(default=(), description="mail addresses")
    addresses: Words = Field(default=(), description="postal addresses")


class SampleEarlier(Entry):
    """A submission that the office had before."""

    days_ago: float = Field(default=30, ge=0, le=366, description="how long before this letter")
    own: bool = Field(default=True, description="whether the same address sent it")
    likeness: int = Field(default=0, ge=0, le=100, description="how much of the text is the same, 100 for all")
    state: str = Field(default="ready", description="what became of it: ready, published, declined, …")
    title: str = Field(default="", description="its title")
    unit: str = Field(default="", description="its unit")
    issue: str | None = Field(default=None, description="the issue that it was for")


_LOOK = {
    "font": "the font's name",
    "size": "points",
    "bold": "whether it is bold",
    "align": "left, center, right or justify",
    "indent": "of the first line, in characters",
    "spacing": "distance of lines, in multiples of a single one",
    "exact": "distance of lines in points",
    "before": "space above in points",
    "after": "space below in points",
}
_PAGE = {
    "width": (210.0, "millimetres of the paper"),
    "height": (297.0, "millimetres of the paper"),
    "top": (25.4, "margin in millimetres"),
    "bottom": (25.4, "margin in millimetres"),
    "left": (31.8, "margin in millimetres"),
    "right": (31.8, "margin in millimetres"),
}
_looks: dict[str, Any] = {
    field.name: (get_type_hints(Look)[field.name], Field(default=field.default, description=_LOOK[field.name]))
    for field in fields(Look)
}
_pages: dict[str, Any] = {
    field.name: (float, Field(default=_PAGE[field.name][0], description=_PAGE[field.name][1])) for field in fields(Page)
}
SampleLook = create_model("SampleLook", __base__=Entry, **_looks)
SamplePage = create_model("SamplePage", __base__=Entry, **_pages)


class SampleLayout(Entry):
    """How the article is set."""

    title: SampleLook | None = Field(default=None, description="the look of the title")  # type: ignore[valid-type]
    body: SampleLook | None = Field(default=None, description="the look of the text")  # type: ignore[valid-type]
    headings: tuple[SampleLook, ...] = Field(  # type: ignore[valid-type]
        default=(), description="the looks of the headings, by level"
    )
    page: SamplePage | None = Field(default=None, description="paper and margins")  # type: ignore[valid-type]


Authors = Annotated[
    tuple[Annotated[SampleAuthor, BeforeValidator(_named)], ...], BeforeValidator(_one), Field(max_length=MOST)
]
Headings = Annotated[
    tuple[Annotated[SampleHeading, BeforeValidator(_text)], ...], BeforeValidator(_one), Field(max_length=MOST)
]
Files = Annotated[
    tuple[Annotated[SampleFile, BeforeValidator(_named)], ...], BeforeValidator(_one), Field(max_length=MOST)
]
Pictures = Annotated[tuple[SamplePicture, ...], BeforeValidator(_one), Field(max_length=MOST)]
Earliers = Annotated[tuple[SampleEarlier, ...], BeforeValidator(_one), Field(max_length=MOST)]


class Facts(Entry):
    """One example: facts of a letter and its article. What is left out is as in a good submission."""

    mail: str | None = Field(default=None, description="a mail file (.eml) below the rules folder, instead of facts")
    subject: str | None = Field(default=None, description="the subject of the letter")
    sender: str | None = Field(default=None, description="the sender's address")
    letter: str | None = Field(default=None, description="the text of the letter itself")
    arrived: Moment | None = Field(default=None, description="when it arrived, such as 2026-11-23 10:00")
    title: str | None = Field(default=None, description="the article's title; empty: it has none")
    text: str | None = Field(default=None, max_length=200_000, description="the article's text")
    characters: Annotated[int, Field(ge=0, le=200_000)] | None = Field(
        default=None, description="how long the article is; counted from `text` where that is given"
    )
    paragraphs: Count | None = Field(default=None, description="how many paragraphs; else counted from the text")
    articles: Annotated[int, Field(ge=1, le=MOST)] = Field(
        default=1, description="how many articles the letter carries, one document each; all as is said here"
    )
    headings: Headings | None = Field(default=None, description="the article's headings: words, or {text, level}")
    unit: str | None = Field(default=None, description="the submitting unit; empty: none is named")
    authors: Authors | None = Field(default=None, description="the authors: names, or {name, unit, post}")
    pictures: Pictures | None = Field(default=None, description="the pictures in the article")
    files: Files | None = Field(
        default=None, description="all enclosed files: names, or {name, bytes, …}; the first document is the article"
    )
    links: Words = Field(default=(), description="files that the letter only links to")
    contacts: SampleContacts | None = Field(default=None, description="telephone, mail, postal address in the article")
    layout: SampleLayout | None = Field(default=None, description="fonts, sizes, margins")
    issue: str | None = Field(default=None, description="the issue that it is for, whatever the date")
    column: str | None = Field(default=None, description="the column that it is for")
    earlier: Earliers | None = Field(default=None, description="what the office had before")

    @model_validator(mode="after")
    def _makes_sense(self) -> Facts:
        if self.mail is None:
            return self
        if others := ", ".join(sorted(self.model_fields_set - {"mail", "arrived"})):
            raise Hinted(
                f"has a mail file and facts ({others})",
                "give either `mail`, or facts; `arrived` goes with both",
            )
        path = PurePosixPath(self.mail)
        if path.is_absolute() or ".." in path.parts or re.search(r"[\\:\0]", self.mail) or not path.parts:
            raise Hinted(f"leads out of the rules folder: `{self.mail}`", "put the mail below it: mails/good.eml")
        return self

    def gives(self, name: str) -> bool:
        """Whether the example says something of it, be it that there is none."""
        return name in self.model_fields_set
