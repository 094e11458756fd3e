"""Names of people, units and posts as they are signed: "张三，系某某市民政局副局长；李四，系某某学院教师".

A name is a known surname and one or two more characters, or parts joined by a middle dot, or all of syllables that only
transcribe. A unit is a phrase with the ending of an organisation or a division. A post is a rank, a body and a title in
one piece. What can be none of these is no byline. Texts are cut to `LONGEST` before any pattern runs over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from mailbot.languages.bylines import BylinePhrases
from mailbot.model import Author

LONGEST = 400
UNIT_LENGTH = range(3, 61)
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_DOTTED = re.compile(rf"[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}}")
_HAN_ONLY = re.compile(rf"[{HAN}]{{2,4}}")
_UNIT = re.compile(rf"[{HAN}A-Za-z0-9·•（）()\u3007“”\"-]+")
_SPACED = re.compile(rf"(?<![^\s、，,；;：:（(])[{HAN}](?:[ \u3000]+[{HAN}])+(?![^\s、，,；;（(）)])")
_CLAUSE = re.compile(r"[；;\n]")
_TOKEN = re.compile(r"[，,、\s/／|｜\u4e28+]+")
_BRACKETED = re.compile(r"([^\s、，,；;（()）]{2,20})\s*[（(]([^（()）]{1,80})[）)]")
_EDGES = " \u3000，,。、：:■□◆●"


@dataclass(slots=True)
class People:
    """What a phrase says: authors, and a unit and post that it gives to nobody by name."""

    authors: list[Author] = field(default_factory=list)
    unit: str = ""
    post: str = ""

    def __bool__(self) -> bool:
        return bool(self.authors or self.unit)


@cache
def reader_of(phrases: BylinePhrases, *, told: bool = False) -> PeopleReader:
    """The reader for a language; its patterns are compiled once. `told`: a label says that names follow."""
    return PeopleReader(phrases, told=told)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


class PeopleReader:
    """Tells names, units and posts by the data of one language."""

    def __init__(self, phrases: BylinePhrases, *, told: bool = False) -> None:
        self._phrases = phrases
        self._told = told
        ranks = rf"(?:{_any(phrases.post_ranks)})*"
        posts = rf"(?:{_any(phrases.posts)})"
        post = rf"{ranks}(?:{_any(phrases.post_bodies)})?{ranks}{posts}"
        more = rf"(?:[、/，,\s]+|[、/，,\s]*(?:{_any(phrases.post_joints)}))(?:{post}|[{HAN}]{{0,8}}{posts})"
        self._post = re.compile(rf"(?:{post}){{1,4}}(?:{more}){{0,6}}")
        self._post_with_field = re.compile(rf"(?:{phrases.post_field})(?:{post}){{1,4}}(?:{more}){{0,6}}")
        self._biography = re.compile(phrases.biography)
        self._endings = (*phrases.organisation_endings, *phrases.division_endings)
        self._division = re.compile(_any(phrases.division_endings))
        self._in_units = re.compile(_any(phrases.in_units))
        copulas = _any(phrases.copulas)
        self._copula = re.compile(rf"[，,\s]*(?:{copulas})[：:，,\s]*")
        self._next_author = re.compile(rf"[，,、\s]\s*(?=([{HAN}·]{{2,15}})[，,\s]*(?:{copulas}))")

    # --- what a phrase is

    def is_name(self, text: str) -> bool:
        """Whether the text may be one person's name."""
        if _DOTTED.fullmatch(text) or self._is_transcribed(text):
            return True
        if not _HAN_ONLY.fullmatch(text) or (text in self._phrases.no_names and not self._told):
            return False
        if len(text) > 2 and text.endswith(self._endings) and len(text) < 5 and not self._rare_ending(text):
            return False
        surnames = self._phrases.surnames
        if text[:2] in surnames:
            return len(text) > 2 or text[0] in surnames
        two_surnames = len(text) == 4 and text[0] in self._phrases.common_surnames and text[1] in surnames
        return text[0] in surnames and (len(text) < 4 or two_surnames) and not self.is_post(text)

    def is_common_name(self, text: str) -> bool:
        """Whether it is surely one where nothing around says so: with one of the most frequent surnames."""
        return len(text) < 4 and text[:1] in self._phrases.common_surnames and self.is_name(text)

    def _is_transcribed(self, text: str) -> bool:
        return 2 < len(text) < 8 and all(character in self._phrases.syllables for character in text)

    def _rare_ending(self, text: str) -> bool:
        """A single character that ends units ends names too (王新村, 李建州); three characters then are a name."""
        return len(text) == 3 and not any(len(ending) > 1 and text.endswith(ending) for ending in self._endings)

    def is_unit(self, text: str) -> bool:
        """Whether the text may be the name of a unit."""
        if len(text) not in UNIT_LENGTH:
            return False
        remark = re.search(r"[（(]([^（()）]*)[）)]$", text)
        if remark and self.is_name(remark[1]):
            return False
        bare = text[: remark.start()] if remark else text
        words = self._in_units.sub("", text)
        return (
            bare.endswith(self._endings)
            and bool(_UNIT.fullmatch(text))
            and not any(word in words for word in self._phrases.no_units)
            and not text.startswith((*self._phrases.copulas, *self._phrases.no_unit_openings))
        )

    def is_surely_unit(self, text: str) -> bool:
        """Whether it is one also where nothing around says so: an organisation, or a division within another."""
        if not self.is_unit(text) or len(text) < 5:
            return False
        long_ending = any(len(ending) > 1 and text.endswith(ending) for ending in self._phrases.organisation_endings)
        return long_ending or len(self._division.findall(text)) > 1

    def is_post(self, text: str) -> bool:
        """Whether the text is a post and nothing else."""
        return bool(self._post.fullmatch(text[:LONGEST]))

    def split_post(self, text: str) -> tuple[str, str] | None:
        """Unit and post out of "某某市民政局副局长、一级调研员"; None when it is neither."""
        text = text.strip(_EDGES)[:LONGEST]
        if self.is_unit(text):
            return text, ""
        first, separator, more = re.match(r"([^、，,\s]*)([、，,\s]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
        together = "".join(text.split())
        if separator.isspace() and first.endswith(self._phrases.division_endings) and self.is_unit(together):
            return together, ""
        if separator and self.is_unit(first):
            return first, _joined(more) if self.is_post(_joined(more)) else ""  # what follows may be a sentence
        joints = re.split(_any(self._phrases.post_joints), first, maxsplit=1)[0]
        cuts = [at for at in range(2, len(first)) if self.is_unit(first[:at])]
        plain = (at for at in cuts if at <= len(joints) and self._post.fullmatch(first[at:]))
        fields = (at for at in reversed(cuts) if self._post_with_field.fullmatch(first[at:]))
        at = next(fields, None) or next(plain, None)
        if at is None:
            return ("", _joined(text)) if self.is_post(_joined(text)) else None
        whole = _joined(first[at:] + separator + more)
        known = self.is_post(whole) or self._post_with_field.fullmatch(whole)
        return first[:at], whole if known else first[at:]

    def places(self, text: str) -> list[tuple[str, str]]:
        """Several units with posts, one after the other: "甲局副局长、乙大学教授"; [] when something is none."""
        parts = [part for part in re.split(r"[，,、；;\s/／]+", text.strip(_EDGES)[:LONGEST]) if part]
        found = [place for part in parts if (place := self.split_post(part)) and place[0]]
        return found if len(found) == len(parts) > 1 else []

    # --- a phrase with several of them

    def read(self, text: str) -> People | None:
        """Who is named, and where from; None as soon as something in it is neither name, unit nor post."""
        found = People()
        text = self._without_biographies(_SPACED.sub(self._closed_up, text.strip()[:LONGEST]))
        others = next((word for word in self._phrases.others if text.endswith(word)), "")
        text = text.removesuffix(others)
        for clause in self._clauses(text):
            people = self._clause(clause)
            if people is None:
                return None
            found.authors += people.authors
            found.unit = found.unit or people.unit
            found.post = found.post or people.post
        return found if found else None

    def read_beginning(self, text: str) -> People | None:
        """As much of a labelled value as names somebody, clause by clause: "张三，请审阅"."""
        whole = self.read(text.replace("\n", "")) or self.read(text)
        if whole:
            return whole
        clauses = re.split(r"[，,。！!]", text[:LONGEST])[:8]
        readings = (self.read("，".join(clauses[:length])) for length in range(len(clauses) - 1, 0, -1))
        return next(filter(None, readings), None)

    def _closed_up(self, match: re.Match[str]) -> str:
        """ "张 三" is one name, "欧 阳 明" too; "张 三 李 四" are two."""
        characters = match[0].split()
        if len(characters) == 3:
            return "".join(characters)
        if len(characters) % 2 or not all(name[0] in self._phrases.surnames for name in characters[::2]):
            return match[0]
        return " ".join(first + second for first, second in zip(characters[::2], characters[1::2], strict=True))

    def _without_biographies(self, text: str) -> str:
        """Without brackets that only tell of a life: （女，苗族）, （1985—）."""
        return re.sub(
            r"[（(]([^（()）]{1,40})[）)]",
            lambda match: "" if all(map(self._is_biography, _TOKEN.split(match[1]))) else match[0],
            text,
        )

    def _is_biography(self, token: str) -> bool:
        return bool(self._biography.fullmatch(token)) and not self.split_post(token)

    def _clauses(self, text: str) -> Iterator[str]:
        """Parted by semicolons, and before each further author who has his own copula."""
        for clause in _CLAUSE.split(text):
            start = 0
            for match in self._next_author.finditer(clause):
                if self.is_name(match[1]) and self._copula.search(clause, start, match.start()):
                    yield clause[start : match.start()].strip(_EDGES)
                    start = match.end()
            if last := clause[start:].strip(_EDGES):
                yield last

    def _clause(self, clause: str) -> People | None:
        return self._alone(clause) or self._with_copula(clause) or self._bracketed(clause) or self._in_sequence(clause)

    def _alone(self, clause: str) -> People | None:
        tokens = _TOKEN.split(clause)
        if all(self.is_name(token) for token in tokens):
            return People(authors=[Author(name=name) for name in tokens])
        if len(tokens) > 1 and all(token.endswith(self._phrases.division_endings) for token in tokens[:-1]):
            together = "".join(clause.split())  # "某某市 某某区 某某街道"
            return People(unit=together) if self.is_unit(together) else None
        return People(unit=clause) if self.is_unit(clause) else None

    def _with_copula(self, clause: str) -> People | None:
        """ "张三、李四，系 …" and "作者系 …" (whose name stands elsewhere)."""
        for copula in self._copula.finditer(clause):
            names = [token for token in _TOKEN.split(clause[: copula.start()]) if not self._is_biography(token)]
            behind = None if any(names) else self._in_sequence(clause[copula.end() :])
            if behind and behind.authors:  # "作者系某某社区主任 张三"
                return behind
            rest = self.split_post(clause[copula.end() :])
            if rest is None:
                continue
            if copula.start() == 0 or not any(names):
                return People(unit=rest[0], post=rest[1])
            if all(self.is_name(name) for name in names):
                return People(authors=[Author(name=name, unit=rest[0], post=rest[1]) for name in names])
        return None

    def _bracketed(self, clause: str) -> People | None:
        """ "张三（某某市民政局）、李四（某某大学教授）"."""
        authors: list[Author] = []
        end = 0
        for match in _BRACKETED.finditer(clause):
            names, place = [*_TOKEN.split(clause[end : match.start()]), match[1]], self.split_post(match[2])
            if self.is_unit(match[1]):  # "某某市民政局（张三）"
                names, place = [*names[:-1], *_TOKEN.split(match[2])], (match[1], "")
            names = [name for name in names if name]
            if place is None or not all(map(self.is_name, names)):
                return None
            authors += [Author(name=name, unit=place[0], post=place[1]) for name in names]
            end = match.end()
        left = [token for token in _TOKEN.split(clause[end:]) if token]
        if not authors or not all(map(self.is_name, left)):
            return None
        return People(authors=[*authors, *(Author(name=name) for name in left)])

    def _in_sequence(self, clause: str) -> People | None:
        """ "某某市民政局 副局长 张三", "张三 某某市民政局 副局长", and several of them."""
        sequence: _Sequence | None = None
        unit, colon, rest = clause.partition("：")
        if colon and self.is_unit(unit):
            clause = f"{unit} {rest}"
        for token in filter(None, _TOKEN.split(clause)):
            degree = token in self._phrases.degrees and not (sequence and sequence.has_unit)
            if self._is_biography(token) or degree:
                continue
            parts = self._parts(token) or (self._further_post(token) if sequence and sequence.has_post else None)
            if parts is None:
                return None
            sequence = sequence or _Sequence(unit_first=not isinstance(parts[0], str))
            for part in parts:
                sequence.take(part)
        return sequence.people() if sequence else None

    def _parts(self, token: str) -> list[str | tuple[str, str]] | None:
        """A token as a name (str), a unit and post (pair), or both written in one piece."""
        if self.is_name(token):
            return [token]
        if place := self.split_post(token):
            return [place]
        for length in (3, 2, 4):
            name, place = token[-length:], self.split_post(token[:-length])
            if length == 4 and name[:2] not in self._phrases.surnames:  # "…中心周边环境"
                continue
            if place and self.is_name(name) and (place[1] or self.is_surely_unit(place[0])):
                return [place, name]
        return None

    def _further_post(self, token: str) -> list[str | tuple[str, str]] | None:
        """ "…、办事处主任": behind a post, one of a body of the same unit."""
        return [("", token)] if len(token) < 13 and token.endswith(self._phrases.posts) else None


class _Sequence:
    """Names and places in the order in which they stand; a place belongs to the names on its one side.

    Several units on that side of several names are one each, in their order; where their numbers differ, nobody can
    tell whose they are, and they are nobody's.
    """

    def __init__(self, *, unit_first: bool) -> None:
        self._unit_first = unit_first
        self._authors: list[Author] = []
        self._group: list[str] = []  # names that the current places are for
        self._places: list[tuple[str, str]] = []
        self._first = ""
        self._after_name = False

    @property
    def has_post(self) -> bool:
        """Whether the last thing taken is a place with a post."""
        return bool(self._places and self._places[-1][1]) and not self._after_name

    @property
    def has_unit(self) -> bool:
        """Whether a unit was taken for those who are being named."""
        return any(unit for unit, _ in self._places)

    def take(self, part: str | tuple[str, str]) -> None:
        name = isinstance(part, str)
        if self._after_name is not name and name is not self._unit_first and self._group and self._places:
            self._end_group()
        self._after_name = name
        if isinstance(part, str):
            self._group.append(part)
            return
        self._first = self._first or part[0]
        if self._places and not part[0]:  # a further post at the same unit
            unit, post = self._places[-1]
            part = (unit, "、".join(filter(None, (post, part[1]))))
            self._places.pop()
        self._places.append(part)

    def _end_group(self) -> None:
        several = len([unit for unit, _ in self._places if unit]) > 1 and len(self._group) > 1
        if not several:
            places = [self._together()] * len(self._group)
        elif len(self._places) == len(self._group):
            places = self._places
        else:
            places = [("", "")] * len(self._group)
        pairs = zip(self._group, places, strict=True)
        self._authors += [Author(name=name, unit=unit, post=post) for name, (unit, post) in pairs]
        self._group, self._places = [], []

    def _together(self) -> tuple[str, str]:
        """All places of one group as one: the first unit, and the posts, those at other units with their units."""
        unit = next((unit for unit, _ in self._places if unit), "")
        posts = [(at if at != unit else "") + post for at, post in self._places if post]
        return unit, "、".join(posts)

    def people(self) -> People:
        if self._group:
            self._end_group()
        if not self._authors:
            unit, post = self._together()
            return People(unit=unit, post=post)
        doubtful = not any(author.unit for author in self._authors)
        return People(authors=self._authors, unit=self._first if doubtful else "")


def _joined(text: str) -> str:
    return re.sub(r"[，,、\s]+", "、", text).strip("、")
