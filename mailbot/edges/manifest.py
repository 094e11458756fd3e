"""What a filed revision consists of, planned before a byte is written, and its manifest.json. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from mailbot.model import File, Filing, Role, StoredFile
from mailbot.names import file_name, unique

MANIFEST = "manifest.json"
LETTER = "letter.eml"
TEXT = "text.txt"
SCHEMA = 1

_FOLDERS = {Role.MANUSCRIPT: "manuscripts", Role.ORIGINAL: "pictures", Role.PICTURE: "pictures"}
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Plan:
    """One revision: paths below its folder.

    `taken` are files of the work folder (their name there, what they become), `letter` is the raw letter's second name,
    `written` are the contents that mailbot makes, the manifest among them; `stored` is the manifest's list.
    """

    taken: tuple[tuple[str, StoredFile], ...]
    letter: str
    written: dict[str, bytes]
    stored: tuple[StoredFile, ...]
    folders: tuple[str, ...] = ("manuscripts", "pictures", _OTHER)


def plan(filing: Filing) -> Plan:
    """What is to stand in the revision's folder: the same filing gives the same bytes."""
    taken = _taken([file for file in filing.files if file.where])
    text = filing.text.encode("utf-8", "replace")
    stored = (*(line for _, line in taken), _letter_line(filing), _text_line(text))
    manifest = {
        "schema": SCHEMA,
        "number": filing.number,
        "revision": filing.revision,
        "facts": filing.facts,
        "letter": {"sha256": filing.raw.sha256, "path": filing.raw.path, "complete": filing.raw.complete},
        "files": [asdict(line) for line in stored],
    }
    return Plan(taken, LETTER, {TEXT: text, MANIFEST: encode(manifest)}, stored)


def _taken(files: list[File]) -> tuple[tuple[str, StoredFile], ...]:
    folders = [_FOLDERS.get(file.role, _OTHER) for file in files]
    names: dict[int, str] = {}
    for folder in set(folders):
        indexes = [index for index, each in enumerate(folders) if each == folder]
        names.update(zip(indexes, unique([file_name(files[index].name) for index in indexes]), strict=True))
    return tuple(
        (file.where, _line(file, f"{folder}/{names[index]}"))
        for index, (file, folder) in enumerate(zip(files, folders, strict=True))
    )


def _line(file: File, path: str) -> StoredFile:
    source = f"{file.inside} > {file.name}" if file.inside else file.name
    return StoredFile(
        path=path,
        sha256=file.sha256,
        bytes=file.bytes,
        media_type=file.media_type,
        role=file.role.value,
        source=source,
    )


def _letter_line(filing: Filing) -> StoredFile:
    raw = filing.raw
    return StoredFile(
        path=LETTER, sha256=raw.sha256, bytes=raw.bytes, media_type="message/rfc822", role="letter", source=raw.path
    )


def _text_line(text: bytes) -> StoredFile:
    sha256 = hashlib.sha256(text).hexdigest()
    return StoredFile(
        path=TEXT, sha256=sha256, bytes=len(text), media_type="text/plain", role="text", source="manuscript"
    )


def encode(manifest: dict[str, Any]) -> bytes:
    """JSON for people and programs: sorted keys, readable Chinese, a line end at the end."""
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2)
    return (text + "\n").encode("utf-8", "replace")


def decode(content: bytes) -> tuple[StoredFile, ...]:
    """The list of a manifest; ValueError where it is none."""
    try:
        found = json.loads(content)
        return tuple(StoredFile(**line) for line in found["files"])
    except (KeyError, TypeError) as fault:
        raise ValueError(f"not a manifest: {fault}") from fault
