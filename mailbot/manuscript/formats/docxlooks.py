"""How the paragraphs of a .docx are set (ECMA-376 part 1, 17.3 and 17.7): defaults, styles, then what is set directly.

The same few settings come again and again, so each combination is worked out once. What Word works out only when it
lays pages out (grids of lines, table styles, styles that switch bold off by switching it on twice) is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from mailbot.manuscript.formats.parts import local, word_attribute
from mailbot.model import Look, Page

Settings = dict[str, str]
"""What one place sets, by names of our own: font, size, bold, align, first, chars, line, rule, before, after, style."""

LOOKS = frozenset({"rFonts", "sz", "b", "rStyle", "jc", "ind", "spacing"})
DEFAULTS = "\0defaults"
"""In the place of a style's id: what the document sets before any style."""
COMBINATIONS = 2_000
"""So many are remembered: a document has some dozens."""
MM = 25.4 / 1440

_ALIGN = {
    "left": "left",
    "start": "left",
    "right": "right",
    "end": "right",
    "center": "center",
    **dict.fromkeys(("both", "distribute", "lowKashida", "mediumKashida", "highKashida", "thaiDistribute"), "justify"),
}

_SPACINGS = (("line", "line", ""), ("rule", "lineRule", ""), ("before", "before", ""), ("after", "after", ""))
_INDENTS = (  # what hangs goes before what is indented
    ("first", "firstLine", ""),
    ("chars", "firstLineChars", ""),
    ("first", "hanging", "-"),
    ("chars", "hangingChars", "-"),
)


def setting(settings: Settings, name: str, attributes: dict[str, str], *, run: bool = False) -> None:
    """Note what an element of w:rPr or w:pPr sets; `run` where it stands in that of a run."""
    value = word_attribute(attributes, "val")
    if name == "rFonts":
        theme, font = word_attribute(attributes, "eastAsiaTheme"), word_attribute(attributes, "eastAsia")
        if theme or font:
            settings["font"] = f"+{theme}" if theme else font
    elif name == "sz":
        settings["size"] = value
    elif name == "b":
        settings["bold"] = value
    elif name == "rStyle":
        settings["style"] = value
    elif name == "jc":
        settings["align"] = value
    elif not run:
        _of_paragraph(settings, name, attributes)


def _of_paragraph(settings: Settings, name: str, attributes: dict[str, str]) -> None:
    for key, attribute, sign in _INDENTS if name == "ind" else _SPACINGS:
        if value := word_attribute(attributes, attribute):
            settings[key] = sign + value


class Theme:
    """The East Asian fonts of a theme (20.1.4.1.16 and .24): of headings and of text."""

    def __init__(self) -> None:
        self.fonts: dict[str, str] = {}
        self._which = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Takes in an element."""
        name = local(tag)
        if name in ("majorFont", "minorFont"):
            self._which = f"+{name.removesuffix('Font')}EastAsia"
        elif self._which and name == "ea" and attributes.get("typeface"):
            self.fonts[self._which] = attributes["typeface"]
        elif self._which and name == "font" and attributes.get("script") == "Hans":
            self.fonts.setdefault(self._which, attributes.get("typeface", ""))


class Looks:
    """Works out looks; `styles` are whole (with those that they are based on), "" is that of paragraphs without one."""

    def __init__(self, styles: Mapping[str, Settings], theme: Callable[[], dict[str, str]]) -> None:
        self._styles = styles
        self._theme = theme
        self._fonts: dict[str, str] | None = None
        self._known: dict[object, Look] = {}

    def look(
        self, style: str, settings: Settings, letters: Mapping[tuple[tuple[str, str], ...], int], blanks: int
    ) -> Look:
        """The look of a paragraph: of most of its `letters`; ideographic `blanks` before them indent it, too."""
        most = max(letters, key=lambda run: letters[run], default=())
        key = (style, tuple(settings.items()), most, blanks)
        found = self._known.get(key)
        if found is None:
            found = self._indented(self._made(style, settings, dict(most)), blanks)
            if len(self._known) < COMBINATIONS:
                self._known[key] = found
        return found

    def _indented(self, look: Look, blanks: int) -> Look:
        return replace(look, indent=(look.indent or 0) + blanks) if blanks else look

    def _made(self, style: str, settings: Settings, run: Settings) -> Look:
        none: Settings = {}
        base = self._styles.get(DEFAULTS, none) | self._styles.get(style or "", self._styles.get("", none))
        letters = self._styles.get(run["style"], none) if run.get("style") else none
        # Of a style for letters only these; most such styles are linked to one for paragraphs and say more.
        of_letters = {key: value for key, value in letters.items() if key in ("font", "size", "bold")}
        whole = base | settings | of_letters | run
        size = _number(whole.get("size"), 2)
        spacing, exact = _lines(whole)
        return Look(
            font=self._font(whole.get("font", "")),
            size=size,
            bold="bold" in whole and whole["bold"] not in ("0", "false", "off"),
            align=_ALIGN.get(whole.get("align", "left"), ""),
            indent=_indent(whole, size),
            spacing=spacing,
            exact=exact,
            before=_number(whole.get("before", "0"), 20),
            after=_number(whole.get("after", "0"), 20),
        )

    def _font(self, name: str) -> str:
        if not name.startswith("+"):
            return name
        if self._fonts is None:
            self._fonts = self._theme()
        which = "+majorEastAsia" if name.startswith("+major") else "+minorEastAsia"
        return self._fonts.get(which, "")


def _number(value: str | None, parts: int) -> float | None:
    """A measure in so many parts of a point."""
    try:
        return round(float(value) / parts, 2) if value is not None and len(value) < 12 else None
    except ValueError:
        return None


def _indent(whole: Settings, size: float | None) -> float | None:
    """In characters; a measure in characters goes before one in points (17.3.1.12)."""
    if chars := _number(whole.get("chars"), 100):
        return chars
    points = _number(whole.get("first", "0"), 20)
    if not points:
        return points
    return round(points / size, 2) if size else None


def _lines(whole: Settings) -> tuple[float | None, float | None]:
    """The distance of lines: multiple, or points; neither where it is only told what it is at least."""
    rule = whole.get("rule", "auto")
    line = whole.get("line", "240")
    if rule == "auto":
        return _number(line, 240), None
    return None, _number(line, 20) if rule == "exact" else None


def page_of(size: Mapping[str, str], margins: Mapping[str, str]) -> Page | None:
    """The page by w:pgSz and w:pgMar (17.6.13 and .11); None where they do not tell it."""
    read = [_number(word_attribute(dict(size), name) or None, 1) for name in ("w", "h")]
    read += [_number(word_attribute(dict(margins), name) or None, 1) for name in ("top", "bottom", "left", "right")]
    found = [round(abs(value) * MM, 1) for value in read if value is not None]
    if len(found) < len(read):
        return None
    width, height, top, bottom, left, right = found
    return Page(width=width, height=height, top=top, bottom=bottom, left=left, right=right)
