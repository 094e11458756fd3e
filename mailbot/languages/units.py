"""Which data a language must give for telling whether the name of a unit is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize


def plain(name: str) -> str:
    """A name for comparing: one form for full-width and half-width, no blanks."""
    return "".join(normalize("NFKC", name).split())


@dataclass(frozen=True, slots=True)
class UnitPhrases:
    """Beginnings and endings of names of units; see `mailbot.rulebook.units` for what each decides."""

    regions: tuple[str, ...]
    """Names of provinces and the like that may stand at the beginning without their kind (for "X Province": "X")."""
    national: tuple[str, ...]
    """Beginnings of bodies of the whole country: such a name needs no place."""
    places: tuple[str, ...]
    """Kinds of division of province, prefecture and county level, as they end a place's name."""
    not_places: tuple[str, ...]
    """Common words that end like a place and are none."""
    localities: tuple[str, ...]
    """Kinds of division below the county: they may end a unit's name, not begin it."""
    organisations: tuple[str, ...]
    """Endings of names of organisations and their departments, in full."""
    standing_alone: tuple[str, ...]
    """Endings of organisations whose name is full without a place."""
    not_alone: tuple[str, ...]
    """Words before those endings that make them an ordinary organisation's."""
    clipped: tuple[str, ...]
    """Endings that are abbreviations although they look like a full one."""
    written_out: Mapping[str, str]
    """Endings that are abbreviations, and what they stand for."""
    gazetteer: Path
    """The divisions of the state, as `tools/gazetteer.py` writes them; see `mailbot.manuscript.bylines.places`."""
    parties: tuple[str, ...]
    """What may stand before the first division of a name."""
    streets: tuple[str, ...]
    """Kinds of division right below the county."""
    short_kinds: tuple[str, ...]
    """Ends of the gazetteer's other forms that are kinds themselves."""
    run_on: tuple[str, ...]
    """Words whose first character ends a division's name by chance (as in "Newport|s")."""
    functional: tuple[str, ...]
    """Kinds of district that are no divisions of the state, so that no list has them."""
    organs: tuple[str, ...]
    """Beginnings of names of organs of the state, as they follow the name of their division."""
    civil: tuple[str, ...]
    """Endings of names of organisations that are registered under a city's short name."""
    ordered_by_sound: str
    """A character set (as Python names it) in which characters that sound alike stand together."""
