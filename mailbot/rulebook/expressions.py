"""Expressions of admins (`expect:`, `when: {if: …}`): CEL (https://cel.dev) over the facts of `view`, with types.

Compiled when the rules are loaded, and checked against the types then. Evaluating one is bounded in time and memory:
see `expression_text` for what is refused beforehand; functions that look through texts in loops count what they cost.
Nothing of the library is imported before the first expression is compiled.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from mailbot.count import characters
from mailbot.model import Outcome
from mailbot.rulebook import expression_errors, patterns, view
from mailbot.rulebook.checking import Answer, ArticleFacts, Check, LetterFacts, Params, failed, passed
from mailbot.rulebook.expression_text import Mistake, Mistakes, Scanned, scan
from mailbot.yamlfile import Hinted

BUDGET = 20_000_000
"""What searching texts may cost in one evaluation; a unit is some 30 ns. Beyond it the rule cannot be judged."""
LARGEST_PATTERNS = 16_000
"""Steps of the machines that the patterns of one expression become: at worst each is taken for each character."""
COST = {"contains": 1, "has_any": 1, "matches": 8, "count": 6}
"""For each character looked at."""
SHOWN = 60
"""Characters of a text in the evidence."""

_REFUSED = """
stdlib:
  exclude_functions:
    - name: dyn
    - name: type
    - name: bytes
    - name: "_+_"
      overloads: [{id: add_string}, {id: add_bytes}]
"""


class Unjudgeable(Exception):
    """An expression has no value for these facts: the words of the library say why."""


class Expected(Params):
    """What the answer says of a rule with an expression."""

    title: str = Field(description="what the rule asks for")


@dataclass(frozen=True, slots=True)
class _Seen:
    """The facts as the library takes them, and as plain data for the evidence."""

    activation: Any
    plain: dict[str, Any]


class Expressions:
    """Compiles the expressions of one rulebook, and knows what they all want to see: facts are handed over once."""

    def __init__(self) -> None:
        self._library = _Library()
        self._roots: set[str] = set()
        self._fields: frozenset[str] = frozenset()

    def compile(self, text: str) -> Expression:
        """An expression that is true or false; Mistakes when it is none."""
        scanned = scan(text)
        program = self._library.compile(scanned)
        if not scanned.roots:
            known = ", ".join(f"`{root}`" for root in view.ROOTS)
            raise Mistakes(Mistake(0, "says nothing about the letter or the article", f"facts begin with {known}"))
        self._roots |= scanned.roots
        self._fields |= scanned.fields
        return Expression(self, program, scanned)

    def holds(self, program: Any, facts: LetterFacts) -> bool:
        """Whether it is true of these facts; Unjudgeable when it has no value."""
        self._library.refill()
        try:
            value = program.eval(self.seen(facts).activation).plain_value()
        except RuntimeError as error:  # more rounds than the library allows
            value = str(error)
        if value is True or value is False:
            return bool(value)
        raise Unjudgeable(_why(str(value)))

    def seen(self, facts: LetterFacts) -> _Seen:
        """What the expressions of this rulebook see of these facts: made once for all of them."""
        found: _Seen | None = facts.memo.get(self)
        if found is None:
            roots = self._roots if isinstance(facts, ArticleFacts) else self._roots - view.OF_ARTICLES
            plain = {root: view.told(root, facts, self._fields) for root in sorted(roots)}
            found = facts.memo[self] = _Seen(self._library.activation(plain), plain)
        return found


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition, ready to be asked."""

    owner: Expressions
    program: Any
    scanned: Scanned

    @property
    def about(self) -> Literal["letter", "article"]:
        """What it judges: an article, if it speaks of one."""
        return "article" if self.scanned.roots & view.OF_ARTICLES else "letter"

    def holds(self, facts: LetterFacts) -> bool:
        """Whether it is true of these facts; Unjudgeable when it has no value."""
        return self.owner.holds(self.program, facts)

    def evidence(self, facts: LetterFacts) -> str:
        """The facts that it speaks of, with their values."""
        plain = self.owner.seen(facts).plain
        return "; ".join(f"{'.'.join(path)} = {_value(path, plain)}" for path in self.scanned.paths)


def as_check(expression: Expression) -> Check[Expected]:
    """A check that passes where the expression is true."""

    def run(facts: LetterFacts, params: Expected) -> Answer:
        """Fail with the rule's title and the facts; what cannot be judged is for an editor."""
        try:
            holds = expression.holds(facts)
        except Unjudgeable as error:
            return Answer(Outcome.ERROR, facts.phrases.say("expect.error"), f"{error}; {expression.evidence(facts)}")
        evidence = expression.evidence(facts)
        return passed(evidence) if holds else failed(facts.phrases.say("expect.failed", title=params.title), evidence)

    wordless = "article" not in expression.scanned.roots
    return Check("expect", expression.about, Expected, run, wordless=wordless)


def _why(said: str) -> str:
    """The library's words without its codes."""
    return re.sub(r"^[A-Z_]+: | \[[A-Z_]+\]$", "", said)


def _value(path: tuple[str, ...], plain: dict[str, Any]) -> str:
    """A fact in a few words: lists by their number, unless they are of words."""
    value: Any = plain[path[0]]
    for name in path[1:]:
        if isinstance(value, list):
            break
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str):
        return f'"{value[:SHOWN]}{"…" if len(value) > SHOWN else ""}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        words = [one for one in value if isinstance(one, str)][:5]
        return f"{len(value)}" + (f" ({', '.join(words)})" if words else "")
    if isinstance(value, dict):
        return "…"
    return value.isoformat() if isinstance(value, datetime) else "none" if value is None else str(value)


class _Library:
    """Everything that knows the library: its types, functions, environment."""

    def __init__(self) -> None:
        from cel_expr_python import cel  # 0.1 s that rules without expressions do not need

        self._cel = cel
        self._messages, pool = _message_types()
        self._left = threading.local()
        variables = {
            name: cel.Type.List(self._type(root.record)) if root.many else self._type(root.record)
            for name, root in view.ROOTS.items()
        }
        self._env = cel.NewEnv(
            pool,
            config=cel.NewEnvConfigFromYaml(_REFUSED),
            variables=variables,
            container=expression_errors.PACKAGE,
            functions=self._functions(),
        )

    def compile(self, scanned: Scanned) -> Any:
        """A program that gives true or false; Mistakes with all that is wrong."""
        self._check_patterns(scanned)
        try:
            program = self._env.compile(scanned.source)
        except Exception as error:  # noqa: BLE001 - the library has no type of its own for what it refuses
            raise Mistakes(*expression_errors.mistakes(str(error), scanned.source)) from None
        kind = program.return_type()
        if kind != self._cel.Type.BOOL:
            said = expression_errors.in_words(str(kind.name()).lower())
            raise Mistakes(Mistake(0, f"is {said}, not a condition", "compare it, such as `… >= 3` or `… != ''`"))
        if program.serialize().count(b"add_list") > scanned.list_loops:
            raise Mistakes(Mistake(0, "`+` adds numbers only; texts and lists are not joined"))
        return program

    def _check_patterns(self, scanned: Scanned) -> None:
        size = 0
        for token in scanned.patterns:
            try:
                pattern = patterns.checked(str(self._env.compile(token.text).eval().plain_value()))
            except Hinted as error:
                raise Mistakes(Mistake(token.offset, f"the pattern {error}", error.hint)) from None
            except RuntimeError as error:  # an escape that is none
                found = expression_errors.mistakes(str(error), token.text)
                raise Mistakes(*(replace(one, offset=token.offset + one.offset) for one in found)) from None
            size += patterns.compiled(pattern).programsize
            if size > LARGEST_PATTERNS:
                hint = "numbers such as {1,200} multiply what stands before them; use smaller ones"
                raise Mistakes(Mistake(token.offset, "the pattern is too large to be searched with quickly", hint))

    def activation(self, plain: dict[str, Any]) -> Any:
        data = {name: self._message(view.ROOTS[name], value) for name, value in plain.items()}
        return self._env.Activation(data)

    def refill(self) -> None:
        """Begin to count anew."""
        self._left.units = BUDGET

    def _message(self, root: view.Root, value: Any) -> Any:
        make = self._messages[root.record]
        return [make(**one) for one in value] if root.many else make(**value)

    def _type(self, record: type) -> Any:
        return self._cel.Type(f"{expression_errors.PACKAGE}.{record.__name__}")

    def _spend(self, what: str, text: str, times: int = 1) -> None:
        self._left.units -= COST[what] * (len(text) + 10) * times
        if self._left.units < 0:
            raise Unjudgeable("searches too much text")

    def _functions(self) -> list[Any]:
        kind = self._cel.Type
        words = kind.List(kind.STRING)

        def contains(text: str, word: str) -> bool:
            self._spend("contains", text)
            return word in text

        def matches(text: str, pattern: str) -> bool:
            self._spend("matches", text, 1 + patterns.compiled(pattern).programsize // 400)
            return patterns.found(pattern, text) is not None

        def has_any(text: str, words: list[str]) -> bool:
            self._spend("has_any", text, len(words))
            if all(word.lower() == word.upper() for word in words):  # Chinese has no cases
                return any(word in text for word in words)
            text = text.casefold()
            return any(word.casefold() in text for word in words)

        def count(text: str) -> int:
            self._spend("count", text)
            return characters(text)

        def declared(name: str, parameters: list[Any], result: Any, run: Callable[..., Any], *, member: bool) -> Any:
            overload = self._cel.Overload(f"mailbot_{name}", result, parameters, member, run)
            return self._cel.FunctionDecl(name, [overload])

        return [
            declared("Contains", [kind.STRING, kind.STRING], kind.BOOL, contains, member=True),
            declared("Matches", [kind.STRING, kind.STRING], kind.BOOL, matches, member=True),
            declared("has_any", [kind.STRING, words], kind.BOOL, has_any, member=True),
            declared("count", [kind.STRING], kind.INT, count, member=False),
        ]


def _message_types() -> tuple[dict[type, Any], Any]:
    """A protobuf message class for each record, and the pool that knows them."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

    package = expression_errors.PACKAGE
    proto = descriptor_pb2.FieldDescriptorProto
    kinds = {str: proto.TYPE_STRING, int: proto.TYPE_INT64, float: proto.TYPE_DOUBLE, bool: proto.TYPE_BOOL}
    file = descriptor_pb2.FileDescriptorProto(name="mailbot/view.proto", package=package, syntax="proto3")
    file.dependency.append(timestamp_pb2.DESCRIPTOR.name)
    for record in view.records():
        message = file.message_type.add(name=record.__name__)
        hints = view.hints(record)
        for number, one in enumerate(fields(record), 1):
            kind, many = view.unwrapped(hints[one.name])
            added = message.field.add(name=one.name, number=number)
            added.label = proto.LABEL_REPEATED if many else proto.LABEL_OPTIONAL
            if kind in kinds:
                added.type = kinds[kind]
            else:
                added.type = proto.TYPE_MESSAGE
                name = "google.protobuf.Timestamp" if kind is datetime else f"{package}.{kind.__name__}"
                added.type_name = f".{name}"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(timestamp_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return {
        record: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{record.__name__}"))
        for record in view.records()
    }, pool
