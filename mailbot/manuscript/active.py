"""What in a document would run, or be fetched, when somebody opens it: macros, programs, templates from elsewhere.

Nothing of it is ever opened here. Plain hyperlinks and linked pictures do not count, nor does a template on the
writer's own disk, which Word notes in every document made from one. All is bounded: what lies beyond is not looked at.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zlib
from typing import TYPE_CHECKING
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

if TYPE_CHECKING:
    import olefile

PROGRAM_NAMES = frozenset(
    (
        *("exe", "scr", "com", "bat", "cmd", "js", "jse", "vbs", "vbe", "wsf", "wsh", "ps1", "lnk", "hta", "msi"),
        *("pif", "jar", "chm", "dll", "cpl", "apk"),
    )
)
"""Endings of files that run when they are opened."""

RELATIONS = 500
RELATION_BYTES = 1 << 20
OBJECTS = 200
OBJECT_BYTES = 16 << 20
ALL_BYTES = 64 << 20
"""So much is read of a package's objects and relations together."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOADED = frozenset({"attachedTemplate", "oleObject", "frame", "subDocument"})
_REMOTE = re.compile(r"(?:mhtml:|url:|x-usc:)?(?:https?:|ftps?:|//|\\\\)")
_OBJECT = re.compile(r"(?:.*/)?embeddings/[^/]+|Object \d+", re.IGNORECASE)
_CLASS = re.compile(rb"classid\s*=\s*[\"']\{?([0-9A-Fa-f]{6})")
_HTML_FORMS = b"5512D1"  # fields of a web page that was pasted into the text, {5512D110-…} to {5512D128-…}
_MACROS = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
_BASIC = re.compile(r"(?:Basic/.+/(?!script-l[bc]\.xml)[^/]+|Scripts/.+/[^/]+)")
_BROKEN = (BadZipFile, EOFError, OSError, RuntimeError, ValueError, struct.error, zlib.error, lzma.LZMAError)


def runs(name: str) -> bool:
    """Whether a file of this name runs when it is opened; Windows drops dots and blanks at the end."""
    return name.rstrip(" .\0").rpartition(".")[2].lower() in PROGRAM_NAMES and "." in name


def active_in_package(package: ZipFile) -> str:
    """For OOXML and ODF: "macro", "program", "template", or ""."""
    names = package.namelist()
    if any(posixpath.basename(name).lower() == "vbaproject.bin" or _BASIC.fullmatch(name) for name in names):
        return "macro"
    reader = _Bounded(package)
    objects = [name for name in names if _OBJECT.fullmatch(name)][:OBJECTS]
    found = {_in_object(name, reader.read(name, OBJECT_BYTES)) for name in objects}
    if "macro" in found:
        return "macro"
    if "program" in found or _has_controls(names, reader):
        return "program"
    relations = [name for name in names if name.lower().endswith(".rels")][:RELATIONS]
    return "template" if any(_loads(reader.read(name, RELATION_BYTES)) for name in relations) else ""


def active_in_ole(ole: olefile.OleFileIO) -> str:
    """For .doc, .xls and their kin: "macro", "program", or ""."""
    try:
        paths = ole.listdir(streams=True, storages=True)
    except (*_BROKEN, RecursionError):
        return ""
    if any(part.lower() in _MACROS for path in paths for part in path):
        return "macro"
    native = [path for path in paths if path[-1].lower() == "\x01ole10native"][:OBJECTS]
    return "program" if any(_is_native_program(_start_of(ole, path)) for path in native) else ""


class _Bounded:
    """Reads beginnings of a package's members, until ALL_BYTES are used up; b"" for what cannot be read."""

    def __init__(self, package: ZipFile) -> None:
        self._package = package
        self._left = ALL_BYTES

    def read(self, member: str, most: int) -> bytes:
        try:
            with self._package.open(member) as file:
                data = file.read(min(most, self._left))
        except _BROKEN:  # nobody else can open it either
            return b""
        self._left -= len(data)
        return data


def _in_object(name: str, data: bytes) -> str:
    if runs(name) or data.startswith(b"MZ"):
        return "program"
    if not data.startswith(_OLE):
        return ""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return active_in_ole(ole)
    except (*_BROKEN, IndexError, RecursionError):
        return ""


def _has_controls(names: list[str], reader: _Bounded) -> bool:
    """Whether there are ActiveX controls other than the harmless fields of a pasted web page."""
    controls = [name for name in names if "/activex/" in name.lower()]
    if not any(name.lower().endswith(".bin") for name in controls):
        return False
    xml = [name for name in controls if name.lower().endswith(".xml")]
    classes = [_CLASS.search(reader.read(name, 1 << 12)) for name in xml[:OBJECTS]]
    return not xml or not all(found and found[1].upper() == _HTML_FORMS for found in classes)


def _start_of(ole: olefile.OleFileIO, path: list[str]) -> bytes:
    try:
        return bytes(ole.openstream(path).read(1 << 13))
    except (*_BROKEN, IndexError):
        return b""


def _is_native_program(data: bytes) -> bool:
    """An OLE1 package: size, flags, label, path, eight bytes, path on the way, size, the file itself.

    Source: [MS-OLEDS] 2.3.6 and the layout of "Package" as Windows' packager writes it.
    """
    label, _, rest = data[6:].partition(b"\0")
    origin, _, rest = rest.partition(b"\0")
    temporary, _, rest = rest[8:].partition(b"\0")
    names = (part.decode("latin-1") for part in (label, origin, temporary))
    return any(runs(name) for name in names) or rest[4:6] == b"MZ" or data[4:6] == b"MZ"


def _loads(relations: bytes) -> bool:
    """Whether one of the part's relations makes Word fetch something from another machine (ECMA-376 part 2, 9.3)."""
    found = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal found
        external = attributes.get("TargetMode", "").lower() == "external"
        kind = posixpath.basename(attributes.get("Type", ""))
        if tag.endswith("Relationship") and external and kind in _LOADED:
            found = found or _is_remote(attributes.get("Target", ""))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(relations, True)
    except (expat.ExpatError, ValueError):  # Word does not open it either
        return found
    return found


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a document type in relations")


def _is_remote(target: str) -> bool:
    target = target.strip().lower()
    if _REMOTE.match(target):
        return True
    rest = target.removeprefix("file:")
    path = rest.lstrip("\\/")
    on_disk = path[1:2] in (":", "|") or len(rest) - len(path) in (0, 1, 3)
    return rest != target and not on_disk
