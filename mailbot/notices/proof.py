"""Reads templates as their compiler does and finds every word in them that means nothing, before any mail is made.

The facts that a template gets are typed, so variables, their parts, what a loop runs over and what a macro is called
with are known without rendering: also what stands in a branch that no sample enters. What cannot be told from the text
is left to the rendering of samples. Jinja knows the line of a word; its column is found in the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from mailbot.errors import Problem
from mailbot.yamlfile import suggestion

if TYPE_CHECKING:
    from jinja2 import Environment, TemplateSyntaxError, nodes

UNTOLD = object()
"""The type of what cannot be told from the text."""

_BLOCKS = ("if", "for", "macro", "call", "filter", "set", "block", "autoescape", "with")
_TAGS = sorted({*_BLOCKS, *(f"end{tag}" for tag in _BLOCKS), "else", "elif", "import", "from", "include"})
_LOOP = ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem",
         "nextitem", "cycle", "changed")  # fmt: skip
_SAME = frozenset({"list", "select", "selectattr", "reject", "rejectattr", "sort", "reverse", "unique"})
"""Filters that give a sequence of the same things."""


@dataclass(frozen=True, slots=True)
class _Many:
    """The type of a sequence of things of one type."""

    each: Any


@dataclass(frozen=True, slots=True)
class _Named:
    """The type of an imported file (without `macro`) or of a macro."""

    file: str
    macro: str = ""


_OF_LOOP = object()


class Proof:
    """All files of a folder; `facts` says which of them get which facts. `problems` are found while it is made."""

    def __init__(self, environment: Environment, files: Mapping[str, str], facts: Mapping[str, type]) -> None:
        self.environment, self.files, self.facts = environment, files, facts
        self.problems: list[Problem] = []
        self._trees: dict[str, nodes.Template] = {}
        self._seen: set[tuple[Any, ...]] = set()
        self._parse()
        for file in sorted(self._trees):
            _Walk(self, file, self.outer(file)).statements(self._trees[file].body)
        for file in sorted(self._trees):
            for name in self.macros(file):
                if not any(key[:2] == (file, name) for key in self._seen):
                    self.call(file, name, ())  # nobody calls it, so nothing is known of its arguments
        self.problems = list(dict.fromkeys(self.problems))

    def _parse(self) -> None:
        from jinja2 import TemplateSyntaxError

        for name in sorted(self.files):
            try:
                self._trees[name] = self.environment.parse(self.files[name], name, name)
            except TemplateSyntaxError as error:
                self.problems.append(_syntax_problem(self.environment, name, self.files[name], error))

    def macros(self, file: str) -> dict[str, nodes.Macro]:
        """The macros of a file."""
        from jinja2 import nodes

        tree = self._trees.get(file)
        return {node.name: node for node in tree.body if isinstance(node, nodes.Macro)} if tree else {}

    def outer(self, file: str) -> dict[str, Any]:
        """What is known everywhere in a file: its facts, macros, imports, and what is set at its top."""
        from jinja2 import nodes

        facts = self.facts.get(file)
        scope: dict[str, Any] = dict.fromkeys(self.environment.globals, UNTOLD) | (_parts_of(facts) if facts else {})
        for node in self._trees[file].body:
            if isinstance(node, nodes.Macro):
                scope[node.name] = _Named(file, node.name)
            elif isinstance(node, nodes.Import) and isinstance(node.template, nodes.Const):
                scope[node.target] = _Named(str(node.template.value))
            elif isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
                scope[node.target.name] = UNTOLD
        return scope

    def names(self, file: str) -> dict[str, Any] | None:
        """What can be had from an imported file; None where it cannot be read."""
        return self.outer(file) if file in self._trees else None

    def call(self, file: str, name: str, given: tuple[Any, ...]) -> None:
        """Walk a macro's body with the types that it is called with; once for each of them."""
        if (file, name, given) in self._seen:
            return
        self._seen.add((file, name, given))
        macro = self.macros(file)[name]
        types = (*given, *(UNTOLD for _ in macro.args))
        arguments = {node.name: kind for node, kind in zip(macro.args, types, strict=False)}
        extra = dict.fromkeys(("varargs", "kwargs", "caller"), UNTOLD)
        _Walk(self, file, {**self.outer(file), **extra, **arguments}).statements(macro.body)

    def tell(self, file: str, line: int, word: str, message: str, known: Iterable[str]) -> None:
        """Note a word that means nothing, with its place and the nearest that means something."""
        excerpt, column = _place(self.files[file], line, word)
        hint = suggestion(word, sorted(set(known)))
        self.problems.append(Problem(message, file=file, line=line, column=column, excerpt=excerpt, hint=hint))


class _Walk:
    """One scope of one file: the types of the names that are known in it."""

    def __init__(self, proof: Proof, file: str, scope: dict[str, Any]) -> None:
        self._proof, self._file, self._scope = proof, file, scope

    def statements(self, body: Iterable[nodes.Node]) -> None:
        """Walk one after the other."""
        for node in body:
            self._node(node)

    def _node(self, node: nodes.Node) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.For):
            self._loop(node)
        elif isinstance(node, nodes.Assign):
            self._assign(node.target, self._type(node.node))
        elif isinstance(node, nodes.AssignBlock):
            self.statements(node.body)
            self._assign(node.target, str)
        elif isinstance(node, nodes.FromImport):
            self._take(node)
        elif isinstance(node, nodes.Expr):
            self._type(node)
        elif not isinstance(node, nodes.Macro | nodes.Import):  # macros are walked when they are called
            self.statements(node.iter_child_nodes())

    def _loop(self, node: nodes.For) -> None:
        over = self._type(node.iter)
        inner = _Walk(self._proof, self._file, {**self._scope, "loop": _OF_LOOP})
        inner._assign(node.target, over.each if isinstance(over, _Many) else UNTOLD)
        inner.statements([*([node.test] if node.test else []), *node.body])
        _Walk(self._proof, self._file, dict(self._scope)).statements(node.else_)

    def _assign(self, target: nodes.Node, kind: Any) -> None:
        from jinja2 import nodes

        if isinstance(target, nodes.Name):
            self._scope[target.name] = kind
        else:
            self._scope.update({name.name: UNTOLD for name in target.find_all(nodes.Name)})

    def _take(self, node: nodes.FromImport) -> None:
        """`from … import a, b as c`."""
        from jinja2 import nodes

        file = str(node.template.value) if isinstance(node.template, nodes.Const) else ""
        known = self._proof.names(file)
        for one in node.names:
            name, alias = (one, one) if isinstance(one, str) else one
            if known is not None and name not in known:
                self._proof.tell(self._file, node.lineno, name, f"there is no {name!r} in {file}", known)
            self._scope[alias] = (known or {}).get(name, UNTOLD)

    # --- expressions --------------------------------------------------------------------------------------------------

    def _type(self, node: nodes.Node) -> Any:
        """The type of an expression; what means nothing in it is told."""
        from jinja2 import nodes

        if isinstance(node, nodes.Name):
            return self._name(node)
        if isinstance(node, nodes.Getattr):
            return self._part(node.attr, self._type(node.node), node.lineno)
        if isinstance(node, nodes.Call):
            return self._call(node)
        if isinstance(node, nodes.Filter):
            return self._filter(node)
        if isinstance(node, nodes.Test) and node.name not in self._proof.environment.tests:
            known = self._proof.environment.tests
            self._proof.tell(self._file, node.lineno, node.name, f"there is no test {node.name!r}", known)
        inside = [self._type(child) for child in node.iter_child_nodes() if isinstance(child, nodes.Expr)]
        if isinstance(node, nodes.Getitem) and isinstance(inside[0], _Many) and isinstance(node.arg, nodes.Const):
            return inside[0].each
        self._others(node)
        return UNTOLD

    def _others(self, node: nodes.Node) -> None:
        """What stands in an expression and is none itself: the pairs of a dict, the operands of a comparison."""
        from jinja2 import nodes

        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Helper):
                self.statements(child.iter_child_nodes())

    def _name(self, node: nodes.Name) -> Any:
        if node.name not in self._scope:
            known = [name for name in self._scope if name not in self._proof.environment.globals]
            self._proof.tell(self._file, node.lineno, node.name, f"unknown variable {node.name!r}", known)
        return self._scope.get(node.name, UNTOLD)

    def _part(self, name: str, whole: Any, line: int) -> Any:
        """What `whole.name` is. Names that begin with `_` are the sandbox's matter."""
        if whole is UNTOLD or name.startswith("_"):
            return UNTOLD
        if isinstance(whole, _Named):
            known = self._proof.names(whole.file) if not whole.macro else None
            what = whole.file
        elif whole is _OF_LOOP:
            known, what = dict.fromkeys(_LOOP, UNTOLD), "`loop`"
        else:
            known, what = _parts_of(whole), f"{_called(whole)}"
        if known is None or name in known:
            return (known or {}).get(name, UNTOLD)
        self._proof.tell(self._file, line, name, f"there is no {name!r} in {what}", known)
        return UNTOLD

    def _call(self, node: nodes.Call) -> Any:
        called = self._type(node.node)
        given = tuple(self._type(one) for one in node.args)
        self.statements(node.kwargs)
        if isinstance(called, _Named) and called.macro:
            self._proof.call(called.file, called.macro, given)
            return str
        return UNTOLD

    def _filter(self, node: nodes.Filter) -> Any:
        over = self._type(node.node) if node.node is not None else str
        if node.name not in self._proof.environment.filters:
            known = [name for name in self._proof.environment.filters if len(name) > 1]  # not the short forms
            self._proof.tell(self._file, node.lineno, node.name, f"there is no filter {node.name!r}", known)
        self.statements([*node.args, *node.kwargs])
        if not isinstance(over, _Many):
            return UNTOLD
        attribute = _attribute(node)
        part = self._part(attribute, over.each, node.lineno) if attribute else UNTOLD
        if node.name == "map":
            return _Many(part)
        return over if node.name in _SAME else UNTOLD


def _attribute(node: nodes.Filter) -> str:
    """The attribute that a filter asks of each thing: `map(attribute="x")`, `selectattr("x")`."""
    from jinja2 import nodes

    asked = [pair.value for pair in node.kwargs if pair.key == "attribute"]
    if node.name in ("selectattr", "rejectattr"):
        asked += node.args[:1]
    found = asked[0] if asked else None
    name = str(found.value) if isinstance(found, nodes.Const) else ""
    return name if name.isidentifier() else ""


@cache
def _parts_of(kind: Any) -> dict[str, Any]:
    """The names and types of all that a value of this type has; not to be changed, as all callers share it."""
    if isinstance(kind, _Many):
        return dict.fromkeys((name for name in dir(tuple) if not name.startswith("_")), UNTOLD)
    known = dict.fromkeys((name for name in dir(kind) if not name.startswith("_")), UNTOLD)
    if is_dataclass(kind):
        known |= {name: _typed(hint) for name, hint in get_type_hints(kind).items()}
    return known


def _typed(hint: Any) -> Any:
    if get_origin(hint) is tuple:
        return _Many(_typed(get_args(hint)[0]))
    return hint if isinstance(hint, type) else UNTOLD


def _called(kind: Any) -> str:
    """A type as an admin may know it."""
    if isinstance(kind, _Many):
        return "a list: go through it with `for`"
    plain = {"str": "a text", "int": "a number", "bool": "true or false", "datetime": "a time", "date": "a day"}
    name: str = kind.__name__
    return plain.get(name) or f"`{name.removesuffix('Facts').removesuffix('Fact').lower()}`"


# --- what cannot even be parsed ---------------------------------------------------------------------------------------


def _syntax_problem(environment: Environment, name: str, text: str, error: TemplateSyntaxError) -> Problem:
    """A syntax error where a person has to mend it: a block that is never closed is told where it begins."""
    message = error.message or "cannot be understood"
    unclosed = _unclosed(environment, text) if "Unexpected end of template" in message else None
    if unclosed is not None:
        line, tag = unclosed
        excerpt, column = _place(text, line, tag)
        message = f"{message.split('.')[0]}: this `{tag}` is never closed"
        close = f"write {{% end{tag} %}} where it ends"
        return Problem(message, file=name, line=line, column=column, excerpt=excerpt, hint=close)
    word = re.search(r"'(\w+)'", message)
    excerpt, column = _place(text, error.lineno, word[1]) if word else _place(text, error.lineno, "")
    nearest = suggestion(word[1], _TAGS) if word and "unknown tag" in message else None
    return Problem(message, file=name, line=error.lineno, column=column, excerpt=excerpt, hint=nearest)


def _unclosed(environment: Environment, text: str) -> tuple[int, str] | None:
    """Line and tag of the innermost block that is open at the end."""
    opened: list[tuple[int, str]] = []
    tokens = [token for token in environment.lex(text) if token[1] != "whitespace"]
    for before, (line, _, tag) in pairwise(tokens):
        if before[1] != "block_begin":
            continue
        if tag in _BLOCKS and (tag != "set" or not _has_value(text, line)):
            opened.append((line, tag))
        elif opened and tag == f"end{opened[-1][1]}":
            opened.pop()
    return opened[-1] if opened else None


def _has_value(text: str, line: int) -> bool:
    """Whether a `set` of this line is given its value at once, and needs no end."""
    return "=" in text.splitlines()[line - 1].split("set", 1)[-1]


def _place(text: str, line: int, word: str) -> tuple[str | None, int | None]:
    """The line, and where the word stands in it."""
    lines = text.splitlines()
    if not 0 < line <= len(lines):
        return None, None
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lines[line - 1]) if word else None
    return lines[line - 1], found.start() + 1 if found else None
