"""A letter's parts without its nesting: for what the mail package of the standard library cannot parse.

Every line that is a boundary which the letter declares anywhere ends a part, whoever's boundary it is. That loses which
part lay in which, and keeps each part's bytes: a thousand levels, broken headers and missing ends cost nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailbot.letter.headers import MAX_BLOCK, Headers, split_headers

MAX_BOUNDARIES = 20_000
_BOUNDARY = re.compile(rb'boundary\s{0,9}=\s{0,9}(?:"([^"\r\n]{1,200})"|([^\s";]{1,200}))', re.IGNORECASE)
_LINE = re.compile(rb"(?:\A|[\r\n])--([^\r\n]{1,202})(?=[\r\n]|\Z)")
_EMPTY_LINE = re.compile(rb"\A\r?\n|\r?\n\r?\n|\r\r")


def sections(data: bytes) -> Iterator[tuple[Headers, bytes]]:
    """Header and body of the letter itself and of every part, in order; what stands between parts is left out."""
    declared = {found[1] or found[2] for found, _ in zip(_BOUNDARY.finditer(data), range(MAX_BOUNDARIES), strict=False)}
    start, inside = 0, True
    for line in _LINE.finditer(data):
        name = line[1].rstrip()
        ends = name.endswith(b"--") and name[:-2] in declared
        if not (ends or name in declared):
            continue
        if inside:
            yield _section(data[start : line.start()])
        start, inside = _after(data, line.end()), not ends
    if inside:
        yield _section(data[start:])


def _after(data: bytes, end: int) -> int:
    """Where the line behind a boundary begins."""
    return end + (2 if data[end : end + 2] == b"\r\n" else 1)


def _section(data: bytes) -> tuple[Headers, bytes]:
    end = _EMPTY_LINE.search(data, 0, MAX_BLOCK)
    if end is None:  # all headers, or none
        headers = split_headers(data)
        return (headers, b"") if headers.fields else (headers, data)
    return split_headers(data[: end.end()]), data[end.end() :].removesuffix(b"\r")
