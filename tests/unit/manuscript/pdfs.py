"""PDFs written object by object, for what no program writes by itself."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000"
    b"/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 880]/ItalicAngle 0"
    b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


def stream(data: bytes, head: bytes = b"", *, packed: bool = False) -> bytes:
    """A stream object; `head` are further entries of its dictionary."""
    if packed:
        data, head = zlib.compress(data, 9), head + b"/Filter/FlateDecode"
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), head, data)


def image(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG as an image object."""
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % (width, height)
    return stream(jpeg, head + b"/ColorSpace/DeviceRGB/Filter/DCTDecode")


def text(words: str, x: float, y: float, size: float = 12) -> bytes:
    """Drawing commands for words at a place."""
    return b"BT /F %g Tf %g %g Td <%s> Tj ET\n" % (size, x, y, words.encode("utf-16-be").hex().encode())


def file(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """The objects as a file; number 1 is the catalogue."""
    out, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %c \n" % (places.get(number, 0), b"n" if number in places else b"f")
    return out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def document(
    pages: Sequence[bytes],
    *,
    images: Sequence[bytes] = (),
    more: Mapping[int, bytes] | None = None,
    catalog: bytes = b"",
    page: bytes = b"",
    font: bytes = FONT,
) -> bytes:
    """A file of A4 pages with these drawing commands; images are named /I0, /I1 …, `more` objects begin at 1000."""
    named = b"".join(b"/I%d %d 0 R" % (number, 4 + number) for number in range(len(images)))
    resources = b"/Resources<</Font<</F 3 0 R>>/XObject<<%s>>>>" % named
    objects = {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog, 3: font}
    objects |= {4 + number: content for number, content in enumerate(images)}
    first = 4 + len(images)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects[2] = b"<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 595 842]%s>>" % (kids, len(pages), resources)
    for number, content in enumerate(pages):
        at = first + 2 * number
        objects[at] = b"<</Type/Page/Parent 2 0 R/Contents %d 0 R%s>>" % (at + 1, page)
        objects[at + 1] = stream(content, packed=True)
    return file(objects | dict(more or {}))
