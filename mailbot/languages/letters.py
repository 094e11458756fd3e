"""Which phrases a language must give for understanding letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.languages.machines import MachinePhrases


@dataclass(frozen=True, slots=True)
class CloudHost:
    """Where a provider keeps files that letters only link to.

    `host` is exact; with a leading dot it stands for all hosts below that domain. `path` is what the link's path and
    query begin with. `headed` ones count only below a heading that says that large files follow.
    """

    host: str
    path: str
    provider: str
    headed: bool = False


@dataclass(frozen=True, slots=True)
class LetterPhrases:
    """Phrases in letters; see `mailbot.letter.kinds` and `mailbot.letter.marks` for what each decides.

    All are compared without blanks, in one case and width (NFKC). Subjects are compared at their beginning unless it
    says otherwise.
    """

    submission_words: tuple[str, ...]  # anywhere: the letter means to submit
    submission_subjects: tuple[str, ...]  # the same, at the subject's beginning
    attached_words: tuple[str, ...]  # anywhere: it speaks of an enclosed file
    inquiry_words: tuple[str, ...]  # anywhere: it asks how to submit
    withdrawal_words: tuple[str, ...]  # anywhere: it takes an article back
    status_words: tuple[str, ...]  # anywhere: it asks what became of an article
    supplement_words: tuple[str, ...]  # anywhere: it brings what an earlier letter lacked
    revision_words: tuple[str, ...]  # anywhere: it brings an article once more, changed
    forgotten_words: tuple[str, ...]  # anywhere: it brings what was forgotten
    trial_words: tuple[str, ...]  # at the subject's beginning, or as a line: judge it, and keep nothing
    thanks_words: tuple[str, ...]  # anywhere in a short letter
    received_words: tuple[str, ...]  # anywhere: what we sent has arrived
    reply_prefixes: tuple[str, ...]
    forward_prefixes: tuple[str, ...]
    quote_starts: tuple[str, ...]  # after dashes, begins the line that opens what is quoted of an older letter
    quote_lines: tuple[str, ...]  # such a line, whole and without dashes
    quote_openings: tuple[str, ...]  # how one begins that may be wrapped
    quote_ends: tuple[str, ...]  # a line with a date or an address that ends so does, too
    quote_fields: tuple[tuple[str, ...], tuple[str, ...]]  # so does one of the first, with one of the second below it
    sent_from: tuple[str, ...]  # begins the line that a telephone's program adds
    closings: tuple[str, ...]  # a whole line of greeting, without its mark at the end; the signature follows
    signature_labels: tuple[str, ...]  # before a colon or number, in a signature
    html_stubs: tuple[str, ...]  # anywhere in a short plain text that only says that the letter is in the HTML one
    automatic_subjects: tuple[str, ...]  # an automatic answer, before a colon
    automatic_bodies: tuple[str, ...]  # near the beginning of the text
    bounce_subjects: tuple[str, ...]
    bounce_bodies: tuple[str, ...]  # near the beginning of the text
    receipt_subjects: tuple[str, ...]  # before a colon
    provider_subjects: tuple[str, ...]  # notices of the mail provider itself
    provider_domains: tuple[str, ...]  # from where those come
    machines: MachinePhrases
    expiry_words: tuple[str, ...]  # beside the date on which a linked file expires
    expiry_days: re.Pattern[str]  # how many days it lasts, where no date is given
    dates: re.Pattern[str]  # a date that stands there: year, month, day, and perhaps hour and minute
    expiry_zone: float  # hours east of UTC of such a date
    link_words: tuple[str, ...]  # the text of a link that is no file name
    cloud_headings: tuple[str, ...]  # anywhere, exactly so: large files that the letter links to follow
    cloud_hosts: tuple[CloudHost, ...]
    supplied: re.Pattern[str] | None = None  # in a line without blanks: it says itself what was missing
    withdrawal: re.Pattern[str] | None = None  # in a sentence without blanks: it takes an article back
    kept: re.Pattern[str] | None = None  # in a sentence without blanks: it does not, or only asks how
    question: re.Pattern[str] | None = None  # in a sentence without blanks: it asks something
    sent_topics: re.Pattern[str] | None = None  # in such a sentence: it asks after an article that was sent
    fate_topics: re.Pattern[str] | None = None  # the same, where its sender has sent one
    inquiry_topics: re.Pattern[str] | None = None  # in such a sentence: it asks about submitting
    contributing: re.Pattern[str] | None = None  # anywhere: it is about contributing
    other_topics: re.Pattern[str] | None = None  # in a sentence: only people can answer it, or it sells
    paid_topics: re.Pattern[str] | None = None  # the same, from somebody who has sent an article
    mere_subjects: re.Pattern[str] | None = None  # begins a subject that speaks of submitting and does not submit
    request_words: tuple[str, ...] = ()  # anywhere: it wants something, and is more than a word of thanks
