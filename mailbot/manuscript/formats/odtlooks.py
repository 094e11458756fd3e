"""How the paragraphs and the page of an OpenDocument text are set (ODF 1.3 part 3, 16 and 20).

Automatic styles in content.xml go before styles of the same name in styles.xml. A font is known by its face's family.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from mailbot.manuscript.formats.parts import local
from mailbot.model import Look, Page

COMBINATIONS = 2_000
"""So many are remembered: a document has some dozens."""
PARENTS = 20

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_STYLE, _FO = f"{_OASIS}style:1.0 ", f"{_OASIS}xsl-fo-compatible:1.0 "
_SVG = f"{_OASIS}svg-compatible:1.0 "
PROPERTIES = frozenset(f"{_STYLE}{name}-properties" for name in ("text", "paragraph", "page-layout", "header-footer"))
"""The elements that say how something is set."""
_USED = {
    f"{_STYLE}font-family-asian": "font",
    f"{_STYLE}font-size-asian": "size",
    f"{_STYLE}font-weight-asian": "bold",
    f"{_FO}text-align": "align",
    f"{_FO}text-indent": "indent",
    f"{_FO}line-height": "line",
    f"{_FO}margin-top": "before",
    f"{_FO}margin-bottom": "after",
    f"{_FO}margin": "around",
}
_ALIGN = {"start": "left", "left": "left", "end": "right", "right": "right", "center": "center", "justify": "justify"}
_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(in|cm|mm|pt|pc|px)")
_POINTS = {"in": 72, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1, "pc": 12, "px": 0.75}

Settings = dict[str, str]


class Looks:
    """Collects styles as they come, and works out the look of a paragraph with one."""

    def __init__(self) -> None:
        self._styles: dict[str, Settings] = {}
        self._parents: dict[str, str] = {}
        self._faces: dict[str, str] = {}
        self._known: dict[tuple[str, str, int], Look] = {}

    def face(self, attributes: Mapping[str, str]) -> None:
        """A font that styles name."""
        family = attributes.get(f"{_SVG}font-family", "").strip("'\"")
        self._faces[attributes.get(f"{_STYLE}name", "")] = family

    def begin(self, style: str, parent: str) -> None:
        """A style is described from here on; one of the same name in another part is no more."""
        self._styles[style] = {}
        self._parents[style] = parent

    def add(self, style: str, attributes: Mapping[str, str]) -> None:
        """What the style sets."""
        settings = self._styles.setdefault(style, {})
        for key, value in attributes.items():
            if key in _USED:
                settings[_USED[key]] = value
        if face := attributes.get(f"{_STYLE}font-name-asian"):
            settings["font"] = f"={face}"

    def look(self, style: str, span: str, blanks: int) -> Look:
        """The look of a paragraph by its style and that of most of its letters; ideographic `blanks` indent it, too."""
        key = (style, span, blanks)
        found = self._known.get(key)
        if found is None:
            found = self._made(self._whole(style) | (self._whole(span, base="") if span else {}))
            found = replace(found, indent=(found.indent or 0) + blanks) if blanks else found
            if len(self._known) < COMBINATIONS:
                self._known[key] = found
        return found

    def _whole(self, style: str, base: str = "\0paragraph") -> Settings:
        chain: list[Settings] = []
        for _ in range(PARENTS):  # a chain of styles may be a circle
            if style not in self._styles:
                break
            chain.append(self._styles[style])
            style = self._parents.get(style, "")
        whole = dict(self._styles.get(base, {}))
        for settings in reversed(chain):
            whole |= settings
        return whole

    def _made(self, whole: Settings) -> Look:
        size = points(whole.get("size", ""))
        line = whole.get("line", "100%")
        indent = points(whole.get("indent", "0pt"))
        percent = line.removesuffix("%")
        return Look(
            font=self._font(whole.get("font", "")),
            size=size,
            bold=whole.get("bold", "normal") in ("bold", "600", "700", "800", "900"),
            align=_ALIGN.get(whole.get("align", "start"), ""),
            indent=round(indent / size, 1) if indent and size else indent if not indent else None,
            spacing=int(percent) / 100
            if percent.isdecimal() and len(percent) < 5
            else 1.0
            if line == "normal"
            else None,
            exact=points(line),
            before=points(whole.get("before", whole.get("around", "0pt"))),
            after=points(whole.get("after", whole.get("around", "0pt"))),
        )

    def _font(self, name: str) -> str:
        return self._faces.get(name[1:], "") if name.startswith("=") else name.strip("'\"")


def points(length: str) -> float | None:
    """A length such as 0.5in in points; None for what is none."""
    found = _LENGTH.fullmatch(length)
    return round(float(found[1]) * _POINTS[found[2]], 1) if found else None  # inches are given with three digits


class Pages:
    """Collects the layouts of pages, and which is that of the text."""

    def __init__(self) -> None:
        self._layouts: dict[str, dict[str, str]] = {}
        self._masters: dict[str, str] = {}
        self._layout = ""
        self._margin = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element of styles: page-layout, master-page, header-style, footer-style or the properties of them."""
        if name == "page-layout":
            self._layout = attributes.get(f"{_STYLE}name", "")
        elif name == "master-page":
            layout = attributes.get(f"{_STYLE}page-layout-name", "")
            self._masters.setdefault(attributes.get(f"{_STYLE}name", ""), layout)
        elif name in ("header-style", "footer-style"):
            self._margin = name.removesuffix("-style")
        elif name == "page-layout-properties":
            own = {local(key): value for key, value in attributes.items() if key.startswith(_FO)}
            self._layouts[self._layout] = own
        elif name == "header-footer-properties" and self._layout in self._layouts:
            height = attributes.get(f"{_FO}min-height") or attributes.get(f"{_SVG}height", "")
            self._layouts[self._layout][self._margin] = height

    def page(self) -> Page | None:
        """The page of the text; headers and footers lie within its margins as Word counts them."""
        master = self._masters.get("Standard") or next(iter(self._masters.values()), "")
        layout = self._layouts.get(master, {})
        around = layout.get("margin", "")
        names = ("page-width", "page-height", "margin-top", "margin-bottom", "margin-left", "margin-right")
        found = [points(layout.get(name, around)) for name in names]
        told = [value for value in found if value is not None]
        if len(told) < len(names):
            return None
        told[2] += points(layout.get("header", "")) or 0
        told[3] += points(layout.get("footer", "")) or 0
        width, height, top, bottom, left, right = (round(value * 25.4 / 72, 1) for value in told)
        return Page(width=width, height=height, top=top, bottom=bottom, left=left, right=right)
