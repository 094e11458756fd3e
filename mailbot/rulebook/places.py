"""Where checks look for words and patterns, and how what they found is shown: the place, and a few characters around.

A text without any of the words is gone over once, however many words there are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from mailbot import languages
from mailbot.rulebook.anatomy import Anatomy
from mailbot.rulebook.checking import MOST_NAMED, ArticleFacts
from mailbot.rulebook.models import one_or_more
from mailbot.rulebook.patterns import compiled
from mailbot.rulebook.widths import cuts

AROUND = 8
"""So many characters on either side of what was found are shown."""
LONGEST_SHOWN = 40
MOST_OCCURRENCES = 1000
"""So many occurrences of one word are looked at for one that is not allowed."""
MOST_WORDS = 200
"""So many words are told apart at most."""
AT_ONCE = 500
"""Words in one pattern."""
FEW = 10
"""So many words are looked for one by one; of more it is first asked whether any of them is there."""
OPENING = 40
"""The first line of the running text with so many characters, or that ends a sentence, is its first paragraph."""

_WIDE = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
"""Letters and digits in full width: rare, unlike the full-width marks of every Chinese text."""
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide - 0xFEE0).isalnum()}
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){9,}[\dXx]")

Place = Literal[
    "title",
    "text",
    "body",
    "abstract",
    "keywords",
    "references",
    "headings",
    "first_paragraph",
    "subject",
    "letter",
]


Places = Annotated[tuple[Place, ...], BeforeValidator(one_or_more)]
"""One place, or a list of them."""


def are_of_letter(places: tuple[Place, ...]) -> bool:
    """Whether they are all outside the article."""
    return set(places) <= {"subject", "letter"}


@dataclass(frozen=True, slots=True)
class Found:
    """A word (as it was asked for) that stands in a place of the article."""

    word: str
    place: Place
    text: str
    start: int
    end: int


def text_of(facts: ArticleFacts, place: Place) -> str:
    """What stands in a place; "" for nothing. `text` is all of the article, `letter` the letter's own words."""
    letter, manuscript = facts.dossier.letter, facts.manuscript
    match place:
        case "title":
            return manuscript.title or ""
        case "text":
            return manuscript.text
        case "subject":
            return letter.subject
        case "letter":
            return letter.text
        case "first_paragraph":
            return _opening(facts.anatomy, languages.load(facts.dossier.office.language).parts.sentence_ends)
        case "keywords" | "references":
            return "\n".join(getattr(facts.anatomy, place))
        case "headings":
            return "\n".join(heading.text for heading in facts.anatomy.headings)
        case _:
            return str(getattr(facts.anatomy, place))


def _opening(anatomy: Anatomy, ends: tuple[str, ...]) -> str:
    """The first paragraph of the running text that is no heading, nor a line of a sub-title or byline."""
    headings = {anatomy.lines[heading.line].strip() for heading in anatomy.headings}
    running = anatomy.lines[anatomy.body_starts :] if anatomy.parts else anatomy.body.splitlines()  # news has no parts
    lines = [stripped for line in running if (stripped := line.strip()) not in headings]
    return next((line for line in lines if len(line) >= OPENING or line.endswith(ends)), next(filter(None, lines), ""))


def names_of(facts: ArticleFacts, places: Iterable[Place]) -> str:
    """The places as people call them."""
    return facts.listed([facts.phrases.say(f"place.{place}") for place in places])


def shown(facts: ArticleFacts, found: Found) -> str:
    """What was found with a few characters around it, and where: "第 3 段：…推进【治理】现代化…"."""
    text, start, end = found.text, found.start, min(found.end, found.start + LONGEST_SHOWN)
    before = text[max(0, start - AROUND) : start].rpartition("\n")[2]
    behind = text[end : end + AROUND].partition("\n")[0]
    left = "…" if start - len(before) > 0 and text[start - len(before) - 1] != "\n" else ""
    right = "…" if text[end + len(behind) : end + len(behind) + 1] not in ("", "\n") else ""
    said = _masked(f"{left}{before}{facts.phrases.say('place.mark', word=text[start:end])}{behind}{right}")
    if found.place == "text":
        number = bisect_left(_paragraphs(facts, text), text.rfind("\n", 0, start) + 1) + 1
        return facts.phrases.say("place.paragraph", number=number, said=said)
    return facts.phrases.say("place.shown", place=facts.phrases.say(f"place.{found.place}"), said=said)


def _paragraphs(facts: ArticleFacts, text: str) -> list[int]:
    """Where the lines begin in which something stands; counted once for all that is found in a text."""
    found: list[int] | None = facts.memo.get(("paragraphs", text))
    if found is None:
        found, at = [], 0
        for line in text.split("\n"):
            if line and not line.isspace():
                found.append(at)
            at += len(line) + 1
        facts.memo["paragraphs", text] = found
    return found


def _masked(said: str) -> str:
    """Long numbers told apart and no more: they may be those of a telephone, a person, a bank card."""
    return _LONG_NUMBER.sub(lambda number: f"{number[0][:3]}…{number[0][-2:]}", said)


def evidence_of(facts: ArticleFacts, found: Sequence[Found]) -> str:
    """All that was found, bounded."""
    return facts.listed([shown(facts, one) for one in found[: MOST_NAMED + 1]])  # one more, so that it says "…"


def words_in(
    facts: ArticleFacts, words: Sequence[str], places: Iterable[Place], allowed: Sequence[str] = ()
) -> list[Found]:
    """Each of the words that stands in one of the places, where it does first, whatever its case and width.

    A word of Latin letters or digits stands by itself: "AI" is not in "said". A word within one of the `allowed`
    phrases is passed over.
    """
    first: dict[str, Found] = {}
    small = _small(tuple(words))
    for place in places:
        text = text_of(facts, place)
        folded = _folded(text)
        if len(small) > FEW and not any(pattern.search(folded) for pattern in _any_of(tuple(small.values()))):
            continue
        here = [word for word, plain in small.items() if plain in folded and word not in first]
        text = text if len(text) == len(folded) else folded
        excused = [span for phrase in allowed for span in occurrences(folded, _folded(phrase))] if here else []
        for word in here:
            spans = (span for span in occurrences(folded, small[word]) if not _is_within(span, excused))
            if span := next((span for span in spans if not cuts(folded, *span)), None):
                first[word] = Found(word, place, text, *span)
    return [first[word] for word in words if word in first][:MOST_WORDS]


@cache
def _small(words: tuple[str, ...]) -> dict[str, str]:
    """The words in small letters, each by itself."""
    return {word: _folded(word) for word in words}


def _folded(text: str) -> str:
    return (text.translate(_NARROW) if _WIDE.search(text) else text).casefold()


def spread(facts: ArticleFacts, words: Sequence[str], places: Iterable[Place]) -> list[Found]:
    """The words whose characters stand there with blanks or a line's end between; those of Latin letters do not."""
    found: dict[str, Found] = {}
    for place in places:
        text = text_of(facts, place)
        bare = "".join(_folded(text).split())
        for word in words:
            plain = "".join(_folded(word).split())
            if word in found or plain.isascii() or plain not in bare:
                continue
            pattern = compiled(r"(?i)" + r"\s{0,9}".join(map(re.escape, plain)))
            if match := pattern.search(text):
                found[word] = Found(word, place, text, match.start(), match.end())
    return [found[word] for word in words if word in found][:MOST_WORDS]


def _is_within(span: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def occurrences(folded: str, small: str) -> Iterator[tuple[int, int]]:
    """Where a word stands in a text, both in small letters, up to a bound."""
    at = -1
    for _ in range(MOST_OCCURRENCES):
        at = folded.find(small, at + 1)
        if at < 0:
            return
        yield at, at + len(small)


@cache
def _any_of(words: tuple[str, ...]) -> list[Any]:
    """One pass over a text finds whether any of the words is there: mostly none is."""
    chunks = (words[at : at + AT_ONCE] for at in range(0, len(words), AT_ONCE))
    return [compiled("|".join(map(re.escape, chunk))) for chunk in chunks]
