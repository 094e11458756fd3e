"""Where checks look for words and patterns, and how what they found is shown: the place, and a few characters around.

`words_in` goes over a text once for any number of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from mailbot.rulebook.anatomy import Anatomy
from mailbot.rulebook.checking import MOST_NAMED, ArticleFacts
from mailbot.rulebook.patterns import compiled

AROUND = 8
"""So many characters on either side of what was found are shown."""
LONGEST_SHOWN = 40
MOST_OCCURRENCES = 1000
"""So many occurrences of one word are looked at for one that is not allowed."""
AT_ONCE = 500
"""Words in one pattern."""
OPENING = 40
"""The first line of the running text with so many characters is its first paragraph."""

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


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Places = Annotated[tuple[Place, ...], BeforeValidator(_one_or_more)]
"""One place, or a list of them."""


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
            return _opening(facts.anatomy)
        case "keywords" | "references":
            return "\n".join(getattr(facts.anatomy, place))
        case "headings":
            return "\n".join(heading.text for heading in facts.anatomy.headings)
        case _:
            return str(getattr(facts.anatomy, place))


def _opening(anatomy: Anatomy) -> str:
    headings = {anatomy.lines[heading.line].strip() for heading in anatomy.headings}
    lines = [line.strip() for line in anatomy.body.splitlines() if line.strip() and line.strip() not in headings]
    return next((line for line in lines if len(line) >= OPENING), lines[0] if lines else "")


def names_of(facts: ArticleFacts, places: Iterable[Place]) -> str:
    """The places as people call them."""
    return facts.listed([facts.phrases.say(f"place.{place}") for place in places])


def shown(facts: ArticleFacts, found: Found) -> str:
    """What was found with a few characters around it, and where: "第 3 段：…推进【治理】现代化…"."""
    text, start, end = found.text, found.start, min(found.end, found.start + LONGEST_SHOWN)
    before = re.split(r"\n", text[max(0, start - AROUND) : start])[-1]
    behind = text[end : end + AROUND].partition("\n")[0]
    left = "…" if start - len(before) > 0 and text[start - len(before) - 1] != "\n" else ""
    right = "…" if text[end + len(behind) : end + len(behind) + 1] not in ("", "\n") else ""
    said = f"{left}{before}{facts.phrases.say('place.mark', word=text[start:end])}{behind}{right}"
    if found.place in ("text", "body"):
        number = sum(1 for line in text[:start].split("\n")[:-1] if line.strip()) + 1
        return facts.phrases.say("place.paragraph", number=number, said=said)
    return facts.phrases.say("place.shown", place=facts.phrases.say(f"place.{found.place}"), said=said)


def evidence_of(facts: ArticleFacts, found: Sequence[Found]) -> str:
    """All that was found, bounded."""
    return facts.listed([shown(facts, one) for one in found])


def words_in(
    facts: ArticleFacts, words: Sequence[str], places: Iterable[Place], allowed: Sequence[str] = ()
) -> list[Found]:
    """Each of the words that stands in one of the places, where it does first; small and capital letters are the same.

    A word within one of the `allowed` phrases is passed over.
    """
    first: dict[str, Found] = {}
    for place in places:
        text = text_of(facts, place)
        present = [word for word in _present(text, tuple(words)) if word not in first] if text else []
        if not present:
            continue
        excused = [span for phrase in allowed for span in _occurrences(text, phrase)]
        for word in present:
            spans = (span for span in _occurrences(text, word) if not _is_within(span, excused))
            if span := next(spans, None):
                first[word] = Found(word, place, text, *span)
    return [first[word] for word in words if word in first]


def _is_within(span: tuple[int, int], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _occurrences(text: str, word: str) -> Iterator[tuple[int, int]]:
    pattern = compiled(f"(?i){re.escape(word)}")
    for match, _ in zip(pattern.finditer(text), range(MOST_OCCURRENCES), strict=False):
        yield match.start(), match.end()


@cache
def _any_of(words: tuple[str, ...]) -> list[Any]:
    chunks = (words[at : at + AT_ONCE] for at in range(0, len(words), AT_ONCE))
    return [compiled(f"(?i){'|'.join(map(re.escape, chunk))}") for chunk in chunks]


def _present(text: str, words: tuple[str, ...]) -> list[str]:
    """The words that occur. One pass finds those that overlap no other; the rest share characters with one found."""
    met = {match.group(0).casefold() for pattern in _any_of(words) for match in pattern.finditer(text)}
    if not met:
        return []
    characters = set("".join(met))
    folded = ""
    found = []
    for word in words:
        small = word.casefold()
        if small not in met and characters.isdisjoint(small):
            continue
        folded = folded or text.casefold()
        if small in met or small in folded:
            found.append(word)
    return found[: 10 * MOST_NAMED]
