"""What an image file says of itself, for each format, and what is not opened."""

from __future__ import annotations

import io
import os
import random
import resource
import struct
import time
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageDraw

from mailbot.manuscript.document import Unreadable
from mailbot.manuscript.pictures import GREY, MEMORY, look, preload
from mailbot.model import FileProblem, ImageFacts

FAST = {"quality": 50, "enc_params": {"preset": "ultrafast"}}
TAKEN = "2026:11:20 10:22:33"
KINDS = [
    ("JPEG", "RGB", "jpeg", {}),
    ("JPEG", "CMYK", "jpeg", {}),
    ("JPEG", "L", "jpeg", {"progressive": True}),
    ("PNG", "RGBA", "png", {}),
    ("PNG", "P", "png", {"transparency": 3}),
    ("PNG", "1", "png", {}),
    ("GIF", "P", "gif", {}),
    ("BMP", "RGB", "bmp", {}),
    ("TIFF", "RGB", "tiff", {"compression": "tiff_lzw"}),
    ("TIFF", "CMYK", "tiff", {}),
    ("WEBP", "RGB", "webp", {}),
    ("HEIF", "RGB", "heic", {}),
    ("AVIF", "RGB", "avif", {}),
]
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera stores what it marks with each orientation (Exif 2.32, tag 0x0112)."""


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """The formats that the samples are written in."""
    preload()


def scene(width: int = 480, height: int = 320) -> Image.Image:
    """Bright at the left top, with a dark disc at the right."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).ellipse((width * 2 // 3, height // 3, width * 9 // 10, height * 9 // 10), fill=(20, 30, 90))
    ImageDraw.Draw(image).rectangle((0, 0, width // 4, height // 4), fill=(255, 250, 220))
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **(FAST if kind == "HEIF" else {}), **options)
    return out.getvalue()


def exif(orientation: int = 1, original: str = "", changed: str = "") -> bytes:
    """EXIF as a camera writes it."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    if changed:
        tags[0x0132] = changed
    if original:
        tags.get_ifd(0x8769)[0x9003] = original
    return tags.tobytes()


def apart(one: bytes, other: bytes) -> float:
    """How many steps of grey two views are apart on average."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def refused(data: bytes | Path) -> tuple[FileProblem, str]:
    """Why it is not looked at."""
    with pytest.raises(Unreadable) as caught:
        look(data)
    return caught.value.problem, caught.value.detail


@pytest.mark.parametrize(("kind", "mode", "name", "options"), KINDS)
def test_every_format_is_looked_at(kind: str, mode: str, name: str, options: dict[str, object], tmp_path: Path) -> None:
    """Size, format and view are the same whatever the file's format and colours, from bytes and from a path."""
    data = saved(scene().convert(mode), kind, **options)
    seen = look(data)
    assert (seen.width, seen.height, seen.format, seen.bytes) == (480, 320, name, len(data))
    assert len(seen.grey) == GREY * GREY
    assert apart(seen.grey, look(saved(scene(), "PNG")).grey) < (50 if mode == "1" else 12)
    path = tmp_path / "x"
    path.write_bytes(data)
    assert look(path) == seen


def test_sixteen_bits_are_not_all_white() -> None:
    """A grey PNG of 16 bits shows what one of 8 shows."""
    grey = scene().convert("L")
    deep = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    assert apart(look(saved(deep, "PNG")).grey, look(saved(grey, "PNG")).grey) < 2


def test_transparent_parts_are_white() -> None:
    """What is not there counts as paper."""
    image = scene().convert("RGBA")
    image.putalpha(0)
    assert set(look(saved(image, "PNG")).grey) == {255}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_picture_is_seen_upright(kind: str, orientation: int) -> None:
    """However the camera was held, width, height and view are those that people see."""
    upright = scene(96, 64)
    stored = upright.transpose(STORED[orientation]) if orientation in STORED else upright
    seen = look(saved(stored, kind, exif=exif(orientation, TAKEN)))
    assert (seen.width, seen.height, seen.orientation) == (96, 64, orientation)
    assert apart(seen.grey, look(saved(upright, "PNG")).grey) < 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_the_date_is_the_cameras(kind: str) -> None:
    """The date of the photograph, else that of the file; what is no date is none."""

    def taken(original: str, changed: str = "") -> str:
        return look(saved(scene(32, 32), kind, exif=exif(1, original, changed))).taken_at

    assert taken(TAKEN, "2027:01:01 00:00:00") == "2026-11-20T10:22:33"
    assert taken("", "2027:01:01 00:00:00") == "2027-01-01T00:00:00"
    assert taken("0000:00:00 00:00:00", "2027:01:01 00:00:00") == "2027-01-01T00:00:00"
    for nothing in ("", "    :  :     :  :  ", "2026:02:31 10:00:00", "昨天", "2026:11:20"):
        assert taken(nothing) == ""


def test_facts_are_told_as_the_model_wants_them() -> None:
    """`image_facts` is what stands in the dossier."""
    seen = look(saved(scene(300, 200), "JPEG", exif=exif(6, TAKEN)))
    assert seen.image_facts() == ImageFacts(
        width=200, height=300, format="jpeg", orientation=6, taken_at="2026-11-20T10:22:33"
    )


def test_the_first_of_several_counts() -> None:
    """Of a TIFF's pages, a GIF's frames and a phone's JPEG with a second picture the first is looked at."""
    first, second = scene(96, 64), ImageChops.invert(scene(96, 64))
    plain = look(saved(first, "PNG"))
    for kind, name in (("TIFF", "tiff"), ("GIF", "gif"), ("MPO", "jpeg"), ("HEIF", "heic"), ("WEBP", "webp")):
        seen = look(saved(first, kind, save_all=True, append_images=[second]))
        assert seen.format == name
        assert apart(seen.grey, plain.grey) < 12


def test_a_heic_is_known_by_its_thumbnail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small picture in the file is decoded instead of the large one; the size is that of the large one."""
    file = pillow_heif.from_pillow(scene())
    plain, small = io.BytesIO(), io.BytesIO()
    file.save(plain, **FAST)
    file.save(small, thumbnails=[256], **FAST)
    whole = look(plain.getvalue())

    def decoded(source: object) -> None:
        raise AssertionError("the large picture is decoded")

    monkeypatch.setattr(pillow_heif, "open_heif", decoded)
    seen = look(small.getvalue())
    assert (seen.width, seen.height) == (480, 320)
    assert apart(seen.grey, whole.grey) < 3


# --- broken and hostile files


def test_a_jpeg_may_lack_its_last_bytes() -> None:
    """Up to a tenth of it may be missing; more is told as cut."""
    noise = Image.frombytes("RGB", (640, 480), random.Random(1).randbytes(640 * 480 * 3))
    data = saved(noise, "JPEG", quality=80)
    whole = look(data)
    short = look(data[: len(data) * 95 // 100])
    assert (short.width, short.height) == (whole.width, whole.height)
    assert apart(whole.grey, short.grey) < 15
    assert refused(data[: len(data) * 70 // 100]) == (FileProblem.DAMAGED, "cut")
    assert look(data) == whole


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "HEIF", "AVIF"])
def test_what_is_broken_is_damaged(kind: str) -> None:
    """Half a file, and a file with bytes gone wrong, is damaged or still readable, and nothing else is raised."""
    data = saved(scene(160, 120), kind)
    assert refused(data[: len(data) // 3])[0] is FileProblem.DAMAGED
    dice = random.Random(kind)
    for _ in range(20):
        spoilt = bytearray(data)
        for _ in range(dice.randrange(1, 12)):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        try:
            look(bytes(spoilt))
        except Unreadable as fault:
            assert fault.problem in (FileProblem.DAMAGED, FileProblem.UNSUPPORTED, FileProblem.BOMB)


def test_drawings_are_unsupported() -> None:
    """Windows metafiles, SVG and PostScript are not opened by anything here."""
    wmf = b"\xd7\xcd\xc6\x9a" + bytes(18) + b"\x01\x00\x09\x00" + bytes(40)
    emf = b"\x01\x00\x00\x00" + bytes(36) + b" EMF" + bytes(80)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
    for data in (wmf, emf, svg, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"", b"text"):
        assert refused(data) == (FileProblem.UNSUPPORTED, "picture")


def png(width: int, height: int, *chunks: tuple[bytes, bytes], rows: bytes = b"") -> bytes:
    """A PNG whose header claims this size, in 8 bits RGBA."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows or bytes(4096))), (b"IEND", b"")]
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_pixel_bomb_is_told_before_it_is_decoded() -> None:
    """Ninety million pixels, or fewer that would take too much memory, cost neither time nor memory."""
    before, start = peak(), time.process_time()
    tall = saved(scene(64, 64), "JPEG").replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 60000, 2000), 1)
    gif = b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x80\0\0" + bytes(6) + b","
    gif += struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\0;"
    for bomb in (png(30000, 30000), png(8000, MEMORY // 4 // 8000 + 1), tall, gif):
        assert refused(bomb) == (FileProblem.BOMB, "pixels")
    assert time.process_time() - start < 1
    assert peak() - before < 30_000_000


def test_a_large_picture_stays_within_its_memory() -> None:
    """Six megapixels with transparency are not held twice."""
    image = Image.new("RGBA", (3000, 2000), (200, 100, 50, 255))
    data = saved(image, "PNG", compress_level=1)
    image.close()
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        before = peak()
        look(data)
        os.write(write, str(peak() - before).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert int(os.read(read, 100)) < 6_000_000 * 4 + 20_000_000
    os.close(read)
    os.close(write)


def test_a_hundred_thousand_frames_cost_one() -> None:
    """Only the first frame of an animation is looked at."""
    data = saved(scene(64, 64), "GIF")
    frame = b"!\xf9\x04\0\0\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    start = time.process_time()
    assert look(data[:-1] + frame * 100_000 + b";").width == 64
    assert time.process_time() - start < 0.5


def test_hidden_text_is_not_unpacked() -> None:
    """A text chunk that grows to 30 MB is not; nor are tags read that name the same bytes again and again."""
    before, start = peak(), time.process_time()
    text = b"Comment\0\0" + zlib.compress(bytes(30_000_000), 1)
    assert refused(png(8, 8, (b"zTXt", text)))[0] is FileProblem.DAMAGED
    count = 5000
    entries = b"".join(struct.pack(">HHII", 2, 7, 60_000, 8) for _ in range(count))
    tags = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", count) + entries + bytes(4)
    seen = look(png(8, 8, (b"eXIf", tags), rows=bytes(8 * 33)))
    assert (seen.orientation, seen.taken_at) == (1, "")
    assert peak() - before < 60_000_000  # the 30 MB that this test packs are among them
    assert time.process_time() - start < 2
