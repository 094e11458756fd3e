"""Text out of HTML, what is new in it, and how phrases are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from mailbot.languages.letters import LetterPhrases
from mailbot.letter.charsets import clean

MAX_LINKS = 500
MAX_LINK = 4096  # characters of an address or attribute
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "thead", "tr", "ul"
    )
)  # fmt: skip
_SILENT = frozenset(("script", "style", "title", "noscript", "template"))
_QUOTES = frozenset(("isreplycontent", "divrplyfwdmsg", "gmail_quote", "mailquote"))
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr"
    )
)  # fmt: skip
_MAX_DEPTH = 2000
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u3000]+")
_TAG = re.compile(r"<[^<>]{0,4096}>")
_PARAGRAPHS = re.compile(r"\n{3,}")
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)


@dataclass(slots=True)
class Link:
    """An element that points somewhere: `at` is its place in the page's text."""

    url: str
    attributes: dict[str, str]
    at: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML text as plain text, and the links outside of what it quotes."""

    text: str
    links: list[Link] = field(default_factory=list)


def read_html(html: str) -> Page:
    """The readable text of a page: blocks on lines of their own, no scripts and styles. Linear in its length."""
    reader = _Reader()
    # An unclosed tag or comment is never completed by close(): searching its end again and again is quadratic.
    reader.feed(html)
    if rest := _TAG.sub(" ", reader.rawdata[:65536]) if not reader.rawdata.startswith("<!--") else "":
        reader.handle_data(rest)
    return Page("".join(reader.out), reader.links)


def tidy(text: str) -> str:
    """The text with no blanks at the ends of lines and no more than one empty line at once."""
    lines = clean(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _PARAGRAPHS.sub("\n\n", "\n".join(line.strip(" \t\xa0") for line in lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.links: list[Link] = []
        self._length = 0
        self._silent = 0
        self._open: list[tuple[str, bool]] = []  # open elements, and whether each begins a quotation
        self._quoted = 0
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: (value or "")[:MAX_LINK] for name, value in attrs[:50]}
        self._silent += tag in _SILENT
        if tag not in _VOID and len(self._open) < _MAX_DEPTH:
            names = f"{found.get('id', '')} {found.get('class', '')}".lower().split() if found else ()
            quotes = tag == "blockquote" or not _QUOTES.isdisjoint(names)
            self._open.append((tag, quotes))
            self._quoted += quotes
        if tag == "br" or tag in _BLOCKS:
            self._write("\n")
        elif tag in ("td", "th"):
            self._write("\t")
        self._note_link(tag, found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self._write("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self._write("\n")
        if tag == "a":
            self._link = None
        for back in range(1, min(len(self._open), 20) + 1):  # tags are often left open; look back a little
            if self._open[-back][0] == tag:
                ended = sum(quotes for _, quotes in self._open[-back:])
                self._quoted -= ended
                del self._open[-back:]
                if ended:
                    self._write("\n")
                return

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        text = _BLANKS.sub(" ", data)
        if self._link and len(self._link.text) < MAX_LINK:
            self._link.text += text
        self._write(text)

    def _write(self, text: str) -> None:
        """What the page quotes is marked as in plain letters."""
        if text == "\n" and self._quoted:
            text = "\n> "
        self.out.append(text)
        self._length += len(text)

    def _note_link(self, tag: str, found: dict[str, str]) -> None:
        url = found.get("href") if tag == "a" else found.get("downloadlink")
        if not url or self._quoted or len(self.links) >= MAX_LINKS:
            return
        link = Link(url.strip(), found, self._length)
        self.links.append(link)
        if tag == "a":
            self._link = link


def plain_form(text: str) -> str:
    """The text as phrases are compared: one width and case (NFKC), without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def says(text: str, phrases: Iterable[str]) -> str:
    """The first of the phrases that stands anywhere in the text, "" for none."""
    plain = plain_form(text)
    return next((phrase for phrase in phrases if phrase in plain), "")


def begins(text: str, phrases: Iterable[str]) -> str:
    """The phrase with which the text begins, brackets aside, "" for none."""
    plain = plain_form(text).lstrip("[【「『《<(〔")
    return next((phrase for phrase in phrases if plain.startswith(phrase)), "")


def split_subject(subject: str, phrases: LetterPhrases) -> tuple[str, bool, bool]:
    """The subject without its prefixes, whether they make it a reply, and whether they make it forwarded."""
    rest, reply, forward = subject.strip(), False, False
    for _ in range(20):
        head, colon, _ = unicodedata.normalize("NFKC", rest[:16]).partition(":")
        word = re.sub(r"[\[(]\d{1,3}[\])]$", "", head.strip().lower())
        if not colon or word not in (*phrases.reply_prefixes, *phrases.forward_prefixes):
            break
        reply, forward = reply or word in phrases.reply_prefixes, forward or word in phrases.forward_prefixes
        rest = re.split(r"[:：]", rest, maxsplit=1)[1].strip()
    return rest, reply, forward


def own_text(subject: str, text: str, phrases: LetterPhrases) -> str:
    """What a letter brings: of one that was sent on all, of others what its sender wrote this time."""
    if split_subject(subject, phrases)[2]:
        return _QUOTED.sub("", text)
    return new_text(text, phrases)


def new_text(text: str, phrases: LetterPhrases) -> str:
    """What stands before the first line that opens a quotation, without lines quoted by ">"."""
    kept = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        plain = plain_form(line[:400])
        if plain.startswith(phrases.quote_starts) or _attributes(plain, phrases):
            break
        if _heads_quotation(plain, lines[number + 1 : number + 6], phrases):
            break
        if not plain.startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip()


def _attributes(line: str, phrases: LetterPhrases) -> bool:
    """ "2026年11月23日，某某 写道：" does; "他在日记里写道：" is of the text."""
    return line.endswith(phrases.quote_ends) and (line.isascii() or bool(re.search(r"[@\d]", line)))


def _heads_quotation(line: str, below: list[str], phrases: LetterPhrases) -> bool:
    """The header of an older letter, as Foxmail and Outlook set it over what they quote."""
    first, others = phrases.quote_fields
    return line.startswith(first) and any(plain_form(other[:400]).startswith(others) for other in below)
