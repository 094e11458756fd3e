"""Rules that no letter can meet together: found when they are loaded. Each check says itself what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from mailbot.errors import Problem
from mailbot.model import Mode
from mailbot.rulebook.checking import Demand
from mailbot.rulebook.routing import Route
from mailbot.yamlfile import Document, Key

if TYPE_CHECKING:
    from mailbot.rulebook.load import Rule, Rulebook

Spots = dict[str, tuple[Document, tuple[Key, ...]]]
"""Where each rule stands, by its id."""


def contradictions(rulebook: Rulebook, spots: Mapping[str, tuple[Document, tuple[Key, ...]]]) -> list[Problem]:
    """A problem for each two acting rules that apply together and cannot both be met; told at the later of the two."""
    speaking = [rule for rule in rulebook.rules if rule.check.demands is not None and rule.mode is Mode.ON]
    ways = list(_ways(rulebook))
    problems = []
    for one, other in combinations(speaking, 2):
        said = next((said for way in ways if (said := _clash(one, other, way))), None)
        if said is not None:
            document, path = spots[other.id]
            message = f"this rule and `{one.id}` ({one.file}, line {one.line}) contradict each other: {said}"
            hint = "mend one of the two, or say with `when` where each of them applies"
            problems.append(document.problem((*path, "with"), message, hint))
    return problems


def _ways(rulebook: Rulebook) -> Iterator[Route]:
    """Every way that an article can go."""
    yield Route()
    for issue in rulebook.issues:
        yield Route(issue.id)
        yield from (Route(issue.id, column.id) for column in issue.columns)


def _clash(one: Rule, other: Rule, way: Route) -> str | None:
    if not _apply_together(one, other, way):
        return None
    return next(
        (said for mine in _asked(one, way) for yours in _asked(other, way) if (said := clash(mine, yours))), None
    )


def _asked(rule: Rule, way: Route) -> Sequence[Demand]:
    demands = rule.check.demands
    return tuple(demands(rule.params_for(way))) if demands is not None else ()


def _apply_together(one: Rule, other: Rule, way: Route) -> bool:
    """Whether both surely apply to some article that goes this way."""
    for rule in (one, other):
        when = rule.when
        if (when.issues and way.issue not in when.issues) or (when.columns and way.column not in when.columns):
            return False
        if when.model_fields_set - {"issues", "columns", "pictures"}:
            return False  # a condition of another kind: nobody can tell
    return None in (one.when.pictures, other.when.pictures) or one.when.pictures == other.when.pictures


def clash(one: Demand, other: Demand) -> str | None:
    """Why the two cannot both be met; None where they can."""
    return _one_way(one, other) or _one_way(other, one)


def _one_way(one: Demand, other: Demand) -> str | None:
    if one.any_of and other.none_of and set(one.of) <= set(other.of):
        barred = [
            next((bad for bad in other.none_of if bad.casefold() in word.casefold()), None) for word in one.any_of
        ]
        if all(barred):
            return f"{_of(one)}: the one asks for {_some(one.any_of)}, the other forbids {_some(filter(None, barred))}"
    if set(one.of) != set(other.of):
        return None
    if one.least is not None and other.most is not None and one.least > other.most:
        return f"{_of(one)}: at least {one.least:.10g} in the one, at most {other.most:.10g} in the other"
    if one.among is not None and other.among is not None and not one.among & other.among:
        return f"{_of(one)}: {_some(one.among)} in the one, {_some(other.among)} in the other"
    if one.among is not None and one.among <= other.not_among:
        return f"{_of(one)}: {_some(one.among)} in the one, which the other refuses"
    return None


def _of(demand: Demand) -> str:
    return " or ".join(demand.of)


def _some(values: Iterable[str]) -> str:
    return " or ".join(f"`{value}`" for value in sorted(set(values)))
