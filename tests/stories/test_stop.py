"""Stopped, silenced or left alone, the worker ends in time, loses nothing, and comes back by itself."""

from __future__ import annotations

import math
import signal
import subprocess
import time
from collections import Counter

from mailbot.model import MailState, Stage
from mailbot.verify import verify
from tests.servers.office import CONTRIBUTORS, OFFICE, Office, wait_until
from tests.servers.proxy import FaultProxy
from tests.servers.smtp import DeliveringSmtp
from tests.stories import letters

ZHANG, LI, WANG = CONTRIBUTORS


def ended_in_time(worker: subprocess.Popen[bytes], office: Office) -> None:
    """It ends with 0 within ten seconds of SIGTERM."""
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0, office.log()


def test_sigterm_amid_a_backlog_leaves_nothing_half_done(office: Office) -> None:
    """Ended while mails go out slowly and the reader is busy, it has lost, doubled and blamed nothing."""
    assert isinstance(office.smtp, DeliveringSmtp)
    office.smtp.delay = 0.5
    for number in range(8):
        office.deliver(letters.without_unit(number, LI), LI)
    for number in range(40):
        office.deliver(letters.vacation(number, WANG), WANG)
    office.deliver(
        letters.letter(
            "投稿：poison hang", "x", sender=ZHANG, message_id="<slow@mail.example.cn>", files={"稿.docx": b"x"}
        )
    )
    office.deliver(letters.good(1))
    with office.worker(
        "tests.stories.killable", str(office.config), "--run", "--reader", "tests.stories.poisoned_child"
    ) as worker:
        wait_until(lambda: '"letter": 48' in office.log())
        wait_until(lambda: len(office.received_by(LI)) >= 2)
        ended_in_time(worker, office)

    with office.world() as world:
        assert verify(world.store, world.ledger) == []
        assert not world.ledger.mails(MailState.SENDING)
        assert not world.ledger.mails(MailState.UNCERTAIN)
        assert world.ledger.mails(MailState.WAITING)
        (slow,) = (row for row in world.letters() if row.id == 49)
        assert (slow.stage, slow.crashes, slow.next_try_at) == (Stage.RECEIVED, 0, None)
    office.smtp.delay = 0
    office.once()
    with office.world() as world:
        assert {row.stage for row in world.letters()} == {Stage.CLOSED}
        assert len(world.letters()) == 50
        assert verify(world.store, world.ledger) == []
    answered = Counter(mail["In-Reply-To"] for mail in [*office.received_by(ZHANG), *office.received_by(LI)])
    assert len(answered) == 10
    assert set(answered.values()) == {1}


def test_servers_that_fell_silent_do_not_hold_up_the_end(office: Office) -> None:
    """With no word from either server the worker still ends in time; later it answers as if nothing had been."""
    with FaultProxy(office.dovecot.imaps) as imap, FaultProxy(office.smtp.port) as smtp:
        office.set(f"port: {office.dovecot.imaps}", f"port: {imap.port}")
        office.set(f"port: {office.smtp.port}", f"port: {smtp.port}")
        smtp.mode = "blackhole"
        office.deliver(letters.good(1))
        with office.worker() as worker:
            wait_until(lambda: smtp.connections == 1)
            before, imap.mode = imap.connections, "blackhole"
            imap.drop()
            wait_until(lambda: imap.connections > before)
            ended_in_time(worker, office)
        imap.mode = smtp.mode = "pass"
        office.once()
    assert [mail["In-Reply-To"] for mail in office.received_by(ZHANG)] == ["<good-1@mail.example.cn>"]


def test_a_stopped_worker_still_holds_the_ledger(office: Office) -> None:
    """While the worker is stopped (SIGSTOP) a second one exits with 1 and names it; when it goes on, it works."""
    with office.worker() as worker:
        wait_until(lambda: "started" in office.log())
        worker.send_signal(signal.SIGSTOP)
        refused = office.mailbot("once", check=False)
        assert refused.returncode == 1
        assert f"process {worker.pid} " in refused.stderr
        worker.send_signal(signal.SIGCONT)
        office.deliver(letters.good(1))
        wait_until(lambda: len(office.received_by(ZHANG)) == 1)
        ended_in_time(worker, office)


def test_a_mailbox_that_is_away_for_a_while_is_waited_for(office: Office) -> None:
    """It tries ever more seldom while the mailbox cannot be reached, and goes on by itself when it is back."""
    office.deliver(letters.good(1))
    with FaultProxy(office.dovecot.imaps) as imap:
        office.set(f"port: {office.dovecot.imaps}", f"port: {imap.port}")
        imap.mode = "refuse"
        with office.worker() as worker:
            wait_until(lambda: imap.connections > 0)
            began = time.monotonic()
            wait_until(lambda: imap.connections >= 3)
            away = time.monotonic() - began
            assert imap.connections <= 2 + math.log2(1 + away), f"{imap.connections} connections in {away:.1f} s"
            imap.mode = "pass"
            wait_until(lambda: len(office.received_by(ZHANG)) == 1)
            ended_in_time(worker, office)
    assert len(office.received_by(OFFICE)) == 1
