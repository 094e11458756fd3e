"""The skeleton never disagrees with the parser of the standard library, and streams what it leaves out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.letter import parts, skeleton
from tests.unit.letter.build import HEAD, docx_part, leaf, letter, multipart

LINES = st.sampled_from(
    [
        b"--=_b", b"--=_b--", b"--=_c", b"--", b"-", b"", b"text", b"QUJDREVG" * 9, b" folded", b"Subject: x", b"\r",
        b"Content-Type: text/plain", b'Content-Type: multipart/mixed; boundary="=_c"', b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64", b"\xff\xfe", b" @@1.000000@@", b"x" * 150, b"--=_b " + b"y" * 70, b"=_b",
    ]
)  # fmt: skip


def bodies(raw: bytes) -> list[bytes]:
    """The bytes of all leaves by the standard library alone."""
    return [part.body for part in parts._leaves(parts._feed(raw), set(), set())]


@settings(max_examples=300, deadline=None)
@example(lines=[b"x" * 150, b"--=_b--", b"-"], end=b"\r\n", block=3, kept=1)
@given(st.lists(LINES, max_size=80), st.sampled_from([b"\r\n", b"\n", b"\r"]), st.integers(3, 40), st.integers(0, 60))
def test_any_lines_have_the_same_leaves(lines: list[bytes], end: bytes, block: int, kept: int) -> None:
    """Whatever the structure is, each stretch comes back in the body it came from, or the plain way is gone."""
    raw = b'Content-Type: multipart/mixed; boundary="=_b"' + end * 2 + end.join(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.eml")
        path.write_bytes(raw)
        bones = skeleton.make(path, block=block, first=kept, head=kept)
        message = parts._feed(bones.data)
        if parts._comes_back(bones, message):
            found = [b"".join(bones.pieces(part.body)) for part in parts._leaves(message, set(), set())]
            assert found == bodies(raw)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=400), st.booleans(), st.booleans()), max_size=6), st.booleans())
def test_generated_letters_have_the_same_files(files: list[tuple[bytes, bool, bool]], close: bool) -> None:
    """SHA-256 of every file, encoded or raw, nested or not, is what the standard library finds."""
    made = []
    for number, (content, encoded, nested) in enumerate(files):
        part = leaf("Content-Type: application/octet-stream", content, wrap=encoded)
        made.append(multipart("related", part, boundary=f"=_n{number}") if nested else part)
    raw = letter(*made, close=close)
    expected = []
    for part in message_from_bytes(raw).walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            expected.append(hashlib.sha256(content if isinstance(content, bytes) else b"").hexdigest())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.eml")
        path.write_bytes(raw)
        bones = skeleton.make(path, block=16, first=400, head=120)
        message = parts._feed(bones.data)
        assert parts._comes_back(bones, message)
        tree = parts.Tree(bones, tuple(parts._leaves(message, set(), set())), frozenset(), frozenset(), ())
        found = [hashlib.sha256(b"".join(tree.content(part))).hexdigest() for part in tree.parts]
    assert found == expected


@pytest.mark.parametrize("size", [0, 1, 2, 3, 100, 5000])
@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
def test_base64_is_decoded_across_pieces(size: int, piece: int) -> None:
    """Where the pieces are cut does not matter, nor do blanks, stray characters and what follows the padding."""
    content = os.urandom(size)
    raw = base64.encodebytes(content).replace(b"\n", b" \r\n!")
    cut = [raw[start : start + piece] for start in range(0, len(raw), piece)]
    assert b"".join(skeleton.decoded(iter(cut), "base64")) == content


def test_broken_base64_gives_what_it_holds() -> None:
    """A cut-off body loses no more than its last character; what stands behind the padding is not content."""
    assert b"".join(skeleton.decoded(iter([b"QUJDR"]), "base64")) == b"ABC"
    assert b"".join(skeleton.decoded(iter([b"QUI=QUJD"]), "base64")) == b"AB"
    assert b"".join(skeleton.decoded(iter([b"=QUJD"]), "base64")) == b"ABC"


def test_quoted_printable_and_uuencode_are_decoded_across_pieces() -> None:
    """The other encodings are streamed by lines."""
    content = bytes(range(256)) * 40
    quoted = binascii.b2a_qp(content, istext=False)
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    uu = b"begin 644 x\n" + lines + b"`\nend\n"
    for raw, encoding in ((quoted, "quoted-printable"), (uu, "x-uuencode")):
        cut = [raw[start : start + 50] for start in range(0, len(raw), 50)]
        assert b"".join(skeleton.decoded(iter(cut), encoding)) == content


def test_large_bodies_are_left_out(tmp_path: Path) -> None:
    """The skeleton of a letter of megabytes is small."""
    path = tmp_path / "x.eml"
    path.write_bytes(letter(leaf("Content-Type: image/jpeg", os.urandom(3_000_000)), docx_part()))
    assert len(skeleton.make(path).data) < 100_000


BLOB = os.urandom(9_000_000)
UU = b"".join(binascii.b2a_uu(BLOB[at : at + 45]) for at in range(0, len(BLOB), 45))
LARGE = {
    "base64": letter(leaf("Content-Type: image/jpeg", BLOB)),
    "base64 on one line": letter(
        b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(BLOB)
    ),
    "letter within the letter": letter(leaf("Content-Type: message/rfc822", letter(leaf("Content-Type: a/b", BLOB)))),
    "uuencoded in the text": HEAD + b"Subject: x\r\n\r\nbegin 644 a\n" + UU + b"`\nend\n",
    "quoted-printable": letter(
        b"Content-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=E4=BD=A0=\r\n" * 900_000
    ),
    "a text without a line end": HEAD + b"Subject: x\r\n\r\n" + b"a" * 12_000_000,
}


def test_memory_does_not_grow_with_the_letter(tmp_path: Path) -> None:
    """A fresh process reads large letters of every structure within 45 MB in all, file pages included."""
    for number, raw in enumerate(LARGE.values()):
        (tmp_path / f"{number}.eml").write_bytes(raw)
    program = (
        "import sys; from pathlib import Path; from mailbot.letter.read import read_letter;"
        "from mailbot.languages import load;"
        "found = [read_letter(Path(sys.argv[1], f'{n}.eml'), Path(sys.argv[2]), load('zh-CN')) for n in range(6)];"
        "print([max((file.bytes for file in one.files), default=0) for one in found]);"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(tmp_path / "w")], capture_output=True, text=True, check=True
    )
    sizes, peak = told.stdout.splitlines()
    inner = len(letter(leaf("Content-Type: a/b", BLOB)))
    assert json.loads(sizes) == [9_000_000, 9_000_000, inner, 9_000_000, 2_700_000, 0]
    assert int(peak) < 45_000


def test_a_header_that_swallows_a_stretch_is_read_the_plain_way(tmp_path: Path) -> None:
    """A part's header block longer than what is kept of it makes the whole letter be read as it stands."""
    path = tmp_path / "x.eml"
    head = b"Content-Type: application/octet-stream\r\n" + b"X-Long: " + b"a" * 60 + b"\r\n"
    path.write_bytes(letter(leaf(head + b"X-More: b\r\n" * 10_000 + b"X-End: c", b"content")))
    tree = parts.read_tree(path)
    assert not tree.skeleton.spans
    assert b"".join(tree.content(tree.parts[0])) == b"content"


@pytest.mark.parametrize("tail", [b"", b"x"])
def test_a_boundary_with_endless_blanks(tail: bytes, tmp_path: Path) -> None:
    """A line is a boundary, or none, by its end, however many blanks stand before that."""
    path = tmp_path / "x.eml"
    blanks = b" " * 200_000
    raw = letter(leaf("Content-Type: application/x", b"one" * 9000), docx_part())
    path.write_bytes(raw.replace(b"\r\n--=_b--", b"\r\n--=_b--" + blanks + tail + b"\r\n" + b"y" * 70_000))
    tree = parts.read_tree(path)
    assert [b"".join(tree.skeleton.pieces(part.body)) for part in tree.parts] == bodies(path.read_bytes())
