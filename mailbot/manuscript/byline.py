"""Who submitted an article and who wrote it (clauses 3a and 3b), from all the places where it is said.

In this order, the first that names a unit counts; authors found in several places are one author with all that was
said of him: labelled lines and the lines under the title; the closing lines; labelled lines of the covering letter;
the file's name and the subject; at last, when nobody's unit is known, a signature. Sub-titles (——…) and reprint
notices (来源、记者) are neither. Whether a name is full is judged later: here it is taken as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.labels import LINE, Label, before_labels, read_labels, with_cells
from mailbot.manuscript.people import People, PeopleReader, reader_of
from mailbot.model import Author, Byline, Contacts

LINES = 5_000
HEAD_LINES = 6
CLOSING_LINES = 8
FOUND = 20
_BULLET = re.compile(r"^[●•◆■○◎☆★◇▲△※*·\s]+")
_SUBTITLE = re.compile(r"^\s*[—―–─－-]{1,4}")
_SENTENCE_END = re.compile(r"[。！？：]\s*$")
_BETWEEN = " \u3000，,、；;"
_END_MARKS = " \u3000■□◆●。\t"
_NAME_PARTS = re.compile(r"[-—_＿+＋\s（）()【】\[\]《》：:,，、.·|]+")
_PHONE = re.compile(r"(?<![\d-])(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]?\d{7,8}(?:-\d{1,5})?)(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")


class _Rank(IntEnum):
    """How near to the article a statement stands; the lower counts first."""

    ARTICLE = 0
    CLOSING = 1
    LETTER = 2
    NAMES = 3
    SIGNATURE = 4


def read_byline(
    lines: Sequence[str],
    phrases: BylinePhrases,
    *,
    title: str | None = None,
    letter: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Byline:
    """The byline of an article: its `lines`, the covering `letter`'s lines, and `names` (file stem, subject)."""
    gathered = _Gathered(reader_of(phrases), phrases)
    lines = [line for line in lines[:LINES] if line.strip()]
    gathered.head(lines, title)
    for line in with_cells(lines, phrases):
        gathered.labelled(line, _Rank.ARTICLE)
    gathered.closing(lines)
    gathered.letter([line.strip() for line in letter[:LINES] if line.strip()])
    gathered.names(names)
    return gathered.byline()


def read_contacts(lines: Iterable[str], phrases: BylinePhrases) -> Contacts:
    """Telephone numbers (digits only), mail addresses and labelled postal addresses, each once."""
    phones: dict[str, None] = {}
    emails: dict[str, None] = {}
    addresses: dict[str, None] = {}
    for line in list(lines)[:LINES]:
        plain = unicodedata.normalize("NFKC", line[:2000])
        phones |= dict.fromkeys(re.sub(r"^\+?86[- ]?(?=1)|[- ]", "", found) for found in _PHONE.findall(plain))
        emails |= dict.fromkeys(found.lower() for found in _EMAIL.findall(plain))
        labelled = (value for label, value, _ in read_labels(line, phrases) if label is Label.ADDRESS)
        addresses |= dict.fromkeys(value for value in labelled if value)
    return Contacts(phones=tuple(phones), emails=tuple(emails), addresses=tuple(addresses))


@dataclass(slots=True)
class _Place:
    """Unit and post of authors who are not named with them; `beside`: only of those named in the same place."""

    rank: _Rank
    unit: str
    post: str = ""
    beside: bool = False


@dataclass(slots=True)
class _Gathered:
    """What was said, where; statements are added place by place and weighed at the end."""

    reader: PeopleReader
    phrases: BylinePhrases
    units: list[tuple[_Rank, str]] = field(default_factory=list)
    authors: list[tuple[_Rank, Author]] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    # --- the places

    def head(self, lines: Sequence[str], title: str | None) -> None:
        """The lines under the title, up to the first of running text."""
        start = lines.index(title) + 1 if title in lines else 0
        for line in lines[: max(0, start - 1)][:HEAD_LINES]:  # a unit may stand above the title
            if self.reader.is_surely_unit(unit := _BULLET.sub("", line).strip()):
                self._submitter(unit, _Rank.ARTICLE, line)
        for place, line in enumerate(lines[start : start + HEAD_LINES]):
            text = _BULLET.sub("", line).strip()
            if len(text) > LINE // 3 or _SENTENCE_END.search(text):
                return
            if _SUBTITLE.match(line) or any(read_labels(text, self.phrases)):
                continue
            text = _unbracketed(text)
            bulleted = bool(_BULLET.match(line)) and line[0] not in " \u3000\t"
            self._under_title(text, line, sure=bulleted, near=title is not None and place < 2)

    def _under_title(self, text: str, line: str, *, sure: bool, near: bool) -> None:
        people = self.reader.read(text)
        if people is None:
            return
        if people.authors and (sure or near or any(author.unit for author in people.authors)):
            self._take(people, _Rank.ARTICLE, line)
        elif people.unit and (sure or self.reader.is_surely_unit(people.unit)):
            self._submitter(people.unit, _Rank.ARTICLE, line)

    def labelled(self, line: str, rank: _Rank) -> bool:
        """A line of labelled forms; a reprint notice has labels and says nothing."""
        text = _BULLET.sub("", line).strip(_END_MARKS)
        text = _unbracketed(text)
        statements = list(read_labels(text, self.phrases))
        if any(label is Label.REPRINT for label, _, _ in statements):
            return True
        for label, value, colon in statements:
            self._statement(label, self._without_contacts(value), colon, rank, line)
        unit = self._without_trailing_label(before_labels(text, self.phrases))
        if self.reader.is_surely_unit(unit):
            self._submitter(unit, rank, line)
        return bool(statements)

    def _statement(self, label: Label, value: str, colon: bool, rank: _Rank, line: str) -> None:
        people = self.reader.read(value)
        if not value or (people is None and not colon):
            return
        if people is not None and (label is Label.AUTHOR or (label is Label.AUTHOR_UNIT and people.authors)):
            self._take(people, rank, line)
        elif label in (Label.AUTHOR_UNIT, Label.UNIT):
            self._place(_Place(rank, _unit_in(people, value), beside=label is Label.UNIT), line)
        elif label is Label.POST and self.reader.is_post(value):
            self.places.append(_Place(rank, "", value, beside=True))
        if label in (Label.SUBMITTER, Label.UNIT):
            self._submitter(_unit_in(people, value), rank, line)

    def closing(self, lines: Sequence[str]) -> None:
        """The last lines: a note in brackets at the end of one, or a unit or author that stands alone."""
        for place, line in enumerate(reversed(lines[-CLOSING_LINES:])):
            text = line.strip(_END_MARKS)
            note = _closing_note(text)
            if note and note != _unbracketed(text) and self.labelled(note, _Rank.ARTICLE):
                continue
            if any(read_labels(note or text, self.phrases)):
                continue
            people = self.reader.read(self._without_trailing_label(note or text))
            if people is None or (not note and not people.unit and not any(author.unit for author in people.authors)):
                continue
            if people.authors and place < 4:
                self._take(people, _Rank.ARTICLE, line)
            elif people.unit and self.reader.is_surely_unit(people.unit) and len(lines) > place + 3:
                self._submitter(people.unit, _Rank.CLOSING, line)

    def _without_contacts(self, value: str) -> str:
        """Without numbers and addresses, and without the word before them: "张三，电话138…"."""
        bare = _EMAIL.sub("", _PHONE.sub("", value)).strip(_BETWEEN)
        if bare == value.strip(_BETWEEN):
            return bare
        label = next((label for label in self.phrases.other_labels if bare.endswith(label)), "")
        return bare.removesuffix(label).strip(_BETWEEN)

    def _without_trailing_label(self, text: str) -> str:
        ending = next((label for label in self.phrases.trailing_labels if text.endswith(label)), "")
        return text.removesuffix(ending).strip(" \u3000/／") if ending else text

    def letter(self, lines: Sequence[str]) -> None:
        """The covering letter: labelled lines; who says that he submits his own article; the signature's unit."""
        for line in lines:
            self.labelled(line, _Rank.LETTER)
        if any(phrase in line for line in lines for phrase in self.phrases.own_article):
            for line in lines:
                self._introduction(line)
        for line in lines[-6:]:
            people = self.reader.read(line)
            unit = people.unit or next((a.unit for a in people.authors if a.unit), "") if people else ""
            if unit and self.reader.is_surely_unit(unit):
                self._submitter(unit, _Rank.SIGNATURE, line)

    def _introduction(self, line: str) -> None:
        """ "我是某某市某某社区的张三，…": as much of the sentence as names somebody."""
        for opening in self.phrases.self_introductions:
            _, hit, rest = line.partition(opening)
            clauses = re.split(r"[，,]", re.split(r"[。！!]", rest)[0])[:6] if hit else []
            for length in range(len(clauses), 0, -1):
                people = self.reader.read("，".join(clauses[:length]).replace(self.phrases.possessive, " "))
                if people and people.authors:
                    self._take(people, _Rank.LETTER, line)
                    return

    def names(self, names: Iterable[str]) -> None:
        """File names and subjects: "投稿-某某市民政局-张三-题目"."""
        for name in names:
            if any(read_labels(name, self.phrases)):
                self.labelled(name, _Rank.NAMES)
                continue
            parts = [part for part in _NAME_PARTS.split(name[:LINE]) if part]
            people = [read for part in parts if (read := self.reader.read(part))]
            units = [one.unit or one.authors[0].unit for one in people if one.unit or one.authors[0].unit]
            if not any(map(self.reader.is_surely_unit, units)):
                continue
            for one in people:
                if one.authors:
                    if len(units) == 1:  # "某某市民政局-张三": the one unit is his, as it is on one line
                        one.authors = [_filled(author, units[0], "") for author in one.authors]
                    self._take(one, _Rank.NAMES, name)
                elif self.reader.is_surely_unit(one.unit):
                    self._submitter(one.unit, _Rank.NAMES, name)

    # --- what was said

    def _take(self, people: People, rank: _Rank, line: str) -> None:
        if people.authors:
            self.authors += [(rank, author) for author in people.authors]
        elif people.post:
            self.places.append(_Place(rank, people.unit, people.post))
        else:
            self.units.append((rank, people.unit))
        self._evidence(line)

    def _place(self, place: _Place, line: str) -> None:
        self.places.append(place)
        self._evidence(line)

    def _submitter(self, unit: str, rank: _Rank, line: str) -> None:
        self.units.append((rank, unit))
        self._evidence(line)

    def _evidence(self, line: str) -> None:
        line = line.strip()[:LINE]
        if line not in self.found and len(self.found) < FOUND:
            self.found.append(line)

    # --- weighing it

    def byline(self) -> Byline:
        authors = tuple(self._merged_authors())
        known = bool(authors) and any(author.unit for author in authors)
        candidates = [
            (rank, unit)
            for rank, unit in self.units
            if rank <= _Rank.LETTER or (rank is not _Rank.SIGNATURE or not known)
        ]
        unit = min(candidates, key=lambda pair: pair[0])[1] if candidates else None
        if unit is None and not authors:
            unit = next((place.unit for place in self.places if place.unit), None)
        return Byline(unit=unit, authors=authors, found=tuple(self.found))

    def _merged_authors(self) -> Iterator[Author]:
        """Each name once, of the nearest place that names anybody; what the others say of him fills the gaps."""
        if not self.authors:
            return
        nearest = min(rank for rank, _ in self.authors)
        said = [(rank, self._with_places(author, rank, beside=True)) for rank, author in self.authors]
        for name in dict.fromkeys(author.name for rank, author in said if rank == nearest):
            author = Author(name=name)
            for _, other in said:
                if other.name == name:
                    author = _filled(author, other.unit, other.post)
            yield self._with_places(author, nearest, beside=False)

    def _with_places(self, author: Author, rank: _Rank, *, beside: bool) -> Author:
        for place in self.places:
            if place.beside is beside and (not beside or place.rank is rank):
                author = _filled(author, place.unit, place.post)
        return author


def _filled(author: Author, unit: str, post: str) -> Author:
    return replace(author, unit=author.unit or unit, post=author.post or post)


def _unit_in(people: People | None, value: str) -> str:
    """The unit that a labelled value names, else the value as written."""
    if people is None:
        return value[:60]
    return people.unit or next((author.unit for author in people.authors if author.unit), value[:60])


def _unbracketed(text: str) -> str:
    text = text.strip(_END_MARKS)
    return text[1:-1].strip() if text[:1] in "（(" and text[-1:] in "）)" and len(text) > 2 else text


def _closing_note(text: str) -> str:
    """What stands in brackets at the very end of the text, "" for nothing; brackets within it are kept."""
    if text[-1:] not in ("）", ")"):
        return ""
    depth = 0
    for at in range(len(text) - 1, max(-1, len(text) - 400), -1):
        depth += (text[at] in "）)") - (text[at] in "（(")
        if depth == 0:
            return text[at + 1 : -1].strip()
    return ""
