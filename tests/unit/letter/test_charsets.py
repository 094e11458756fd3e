"""Text out of bytes under missing, unknown and wrong labels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.letter.charsets import clean, decode, one_line


@pytest.mark.parametrize("label", ["gb2312", "GBK", "cp936", "x-gbk", "cn-gb", "eucgb2312_cn", '"gb2312"'])
def test_every_mainland_label_is_gb18030(label: str) -> None:
    """Characters outside GB2312 (镕 喆) and of four bytes come through under every mainland label."""
    assert decode("朱镕基 陶喆 㐂𠀀".encode("gb18030"), label) == "朱镕基 陶喆 㐂𠀀"


@pytest.mark.parametrize("label", [None, "", "us-ascii", "x-unknown", "utf-8", "8bit", "zlib", "hex", "idna", "a\0b"])
def test_unlabelled_bytes_are_utf8_or_gb18030(label: str | None) -> None:
    """Without a usable label valid UTF-8 is UTF-8, and what is not is GB18030."""
    assert decode("社区治理".encode(), label) == "社区治理"
    assert decode("社区治理".encode("gbk"), label) == "社区治理"


def test_utf8_labelled_gbk_is_read_as_utf8() -> None:
    """A longer text that is valid UTF-8 is not GBK, whatever its label says."""
    assert decode("某某社区开展志愿服务".encode(), "gbk") == "某某社区开展志愿服务"


def test_gbk_labelled_latin1_is_read_as_gbk() -> None:
    """Chinese under a Western label is told by its pairs of high bytes; Western text stays."""
    assert decode("社区治理".encode("gbk"), "iso-8859-1") == "社区治理"
    assert decode("Müller".encode("latin-1"), "iso-8859-1") == "Müller"


@pytest.mark.parametrize(
    ("label", "codec"),
    [("big5", "big5"), ("hz-gb-2312", "hz"), (None, "hz"), ("utf-7", "utf-7"), ("shift_jis", "shift_jis")],
)
def test_other_charsets_are_read(label: str | None, codec: str) -> None:
    """Big5, HZ (also unlabelled) and UTF-7 are read under their labels."""
    assert decode("中文投稿".encode(codec), label) == "中文投稿"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_text_cut_inside_a_character(charset: str) -> None:
    """Half a character at the end of a text that was cut off does not make it another charset."""
    raw = "社区治理工作通讯稿件".encode(charset)
    assert decode(raw[:-1], charset, cut=True) == decode(raw[:-1], cut=True) == "社区治理工作通讯稿"


def test_broken_bytes_are_replaced() -> None:
    """Bytes of no charset give replacement characters, never an error."""
    assert decode(b"ab\xff\xfe\x80\xff", "gbk").startswith("ab")
    assert "\ufffd" in decode(b"ab\xff\xfe\x80\xff")


LONG = "某某社区开展志愿服务活动，居民踊跃参加。" * 3


@pytest.mark.parametrize("label", [None, "utf-8", "gbk", "x-unknown"])
@pytest.mark.parametrize(("charset", "at"), [("utf-8", 30), ("utf-8", 31), ("utf-8", 32), ("gb18030", 31)])
def test_one_lost_byte_costs_one_character(label: str | None, charset: str, at: int) -> None:
    """A byte that a mailer lost within a character does not make the rest another charset."""
    raw = LONG.encode(charset)
    broken = raw[:at] + b"\xff" + raw[at + 1 :]
    assert decode(broken, label).endswith("居民踊跃参加。")
    assert decode(broken, label).startswith("某某社区")


@given(
    st.binary(max_size=200),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-7", "utf-16", "hz", "big5"])),
)
def test_no_bytes_raise_or_give_unstorable_text(raw: bytes, label: str | None) -> None:
    """Whatever the bytes and the label are, the text can be stored as UTF-8 and holds no NUL."""
    text = decode(raw, label)
    assert text.encode() is not None
    assert "\0" not in text


@given(st.text())
def test_clean_text_can_be_stored(text: str) -> None:
    """Lone surrogates and NUL are removed, and one line is one line."""
    assert "\0" not in clean(text + "\ud800\0")
    assert len(one_line(text + "\ud800a").encode().splitlines()) == 1
