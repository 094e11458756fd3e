"""Files that are sent to do harm, or that fell victim to a broken program: makers of their bytes, all quick."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

MIB = 1 << 20


def package(*members: tuple[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def _zeros(megabytes: int) -> bytes:
    """A zip of one file of zeros, packed a megabyte at a time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, made.open("稿件.docx", "w") as member:
        for _ in range(megabytes):
            member.write(bytes(MIB))
    return out.getvalue()


def zip_bomb() -> bytes:
    """300 MB of zeros in 300 KB."""
    return _zeros(300)


def nested_bomb() -> bytes:
    """Ten zips of 100 MB each within a zip."""
    inner = _zeros(100)
    return package(*((f"{number}.zip", inner) for number in range(10)))


def deep_zips() -> bytes:
    """A zip in a zip, fifty times."""
    data = package(("稿件.txt", "底".encode()))
    for _ in range(50):
        data = package(("内.zip", data))
    return data


def million_entries() -> bytes:
    """A zip whose directory has 1,000,000 entries for one empty file."""
    count = 1_000_000
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * count
    at = len(local) + len(directory)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), len(local))
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + directory + end64 + locator + end


def lying_sizes() -> bytes:
    """A zip whose directory says 10 bytes where 200 MB come out."""
    data = bytearray(_zeros(200))
    at = data.rfind(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    return bytes(data)


def tar_bomb() -> bytes:
    """A compressed tar of 300 MB of zeros."""
    out = io.BytesIO()
    with gzip.open(out, "wb") as packed, tarfile.open(fileobj=packed, mode="w|") as made:
        member = tarfile.TarInfo("稿件.docx")
        member.size = 300 * MIB
        made.addfile(member, io.BytesIO(bytes(300 * MIB)))
    return out.getvalue()


_TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def billion_laughs() -> bytes:
    """A .docx whose entities would grow to 3 GB."""
    entities = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    text = (
        b"<!DOCTYPE d ["
        + entities
        + b"]><w:document "
        + _W
        + b"><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>"
    )
    return package(("[Content_Types].xml", _TYPES), ("word/document.xml", text))


def xml_bomb() -> bytes:
    """A .docx with 100 MB of XML in 400 KB."""
    paragraph = b"<w:p><w:r><w:t>" + "社区".encode() * 400 + b"</w:t></w:r></w:p>"
    text = b"<w:document " + _W + b"><w:body>" + paragraph * (100 * MIB // len(paragraph)) + b"</w:body></w:document>"
    return package(("[Content_Types].xml", _TYPES), ("word/document.xml", text))


def deep_xml() -> bytes:
    """A .docx with a million elements within each other."""
    text = b"<w:document " + _W + b">" + b"<w:p>" * 1_000_000
    return package(("[Content_Types].xml", _TYPES), ("word/document.xml", text))


def odt_bomb() -> bytes:
    """An .odt with 100 MB of XML."""
    text = (
        b'<o:d xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0">' + b"<o:s/>" * (100 * MIB // 6) + b"</o:d>"
    )
    return package(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", text))


def pixel_bomb() -> bytes:
    """A PNG of 50,000 by 50,000 pixels in 2.4 MB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(50_000 // 8 + 1)
    data = b"".join(packer.compress(row) for _ in range(50_000)) + packer.flush()
    head = struct.pack(">2L5B", 50_000, 50_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def pdf_loop(pages: int = 3) -> bytes:
    """A PDF whose page tree runs in a circle, and whose content draws itself; it says that it has so many pages."""
    itself, draw = b"/Resources<</XObject<</X 4 0 R>>>>", b"/Length 5>>\nstream\n/X Do\nendstream"
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]" + itself + draw
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]" + itself + b"/Contents 5 0 R>>"
    text = b"<<" + draw
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count %d>>" % pages, page, form, text
    )


def pdf_bomb() -> bytes:
    """A PDF page of 200 MB of text commands in 200 KB."""
    packed = zlib.compress(b"(a) Tj " * (200 * MIB // 7), 9)
    text = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>"
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, text)


def rtf_braces() -> bytes:
    """An RTF with two million groups within each other."""
    return b"{\\rtf1 " + b"{" * 2_000_000


def html_nest() -> bytes:
    """A page with half a million elements within each other."""
    return b"<!DOCTYPE html><html>" + b"<div>" * 500_000 + "社区".encode()


def ole_loop() -> bytes:
    """A compound file whose sectors point at themselves, called .doc."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9L", 0, 1, 1, 0, 4096, 0, 1, 0, 0) + struct.pack("<109L", *[0] * 109)
    return head + struct.pack("<128L", *[0] * 128) + struct.pack("<128L", *[1] * 128)


def program() -> bytes:
    """The beginning of a program for Windows."""
    return b"MZ\x90\0" + bytes(60) + b"PE\0\0" + bytes(500)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], frozenset[str]]] = {
    name: (file, make, frozenset(problems.split()))
    for name, file, make, problems in (
        ("a zip bomb", "稿件.zip", zip_bomb, "bomb"),
        ("zip bombs in a zip", "稿件.zip", nested_bomb, "bomb too_large"),
        ("zips in zips", "稿件.zip", deep_zips, "unsupported bomb"),
        ("a million entries", "稿件.zip", million_entries, "bomb"),
        ("sizes that lie", "稿件.zip", lying_sizes, "bomb damaged"),
        ("a tar bomb", "稿件.tar.gz", tar_bomb, "bomb"),
        ("entities that grow", "稿件.docx", billion_laughs, "bomb"),
        ("100 MB of XML", "稿件.docx", xml_bomb, "bomb"),
        ("deep XML", "稿件.docx", deep_xml, "bomb damaged empty"),
        ("100 MB of ODF", "稿件.odt", odt_bomb, "bomb"),
        ("a pixel bomb", "图1.png", pixel_bomb, "bomb"),
        ("a PDF in a circle", "稿件.pdf", pdf_loop, "damaged empty"),
        ("a PDF of 99,999 pages", "稿件.pdf", partial(pdf_loop, 99_999), "too_large"),
        ("a PDF that grows", "稿件.pdf", pdf_bomb, "bomb damaged too_large"),
        ("an RTF of braces", "稿件.rtf", rtf_braces, "bomb damaged empty too_large"),
        ("a page of elements", "稿件.html", html_nest, "bomb damaged too_large"),
        ("a compound file in a circle", "稿件.doc", ole_loop, "damaged"),
        ("a program", "稿件.docx", program, "misnamed"),
    )
}
"""What it is -> its file's name, its maker, and the problems that may be told of it."""
