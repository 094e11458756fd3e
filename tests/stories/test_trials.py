"""An admin tries rules before they act, and asks why a letter was judged so; both only look."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailbot import defaults
from tests.servers.office import CONTRIBUTORS, Office
from tests.servers.places import server_folder
from tests.stories import letters

ZHANG, LI, WANG = CONTRIBUTORS
ROOT = str(Path(__file__).parents[2])
RULES = "call-for-papers.yaml"


def with_letters(office: Office) -> Office:
    """The office, after a good article, one without its unit, and a vacation reply were judged and answered."""
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    office.deliver(letters.vacation(1), WANG)
    office.once()
    return office


@pytest.fixture
def judged(office: Office) -> Office:
    """An office with three letters, to do with as a test likes."""
    return with_letters(office)


@pytest.fixture(scope="module")
def looked_at() -> Iterator[Office]:
    """The same for tests that only look."""
    with server_folder() as folder, Office(folder) as office:
        yield with_letters(office)


def edited(folder: Path, old: str, new: str) -> Path:
    """The folder, after something in its rules was replaced."""
    text = (folder / RULES).read_text("utf-8")
    assert old in text
    (folder / RULES).write_text(text.replace(old, new), "utf-8")
    return folder


def copied(office: Office, old: str = "", new: str = "") -> Path:
    """A copy of the office's rules, with something replaced."""
    folder = office.home / "new-rules"
    shutil.copytree(office.home / "rules", folder, dirs_exist_ok=True)
    return edited(folder, old, new) if old else folder


def longer(folder: Path) -> Path:
    """The folder, with a rule that asks for 7,000 characters, and its example."""
    return edited(
        edited(folder, "{min: 500, max: 8000}", "{min: 7000, max: 8000}"), "characters: 2000", "characters: 7500"
    )


def kept(office: Office) -> tuple[list[str], dict[str, tuple[int, str]]]:
    """Every row of the ledger, and each file of the storage folder with its time and hash."""
    with sqlite3.connect(office.storage / "mailbot.db") as connection:
        rows = list(connection.iterdump())
    connection.close()
    files = {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(office.storage.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
    return rows, files


def backtest(office: Office, *arguments: str) -> dict[str, Any]:
    """What `rules backtest --json` prints."""
    found: dict[str, Any] = json.loads(office.mailbot("rules", "backtest", *arguments, "--json").stdout)
    return found


def explain(office: Office, *arguments: str) -> dict[str, Any]:
    """What `rules explain --json` prints."""
    found: dict[str, Any] = json.loads(office.mailbot("rules", "explain", *arguments, "--json").stdout)
    return found


def numbers(office: Office) -> dict[str, str]:
    """Number of each submission by its state."""
    listed = json.loads(office.mailbot("submissions", "list", "--json").stdout)
    return {one["state"]: one["number"] for one in listed}


def test_new_rules_are_tried_on_what_came_and_nothing_is_touched(looked_at: Office) -> None:
    """From what to what, rule by rule and letter by letter; not a row of the ledger or a byte of the store differs."""
    new = longer(copied(looked_at))
    text = (new / RULES).read_text("utf-8")
    start = text.index("- id: length")
    (new / RULES).write_text(text[:start] + text[start:].replace("otherwise: note", "otherwise: return", 1), "utf-8")
    before = kept(looked_at)
    page = looked_at.home / "page.html"
    found = backtest(looked_at, str(new), "--html", str(page))
    assert kept(looked_at) == before

    assert (found["letters"], found["judged"], found["taken"], found["otherwise"]) == (3, 2, 2, 0)
    assert found["other_kinds"] == {"automatic": 1}
    assert {"was": "acknowledge", "now": "return", "count": 1} in found["verdicts"]["articles"]
    (length,) = [rule for rule in found["rules"] if rule["rule"] == "length"]
    assert (length["status"], length["newly_failing"]) == ("changed", 2)
    changed = {one["name"]: one for one in found["changed"]}
    (article,) = changed[numbers(looked_at)["ready"]]["articles"]
    assert (article["was"], article["now"]) == ("acknowledge", "return")
    assert [one["rule"] for one in article["findings"]] == ["length"]
    assert "7000" in article["findings"][0]["now"]["message"]

    shown = looked_at.mailbot("rules", "backtest", str(new)).stdout
    assert "acknowledge → return" in shown
    assert numbers(looked_at)["ready"] in shown
    html = page.read_text("utf-8")
    assert numbers(looked_at)["ready"] in html
    assert not re.search(r"<script|https?://|\bsrc=", html)


def test_what_strangers_wrote_is_only_text_on_the_page_and_in_the_terminal(office: Office) -> None:
    """A subject full of HTML, markup and control characters is shown and does nothing."""
    name = "<img src=x onerror=alert(1)>[bold]"
    office.deliver(letters.good(1))
    office.once()
    with office.world() as world:
        (one,) = world.ledger.dossiers()
    hostile = json.loads(one.dossier)
    hostile["letter"]["subject"] = name + "\x1b[31m"
    with sqlite3.connect(office.storage / "mailbot.db") as connection:
        connection.execute("update judgements set dossier = ?", (json.dumps(hostile),))
    connection.close()
    page = office.home / "page.html"
    new = copied(office, "- id: subject-prefix", "- id: subject-word")
    shown = office.mailbot("rules", "backtest", str(new), "--html", str(page)).stdout
    assert name in shown
    assert "\x1b" not in shown + office.mailbot("rules", "explain", "1").stdout
    assert "<img" not in page.read_text("utf-8")
    assert "&lt;img" in page.read_text("utf-8")


def test_rules_that_are_edited_and_not_polled_yet_are_in_force_and_not_kept(judged: Office) -> None:
    """The baseline is what the next letter would be judged by; looking does not put it into the ledger."""
    new = copied(judged)
    longer(judged.home / "rules")
    before = kept(judged)
    found = backtest(judged, str(new))
    assert kept(judged) == before
    assert (found["taken"], found["otherwise"]) == (0, 0)
    (length,) = [rule for rule in found["rules"] if rule["rule"] == "length"]
    assert (length["newly_failing"], length["no_longer_failing"]) == (0, 2)


def test_only_letters_since_a_day_and_only_good_rules(looked_at: Office) -> None:
    """`--since` leaves out what came before; broken rules are told with file and line, exit code 2."""
    new = copied(looked_at)
    assert backtest(looked_at, str(new), "--since", "2999-01-01")["letters"] == 0
    assert looked_at.mailbot("rules", "backtest", str(new), "--since", "soon", check=False).returncode == 2
    edited(new, "check: length", "check: lenght")
    refused = looked_at.mailbot("rules", "backtest", str(new), check=False)
    assert refused.returncode == 2
    assert "lenght" in refused.stderr
    assert RULES in refused.stderr


def test_examples_that_are_mails_are_tried_before_a_back_test(looked_at: Office) -> None:
    """As the worker would: rules whose mail comes out otherwise are refused, with what came out."""
    new = looked_at.home / "with-mails"
    shutil.copytree(looked_at.home / "rules", new)
    (new / "good.eml").write_bytes(letters.good(1))
    rule = "\n  - {id: words, title: 字数, check: length, with: {min: 1}, otherwise: note,"
    rule += " examples: {passes: [{mail: good.eml}]}}\n"
    text = (new / RULES).read_text("utf-8")
    (new / RULES).write_text(text + rule, "utf-8")
    assert backtest(looked_at, str(new))["letters"] == 3
    (new / RULES).write_text(text + rule.replace("min: 1", "min: 7000"), "utf-8")
    refused = looked_at.mailbot("rules", "backtest", str(new), check=False)
    assert (refused.returncode, "should have passed" in refused.stderr) == (2, True)


def test_an_answer_is_traced_to_its_rule(looked_at: Office) -> None:
    """By number or letter: which rules decided, what they saw, where they stand; judging again says the same."""
    before = kept(looked_at)
    found = explain(looked_at, numbers(looked_at)["incomplete"])
    assert (found["rules"]["which"], found["same"], found["differs"]) == ("that day", True, [])
    (article,) = found["articles"]
    assert (article["verdict"], article["decided_by"]) == ("return", ["unit-named", "author-unit"])
    (rule,) = [one for one in article["findings"] if one["rule"] == "unit-named"]
    assert (rule["outcome"], rule["file"]) == ("failed", RULES)
    assert "id: unit-named" in (looked_at.home / "rules" / RULES).read_text("utf-8").splitlines()[rule["line"] - 1]
    (topic,) = [one for one in article["findings"] if one["rule"] == "topic"]
    assert set(topic["with"]) >= {"words", "in"}  # as an admin writes them
    everything = {one["rule"] for one in [*found["findings"], *article["findings"]]}
    assert len(everything) == (looked_at.home / "rules" / RULES).read_text("utf-8").count("\n  - id:")
    assert article["way"]["issue"]["id"] == article["issue"]
    assert [event["now"] for event in found["path"]][-1] == "closed"
    assert [(mail["kind"], mail["state"], mail["to"]) for mail in found["mails"]] == [("return", "sent", LI)]

    shown = looked_at.mailbot("rules", "explain", found["letter"]).stdout
    assert "decided by: unit-named, author-unit" in shown
    assert f"{RULES}:{rule['line']}" in shown
    assert kept(looked_at) == before
    assert looked_at.mailbot("rules", "explain", "SQ-1999-9999", check=False).returncode == 2


def test_the_rules_of_that_day_explain_also_after_they_changed(judged: Office) -> None:
    """By default the kept rules of the verdict's version; `--today` and `--rules` say what others make of it."""
    number = numbers(judged)["incomplete"]
    then = explain(judged, number)
    edited(judged.home / "rules", "- id: unit-named\n    title: 注明报送单位", "- id: unit-said\n    title: 写明单位")
    judged.once()

    assert explain(judged, number) == then
    today = explain(judged, number, "--today")
    assert today["rules"]["version"] != then["rules"]["version"]
    assert today["given"]["rulebook"] == then["rules"]["version"]
    assert today["articles"][0]["decided_by"] == ["unit-said", "author-unit"]
    assert any("unit-said" in line for line in today["differs"])
    other = explain(judged, number, "--rules", str(judged.home / "rules"))
    assert other["rules"]["version"] == today["rules"]["version"]


def test_kept_rules_that_this_program_cannot_load_are_told(judged: Office) -> None:
    """Then the stored findings are shown, and why."""
    number = numbers(judged)["incomplete"]
    with sqlite3.connect(judged.storage / "mailbot.db") as connection:
        broken = json.dumps({RULES: "rules:\n  - {id: x, title: t, check: of_the_past, otherwise: note}\n"})
        connection.execute("update kept_files set files = ? where kind = 'rules'", (broken,))
    connection.close()
    found = explain(judged, number)
    assert (found["rules"]["loaded"], found["same"]) == (False, None)
    assert "of_the_past" in found["rules"]["problems"][0]
    assert found["articles"][0]["decided_by"] == ["unit-named", "author-unit"]
    assert "cannot be loaded" in judged.mailbot("rules", "explain", number).stdout


def test_a_mail_file_is_explained_without_a_ledger(tmp_path: Path) -> None:
    """As `check` reads it, without mailbot.yaml by the shipped rules, or by a folder's; nothing is kept."""
    (tmp_path / "mail.eml").write_bytes(letters.without_unit(1))
    shutil.copytree(defaults.folder("rules"), tmp_path / "mine")
    edited(tmp_path / "mine", "- id: unit-named", "- id: unit-said")
    for arguments, rule in (((), "unit-named"), (("--rules", "mine"), "unit-said")):
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", "rules", "explain", "mail.eml", "--json", *arguments],
            cwd=tmp_path,
            env={key: value for key, value in os.environ.items() if key != "MAILBOT_CONFIG"} | {"PYTHONPATH": ROOT},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        found = json.loads(done.stdout)
        assert (found["rules"]["which"], found["given"], found["path"]) == ("folder", None, [])
        assert found["articles"][0]["decided_by"] == [rule, "author-unit"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mail.eml", "mine"]
