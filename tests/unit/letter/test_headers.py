"""Headers out of raw bytes: words, parameters, addresses, dates, Message-IDs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailbot.letter import headers
from mailbot.model import Address


def b64(text: bytes) -> str:
    import base64

    return base64.b64encode(text).decode()


GBK = "【投稿】某某社区朱镕".encode("gbk")
WORDS = {
    "one word": f"=?gb2312?B?{b64(GBK)}?=",
    "cut inside a character": f"=?gb2312?B?{b64(GBK[:5])}?=\r\n =?gb2312?B?{b64(GBK[5:])}?=",
    "cut inside a quad": f"=?gb2312?B?{b64(GBK)[:7]}?= =?gb2312?B?{b64(GBK)[7:]}?=",
    "no blank between": f"=?gb2312?B?{b64(GBK[:5])}?==?GB2312?B?{b64(GBK[5:])}?=",
    "quoted-printable": "=?gbk?Q?" + "".join(f"={byte:02X}" for byte in GBK) + "?=",
    "mixed encodings": f"=?gbk?B?{b64(GBK[:4])}?= =?gbk?q?" + "".join(f"={byte:02x}" for byte in GBK[4:]) + "?=",
    "with a language": f"=?gbk*zh?B?{b64(GBK)}?=",
    "unknown charset": f"=?x-unknown?B?{b64(GBK)}?=",
    "padding lost": f"=?gbk?B?{b64(GBK).rstrip('=')}?=",
}


@pytest.mark.parametrize("form", WORDS)
def test_encoded_words_are_joined_as_bytes(form: str) -> None:
    """Adjacent words of one charset are one text, wherever the mailer cut it."""
    block = headers.split_headers(f"Subject: {WORDS[form]}\r\n\r\nbody".encode())
    assert block.text("subject") == "【投稿】某某社区朱镕"


def test_text_beside_words_stays() -> None:
    """A prefix and a suffix without blanks around the word are kept as they stand."""
    assert headers.decode_words(f"Re:=?gbk?B?{b64(GBK)}?=(2) ok") == "Re:【投稿】某某社区朱镕(2) ok"
    assert headers.decode_words("=?utf-8?Q?a_b?= c =?utf-8?Q?d?=") == "a b c d"


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_raw_8bit_headers_are_read(charset: str) -> None:
    """Raw bytes without any encoding are UTF-8 or GB18030."""
    assert headers.split_headers("Subject: 投稿：某某社区\n\n".encode(charset)).text("subject") == "投稿：某某社区"


NAMES = {
    "encoded word in quotes": f'attachment; filename="=?gb2312?B?{b64("稿件喆.docx".encode("gbk"))}?="',
    "encoded word without quotes": f"attachment; filename==?gb2312?B?{b64('稿件喆.docx'.encode('gbk'))}?=",
    "rfc 2231": "attachment; filename*=gb2312''%B8%E5%BC%FE%86%B4.docx",
    "rfc 2231 in pieces": "attachment; filename*1*=%BC%FE%86; filename*0*=gb2312''%B8%E5; filename*2*=%B4.docx",
    "rfc 2231, last piece plain": "attachment; filename*0*=gb2312''%B8%E5%BC%FE%86%B4; filename*1=.docx",
    "rfc 2231 beside the plain one": "attachment; filename=x.docx; filename*=UTF-8''%E7%A8%BF%E4%BB%B6%E5%96%86.docx",
    "raw in quotes": 'attachment; filename="稿件喆.docx"',
    "percent of utf-8 with a path": "attachment; filename*=UTF-8''..%2f%2e%2e%5c%E7%A8%BF%E4%BB%B6%E5%96%86.docx",
    "rfc 2231, a piece missing": "attachment; filename*0*=gb2312''%B8%E5%BC%FE%86%B4; filename*2=.docx",
    "rfc 2231 without a charset": "attachment; filename*=%E7%A8%BF%E4%BB%B6%E5%96%86.docx",
    "percent-encoded": 'attachment; filename="%E7%A8%BF%E4%BB%B6%E5%96%86.docx"',
    "no closing quote": 'attachment; filename="稿件喆.docx',
}


@pytest.mark.parametrize("form", NAMES)
@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_file_names_are_decoded(form: str, charset: str) -> None:
    """A name comes out whole in every form in which mailers write it."""
    raw = f"Content-Disposition: {NAMES[form]}\r\n\r\n".encode(charset)
    assert headers.file_name(headers.split_headers(raw)) == "稿件喆.docx"


def test_partly_encoded_name_and_name_of_the_type() -> None:
    """A name may be partly encoded, and may stand only in the Content-Type."""
    raw = b'Content-Type: application/x; name="=?utf-8?Q?Contract_?=27 04 20.docx"; charset=x\n\n'
    assert headers.file_name(headers.split_headers(raw)) == "Contract 27 04 20.docx"


def test_gbk_name_that_ends_in_a_backslash_byte() -> None:
    """The second byte of a GBK character may be a backslash: it does not quote the closing quote."""
    raw = b'Content-Disposition: attachment; filename="\xd6\x5c"; size=3\n\n'
    assert headers.file_name(headers.split_headers(raw)) == b"\xd6\x5c".decode("gbk")


@pytest.mark.parametrize(
    ("raw", "address", "name"),
    [
        ("=?gbk?B?1cXI/Q==?= <ZhangSan@Example.CN>", "ZhangSan@example.cn", "张三"),
        ('"张三, 某某社区" <a@example.cn>', "a@example.cn", "张三, 某某社区"),
        ("a@example.cn (张三)", "a@example.cn", "张三"),
        ("张三 <a@example.cn>, b@example.cn", "a@example.cn", "张三"),
        ("张三 <kein>, 李四 <b@example.cn>", "b@example.cn", "李四"),
        ('"a@b.example" <c@example.cn>', "c@example.cn", "a@b.example"),
        ("<a@example.cn>", "a@example.cn", ""),
        ("张三 <a(his account)@example.cn(his host)>", "a@example.cn", "张三"),
        ('"unbalanced <a@example.cn>', "a@example.cn", "unbalanced"),
    ],
)
def test_first_usable_address(raw: str, address: str, name: str) -> None:
    """The first mailbox with a valid address counts, its domain in lower case, its name decoded."""
    assert headers.addresses(raw.encode())[0] == Address(address=address, name=name)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "张三",
        "undisclosed-recipients:;",
        "<>",
        "a@b",
        "a b@example.cn.",
        "a@-x.cn",
        "<a\r\n@example.cn>",
        "a..b@x.cn",
    ],
)
def test_what_is_no_address_is_none(raw: str) -> None:
    """Nothing is an address that could not be answered."""
    assert headers.addresses(raw.encode()) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 23 Nov 2026 10:00:00 +0800", datetime(2026, 11, 23, 2, tzinfo=UTC)),
        ("23 Nov 2026 10:00:00", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 -0000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026年11月23日", None),
        ("Mon, 99 Nov 2026 10:00:00 +0800", None),
        ("Mon, 23 Nov 2026 10:00:00 +9999", None),
        ("Mon, 23 Nov 99999999999999999999 10:00:00", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_nothing(text: str, moment: datetime | None) -> None:
    """A date is an aware moment; without a zone it is UTC; garbage is no date."""
    assert headers.date(text) == moment


def test_message_ids_are_bounded() -> None:
    """Of endless References the last ones are kept, each once."""
    ids = headers.message_ids(" ".join(f"<{number}@x>" for number in range(500)) + " <499@x> junk <a b@x>")
    assert (len(ids), ids[-1]) == (headers.MAX_IDS, "<499@x>")


@example(raw=b"\x01''\x80")
@given(st.binary(max_size=300))
def test_no_header_raises(raw: bytes) -> None:
    """Garbage in any header gives text that can be stored."""
    block = headers.split_headers(b"Subject: " + raw)
    assert block.text("subject").encode() is not None
    assert headers.file_name(headers.split_headers(b"Content-Disposition: a; filename*0*=" + raw)).encode() is not None
    headers.addresses(raw)
    headers.date(raw.decode("latin-1"))


@pytest.mark.parametrize("piece", [b"=?a?b?", b"<", b'"', b"(", b";a=", b"=?utf-8?B?YQ==?=", b"a*0*=''%", b",", b"a@"])
def test_hostile_headers_are_read_in_linear_time(piece: bytes) -> None:
    """A quarter of a megabyte of one header costs no more than a moment."""
    import time

    raw = piece * (256 * 1024 // len(piece))
    start = time.process_time()
    block = headers.split_headers(b"Subject: " + raw)
    block.text("subject")
    headers.parameters(b"a;" + raw)
    headers.addresses(raw)
    assert time.process_time() - start < 2
