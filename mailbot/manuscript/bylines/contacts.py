"""Telephone numbers, mail addresses and postal addresses, as people write them beside what they send."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from mailbot.languages.bylines import BylinePhrases
from mailbot.manuscript.bylines.labels import LINE, Label, alternatives, read_labels
from mailbot.model import Contacts

LINES = 5_000
_GAP = r"[- .\u2010-\u2015\u2212]"
_MOBILE = (
    rf"(?:\(?\+?(?:00)?86\)?{_GAP}?)?1[3-9]\d(?:{_GAP}?\d{{4}}{_GAP}?\d{{4}}|{_GAP}?\d{{3}}{_GAP}\d{{5}}|(?: \d){{8}})"
    r"|1 [3-9] \d(?: \d){8}"
)
_FIXED = (
    rf"(?:\(0\d{{2,3}}\)|0\d{{2,3}}|(?:\+|00)86{_GAP}?[1-9]\d{{1,2}}(?={_GAP})){_GAP}{{0,3}}\d{{3,4}}{_GAP}?\d{{4}}"
)
_SERVICE = r"[48]00[- ]?\d{3}[- ]?\d{4}"
_LOCAL = re.compile(r"[2-9]\d{2,3}[- ]?\d{4}(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_MAYBE = re.compile(r"[\d@０-９＠]")


def read_contacts(lines: Iterable[str], phrases: BylinePhrases) -> Contacts:
    """Telephone numbers (digits only), mail addresses and postal addresses, each once."""
    phones: dict[str, None] = {}
    emails: dict[str, None] = {}
    addresses: dict[str, None] = {}
    for line in list(lines)[:LINES]:
        plain = unicodedata.normalize("NFKC", line[:2000])
        if _MAYBE.search(plain):
            phones |= dict.fromkeys(map(_digits, _phone(phrases).findall(plain)))
            emails |= dict.fromkeys(found.lower() for found in _EMAIL.findall(plain))
        for label, value, _ in read_labels(line, phrases):
            if label is Label.PHONE and (local := _LOCAL.match(value)):  # without the area's code
                phones[_digits(local[0])] = None
        addresses |= dict.fromkeys(_addresses(line, phrases))
    return Contacts(phones=tuple(phones), emails=tuple(emails), addresses=tuple(addresses))


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", re.sub(r"^\(?\+?(?:00)?86\)?[- ]?(?=1)", "", phone))


def _addresses(line: str, phrases: BylinePhrases) -> Iterator[str]:
    """What a label announces; without one, a line that has the shape of an address and nothing else."""
    labelled = [value for label, value, _ in read_labels(line, phrases) if label is Label.ADDRESS]
    bare = without_contacts(line, phrases).strip() if not labelled and len(line) <= LINE // 2 else ""
    shape = re.compile(phrases.address)
    for value in labelled or ([bare] if shape.fullmatch(bare) else []):
        address = re.sub(phrases.postcode, "", without_contacts(value, phrases)).strip(" \u3000\t，,。；;")
        if address:
            yield address


def without_contacts(text: str, phrases: BylinePhrases) -> str:
    """Without numbers and mail addresses, and without the word before each: "张三，电话138…"."""
    return _labelled(phrases).sub(" ", text) if _MAYBE.search(text) else text


@cache
def _labelled(phrases: BylinePhrases) -> re.Pattern[str]:
    labels = alternatives((*phrases.phone_labels, *phrases.other_labels))
    found = f"{_phone(phrases).pattern}|{_EMAIL.pattern}"
    return re.compile(rf"(?:(?:{labels})[ \u3000]*[：:]?[ \u3000]*)?(?:{found})")


@cache
def _phone(phrases: BylinePhrases) -> re.Pattern[str]:
    fixed = rf"{_FIXED}(?:\s?(?:{phrases.extension})\s?\d{{1,5}})?"
    return re.compile(rf"(?<![\d-])(?:{_MOBILE}|{fixed}|{_SERVICE})(?!\d)")
