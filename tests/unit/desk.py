"""An office in memory, for tests of what happens to letters one after the other."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

from mailbot.model import MailCause, Office, OutgoingMail, SendOutcome, SendResult, SubmissionState
from mailbot.moving import finish_moves
from mailbot.notices.seal import sealed
from mailbot.notices.templates import load_templates
from mailbot.notices.templates import read_folder as read_templates
from mailbot.ports import Arrival, MailSummary
from mailbot.process import Policy, Process, Sources
from mailbot.rejudge import Rejudge
from mailbot.rulebook.load import load_rulebook, read_folder
from mailbot.steps import At, unhindered
from mailbot.testing.clock import FixedClock
from mailbot.testing.ledger import memory_ledger
from mailbot.testing.mailbox import ARRIVED
from mailbot.testing.reader import InProcessReader
from mailbot.testing.store import TemporaryStore
from mailbot.verify import verify
from tests.unit.dossiers import SHIPPED

TEMPLATES = load_templates(read_templates(SHIPPED.parent / "templates"))
STRICT = load_rulebook(read_folder(SHIPPED))


class Desk:
    """An office in memory: letters come in, rules change, an admin has them judged again."""

    def __init__(self) -> None:
        self.clock, self.store, self.rulebook = FixedClock(ARRIVED + timedelta(hours=1)), TemporaryStore(), STRICT
        self.ledger = memory_ledger(self.clock.now)
        self.sources = Sources(lambda: self.rulebook, lambda: TEMPLATES)
        self.notices = "send"
        self._folder = self.ledger.open_folder("INBOX", 1, ARRIVED)
        self._uid = 0
        self.sent: dict[int, OutgoingMail] = {}

    @property
    def policy(self) -> Policy:
        return Policy(
            office=Office(address="tougao@example.cn"),
            office_name="编辑部",
            numbering="SQ-{}-{:04}".format,
            notices=self.notices,
            per_correspondent=None,
            key=b"k",
        )

    def receive(self, raw: bytes, *, sent: bool = True, too_old: bool = False) -> int:
        """A letter comes, is judged and answered; its answer goes out."""
        number = self.arrive(raw, too_old=too_old)
        self.process().carry(self.ledger.letter_row(number))
        if sent:
            self.send()
        return number

    def arrive(self, raw: bytes, *, too_old: bool = False) -> int:
        """A letter comes."""
        self._uid += 1
        spool = self.store.spool()
        spool.write(raw)
        arrival = Arrival(self._uid, self.store.keep(spool, ARRIVED, len(raw)), too_old)
        (number,) = self.ledger.receive(self._folder.id, [arrival], ARRIVED)
        return number

    def process(self) -> Process:
        """The order of effects, as a worker that has just started has it."""
        return Process(
            ledger=self.ledger,
            store=self.store,
            reader=InProcessReader(language="zh-CN"),
            sources=self.sources,
            policy=self.policy,
            clock=self.clock,
        )

    def carry(self) -> None:
        """All letters that have a step to do."""
        self.process().carry_due(lambda: False)
        finish_moves(self.ledger, self.store)

    def mark(self, number: str) -> str:
        """The signed mark of a submission."""
        return sealed(self.policy.key, number)

    def send(self) -> list[str]:
        """All that waits goes out; the texts."""
        texts = []
        while (mail := self.ledger.due_mail(self.clock.now())) is not None:
            self.ledger.mail_sending(mail.id, self.clock.now())
            self.ledger.mail_result(mail.id, SendResult(outcome=SendOutcome.SENT), self.clock.now())
            self.sent[mail.id] = mail
            texts.append(text_of(mail.content))
        return texts

    def rejudge(self, at: At = unhindered) -> Rejudge:
        return Rejudge(
            ledger=self.ledger, store=self.store, sources=self.sources, policy=self.policy, clock=self.clock, at=at
        )

    def state(self, number: str = "SQ-2026-0001") -> SubmissionState:
        (submission,) = [one for one in self.ledger.submissions() if one.number == number]
        return submission.state

    def corrections(self) -> list[MailSummary]:
        return [mail for mail in self.ledger.mails() if mail.cause == MailCause.CORRECTION]

    def sound(self) -> bool:
        """Whether store and ledger agree, byte for byte."""
        return verify(self.store, self.ledger) == []


def text_of(content: bytes) -> str:
    """Subject and text of a mail."""
    message = message_from_bytes(content, policy=policy.default)
    return f"{message['Subject']}\n{message.get_content()}".replace("\r\n", "\n")
