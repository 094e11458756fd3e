"""Whether the name of a unit is full, and which unit submits an article (clauses 3a and 3b).

First cut without a gazetteer: a full name begins with a division of the state of county level or above (or a body of
the whole country) and ends as an organisation or a division does. The admin's list in `units.yaml` goes before that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

from mailbot.languages.units import UnitPhrases
from mailbot.model import Byline
from mailbot.rulebook.models import Unit

LONGEST = 80
"""Names beyond this many characters are sentences."""


@dataclass(frozen=True, slots=True)
class Fullness:
    """Whether a name is full; if not, what is wrong with it, and the full name where it is known."""

    full: bool
    fault: Literal["", "short", "place", "ending"] = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class Submitter:
    """The submitting unit of an article; `stands_in` when an author's unit stands in for it."""

    name: str | None
    fullness: Fullness = Fullness(False)
    stands_in: bool = False


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The office's own list, for looking up."""

    full: frozenset[str]
    full_of_short: dict[str, str]

    @classmethod
    def of(cls, units: Sequence[Unit]) -> KnownNames:
        """From the entries of units.yaml."""
        short = {plain(form): unit.name for unit in units for form in unit.short}
        return cls(frozenset(plain(unit.name) for unit in units), short)


@dataclass(frozen=True, slots=True)
class Units:
    """What is known of names of units: the office's list and the language's endings."""

    known: KnownNames
    phrases: UnitPhrases

    def fullness(self, name: str) -> Fullness:
        """Whether a name is full."""
        name = plain(name)
        if name in self.known.full:
            return Fullness(True)
        if name in self.known.full_of_short:
            return Fullness(False, "short", self.known.full_of_short[name])
        if not self._ends_well(name):
            return Fullness(False, "ending")
        if not self._begins_well(name):
            return Fullness(False, "place")
        return Fullness(True)

    def begins_with_place(self, name: str) -> bool:
        """Whether a name begins with a division of the state."""
        name = plain(name)
        return name.startswith(self.phrases.regions) or self._first_place(name) > 0

    def _begins_well(self, name: str) -> bool:
        if name.startswith(self.phrases.national) or self._stands_alone(name):
            return True
        return self.begins_with_place(name)

    def _stands_alone(self, name: str) -> bool:
        """A university, or a part of one: "某某大学", "某某大学社会学院" (no "社区大学")."""
        kinds = self.phrases.standing_alone
        heads = (name[: name.find(kind)] for kind in kinds if name.find(kind) > 1)
        return any(not head.endswith(self.phrases.not_alone) for head in heads)

    def _ends_well(self, name: str) -> bool:
        phrases = self.phrases
        if len(name) > LONGEST or name.endswith(phrases.clipped):
            return False
        if name.endswith((*phrases.organisations, *phrases.localities, *phrases.standing_alone)):
            return True
        return self._first_place(name) > 0 and self._is_place(name)

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


def submitter(byline: Byline, units: Units) -> Submitter:
    """The submitting unit, or where none is named apart the authors' unit that stands in for it.

    That is the first that begins with a division of the state and is full, else the first that is full.
    """
    if byline.unit:
        return Submitter(byline.unit, units.fullness(byline.unit))
    full = [author.unit for author in byline.authors if author.unit and units.fullness(author.unit).full]
    placed = [name for name in full if units.begins_with_place(name)]
    name = next(iter([*placed, *full]), None)
    return Submitter(name, Fullness(True), stands_in=True) if name else Submitter(None)


def plain(name: str) -> str:
    """A name for comparing: one form for full-width and half-width, no blanks."""
    return "".join(normalize("NFKC", name).split())
