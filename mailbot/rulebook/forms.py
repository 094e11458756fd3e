"""Forms that subjects and file names are to have, as admins write them: words and `{parts}` with separators between.

A form becomes an RE2 pattern: the time of reading with it grows with the text and nothing else. Which of the usual
separators somebody wrote, with or without blanks or brackets, does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated
from unicodedata import normalize

from pydantic import AfterValidator, Field

from mailbot.languages.rules import RulePhrases
from mailbot.model import Manuscript
from mailbot.rulebook.checking import LetterFacts
from mailbot.rulebook.patterns import compiled
from mailbot.rulebook.units import submitter
from mailbot.yamlfile import Hinted

LONGEST = 300
"""Characters of a subject or name that are read."""

_SEPARATORS = r"\-_+/:|~&\x{2010}-\x{2015}\x{2500}\x{2501}\x{2212}"
_BRACKETS = r"\[\](){}<>\x{3008}-\x{3011}\x{3014}-\x{3017}\"\x{201C}\x{201D}"
_AROUND = rf"[{_SEPARATORS}{_BRACKETS}\s,.;#*]*"
_EITHER = rf"[{_SEPARATORS}{_BRACKETS}\s]"
_MARK = rf"[{_SEPARATORS}{_BRACKETS}]"
"""A separator that is no blank: tried first, because blanks also stand within names."""
_LOOSE = rf"[{_SEPARATORS}{_BRACKETS}\s,;.*#\\\x{{B7}}\x{{2022}}\x{{2190}}-\x{{21FF}}\x{{3001}}\x{{3002}}\x{{4E28}}]"
"""What else people put between parts; tried last, because commas and points also stand within names."""
_SHAPES = {
    "unit": rf"[^{_SEPARATORS}]{{2,80}}?",
    "author": rf"[^{_SEPARATORS}]{{1,40}}?",
    "title": r".{1,200}?",
    "column": rf"[^{_SEPARATORS}]{{1,40}}?",
    "issue": r".{1,40}?",
    "phone": r"[\d\s()+\-]{7,20}?",
    "date": r"\d[\d\s.\-/\p{Han}]{2,16}?",
    "number": r"[\p{Han}]?\d{1,4}[\p{Han}]?",
    "anything": r".{1,200}?",
}
PARTS = tuple(_SHAPES)
"""What may stand in braces."""

_COUNT = re.compile(r"(?:[\[(]\d{1,3}[\])]|\d{1,3})$")
_PART = re.compile(r"\{([^{}]*)\}")
_SPLIT = re.compile(r"[-_+/:|~&\u2010-\u2015\u2500\u2501\u2212\s]")
_CLOSED = re.compile(r"[\[\](){}<>\u3008-\u3011\u3014-\u3017\"\u201c\u201d]")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as written, and ready to be read with."""

    text: str
    patterns: tuple[str, ...]
    parts: tuple[str, ...]

    def read(self, text: str, phrases: RulePhrases) -> dict[str, str] | None:
        """The parts of a text that has this form, None when it has not."""
        text = bare(text, phrases)
        match = next((hit for pattern in self.patterns if (hit := compiled(pattern).fullmatch(text))), None)
        return {part: match.group(part).strip() for part in self.parts} if match is not None else None

    def filled(self, values: Mapping[str, str], phrases: RulePhrases) -> str:
        """The form with these values; a part without one stands there as one that is still to be filled in."""
        return _PART.sub(
            lambda part: values.get(part[1]) or phrases.say("form.gap", part=_name(part[1], phrases)), self.text
        )

    def shown(self, phrases: RulePhrases) -> str:
        """The form as people read it: each part by its name in the office's language."""
        return _PART.sub(lambda part: _name(part[1], phrases), self.text)


def _name(part: str, phrases: RulePhrases) -> str:
    return phrases.say(f"form.{part}")


@cache
def form(text: str) -> Form:
    """The form that stands in a rules file; Hinted for what cannot be one."""
    parts = _PART.findall(text)
    unknown = next((part for part in parts if part not in _SHAPES), None)
    if unknown is not None:
        raise Hinted(f"has a part `{{{unknown}}}` that is not known", f"parts are {', '.join(PARTS)}")
    if len(set(parts)) < len(parts):
        raise Hinted("names one part twice", "name each part once; `{anything}` stands for what does not matter")
    if not parts and not _SPLIT.sub("", text).strip():
        raise Hinted("has neither words nor parts", "write it as `{unit}-{author}-{title}`, words as they are")
    if not parts and "{" not in text and "}" not in text and _SPLIT.search(text.strip()):
        hint = "put what each letter says differently in braces, such as `{unit}-{title}`"
        raise Hinted("has no part in braces: every letter would need these very words", hint)
    if "}{" in text:
        raise Hinted("has two parts side by side", "put a separator between them, such as `{unit}-{author}`")
    if "{" in _PART.sub("", text) or "}" in _PART.sub("", text):
        raise Hinted("has a brace that is not closed or not opened", "write parts as `{title}`")
    return Form(text, (_pattern(text, _MARK), _pattern(text, _EITHER), _pattern(text, _LOOSE, _LOOSE)), tuple(parts))


def _checked(text: str) -> str:
    form(text)
    return text


FormText = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_checked)]
"""A form as text, known to be one; read with `form(text).read(...)`."""


def bare(text: str, phrases: RulePhrases) -> str:
    """One line in one width, without what mail programs put before a subject."""
    text = " ".join(normalize("NFKC", text[:LONGEST]).split())
    for _ in range(10):
        head, colon, rest = text.partition(":")
        if not colon or not is_reply_mark(head, phrases):
            break
        text = rest.strip()
    return text


def is_reply_mark(head: str, phrases: RulePhrases) -> bool:
    """Whether this, before a colon, is what mail programs put there: Re, 回复, also counted (Re[2])."""
    return _COUNT.sub("", "".join(head.split()).lower()) in phrases.reply_prefixes


def told(facts: LetterFacts, manuscript: Manuscript | None) -> dict[str, str]:
    """What the letter and one of its articles tell for each part of a form, as far as it was read."""
    issue = next((one for one in facts.issues if one.id == facts.way.issue), None)
    column = next((one for one in issue.columns if one.id == facts.way.column), None) if issue else None
    values = {
        "date": facts.dossier.arrived_at.strftime("%Y%m%d"),
        "issue": issue.name if issue else "",
        "column": (column.name or column.id) if column else "",
    }
    if manuscript is not None:
        authors = [author.name for author in manuscript.byline.authors]
        values |= {
            "unit": submitter(manuscript.byline, facts.units, facts.dossier.letter.subject).name or "",
            "author": authors[0] if authors else "",
            "title": manuscript.known_as,
            "phone": next(iter(manuscript.contacts.phones), ""),
        }
    return {part: value for part, value in values.items() if value}


def _pattern(text: str, separator: str, either: str = _EITHER) -> str:
    """The form as RE2: words as they are but for blanks and case, parts by their shapes, separators by any of them."""
    pieces, found = [normalize("NFKC", piece) for piece in _PART.split(text)], list[str]()
    separated = f"{either}{{0,6}}{separator}{either}{{0,6}}"
    for number, piece in enumerate(pieces):
        if number % 2:
            found.append(f"(?P<{piece}>{_SHAPES[piece]})")
        elif 0 < number < len(pieces) - 1 and not _CLOSED.sub("", _SPLIT.sub("", piece)):
            found.append(separated)  # nothing else tells two parts apart
        else:
            found.append(_between(piece, separated, either))
    return f"(?is){_AROUND}{''.join(found)}{_AROUND}"


def _between(text: str, separated: str, either: str) -> str:
    """What stands between words and parts: a separator must be there where one is asked for, brackets need not."""
    found, word, gap = "", "", ""
    for character in text:
        if _SPLIT.match(character) or _CLOSED.match(character):
            found, word, gap = found + _word(word), "", gap + character
        else:
            found, word, gap = found + _gap(gap, separated, either), word + character, ""
    return found + _word(word) + _gap(gap, separated, either)


def _gap(gap: str, separated: str, either: str) -> str:
    if not gap:
        return ""
    return separated if _SPLIT.search(gap) else f"{either}{{0,12}}"


def _word(word: str) -> str:
    return r"\s?".join(map(_escaped, word))


def _escaped(character: str) -> str:
    return character if character.isalnum() else rf"\x{{{ord(character):X}}}"
