"""Authors whose units are told by numbers: "张三1　李四2" and below "1.某某市民政局　2.某某大学"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailbot.manuscript.bylines.lines import unbracketed
from mailbot.manuscript.bylines.people import HAN, PeopleReader
from mailbot.model import Author

AUTHORS = 30
_DIGITS = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹①②③④⑤⑥⑦⑧⑨", "123456789123456789")
_MARKED = re.compile(rf"([{HAN}·]{{2,15}})\s?(?:（(\d)）|(\d(?:[,，]\d)*))\*?(?![^\s，,、；;])")
_ENTRY = re.compile(rf"(?:^|(?<=[\s；;，,]))(?:（(\d)）|(\d))[.．、:：]?\s*(?=[{HAN}“])")
_BETWEEN = " \u3000\t，,、；;"


@dataclass(frozen=True, slots=True)
class Numbered:
    """The authors with their units, and the lines that say so."""

    authors: tuple[Author, ...] = ()
    lines: frozenset[str] = frozenset()


def read_numbered(names: Iterable[str], units: Sequence[str], reader: PeopleReader) -> Numbered:
    """The authors in the first of the lines `names` that is all of numbered names; where they are from in `units`."""
    for line in names:
        marks = _marks(line, reader)
        if not marks:
            continue
        places: dict[str, tuple[str, str]] = {}
        used = {line}
        for below in units:
            found = list(_entries(below, reader)) if below != line else []
            used |= {below} if found else set()
            for mark, place in found:
                places.setdefault(mark, place)
        authors = (_from(name, places.get(mark, ("", ""))) for name, mark in marks)
        return Numbered(tuple(authors), frozenset(used))
    return Numbered()


def _marks(line: str, reader: PeopleReader) -> list[tuple[str, str]]:
    text = unbracketed(line[:200]).translate(_DIGITS)
    marks = [(match[1], (match[2] or match[3])[0]) for match in _MARKED.finditer(text)][:AUTHORS]
    complete = not _MARKED.sub("", text).strip(_BETWEEN)
    return marks if complete and all(reader.is_name(name) for name, _ in marks) else []


def _entries(line: str, reader: PeopleReader) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each number of the line with the unit and post behind it; an author's name may stand before them."""
    text = unbracketed(line[:400]).translate(_DIGITS)
    matches = list(_ENTRY.finditer(text))[:AUTHORS]
    for at, match in enumerate(matches):
        entry = text[match.end() : matches[at + 1].start() if at + 1 < len(matches) else len(text)].strip(_BETWEEN)
        people = reader.read(entry)
        place = (people.authors[0].unit, people.authors[0].post) if people and people.authors else None
        place = place or reader.split_post("".join(re.split("[，,]", entry)[0].split())) or reader.split_post(entry)
        if place and place[0]:
            yield match[1] or match[2], place


def _from(name: str, place: tuple[str, str]) -> Author:
    return Author(name=name, unit=place[0], post=place[1])
