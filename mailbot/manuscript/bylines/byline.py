"""Who submitted an article and who wrote it (clauses 3a and 3b), from all the places where it is said.

In this order, the first that names a unit counts; authors found in several places are one author with all that was
said of him: labelled lines and the lines under the title; the closing lines; labelled lines of the covering letter;
the file's name and the subject; at last, when nobody's unit is known, a signature. Sub-titles (——…) and reprint
notices (来源、记者) are neither. Whether a name is full is judged later: here it is taken as written, where it is
written most fully.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.contacts import read_contacts
from mailbot.manuscript.bylines.labels import LINE, Label, alternatives, before_labels, read_labels
from mailbot.manuscript.bylines.lines import BULLET, EDGES, closing_note, plain, rows, unbracketed, unified, whole_notes
from mailbot.manuscript.bylines.numbered import read_numbered
from mailbot.manuscript.bylines.people import HAN, People, PeopleReader, reader_of
from mailbot.manuscript.bylines.spelled import read_opened, read_spelled
from mailbot.model import Author, Byline

__all__ = ["read_byline", "read_contacts"]

LINES = 5_000
HEAD_LINES = 6
TITLE_LINES = 12
CLOSING_LINES = 12
SIGNATURE_LINES = 8
RUNNING = LINE // 3
"""A longer line is running text, wherever it stands."""
FOUND = 20
AUTHORS = 200
"""So many authors of one article are kept; more are a list of members."""
STATEMENTS = 400
"""So many labels are read of one article and its letter; no honest one has more."""
_SUBTITLE = re.compile(r"^\s*[—―–─－-]{1,4}")
_SENTENCE_END = re.compile(r"[。！？：]\s*$")
_NAME_PARTS = re.compile(r"[-—_＿+＋\s（）()【】\[\]《》：:,，、.·|]+")


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
    gathered = _Gathered(reader_of(phrases), reader_of(phrases, told=True), phrases)
    own = list(whole_notes(rows([line for line in lines[:LINES] if line.strip()], phrases)))
    start = _below(own, title or "")
    own = gathered.numbered(own, start)
    gathered.head(own[:start], own[start:], titled=title is not None)
    for line in own:
        gathered.labelled(line, _Rank.ARTICLE)
    gathered.closing(own)
    gathered.letter([line.strip() for line in rows([line for line in letter[:LINES] if line.strip()], phrases)])
    gathered.names(names, title or "")
    return gathered.byline()


@dataclass(slots=True)
class _Place:
    """Unit and post of authors who are not named with them; `beside`: only of those named in the same place.

    `several`: one for each author, in their order.
    """

    rank: _Rank
    unit: str
    post: str = ""
    beside: bool = False
    several: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Gathered:
    """What was said, where; statements are added place by place and weighed at the end."""

    reader: PeopleReader
    told: PeopleReader
    phrases: BylinePhrases
    units: list[tuple[_Rank, str]] = field(default_factory=list)
    authors: list[tuple[_Rank, Author]] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    statements: int = 0

    # --- the places

    def numbered(self, lines: list[str], start: int) -> list[str]:
        """Authors and units told by numbers, under the title and at the end; what is left to read."""
        head, end = lines[start : start + HEAD_LINES], lines[max(start, len(lines) - CLOSING_LINES) :]
        numbered = read_numbered(head, [line for line in (*head, *end) if len(line) <= LINE], self.reader)
        self.authors += [(_Rank.ARTICLE, author) for author in numbered.authors]
        for line in lines if numbered.lines else ():
            if line in numbered.lines:
                self._evidence(line)
        return [line for line in lines if line not in numbered.lines]

    def head(self, above: Sequence[str], below: Sequence[str], *, titled: bool) -> None:
        """The lines under the title, up to the first of running text; a unit may stand above it."""
        for line in above[:-1][:HEAD_LINES]:
            if self.reader.is_surely_unit(unit := plain(line, self.phrases)):
                self._submitter(unit, _Rank.ARTICLE, line)
        for place, line in enumerate(below[:HEAD_LINES]):
            if len(line) > LINE or len(text := plain(line, self.phrases)) > RUNNING or _SENTENCE_END.search(line):
                return
            if re.match(self.phrases.enumeration, text):
                return
            if _SUBTITLE.match(line) or any(read_labels(text, self.phrases)):
                continue
            bullet = BULLET.match(line)
            bulleted = bool(bullet and bullet[0].strip())
            self._under_title(text, line, sure=bulleted, near=titled and place < 2)

    def _under_title(self, text: str, line: str, *, sure: bool, near: bool) -> None:
        bare = self._without_trailing_label(unbracketed(text))
        people = self.reader.read(bare) or read_opened(bare, self.phrases)
        if people is None:
            return
        if people.authors and (sure or near or any(author.unit for author in people.authors)):
            self._take(people, _Rank.ARTICLE, line)
        elif people.unit and (sure or self.reader.is_surely_unit(people.unit)):
            if self.authors and bare != unified(text):  # authors, and below them their unit in brackets
                self._place(_Place(_Rank.ARTICLE, people.unit, people.post), line)
            else:
                self._submitter(people.unit, _Rank.ARTICLE, line)

    def labelled(self, line: str, rank: _Rank) -> bool:
        """A line of labelled forms; a reprint notice has labels and says nothing."""
        if len(line) > LINE:
            return False
        text = unbracketed(_SUBTITLE.sub("", plain(line, self.phrases, numbered=True)))
        statements = list(read_labels(text, self.phrases))
        self.statements += len(statements)
        if any(label is Label.REPRINT for label, _, _ in statements) or self.statements > STATEMENTS:
            return bool(statements)
        named, placed = len(self.authors), len(self.places)
        for label, value, colon in statements:
            self._statement(label, value, colon, rank, line)
        for place in self.places[placed:]:  # what one line says goes together
            if len(place.several) < 2:
                self.authors[named:] = [(at, _filled(one, place.unit, place.post)) for at, one in self.authors[named:]]
        unit = self._without_trailing_label(before_labels(text, self.phrases))
        if self.reader.is_surely_unit(unit):
            self._submitter(unit, rank, line)
        return bool(statements)

    def _statement(self, label: Label, value: str, colon: bool, rank: _Rank, line: str) -> None:
        value = re.sub(r"（[^（）]{1,4}）$", "", unified(value)) if label is not Label.AUTHOR else unified(value)
        people = self.told.read_beginning(value)
        if people is None and label is Label.AUTHOR:
            people = read_spelled(value, self.phrases)
        if not value or value in self.phrases.measures or (people is None and not colon):
            return
        if label in (Label.AUTHOR, Label.AUTHOR_UNIT) and self._severally(label, value, rank, line):
            return
        if people is not None and (label is Label.AUTHOR or (label is Label.AUTHOR_UNIT and people.authors)):
            self._take(people, rank, line)
        elif label in (Label.AUTHOR_UNIT, Label.UNIT):
            self._place(_Place(rank, _unit_in(people, value), beside=label is Label.UNIT), line)
        elif label is Label.POST and self.reader.is_post(value):
            self.places.append(_Place(rank, "", value, beside=True))
        if label in (Label.SUBMITTER, Label.UNIT):
            self._submitter(_unit_in(people, value), rank, line)

    def _severally(self, label: Label, value: str, rank: _Rank, line: str) -> bool:
        """ "作者单位：甲局；乙大学", "作者分别系甲局局长、乙大学教授": to each author his own."""
        word = next((word for word in self.phrases.severally if value.startswith(word)), "")
        places = self.reader.places(value.removeprefix(word)) if word or label is Label.AUTHOR_UNIT else []
        if not word:
            places = [place for place in places if self.reader.is_surely_unit(place[0]) or not place[1]]
        if len(places) < 2:
            return False
        self._place(_Place(rank, *places[0], several=tuple(places)), line)
        return True

    def closing(self, lines: Sequence[str]) -> None:
        """The last lines, back to the running text: a note in brackets, or a unit or author that stands alone."""
        found: list[tuple[People, str, int]] = []
        for place, line in enumerate(reversed(lines[-CLOSING_LINES:])):
            text = plain(line, self.phrases) if len(line) <= LINE else ""
            note, glued = self._note(line, text)
            running = len(line) > RUNNING or bool(_SENTENCE_END.search(line)) or glued
            bare = self._without_trailing_label(unbracketed(note or text))
            if not any(read_labels(bare, self.phrases)):
                people = self._at_the_end(bare, running=running and not note, noted=bool(note))
                found += [(people, line, place)] if people else []
            elif glued:
                self.labelled(note, _Rank.ARTICLE)
            elif running:
                continue  # a long labelled line: about the author
            if running:
                break
        for people, line, place in reversed(found):
            if people.authors and place < 4:
                self._take(people, _Rank.ARTICLE, line)
            elif people.unit and self.reader.is_surely_unit(people.unit) and len(lines) > place + 3:
                self._submitter(people.unit, _Rank.CLOSING, line)

    def _note(self, line: str, text: str) -> tuple[str, bool]:
        """A note in brackets at the end of a line, and whether it follows a sentence; ("", False) for none."""
        note = closing_note(line.strip(EDGES))
        before = line.strip(EDGES)[: -len(note) - 2].rstrip()
        whole = plain(unbracketed(note), self.phrases) if note else ""
        glued = bool(note) and (len(line) > LINE or bool(_SENTENCE_END.search(before)))
        return (whole, glued) if glued or whole == unbracketed(text) else ("", False)

    def _at_the_end(self, text: str, *, running: bool, noted: bool) -> People | None:
        """Whom a closing line names; a sentence only if it is about an author: "张三，某某市民政局科长。"."""
        if running and len(text) > RUNNING:
            return None
        people = self._alone_at_the_end(text, noted=noted)
        return people if people and (people.authors or not running) else None

    def _alone_at_the_end(self, text: str, *, noted: bool) -> People | None:
        if re.match(self.phrases.enumeration, text):
            return None
        people = self.reader.read(text)
        if people and (noted or people.unit or any(author.unit for author in people.authors)):
            return people
        return None

    def _without_trailing_label(self, text: str) -> str:
        ending = next((label for label in self.phrases.trailing_labels if text.endswith(label)), "")
        return text.removesuffix(ending).strip(" \u3000/／") if ending else text

    def letter(self, lines: Sequence[str]) -> None:
        """The covering letter: labelled lines; who says that he submits his own article; the signature's unit."""
        for line in lines:
            self.labelled(line, _Rank.LETTER)
            self._sent_by(line, _Rank.LETTER)
        own = any(phrase in line for line in lines for phrase in self.phrases.own_article)
        for line in lines:
            people = self._introduction(line)
            if people and people.authors and own:
                self._take(people, _Rank.LETTER, line)
            elif people and (unit := people.unit or people.authors[0].unit) and self.reader.is_unit(unit):
                self._submitter(unit, _Rank.SIGNATURE, line)
        self._signature(lines[-SIGNATURE_LINES:], own=own and not self.authors)

    def _signature(self, lines: Sequence[str], *, own: bool) -> None:
        """The unit under a letter; its name too where the letter says that he who signs wrote the article."""
        for line in lines:
            text = plain(line, self.phrases) if len(line) <= RUNNING else ""
            if line.startswith((*self.phrases.closings, *self.phrases.greetings)):
                continue
            people = self.reader.read(text)
            unit = people.unit or next((a.unit for a in people.authors if a.unit), "") if people else ""
            if unit and self.reader.is_surely_unit(unit):
                self._submitter(unit, _Rank.SIGNATURE, line)
                self.places.append(_Place(_Rank.SIGNATURE, unit, beside=not own))
            if own and people and people.authors:
                self._take(people, _Rank.SIGNATURE, line)

    def _introduction(self, line: str) -> People | None:
        """ "我是某某市某某社区的张三，…": as much of the sentence as names somebody."""
        for opening in self.phrases.self_introductions:
            _, hit, rest = line[:LINE].partition(opening)
            clauses = re.split(r"[，,]", re.split(r"[。！!]", rest)[0])[:6] if hit else []
            for length in range(len(clauses), 0, -1):
                text = re.sub(self.phrases.introduced, " ", "，".join(clauses[:length]))
                people = self.reader.read(text.replace(self.phrases.possessive, " "))
                if people:
                    return people
        return None

    def _sent_by(self, line: str, rank: _Rank) -> None:
        """ "现报送某某市民政局稿件", "我单位（某某市民政局）的投稿"."""
        for match in _sending(self.phrases).finditer(unified(line[:LINE])):
            if self.reader.is_surely_unit(unit := match[1] or match[2]):
                self._submitter(unit, rank, line)

    def names(self, names: Iterable[str], title: str) -> None:
        """File names and subjects: "投稿-某某市民政局-张三-题目", "题目（张三）"; the title itself says nothing."""
        for name in names:
            if any(read_labels(name, self.phrases)) and self.labelled(name, _Rank.NAMES):
                continue
            self._sent_by(name, _Rank.NAMES)
            parts = [self._bare(part) for part in _NAME_PARTS.split(self._without_subtitle(name[:LINE]))]
            parts = [part for part in parts if part and part != title]
            people = [read for part in parts if (read := self.reader.read(part))]
            units = [one.unit or one.authors[0].unit for one in people if one.unit or one.authors[0].unit]
            if any(map(self.reader.is_surely_unit, units)) or (units and self._name_among(parts)):
                self._beside_units(people, units, name)
            elif author := self._name_among(parts[:1] + parts[-1:]) if len(parts) > 1 else "":
                self._take(People(authors=[Author(name=author)]), _Rank.NAMES, name)

    def _beside_units(self, people: list[People], units: list[str], name: str) -> None:
        for one in people:
            if one.authors:
                if len(units) == 1:  # "某某市民政局-张三": the one unit is his, as it is on one line
                    one.authors = [_filled(author, units[0], "") for author in one.authors]
                self._take(one, _Rank.NAMES, name)
            else:
                self._submitter(one.unit, _Rank.NAMES, name)

    def _name_among(self, parts: Sequence[str]) -> str:
        return next((part for part in parts if self.reader.is_common_name(part)), "")

    def _without_subtitle(self, name: str) -> str:
        """ "题目——某某镇某某村": a place behind a dash belongs to the title, an organisation submits."""
        head, dash, tail = name.rpartition("——")
        place = tail.endswith(self.phrases.division_endings) and bool(self._bare(head.strip("【】[]")))
        return head if dash and place else name

    def _bare(self, part: str) -> str:
        """A part of a name without the word for a submission."""
        if part in self.phrases.subject_words:
            return ""
        for _ in range(2):
            ending = next((word for word in self.phrases.subject_words if part.endswith(word)), "")
            part = part.removesuffix(ending)
        return part.lstrip("0123456789")

    # --- what was said

    def _take(self, people: People, rank: _Rank, line: str) -> None:
        if people.authors:
            self.authors += [(rank, author) for author in people.authors]
            if people.unit and not any(author.unit for author in people.authors):
                self.units.append((rank, people.unit))
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
        line = line.replace("\n", "").strip()[:LINE]
        if line not in self.found and len(self.found) < FOUND:
            self.found.append(line)

    # --- weighing it

    def byline(self) -> Byline:
        authors = tuple(self._merged_authors())
        known = bool(authors) and any(author.unit for author in authors)
        candidates = [(rank, unit) for rank, unit in self.units if rank is not _Rank.SIGNATURE or not known]
        unit = min(candidates, key=lambda pair: pair[0])[1] if candidates else None
        if unit is None and not authors:
            unit = next((place.unit for place in self.places if place.unit), None)
        stated = {unit for _, unit in self.units} | {place.unit for place in self.places} | {a.unit for a in authors}
        known_as = {one: self._fullest(one, stated) for one in {unit, *(author.unit for author in authors)} if one}
        return Byline(
            unit=known_as[unit] if unit else unit,
            authors=tuple(replace(author, unit=known_as.get(author.unit, "")) for author in authors),
            found=tuple(self.found),
        )

    def _fullest(self, unit: str, stated: Iterable[str]) -> str:
        """The name under which the same unit is stated in full elsewhere: with the divisions that it lies in before it.

        An office of a division may be called by the division's name: "丙山街道" and "…丙山街道办事处" are one.
        """
        ends = (unit, *(unit + office for office in self.phrases.division_offices))
        fuller = (one for one in stated for end in ends if one != unit and self._lies_before(one, end))
        return max(fuller, key=len, default=unit)

    def _lies_before(self, name: str, end: str) -> bool:
        """Whether `name` is `end`, or divisions and then `end`, which itself may begin with a division's kind."""
        before = name.removesuffix(end)
        known = before.endswith(self.phrases.division_endings) or end.startswith(self.phrases.division_endings)
        return name.endswith(end) and (not before or known)

    def _merged_authors(self) -> Iterator[Author]:
        """Each name once, of the nearest place that names anybody; what the others say of him fills the gaps."""
        if not self.authors:
            return
        nearest = min(rank for rank, _ in self.authors)
        names = list(dict.fromkeys(author.name for rank, author in self.authors if rank == nearest))[:AUTHORS]
        of_name: dict[str, list[Author]] = {name: [] for name in names}
        for rank, author in self.authors:
            if author.name in of_name:
                of_name[author.name].append(self._with_places(author, rank, beside=True))
        for at, name in enumerate(names):
            author = self._with_his_own(Author(name=name), at, len(names))
            for other in of_name[name]:
                author = _filled(author, other.unit, other.post)
            yield self._with_places(author, nearest, beside=False)

    def _with_his_own(self, author: Author, at: int, count: int) -> Author:
        """With his own of several units, where there are as many of them as authors."""
        for place in self.places:
            if len(place.several) == count:
                author = _filled(author, *place.several[at])
        return author

    def _with_places(self, author: Author, rank: _Rank, *, beside: bool) -> Author:
        for place in self.places:
            if place.beside is beside and (not beside or place.rank is rank):
                author = _filled(author, place.unit, place.post)
        return author


def _below(lines: Sequence[str], title: str) -> int:
    """Where the lines below the title begin, which may go over several lines and have a label; 0 when it is none."""
    wanted = re.sub(r"\W", "", title)
    for at in range(min(len(lines), TITLE_LINES) if wanted else 0):
        for count in range(1, 4):
            together = re.sub(r"\W", "", "".join(line[:LINE] for line in lines[at : at + count]))
            if together.endswith(wanted) and len(together) < len(wanted) + 7:
                return at + count
    return lines.index(title) + 1 if title in lines else 0


@cache
def _sending(phrases: BylinePhrases) -> re.Pattern[str]:
    senders, ourselves, things = map(alternatives, (phrases.senders, phrases.ourselves, phrases.subject_words))
    sent = rf"(?:{senders})([{HAN}]{{5,40}}?){phrases.possessive}?(?:{things})"
    return re.compile(rf"{sent}|(?:{ourselves})（([^（）]{{5,40}})）")


def _filled(author: Author, unit: str, post: str) -> Author:
    return replace(author, unit=author.unit or unit, post=author.post or post)


def _unit_in(people: People | None, value: str) -> str:
    """The unit that a labelled value names, else the value as written."""
    if people is None:
        return value[:60]
    return people.unit or next((author.unit for author in people.authors if author.unit), value[:60])
