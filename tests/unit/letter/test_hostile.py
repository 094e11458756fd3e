"""Nothing in a letter makes the reader raise, hang, or give what cannot be stored."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.codec import dump, load
from mailbot.letter.read import read_letter
from mailbot.model import Letter
from tests.unit.letter.build import DOCX, HEAD, ZH, docx_part, leaf, letter, multipart, read, simple

PLAIN = leaf("Content-Type: text/plain; charset=gb2312", "您好，附上稿件。朱镕".encode("gbk"))
HTML = leaf("Content-Type: text/html; charset=gb2312", '<p>您好</p><img src="cid:1">'.encode("gbk"))
PHOTO = leaf("Content-Type: image/png; name*0*=gbk''%D5%D5; name*1*=%C6%AC.png\r\nContent-ID: <1>", b"\x89PNG" + DOCX)
TEXTS = multipart("alternative", PLAIN, HTML, boundary="=_c")
FOXMAIL = letter(multipart("related", TEXTS, PHOTO, boundary="=_d"), docx_part(), docx_part("filename*=''%ff"))
SHAPES = (
    FOXMAIL,
    letter(PLAIN, b"Content-Type: message/rfc822\r\n\r\n" + FOXMAIL.replace(b"=_", b"=x")),
    letter(PLAIN, leaf("Content-Type: message/rfc822", FOXMAIL), kind="digest"),
    letter(
        PLAIN, b"Content-Type: message/delivery-status\r\n\r\nStatus: 5", kind='report; report-type="delivery-status"'
    ),
    simple(
        "从网易163邮箱发来的超大附件 https://mail.163.com/large-attachment-download/?file=1 (1M, 2026年1月1日 到期)",
        "x",
    ),
    HEAD + b"Subject: =?gb2312?B?zbY=?= =?gb2312?Q?=B8?= =?gb2312?Q?=E5?=\r\n\r\nbegin 644 x\n#86)C\n`\nend\n",
)


def storable(found: Letter) -> bool:
    """Whether all of it comes back from storage as it is."""
    text = dump(found)
    text.encode()
    return load(Letter, text) == found


def mutated(raw: bytes, random_: random.Random) -> bytes:
    """A letter with some of the faults that letters have, and others."""
    for _ in range(random_.randint(1, 6)):
        at, other = sorted((random_.randrange(len(raw) + 1), random_.randrange(len(raw) + 1)))
        lines = raw.split(b"\n")
        line = random_.randrange(len(lines))
        match random_.randrange(9):
            case 0:
                raw = raw[:at] + bytes([random_.randrange(256)]) + raw[at + 1 :]
            case 1:
                raw = raw[:at]
            case 2:
                raw = raw[:at] + raw[other:]
            case 3:
                raw = b"\n".join((*lines[:line], lines[line], *lines[line:]))
            case 4:
                raw = b"\n".join((*lines[:line], *lines[line + 1 :]))
            case 5:
                raw = (
                    raw[:at]
                    + random_.choice((b"\0", b"\r", b"\n", b'"', b"--=_b--\r\n", b"--=_c\n", b"\xff"))
                    + raw[at:]
                )
            case 6:
                raw = raw[:at] + raw[at:other] * random_.randint(2, 4) + raw[other:]
            case 7:
                raw = raw.replace(*random_.choice(SWAPS))
            case _:
                raw = raw.replace(b"\r\n", random_.choice((b"\n", b"\r", b"\r\r\n")))
        raw = raw[:60_000]
    return raw


PUT_IN = (b"\0", b"\r", b"\n", b'"', b"--=_b--\r\n", b"--=_c\n", b"\xff")
SWAPS = (
    (b"=_c", b"=_b"), (b'boundary="', b'boundary="\xff'), (b"base64", b"quoted-printable"), (b"gb2312", b"utf-16"),
    (b"gb2312", b"\0"), (b"multipart/", b"message/"), (b"mixed", b"digest"), (b"Content-Type:", b"Content-Type :"),
    (b"text/plain", b"multipart/mixed"), (b"; ", b";;"), (b"\r\n\r\n", b"\r\n"), (b"=?gb", b"=?utf-7*\0"),
    (b"<1", b"<<"),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SHAPES), st.integers(0, 2**32))
def test_no_mutation_of_a_letter_raises(tmp_path_factory: pytest.TempPathFactory, raw: bytes, seed: int) -> None:
    """Letters with flipped, cut, doubled and swapped bytes and lines are read, and what is read can be stored."""
    folder = tmp_path_factory.mktemp("x")
    found = read(mutated(raw, random.Random(seed)), folder)
    assert storable(found)
    assert {path.name for path in (folder / "work").iterdir()} == {file.where for file in found.files}


MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
NASTY = {
    "one header": b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "folded header": b"Subject: " + b"a\r\n " * 250_000 + b"\r\n\r\n",
    "headers": b"A: b\r\n" * 160_000 + b"\r\n",
    "words": b"Subject: " + b"=?gbk?B?zbY=?= " * 60_000 + b"\r\n\r\n",
    "parameters": b"Content-Type: a/b; " + b"x*0*=gbk''%ff; " * 60_000 + b"\r\n\r\n",
    "quotes": b"Content-Type: multipart/mixed; boundary=" + b'"' * 900_000 + b"\r\n\r\n",
    "addresses": b"From: " + b"<a@b.cn>,(" * 100_000 + b"\r\n\r\n",
    "references": b"References: " + b"<a@b" * 200_000 + b"\r\n\r\n",
    "boundaries": MIXED + b"--b\r\n" * 200_000,
    "almost boundaries": MIXED + b"--bb\r\n" * 150_000,
    "unended headers": MIXED + b"--b\r\n" + b'Content-Type: a/b; name="\r\nx\r\n' * 30_000,
    "many boundaries": b"".join(MIXED.replace(b"=b", b"=%d" % n) + b"--%d\r\n" % n for n in range(15_000)),
    "letters": b"Content-Type: message/rfc822\r\n\r\n" * 30_000,
    "uuencode": b"\r\n" + b"begin 644 a\n" * 80_000,
    "uuencoded files": b"\r\n" + b"begin 644 a\n#86)C\nend\n" * 40_000,
    "links": b"Content-Type: text/html\r\n\r\n" + b"<a href=https://pan.baidu.com/s/1>x</a>" * 25_000,
    "links in text": b"\r\n" + b"https://pan.baidu.com/s/1" * 40_000,
    "images": b"Content-Type: text/html\r\n\r\n" + b"<img src=cid:a>" * 60_000,
    "deep": b"Content-Type: text/html\r\n\r\n" + b"<blockquote><div><ol><li>" * 40_000,
    "closed": b"Content-Type: text/html\r\n\r\n" + b"<b>" * 1000 + b"</i>" * 240_000,
    "styles": b'Content-Type: text/html\r\n\r\n' + b'<p style="' + b"display" * 140_000,
    "stamps": b"\r\n" + b"https://pan.baidu.com/s/1?expires=1&name=1 " * 24_000,
    "quotations": b"\r\n" + b"On 1\nx\n" * 140_000,
    "dashes": b"\r\n" + b"-" * 1_000_000,
    "base64": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A" * 500_000,
    "quoted-printable": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 1_000_000,
    "hz": b"Content-Type: text/plain; charset=hz\r\n\r\n" + b"~{" * 500_000,
    "utf-7": b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+A" * 500_000,
    "percent": b"Content-Disposition: attachment; filename=" + b"%E7" * 300_000 + b"\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("form", NASTY)
def test_much_of_anything_is_read_in_moments(form: str, tmp_path: Path) -> None:
    """300 KB of whatever repetition cost seconds at most: nothing is quadratic."""
    path = tmp_path / "letter.eml"
    path.write_bytes((HEAD + NASTY[form])[:300_000])
    start = time.process_time()
    found = read_letter(path, tmp_path / "work", ZH)
    assert time.process_time() - start < 2.5
    assert storable(found)
