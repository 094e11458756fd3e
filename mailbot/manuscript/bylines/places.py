"""What the gazetteer of the divisions of the state knows of the names of units: raw facts for the rules.

A name is followed down the divisions as far as it goes. It may leave out levels ("江苏省昆山市", without the
prefecture) and, for provinces and prefectures, the kind ("浙江杭州西湖区"). Where the name stops being known, one slip
of the pen is looked for among the divisions below the last one known. What makes a name full is judged by the rules.
"""

from __future__ import annotations

import lzma
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mailbot.languages import Language
from mailbot.languages.units import UnitPhrases, plain
from mailbot.model import Byline, Place

PROVINCE, COUNTY, STREET = 1, 3, 4
LONGEST_DIVISION = 16
"""Characters; the few longer ones are development zones with their sponsors' names."""
LONGEST_NAME = 80
"""Characters: longer ones are sentences, and are not looked up."""
MOST_NAMES = 100
"""So many names of one byline are looked up."""
ALIKE = 15
"""So many places apart two characters count as sounding alike."""
MOST_CHAINS = 8
"""So many ways to understand a name are followed."""


class Division(NamedTuple):
    """A province (level 1), prefecture (2) or county (3); `above` is that it belongs to.

    Its streets and towns stand in the gazetteer's text from `start` to `end`.
    """

    name: str
    level: int
    above: Division | None
    start: int
    end: int

    def lies_in(self, other: Division | None) -> bool:
        """Whether it is a division below `other`; everything is below None."""
        one = self.above
        while one is not None and one is not other:
            one = one.above
        return one is other


class Step(NamedTuple):
    """One division found in a name, from `start` to `end`; for a street `division` is what it belongs to.

    `full`: it is written with its kind, as the gazetteer has it.
    """

    name: str
    level: int
    start: int
    end: int
    division: Division
    full: bool = True


class Gazetteer:
    """The divisions of a state. Streets stay one long text: 41,000 objects would cost time and memory."""

    def __init__(self, path: Path) -> None:
        self.named: dict[str, list[Division]] = {}
        self.forms: dict[str, list[Division]] = {}
        texts: list[str] = []
        self._with_streets: list[Division] = []
        above: list[Division | None] = [None, None, None, None]
        at = 0
        for line in lzma.decompress(path.read_bytes()).decode().splitlines():
            if line.startswith("#"):
                continue
            kind, name, forms, streets = line.split("\t")
            level = int(kind)
            text = f" {streets} \n" if streets else ""
            one = Division(name, level, above[level - 1], at, at + len(text))
            above[level:] = [one] * (4 - level)
            self.named.setdefault(name, []).append(one)
            for form in forms.split():
                self.forms.setdefault(form, []).append(one)
            if text:
                texts.append(text)
                self._with_streets.append(one)
                at += len(text)
        self._text = "".join(texts)
        self._starts = [one.start for one in self._with_streets]
        self._names: dict[int, list[str]] = {}

    def has_street(self, name: str, of: Division) -> bool:
        """Whether a street or town of this name lies right below a division."""
        return self._text.find(f" {name} ", of.start, of.end) >= 0

    def with_street(self, name: str) -> list[Division]:
        """The divisions with a street or town of this name: all, or so many that it is ambiguous."""
        found: list[Division] = []
        at = self._text.find(f" {name} ")
        while at >= 0 and len(found) < 2:
            found.append(self._with_streets[bisect_right(self._starts, at) - 1])
            at = self._text.find(f" {name} ", at + 1)
        return found

    def names_in(self, of: Division | None) -> list[str]:
        """The names that may come next below a division; at the top those of provinces and prefectures."""
        if of is not None and of.end > of.start:
            return self._text[of.start : of.end].split()
        if id(of) not in self._names:
            all_of_them = (one for same in self.named.values() for one in same if one.lies_in(of))
            self._names[id(of)] = [one.name for one in all_of_them if of is not None or one.level < COUNTY]
        return self._names[id(of)]


@cache
def gazetteer(path: Path) -> Gazetteer:
    """The gazetteer of a file, read once."""
    return Gazetteer(path)


def preload(language: Language) -> None:
    """Read the gazetteer and load what compares names: once, before processes are forked for single letters."""
    from rapidfuzz import process  # noqa: F401 - loaded for later
    from rapidfuzz.distance import OSA  # noqa: F401 - loaded for later

    gazetteer(language.units.gazetteer)


def with_places(byline: Byline, language: Language) -> Byline:
    """The byline with what the gazetteer knows of its units' names, each name once."""
    named = dict.fromkeys([byline.unit or "", *(author.unit for author in byline.authors)])
    names = [name for name in named if name]
    return replace(byline, places=places(names[:MOST_NAMES], language.units)) if names else byline


def places(names: Iterable[str], phrases: UnitPhrases) -> tuple[Place, ...]:
    """What is known of each name, in their order."""
    reader = _Reader(gazetteer(phrases.gazetteer), phrases)
    return tuple(reader.place(name) if len(name) <= LONGEST_NAME else Place(name=name) for name in names)


Chain = tuple[Step, ...]


class _Reader:
    """Reads names by a gazetteer."""

    def __init__(self, known: Gazetteer, phrases: UnitPhrases) -> None:
        self._known = known
        self._phrases = phrases
        self._kinds = (*phrases.places, *phrases.localities)

    def place(self, name: str) -> Place:
        """All that is known of one name."""
        text = plain(name)
        start = next((len(party) for party in self._phrases.parties if text.startswith(party)), 0)
        chains = self._chains(text, start)
        first = chains[0] if chains else ()
        return Place(
            name=name,
            divisions=tuple(step.name for step in first),
            levels=tuple(step.level for step in first),
            implied=_implied(first[0]) if len(chains) == 1 else (),
            meant=self._meant(text, start, first) if len(chains) < 2 else "",
        )

    def _chains(self, text: str, at: int) -> list[Chain]:
        """The ways to understand the name that take in most of it."""
        found = [chain for chain in self._below(text, at, None) if chain]
        furthest = max((chain[-1].end for chain in found), default=0)
        return [chain for chain in found if chain[-1].end == furthest]

    def _below(self, text: str, at: int, above: Division | None) -> Iterator[Chain]:
        """Every chain of divisions below `above` that the name holds from `at` on; the empty one for none."""
        steps = self._steps(text, at, above)[:MOST_CHAINS]
        for step in steps:
            for rest in self._below(text, step.end, step.division) if step.level < STREET else [()]:
                if rest or step.full or self._may_stand(text, step, above):
                    yield (step, *rest)
        if not steps:
            yield ()

    def _steps(self, text: str, at: int, above: Division | None) -> list[Step]:
        """What comes next: a division in full, the longest; else a street; else one without its kind."""
        ends = range(min(len(text), at + LONGEST_DIVISION), at + 1, -1)
        for end in ends:
            found = [one for one in self._known.named.get(text[at:end], ()) if one.lies_in(above)]
            if found and (not self._runs_on(text, end) or any(self._steps(text, end, one) for one in found)):
                return [Step(one.name, one.level, at, end, one) for one in found]
        streets = self._streets(text, at, above, ends)
        if streets:
            return streets
        for end in ends:
            found = [one for one in self._known.forms.get(text[at:end], ()) if one.lies_in(above)]
            if found and not self._runs_on(text, end):
                top = min(one.level for one in found)
                return [Step(one.name, one.level, at, end, one, full=False) for one in found if one.level == top]
        return []

    def _streets(self, text: str, at: int, above: Division | None, ends: range) -> list[Step]:
        for end in ends:
            piece = text[at:end]
            if above is not None:
                if self._known.has_street(piece, above):
                    return [Step(piece, STREET, at, end, above)]
            elif piece.endswith(self._phrases.streets):
                found = self._known.with_street(piece)
                if found:
                    return [Step(piece, STREET, at, end, one) for one in found]
        return []

    def _runs_on(self, text: str, end: int) -> bool:
        """Whether what looks like the end of a division's name is the beginning of an ordinary word."""
        return text.startswith(self._phrases.run_on, end - 1)

    def _may_stand(self, text: str, step: Step, above: Division | None) -> bool:
        """Whether a division without its kind is meant where no other follows ("延安路" and "朝阳社区" mean none)."""
        written = text[step.start : step.end]
        if text.startswith(self._kinds, step.end):
            return False
        if above is not None or not self._lacks_kind(text, step):
            return True
        others = (one for kind in self._phrases.places for one in self._known.named.get(written + kind, ()))
        return all(one.lies_in(step.division.above) for one in others)

    def _lacks_kind(self, text: str, step: Step) -> bool:
        """Whether a prefecture is written without its kind ("恩施州" has one, though it is short)."""
        written = text[step.start : step.end]
        return not step.full and step.level > PROVINCE and not written.endswith(self._phrases.short_kinds)

    # --- slips of the pen ---

    def _meant(self, text: str, start: int, chain: Chain) -> str:
        """The name with one slip mended where it stops being known, "" where nothing fits, or several do."""
        last = chain[-1] if chain else None
        at, division = (last.end, last.division) if last else (start, None)
        if last and last.level == STREET:
            return ""
        if last and self._lacks_kind(text, last) and text.startswith(self._phrases.organs, at):
            return text[: last.start] + last.name + text[at:]
        mended = self._with_kind(text, at, division) or self._with_letter(text, start, at, division)
        return mended.pop() if len(mended) == 1 else ""

    def _with_kind(self, text: str, at: int, above: Division | None) -> set[str]:
        """With the kind of a county added that was left out before one of its streets, or before an organ."""
        mended = set()
        for end in range(at + 2, min(len(text), at + LONGEST_DIVISION)):
            organ = above is not None and text.startswith(self._phrases.organs, end)
            for kind in self._phrases.places:
                name = text[at:end] + kind
                for one in self._known.named.get(name, ()):
                    if one.lies_in(above) and (organ or self._steps(text, end, one)):
                        mended.add(text[:at] + name + text[end:])
        return mended

    def _with_letter(self, text: str, start: int, at: int, above: Division | None) -> set[str]:
        """With one character of the next division exchanged, added or dropped."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        token = self._token(text, at)
        if not token:
            return set()
        mended = set()
        for name, _, _ in process.extract(token, self._known.names_in(above), scorer=OSA.distance, score_cutoff=1):
            said = text[:at] + name + text[at + len(token) :]
            if token[-1] == name[-1] and (self._is_slip(token, name, above) or self._goes_on(said, start, at, name)):
                mended.add(said)
        return mended

    def _token(self, text: str, at: int) -> str:
        """What stands where a division should: up to the first kind of division, "" for an ordinary word."""
        kinds = (*self._phrases.places, *self._phrases.streets)
        for end in range(at + 2, min(len(text), at + LONGEST_DIVISION) + 1):
            token = text[at:end]
            if token.endswith(kinds):
                common = (*self._phrases.not_places, *self._phrases.functional)
                return "" if token.endswith(common) or self._runs_on(text, end) else token
        return ""

    def _is_slip(self, token: str, name: str, above: Division | None) -> bool:
        """Whether a difference of one is a likely slip by itself: a character sounds alike, is missing or doubled."""
        if above is None:
            return False
        if len(token) == len(name):
            pairs = [(one, other) for one, other in zip(token, name, strict=True) if one != other]
            return len(pairs) > 1 or self._sound_alike(*pairs[0])
        return above.end > above.start or len(token) > 2

    def _sound_alike(self, one: str, other: str) -> bool:
        """Whether two characters stand close together in a character set that is ordered by sound."""
        return abs(self._place_by_sound(one) - self._place_by_sound(other)) <= ALIKE

    def _place_by_sound(self, character: str) -> int:
        code = character.encode(self._phrases.ordered_by_sound, "ignore")
        return (code[0] * 94 + code[1]) if len(code) == 2 else -ord(character) * 100

    def _goes_on(self, text: str, start: int, at: int, name: str) -> bool:
        """Whether a mended name is known beyond the mended division."""
        return any(chain[-1].end > at + len(name) for chain in self._chains(text, start))


def _implied(top: Step) -> tuple[str, ...]:
    """The names of all that lies above a division, from the top down."""
    names: list[str] = []
    above = top.division if top.level == STREET else top.division.above
    while above is not None:
        names.insert(0, above.name)
        above = above.above
    return tuple(names)
