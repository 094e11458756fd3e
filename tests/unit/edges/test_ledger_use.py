"""How the ledger bears threads, thousands of letters, and any order of events."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from mailbot.edges.ledger import bounces, digest, holding, letters, mailbox, outbox, sketches
from mailbot.edges.ledger.ledger import SqlLedger
from mailbot.edges.ledger.open import memory_ledger, open_ledger
from mailbot.errors import MailbotError, Transient
from mailbot.model import Kind, MailCause, SendOutcome, SendResult, Stage, Verdict
from mailbot.sketch import KEYS
from tests.contracts.ledger import (
    DAY,
    NOW,
    arrival,
    dossier,
    draft,
    judged,
    judgement,
    numbering,
    received,
    stored,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mailbot.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqlLedger]:
    opened = open_ledger(path, upgrade=True)
    yield opened
    opened.close()


# --- threads and processes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [memory_ledger, None], ids=["memory", "file"])
def test_threads_write_at_once(ledger: SqlLedger, make: Callable[[], SqlLedger] | None) -> None:
    """A polling, a judging and a sending thread use one ledger; nothing is lost and no number is given twice."""
    used = make() if make else ledger
    folder = used.open_folder("INBOX", 1, NOW)
    used.receive(folder.id, [arrival(uid) for uid in range(1, 41)], NOW)
    faults: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - shown by the test's own thread
            faults.append(error)

    def poll() -> None:
        for start in range(100, 400, 10):
            used.receive(folder.id, [arrival(start + n) for n in range(10)], NOW)

    def judge(odd: int) -> None:
        for letter in range(1 + odd, 41, 2):
            judged(used, letter)
            used.filed(letter, [stored(one.id) for one in used.submissions_of(letter)], NOW)
            used.answered(letter, draft(cause_id=str(letter)), NOW)

    def send() -> None:
        sent = 0
        while sent < 40 and not faults:
            mail = used.due_mail(NOW)
            if mail is not None:
                used.mail_sending(mail.id, NOW)
                used.mail_result(mail.id, SendResult(outcome=SendOutcome.SENT), NOW)
                sent += 1

    jobs = [poll, lambda: judge(0), lambda: judge(1), send]
    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert faults == []
    assert [one.number for one in used.submissions()] == [numbering(2026, n) for n in range(1, 41)]
    assert len(used.letters_in(Stage.CLOSED)) == 40
    assert len(used.letters_in(Stage.RECEIVED)) == 300


def test_processes_write_at_once(ledger: SqlLedger, path: Path) -> None:
    """Commands and the worker take turns: a transaction that reads before it writes never fails for another's."""
    code = (
        "import sys; from pathlib import Path; from tests.contracts.ledger import NOW, arrival\n"
        "from mailbot.edges.ledger.open import open_ledger\n"
        "ledger = open_ledger(Path(sys.argv[1]), upgrade=False)\n"
        "for n in range(40): ledger.receive(1, [arrival(1_000_000 + n)], NOW)"
    )
    ledger.open_folder("INBOX", 1, NOW)
    other = subprocess.Popen([sys.executable, "-c", code, str(path)])
    uid = 0
    while other.poll() is None:
        uid += 1
        ledger.receive(1, [arrival(uid)], NOW)

    assert other.returncode == 0
    assert len(ledger.letters_in(Stage.RECEIVED)) == uid + 40


def test_another_process_is_waited_for(ledger: SqlLedger, path: Path) -> None:
    """A command that writes meanwhile delays a transaction and breaks none."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, other.execute, ["COMMIT"])
        timer.start()
        assert received(ledger, "a") == [1]
        timer.join()


def test_a_reader_is_not_held_up_by_a_writer(ledger: SqlLedger, path: Path) -> None:
    """Commands that look see the last committed state while a worker writes, or is stopped in the middle of it."""
    received(ledger, "a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE letters SET stage = 'parked'")
        looking = open_ledger(path, upgrade=False)
        assert looking.letter_row(1).stage is Stage.RECEIVED
        looking.close()
        other.execute("ROLLBACK")


def test_a_ledger_that_stays_held_is_a_passing_fault(ledger: SqlLedger, path: Path) -> None:
    """After the busy timeout the step is Transient: the same step later."""
    with ledger._database.read() as connection:  # the pool's only connection so far: it is used again below
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Transient, match="held by another process"):
            received(ledger, "a")


def test_a_transaction_that_raises_leaves_nothing(ledger: SqlLedger) -> None:
    """Letter, submissions, numbers and events go together or not at all."""
    (letter,) = received(ledger, "a")

    def breaks(year: int, running: int) -> str:
        if running == 2:
            raise MailbotError("no such number")
        return numbering(year, running)

    with pytest.raises(MailbotError, match="no such number"):
        ledger.judged(letter, dossier(articles=2), judgement(Verdict.HOLD, Verdict.HOLD), NOW, breaks)

    assert ledger.submissions() == []
    assert ledger.letter_row(letter).stage is Stage.RECEIVED
    assert len(ledger.events(f"letter:{letter}")) == 1
    judged(ledger, letter)
    assert [one.number for one in ledger.submissions()] == ["SQ-2026-0001"]


# --- thousands of letters --------------------------------------------------------------------------------------------


def _plan(path: Path, query: Select[object]) -> str:
    text = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with closing(sqlite3.connect(path)) as database:
        return "; ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}"))


@pytest.mark.parametrize(
    "query",
    [
        letters.due_query(Stage.RECEIVED, NOW, 20),
        letters.twin_query("f", 1),
        outbox.due_query(NOW),
        outbox.next_query(),
        outbox.went_query(NOW),
        outbox.answers_query("a@example.cn", NOW),
        holding.made_query(NOW, NOW),
        holding.due_query(NOW),
        outbox.ours_query(["<a@example.cn>"]),
        bounces.went_query("a@example.cn", NOW, NOW),
        bounces.hard_query("a@example.cn", NOW),
        sketches.OWN.params(sender="a@example.cn", since=NOW, before=NOW),
        digest.count_query(NOW, NOW),
        digest.entries_query(digest.seen(NOW, NOW)),
        *(digest.entries_query(these) for these in digest.WAITING),
    ],
    ids=lambda query: "",
)
def test_queries_that_run_often_use_an_index(ledger: SqlLedger, path: Path, query: Select[object]) -> None:
    """None of them walks through a whole table, and none but the groups of the balance sorts."""
    plan = _plan(path, query)

    assert "SCAN" not in plan
    assert "ORDER BY" not in plan


def test_resembling_texts_are_found_by_their_keys(ledger: SqlLedger, path: Path) -> None:
    """Only what shares a key is looked at; what is walked through and sorted are these few."""
    plan = _plan(path, sketches.ALIKE.params(before=NOW, **{f"key{n}": n for n in range(KEYS)}))

    assert plan.count("SEARCH sketch_keys USING PRIMARY KEY (hash=?)") == KEYS
    assert not re.search("SCAN (sketch|submissions)", plan)


def test_a_batch_takes_few_statements(ledger: SqlLedger) -> None:
    """Fifty arrivals cost as many statements as five: nothing is asked row by row."""
    folder = ledger.open_folder("INBOX", 1, NOW)

    def statements(uids: range) -> int:
        with ledger._database.write() as connection:
            seen: list[str] = []
            connection.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
            mailbox.receive(connection, folder.id, [arrival(uid) for uid in uids], NOW)
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        return len([one for one in seen if one.startswith("SELECT")])

    assert statements(range(1, 6)) == statements(range(10, 60))


def test_the_breaker_takes_few_statements(ledger: SqlLedger) -> None:
    """Twenty mails that wait are held and released by as many statements as two; the history of each tells of it."""

    def statements(mails: int) -> int:
        for _ in range(mails):
            ledger.queue(replace(draft(), cause=MailCause.CORRECTION, cause_id=str(next(names))), NOW)
        with ledger._database.write() as connection:
            seen: list[str] = []
            connection.connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
            holding.trip(connection, "{}", NOW, "burst", "mailbot", NOW)
            holding.untrip(connection, "its time has come", "mailbot", NOW)
            connection.connection.driver_connection.set_trace_callback(None)  # type: ignore[union-attr]
        return len([one for one in seen if not one.startswith("INSERT INTO events")])  # one statement, told row by row

    names = count(1)
    assert statements(2) == statements(20)
    assert [event.now for event in ledger.events("mail:22")][-2:] == ["queued", "waiting"]


# --- any order of events ---------------------------------------------------------------------------------------------

KINDS = st.sampled_from([Kind.SUBMISSION, Kind.REPLY, Kind.INQUIRY, Kind.BULK, Kind.OTHER])
EVENTS = st.one_of(
    st.tuples(st.just("judge"), KINDS, st.sampled_from(Verdict), st.booleans()),
    st.tuples(st.sampled_from(["die", "file", "answer", "close", "send", "copy", "retry", "dismiss", "gone"])),
)


def _happen(ledger: SqlLedger, letter: int, event: tuple[object, ...]) -> None:
    """Let it happen to the letter; what cannot happen to it now raises and changes nothing."""
    match event:
        case ("judge", Kind() as kind, Verdict() as verdict, bool(trial)):
            ledger.judged(letter, dossier(kind, trial=trial), judgement(verdict), NOW, numbering)
        case ("die",):
            ledger.reader_died(letter, "hung", NOW, NOW)
        case ("file",):
            ledger.filed(letter, [stored(one.id) for one in ledger.submissions_of(letter)], NOW)
        case ("answer",):
            ledger.answered(letter, draft(), NOW)
        case ("close",):
            ledger.answered(letter, None, NOW)
        case ("send",):
            mail = ledger.due_mail(NOW)
            if mail is not None:
                ledger.mail_result(mail.id, SendResult(outcome=SendOutcome.SENT), NOW)
        case ("copy",):
            ledger.is_copy(letter, 1, NOW)
        case ("retry",):
            ledger.retry_parked(letter, "admin", NOW)
        case ("dismiss",):
            ledger.dismiss_parked(letter, "admin", NOW)
        case ("gone",):
            ledger.gone(1, [letter], NOW)


@settings(max_examples=40, deadline=None)
@given(
    adopted=st.sets(st.integers(1, 6)),
    happenings=st.lists(st.tuples(st.integers(1, 6), EVENTS), max_size=30),
)
def test_the_digest_balances_whatever_happens(
    adopted: set[int], happenings: list[tuple[int, tuple[object, ...]]]
) -> None:
    """Promise 7: every letter that is no copy is counted once, on the day it was first seen, after any history."""
    ledger = memory_ledger()
    folder = ledger.open_folder("INBOX", 1, NOW, sorted(adopted))
    ids = ledger.receive(folder.id, [arrival(uid) for uid in range(1, 7)], NOW)
    for letter, event in happenings:
        try:
            _happen(ledger, letter, event)
        except MailbotError:
            continue
    rows = [ledger.letter_row(letter) for letter in ids]
    empty = (DAY[0] + timedelta(days=1), DAY[2], DAY[2] + timedelta(days=1))
    today, tomorrow = ledger.day_counts([DAY, empty])
    ledger.close()

    counted = [row for row in rows if row.stage is not Stage.COPY]
    assert today.balanced
    assert today.received == len(counted)
    assert today.parked == sum(row.stage is Stage.PARKED for row in counted)
    assert today.in_work == sum(row.stage is Stage.RECEIVED for row in counted)
    assert tomorrow.received == 0
