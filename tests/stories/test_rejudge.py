"""A wrong rule returns a letter; it is mended, and what it did is put right: once, from the command line."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.office import CONTRIBUTORS, Office
from tests.stories import letters
from tests.stories.test_trials import RULES, numbers

ZHANG, LI, _ = CONTRIBUTORS
SINCE = ("--since", "2026-01-01")
WRONG = """
  - id: too-long
    title: 篇幅
    check: length
    with: {min: 7000}
    otherwise: return
    advice: 请写长一些
"""


def rejudge(office: Office, *arguments: str) -> list[dict[str, Any]]:
    """What `submissions rejudge --json` prints."""
    found: list[dict[str, Any]] = json.loads(office.mailbot("submissions", "rejudge", *arguments, "--json").stdout)
    return found


def test_a_wrong_rule_is_mended_and_its_victim_hears_of_it_once(office: Office) -> None:
    """Listed, applied, filed anew and told in one mail; a second time nothing happens; store and digest agree."""
    rules = office.home / "rules" / RULES
    right = rules.read_text("utf-8")
    rules.write_text(right + WRONG, "utf-8")
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    office.once()
    assert len(office.received_by(ZHANG)) == 1
    assert rejudge(office, *SINCE) == []

    rules.write_text(right, "utf-8")
    listed = rejudge(office, *SINCE)
    assert [(one["was"], one["now"], one["rules"]) for one in listed] == [("incomplete", "ready", ["too-long"])]
    assert rejudge(office, *SINCE, "--rule", "too-long") == listed
    assert rejudge(office, *SINCE, "--rule", "length") == []
    number = listed[0]["number"]
    (done,) = rejudge(office, "--apply", number)
    assert (done["number"], done["now"], done["told"]) == (number, "ready", "correction")
    office.once()
    assert numbers(office)["ready"] == number
    assert list((office.storage / "issues").glob(f"*/{number}*"))
    assert not list((office.storage / "issues").glob(f"*/incomplete/{number}*"))

    assert [one["told"] for one in rejudge(office, "--apply", number)] == [""]
    assert rejudge(office, *SINCE) == []
    office.once()
    told = [str(mail["Subject"]) for mail in office.received_by(ZHANG)]
    assert len(told) == 2
    assert len(office.received_by(LI)) == 1
    assert "agree" in office.mailbot("store", "verify").stdout
    with office.world() as world:
        page = world.daily.page([world.daily.today()])
    assert (page.total.received, page.unbalanced) == (2, ())
