"""What a letter is: a table of deciders in their order, each a function of the facts. Pure.

A later decider is only asked when all before it had nothing to say; `Kind.OTHER` is what is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from unicodedata import normalize

from mailbot.languages import Language, load
from mailbot.letter.belonging import Belonging, Elsewhere, Finder, nowhere
from mailbot.letter.texts import begins, first_senders, own_text, plain_form, says, split_subject
from mailbot.model import History, Kind, Letter, Manuscript, Office, Role

_SHORT = 200  # characters of a letter of thanks
_ARTICLE = 300  # characters from which on a document is an article though nothing says so
_SENTENCE = re.compile(r"(?:[^。！!；;？?\n.]|\.(?!\s)){1,400}[？?]?")
_SENTENCES = 40  # of a letter in which a question is looked for
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Understood:
    """What a letter is, why, and to what it belongs.

    `trial`: it is only to be judged, and nothing of it kept. `passed_on`: who wrote it first, where somebody of the
    office has passed it on.
    """

    kind: Kind
    reasons: tuple[str, ...]
    belonging: Belonging = field(default_factory=Belonging)
    trial: bool = False
    passed_on: tuple[str, ...] = ()


class Facts:
    """A letter, what was read out of it, and what is known besides; what several deciders ask for is made once."""

    def __init__(
        self,
        letter: Letter,
        manuscripts: Sequence[Manuscript],
        office: Office,
        history: History,
        language: Language,
        arrived_at: datetime = _LONG_AGO,
        elsewhere: Elsewhere = nowhere,
    ) -> None:
        self.letter = letter
        self.manuscripts = tuple(manuscripts)
        self.office = office
        self.history = history
        self.phrases = language.letters
        self.subject, self.is_reply, _ = split_subject(letter.subject, self.phrases)
        self._arrived_at, self._elsewhere = arrived_at, elsewhere

    @cached_property
    def said(self) -> str:
        """What the sender wrote this time; of a forwarded letter all."""
        return own_text(self.letter.subject, self.letter.text, self.phrases)[:20_000]

    @cached_property
    def names(self) -> str:
        """The names of what it encloses and links to."""
        files = (file.name for file in self.letter.files if not file.inline)
        return "\n".join((*files, *(file.name for file in self.letter.cloud_files)))

    @cached_property
    def asked(self) -> str:
        """Where a request may stand: an answer bears the subject of what it answers, unless it says nothing else."""
        answers = self.is_reply or self.letter.in_reply_to
        return self.said if answers and self.said.strip() else f"{self.subject}\n{self.said}"

    def asks_about(self, topics: re.Pattern[str] | None, text: str) -> str:
        """What the text asks about, if it is one of these and the letter brings only words; "" for none.

        The topic stands in a sentence that asks something, or in the one before: "上周投了一篇。请问有消息吗？"
        """
        question = self.phrases.question
        if question is None or topics is None or not self.only_text or self.answers_theirs:
            return ""
        before = ""
        for sentence in _sentences(text):
            if question.search(sentence) and (found := topics.search(sentence) or topics.search(before)):
                return found[0]
            before = sentence if topics is not self.phrases.inquiry_topics else ""
        return ""

    def asks_after(self, text: str) -> str:
        """What the text asks about an article that was sent; "" for nothing."""
        topic = self.asks_about(self.phrases.sent_topics, text)
        if not topic and (self.has_submitted or self.belonging.about):
            topic = self.asks_about(self.phrases.fate_topics, text)
        return topic

    def wants(self) -> str:
        """The sign that a short letter, which answers nothing, wants something about contributing; "" for none.

        It is looked for in all of it, and so only counts where nothing speaks of anything else.
        """
        about, question = self.phrases.contributing, self.phrases.question
        if about is None or question is None or not self.only_text or self.letter.marks or self.for_people:
            return ""
        text = plain_form(f"{self.subject}\n{self.said}")
        if self.is_reply or self.letter.in_reply_to or len(text) > _SHORT:
            return ""
        sentences = _sentences(self.asked)
        asks = any(question.search(one) for one in sentences) or says(text, self.phrases.request_words)
        return found[0] if asks and (found := about.search(text)) else ""

    def takes_back(self, text: str) -> str:
        """With what a sentence of the text takes an article back, if none says otherwise; "" for none."""
        pattern, kept = self.phrases.withdrawal, self.phrases.kept
        sentences = _sentences(text)
        if kept is not None and any(kept.search(sentence) for sentence in sentences):
            return ""
        if phrase := says(text, self.phrases.withdrawal_words):
            return phrase
        found = (pattern.search(sentence) for sentence in sentences) if pattern is not None else ()
        return next((one[0] for one in found if one), "")

    @cached_property
    def for_people(self) -> bool:
        """Whether it speaks of something that only people can answer; payment is that once there is an article."""
        patterns = (self.phrases.other_topics, self.phrases.paid_topics if self.has_submitted else None)
        sentences = _sentences(self.asked)
        return any(pattern.search(one) for pattern in patterns if pattern is not None for one in sentences)

    @cached_property
    def has_submitted(self) -> bool:
        """Whether its sender has sent an article before."""
        return any(one.own for one in self.history.earlier)

    @cached_property
    def answers_theirs(self) -> bool:
        """Whether it answers a letter that is none of ours: an editor's own."""
        return bool(self.letter.in_reply_to) and self.history.answers_ours is None

    @cached_property
    def means_to_submit(self) -> str:
        """The sign that it means to submit, in subject, text or a file's name; "" for none."""
        words = (*self.phrases.submission_words, *self.phrases.trial_words)
        return says(f"{self.subject}\n{self.said}\n{self.names}", words)

    @cached_property
    def readable(self) -> tuple[Manuscript, ...]:
        """The manuscripts that could be read."""
        return tuple(article for article in self.manuscripts if article.text.strip() and article.problem is None)

    @cached_property
    def enclosed(self) -> bool:
        """Whether it encloses a file beside pictures shown in its text."""
        return any(not file.inline for file in self.letter.files)

    @cached_property
    def trial(self) -> bool:
        """Whether the letter asks only to be judged: in its subject, or in a line of its own."""
        words = self.phrases.trial_words
        head = re.split(r"[\W_]", normalize("NFKC", self.subject).lower().lstrip("[【「『《<(〔 "), maxsplit=1)[0]
        lines = (plain_form(line).strip("!.。,:~、()[]【】") for line in self.said.splitlines()[:20])
        return head in words or any(line in words for line in lines)

    @cached_property
    def passed_on(self) -> tuple[str, ...]:
        """Who first sent what somebody of the office passes on; nothing for a letter from outside."""
        sender, office = self.letter.sender, self.office
        if sender is None or sender.address.lower() not in (*office.editors, *office.admins):
            return ()
        enclosed = (one.sender for one in self.letter.forwarded if one.sender is not None)
        names = tuple(f"{one.name} <{one.address}>".strip() for one in enclosed)
        if not names and not split_subject(self.letter.subject, self.phrases)[2]:
            return ()
        return names or first_senders(self.letter.text, self.phrases) or ("?",)

    @cached_property
    def finder(self) -> Finder:
        """What looks for the submissions that the letter belongs to."""
        return Finder(
            self.letter,
            self.manuscripts,
            self.history,
            self.phrases,
            self._arrived_at,
            subject=self.subject,
            said=self.said,
            names=self.names,
            elsewhere=self._elsewhere,
        )

    @cached_property
    def belonging(self) -> Belonging:
        """The submissions that the letter belongs to; a trial belongs to none."""
        if self.trial and (self.manuscripts or self.enclosed):
            return Belonging()
        return self.finder.find(brings_files=self.enclosed or bool(self.letter.cloud_files))

    @cached_property
    def only_text(self) -> bool:
        """Whether its own words are all that it brings."""
        return not (self.enclosed or self.letter.cloud_files or self.readable)


Decider = Callable[[Facts], str | None]
"""Answers why the letter is of this kind, None when it is not."""


def is_unreadable(facts: Facts) -> str | None:
    return None if facts.letter.readable else "empty, binary or not a mail"


def is_empty(facts: Facts) -> str | None:
    letter = facts.letter
    return None if letter.subject or letter.text.strip() or letter.files or letter.cloud_files else "it is empty"


def is_own(facts: Facts) -> str | None:
    sender = facts.letter.sender
    return "it comes from the office's own address" if sender and _same(sender.address, facts.office.address) else None


def _machine(kind: Kind, *, certain: bool) -> Decider:
    """A machine's letter by its marks: by certain ones whatever it carries, by others only without a manuscript."""

    def decide(facts: Facts) -> str | None:
        if not certain and facts.means_to_submit and (facts.enclosed or facts.letter.cloud_files):
            return None
        reasons = [mark.reason for mark in facts.letter.marks if mark.kind is kind and mark.certain >= certain]
        return "; ".join(reasons) or None

    return decide


def withdraws(facts: Facts) -> str | None:
    """It takes an article back. Beside a document only subject and names count: "以此稿为准，前稿撤回" brings one.

    Beside an article only the subject's beginning does: the word may stand in its title.
    """
    if facts.letter.marks:
        return None
    words = facts.phrases.withdrawal_words
    if any(article.characters >= _ARTICLE for article in facts.readable):
        phrase = begins(facts.subject, words)
    else:
        phrase = facts.takes_back(facts.asked if facts.only_text else f"{facts.subject}\n{facts.names}")
    return f"it takes an article back: {phrase}" if phrase else None


def repeats(facts: Facts) -> str | None:
    """The very files that the office has."""
    numbers = facts.belonging.repeats
    return f"it brings once more what is here as {', '.join(numbers)}" if numbers else None


def revises(facts: Facts) -> str | None:
    """It brings an article, or files, for submissions that the office has."""
    if not (facts.manuscripts or facts.enclosed or facts.letter.cloud_files):
        return None
    numbers = facts.belonging.touched
    return f"it belongs to {', '.join(numbers)} and brings something new" if numbers else None


def carries_manuscript(facts: Facts) -> str | None:
    """It encloses a text that it calls a contribution, that is signed like one, or that is as long as one."""
    for article in facts.readable:
        signed = not facts.answers_theirs and (article.byline.unit or article.byline.authors)
        if facts.means_to_submit or signed or article.characters >= _ARTICLE:
            return f"it carries a manuscript: {article.source}"
    return None


def asks_after(facts: Facts) -> str | None:
    if not facts.only_text or (_speaks_of_enclosed(facts) and not facts.has_submitted):
        return None
    phrase = says(facts.asked, facts.phrases.status_words)
    return f"it asks what became of an article: {phrase}" if phrase else None


def supplements(facts: Facts) -> str | None:
    """Its words alone complete a submission."""
    numbers = facts.belonging.touched if facts.only_text else ()
    return f"it says what {', '.join(numbers)} lacked" if numbers else None


def asks_how(facts: Facts) -> str | None:
    if not facts.only_text or facts.answers_theirs or _speaks_of_enclosed(facts) or facts.for_people:
        return None
    phrase = says(facts.asked, facts.phrases.inquiry_words)
    return f"it asks how to submit: {phrase}" if phrase else None


def means_to_submit(facts: Facts) -> str | None:
    """It says so, and links to a file, encloses one that could not be read, or forgot it."""
    sign = facts.means_to_submit
    if not sign:
        return None
    if facts.letter.cloud_files:
        return f"it means to submit ({sign}) and links to a file"
    if facts.enclosed:
        if _only_pictures(facts) and says(f"{facts.subject}\n{facts.said}", facts.phrases.supplement_words):
            return None  # photos for an article that came before
        return f"it means to submit ({sign}) and encloses a file that holds no readable article"
    if facts.is_reply or says(facts.said, facts.phrases.received_words):
        return None
    mere = facts.phrases.mere_subjects
    begun = begins(facts.subject, facts.phrases.submission_subjects)
    if mere is not None and mere.match(plain_form(facts.subject)):
        begun = ""
    asks = begun and (facts.asks_about(facts.phrases.inquiry_topics, facts.said) or facts.asks_after(facts.said))
    if (begun and not asks) or says(facts.said, facts.phrases.attached_words):
        return f"it means to submit ({sign}) and encloses no file"
    return None


def wonders_after(facts: Facts) -> str | None:
    """One of its sentences asks something, and speaks of an article that was sent."""
    topic = facts.asks_after(facts.asked)
    return f"it asks about an article: {topic}" if topic else None


def wonders_how(facts: Facts) -> str | None:
    """One of its sentences asks something, and speaks of submitting; what answers a mail is for its editor."""
    if facts.is_reply or facts.letter.in_reply_to or facts.for_people:
        return None
    topic = facts.asks_about(facts.phrases.inquiry_topics, facts.asked)
    return f"it asks about submitting: {topic}" if topic else None


def wants_state(facts: Facts) -> str | None:
    """It wants something about contributing, from somebody who has contributed."""
    topic = facts.wants() if facts.has_submitted or facts.belonging.about else ""
    return f"it wants to know something about an article: {topic}" if topic else None


def wants_help(facts: Facts) -> str | None:
    """It wants something about contributing, from somebody who has not."""
    topic = facts.wants()
    return f"it wants to know something about submitting: {topic}" if topic else None


def _sentences(text: str) -> list[str]:
    """The first sentences of a text, as phrases are compared."""
    return [plain_form(sentence) for sentence in _SENTENCE.findall(text)[:_SENTENCES]]


def _speaks_of_enclosed(facts: Facts) -> bool:
    """Whether it is a covering letter whose file was forgotten."""
    says_so = begins(facts.subject, facts.phrases.submission_subjects)
    return bool(says_so and says(facts.said, facts.phrases.attached_words))


def _only_pictures(facts: Facts) -> bool:
    return all(file.inline or file.role is Role.PICTURE for file in facts.letter.files)


def people_talk(facts: Facts) -> str | None:
    """They answer each other, speak of an article that is here, or say thanks; who wants something does not."""
    if facts.answers_theirs:
        return "it answers a letter that is not ours"
    if facts.enclosed:
        return None
    if facts.history.answers_ours is not None:
        return "it answers a mail of ours and brings nothing new"
    if facts.is_reply:
        return "it answers a letter and brings nothing new"
    if facts.belonging.about:
        return f"it speaks of {', '.join(facts.belonging.about)} and brings nothing new"
    if says(facts.said, facts.phrases.request_words):
        return None
    if len(facts.said) <= _SHORT and (word := says(f"{facts.subject}\n{facts.said}", facts.phrases.thanks_words)):
        return f"a word of thanks: {word}"
    return None


_MACHINES = (Kind.BOUNCE, Kind.RECEIPT, Kind.AUTOMATIC, Kind.BULK)

DECIDERS: tuple[tuple[Kind, Decider], ...] = (
    (Kind.UNREADABLE, is_unreadable),
    (Kind.OWN, is_own),
    *((kind, _machine(kind, certain=True)) for kind in _MACHINES),
    (Kind.WITHDRAWAL, withdraws),
    (Kind.SUBMISSION, repeats),
    (Kind.REPLY, revises),
    (Kind.SUBMISSION, carries_manuscript),
    *((kind, _machine(kind, certain=False)) for kind in _MACHINES),
    (Kind.STATUS_QUERY, asks_after),
    (Kind.REPLY, supplements),
    (Kind.INQUIRY, asks_how),
    (Kind.SUBMISSION, means_to_submit),
    (Kind.STATUS_QUERY, wonders_after),
    (Kind.INQUIRY, wonders_how),
    (Kind.STATUS_QUERY, wants_state),
    (Kind.INQUIRY, wants_help),
    (Kind.CONVERSATION, people_talk),
    (Kind.UNREADABLE, is_empty),
)
"""The kinds in the order in which they are asked."""


_REQUESTS = (Kind.WITHDRAWAL, Kind.STATUS_QUERY)
_OF_ARTICLES = (Kind.SUBMISSION, Kind.REPLY)


def classify(
    letter: Letter,
    manuscripts: Sequence[Manuscript],
    office: Office,
    history: History,
    arrived_at: datetime = _LONG_AGO,
    elsewhere: Elsewhere = nowhere,
) -> Understood:
    """The kind of a letter (design section 4), why, and the submissions that it belongs to."""
    facts = Facts(letter, manuscripts, office, history, load(office.language), arrived_at, elsewhere)
    kind, reason = next(
        ((kind, reason) for kind, decide in DECIDERS if (reason := decide(facts))),
        (Kind.OTHER, "no sign says what it is"),
    )
    if kind in _OF_ARTICLES:
        return Understood(kind, (reason,), facts.belonging, facts.trial, facts.passed_on)
    about = facts.finder.asked_about() if kind in _REQUESTS else facts.belonging.about
    return Understood(kind, (reason,), Belonging(about=about))


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
