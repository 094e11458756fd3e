"""Which mail of ours a delivery report speaks of, and what follows for whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.bounced import record_bounce
from mailbot.model import Bounce, Dossier, Kind
from mailbot.ports import BounceRow, Ledger, MailSummary
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.reader import InProcessReader
from mailbot.testing.store import TemporaryStore
from tests.contracts.ledger import HOUR, NOW, arrival, dossier, received
from tests.contracts.ledger_bounces import sent
from tests.unit.test_process import the_process

WANG = "wang@example.cn"
GONE = Bounce(recipients=(WANG,), hard=True, status="5.1.1", words="550 User unknown")


@pytest.fixture
def ledger() -> Ledger:
    """One in memory."""
    return memory_ledger()


@pytest.fixture
def mail(ledger: Ledger) -> MailSummary:
    """A mail that went out to Wang an hour after NOW."""
    (letter,) = received(ledger, "article")
    return sent(ledger, letter)


def a_bounce(said: Bounce, kind: Kind = Kind.BOUNCE, hours: float = 2) -> Dossier:
    """A letter that says so, hours after NOW."""
    facts = dossier(kind, articles=0, arrived_at=NOW + hours * HOUR)
    return replace(facts, letter=replace(facts.letter, bounce=said))


def told(ledger: Ledger, facts: Dossier) -> list[BounceRow]:
    """What the ledger keeps of it."""
    (letter,) = received(ledger, "bounce")
    record_bounce(ledger, letter, facts)
    return ledger.bounces(NOW, NOW + 1000 * HOUR)


def test_a_report_that_names_our_mail_counts_for_its_recipient(ledger: Ledger, mail: MailSummary) -> None:
    """By its Message-ID, whatever address it was passed on to; then the address may be left in silence."""
    said = replace(GONE, recipients=("far@example.org",), message_ids=("<other@x.example>", "<answer.1@example.cn>"))
    (row,) = told(ledger, a_bounce(said))

    assert (row.mail, row.recipient, row.proven, row.hard) == (mail.id, WANG, True, True)
    assert ledger.hard_bounces(WANG, NOW) == 1
    assert ledger.hard_bounces("far@example.org", NOW) == 0


@pytest.mark.parametrize(
    "said",
    [
        replace(GONE, subject="收 到"),
        replace(GONE, recipients=("li@example.cn", "WANG@example.cn")),
        replace(GONE, subject="收到", message_ids=("<strange@x.example>",)),
        GONE,
    ],
)
def test_a_report_that_names_recipient_and_time_counts_for_the_mail_only(
    said: Bounce, ledger: Ledger, mail: MailSummary
) -> None:
    """It is shown with its submission, and nobody falls silent for it: a stranger could have written it."""
    (row,) = told(ledger, a_bounce(said))
    (submission,) = ledger.submissions()

    assert (row.mail, row.proven, row.number) == (mail.id, False, submission.number)
    assert ledger.hard_bounces(WANG, NOW) == 0


@pytest.mark.parametrize(
    "facts",
    [
        a_bounce(replace(GONE, subject="编辑部的信")),
        a_bounce(replace(GONE, message_ids=("<editor@example.cn>",))),
        a_bounce(replace(GONE, recipients=("li@example.cn",))),
        a_bounce(GONE, hours=24 * 8),
        a_bounce(GONE, hours=-1),
        a_bounce(replace(GONE, message_ids=("<answer.1@example.cn>",)), Kind.AUTOMATIC),
        dossier(Kind.BOUNCE, articles=0),
    ],
)
def test_what_speaks_of_another_mail_is_not_ours(facts: Dossier, ledger: Ledger, mail: MailSummary) -> None:
    """Another subject, another Message-ID, another recipient, too late, too early, or no bounce at all."""
    assert told(ledger, facts) == []


def test_of_several_mails_the_subject_tells_which(ledger: Ledger) -> None:
    """The last one with the subject, also where a provider has cut it; without a subject the last one."""
    one, other = received(ledger, "one", "other")
    first, second = sent(ledger, one, subject="收到您的来稿：社区食堂"), sent(ledger, other, subject="请补正")

    assert [row.mail for row in told(ledger, a_bounce(replace(GONE, subject="收到您的来稿：社…")))] == [first.id]
    (later,) = received(ledger, "another bounce")
    record_bounce(ledger, later, a_bounce(GONE))
    assert [row.mail for row in ledger.bounces(NOW, NOW + 1000 * HOUR)] == [first.id, second.id]


def test_the_process_keeps_what_came_back(ledger: Ledger, mail: MailSummary) -> None:
    """A bounce on its path is kept with the mail and the submission, and closed without an answer."""
    text = (
        "From: Postmaster@163.com\r\nTo: tougao@example.cn\r\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\r\n"
        "In-Reply-To: <answer.1@example.cn>\r\nAuto-Submitted: auto-generated\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "抱歉，您的邮件被退回来了……\r\n收件人：wang@example.cn\r\n退信原因：550 User not found\r\n"
    )
    store = TemporaryStore()
    spool = store.spool()
    spool.write(text.encode())
    kept = store.keep(spool, NOW + 2 * HOUR, len(text))
    folder = ledger.open_folder("INBOX", 1, NOW)
    (letter,) = ledger.receive(folder.id, [replace(arrival(99), raw=kept)], NOW + 2 * HOUR)
    process = the_process(ledger, store, InProcessReader(language="zh-CN"), FixedClock(NOW + 2 * HOUR))
    process.carry(ledger.letter_row(letter))

    (row,) = ledger.bounces(NOW, NOW + 1000 * HOUR)
    assert (row.letter, row.mail, row.hard, row.proven) == (letter, mail.id, True, True)
    assert ledger.letter_row(letter).kind is Kind.BOUNCE
    assert len(ledger.mails()) == 1
    assert any(f"letter:{letter}" in event.why for event in ledger.events(f"mail:{mail.id}"))
