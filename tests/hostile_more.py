"""More files that are sent to do harm: giants by their own account, loops, masses of small things, wrong names."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

from tests import hostile
from tests.hostile import MIB, package
from tests.unit.manuscript.packed import rar4, rar5, rar5_locked
from tests.unit.manuscript.samples import article, compound, photo, rewritten


def overlapping_zip() -> bytes:
    """A zip of 200 members that are all the same 30 KB, each of which grows to 30 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = bytes(30 * MIB)
    data, crc = packer.compress(plain) + packer.flush(), zlib.crc32(plain)
    sizes = (20, 0, 8, 0, 0, crc, len(data), len(plain))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *sizes, 1, 0) + b"a" + data
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *sizes, 5, 0, 0, 0, 0, 0, 0) + b"%05d" % number
        for number in range(200)
    )
    return local + directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 200, 200, len(directory), len(local), 0)


def gzips() -> bytes:
    """300 MB of zeros, compressed three times over."""
    return gzip.compress(gzip.compress(gzip.compress(bytes(300 * MIB), 6)))


def many_files() -> bytes:
    """A zip of 10,000 small files."""
    return package(*((f"{number}.txt", b"x") for number in range(10_000)))


def pixel_bombs() -> bytes:
    """A zip of 200 PNGs of 50,000 by 50,000 pixels that end after their header."""
    return package(*((f"{number}.png", _PNG_HEAD) for number in range(200)))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


_PNG_HEAD = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">2L5B", 50_000, 50_000, 1, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(bytes(MIB)))
)


def giant_heic() -> bytes:
    """A HEIC whose image says that it is 60,000 by 60,000 pixels."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    data = photo(1, 64, 64, kind="HEIF")
    at = data.index(b"ispe")
    return data[: at + 8] + struct.pack(">2L", 60_000, 60_000) + data[at + 16 :]


def tiff_strips() -> bytes:
    """A TIFF of 100,000 strips, one for each line, that all lie at one place."""
    count = 100_000
    tags = ((256, 4, 1, 100), (257, 4, 1, count), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1))
    start = 8 + 2 + 12 * (len(tags) + 3) + 4
    tags += ((273, 4, count, start), (278, 4, 1, 1), (279, 4, count, start + 4 * count))
    directory = b"".join(struct.pack("<HHLL", *tag) for tag in sorted(tags))
    tables = struct.pack("<L", 8) * count + struct.pack("<L", 100) * count
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + directory + bytes(4) + tables


def gif_frames() -> bytes:
    """A GIF of 100,000 frames of one pixel."""
    frame = b"!\xf9\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 100_000 + b";"


def giant_jpeg() -> bytes:
    """A progressive JPEG that says it is 20,000 by 20,000 pixels."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 64), "gray").save(out, "JPEG", progressive=True)
    data = out.getvalue()
    at = data.index(b"\xff\xc2")
    return data[: at + 5] + struct.pack(">HH", 20_000, 20_000) + data[at + 9 :]


def many_pictures() -> bytes:
    """A .docx that shows one picture 100,000 times."""
    drawing = (
        b'<w:p><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" r:embed="rId%d" '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></w:drawing></w:r></w:p>'
    )

    def change(name: str, data: bytes) -> bytes:
        if name != "word/document.xml":
            return data
        number = int(data.partition(b'r:embed="rId')[2].partition(b'"')[0])
        return data.replace(b"</w:body>", drawing % number * 100_000 + b"</w:body>")

    return rewritten(article("图片很多的文章", pictures=[photo(1)]), change)


def giant_picture() -> bytes:
    """A .docx whose picture grows to 300 MB."""
    out = io.BytesIO()
    whole = article("图片很大的文章", pictures=[photo(1)])
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not name.startswith("word/media/"):
                new.writestr(name, old.read(name))
                continue
            with new.open(name, "w") as member:
                for _ in range(300):
                    member.write(bytes(MIB))
    return out.getvalue()


def lying_rtf() -> bytes:
    r"""An RTF whose \bin claims 500 MB."""
    return rb"{\rtf1\ansi " + b"x" * 100 + rb"{\pict\bin500000000 abc}}"


def circular_pieces() -> bytes:
    """A .doc whose piece table and everything else in its table stream points at itself."""
    head = struct.pack("<HH", 0xA5EC, 0x00C1) + bytes(28) + struct.pack("<H", 14) + bytes(28)
    head += struct.pack("<H", 22) + struct.pack("<22L", 4096, *[100_000] * 21)
    head += struct.pack("<H", 93) + struct.pack("<2L", 0, 0xFFFF) * 93
    table = b"\2" + struct.pack("<L", 60_000) + struct.pack("<5000L", *[0, 0xFFFFFFF] * 2500)
    return compound({"WordDocument": head.ljust(8192, b"\1"), "0Table": table, "1Table": table})


def odt_entities() -> bytes:
    """An .odt whose content has a DTD with entities that grow."""
    entities = b'<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (n, b"&%c;" % (n - 1) * 20) for n in range(98, 106)
    )
    text = b"<!DOCTYPE d [" + entities + b"]><d>&i;</d>"
    return package(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", text))


def page_with_data() -> bytes:
    """A page with 5 MB in the address of an image, and 10,000 such addresses without end."""
    return b"<html><body><p>x<img src='data:image/png;base64," + b"A" * (5 * MIB) + b"'>" + b"<img src='data:" * 10_000


def nested_markdown() -> bytes:
    """Markdown of quotes, lists, brackets and stars within each other."""
    return (
        b"> " * 20_000 + b"\n\n" + b"[" * 50_000 + b"\n\n" + b"*a_" * 50_000 + b"\n\n" + b"- " * 20_000 + b"`" * 50_000
    )


def nested_letters(depth: int = 100) -> bytes:
    """A letter in a letter, so many times."""
    data = b"Subject: inner\r\nFrom: a@example.cn\r\nMIME-Version: 1.0\r\n\r\nx"
    for number in range(depth):
        data = (
            b"Subject: %d\r\nFrom: a@example.cn\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n"
            b"--b%d\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n--b%d--\r\n" % (number, number, number, data, number)
        )
    return data


def zip_of_letters() -> bytes:
    """A zip of a letter with a zip of a letter with a zip bomb."""
    import base64

    data = hostile.zip_bomb()
    for _ in range(2):
        mail = (
            b"From: a@example.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/zip; name=a.zip\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)
        )
        data = package(("信.eml", mail))
    return data


def locked_zip() -> bytes:
    """A zip whose member says that it is encrypted."""
    data = bytearray(package(("稿件.docx", b"x" * 100)))
    data[data.find(b"PK\3\4") + 6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    return bytes(data)


def pdf_locked() -> bytes:
    """A PDF that asks for a password which nobody has."""
    whole = hostile.pdf_loop(1)
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>/ID[<00><00>]"
    return whole.replace(b"trailer\n<<", b"trailer\n<<" + lock)


LNK = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60)
SCRIPT = b"var shell = new ActiveXObject('WScript.Shell'); shell.Run('calc');"

MORE: dict[str, tuple[str, Callable[[], bytes], frozenset[str]]] = {
    name: (file, make, frozenset("" if one == "-" else one for one in problems.split()))
    for name, file, make, problems in (
        ("members that lie over each other", "稿件.zip", overlapping_zip, "bomb"),
        ("a gzip of a gzip of a gzip", "稿件.gz", gzips, "bomb unsupported"),
        ("10,000 files", "稿件.zip", many_files, "bomb"),
        ("200 pixel bombs", "照片.zip", pixel_bombs, "bomb too_large damaged"),
        ("a giant HEIC", "图.heic", giant_heic, "bomb damaged too_large"),
        ("a TIFF of strips", "图.tif", tiff_strips, "- bomb damaged too_large"),
        ("a GIF of frames", "图.gif", gif_frames, "- bomb damaged too_large"),
        ("a giant JPEG", "图.jpg", giant_jpeg, "bomb damaged too_large"),
        ("100,000 pictures", "稿件.docx", many_pictures, "- too_large bomb"),
        ("a giant picture", "稿件.docx", giant_picture, "- bomb"),
        ("an RTF that lies", "稿件.rtf", lying_rtf, "damaged empty -"),
        ("a piece table in a circle", "稿件.doc", circular_pieces, "- damaged empty"),
        ("an ODT with entities", "稿件.odt", odt_entities, "bomb damaged"),
        ("a page with data", "稿件.html", page_with_data, "- bomb too_large damaged empty"),
        ("nested Markdown", "稿件.md", nested_markdown, "- too_large damaged"),
        ("50 MB of text", "稿件.txt", lambda: "社区议事。\n".encode() * 3_300_000, "- too_large"),
        ("a text of NULs", "稿件.txt", partial(bytes, 10 * MIB), "- damaged empty misnamed unsupported"),
        ("letters in letters", "信.eml", nested_letters, "- damaged too_large unsupported"),
        ("a zip of a letter of a zip", "信.zip", zip_of_letters, "unsupported bomb"),
        ("half a RAR 4", "稿件.rar", lambda: rar4({b"a.txt": b"x" * 9999})[:5000], "damaged"),
        ("half a RAR 5", "稿件.rar", lambda: rar5({"a.txt": b"x" * 9999})[:5000], "damaged"),
        ("a 7z without its end", "稿件.7z", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + b"\1" * 500, "damaged"),
        ("a locked RAR", "稿件.rar", rar5_locked, "encrypted"),
        ("a locked zip", "稿件.zip", locked_zip, "encrypted"),
        ("a locked PDF", "稿件.pdf", pdf_locked, "encrypted"),
        ("a locked .docx", "稿件.docx", lambda: compound({"EncryptedPackage": b"x" * 5000}), "encrypted"),
        ("a link called .docx", "稿件.docx", lambda: LNK, "misnamed damaged"),
        ("a link called .jpg", "图.jpg", lambda: LNK, "misnamed damaged"),
        ("a script called .docx", "稿件.docx", lambda: SCRIPT, "misnamed damaged"),
        ("a script called .jpg", "图.jpg", lambda: SCRIPT, "misnamed damaged"),
        ("a program called .jpg", "图.jpg", hostile.program, "misnamed"),
        ("a program called .pdf", "稿件.pdf", hostile.program, "misnamed"),
    )
}
"""As `hostile.HOSTILE`; "" among the problems: it may be read without one."""
