"""Names of files and folders: readable, safe on Linux and Windows, and where a submission has its place. Pure.

Strangers choose titles and file names, so nothing they write reaches the disk but through here (promise 8).
Windows' rules: "Naming Files, Paths, and Namespaces" of the Win32 documentation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from mailbot.model import SubmissionState

FILE_BYTES = 255
"""What Linux file systems take as one name, in bytes of UTF-8."""

FOLDER_BYTES = 180
"""Less for a submission's folder, so that what lies below stays under the limits of whole paths."""

_UNIT_BYTES = 75
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")
_FORBIDDEN = {ord(c): ord(c) + 0xFEE0 for c in '<>:"/\\|?*'}  # their full-width twins read the same
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|$)", re.IGNORECASE)
_REFUSED = frozenset({SubmissionState.REJECTED, SubmissionState.WITHDRAWN, SubmissionState.DECLINED})
_STATE_FOLDERS = frozenset({"held", "rejected", "unassigned"})


def _plain(text: str) -> str:
    """NFC, one blank for any run of separators, and nothing that cannot be seen (controls, bidi, zero-width)."""
    kept = "".join(
        " " if category[0] == "Z" or char in "\t\n\r" else char
        for char, category in ((char, unicodedata.category(char)) for char in text)
        if category not in ("Cf", "Cs") and (category != "Cc" or char in "\t\n\r")
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _cut(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, cut between two characters, without a blank or dot at the end."""
    return text.encode()[:limit].decode(errors="ignore").rstrip(" .")


def _split(name: str) -> tuple[str, str]:
    """Stem and extension; what does not look like an extension is part of the stem."""
    found = _EXTENSION.search(name, 1)
    return (name[: found.start()], found[0]) if found else (name, "")


def _safe(text: str, limit: int) -> str:
    """The text as one name of at most `limit` bytes, its extension kept; "" when nothing of it is left."""
    name = _plain(text).translate(_FORBIDDEN).lstrip(" .-").rstrip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, extension = _split(name)
    return _cut(stem, limit - len(extension.encode())) + extension


def last_part(path: str, limit: int = FILE_BYTES) -> str:
    """The last part of a stranger's path as shown to people, at most `limit` characters; "" where there is none.

    For show only: what is to lie on a disk goes through `file_name`.
    """
    name = _plain(re.split(r"[/\\]", path[-4 * limit :].rstrip("/\\"))[-1])
    stem, extension = _split(name)
    return "" if name in (".", "..") else stem[: limit - len(extension)] + extension


def file_name(name: str) -> str:
    """A sender's file name as one that can be kept; "file" where nothing of it can."""
    return _safe(name, FILE_BYTES) or "file"


def folder_name(number: str, unit: str, title: str) -> str:
    """`<number> <unit> <title>`: a submission's folder. The number is never cut, the title first."""
    parts = (_safe(number, FOLDER_BYTES), _cut(_plain(unit), _UNIT_BYTES), _plain(title))
    name = _plain(" ".join(parts)).translate(_FORBIDDEN).lstrip(" .-")
    if _RESERVED.match(name):
        name = f"_{name}"
    return _cut(name, FOLDER_BYTES) or "submission"


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The same names, told apart where they differ in case or normal form only: `name (2).docx`."""
    used: set[str] = set()
    counts: dict[str, int] = {}
    answer = []
    for name in names:
        candidate, key = name, _key(name)
        while _key(candidate) in used:
            counts[key] = counts.get(key, 1) + 1
            candidate = _numbered(name, counts[key])
        used.add(_key(candidate))
        answer.append(candidate)
    return tuple(answer)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _numbered(name: str, count: int) -> str:
    stem, extension = _split(name)
    ending = f" ({count}){extension}"
    return _cut(stem, FILE_BYTES - len(ending.encode())) + ending


def place(state: SubmissionState, issue: str | None, name: str) -> str:
    """Where a submission lies, below the storage folder; `issue` is an id of `issues.yaml`."""
    if state is SubmissionState.HELD:
        return f"issues/held/{name}"
    if state in _REFUSED:
        return f"issues/rejected/{name}"
    if issue is None:
        return f"issues/unassigned/{name}"
    folder = _safe(issue, FOLDER_BYTES) or "issue"
    if folder.casefold() in _STATE_FOLDERS:
        folder = f"_{folder}"
    if state is SubmissionState.INCOMPLETE:
        return f"issues/{folder}/incomplete/{name}"
    return f"issues/{folder}/{name}"
