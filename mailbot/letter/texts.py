"""How phrases are compared, and what in a letter is new, signature, or quoted of an older one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.languages.letters import LetterPhrases

_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)


def plain_form(text: str) -> str:
    """The text as phrases are compared: one width and case (NFKC), without blanks."""
    return "".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split()).lower()


def says(text: str, phrases: Iterable[str]) -> str:
    """The first of the phrases that stands anywhere in the text, "" for none."""
    plain = plain_form(text)
    return next((phrase for phrase in phrases if phrase in plain), "")


def begins(text: str, phrases: Iterable[str]) -> str:
    """The phrase with which the text begins, brackets aside, "" for none."""
    plain = plain_form(text).lstrip("[【「『《<(〔")
    return next((phrase for phrase in phrases if plain.startswith(phrase)), "")


def split_subject(subject: str, phrases: LetterPhrases) -> tuple[str, bool, bool]:
    """The subject without its prefixes, whether they make it a reply, and whether they make it forwarded."""
    rest, reply, forward = subject.strip(), False, False
    for _ in range(20):
        head, colon, _ = unicodedata.normalize("NFKC", rest[:16]).partition(":")
        word = re.sub(r"[\[(]\d{1,3}[\])]$", "", head.strip().lower())
        if not colon or word not in (*phrases.reply_prefixes, *phrases.forward_prefixes):
            break
        reply, forward = reply or word in phrases.reply_prefixes, forward or word in phrases.forward_prefixes
        rest = re.split(r"[:：]", rest, maxsplit=1)[1].strip()
    return rest, reply, forward


def own_text(subject: str, text: str, phrases: LetterPhrases) -> str:
    """What a letter brings: of one that was sent on all, of others what its sender wrote this time."""
    if split_subject(subject, phrases)[2]:
        return _QUOTED.sub("", text)
    return new_text(text, phrases)


def first_senders(text: str, phrases: LetterPhrases) -> tuple[str, ...]:
    """Who wrote the letters that a text passes on, as their headers stand in it; at most 5, the outermost first."""
    found: dict[str, None] = {}
    for line in text.split("\n")[:500]:
        plain = plain_form(line[:200].lstrip("> *|"))
        if plain.startswith(phrases.quote_fields[0]):
            found[re.split("[:：]", line, maxsplit=1)[-1].strip(" *")[:120]] = None
    return tuple(name for name in found if name)[:5]


@dataclass(frozen=True, slots=True)
class Divided:
    """A letter's text in its three parts: what its sender wrote this time, the signature below it, what is quoted."""

    new: str
    signature: str
    quoted: str


def new_text(text: str, phrases: LetterPhrases) -> str:
    """What is not quoted: the signature is of it."""
    return "\n".join(_parted(text.split("\n"), phrases)[0]).strip()


def divide(text: str, phrases: LetterPhrases) -> Divided:
    """The text as mail programs put it together: new, "-- " or 此致敬礼 and a signature, then what is answered."""
    kept, quoted = _parted(text.split("\n"), phrases)
    while kept and (not kept[-1].strip() or _is_rule(kept[-1])):
        kept.pop()
    start = _signature(kept, phrases)
    new = kept[:start]
    while new and (not new[-1].strip() or _is_rule(new[-1])):
        new.pop()
    parts = ("\n".join(part).strip() for part in (new, kept[start:], quoted))
    return Divided(*parts)


def _parted(lines: list[str], phrases: LetterPhrases) -> tuple[list[str], list[str]]:
    """The lines that are not quoted, and those that are."""
    end, opening = _quotation(lines, phrases)
    kept: list[str] = []
    quoted: list[str] = []
    for number, line in enumerate(lines[:end]):
        (quoted if line.startswith(">") or number in opening else kept).append(line)
    return kept, quoted + lines[end:]


def quoted_from(text: str, phrases: LetterPhrases) -> int:
    """Where in the text the quotation begins that goes on to its end; its length for none."""
    lines = text.split("\n")
    return len("\n".join(lines[: _quotation(lines, phrases)[0]]))


def signed_from(text: str, phrases: LetterPhrases) -> int:
    """Where in the text its signature begins; its length for none."""
    lines = text.split("\n")
    kept = lines[: _quotation(lines, phrases)[0]]
    return len("\n".join(kept[: _signature(kept, phrases)]))


# --- Quotations -------------------------------------------------------------------------------------------------------

_RULES = "-—–_=*~─━"
_RULE = re.compile(rf"[{_RULES}\s]{{2,200}}")
_DATED = re.compile(r"\d{4}\D\d{1,2}\D\d{1,2}")
_DATED_WITHIN = re.compile(r"^on\w{3},|\d{1,2}:\d{2}")
_NUMBERED = re.compile(r"[@\d]")


def _is_rule(line: str) -> bool:
    """A line of dashes and the like."""
    return bool(_RULE.fullmatch(line))


def _quotation(lines: list[str], phrases: LetterPhrases) -> tuple[int, frozenset[int]]:
    """The number of the line with which the quotation at the end begins, and lines that open quotations before it.

    A line like "某某 写道：" above lines marked with ">" opens only those: an answer may stand below them.
    """
    leads = {phrase[0] for phrase in (*phrases.quote_fields[0], *phrases.quote_lines, *phrases.quote_openings)}
    leads.update(f"{_RULES}12")  # and dates
    opening: set[int] = set()
    for number, line in enumerate(lines):
        bare = line.strip()
        if not bare or not (bare.endswith((":", "：")) or plain_form(bare[0]) in leads):
            continue
        if bare == ">" or not bare.strip(_RULES):
            continue
        plain = plain_form(line[:400]).replace("*", "")
        below = lines[number + 1 : number + 6]
        if used := _attributing(plain, below, phrases):
            if next((other for other in lines[number + used : number + used + 3] if other.strip()), "").startswith(">"):
                opening.update(range(number, number + used))
                continue
        elif not (_is_title(plain, phrases) or _heads_quotation(plain, below, phrases)):
            continue
        while number and (not lines[number - 1].strip() or _is_rule(lines[number - 1])):
            number -= 1
        return number, frozenset(opening)
    return len(lines), frozenset(opening)


def _is_title(line: str, phrases: LetterPhrases) -> bool:
    """ "------ 原始邮件 ------": at least two dashes before it, or one of the lines that stand without."""
    inner = line.strip(_RULES)
    title = line[:2].strip(_RULES) == "" and inner.startswith(phrases.quote_starts)
    return title or line in phrases.quote_lines


def _attributing(line: str, below: list[str], phrases: LetterPhrases) -> int:
    """Over how many lines a line like "2026年11月23日，某某 写道：" goes; 0 where it is none."""
    if _attributes(line, phrases):
        return 1
    if not (line.startswith(phrases.quote_openings) or _DATED.match(line)) or not _NUMBERED.search(line):
        return 0
    for number, other in enumerate(below[:2]):
        if not other.strip():
            return 0
        line += plain_form(other[:400])
        if _attributes(line, phrases):
            return number + 2
    return 0


def _attributes(line: str, phrases: LetterPhrases) -> bool:
    """ "2026年11月23日，某某 写道：" does, "2026-11-23 某某 <…>:" does; "他在日记里写道：" is of the text."""
    if line.endswith(">:") and _DATED.match(line) and "@" in line:
        return True
    line = line.strip(_RULES) if line[:2] == "--" else line  # "---- On … wrote ----"
    ends = line.endswith(phrases.quote_ends) or (f"{line}:".endswith(phrases.quote_ends) and _DATED_WITHIN.search(line))
    return bool(ends) and (line.isascii() or bool(_NUMBERED.search(line)))


def _heads_quotation(line: str, below: list[str], phrases: LetterPhrases) -> bool:
    """The header of an older letter, as Foxmail and Outlook set it over what they quote."""
    first, others = phrases.quote_fields
    return line.startswith(first) and any(
        plain_form(other[:400]).replace("*", "").startswith(others) for other in below
    )


# --- Signatures -------------------------------------------------------------------------------------------------------

_MAX_SIGNATURE = 20  # lines at the end in which it is looked for
_SHORT_LINE = 60  # characters of a line of a signature
_REACHED = re.compile(r"[+(\d][\d()+-]{6,19}|[\w.+-]{1,64}@[\w.-]{1,255}")
_ENDS_SENTENCE = tuple("。！？；!?;，,、")


def _signature(lines: list[str], phrases: LetterPhrases) -> int:
    """The number of the line with which the signature at the end of these begins."""
    first = max(0, len(lines) - _MAX_SIGNATURE)
    for number in range(first, len(lines)):
        line = lines[number].strip()
        if not line or not _is_short(lines[number + 1 :]):
            continue
        plain = plain_form(line)
        if line in ("--", "—", "——") or plain.lstrip("(<[").startswith(phrases.sent_from):
            return number
        below = any(other.strip() for other in lines[number + 1 :])
        if below and _is_rule(line) and len(line) > 2:
            return number
        if below and _closes(plain, phrases) and not _closes(plain_form(_next(lines, number)), phrases):
            return number + 1
    return _labelled(lines, first, phrases)


def _closes(line: str, phrases: LetterPhrases) -> bool:
    return line.rstrip("!.。,:~、") in phrases.closings


def _next(lines: list[str], number: int) -> str:
    """The next line on which something stands."""
    return next((line for line in lines[number + 1 :] if line.strip()), "")


def _is_short(lines: list[str]) -> bool:
    """Whether these could be a signature: short lines that are no sentences."""
    return all(len(line) <= _SHORT_LINE and not line.rstrip().endswith("。") for line in lines)


def _labelled(lines: list[str], first: int, phrases: LetterPhrases) -> int:
    """Where the lines with name, unit, telephone and address begin that end the text; there is text above them."""
    start, labels = len(lines), 0
    for number in range(len(lines) - 1, first, -1):
        line = lines[number].strip()
        if len(line) > _SHORT_LINE or line.endswith(_ENDS_SENTENCE):
            break
        if not line:
            if start != number + 1 or not labels:
                break
            above = lines[number - 1].strip()
            if not _is_labelled(above, phrases):
                break
            continue
        labels += _is_labelled(line, phrases)
        start = number
    return start if labels else len(lines)


def _is_labelled(line: str, phrases: LetterPhrases) -> bool:
    """ "电话：0512-…", "Tel 0512-…", and a bare number or address."""
    plain = plain_form(line[:_SHORT_LINE])
    if _REACHED.fullmatch(plain):
        return True
    labels = (label for label in phrases.signature_labels if plain.startswith(label))
    return any(re.match(r"[:/(\d+]", plain[len(label) :]) for label in labels)
