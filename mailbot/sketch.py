"""Sketches of texts: a few numbers by which the same text, or nearly the same, is known again without its words.

Bottom-k MinHash (Broder 1997, "On the resemblance and containment of documents"): of the hashes of all runs of RUN
letters the KEPT smallest. Two sketches tell how much of the two texts is the same to within some 5 in a hundred.
Blanks, punctuation, full-width forms and case do not count. The hash is CRC-32: no text is known by it that somebody
wants to hide, it is the same in each process, and costs a third of a cryptographic one. Changing anything here
makes the sketches that the ledger keeps useless: that needs a migration.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from itertools import chain
from struct import iter_unpack
from unicodedata import normalize
from zlib import crc32

RUN = 8
"""Letters in a run: a phrase that two texts share by chance is shorter."""

KEPT = 64
"""Hashes in a sketch."""

KEYS = 10
"""By so many of its smallest hashes a text is looked up: one with four fifths of its letters the same always
(all but one in 50,000) shares one of them, one with half of them in 98 of 100."""

SHORTEST = 100
"""Letters; a shorter text has no sketch: greetings and forms are all alike."""

LONGEST = 100_000
"""Letters whose runs are looked at."""

ALIKE = 80
"""Percent of the same text from which on two texts are one article with small changes, whoever sends it."""

SAME = 99
"""Percent from which on they are the same."""

_MARKS = re.compile("[\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u2026\u3000]+")
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Sketch:
    """`whole` is a hash of all letters of the text, in hex; `hashes` are those that are kept, ascending."""

    whole: str
    hashes: tuple[int, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        """Those of the hashes that the text is looked up by."""
        return self.hashes[:KEYS]

    def packed(self) -> bytes:
        """The hashes as bytes; `unpack` takes them back."""
        return struct.pack(f">{len(self.hashes)}I", *self.hashes)


def unpack(whole: str, packed: bytes) -> Sketch:
    """What `packed` made bytes of."""
    return Sketch(whole, struct.unpack(f">{len(packed) // 4}I", packed))


@lru_cache(maxsize=8)  # asked for twice with each letter: to look for earlier ones, and to keep it
def sketch(text: str) -> Sketch | None:
    """The sketch of a text, None for one that is too short."""
    bare = letters_of(text)
    if len(bare) < SHORTEST:
        return None
    whole = blake2b(bare.encode(), digest_size=16).hexdigest()
    return Sketch(whole, tuple(nsmallest(KEPT, _runs(bare[:LONGEST]))))


def _runs(letters: str) -> set[int]:
    """The hashes of all runs: those that begin at the first letter and lie end to end, those at the second, …"""
    coded, width = letters.encode("utf-32-le"), 4 * RUN
    found: set[int] = set()
    for start in range(0, width, 4):
        end = start + (len(coded) - start) // width * width
        found.update(map(crc32, chain.from_iterable(iter_unpack(f"{width}s", coded[start:end]))))
    return found


def letters_of(text: str) -> str:
    """The letters and digits of a text in one run: two texts with the same ones are the same text."""
    spaced = _MARKS.sub(" ", text)  # normalizing them would take a third of all the time, and they do not count
    return "".join(_LETTERS.findall(normalize("NFKC", spaced).casefold()))


def compared(one: str, other: str) -> int:
    """How much of the two texts is the same, in percent, letter by letter; 100 exactly when all letters are.

    Twice the longest common subsequence by the sum of both lengths: what a sketch only guesses.
    """
    from rapidfuzz.fuzz import ratio  # only where something resembles

    mine, theirs = letters_of(one)[:LONGEST], letters_of(other)[:LONGEST]
    return 100 if mine == theirs else min(99, round(ratio(mine, theirs)))


def likeness(one: Sketch, other: Sketch) -> int:
    """How much of the two texts is the same, in percent; 100 exactly when all their letters are."""
    if one.whole == other.whole:
        return 100
    mine, theirs = set(one.hashes), set(other.hashes)
    looked_at = sorted(mine | theirs)[:KEPT]
    shared = len(mine.intersection(theirs, looked_at))
    return min(99, round(200 * shared / (len(looked_at) + shared)))  # of the Jaccard index J: 2J / (1 + J)
