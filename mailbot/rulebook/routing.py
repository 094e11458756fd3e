"""To which issue and column an article goes. Pure: the arrival and what the letter says decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import pairwise, zip_longest
from unicodedata import normalize, numeric

from mailbot.languages.rules import RulePhrases
from mailbot.rulebook.models import Column, Issue, Routes
from mailbot.rulebook.widths import cuts, half_width

LONGEST_NAME = 60
"""Characters behind a label such as "column:" that may name a column."""
SHORTEST_NAME = 4
"""An issue's name of so many characters is found anywhere in a subject; a shorter one must be a part of its own."""
LETTER_TEXT = 20_000
"""So many characters of the covering letter, and of the article, are looked into for such labels."""

_PARTS = re.compile(
    r"[-_+/:|~&,;\u2010-\u2015\u2500\u2501\u2212\s\[\](){}<>\u3008-\u3011\u3014-\u3017\"'\u2018-\u201d]+"
)


@dataclass(frozen=True, slots=True)
class Route:
    """Ids of issue and column, None for unassigned; `late` when the issue it was meant for had closed."""

    issue: str | None = None
    column: str | None = None
    late: bool = False


@dataclass(frozen=True)
class Asked:
    """What decides about an article's way: `arrived` in the office's zone, and what the letter and the article say.

    `unit` is the name of the submitting unit, `sender` the address, `letter` the covering letter's text.
    """

    arrived: datetime
    subject: str = ""
    title: str = ""
    text: str = ""
    unit: str = ""
    sender: str = ""
    letter: str = ""

    @cached_property
    def plain(self) -> dict[str, str]:
        """What words are looked for in, by the name of the group, without blanks, in one case and width."""
        return {"subject": _plain(self.subject), "title": _plain(self.title), "units": _plain(self.unit)}

    @cached_property
    def plain_text(self) -> str:
        """The article's text in the same way; only made where a route asks for it."""
        return _plain(self.text)

    @cached_property
    def parts(self) -> frozenset[str]:
        """What stands between separators and brackets in the subject."""
        return frozenset(_plain(part) for part in _PARTS.split(normalize("NFKC", self.subject)) if part)

    def labelled(self, phrases: RulePhrases) -> frozenset[str]:
        """What the letter, or the article, names behind a label for columns."""
        found = _labels(phrases.column_labels)
        texts = (self.subject, self.letter[:LETTER_TEXT], self.text[:LETTER_TEXT])
        return frozenset(
            _plain(hit).strip("\"'[]()<>\u3010\u3011\u300a\u300b\u201c\u201d")
            for text in texts
            for hit in found.findall(text)
        )


def route(asked: Asked, issues: Sequence[Issue], phrases: RulePhrases) -> Route:
    """Where an article goes.

    1. A special issue that the letter names or whose routes name it, while it is open, or late within its grace.
    2. Else the regular issue that the day of arrival belongs to. Within the grace of an issue that has closed, that
       one, late.
    3. Between two issues the next one, late. Before the first and after the last none.
    An article for a special issue that is over for good goes the way of 2 and 3, late.
    """
    special, missed = _special(asked, issues)
    if special is not None:
        return _into(special, asked, phrases, missed=False)
    regular, skipped = _regular(asked.arrived, issues)
    if regular is None:
        return Route(late=missed)
    return _into(regular, asked, phrases, missed=missed or skipped)


def _special(asked: Asked, issues: Sequence[Issue]) -> tuple[Issue | None, bool]:
    """The special issue that is named and takes it, the one that closes first; else whether a named one is over."""
    named = [issue for issue in issues if issue.special and (_asks_for(asked, issue) or names(issue.routes, asked))]
    open_ones = [issue for issue in named if _takes(issue, asked.arrived)]
    if open_ones:
        return min(open_ones, key=lambda issue: issue.closes), False
    return None, any(issue.closes < asked.arrived.date() for issue in named)


def named_issues(asked: Asked, issues: Sequence[Issue]) -> frozenset[str]:
    """The ids of the issues that the subject names."""
    return frozenset(issue.id for issue in issues if _asks_for(asked, issue))


def _asks_for(asked: Asked, issue: Issue) -> bool:
    """Whether the subject names the issue."""
    if {_plain(issue.name), _plain(issue.id)} & asked.parts:
        return True
    name = _letters(issue.name)
    return len(name) >= SHORTEST_NAME and _stands_in(name, half_width(asked.subject).casefold())


def _stands_in(name: str, subject: str) -> bool:
    """Whether a name is there, whatever marks stand in it; not within a longer number, as "2月特刊" in "12月特刊"."""
    return any(
        not (_numeric(subject[: match.start()][-1:] + name[0]) or _numeric(name[-1] + subject[match.end() :][:1]))
        for match in _spread(name).finditer(subject)
    )


def _numeric(pair: str) -> bool:
    """Whether both are digits, or Chinese numerals: then they are one number."""
    return len(pair) == 2 and all(numeric(character, None) is not None for character in pair)


@cache
def _spread(name: str) -> re.Pattern[str]:
    """The characters of a name with marks between them, but none within a number."""
    gaps = ("" if _numeric(pair) else r"[\W_]{0,6}" for pair in map("".join, pairwise(name)))
    return re.compile(
        "".join(f"{re.escape(character)}{gap}" for character, gap in zip_longest(name, gaps, fillvalue=""))
    )


def _regular(arrived: datetime, issues: Sequence[Issue]) -> tuple[Issue | None, bool]:
    """The regular issue for an arrival, and whether it missed the one before."""
    regular = sorted((issue for issue in issues if not issue.special), key=lambda issue: issue.opens)
    taking = next((issue for issue in regular if _takes(issue, arrived)), None)
    if taking is not None:
        return taking, False
    before = any(issue.closes < arrived.date() for issue in regular)
    following = next((issue for issue in regular if issue.opens > arrived.date()), None)
    return (following, True) if before and following is not None else (None, False)


def _into(issue: Issue, asked: Asked, phrases: RulePhrases, *, missed: bool) -> Route:
    return Route(issue.id, _column(issue, asked, phrases), missed or asked.arrived.date() > issue.closes)


def _column(issue: Issue, asked: Asked, phrases: RulePhrases) -> str | None:
    """The column that the letter asks for by its name, else the one whose routes name it; of several the first."""
    if not issue.columns:
        return None
    wanted = asked.parts | asked.labelled(phrases)
    by_name = (column for column in issue.columns if _called(column, phrases) & wanted)
    by_routes = (column for column in issue.columns if names(column.routes, asked))
    found = next(by_name, None) or next(by_routes, None)
    return found.id if found is not None else None


def _called(column: Column, phrases: RulePhrases) -> set[str]:
    """What a column may be called: its id and its name, also with the word for a column behind them."""
    called = {_plain(name) for name in (column.id, column.name) if name}
    return called | {name + _plain(ending) for name in called for ending in phrases.column_endings}


def _takes(issue: Issue, arrived: datetime) -> bool:
    """From the first moment of `opens` to the last of `closes`, and the grace after that."""
    over = datetime.combine(issue.closes, datetime.min.time(), arrived.tzinfo) + timedelta(days=1) + issue.grace
    return issue.opens <= arrived.date() and arrived < over


def names(routes: Routes, asked: Asked) -> bool:
    """Whether the routes name an article: one of the groups that are given, or all of them; on the days that they say.

    Routes that only say days name all that arrives then.
    """
    day = asked.arrived.date()
    if (routes.opens and day < routes.opens) or (routes.closes and day > routes.closes):
        return False
    groups = [
        any(_times(word, asked.plain[group], said) for word in words)
        for group, said in (("subject", asked.subject), ("title", asked.title), ("units", asked.unit))
        if (words := getattr(routes, group))
    ]
    if routes.text:
        groups.append(sum(_times(word, asked.plain_text, asked.text) for word in routes.text) >= routes.times)
    if routes.senders:
        groups.append(comes_from(asked.sender, routes.senders))
    if not groups:
        return bool(routes.opens or routes.closes)
    return all(groups) if routes.all else any(groups)


def comes_from(address: str, senders: Iterable[str]) -> bool:
    """Whether an address is one of these, or in one of these domains or below one."""
    address = address.lower()
    domain = address.rpartition("@")[2]
    if not domain:
        return False
    plain = [sender.strip().lower().removeprefix("@") for sender in senders]
    return any(address == one or domain == one or domain.endswith(f".{one}") for one in plain)


def _times(word: str, plain: str, text: str) -> int:
    """How often a word stands in a text, given with its plain form; "AI" is not in "said", nor in "Wei Hai"."""
    wanted = _plain(word)
    found = plain.count(wanted)
    if not found or not (wanted[:1] + wanted[-1:]).isascii():
        return found
    said = half_width(text).casefold()
    return sum(not cuts(said, *match.span()) for match in _with_blanks(wanted).finditer(said))


@cache
def _with_blanks(plain: str) -> re.Pattern[str]:
    return re.compile(r"\s{0,9}".join(map(re.escape, plain)))


def _plain(text: str) -> str:
    return "".join(half_width(text).casefold().split())


def _letters(text: str) -> str:
    return "".join(character for character in _plain(text) if character.isalnum())


@cache
def _labels(labels: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))
    return re.compile(
        rf"(?:{either})[\s\u3011\]]{{0,4}}[:\uff1a][^\S\n]{{0,4}}([^\s,\uff0c;\uff1b\u3002]{{1,{LONGEST_NAME}}})"
    )
