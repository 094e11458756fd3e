"""Lines made ready for reading a byline: one form for brackets and dots, no bullets, rows of tables as labelled lines.

Every row of a table becomes one line "姓名：张三  单位：…", whether the document gives its cells in one line or each in
a line of its own, and whether the labels stand in a row above or each before its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.contacts import without_contacts
from mailbot.manuscript.bylines.labels import LINE, Label, kinds
from mailbot.manuscript.bylines.people import HAN

CELL = 60
ROWS = 50
OPEN_LINES = 4
BULLET = re.compile(r"^[^\w（(【〔［\[《〈“‘\"'「『—―–─－-]+")
EDGES = " \u3000■□◆●▪◼▲·。*＊\t\n"
_EMPTY = re.compile(r"[（(][\s—–~-]*[）)]")
_NUMBER = re.compile(r"^(?:\d{1,2}[.．、)）]|[（(]\d{1,2}[）)])\s*(?!\d)")
_DOT = re.compile(rf"(?<=[{HAN}])[·•・‧．∙⋅●](?=[{HAN}])")
_BRACKETS = str.maketrans("(［【〔[)］】〕]", "（（（（（）））））")
_CELLS = re.compile(r"[ \u3000]*[\t|│｜][ \u3000\t|│｜]*")


def plain(line: str, phrases: BylinePhrases, *, numbered: bool = False) -> str:
    """What a line says, without bullets, end marks, dates and contacts; `numbered`: also without a number before it."""
    text = BULLET.sub("", _DOT.sub("·", line))
    text = _NUMBER.sub("", text) if numbered else text
    text = re.sub(phrases.place_of_unit, "", without_contacts(text, phrases))
    return _EMPTY.sub("", re.sub(phrases.date, " ", text)).strip(EDGES)


def unified(text: str) -> str:
    """With one form of brackets."""
    return text.translate(_BRACKETS)


def unbracketed(text: str) -> str:
    """Without the one pair of brackets that stands around the whole."""
    text = unified(text)
    if not (text.startswith("（") and text.endswith("）")):
        return text
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "（") - (character == "）")
        if depth == 0:
            return text[1:-1].strip() if at == len(text) - 1 else text
    return text


def closing_note(text: str) -> str:
    """What stands in the last pair of brackets at the end of a paragraph, "" for nothing; brackets within it count."""
    text = unified(text[-LINE - 2 :])
    if not text.endswith("）"):
        return ""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == "）") - (text[at] == "（")
        if depth == 0:
            return text[at + 1 : -1].strip()
    return ""


def whole_notes(lines: Sequence[str]) -> Iterator[str]:
    """The lines; those over which one note in brackets goes as one, parted by "\\n"."""
    at = 0
    while at < len(lines):
        end = at + 1
        if not _is_closed(lines[at:end]):
            end = next((end for end in range(at + 1, at + 1 + OPEN_LINES) if _is_closed(lines[at:end])), at + 1)
        yield "\n".join(line.strip() for line in lines[at:end])
        at = end


def _is_closed(lines: Sequence[str]) -> bool:
    text = unified("".join(line[-LINE:] for line in lines))
    return text.rfind("（") <= text.rfind("）")


def rows(lines: Sequence[str], phrases: BylinePhrases) -> list[str]:
    """The lines, with the rows of tables as labelled lines."""
    known = kinds(phrases)
    words = [_word(line) for line in lines]
    found: list[str] = []
    at = 0
    while at < len(lines):
        cells = _cells(lines[at])
        taken = _row(lines, at, cells, known, found) if len(cells) > 1 else 0
        if not taken and words[at] in known:
            taken = _column(lines, words, at, known, found)
        if not taken:
            found.append(lines[at])
        at += taken or 1
    return found


def _row(lines: Sequence[str], at: int, cells: list[str], known: dict[str, Label], found: list[str]) -> int:
    """Rows whose cells are parted within the line; how many lines they are."""
    labels = [_word(cell) for cell in cells]
    if _is_header(labels, known):
        below = 0
        for line in lines[at + 1 : at + 1 + ROWS]:
            row = _cells(line)
            if len(row) != len(cells):
                break
            found.append(_labelled(labels, row, known))
            below += 1
        return below + 1 if below else 0
    pairs = len(cells) % 2 == 0 and all(label in known for label in labels[::2])
    if not pairs or any(label in known for label in labels[1::2]):
        return 0
    found.append(_labelled(labels[::2], cells[1::2], known))
    return 1


def _column(lines: Sequence[str], words: list[str], at: int, known: dict[str, Label], found: list[str]) -> int:
    """Cells that have a line each: a row of labels and rows below it, or one label and what it says."""
    width = next((n for n in range(1, 12) if at + n >= len(lines) or words[at + n] not in known), 12)
    values = range(at + width, len(lines))
    if width == 1:
        if not values or _cells(lines[at + 1])[1:]:
            return 0
        found.append(f"{words[at]}：{lines[at + 1].strip()}")
        return 2
    if not _is_header(words[at : at + width], known):
        return 0
    count = 0
    for start in range(at + width, min(len(lines), at + width + ROWS * width), width):
        row = range(start, start + width)
        if row[-1] >= len(lines) or any(len(lines[n]) > CELL or words[n] in known for n in row):
            break
        found.append(_labelled(words[at : at + width], [lines[n].strip() for n in row], known))
        count += 1
    return width + count * width if count else 0


def _is_header(labels: list[str], known: dict[str, Label]) -> bool:
    return all(label in known for label in labels) and any(known[label] is Label.AUTHOR for label in labels)


def _labelled(labels: list[str], cells: list[str], known: dict[str, Label]) -> str:
    return "\t".join(f"{label}：{cell}" for label, cell in zip(labels, cells, strict=True) if label in known)


def _cells(line: str) -> list[str]:
    return _CELLS.split(line.strip()) if len(line) <= LINE else []


def _word(line: str) -> str:
    return re.sub(r"[\s：:]", "", line) if len(line) <= 12 else ""
