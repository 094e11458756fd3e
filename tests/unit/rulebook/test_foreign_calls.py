"""Calls for papers of other offices, written in YAML alone: each folder of `rules/examples` holds what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.model import Dossier, Outcome
from mailbot.rulebook.examples import Tried, try_examples
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder

EXAMPLES = Path(__file__).parents[3] / "rules" / "examples"
CALLS = sorted(folder for folder in EXAMPLES.iterdir() if folder.is_dir() and any(folder.iterdir()))
POINTER = "# yaml-language-server: $schema=../../schema.json"

pytestmark = pytest.mark.parametrize("call", CALLS, ids=[folder.name for folder in CALLS])


def rules_of(call: Path) -> Rulebook:
    """The rules as they stand there; the examples are tried by the tests."""
    return load_rulebook(read_folder(call), examples=False)


def tried(call: Path) -> list[Tried]:
    """Each example with what came of it. None of these folders has a mail file."""

    def no_mails(path: str) -> Dossier:
        raise OSError(f"{path} is not YAML")

    return try_examples(rules_of(call), no_mails)


def test_it_is_a_call_of_its_own_that_loads(call: Path) -> None:
    """Rules, and the issues that they speak of, are accepted as the worker would accept them."""
    rules = load_rulebook(read_folder(call))
    assert rules.rules
    assert rules.issues


def test_it_is_yaml_only_and_points_at_the_schema(call: Path) -> None:
    """Nothing but YAML is needed, and an editor finds the schema from the first line on."""
    files = [path for path in call.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".yaml"}
    assert {path.read_text("utf-8").splitlines()[0] for path in files} == {POINTER}


def test_each_example_comes_out_as_it_says(call: Path) -> None:
    """No rule accepts or refuses another letter than its author meant."""
    assert [one.problem() for one in tried(call) if not one.good] == []


def test_each_rule_is_shown_from_both_sides(call: Path) -> None:
    """Every rule has a letter that it accepts and one that it refuses: no rule is there that nothing can break."""
    both = {Outcome.PASSED, Outcome.FAILED}
    bare = [rule.id for rule in rules_of(call).rules if {example.wanted for example in rule.examples} != both]
    assert bare == []


def test_each_rule_says_which_clause_it_is(call: Path) -> None:
    """All but what any office needs (a manuscript that is there and opens) cites the call for papers."""
    needed = {"manuscript_enclosed", "manuscript_readable", "readable_files"}
    assert [rule.id for rule in rules_of(call).rules if not rule.cites and rule.check.name not in needed] == []
