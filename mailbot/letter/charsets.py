"""One routine that turns a stranger's bytes into text, whatever charset they claim.

Mainland mailers label GBK and GB18030 bytes `gb2312`; the WHATWG Encoding Standard (section 4.2, labels) reads all of
them as gb18030, and so does this. What comes out never holds NUL or a lone surrogate: no database stores those.
"""

from __future__ import annotations

import codecs
import re

_GB = frozenset(
    (
        "gb2312", "gbk", "cp936", "936", "ms936", "x-gbk", "gb18030", "cn-gb", "cngb", "cn-gb-isoir165", "gb_2312",
        "gb_2312-80", "gb2312-80", "euc-cn", "euccn", "x-euc-cn", "eucgb2312_cn", "eucgb2312-cn", "csgb2312",
        "chinese", "iso-ir-58", "windows-936", "gb"
    )
)  # fmt: skip
_BIG5 = frozenset(
    (
        "big5", "big5-hkscs", "big5hkscs", "cn-big5", "x-x-big5", "csbig5", "cp950", "950", "x-big5", "big5-tw"
    )
)  # fmt: skip
_WESTERN = frozenset(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15"))
_UNLABELLED = frozenset(("", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "8bit", "binary", "unknown"))
# They turn text into other text, or take quadratic time; no mail is written in them.
_NOT_CHARSETS = frozenset(("unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined", "mbcs", "oem"))

_HIGH = re.compile(rb"[\x80-\xff]+")
_PAIRS = re.compile(rb"[\x81-\xfe]{4}")
_HZ = re.compile(rb"~\{[!-~]{2,400}?~\}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")
_FEW = 20  # of so many bytes above 0x7f one may be wrong
_ENOUGH_UTF8 = 12  # so many bytes above 0x7f that are valid UTF-8 are not GBK by chance


def clean(text: str) -> str:
    """The text without NUL, with lone surrogates replaced and a leading byte order mark removed."""
    text = text.removeprefix("\ufeff")
    return text if text.isascii() and "\x00" not in text else _UNSTORABLE.sub(_storable, text)


def _storable(bad: re.Match[str]) -> str:
    return "" if bad[0] == "\x00" else "\ufffd"


def one_line(text: str) -> str:
    """`clean` text on one line: each run of line ends and control characters becomes a blank."""
    return text.strip() if text.isprintable() else _CONTROLS.sub(" ", clean(text)).strip()


def decode(raw: bytes, label: str | None = None, *, cut: bool = False) -> str:
    """The text of the bytes under a charset label that may be missing, unknown or wrong. Never raises.

    `cut` says that more bytes followed: half a character at the end is then no error.
    """
    name = (label or "").strip().strip("\"'").lower().partition("*")[0]
    if name in _UNLABELLED and raw.isascii() and b"~{" not in raw:
        return clean(raw.decode("ascii"))
    candidates = _candidates(raw, name)
    for charset in candidates:
        if charset == "gb18030" and name not in _GB and (almost := _almost_utf8(raw)):
            return clean(almost)
        try:
            return clean(codecs.getincrementaldecoder(charset)().decode(raw) if cut else raw.decode(charset))
        except (UnicodeError, LookupError):
            continue
    return clean(min((_replaced(raw, charset) for charset in candidates), key=lambda text: text.count("\ufffd")))


def _replaced(raw: bytes, charset: str) -> str:
    """The text with U+FFFD for what the charset has not; nothing but that where the codec knows no replacing."""
    try:
        return raw.decode(charset, "replace")
    except (UnicodeError, LookupError):
        return "\ufffd" * len(raw)


def _almost_utf8(raw: bytes) -> str:
    """Text that is UTF-8 but for a few bytes, as where a mailer cut a line inside a character; "" for others.

    Half of such bytes are valid GB18030 by chance, and would come out as other characters altogether.
    """
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return text if bad * _FEW < sum(map(len, _HIGH.findall(raw))) else ""


def _candidates(raw: bytes, name: str) -> tuple[str, ...]:
    """The charsets to try strictly, best first."""
    if name in _GB:
        return ("utf-8", "gb18030") if _surely_utf8(raw) else ("gb18030", "utf-8")
    if name in _BIG5:
        return ("big5hkscs", "cp950", "utf-8", "gb18030")
    if name in _WESTERN:
        return ("utf-8", "gb18030", "cp1252", "latin-1") if _PAIRS.search(raw) else ("utf-8", "cp1252", "latin-1")
    if name in _UNLABELLED or not _known(name):
        return ("hz", "utf-8", "gb18030") if raw.isascii() and _HZ.search(raw) else ("utf-8", "gb18030")
    return (name, "utf-8", "gb18030")


def _surely_utf8(raw: bytes) -> bool:
    raw = raw[:65536]
    if sum(map(len, _HIGH.findall(raw))) < _ENOUGH_UTF8:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return False
    return True


def _known(name: str) -> bool:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):  # ValueError: NUL in the label
        return False
    return found.replace("_", "-") not in _NOT_CHARSETS
