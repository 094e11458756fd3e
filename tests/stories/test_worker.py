"""The worker: asked to end at an awkward moment, paced, and asked about while it is not there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import pytest

from mailbot.model import MailCause, MailState, Stage
from tests.servers.office import CONTRIBUTORS, Office, wait_until
from tests.servers.proxy import FaultProxy
from tests.stories import letters

ZHANG, LI, _ = CONTRIBUTORS


@pytest.mark.parametrize(("command", "number"), [("run", signal.SIGTERM), ("once", signal.SIGINT)])
def test_a_worker_that_waits_for_a_silent_server_ends_within_ten_seconds(
    office: Office, command: str, number: signal.Signals
) -> None:
    """The server says nothing any more: the worker does not wait for it, and leaves no traceback."""
    proxy = FaultProxy(office.dovecot.imaps)
    proxy.mode = "blackhole"
    proxy.start()
    office.set(f"port: {office.dovecot.imaps}", f"port: {proxy.port}")
    worker = subprocess.Popen(
        [sys.executable, "-m", "mailbot", command],
        env=office.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with office.world() as world:
            wait_until(lambda: world.holder() is not None)
        wait_until(lambda: proxy.connections > 0)
        begin = time.monotonic()
        worker.send_signal(number)
        _, said = worker.communicate(timeout=12)
        assert time.monotonic() - begin < 10
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()
        proxy.stop()
    assert worker.returncode == (0 if command == "run" else 1)
    assert "Traceback" not in said
    assert all(json.loads(line)["event"] for line in said.splitlines())


def test_one_pass_waits_for_the_pause_between_mails(office: Office) -> None:
    """`once` ends when nothing is due: a pause is waited for, so that all answers go out."""
    office.set("pause: 0s", "pause: 1s")
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    done = office.mailbot("once")
    assert "nothing waits" in done.stdout
    assert len(office.received_by(ZHANG)) == len(office.received_by(LI)) == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["stage"] for line in lines if line["event"] == "letter"] == ["answering"] * 2


def test_looking_before_the_first_start_leaves_no_trace(office: Office) -> None:
    """Commands that only look make neither storage, ledger nor key; `status` says that nothing was started."""
    for command in (["submissions", "list"], ["notices", "list"], ["parked", "list"], ["digest"], ["store", "verify"]):
        office.mailbot(*command)
    told = office.mailbot("status", "--json", check=False)
    assert told.returncode == 1
    assert "the worker was never started" in json.loads(told.stdout)["problems"]
    assert office.mailbot("digest", "--send", check=False).returncode == 2
    assert not office.storage.exists()


def test_a_folder_that_is_not_polled_any_more_does_not_make_it_unhealthy(office: Office) -> None:
    """`mailbox.folders` lost a folder: only those that are polled count; a missing one does count."""
    office.dovecot.doveadm("mailbox", "create", "-u", "tougao@example.cn", "Alt")
    office.set("  first_run: process", "  first_run: process\n  folders: [INBOX, Alt]")
    office.once()
    office.set("folders: [INBOX, Alt]", "folders: [INBOX]")
    office.once("--later", "3600")
    with office.world() as world:
        assert world.ledger.last_good_poll(["INBOX", "Alt"]) != world.ledger.last_good_poll(["INBOX"])
    office.set("folders: [INBOX]", "folders: [INBOX, Fehlt]")
    assert office.killable() == 1


def test_a_template_that_breaks_on_one_letter_holds_up_only_its_answer(office: Office) -> None:
    """The letter is filed, waits with file and line, and is answered once when the template is mended."""
    template = office.home / "templates/acknowledgement.txt.j2"
    good = template.read_text(encoding="utf-8")
    breaks = "{% for one in articles %}{% if '楼门口' in one.title %}{{ articles[99].title }}{% endif %}{% endfor %}"
    template.write_text(good + breaks, encoding="utf-8")
    office.deliver(letters.good(1))
    office.deliver(letters.without_unit(1), LI)
    office.once()
    with office.world() as world:
        (waiting,) = world.ledger.letters_in(Stage.FILED)
        assert "acknowledgement" in waiting.reason
    assert len(office.received_by(LI)) == 1
    assert not office.received_by(ZHANG)

    template.write_text(good, encoding="utf-8")
    office.once("--later", "4000")
    office.once("--later", "8000")
    assert len(office.received_by(ZHANG)) == 1
    with office.world() as world:  # a digest may have become due meanwhile
        sent = world.ledger.mails(MailState.SENT)
        assert len([mail for mail in sent if mail.cause is MailCause.ANSWER]) == 2
