"""Which words of machines a language must give, for telling their letters and what they report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MachinePhrases:
    """Words in the letters of machines, compared like those of `LetterPhrases`: without blanks, in one case and width.

    Machines of all languages write to every office: a language gives the English ones as well as its own. The words
    of reports serve `mailbot.letter.bounces`.
    """

    senders: tuple[str, ...]  # names of machines that bring mails back, whole
    acknowledgements: tuple[str, ...]  # near the beginning: a system of tickets has taken the letter in
    challenges: tuple[str, ...]  # near the beginning: who wrote is to prove that he is no machine
    calendar_subjects: tuple[str, ...]  # the answer to an invitation, before a colon
    read_bodies: tuple[str, ...]  # near the beginning: the letter was opened
    provider_notices: tuple[str, ...]  # subjects that only count from the provider's own domain
    originals: tuple[str, ...]  # a line of a report that says so begins what is quoted of the mail
    recipient_labels: tuple[str, ...]  # before a colon: whom the mail did not reach
    recipient_leads: tuple[str, ...]  # anywhere in a line: those whom it did not reach are named in it or below
    reason_labels: tuple[str, ...]  # before a colon: why not, the surest first
    subject_labels: tuple[str, ...]  # before a colon: the subject of the mail
    delayed: tuple[str, ...]  # anywhere in a report: it will be tried again
    for_now: tuple[str, ...]  # anywhere in the reason: the mailbox is there, this mail was refused
    for_good: tuple[str, ...]  # anywhere in the reason: there is no such mailbox
