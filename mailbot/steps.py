"""The named steps between two durable effects.

Each edge and each step of the process calls `at(step)` where a death would be most awkward. In the running program
that is a function that does nothing; the tests that kill the worker hand in one that does not come back.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """Where the worker may be killed, in the order in which one letter passes."""

    ADOPTION_LISTED = "adoption-listed"  # the UIDs of the first start are known, none is written
    ADOPTION_WRITTEN = "adoption-written"  # they are in the ledger, nothing is fetched
    LETTER_SPOOLING = "letter-spooling"  # some bytes of a letter are in the spool
    LETTER_SYNCED = "letter-synced"  # all bytes are on disk under the temporary name
    LETTER_STORED = "letter-stored"  # the letter has its name, the ledger does not know it
    LETTER_RECEIVED = "letter-received"  # the ledger has it
    FILES_GATHERED = "files-gathered"  # what came with one earlier letter lies beside this one's files
    LETTER_READ = "letter-read"  # the reading child has answered
    LETTER_JUDGED = "letter-judged"  # verdict and numbers are in the ledger
    MOVED = "moved"  # a submission lies in its new place, the ledger does not know
    MOVE_RECORDED = "move-recorded"  # it does, the revision or judgement that moved it is not filed
    FILING_WRITTEN = "filing-written"  # the submission's folder is complete under its temporary name
    FILING_RENAMED = "filing-renamed"  # it has its name, the ledger does not know
    LETTER_FILED = "letter-filed"  # the ledger knows
    BOUNCE_RECORDED = "bounce-recorded"  # the mail that came back is marked, the report is not closed
    LETTER_ANSWERING = "letter-answering"  # the answer is in the outbox
    MAIL_CONNECTED = "mail-connected"  # logged in at the SMTP server
    MAIL_SENDING = "mail-sending"  # all but the final dot has gone, "sending" is in the ledger
    MAIL_ACCEPTED = "mail-accepted"  # the server said 250, the ledger does not know
    MAIL_RECORDED = "mail-recorded"  # it does
    JUDGED_AGAIN = "judged-again"  # a new judgement counts, the submission lies in its old place
    DIGEST_COMPOSED = "digest-composed"  # the digest is made, not queued
    DIGEST_QUEUED = "digest-queued"  # it is in the outbox


At = Callable[[Step], None]


def unhindered(step: Step) -> None:
    """The `at` of the running program: go on."""
