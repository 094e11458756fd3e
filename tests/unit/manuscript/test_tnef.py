"""winmail.dat, written by the tests after [MS-OXTNEF], for no free program writes it."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest

from mailbot.manuscript.archives.rtfbody import uncompressed
from mailbot.manuscript.archives.unpack import Budget, Unpacked, unpack
from mailbot.manuscript.sniff import FileType
from mailbot.model import FileProblem
from tests.unit.manuscript.packed import properties, winmail
from tests.unit.manuscript.samples import photo

HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""The example of [MS-OXRTFCP] 4.1.1."""


def opened(folder: Path, data: bytes) -> Unpacked:
    path = folder / "winmail.dat"
    path.write_bytes(data)
    return unpack(path, FileType.TNEF, folder, "w", Budget(), "winmail.dat")


def test_files_and_their_names(tmp_path: Path) -> None:
    """The long name is the one, in Unicode; the short one is read in the letter's code page."""
    data = winmail([(b"GAOJI~1.DOC", "稿件 一.doc", b"document"), ("照片.jpg".encode("gbk"), "", photo(1))])
    found = opened(tmp_path, data)
    assert [(file.name, file.where, file.media_type) for file in found.files] == [
        ("稿件 一.doc", "w001", "application/octet-stream"),
        ("照片.jpg", "w002", "image/jpeg"),
    ]
    assert (tmp_path / "w001").read_bytes() == b"document"
    assert (found.problem, found.text) == (None, "")


@pytest.mark.parametrize(
    "data",
    [
        winmail(body="编辑您好：\r\n稿件见附件。".encode("gbk")),
        winmail(message=properties((0x1000001F, "编辑您好：\r\n稿件见附件。\0".encode("utf-16-le")))),
        winmail(
            message=properties(
                (0x3FDE0003, struct.pack("<L", 936)), (0x1000001E, "编辑您好：\n稿件见附件。".encode("gbk"))
            )
        ),
        winmail(
            message=properties(
                (0x3FDE0003, struct.pack("<L", 65001)),
                (0x10130102, "<html><p>编辑您好：</p><p>稿件见附件。</p></html>".encode()),
            )
        ),
    ],
)
def test_the_letter_in_it(tmp_path: Path, data: bytes) -> None:
    """Its text is the plain body, in whatever charset, else the page; a letter without files is no fault."""
    found = opened(tmp_path, data)
    assert "".join(found.text.split()) == "编辑您好：稿件见附件。"
    assert (found.files, found.problem) == ((), None)


def test_a_letter_in_compressed_rtf(tmp_path: Path) -> None:
    """Where there is nothing else, the text comes out of the RTF."""
    assert uncompressed(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert opened(tmp_path, winmail(message=properties((0x10090102, HELLO)))).text == "hello world"


def test_a_content_among_the_properties(tmp_path: Path) -> None:
    """A file whose bytes stand among its properties is taken out, too."""
    whole = winmail([(b"a.txt", "", b"")])
    body = properties((0x37010102, b"content"), (0x3704001E, "附.txt".encode("gbk")), (0x8001001E, b""))
    at = whole.find(struct.pack("<H", 0x800F)) - 1
    changed = whole[:at] + struct.pack("<BHHL", 2, 0x9005, 6, len(body)) + body + b"\0\0"
    assert [(file.name, file.bytes) for file in opened(tmp_path, changed).files] == [("附.txt", 7)]


def test_one_that_was_cut_off(tmp_path: Path) -> None:
    """What stands before the cut is taken out; with nothing there, it is damaged."""
    data = winmail([(b"a.txt", "", b"first"), (b"b.txt", "", b"second" * 99)])
    found = opened(tmp_path, data[:-100])
    assert found.problem is FileProblem.DAMAGED
    assert [(file.name, file.problem) for file in found.files] == [("a.txt", None), ("b.txt", FileProblem.DAMAGED)]
    assert opened(tmp_path, data[:16]).problem is FileProblem.DAMAGED
    assert opened(tmp_path, b'x\x9f>"').problem is FileProblem.DAMAGED


@pytest.mark.parametrize("count", [0xFFFFFFFF, 60_000])
def test_counts_that_lie(tmp_path: Path, count: int) -> None:
    """A list that claims four thousand million properties ends where its bytes do, at once."""
    message = bytearray(properties(*[(0x0E070003, bytes(4))] * 10))
    message[:4] = struct.pack("<L", count)
    start = time.process_time()
    assert opened(tmp_path, winmail(body=b"text", message=bytes(message))).text == "text"
    many = struct.pack("<LHHL", 1, 0x101E, 0x1000, 0xFFFFFFFF) + bytes(4) * 100_000
    assert opened(tmp_path, winmail(message=many)).problem is FileProblem.BOMB
    assert time.process_time() - start < 1
