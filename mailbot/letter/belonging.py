"""To which submissions a letter belongs: by what it answers and names, then by who sent it and what it resembles. Pure.

A claim by one of our Message-IDs or signed marks proves that its writer has our mail; a number, which anybody may
guess, counts for the address that sent the submission, or together with much the same text. What is not certain enough
is a new submission: two of one are mended more easily than one of two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbot.languages.letters import LetterPhrases
from mailbot.letter.texts import plain_form, says, split_subject
from mailbot.lifecycle import AWAITED, REVISABLE
from mailbot.model import Claim, ClaimedBy, Earlier, History, Letter, Manuscript, SubmissionState
from mailbot.sketch import ALIKE, SAME

_S = SubmissionState

NEXT = 60
"""Percent of the same text from which on the sender's own article is the next revision of the earlier one."""
NAMED = 30
"""The same for one that the letter claims, or that has the same title."""
SHORTEST_TITLE = 5
"""Characters of a title that says something."""
FORGOTTEN = timedelta(hours=2)
"""So soon after a letter without its file the file needs no words to be known as the forgotten one."""
AWAITED_FOR = timedelta(days=30)
"""So long photographs alone are taken for those of the one article that lacks something."""

_LINES = 40  # of a letter that could say what was missing

Elsewhere = Callable[[int, Earlier], bool]
"""Whether the letter's article (by its index) is expressly sent for another issue than the earlier submission."""


def nowhere(article: int, earlier: Earlier) -> bool:
    """No issue is named."""
    return False


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a letter belongs to, by numbers.

    `articles` says of each of its articles of which submission it is the next revision, None for a new one; `touched`
    are all submissions that get a revision, also by files or words without an article. `repeats` are those that the
    letter brings once more, file by file. `about` are those that it speaks of without changing them.
    """

    articles: tuple[str | None, ...] = ()
    touched: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


@dataclass
class Finder:
    """One letter before what the office has. `said` is what its sender wrote this time, `names` its files' names."""

    letter: Letter
    manuscripts: Sequence[Manuscript]
    history: History
    phrases: LetterPhrases
    arrived_at: datetime
    subject: str
    said: str
    names: str
    elsewhere: Elsewhere = nowhere
    taken: set[str] = field(default_factory=set)

    def find(self, *, brings_files: bool) -> Belonging:
        """What the letter belongs to."""
        about = tuple(dict.fromkeys(claim.number for claim in self.history.claims if self._counts(claim)))
        repeats = self._repeats()
        if repeats:
            return Belonging(articles=(None,) * len(self.manuscripts), repeats=repeats, about=about)
        articles = tuple(self._of_article(index) for index in range(len(self.manuscripts)))
        touched = tuple(number for number in articles if number is not None)
        if not self.manuscripts:
            touched = self._of_files() if brings_files else self._of_words()
        return Belonging(articles=articles, touched=tuple(dict.fromkeys(touched)), about=about)

    # --- what is known ------------------------------------------------------------------------------------------------

    def _of(self, number: str) -> Earlier:
        return next(one for one in self.history.earlier if one.number == number)

    def _counts(self, claim: Claim) -> bool:
        if claim.by is not ClaimedBy.NUMBER or self._of(claim.number).own:
            return True
        return any(one.number == claim.number and one.likeness >= ALIKE for one in self.history.earlier)

    def _claimed(self) -> list[Earlier]:
        """What the letter rightly claims and can change, each once, the surest first."""
        numbers = dict.fromkeys(claim.number for claim in self.history.claims if self._counts(claim))
        return [one for one in map(self._of, numbers) if one.state in REVISABLE]

    def _likeness(self, number: str, article: int) -> int:
        alike = (one.likeness for one in self.history.earlier if one.number == number and one.article == article)
        return max(alike, default=0)

    def _own(self) -> list[Earlier]:
        """The sender's own that can be changed, each once, the newest first."""
        return list({one.number: one for one in self.history.earlier if one.own and one.state in REVISABLE}.values())

    # --- the same once more -------------------------------------------------------------------------------------------

    def _repeats(self) -> tuple[str, ...]:
        """The submissions that all its articles are, if it brings no file that is not filed with them."""
        found = [
            next((one.number for one in self.history.earlier if self._is_same(one, index)), None)
            for index in range(len(self.manuscripts))
        ]
        return tuple(dict.fromkeys(number for number in found if number)) if found and all(found) else ()

    def _is_same(self, one: Earlier, article: int) -> bool:
        mine = one.own or any(claim.number == one.number and self._counts(claim) for claim in self.history.claims)
        kept = mine and one.state in REVISABLE and one.article == article and one.same_files
        return kept and one.likeness >= SAME and not self.elsewhere(article, one)

    # --- an article ---------------------------------------------------------------------------------------------------

    def _of_article(self, index: int) -> str | None:
        ways = (self._claimed_alike, self._claimed_alone, self._own_alike, self._forgotten)
        number = next((number for way in ways if (number := way(index))), None)
        if number is not None:
            self.taken.add(number)
        return number

    def _free(self, known: Iterable[Earlier]) -> list[Earlier]:
        return [one for one in known if one.number not in self.taken]

    def _alike(self, known: Iterable[Earlier], index: int, least: int) -> str | None:
        """The one most like the article, by its text or at least by its title."""
        title = self.manuscripts[index].known_as
        ranked = [
            (self._likeness(one.number, index), _same_title(title, one.title), -rank, one)
            for rank, one in enumerate(self._free(known))
            if not self.elsewhere(index, one)
        ]
        fitting = [
            one
            for one in ranked
            if one[0] >= least or (one[1] and (one[0] >= NAMED or one[3].wordless or one[3].state in AWAITED))
        ]
        return max(fitting, key=lambda one: one[:3])[3].number if fitting else None

    def _claimed_alike(self, index: int) -> str | None:
        return self._alike(self._claimed(), index, NAMED)

    def _claimed_alone(self, index: int) -> str | None:
        """What it claims, if that lacks an article, was to be mended, or the letter says that it mends it."""
        claimed = self._free(self._claimed())
        wordless = [one for one in claimed if one.wordless]
        if wordless:
            return wordless[0].number
        if len(claimed) != 1 or len(self.manuscripts) != 1:
            return None
        mends = claimed[0].state in AWAITED or self._says(self.phrases.supplement_words, self.phrases.revision_words)
        return claimed[0].number if mends else None

    def _own_alike(self, index: int) -> str | None:
        return self._alike(self._own(), index, NEXT)

    def _forgotten(self, index: int) -> str | None:
        """The article of the sender's one letter that came without it, soon before."""
        lacking = [one for one in self._free(self._own()) if one.wordless and one.state == _S.INCOMPLETE]
        lacking = [one for one in lacking if self.arrived_at - one.arrived_at <= AWAITED_FOR]
        if len(lacking) != 1 or len(self.manuscripts) != 1:
            return None
        soon = self._soon(lacking[0])
        words = self._says(self.phrases.revision_words, self.phrases.forgotten_words)
        return lacking[0].number if soon or words else None

    # --- no article ---------------------------------------------------------------------------------------------------

    def _of_files(self) -> tuple[str, ...]:
        """What photographs, forms or linked files without an article belong to."""
        claimed = self._claimed()
        if claimed:
            return _numbers([one for one in claimed if one.state in AWAITED] or claimed)
        own = [one for one in self._own() if self.arrived_at - one.arrived_at <= AWAITED_FOR]
        named = [one for one in own if len(one.title) >= SHORTEST_TITLE and self._names(one.title)]
        if named:
            return _numbers(named[:1])
        awaited = [one for one in own if one.state in AWAITED]
        words = self._says(self.phrases.supplement_words, self.phrases.forgotten_words)
        soon = len(awaited) == 1 and self._soon(awaited[0])
        return _numbers(awaited) if len(awaited) == 1 and (words or soon) else ()

    def _of_words(self) -> tuple[str, ...]:
        """What the words of the letter alone complete: a unit, an address."""
        if not self._supplies():
            return ()
        return _numbers([one for one in self._claimed() if one.state in AWAITED])

    def _supplies(self) -> bool:
        """Whether a line says what was missing; to promise it, or to speak of it, is not enough."""
        pattern = self.phrases.supplied
        if pattern is None:
            return bool(says(self.said, self.phrases.supplement_words))
        return any(pattern.search(plain_form(line)) for line in self.said.splitlines()[:_LINES])

    # --- requests -----------------------------------------------------------------------------------------------------

    def asked_about(self) -> tuple[str, ...]:
        """The submissions that a request is about: those it claims or names by their title, else the sender's one."""
        claimed = tuple(dict.fromkeys(claim.number for claim in self.history.claims))
        if claimed:
            return claimed
        own = list({one.number: one for one in self.history.earlier if one.own}.values())
        named = [one for one in own if len(one.title) >= SHORTEST_TITLE and self._names(one.title)]
        if named:
            return _numbers(named)
        alive = [one for one in own if one.state in REVISABLE]
        return _numbers(alive) if len(alive) == 1 else ()

    def _names(self, title: str) -> bool:
        return plain_form(title) in plain_form(f"{self.subject}\n{self.said}\n{self.names}")

    def _soon(self, earlier: Earlier) -> bool:
        """Whether the letter comes soon after that one, and its subject names nothing that the other did not."""
        theirs = plain_form(split_subject(earlier.subject, self.phrases)[0])
        return self.arrived_at - earlier.arrived_at <= FORGOTTEN and plain_form(self.subject) in theirs

    def _says(self, *groups: tuple[str, ...]) -> bool:
        told = f"{self.subject}\n{self.said}\n{self.names}"
        return any(says(told, words) for words in groups)


def _numbers(known: Iterable[Earlier]) -> tuple[str, ...]:
    return tuple(one.number for one in known)


def _same_title(one: str, other: str) -> bool:
    plain = plain_form(one)
    return len(plain) >= SHORTEST_TITLE and plain == plain_form(other)
