"""Which words a language must give for the page of a back-test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrialPhrases:
    """`words` names verdicts, outcomes, severities, modes and fields; `sentences` have `{…}` to be filled in."""

    words: Mapping[str, str]
    sentences: Mapping[str, str]

    def word(self, name: object) -> str:
        """What a value is called; one without a name, such as the id of an issue, stands for itself."""
        if name is None or isinstance(name, bool):
            name = {None: "none", True: "yes", False: "no"}[name]
        return self.words.get(str(name), str(name))

    def say(self, case: str, **values: object) -> str:
        """The sentence for a case."""
        return self.sentences[case].format(**values)
