"""An expression as text: its words and signs, what it speaks of, and what is refused before it is compiled.

The limits keep the work of one evaluation below a second and its memory below some hundred megabytes, whatever a
letter holds; `docs/architecture.md` has the figures. The compiler adds its own: 32 levels, 10,000 rounds of all loops.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.rulebook import view

LONGEST = 2_000
"""Characters of an expression."""
MOST_TOKENS = 500
"""Its words and signs."""
DEEPEST_LOOP = 2
"""`all`, `exists`, … in one another."""
MOST_IN_INNER_LOOP = 12
"""Fields and functions in a loop within a loop: it may go round 10,000 times."""
MOST_LARGE = 30
"""How often long texts and lists may be named."""
MOST_LARGE_IN_LOOPS = 4
"""The same within a loop: each round may copy them. In a loop within a loop they may not be named at all."""

LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter"})
METERED = {"matches": "Matches", "contains": "Contains"}
"""These are ours, which count what they cost, and have each pattern compiled once; outside of loops `contains` may be
the library's. The names are as long, so that columns stay right."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in an expression: where (characters from its beginning), what, and a way out."""

    offset: int
    message: str
    hint: str | None = None


class Mistakes(Exception):
    """The mistakes of one expression."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__("; ".join(one.message for one in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign; `loops` says in how many loops it stands, `bracketed` whether in `[ ]` or `map( )`."""

    kind: str
    text: str
    offset: int
    loops: int = 0
    bracketed: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """What an expression speaks of. `fields` are all names behind a dot, `paths` the chains that begin with a root."""

    source: str
    roots: frozenset[str]
    fields: frozenset[str]
    paths: tuple[tuple[str, ...], ...]
    patterns: tuple[Token, ...]
    list_loops: int


_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
    |(?P<text>[rR](?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*')
        |\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<number>0[xX][0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_HALF = dict(zip("，。．（）［］：；！？＝＞＜＋－＊／｛｝“”‘’「」", ',..()[]:;!?=><+-*/{}""\'\'""', strict=True))
_INSTEAD = {
    "=>": ("`=>` is no sign", "at least is written `>=`"),
    "=<": ("`=<` is no sign", "at most is written `<=`"),
    "<>": ("`<>` is no sign", "not equal is written `!=`"),
    "≥": ("`≥` is no sign", "at least is written `>=`"),
    "≤": ("`≤` is no sign", "at most is written `<=`"),
    "≠": ("`≠` is no sign", "not equal is written `!=`"),
    "=": ("`=` compares nothing", "equal is written `==`"),
    "&": ("`&` is no sign", "and is written `&&`"),
    "|": ("`|` is no sign", "or is written `||`"),
    ";": ("`;` cannot stand here", "conditions are joined by `&&` or `||`"),
    "{": ("`{` cannot stand here", "braces are not used in expressions; a list is written `['a', 'b']`"),
    "}": ("`}` cannot stand here", "braces are not used in expressions; a list is written `['a', 'b']`"),
    "`": ("a backquote cannot stand here", "text stands in `'…'`"),
}
_WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "is": "==",
    "True": "true",
    "False": "false",
    "AND": "&&",
    "OR": "||",
    "NOT": "!",
    "None": "''",
}


def scan(source: str) -> Scanned:
    """Take an expression apart; Mistakes when it breaks a limit or has a sign that none has."""
    if len(source) > LONGEST:
        raise Mistakes(Mistake(0, f"is longer than {LONGEST} characters", "make two rules of it"))
    half = re.search("[\ud800-\udfff]", source)
    if half:
        raise Mistakes(Mistake(half.start(), "half a sign stands here", "remove it"))
    tokens = _nested(_tokens(source))
    if not tokens:
        raise Mistakes(Mistake(0, "is empty", "write a condition such as `article.characters >= 500`"))
    _in_bounds(tokens)
    patterns = tuple(_patterns(tokens))
    calls = [token for at, token in enumerate(tokens) if token.kind == "name" and _sign(tokens, at + 1) == "("]
    metered = list(source)
    for token in calls:
        if token.text == "matches" or (token.loops and token.text in METERED):
            metered[token.offset : token.offset + len(token.text)] = METERED[token.text]
    return Scanned(
        source="".join(metered),
        roots=frozenset(token.text for at, token in enumerate(tokens) if _is_root(tokens, at)),
        fields=frozenset(token.text for at, token in enumerate(tokens) if _is_field(tokens, at)),
        paths=tuple(dict.fromkeys(_path(tokens, at) for at in range(len(tokens)) if _is_root(tokens, at))),
        patterns=patterns,
        list_loops=sum(token.text in ("map", "filter") for token in calls),
    )


def _tokens(source: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise Mistakes(_strange(source, at))
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append(Token(kind, match.group(), at))
        at = match.end()
        two = source[match.start() : at + 1]
        if kind == "sign" and two in _INSTEAD:
            raise Mistakes(Mistake(match.start(), *_INSTEAD[two]))
    if len(tokens) > MOST_TOKENS:
        raise Mistakes(Mistake(tokens[MOST_TOKENS].offset, f"has more than {MOST_TOKENS} words and signs", "make two"))
    for at, token in enumerate(tokens):
        if token.kind == "name" and token.text in _WORDS and not _is_field(tokens, at):
            raise Mistakes(Mistake(token.offset, f"`{token.text}` cannot stand here", f"write `{_WORDS[token.text]}`"))
    return tokens


def _strange(source: str, at: int) -> Mistake:
    sign = source[at]
    if sign in "'\"":
        return Mistake(at, "a quotation mark is never closed", f"end the text with {sign}")
    if sign in _HALF:
        return Mistake(
            at, f"`{sign}` is a full-width sign", f"write `{_HALF[sign]}`; in Chinese text put quotes around it"
        )
    for known in (source[at : at + 2], sign):
        if known in _INSTEAD:
            return Mistake(at, *_INSTEAD[known])
    hint = "Chinese and other text stands in quotes: `'…'`" if sign.isalpha() else None
    return Mistake(at, f"`{sign}` cannot stand here", hint)


def _nested(tokens: list[Token]) -> list[Token]:
    """The same, each knowing how deep it stands."""
    open_ones: list[tuple[Token, str]] = []
    found: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind == "sign" and token.text in ")]":
            wanted = {")": "(", "]": "["}[token.text]
            if not open_ones or open_ones[-1][0].text != wanted:
                raise Mistakes(
                    Mistake(token.offset, f"this `{token.text}` closes nothing", f"add the `{wanted}` or remove it")
                )
            open_ones.pop()
        names = [name for _, name in open_ones]
        loops = sum(name in LOOPS for name in names)
        found.append(Token(token.kind, token.text, token.offset, loops, "map" in names or "[" in names))
        if token.kind == "sign" and token.text in "([":
            called = at > 1 and tokens[at - 1].kind == "name" and tokens[at - 2].text == "."
            name = "[" if token.text == "[" else tokens[at - 1].text if called else "("
            open_ones.append((token, name))
            if sum(one in LOOPS for _, one in open_ones) > DEEPEST_LOOP:
                raise Mistakes(
                    Mistake(tokens[at - 1].offset, f"more than {DEEPEST_LOOP} loops in one another", "make two rules")
                )
    if open_ones:
        last = open_ones[-1][0]
        raise Mistakes(
            Mistake(last.offset, f"this `{last.text}` is never closed", f"add the `{')' if last.text == '(' else ']'}`")
        )
    return found


def _in_bounds(tokens: list[Token]) -> None:
    large = [token for at, token in enumerate(tokens) if _is_large(tokens, at)]
    hint = "search long texts with `contains`, `has_any` or `matches`, and go through lists, outside of these"
    for token in large:
        if token.bracketed or token.loops > 1:
            message = f"`{token.text}` cannot stand in `[ ]`, in `map` or in a loop within a loop: it may be large"
            raise Mistakes(Mistake(token.offset, message, hint))
    if len(large) > MOST_LARGE or sum(token.loops > 0 for token in large) > MOST_LARGE_IN_LOOPS:
        limit = f"{MOST_LARGE} times, in loops {MOST_LARGE_IN_LOOPS} times"
        raise Mistakes(Mistake(large[-1].offset, f"names long texts and lists more than {limit}", "make two rules"))
    for at, token in enumerate(tokens):
        if _is_root(tokens, at) and not view.ROOTS[token.text].many and _sign(tokens, at + 1) != ".":
            message = f"`{token.text}` alone is no fact"
            raise Mistakes(Mistake(token.offset, message, f"name one of its fields: `{token.text}.…`"))
    inner = [token for at, token in enumerate(tokens) if token.loops > 1 and _is_field(tokens, at, calls=True)]
    if len(inner) > MOST_IN_INNER_LOOP:
        offset = inner[MOST_IN_INNER_LOOP].offset
        raise Mistakes(
            Mistake(offset, f"more than {MOST_IN_INNER_LOOP} fields and functions in an inner loop", "make two rules")
        )
    for at, token in enumerate(tokens):
        if token.text == "." and token.kind == "sign" and (at == 0 or not _ends(tokens[at - 1])):
            raise Mistakes(
                Mistake(token.offset, "nothing stands before this dot", "remove it, or write what it belongs to")
            )


def _patterns(tokens: list[Token]) -> list[Token]:
    """The patterns written into it; Mistakes for one that is not written out."""
    found = []
    for at, token in enumerate(tokens):
        if token.kind == "name" and token.text == "matches" and _sign(tokens, at + 1) == "(":
            if not _is_field(tokens, at, calls=True):
                raise Mistakes(
                    Mistake(token.offset, "`matches` stands behind a text", "write `article.title.matches('…')`")
                )
            if at + 3 >= len(tokens) or tokens[at + 2].kind != "text" or _sign(tokens, at + 3) != ")":
                raise Mistakes(
                    Mistake(token.offset, "the pattern of `matches` must be written out", "write `.matches('…')`")
                )
            found.append(tokens[at + 2])
    return found


def _is_large(tokens: list[Token], at: int) -> bool:
    """Whether a long text or a list is named; what belongs to the variable of a loop is small."""
    if tokens[at].text not in view.large_fields():
        return False
    of_a_fact = at > 1 and (_is_root(tokens, at - 2) or _is_field(tokens, at - 2))
    return _is_root(tokens, at) or (_is_field(tokens, at) and of_a_fact)


def _ends(token: Token) -> bool:
    """Whether something that can have fields ends here."""
    return token.kind in ("name", "text") or token.text in (")", "]")


def _sign(tokens: list[Token], at: int) -> str:
    return tokens[at].text if at < len(tokens) and tokens[at].kind == "sign" else ""


def _is_field(tokens: list[Token], at: int, *, calls: bool = False) -> bool:
    """Whether a name stands behind a dot; with `calls`, or before a bracket."""
    if tokens[at].kind != "name":
        return False
    behind = at > 0 and tokens[at - 1].text == "." and tokens[at - 1].kind == "sign"
    return behind or (calls and _sign(tokens, at + 1) == "(")


def _is_root(tokens: list[Token], at: int) -> bool:
    return tokens[at].kind == "name" and tokens[at].text in view.ROOTS and not _is_field(tokens, at)


def _path(tokens: list[Token], at: int) -> tuple[str, ...]:
    """The fields that follow a root: `article.contacts.phones.size()` -> article, contacts, phones."""
    names = [tokens[at].text]
    while _sign(tokens, at + 1) == "." and at + 2 < len(tokens) and _sign(tokens, at + 3) != "(":
        names.append(tokens[at + 2].text)
        at += 2
    return tuple(names)
