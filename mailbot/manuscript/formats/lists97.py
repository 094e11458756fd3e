"""The lists of a binary Word document ([MS-DOC] 2.9.131 to 2.9.150) for `numbering`: how levels are counted and shown.

All numbers come from a stranger: a read beyond the end is `struct.error`; what is told is bounded by the stream's size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from mailbot.manuscript.formats.numbering import PATTERN, Level, Numbering

LISTS = 2_000
_LEVELS = 9
# MSONFC ([MS-OSHARED] 2.2.1.3) by the names of the same forms in .docx
_FORMS = {
    **dict(enumerate(["decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter"])),
    **dict(enumerate(["ideographDigital", "japaneseCounting"], 10)),
    14: "decimalFullWidth",
    18: "decimalEnclosedCircle",
    19: "decimalFullWidth",
    22: "decimalZero",
    23: "bullet",
    26: "decimalEnclosedFullstop",
    27: "decimalEnclosedParen",
    28: "decimalEnclosedCircleChinese",
    29: "ideographEnclosedCircle",
    **dict(enumerate(["ideographTraditional", "ideographZodiac"], 30)),
    **dict(enumerate(["taiwaneseCounting", "ideographLegalTraditional", "taiwaneseCountingThousand"], 33)),
    **dict(enumerate(["taiwaneseDigital", "chineseCounting", "chineseLegalSimplified", "chineseCountingThousand"], 36)),
    255: "none",
}
_SUFFIXES = {1: "space", 2: "nothing"}


def read(table: bytes, lists: tuple[int, int], uses: tuple[int, int]) -> Numbering:
    """The numbering by the places (start and size) of PlfLst and PlfLfo in the table stream; struct.error."""
    numbering = Numbering()
    if lists[1] and uses[1]:
        _read_lists(table, *lists, numbering)
        _read_uses(table, uses[0], numbering)
    return numbering


def _read_lists(table: bytes, start: int, size: int, numbering: Numbering) -> None:
    (many,) = struct.unpack_from("<H", table, start)
    cursor = _Cursor(table, start + size)  # the levels of all lists lie behind what the size counts
    for number in range(min(many, LISTS)):
        name, simple = struct.unpack_from("<i22xB", table, start + 2 + 28 * number)
        numbering.add_list(str(name), {at: cursor.level() for at in range(1 if simple & 1 else _LEVELS)})


def _read_uses(table: bytes, start: int, numbering: Numbering) -> None:
    (many,) = struct.unpack_from("<I", table, start)
    many = min(many, LISTS)
    cursor = _Cursor(table, start + 4 + 16 * many)
    for number in range(many):
        name, changed = struct.unpack_from("<i8xB", table, start + 4 + 16 * number)
        use = str(number + 1)
        numbering.add_use(use, str(name))
        cursor.at += 4
        for _ in range(min(changed, _LEVELS)):
            first, flags = struct.unpack_from("<iI", table, cursor.at)
            cursor.at += 8
            if flags & 0x20:
                numbering.change(use, flags & 0x0F, cursor.level())
            elif flags & 0x10:
                numbering.restart(use, flags & 0x0F, first)


@dataclass(slots=True)
class _Cursor:
    """Reads one level after the other."""

    table: bytes
    at: int

    def level(self) -> Level:
        start, form, flags = struct.unpack_from("<iBB", self.table, self.at)
        follow, more, of_paragraph = struct.unpack_from("<B8xBB", self.table, self.at + 15)
        self.at += 28 + more + of_paragraph
        (size,) = struct.unpack_from("<H", self.table, self.at)
        text = self.table[self.at + 2 : self.at + 2 + 2 * min(size, PATTERN)].decode("utf-16-le", "replace")
        self.at += 2 + 2 * size
        pattern = "".join(f"%{ord(sign) + 1}" if ord(sign) < _LEVELS else sign for sign in text)
        suffix = _SUFFIXES.get(follow, "tab")
        start = start if 0 <= start < 100_000 else 1
        return Level(start, _FORMS.get(form, "decimal"), pattern[:PATTERN], suffix, legal=bool(flags & 4))
