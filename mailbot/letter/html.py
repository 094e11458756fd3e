"""HTML letters as readable text, with the links and pictures that stand in them.

Mail programs write HTML of all kinds: blocks left open, elements that nobody sees, comments for Microsoft's programs.
What a browser would show is what comes out: each block on lines of its own, cells parted by tabs, lists with their
marks, what the page quotes marked with ">" as in plain letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from mailbot.letter.charsets import clean

MAX_LINKS = 500
MAX_IMAGES = 500
MAX_LINK = 4096  # characters of an address or attribute
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "thead", "tr", "ul"
    )
)  # fmt: skip
_SILENT = frozenset(("script", "style", "title", "noscript", "template"))
_QUOTES = frozenset(("isreplycontent", "gmail_quote", "gmail_quote_container", "mailquote", "ntes_replay"))
_REST_IS_QUOTED = frozenset(("divrplyfwdmsg", "replysplit", "qqmailreplysplit"))  # their neighbours are the old letter
_SIGNATURES = frozenset(
    (
        "gmail_signature", "signature", "_foxmail_signature", "fmsigseperator", "ntes-pcmac-signature",
        "spneditorsign", "mail_signature", "moz-signature", "ms-outlook-mobile-signature", "xm_write_signature",
        "qqmail_signature", "applemailsignature"
    )
)  # fmt: skip
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr"
    )
)  # fmt: skip
_MAX_DEPTH = 2000
_MAX_MARKS = 5  # of nested quotations
_BLANKS = re.compile(r"[ \t\r\n\f\xa0\u3000]+")
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_TAG = re.compile(r"<[^<>]{0,4096}>")
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden", re.IGNORECASE)
_STYLED = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*")
_PARAGRAPHS = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Link:
    """An element that points somewhere: `at` is its place in the page's text."""

    url: str
    attributes: dict[str, str]
    at: int
    text: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the page shows: `cid` is the part's Content-ID, "" for a remote one; 0 where no size is given."""

    cid: str
    at: int
    width: int = 0
    height: int = 0
    signed: bool = False  # it stands in what the mail program marks as the signature
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML text as plain text; `at` of its links and images counts in this text."""

    text: str
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)


@dataclass(slots=True)
class _Element:
    """An open element and what it makes of what it holds."""

    tag: str
    quotes: bool = False
    silent: bool = False
    signs: bool = False
    items: int = -1  # the last number of an ordered list


def read_html(html: str) -> Page:
    """The readable text of a page. Linear in its length.

    Where everything is in elements that are not shown, those are shown all the same: an unclosed one swallows the rest.
    """
    reader = _read(html, hiding=True)
    if reader.hid and not "".join(reader.out).strip(" \n\t>"):
        reader = _read(html, hiding=False)
    return Page("".join(reader.out), reader.links, reader.images)


def _read(html: str, *, hiding: bool) -> _Reader:
    reader = _Reader(hiding)
    # An unclosed tag or comment is never completed by close(): searching its end again and again is quadratic.
    reader.feed(html)
    if rest := _TAG.sub(" ", reader.rawdata[:65536]) if not reader.rawdata.startswith("<!--") else "":
        reader.handle_data(rest)
    return reader


def tidy(text: str) -> str:
    """The text with no blanks at the ends of lines and no more than one empty line at once."""
    lines = clean(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")  # a pattern would be quadratic here
    return _PARAGRAPHS.sub("\n\n", "\n".join(line.strip(" \t\xa0") for line in lines)).strip()


class _Reader(HTMLParser):
    def __init__(self, hiding: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.hid = False
        self._hiding = hiding
        self._length = 0
        self._fresh = True  # nothing stands on the last line yet
        self._open: list[_Element] = []
        self._silent = self._quoted = self._signed = self._pre = 0
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: (value or "")[:MAX_LINK] for name, value in attrs[:50]}
        if tag == "br":
            self._write_line()
        elif tag in _BLOCKS:
            self._break()
        if tag in ("td", "th") and not self._fresh:
            self._write("\t")
        hidden = bool(found) and self._hides(found)
        self._enter(tag, found, hidden)
        if tag == "li":
            self._write(self._mark())
        elif tag == "img":
            self._note_image(found, hidden)
        self._note_link(tag, found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        if tag == "a":
            self._link = None
        for back in range(1, min(len(self._open), 20) + 1):  # tags are often left open; look back a little
            if self._open[-back].tag == tag:
                ended = self._open[-back:]
                del self._open[-back:]
                self._count(ended, -1)
                return

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        data = _UNSEEN.sub("", data) if not data.isascii() else data
        if self._pre:
            first, *others = data.replace("\r\n", "\n").split("\n")
            self._write(first)
            for line in others:
                self._write_line()
                self._write(line)
            return
        text = _BLANKS.sub(" ", data)
        if self._link and len(self._link.text) < MAX_LINK:
            self._link.text += text
        self._write(text)

    def _enter(self, tag: str, found: dict[str, str], hidden: bool) -> None:
        names = frozenset(f"{found.get('id', '')} {found.get('class', '')}".lower().split()) if found else frozenset()
        self._quoted += not _REST_IS_QUOTED.isdisjoint(names)
        signs = tag == "sign" or not _SIGNATURES.isdisjoint(names)
        if tag in _VOID:
            self._signed += signs  # a line that begins the signature: all that follows is of it
        elif len(self._open) < _MAX_DEPTH:
            quotes = tag == "blockquote" or not _QUOTES.isdisjoint(names)
            items = 0 if tag == "ol" else -1
            element = _Element(tag, quotes, hidden or tag in _SILENT, signs, items)
            self._open.append(element)
            self._count((element,), 1)

    def _count(self, elements: list[_Element] | tuple[_Element], step: int) -> None:
        quoted = self._quoted
        for element in elements:
            self._silent += step * element.silent
            self._quoted += step * element.quotes
            self._signed += step * element.signs
            self._pre += step * (element.tag == "pre")
        if quoted != self._quoted:
            self._break(again=True)

    def _hides(self, found: dict[str, str]) -> bool:
        hidden = "hidden" in found or bool(_HIDDEN.search(found.get("style", "")))
        self.hid |= hidden
        return hidden and self._hiding

    def _mark(self) -> str:
        """What stands before the item of a list."""
        for element in reversed(self._open[-20:]):
            if element.tag == "ol":
                element.items += 1
                return f"{element.items}. "
            if element.tag == "ul":
                break
        return "• "

    def _break(self, *, again: bool = False) -> None:
        """A line of its own for what follows; `again` where only the marks of the quotation change."""
        if again and self._fresh and self.out:
            self._length -= len(self.out.pop())
        if again or not self._fresh:
            self._write_line()

    def _write_line(self) -> None:
        """What the page quotes is marked as in plain letters."""
        if self._silent:
            return
        text = ("\n" if self._length else "") + "> " * min(self._quoted, _MAX_MARKS)
        self.out.append(text)
        self._length += len(text)
        self._fresh = True

    def _write(self, text: str) -> None:
        if self._silent or not text or (self._fresh and not self._pre and not text.strip(" ")):
            return
        self.out.append(text)
        self._length += len(text)
        self._fresh = False

    def _note_link(self, tag: str, found: dict[str, str]) -> None:
        url = found.get("href") if tag == "a" else found.get("downloadlink")
        if not url or len(self.links) >= MAX_LINKS:
            return
        link = Link(url.strip(), found, self._length, quoted=self._quoted > 0)
        self.links.append(link)
        if tag == "a":
            self._link = link

    def _note_image(self, found: dict[str, str], hidden: bool) -> None:
        if len(self.images) >= MAX_IMAGES:
            return
        source = found.get("src", "").strip()
        cid = source[4:] if source[:4].lower() == "cid:" else ""
        styled = {name.lower(): int(size) for name, size in _STYLED.findall(found.get("style", "")[:1000])}
        width, height = (_number(found.get(side, "")) or styled.get(side, 0) for side in ("width", "height"))
        hidden = hidden or self._silent > 0
        self.images.append(Image(cid, self._length, width, height, self._signed > 0, hidden))


def _number(text: str) -> int:
    match = _NUMBER.fullmatch(text[:20])
    return int(match[1]) if match else 0
