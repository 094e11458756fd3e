"""What people and disks do wrong: always a clear message, nothing lost, and no end of the worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mailbot.model import Stage
from tests.servers.office import ADMIN, CONTRIBUTORS, OFFICE, Office
from tests.stories import letters

ZHANG, LI, WANG = CONTRIBUTORS


def test_a_broken_mailbot_yaml_is_told_with_file_and_line_and_exits_2(office: Office) -> None:
    """An unknown key and a wrong value are both named, each with its line and what would be right."""
    office.set("  poll_every: 1s", "  pol_every: 1s\n  max_letter: many")
    told = office.mailbot("once", check=False)
    assert told.returncode == 2
    assert "mailbot.yaml:9" in told.stderr
    assert "poll_every" in told.stderr
    assert "mailbot.yaml:10" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_password_written_into_the_file_is_refused_and_not_repeated(office: Office) -> None:
    """Secrets are env: or file: references; an inline one exits with 2 and is not shown again."""
    office.set("password: env:MAILBOT_PASSWORD\n", "password: geheim123\n")
    told = office.mailbot("once", check=False)
    assert told.returncode == 2
    assert "env:" in told.stderr
    assert "geheim123" not in told.stderr + told.stdout


def test_broken_rules_leave_the_last_good_ones_in_force_also_after_a_restart(office: Office) -> None:
    """A rules file that no longer loads stops nothing; the admin is told file, line and reason, once."""
    office.once()
    rules = office.home / "rules/call-for-papers.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "\n  nonsense: [\n", encoding="utf-8")
    office.deliver(letters.good(1))
    office.once()
    office.once()

    assert len(office.received_by(ZHANG)) == 1
    (alarm,) = office.received_by(ADMIN)
    text = alarm.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "call-for-papers.yaml" in text
    assert alarm["Auto-Submitted"] == "auto-generated"


def test_rules_that_were_never_good_exit_2(office: Office) -> None:
    """Without any good rules to fall back on, the worker says what is wrong and ends."""
    (office.home / "rules/call-for-papers.yaml").write_text("rules: [{id: 1}]\n", encoding="utf-8")
    told = office.mailbot("once", check=False)
    assert told.returncode == 2
    assert "call-for-papers.yaml:1" in told.stderr


@pytest.mark.parametrize("poison", ["hang", "abort", "memory"])
def test_a_letter_that_breaks_the_reader_is_parked_after_three_tries_and_delays_nothing(
    office: Office, poison: str
) -> None:
    """Three deaths of the reading child park the letter, across restarts; the one after it is answered at once."""
    office.set("mailbox:", "limits: {reading_seconds: 2, memory: 256MiB}\nmailbox:")
    office.deliver(
        letters.letter(
            f"投稿：poison {poison}", "x", sender=LI, message_id="<poison@mail.example.cn>", files={"稿.docx": b"x"}
        ),
        LI,
    )
    office.deliver(letters.good(1))
    for attempt in range(3):
        office.once("--reader", "tests.stories.poisoned_child", "--later", str(attempt * 3600))
    with office.world() as world:
        (parked,) = world.ledger.letters_in(Stage.PARKED)
        assert parked.crashes == 3
        assert parked.reason
    assert len(office.received_by(ZHANG)) == 1
    assert not office.received_by(LI)

    (listed,) = json.loads(office.mailbot("parked", "list", "--json").stdout)
    assert Path(listed["file"]).read_bytes() in office.in_mailbox(OFFICE)
    office.mailbot("parked", "retry", listed["name"])
    office.once()
    assert len(office.received_by(LI)) == 1


def test_a_parked_letter_can_be_dismissed(office: Office) -> None:
    """`parked dismiss` sets it aside for good; what is not parked is refused with a sentence."""
    office.set("mailbox:", "limits: {reading_seconds: 2, memory: 256MiB}\nmailbox:")
    office.deliver(letters.letter("投稿：poison abort", "x", sender=LI, files={"稿.docx": b"x"}), LI)
    for attempt in range(3):
        office.once("--reader", "tests.stories.poisoned_child", "--later", str(attempt * 3600))
    (listed,) = json.loads(office.mailbot("parked", "list", "--json").stdout)
    office.mailbot("parked", "dismiss", listed["name"])
    again = office.mailbot("parked", "dismiss", listed["name"], check=False)
    assert again.returncode == 2
    assert "dismissed" in again.stderr


def test_a_full_disk_stops_fetching_says_so_and_goes_on_when_there_is_room(office: Office) -> None:
    """With no room nothing is lost or half filed; as soon as there is room the next pass does the rest by itself."""
    office.storage.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(office.storage)]
    subprocess.run(mount, check=True)
    try:
        office.deliver(letters.good(1))
        assert office.killable() == 1
        assert "storage-full" in office.log()
        assert not office.received_by(ZHANG)
        subprocess.run(["mount", "-o", "remount,size=200m", str(office.storage)], check=True)
        office.once()
        assert len(office.received_by(ZHANG)) == 1
        assert office.mailbot("store", "verify").returncode == 0
    finally:
        subprocess.run(["umount", "-l", str(office.storage)], check=True)


def test_a_refused_login_is_told_as_such_and_once_exits_1(office: Office) -> None:
    """A wrong authorization code is no network fault: the message says what to look at, the exit code is 1."""
    environment = {**office.environment(), "MAILBOT_PASSWORD": "nicht-das-richtige"}
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "mailbox-refused" in done.stderr
    assert "authorization code" in done.stderr
    assert "nicht-das-richtige" not in done.stderr
