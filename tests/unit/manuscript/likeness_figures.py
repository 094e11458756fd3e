"""How well `likeness.matches` finds originals: every change of invented photographs, among others of the same place.

Each changed picture is asked for twice: with its original among the enclosed files, and without it. Beside it lie
the other photographs of its place (burst frames, seconds later, from another step, another event) and some of others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailbot.manuscript.likeness import alike
from mailbot.manuscript.pictures import Look, look
from tests.unit.manuscript.scenes import CHANGES, View, changed, encoded, photograph, siblings

OTHERS = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts for each change: right, wrong and missed where the original is there; taken for it where it is not."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    sibling: Counter[str] = field(default_factory=Counter)
    stranger: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Count the other's figures in."""
        for name in self.__dataclass_fields__:
            getattr(self, name).update(getattr(other, name))

    def asked(self, changes: Iterable[str] = CHANGES) -> int:
        return sum(self.right[name] + self.wrong[name] + self.missed[name] for name in changes)

    def recall(self, changes: Iterable[str] = CHANGES) -> float:
        """The part of the pictures whose original was found."""
        changes = tuple(changes)
        return sum(self.right[name] for name in changes) / max(1, self.asked(changes))

    def precision(self, changes: Iterable[str] = CHANGES) -> float:
        """The part of the found originals that are right, where the right one is there."""
        right, wrong = (sum(counts[name] for name in changes) for counts in (self.right, self.wrong))
        return right / max(1, right + wrong)

    def deceived(self, counts: Counter[str], changes: Iterable[str] = CHANGES) -> float:
        """The part of the pictures that got a wrong original where the right one is not there."""
        changes = tuple(changes)
        return sum(counts[name] for name in changes) / max(1, self.asked(changes))


def measured(place: int, family: int = 4) -> Figures:
    """The figures of one place, with so many other photographs of it."""
    image = photograph(View(place))
    original = look(encoded(image, quality=92))
    kin = [look(encoded(photograph(view), quality=90)) for view in siblings(place)[:family]]
    others = [look(encoded(photograph(View(place + 100_000 + n)), quality=90)) for n in range(OTHERS)]
    figures = Figures()
    pictures = [look(changed(place, name, image)) for name in CHANGES]
    with_it, without = _found(pictures, [original, *kin, *others]), _found(pictures, [*kin, *others])
    for name, found, instead in zip(CHANGES, with_it, without, strict=True):
        if found == 0:
            figures.right[name] += 1
        else:
            (figures.missed if found is None else figures.wrong)[name] += 1
        if instead is not None:
            (figures.sibling if instead < len(kin) else figures.stranger)[name] += 1
    return figures


def _found(pictures: Sequence[Look], enclosed: Sequence[Look]) -> list[int | None]:
    """For each picture the file that shows the same, be it large enough to be its original or not."""
    best: dict[int, int] = {}
    for _, picture, file in alike(pictures, enclosed):
        best.setdefault(picture, file)
    return [best.get(n) for n in range(len(pictures))]
