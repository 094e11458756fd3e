"""Which data a language must give for telling whether the name of a unit is full."""

from __future__ import annotations

from dataclasses import dataclass


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
