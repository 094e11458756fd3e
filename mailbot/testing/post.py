"""The in-memory twin of the post: what was sent lies in a list, and what it answers can be told beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mailbot.model import OutgoingMail, SendOutcome, SendResult


@dataclass
class MemoryPost:
    """ports.Post without a network.

    `delivered` holds what was taken: also a mail whose reply got lost (UNCERTAIN). `results` are used up first, one a
    mail; then every mail is taken. An address in `unknown` is refused.
    """

    unknown: frozenset[str] = frozenset()
    results: list[SendResult] = field(default_factory=list)
    delivered: list[OutgoingMail] = field(default_factory=list)

    def send(self, mail: OutgoingMail, before_final_dot: Callable[[], None]) -> SendResult:
        """Take the mail, or answer what was told; a result that fits no final dot comes before it."""
        if self.results:
            result = self.results.pop(0)
        elif mail.recipient in self.unknown:
            result = SendResult(outcome=SendOutcome.REFUSED, reply="550 5.1.1 no such user")
        else:
            result = SendResult(outcome=SendOutcome.SENT, reply=f"250 queued as memory-{len(self.delivered) + 1}")
        if result.outcome in (SendOutcome.SENT, SendOutcome.UNCERTAIN):
            before_final_dot()
            self.delivered.append(mail)
        return result
