"""Whether the server that took a letter in says that its sender is forged (RFC 8601).

Only an explicit failure counts, and only by the topmost field of a server that the office trusts: anybody may write
such fields, and many servers write none. Nothing said is unknown, and who is unknown is a contributor like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_RESULT = re.compile(r"([a-z0-9][a-z0-9-]{0,40})\s*(?:/\s*\d{1,9}\s*)?=\s*([a-z0-9-]{1,40})(?![a-z0-9-])")
_FAILS = frozenset(("fail", "hardfail"))
_LONGEST = 10_000  # characters of a field that are read


def forged(authentication: Sequence[str], trusted: Sequence[str]) -> str:
    """Why a sender is not who he says he is, like "dmarc=fail"; "" where nobody whom we trust says so.

    `authentication` are the values of the letter's Authentication-Results, the topmost first; `trusted` are
    authserv-ids in lower case. DMARC decides where it says pass or fail: it compares with the visible sender. Else SPF
    may fail for a letter that was passed on, and DKIM for one that a list has changed: one of the two alone that
    passes stands for the sender.
    """
    for field in authentication:
        server, *infos = _parts(field[:_LONGEST])
        if (server.split() or [""])[0].strip('"') in trusted:
            return _failure(infos)
    return ""


def _failure(infos: Sequence[str]) -> str:
    results: dict[str, set[str]] = {}
    for info in infos:
        if found := _RESULT.match(info.strip()):
            results.setdefault(found[1], set()).add(found[2])
    dmarc = results.get("dmarc", set())
    if dmarc & {"pass"} or dmarc & _FAILS:
        return "dmarc=fail" if not dmarc & {"pass"} else ""
    passed = {method for method, said in results.items() if "pass" in said}
    for method, other in (("spf", "dkim"), ("dkim", "spf")):
        if results.get(method, set()) & _FAILS and not passed & {method, other}:
            return f"{method}=fail"
    return ""


def _parts(field: str) -> Iterator[str]:
    """The field cut at its semicolons, in lower case, without comments; quoted strings are kept whole."""
    part: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in field.lower():
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
            continue
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth and not quoted:
            depth -= 1
            part.append(" ")
            continue
        elif char == ";" and not (quoted or depth):
            yield "".join(part)
            part = []
            continue
        if not depth:
            part.append(char)
    yield "".join(part)
