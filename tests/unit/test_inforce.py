"""What is in force of a folder: the newest good state, also across restarts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from mailbot.errors import UserError
from mailbot.rulebook.inforce import InForce, Kept
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder, version_of
from mailbot.testing.ledger import memory_ledger
from tests.unit.dossiers import a_dossier, an_article

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RULE = "rules:\n  - {id: a, title: 有标题, check: has_title, otherwise: note}\n"


class Shelf:
    """The two methods of the ledger."""

    def __init__(self) -> None:
        self.sets: list[tuple[str, str, dict[str, str]]] = []

    def keep_files(self, kind: str, version: str, files: Mapping[str, str], at: datetime) -> None:
        self.sets.append((kind, version, dict(files)))

    def kept_files(self, kind: str, version: str | None = None) -> tuple[str, dict[str, str]] | None:
        found = [(v, files) for k, v, files in self.sets if k == kind and version in (None, v)]
        return found[-1] if found else None


def in_force(folder: Path, shelf: Kept) -> InForce[Rulebook]:
    return InForce("rules", folder, read_folder, load_rulebook, shelf)


def write(folder: Path, text: str) -> None:
    (folder / "rules.yaml").write_text(text, "utf-8")


def test_good_files_are_in_force_and_kept_once(tmp_path: Path) -> None:
    """A good folder is loaded, kept in the ledger, and not loaded again while nothing changes."""
    write(tmp_path, RULE)
    shelf = Shelf()
    rules = in_force(tmp_path, shelf)
    first = rules.refresh(NOW)
    assert rules.refresh(NOW) is first
    assert (rules.version, rules.problems) == (first.version, ())
    assert in_force(tmp_path, shelf).refresh(NOW) == first
    assert len(shelf.sets) == 1


def test_a_change_is_taken_at_the_next_look(tmp_path: Path) -> None:
    """Even one that leaves the file's size as it was."""
    write(tmp_path, RULE)
    rules = in_force(tmp_path, Shelf())
    rules.refresh(NOW)
    write(tmp_path, RULE.replace("id: a", "id: b"))
    assert rules.refresh(NOW).rules[0].id == "b"


def test_a_broken_folder_changes_nothing_but_is_told(tmp_path: Path) -> None:
    """The last good rules stay, the problems are told until they are mended, and the mended ones come into force."""
    write(tmp_path, RULE)
    rules = in_force(tmp_path, Shelf())
    good = rules.refresh(NOW)
    write(tmp_path, RULE.replace("note", "never"))
    for _ in range(2):
        assert rules.refresh(NOW) is good
        assert "never" in rules.problems[0].message
    write(tmp_path, RULE)
    assert rules.refresh(NOW).version == good.version
    assert rules.problems == ()


def test_the_last_good_ones_survive_a_restart(tmp_path: Path) -> None:
    """A new program over a broken or missing folder goes on with what the ledger kept."""
    write(tmp_path, RULE)
    shelf = Shelf()
    good = in_force(tmp_path, shelf).refresh(NOW)
    write(tmp_path, "rules: [")
    rules = in_force(tmp_path, shelf)
    assert rules.refresh(NOW) == good
    assert (rules.version, len(rules.problems)) == (good.version, 1)
    (tmp_path / "rules.yaml").unlink()
    tmp_path.rmdir()
    assert in_force(tmp_path, shelf).refresh(NOW) == good


def test_without_any_good_one_the_mistakes_are_told(tmp_path: Path) -> None:
    """When there has never been a good one, that is the admin's mistake, each time it is asked for."""
    write(tmp_path, "rules: [")
    rules = in_force(tmp_path, Shelf())
    for _ in range(2):
        with pytest.raises(UserError, match=r"rules\.yaml:1"):
            rules.refresh(NOW)
    write(tmp_path, RULE)
    assert rules.refresh(NOW).rules


def test_going_back_to_older_rules_makes_them_the_newest(tmp_path: Path) -> None:
    """After a -> b -> a a restart over a broken folder goes on with a."""
    shelf = Shelf()
    rules = in_force(tmp_path, shelf)
    for id in ("a", "b", "a"):
        write(tmp_path, RULE.replace("id: a", f"id: {id}"))
        rules.refresh(NOW)
    write(tmp_path, "rules: [")
    assert in_force(tmp_path, shelf).refresh(NOW).rules[0].id == "a"


def test_every_version_that_was_in_force_is_kept_and_judges_as_it_did(tmp_path: Path) -> None:
    """Rules, units and issues: each change is a version with its text, also one that no letter was judged by."""
    ledger = memory_ledger(lambda: NOW)
    rules = in_force(tmp_path, ledger)
    issue = "issues:\n  - {id: i1, name: 第1期, opens: 2026-11-01, closes: 2026-12-31}\n"
    changes = {
        "rules.yaml": RULE,
        "units.yaml": "units:\n  - {name: 示例市民政局, short: 市局}\n",
        "issues.yaml": issue,
        "more.yaml": RULE.replace("id: a", "id: b").replace("note", "return"),
    }
    said = []
    for hour, (name, text) in enumerate(changes.items()):
        (tmp_path / name).write_text(text, "utf-8")
        rulebook = rules.refresh(NOW + timedelta(hours=hour))
        if name != "units.yaml":  # that one is in force between two letters only
            said.append(judge(a_dossier(an_article(title="")), rulebook))
    versions = [one.version for one in ledger.kept_versions("rules")]

    assert len(set(versions)) == 4
    assert [versions.index(judgement.rulebook) for judgement in said] == [0, 2, 3]
    for judgement in said:
        kept = ledger.kept_files("rules", judgement.rulebook)
        assert kept is not None
        assert judge(a_dossier(an_article(title="")), load_rulebook(kept[1])) == judgement
    between = ledger.kept_files("rules", versions[1])
    assert between is not None
    assert set(between[1]) == {"rules.yaml", "units.yaml"}
    assert [event.now for event in ledger.events("rules")] == versions


def test_what_was_good_once_stays_in_force_whatever_its_examples_do_now(tmp_path: Path) -> None:
    """After a restart under another program the kept rules are loaded without trying their examples."""
    text = RULE.replace("otherwise: note", "otherwise: note, examples: {fails: [{title: x}]}")
    write(tmp_path, text)
    shelf = Shelf()
    shelf.keep_files("rules", version_of(read_folder(tmp_path)), read_folder(tmp_path), NOW)
    kept = partial(load_rulebook, examples=False)
    rules = InForce("rules", tmp_path, read_folder, load_rulebook, shelf, kept=kept)
    assert rules.refresh(NOW).rules[0].id == "a"
    assert "should have failed" in rules.problems[0].message
