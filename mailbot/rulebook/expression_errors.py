"""What the compiler of expressions says, in other words: what is wrong, where, and the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields

from mailbot import yamlfile
from mailbot.rulebook import view
from mailbot.rulebook.expression_text import LOOPS, METERED, Mistake

PACKAGE = "mailbot"
"""Of the message types."""
FUNCTIONS = (
    "contains", "count", "endsWith", "has", "has_any", "matches", "size", "startsWith", *sorted(LOOPS),
    "double", "duration", "int", "string", "timestamp",
    "getDate", "getDayOfMonth", "getDayOfWeek", "getFullYear", "getHours", "getMinutes", "getMonth",
)  # fmt: skip
_NO_CLOCK = frozenset({"now", "today", "date", "time"})
_OTHER_NAMES = {
    "len": "size",
    "length": "size",
    "any": "exists",
    "lower": "matches",
    "search": "matches",
    "find": "matches",
}

_ONE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_FIELD = re.compile(rf"undefined field '([^']*)' not found in struct '{PACKAGE}\.(\w+)'")
_NAME = re.compile(r"undeclared reference to '([^']*)'")
_RANGE = re.compile(r"expression of type '(.*?)' cannot be the range")
_MARK = re.compile(
    r"(?:mismatched|extraneous) input '(.*?)' expecting|missing '(.*?)' at|token recognition error at: '(.*)'"
)

_WRONG_ESCAPE = re.compile(r"^['\"](?:[^\\]|\\[abfnrtvxuU0-7?'\"`\\])*(\\[^abfnrtvxuU0-7?'\"`\\])")

_TYPES = {
    "string": "text",
    "int": "a whole number",
    "uint": "a whole number",
    "double": "a decimal number",
    "bool": "true or false",
    "timestamp": "a moment",
    "google.protobuf.Timestamp": "a moment",
    "google.protobuf.Duration": "a span of time",
    "duration": "a span of time",
    "null_type": "null",
}
_COMPARE = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_COUNT = {"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "-"}
_JOIN = {"_&&_": "&&", "_||_": "||", "!_": "!", "_?_:_": "? :"}


def mistakes(said: str, source: str) -> list[Mistake]:
    """The compiler's complaints about `source`, at most five."""
    if "recursion" in said:
        return [Mistake(0, "is nested too deeply", "make two rules of it, or use fewer brackets")]
    found = [_mistake(int(line), int(column), words, source) for line, column, words in _ONE.findall(said)]
    syntax = [one for one, words in zip(found, (m[2] for m in _ONE.findall(said)), strict=True) if "Syntax" in words]
    found = [one for one in found if "*error*" not in one.message] or found  # what follows from another mistake
    chosen = syntax[:1] or list({one.message: one for one in found}.values())[:5]
    return chosen or [Mistake(0, f"cannot be understood: {said.splitlines()[0][:200]}")]


def _mistake(line: int, column: int, words: str, source: str) -> Mistake:
    lines = source.split("\n")
    offset = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    offset = min(max(offset, 0), len(source))
    kinds: Iterable[tuple[re.Pattern[str], Callable[[re.Match[str], int, str], Mistake]]] = (
        (_FIELD, _field),
        (_NAME, _name),
        (_OVERLOAD, _overload),
        (_RANGE, _range),
        (_MARK, _mark),
    )
    for pattern, explain in kinds:
        match = pattern.search(words)
        if match:
            return explain(match, offset, source)
    return Mistake(offset, "cannot be understood from here on" if "Syntax" in words else words.strip())


def _field(match: re.Match[str], offset: int, source: str) -> Mistake:
    name, record = match.group(1), match.group(2)
    owner = next((word for word, root in view.ROOTS.items() if root.record.__name__ == record), None)
    known = next([one.name for one in fields(kind)] for kind in view.records() if kind.__name__ == record)
    place = source.find(name, offset)
    return Mistake(
        place if place >= 0 else offset,
        f"there is no `{name}` in {owner or 'a ' + record.lower()}",
        yamlfile.suggestion(name, known),
    )


def _name(match: re.Match[str], offset: int, source: str) -> Mistake:
    name = match.group(1).split(".")[0]
    name = next((ours for ours, metered in METERED.items() if metered == name), name)
    place = source.rfind(name, 0, offset + len(name))
    place = place if place >= 0 else offset
    if source[place + len(name) :].lstrip().startswith("("):
        close = _OTHER_NAMES.get(name)
        hint = f"did you mean `{close}`?" if close else yamlfile.suggestion(name, FUNCTIONS)
        return Mistake(place, f"there is no function `{name}`", hint)
    if name in _NO_CLOCK:
        hint = "rules know no clock; what counts is when the letter came: `arrived.day`, `arrived.hour`"
        return Mistake(place, f"there is no `{name}`", hint)
    known = {one.name: f"{word}.{one.name}" for word, root in view.ROOTS.items() for one in fields(root.record)}
    known |= {one.name: f"article.{one.name}" for one in fields(view.Article)} | {word: word for word in view.ROOTS}
    close = yamlfile.nearest(name, list(known))
    hint = f"did you mean `{known[close]}`?" if close else yamlfile.suggestion(name, list(view.ROOTS))
    return Mistake(place, f"there is no `{name}`", hint)


def _overload(match: re.Match[str], offset: int, source: str) -> Mistake:
    name, types = match.group(1), _split(match.group(2))
    words = [_in_words(one) for one in types]
    if name in _COMPARE:
        return Mistake(offset, f"`{_COMPARE[name]}` compares {' with '.join(words)}", _compare_hint(types))
    if name == "_+_" and (set(types) & {"string"} or types[0].startswith("list")):
        return Mistake(offset, "`+` adds numbers only; texts and lists are not joined", _compare_hint(types))
    if name in _COUNT:
        return Mistake(offset, f"`{_COUNT[name]}` does not work on {' and '.join(words)}", _compare_hint(types))
    if name in _JOIN:
        wrong = next((word for one, word in zip(types, words, strict=True) if one != "bool"), words[0])
        asked = "compare it first, such as `!= ''` or `> 0`"
        return Mistake(offset, f"`{_JOIN[name]}` needs conditions, and this is {wrong}", asked)
    if name == "@in":
        known = "a word in a text is `article.title.contains('…')`" if types[-1] == "string" else "`in` asks for a list"
        return Mistake(offset, f"`in` does not look for {words[0]} in {words[-1]}", known)
    shown = "[ ]" if name == "_[_]" else next((ours for ours, m in METERED.items() if m == name), name)
    hint: str | None = None
    if shown in ("contains", "has_any", "matches", "startsWith", "endsWith") and types[0].startswith("list"):
        hint = "in a list: `'…' in list`, or `list.exists(one, one.contains('…'))`"
    return Mistake(offset, f"`{shown}` does not work on {', '.join(words)}", hint)


def _range(match: re.Match[str], offset: int, source: str) -> Mistake:
    return Mistake(offset, f"loops go through lists, and this is {_in_words(match.group(1))}", None)


def _compare_hint(types: list[str]) -> str | None:
    kinds = set(types)
    if kinds == {"int", "double"}:
        return "write the number with a point, such as `12.0`; or `double(…)` around the whole number"
    if kinds == {"string", "int"}:
        return "numbers stand without quotes, text with; `size(text)` is the length of a text"
    if kinds == {"string", "google.protobuf.Timestamp"}:
        return "write `timestamp('2026-11-30T18:00:00+08:00')`, or compare days: `arrived.day <= '2026-11-30'`"
    if "null_type" in kinds:
        return "what is not told is empty: compare with `''` or `0`"
    if any(one.startswith("list") for one in types):
        return "`list.size()` is how many there are"
    return None


def _mark(match: re.Match[str], offset: int, source: str) -> Mistake:
    sign = next((one for one in match.groups() if one), "")
    if sign == "<EOF>" or offset >= len(source.rstrip()):
        return Mistake(max(len(source.rstrip()) - 1, 0), "ends too early", "something must follow")
    if match.group(2):
        return Mistake(offset, f"a `{sign}` is missing", None)
    if match.group(3) and (escape := _WRONG_ESCAPE.search(sign)):
        place = max(source.find(escape.group(1), max(offset - 1, 0)), 0)
        hint = "put an `r` before the quotation mark, such as `r'\\.pdf$'`, or write the backslash twice"
        return Mistake(place, f"`{escape.group(1)}` cannot stand in quotes like this", hint)
    return Mistake(offset, f"`{sign.strip()}` cannot stand here", "conditions are joined by `&&` or `||`")


def _split(types: str) -> list[str]:
    """The types of the arguments; commas in brackets divide nothing."""
    found, depth = [""], 0
    for sign in types:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [one.strip() for one in found]


def _in_words(kind: str) -> str:
    if kind.startswith("list("):
        inner = _in_words(kind[5:-1])
        return "a list of " + {"text": "texts", "a whole number": "numbers"}.get(inner, inner)
    if kind.startswith(f"{PACKAGE}."):
        return "a group (" + kind.removeprefix(f"{PACKAGE}.").lower() + ")"
    return _TYPES.get(kind, kind)


def in_words(kind: str) -> str:
    """A type of the compiler as people call it."""
    return _in_words(kind)
