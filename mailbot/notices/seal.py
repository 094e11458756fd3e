"""The signed mark in the last line of a notice: by it a letter that quotes the notice is known to belong to it.

Unlike the number, which anybody may guess, it proves that its writer has our mail: a number and six letters of an HMAC.
"""

from __future__ import annotations

import hashlib
import hmac

from mailbot.numbering import numbers_in

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 6


def sealed(secret: bytes, number: str) -> str:
    """The signed mark of a number, such as `SQ-2026-0012-7KQ3F9`."""
    return f"{number}-{_code(secret, number)}"


def sealed_in(secret: bytes, text: str, pattern: str) -> tuple[str, ...]:
    """The numbers whose signed mark stands in a text, each once."""
    marked = (one for one in numbers_in(text, pattern) if one.seal)
    genuine = (one.number for one in marked if hmac.compare_digest(one.seal.upper(), _code(secret, one.number)))
    return tuple(dict.fromkeys(genuine))


def _code(secret: bytes, number: str) -> str:
    digest = hmac.new(secret, b"seal\0" + number.encode(), hashlib.sha256).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:_LENGTH])
