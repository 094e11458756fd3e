"""Whether the name of a unit is full, and which unit submits an article (clauses 3a and 3b).

A full name begins with a division of the state of county level or above (or as a body of the whole country does) and
ends as an organisation or a division does. Which divisions it begins with, the reading of the letter noted in the
dossier (`Place`); where that knows none, the kinds of division decide. The admin's list in `units.yaml` goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from mailbot.languages.units import UnitPhrases, plain
from mailbot.model import Byline, Place
from mailbot.rulebook.models import Unit

_PARTS = re.compile(r"[\W_]+")
"""What divides a subject."""
LONGEST = 80
"""Names beyond this many characters are sentences."""
ALIKE = 80
"""So alike (of 100) a name must be to one on the admin's list to be taken for a slip of it."""
PROVINCE, COUNTY = 1, 3
"""The highest and the lowest level of division with which a full name may begin."""

Fault = Literal["", "short", "place", "ending"]


@dataclass(frozen=True, slots=True)
class Fullness:
    """Whether a name is full; if not, what is wrong with it; and what is perhaps meant, "" where that is unknown.

    A full name has a `better` where it seems to hold a slip of the pen.
    """

    full: bool
    fault: Fault = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class Submitter:
    """The submitting unit of an article; `stands_in` when an author's unit stands in for it."""

    name: str | None
    fullness: Fullness = Fullness(False)
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The office's own list, for looking up: the full name by each plain full name, and by each plain short form."""

    full: Mapping[str, str]
    full_of_short: Mapping[str, str]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> KnownNames:
        """From the entries of units.yaml."""
        short = {plain(form): unit.name for unit in units for form in unit.short}
        return cls({plain(unit.name): unit.name for unit in units}, short)

    def like(self, name: str) -> str:
        """The full name of the listed unit that this plain name resembles most, "" for none or for a draw."""
        listed = {**self.full_of_short, **self.full}
        if not listed or not name:
            return ""
        from rapidfuzz import fuzz, process  # 30 ms that many commands do not need

        found = process.extract(name, list(listed), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
        best = {listed[form] for form, score, _ in found if score == found[0][1]}
        return best.pop() if len(best) == 1 else ""


@dataclass(frozen=True, slots=True)
class Units:
    """What is known of names of units: the office's list and the language's endings."""

    known: KnownNames
    phrases: UnitPhrases
    _seen: dict[tuple[str, tuple[Place, ...]], Fullness] = field(default_factory=dict, repr=False, compare=False)

    def fullness(self, name: str, places: Sequence[Place] = ()) -> Fullness:
        """Whether a name is full; `places` are those of its byline. Several rules ask for the same few names."""
        key = (name, tuple(places))
        if key not in self._seen:
            self._seen[key] = self._fullness(name, places)
        return self._seen[key]

    def _fullness(self, name: str, places: Sequence[Place]) -> Fullness:
        place = _place_of(name, places)
        name = plain(name)
        if name in self.known.full:
            return Fullness(True)
        if name in self.known.full_of_short:
            return Fullness(False, "short", self.known.full_of_short[name])
        fault = self._fault(name, place)
        better = place.meant if not fault else self.known.like(name) or self._better(name, place)
        return Fullness(not fault, fault, better)

    def listed_in(self, subject: str) -> str | None:
        """The first listed name, or short form of one, between separators or brackets of a subject."""
        names = self.known.full.keys() | self.known.full_of_short.keys()
        return next((part for part in map(plain, _PARTS.split(subject)) if part in names), None) if names else None

    def begins_with_place(self, name: str, places: Sequence[Place] = ()) -> bool:
        """Whether a name begins with a division of the state, of county level or above."""
        place, name = _place_of(name, places), plain(name)
        if place.levels:
            return self._names_place(name, place)
        return name.startswith(self.phrases.regions) or self._first_place(name) > 0

    def _fault(self, name: str, place: Place) -> Fault:
        if not self._ends_well(name, place):
            return "ending"
        return "" if self._begins_well(name, place) else "place"

    def _begins_well(self, name: str, place: Place) -> bool:
        if name.startswith(self.phrases.national) or self._stands_alone(name):
            return True
        return self.begins_with_place(name, (replace(place, name=name),))

    def _names_place(self, name: str, place: Place) -> bool:
        """Whether the divisions that it begins with are enough: one of county level or above, with its kind.

        A province needs no kind, nor does a city in the name of a society or company ("杭州某某公益服务中心").
        """
        if place.levels[0] == PROVINCE:
            return True
        levels = zip(place.divisions, place.levels, strict=False)
        high = [one for one, level in levels if level <= COUNTY and one not in self.phrases.not_places]
        if not high:
            return False
        kind = any(self._has_kind(name, one) for one in high) or self._first_place(name) > 0
        return kind or name.endswith(self.phrases.civil)

    def _has_kind(self, name: str, division: str) -> bool:
        """Whether a division stands in the name in full, or as a short form with a kind ("恩施州")."""
        short = (division[:end] + kind for end in range(2, len(division)) for kind in self.phrases.short_kinds)
        return division in name or any(form in name for form in short)

    def _stands_alone(self, name: str) -> bool:
        """A university, or a part of one: "某某大学", "某某大学社会学院" (no "社区大学")."""
        kinds = self.phrases.standing_alone
        heads = (name[: name.find(kind)] for kind in kinds if name.find(kind) > 1)
        return any(not head.endswith(self.phrases.not_alone) for head in heads)

    def _ends_well(self, name: str, place: Place) -> bool:
        phrases = self.phrases
        if len(name) > LONGEST or name.endswith(phrases.clipped):
            return False
        if place.divisions:
            name = _without_remark(name)
            if name.endswith(tuple(phrases.written_out)):
                return False
            if name.endswith((place.divisions[-1], *phrases.civil)):
                return True
        if name.endswith((*phrases.organisations, *phrases.localities, *phrases.standing_alone)):
            return True
        return self._first_place(name) > 0 and self._is_place(name)

    def _better(self, name: str, place: Place) -> str:
        """The name with slips mended, its ending written out, and what lies above its first division put before."""
        better = plain(place.meant or name)
        clipped = next((end for end in self.phrases.written_out if better.endswith(end)), None)
        if clipped:
            better = better.removesuffix(clipped) + self.phrases.written_out[clipped]
        if place.levels and (place.levels[0] > COUNTY or place.divisions[0] in self.phrases.not_places):
            better = "".join(place.implied) + better
        return better if better != name and not self._fault(better, _beginning(better, place)) else ""

    def _first_place(self, name: str) -> int:
        """Where the first division of county level or above ends in the name, 0 where it begins with none."""
        for end in range(2, min(len(name), 16) + 1):
            head, rest = name[:end], name[end:]
            if self._is_place(head):
                return end
            if head.endswith(self.phrases.localities) and not rest.startswith(self.phrases.places):
                return 0  # a street or village comes first
        return 0

    def _is_place(self, head: str) -> bool:
        kind = next((kind for kind in self.phrases.places if head.endswith(kind)), None)
        return kind is not None and len(head) > len(kind) and not head.endswith(self.phrases.not_places)


def submitter(byline: Byline, units: Units, subject: str = "") -> Submitter:
    """The submitting unit, or where none is named apart what stands in for it.

    That is the authors' first unit that begins with a division of the state and is full, else their first that is full,
    else a unit of the office's list that is a part of its own in the letter's subject.
    """
    places = byline.places
    if byline.unit:
        return Submitter(byline.unit, units.fullness(byline.unit, places))
    full = [author.unit for author in byline.authors if author.unit and units.fullness(author.unit, places).full]
    placed = [name for name in full if units.begins_with_place(name, places)]
    name = next(iter([*placed, *full]), None) or units.listed_in(subject)
    return Submitter(name, units.fullness(name, places), stands_in=True) if name else Submitter(None)


def _place_of(name: str, places: Sequence[Place]) -> Place:
    """What the dossier knows of a name; an empty place where it knows nothing."""
    return next((place for place in places if place.name == name), Place(name=name))


def _beginning(name: str, place: Place) -> Place:
    """What is known of a name that was mended from another: its divisions, with those put before it."""
    divisions = (*place.implied, *place.divisions)
    levels = (*range(1, len(place.implied) + 1), *place.levels)
    return Place(name=name, divisions=divisions, levels=levels) if place.levels else Place(name=name)


def _without_remark(name: str) -> str:
    """Without a remark in brackets at its end: "某某协会(省级)"."""
    opening = name.rfind("(")
    return name[:opening] if name.endswith(")") and opening > 0 else name
