"""Which words a language must give for what the rules say to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class _Number(int):
    """A number that its noun follows: `{count:picture|pictures}` is "1 picture" or "2 pictures"."""

    def __format__(self, spec: str) -> str:
        one, parted, many = spec.partition("|")
        return f"{int(self)} {one if self == 1 else many}" if parted else format(int(self), spec)


@dataclass(frozen=True, slots=True)
class RulePhrases:
    """What checks say (by the name of the check and the case; `{…}` are filled in), and how subjects are dressed up.

    Languages that tell one from many give both behind a number: `{count:picture|pictures}`.
    """

    messages: Mapping[str, str]
    separator: str
    """Between the items of a list."""
    reply_prefixes: tuple[str, ...]
    """What mail programs put before a subject, without the colon, lower-case, without blanks."""
    column_labels: tuple[str, ...] = ()
    """What stands before a colon and the name of the column that an article is meant for."""
    column_endings: tuple[str, ...] = ()
    """What may stand behind the name of a column."""

    def problem(self, problem: str, detail: str = "") -> str:
        """What is wrong with a file, as it goes on after its name: of the detail if there is a sentence for it."""
        known = self.messages.get(f"problem.{problem}.{detail}") if detail else None
        return known or self.messages[f"problem.{problem}"]

    def say(self, case: str, **values: object) -> str:
        """The sentence for a case."""
        told = {name: _Number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.messages[case].format(**told)
