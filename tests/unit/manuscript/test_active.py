"""What in a document would run when it is opened."""

from __future__ import annotations

import io
import struct
import zipfile

import olefile
import pytest

from mailbot.manuscript.active import active_in_ole, active_in_package, runs
from tests.unit.manuscript.samples import article, compound
from tests.unit.manuscript.test_archives import zipped

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def native(name: str, content: bytes) -> bytes:
    """An OLE1 package with a file, as Windows' packager writes it."""
    raw = name.encode("gbk")
    rest = struct.pack("<H", 2) + raw + b"\0" + b"c:\\" + raw + b"\0" + bytes(4) + struct.pack("<L", len(raw) + 1)
    rest += raw + b"\0" + struct.pack("<L", len(content)) + content
    return struct.pack("<L", len(rest)) + rest


def relation(kind: str, target: str, mode: str = "External") -> dict[str, bytes]:
    xml = f'<Relationship Id="r" Type="{TYPES}{kind}" Target="{target}" TargetMode="{mode}"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {"word/_rels/settings.xml.rels": f'<Relationships xmlns="{space}">{xml}</Relationships>'.encode()}


def control(name: str) -> dict[str, bytes]:
    return {
        "word/activeX/activeX1.bin": b"x",
        "word/activeX/activeX1.xml": f'<ax:ocx ax:classid="{{{name}-0000-0000-0000-000000000000}}"/>'.encode(),
    }


def held(streams: dict[str, bytes]) -> dict[str, bytes]:
    return {"word/embeddings/oleObject1.bin": compound(streams)}


@pytest.mark.parametrize(
    ("extra", "found"),
    [
        ({}, ""),
        ({"word/vbaProject.bin": b"x"}, "macro"),
        ({"word/VBAPROJECT.BIN": b"x"}, "macro"),
        (relation("attachedTemplate", "https://example.com/x.dotm"), "template"),
        (relation("attachedTemplate", "HTTP://example.com/x.dotm"), "template"),
        (relation("attachedTemplate", "file://server/share/x.dotm"), "template"),
        (relation("attachedTemplate", "file:///\\\\server\\share\\x.dotm"), "template"),
        (relation("attachedTemplate", "\\\\server\\share\\x.dotm"), "template"),
        (relation("oleObject", "mhtml:http://example.com/x!x-usc:http://example.com"), "template"),
        (relation("subDocument", "ftp://example.com/x.docx"), "template"),
        (relation("attachedTemplate", "file:///C:\\Users\\w\\AppData\\Roaming\\Microsoft\\Templates\\x.dotm"), ""),
        (relation("attachedTemplate", "c:\\Users\\w\\x.dotm"), ""),
        (relation("attachedTemplate", "Normal.dotm"), ""),
        (relation("hyperlink", "https://example.com/"), ""),
        (relation("image", "https://example.com/a.png"), ""),
        (relation("oleObject", "http://example.com/x", mode="Internal"), ""),
        ({"word/_rels/x.rels": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}, ""),
        ({"word/embeddings/evil.exe": b"x"}, "program"),
        ({"word/embeddings/x.bin": b"MZ\x90\0"}, "program"),
        (held({"\x01Ole10Native": native("稿.docx.exe", b"x")}), "program"),
        (held({"\x01Ole10Native": native("清单.txt", b"MZ\x90\0")}), "program"),
        (held({"\x01Ole10Native": native("清单.txt", b"text")}), ""),
        (held({"Workbook": b"x"}), ""),
        (held({"_VBA_PROJECT_CUR": b"x"}), "macro"),
        ({"word/embeddings/oleObject1.bin": compound({"x": b""})[:600]}, ""),
        ({"word/embeddings/a.xlsx": zipped({"x": b"x"})}, ""),
        (control("8BD21D10"), "program"),
        (control("5512D11A"), ""),
    ],
)
def test_what_runs_in_a_package(extra: dict[str, bytes], found: str) -> None:
    """Macros, programs and templates from elsewhere are found; links, pictures and templates at home are none."""
    data = io.BytesIO(article("题目"))
    with zipfile.ZipFile(data, "a") as package:
        for name, content in extra.items():
            package.writestr(name, content)
    with zipfile.ZipFile(data) as package:
        assert active_in_package(package) == found


@pytest.mark.parametrize(("module", "found"), [("Module1.xml", "macro"), ("script-lb.xml", "")])
def test_macros_of_open_document(module: str, found: str) -> None:
    """A module of Basic is a macro; the empty list of modules that LibreOffice writes is none."""
    with zipfile.ZipFile(io.BytesIO(zipped({"content.xml": b"", f"Basic/Standard/{module}": b""}))) as package:
        assert active_in_package(package) == found


@pytest.mark.parametrize(
    ("streams", "found"),
    [
        ({"WordDocument": b"x"}, ""),
        ({"WordDocument": b"x", "Macros": b"x"}, "macro"),
        ({"WordDocument": b"x", "\x01Ole10Native": native("x.vbs", b"x")}, "program"),
        ({"WordDocument": b"x", "\x01Ole10Native": native("x.jpg", b"x")}, ""),
    ],
)
def test_what_runs_in_a_compound_file(streams: dict[str, bytes], found: str) -> None:
    """The same in a .doc."""
    with olefile.OleFileIO(io.BytesIO(compound(streams))) as ole:
        assert active_in_ole(ole) == found


def test_what_cannot_be_read_runs_nowhere() -> None:
    """A member whose bytes are broken is passed over, and costs no exception."""
    package = zipped({"word/embeddings/x.bin": b"MZ" * 4000}, zipfile.ZIP_STORED).replace(b"MZMZ", b"MZmz", 1)
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert active_in_package(opened) == ""


@pytest.mark.parametrize(
    ("name", "running"),
    [("a.exe", True), ("a.docx.SCR", True), ("a.js ", True), ("a.exe.", True), ("exe", False), ("a.docx", False)],
)
def test_names_that_run(name: str, running: bool) -> None:
    """The last ending decides, as Windows sees it."""
    assert runs(name) is running
