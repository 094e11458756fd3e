"""Patterns (regular expressions) that admins write: RE2, whose time grows with the text and nothing else.

Blanks (`\\s`) are all that people see as such, also the wide ones of Chinese text, which RE2 alone does not count.

Syntax: https://github.com/google/re2/wiki/Syntax. Look-around and back references are not in it, by design.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from mailbot.yamlfile import Hinted

LONGEST = 1000
"""Characters of a pattern."""
MEMORY = 8 << 20
"""Bytes that one compiled pattern may take."""

_WIDE = r"\x{3000}\x{a0}"
"""Blanks of Chinese text and of Word."""
_CLASS_OR_ESCAPE = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\\.", re.DOTALL)

_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")


@cache
def compiled(pattern: str) -> Any:
    """The pattern, ready to be searched with; its type is that of the library."""
    import re2  # 5 ms that rules without patterns do not need

    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    return re2.compile(_CLASS_OR_ESCAPE.sub(_with_wide_blanks, pattern), options)


def _with_wide_blanks(part: re.Match[str]) -> str:
    """A class of characters, or an escaped one, whose blanks are also the wide ones."""
    written = part[0]
    if written.startswith("["):
        return re.sub(r"\\.", lambda one: one[0] + _WIDE if one[0] == r"\s" else one[0], written)
    return {r"\s": rf"[\s{_WIDE}]", r"\S": rf"[^\s{_WIDE}]"}.get(written, written)


def found(pattern: str, text: str) -> str | None:
    """What the pattern finds first in the text, None for nothing."""
    match = compiled(pattern).search(text)
    return match.group(0) if match is not None else None


def checked(pattern: str) -> str:
    """The pattern itself when it is one and can be searched with; Hinted says what is wrong."""
    if any(look in pattern for look in _LOOKS):
        hint = "use two rules instead: one that asks for the one, one that forbids the other"
        raise Hinted("looks ahead or behind (`(?=`, `(?!`, `(?<`), which patterns cannot do here", hint)
    try:
        compiled(pattern)
    except Exception as error:  # noqa: BLE001 - re2 has one error for all, of a type of its own
        said = error.args[0] if error.args else error
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise Hinted(
            f"is no pattern: {said}", "a plain word is a pattern too; put `\\` before ( ) [ ] . * + ?"
        ) from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(checked)]
"""A pattern as text, known to be one; search with `found` or `compiled`."""
