"""Letters that plainly have no file: they are read where the worker runs, and no process is started for them.

The sandbox is for parsers of documents, pictures and archives. The text of a letter is read by Python code that is
linear in its size and whose memory is bounded by it; on a letter this small there is nothing for a limit to catch.
Whatever looks as if it could hold a file, and whatever raises, goes to the child.
"""

from __future__ import annotations

import re
from pathlib import Path

LARGEST = 128 * 1024
"""A larger letter is left to the child, whatever is in it: bytes as it came, characters of its text."""

MOST_PARTS = 20

_TYPE = re.compile(rb"content-type\s*:((?:[^\r\n]|\r?\n[ \t]){0,2000})", re.IGNORECASE)
_TEXTUAL = re.compile(rb"\s*(?:text/(?:plain|html)|multipart/alternative)\s*(?:;|$)", re.IGNORECASE)
_NAMED = re.compile(rb"\bname\*?[0-9]{0,3}\*?\s*=", re.IGNORECASE)
_FILE = re.compile(rb"content-disposition|^(?:begin(?:-base64)? [0-7]{3,4} |=ybegin )", re.IGNORECASE | re.MULTILINE)
_SENDER = re.compile(rb"(?:^|\n)from:", re.IGNORECASE)


def is_fileless(raw: Path) -> bool:
    """Whether the bytes of a letter show that it has texts only: every type in it, no names, no dispositions.

    False as soon as there is a doubt; False also for what is no mail. OSError.
    """
    with raw.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST or b"\0" in data or not _SENDER.search(data[:LARGEST]) or _FILE.search(data):
        return False
    types = _TYPE.findall(data)
    return len(types) <= MOST_PARTS and all(_TEXTUAL.match(one) and not _NAMED.search(one) for one in types)
