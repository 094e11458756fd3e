"""The main job on real servers: an article comes by mail; it is fetched, filed, answered, and told to the editors."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

from mailbot.model import Stage
from mailbot.outgoing import HALT
from tests.servers.office import CONTRIBUTORS, EDITOR, OFFICE, Office, wait_until
from tests.stories import letters

ONE_DAY = 86_400
ZHANG, LI, WANG = CONTRIBUTORS


def test_a_good_article_is_filed_under_its_issue_and_acknowledged(office: Office) -> None:
    """A complete submission gets a number, lies under the open issue, and its sender has one acknowledgement."""
    office.deliver(letters.good(1))
    office.once()

    (answer,) = office.received_by(ZHANG)
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["In-Reply-To"] == "<good-1@mail.example.cn>"
    assert OFFICE in answer["From"]
    (listed,) = json.loads(office.mailbot("submissions", "list", "--json").stdout)
    assert listed["state"] == "ready"
    assert listed["issue"] is not None
    assert listed["number"].startswith("SQ-")
    folder = office.storage / listed["folder"]
    assert folder.parent.name == listed["issue"]
    assert {path.name for path in (folder / "r1").iterdir()} == {
        "manuscripts", "pictures", "other", "letter.eml", "text.txt", "manifest.json",
    }  # fmt: skip
    assert [path.name for path in (folder / "r1/manuscripts").iterdir()] == ["楼门议事第1篇.docx"]
    assert office.mailbot("store", "verify").stdout.strip() == "store and ledger agree"


def test_what_is_missing_is_asked_for_all_at_once(office: Office) -> None:
    """A submission without unit is returned with every fault named; it lies among the incomplete ones."""
    office.deliver(letters.without_unit(1), LI)
    office.once()

    (answer,) = office.received_by(LI)
    text = answer.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "报送单位" in text
    (listed,) = json.loads(office.mailbot("submissions", "list", "--json").stdout)
    assert listed["state"] == "incomplete"
    assert (office.storage / listed["folder"]).parent.name == "incomplete"


def test_machines_are_never_answered_and_the_mailbox_is_never_changed(office: Office) -> None:
    """A vacation reply is kept and ignored; no flag, no folder and no byte of the mailbox differs after a pass."""
    office.deliver(letters.vacation(1), WANG)
    before = office.in_mailbox(OFFICE)
    office.once()

    assert not office.received_by(WANG)
    assert office.in_mailbox(OFFICE) == before
    unseen = office.dovecot.doveadm("search", "-u", OFFICE, "mailbox", "INBOX", "unseen")
    assert len(unseen.stdout.split()) == 2  # mailbox and UID of the one unseen letter


def test_the_editors_get_one_digest_a_day_and_it_balances(office: Office) -> None:
    """The day after, each editor gets one mail that counts every letter once; another pass sends none."""
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    office.deliver(letters.vacation(1), WANG)
    office.once()
    assert not office.received_by(EDITOR)

    office.once("--later", str(ONE_DAY))
    office.once("--later", str(ONE_DAY + 60))
    (digest,) = office.received_by(EDITOR)
    assert digest["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in digest.walk()} >= {"text/plain", "text/html"}
    with office.world() as world:
        today = world.daily.today()
        page = world.daily.page([today])
    assert page.total.received == 3
    assert not page.unbalanced


def test_a_second_pass_does_nothing_again(office: Office) -> None:
    """Letters that are known are neither fetched, filed nor answered again."""
    office.deliver(letters.good(1))
    office.once()
    office.once()
    assert len(office.received_by(ZHANG)) == 1
    assert len(json.loads(office.mailbot("submissions", "list", "--json").stdout)) == 1


def test_one_pass_waits_for_the_pause_between_two_mails(office: Office) -> None:
    """`once` does not end while a mail waits for nothing but `smtp.pause`."""
    office.set("pause: 0s", "pause: 1s")
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    assert "nothing waits in the outbox" in office.mailbot("once").stdout
    assert len(office.received_by(ZHANG)) == len(office.received_by(LI)) == 1


def test_letters_that_lay_there_before_the_first_start_are_filed_and_not_answered(office: Office) -> None:
    """`first_run: adopt` files the old letters silently; what comes later is answered."""
    office.set("first_run: process", "first_run: adopt")
    office.deliver(letters.good(1))
    office.once()
    office.deliver(letters.good(2))
    office.once()

    assert [answer["In-Reply-To"] for answer in office.received_by(ZHANG)] == ["<good-2@mail.example.cn>"]
    assert len(json.loads(office.mailbot("submissions", "list", "--json").stdout)) == 2


def test_the_scheduled_worker_fetches_by_itself_and_ends_on_sigterm(office: Office) -> None:
    """`mailbot run` answers a letter that comes while it runs, is healthy, and ends within ten seconds of SIGTERM."""
    log = (office.home / "run.log").open("wb")
    worker = subprocess.Popen(
        [sys.executable, "-m", "mailbot", "run"],
        env=office.environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_until(lambda: office.mailbot("status", check=False).returncode == 0)
        office.deliver(letters.good(1))
        wait_until(lambda: len(office.received_by(ZHANG)) == 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    finally:
        if worker.poll() is None:
            worker.kill()
        log.close()
    lines = (office.home / "run.log").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["event"] for line in lines)
    assert "pw1" not in "\n".join(lines)
    assert office.mailbot("status", check=False).returncode == 1


def test_a_rehearsal_holds_every_answer_back_until_it_is_released(office: Office) -> None:
    """With `notices.mode: queue` nothing goes out; `notices release` lets it go, `dismiss` sets it aside."""
    office.set("notices: {", "notices: {mode: queue, ")
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    assert "held back until `mailbot notices release`: 2" in office.mailbot("once").stdout
    assert not office.received_by(ZHANG) + office.received_by(LI)

    first, second = sorted(json.loads(office.mailbot("notices", "list", "--json").stdout), key=lambda mail: mail["id"])
    office.mailbot("notices", "release", str(first["id"]))
    office.mailbot("notices", "dismiss", str(second["id"]))
    office.once()
    assert len(office.received_by(ZHANG)) == 1
    assert not office.received_by(LI)
    assert office.mailbot("notices", "release", str(first["id"]), check=False).returncode == 2


def test_one_pass_says_until_when_all_sending_rests(office: Office) -> None:
    """Where the account was refused, `once` says why its mails wait, and until when."""
    office.once()
    with office.world() as world:
        until = world.clock.now() + timedelta(minutes=4)
        world.ledger.note(HALT, f"{until.isoformat()} stop: 535 fail authentication")
        shown = f"{until.astimezone(world.zone):%Y-%m-%d %H:%M}"
    office.deliver(letters.good(1))
    told = office.mailbot("once").stdout
    assert "mails that wait in the outbox: 1" in told
    assert f"all sending rests until {shown}: stop: 535 fail authentication" in told
    assert not office.received_by(ZHANG)


def test_one_address_gets_so_many_answers_and_no_more(office: Office) -> None:
    """Over `per_correspondent` an answer is held back for a person; acknowledgements go out all the same."""
    office.set("per_correspondent: null", "per_correspondent: 1/day")
    for number in (1, 2):
        office.deliver(letters.without_unit(number), LI)
    office.deliver(letters.good(3, sender=LI), LI)
    office.once()
    kinds = sorted(mail["In-Reply-To"] for mail in office.received_by(LI))
    assert kinds == ["<good-3@mail.example.cn>", "<nounit-1@mail.example.cn>"]
    (held_back,) = [m for m in json.loads(office.mailbot("notices", "list", "--json").stdout) if m["state"] == "queued"]
    assert held_back["to"] == LI


def test_a_second_worker_is_refused_and_told_who_works(office: Office) -> None:
    """While one worker holds the ledger, running or stopped, another exits with 1 and names it."""
    with office.world() as world:
        world.lock()
        refused = office.mailbot("once", check=False)
        assert refused.returncode == 1
        assert str(os.getpid()) in refused.stderr
    assert office.mailbot("once").returncode == 0


def test_a_letter_that_cannot_be_a_mail_is_held_and_kept(office: Office) -> None:
    """An empty letter is held as unreadable at once, and answered by nobody."""
    office.deliver(b"\x00\x01\x02" * 50)
    office.once()
    with office.world() as world:
        (row,) = world.ledger.letters_in(Stage.CLOSED)
    assert row.verdict == "hold"


def test_over_max_letter_only_the_header_is_kept_and_the_letter_held(office: Office) -> None:
    """A letter over `max_letter` is shown with its header and waits for an editor."""
    office.set("  first_run: process", "  first_run: process\n  max_letter: 20KiB")
    office.deliver(letters.good(1))
    office.once()
    with office.world() as world:
        (row,) = world.ledger.letters_in(Stage.CLOSED)
    assert row.verdict == "hold"
    assert row.subject == "投稿：楼门议事第1篇"
    assert not row.raw.complete
    assert not office.received_by(ZHANG)
