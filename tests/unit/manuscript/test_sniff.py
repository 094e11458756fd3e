"""What a file is, by its bytes, its name, and a look into it."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from mailbot.manuscript.sniff import FileType, sniff
from tests.unit.manuscript.packed import rar4, rar5, winmail
from tests.unit.manuscript.samples import article, compound, photo
from tests.unit.manuscript.test_archives import tarred, zipped

PROSE = "社区治理是基层治理的重要内容，居民的事情由居民商量着办。" * 20
PAGE = "<!DOCTYPE html>\n<html><body><p>正文</p></body></html>".encode()
MHT = b"From: x\r\nSubject: y\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
LETTER = b"Received: from a\r\n by b\r\nFrom: a@example.cn\r\nSubject: x\r\n\r\ntext\r\n"


def tagged(kind: bytes, at: int = 0) -> bytes:
    return bytes(at) + kind + bytes(600)


def odt() -> bytes:
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("稿.docx", article("题目"), FileType.DOCX),
        ("稿.doc", article("题目"), FileType.DOCX),
        ("表.xlsx", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), FileType.OFFICE),
        ("稿.odt", odt(), FileType.ODT),
        ("包.zip", zipped({"稿.txt": b"x"}), FileType.ZIP),
        ("包.zip", zipped({"稿.txt": b"x"})[:40], FileType.BROKEN_ZIP),
        ("稿.docx", article("题目")[:-100], FileType.BROKEN_ZIP),
        ("包.rar", rar5({"a": b"a"}), FileType.RAR),
        ("包.zip", rar4({b"a": b"a"}), FileType.RAR),
        ("包.tar", tarred("w"), FileType.TAR),
        ("包", tarred("w:gz"), FileType.TAR),
        ("包.tgz", tarred("w:bz2"), FileType.TAR),
        ("包.xz", tarred("w:xz"), FileType.TAR),
        ("稿.txt.gz", gzip.compress(PROSE.encode()), FileType.GZIP),
        ("坏.gz", b"\x1f\x8b\x08 broken", FileType.GZIP),
        ("winmail.dat", winmail(), FileType.TNEF),
        ("稿.doc", compound({"WordDocument": b"", "1Table": b""}), FileType.OLE),
        ("稿.wps", compound({"a": b"", "b": b"", "c": b"", "d": b"", "WordDocument": b""}), FileType.OLE),
        ("表.xls", compound({"Workbook": b""}), FileType.OFFICE),
        ("稿.docx", compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), FileType.ENCRYPTED),
        ("稿.doc", compound({"WordDocument": b""})[:512], FileType.OLE),
        ("表.xls", compound({"Workbook": b""})[:512], FileType.OFFICE),
        ("稿.pdf", b"%PDF-1.7", FileType.PDF),
        ("稿.pdf", b"\r\n\r\n%PDF-1.7", FileType.PDF),
        ("稿.rtf", b"{\\rtf1 x}", FileType.RTF),
        ("稿.txt", PROSE.encode(), FileType.TEXT),
        ("稿.txt", PROSE.encode("gb18030"), FileType.TEXT),
        ("稿.txt", PROSE.encode("utf-16"), FileType.TEXT),
        ("PK.txt", b"PK " + PROSE.encode(), FileType.TEXT),
        ("稿.TXT", b"short", FileType.TEXT),
        ("稿", PROSE.encode("gbk"), FileType.TEXT),
        ("稿.doc", PROSE.encode("gbk"), FileType.TEXT),
        ("稿", b"some English words", FileType.UNKNOWN),
        ("稿.txt", b"binary\0\1\2", FileType.UNKNOWN),
        ("稿.md", b"# x", FileType.MARKDOWN),
        ("稿.markdown", b"# x", FileType.MARKDOWN),
        ("稿.html", PAGE, FileType.HTML),
        ("稿.htm", b"<p>x</p>", FileType.HTML),
        ("稿.doc", b"\xef\xbb\xbf" + PAGE, FileType.HTML),
        ("稿.doc", MHT, FileType.MHTML),
        ("稿.mht", MHT, FileType.MHTML),
        ("信.eml", LETTER, FileType.MESSAGE),
        ("信.eml", b"no letter", FileType.UNKNOWN),
        ("数.csv", PROSE.encode(), FileType.UNKNOWN),
        ("数.json", b"{}", FileType.UNKNOWN),
        ("x.url", b"[InternetShortcut]\r\nURL=http://example.cn\r\n", FileType.UNKNOWN),
        ("图.jpg", photo(1), FileType.IMAGE),
        ("图.heic", tagged(b"\0\0\0\x18ftypheic"), FileType.IMAGE),
        ("图.heic", tagged(b"\0\0\0\x18ftypmif1"), FileType.IMAGE),
        ("图.bmp", b"BM\x36\x10\0\0" + bytes(60), FileType.IMAGE),
        ("片.mp4", tagged(b"\0\0\0\x18ftypmp42"), FileType.MEDIA),
        ("片.mov", tagged(b"\0\0\0\x14ftypqt  "), FileType.MEDIA),
        ("声.mp3", tagged(b"ID3\3"), FileType.MEDIA),
        ("声.amr", tagged(b"#!AMR\n"), FileType.MEDIA),
        ("稿.docx", tagged(b"MZ\x90\0"), FileType.PROGRAM),
        ("稿.docx", tagged(b"\x7fELF\2"), FileType.PROGRAM),
        ("稿.txt", b"#!/bin/sh\nrm -r x\n", FileType.PROGRAM),
        ("MZ.txt", b"MZ is how some words begin", FileType.TEXT),
        ("稿.docx.js", b"alert(1)", FileType.PROGRAM),
        ("稿.docx.EXE . ", b"text", FileType.PROGRAM),
        ("应用.apk", zipped({"AndroidManifest.xml": b""}), FileType.PROGRAM),
        ("应用.zip", zipped({"META-INF/MANIFEST.MF": b"", "a.class": b""}), FileType.PROGRAM),
        ("装.msi", compound({"x": b""}), FileType.PROGRAM),
        ("空", b"", FileType.EMPTY),
        ("空.docx", bytes(100), FileType.UNKNOWN),
    ],
)
def test_what_a_file_is(tmp_path: Path, name: str, data: bytes, kind: FileType) -> None:
    """Bytes go before names; a name decides only what runs, and what has no signature."""
    path = tmp_path / "f"
    path.write_bytes(data)
    assert sniff(path, name) is kind


def test_word_within_a_spreadsheet_makes_no_document(tmp_path: Path) -> None:
    """Only what lies at the root of a compound file tells what it is."""
    data = bytearray(compound({"Workbook": b"", "WordDocument": b""}))
    at = 1024 + 2 * 128
    data[at + 128 + 68 : at + 128 + 72] = data[at + 68 : at + 72]
    first = 1024 + 128
    data[first + 72 : first + 76] = b"\xff\xff\xff\xff"  # nothing beside the first entry
    path = tmp_path / "f"
    path.write_bytes(data)
    assert sniff(path, "表.xls") is FileType.OFFICE


def test_a_directory_that_runs_in_circles(tmp_path: Path) -> None:
    """A compound file whose sectors or entries follow each other in a circle is seen through once."""
    data = bytearray(compound({"WordDocument": b""}))
    data[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")  # the directory's sector follows itself
    data[1024 + 128 + 72 : 1024 + 128 + 76] = (1).to_bytes(4, "little")  # and so does its entry
    path = tmp_path / "f"
    path.write_bytes(data)
    assert sniff(path, "稿.doc") is FileType.OLE


def test_a_mimetype_that_is_packed_wrongly(tmp_path: Path) -> None:
    """A package whose first member cannot be read is a broken one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", b"application/vnd.oasis.opendocument.text")
        package.writestr("content.xml", b"")
    path = tmp_path / "f"
    path.write_bytes(out.getvalue().replace(b"application/vnd", b"application/VND", 1))
    assert sniff(path, "稿.odt") is FileType.BROKEN_ZIP
