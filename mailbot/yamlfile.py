"""YAML files that people write: strict reading, and every mistake told with file, line, column and a way out.

YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), narrowed so that nothing is a surprise: `no` and
`12:30` are text, `010` is text too (a whole-number field takes it as 10, a text field as it stands), dates are text
until a field asks for one. Anchors, aliases and tags are refused. The file's data is checked against pydantic models.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from mailbot import languages, yamlkeys, yamlslips
from mailbot.errors import Problem, UserError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Key = str | int
M = TypeVar("M", bound=BaseModel)

MAX_CHARACTERS = 1_000_000
MAX_NODES = 100_000

_CONSTANTS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_SECRET = re.compile(r"""(?i)(\b(?!passes\b)(?:pas|pw|secret|token)\w*["']?\s*[:\uff1a]\s*)(?!env:|file:)\S.*""")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")


class Hinted(ValueError):
    """A validator's complaint with a way out: what is wrong, and what would be right."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def read_text(path: Path) -> str:
    """The text of a file that a person wrote (UTF-8, a BOM is dropped); UserError when it cannot be read as such."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(Problem("there is no such file", str(path))) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        hint = "save the file as UTF-8 (in Notepad: Save as, Encoding: UTF-8)"
        raise UserError(Problem("this is not UTF-8 text", str(path), line, hint=hint)) from None
    except OSError as error:
        raise UserError(Problem(f"cannot be read: {error.strerror}", str(path))) from None


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its plain data, and where in the file each part of it stands."""

    name: str
    data: Any
    root: Node | None
    lines: tuple[str, ...]

    def locate(self, path: Sequence[Key], *, key: bool = False) -> tuple[int, int, str]:
        """Line, column (both from 1) and the line's text of the value at `path`, or of its key.

        What does not exist in the file is looked for as far as it does: a missing key is told at its parent.
        """
        node = self.root
        mark = node.start_mark if node is not None else None
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            label, node = found
            mark = label.start_mark if key or not _is_value(node) else node.start_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        return line + 1, column + 1, _excerpt(self.lines, line)

    def problem(self, path: Sequence[Key], message: str, hint: str | None = None, *, key: bool = False) -> Problem:
        """A problem at `path`."""
        line, column, text = self.locate(path, key=key)
        return Problem(message, self.name, line, column, text, hint)

    def problem_within(self, path: Sequence[Key], offset: int, message: str, hint: str | None = None) -> Problem:
        """A problem with one character of the text at `path`; where that cannot be found, with the text as a whole."""
        spot = self._spot(path, offset)
        if spot is None:
            return self.problem(path, message, hint)
        line, column = spot
        return Problem(message, self.name, line + 1, column + 1, _excerpt(self.lines, line), hint)

    def _spot(self, path: Sequence[Key], offset: int) -> tuple[int, int] | None:
        """Line and column, from 0, of a character of a scalar: the two texts are walked through side by side."""
        node = self.root
        for part in path:
            found = _child(node, part)
            if found is None:
                return None
            node = found[1]
        if not isinstance(node, ScalarNode):
            return None
        start, end = node.start_mark, node.end_mark
        line, column = (start.line + 1, 0) if node.style in ("|", ">") else (start.line, start.column)
        passed_over = "\\'" if node.style == "'" else '\\"' if node.style == '"' else ""
        if node.style in ("'", '"'):
            column += 1
        for sign in str(node.value)[: offset + 1] if offset < len(node.value) else node.value:
            if sign.isspace():
                continue
            while line <= end.line and line < len(self.lines):
                there = self.lines[line][column : column + 1]
                if there == sign and not (there == "\\" and node.style == '"'):
                    break
                if there and not there.isspace() and there not in passed_over:
                    return None
                line, column = (line, column + 1) if there else (line + 1, 0)
            column += 1
        return (line, max(column - 1, 0)) if line < len(self.lines) else None


def load(text: str, name: str) -> Document:
    """Read one YAML file's text; `name` is what problems call it. UserError with every problem found."""
    lines = tuple(text.splitlines())
    if len(text) > MAX_CHARACTERS:
        raise UserError(Problem(f"is longer than {MAX_CHARACTERS} characters", name))
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise UserError(_syntax_problem(error, name, lines)) from None
    except YAMLError as error:
        raise UserError(_character_problem(text, name, lines) or Problem(str(error), name)) from None
    except RecursionError:
        raise UserError(Problem("is nested too deeply", name)) from None
    builder = _Builder(name, lines)
    data = builder.build(root) if root is not None else None
    if builder.problems:
        raise UserError(builder.problems)
    return Document(name, data, root, lines)


def check_data(document: Document, model: type[M], data: Any, path: Sequence[Key] = (), context: Any = None) -> M:
    """Some data of the document as a model; UserError with all its problems, told at their places below `path`."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        details = _essential(error.errors(include_url=False))
        raise UserError([_model_problem(document, model, tuple(path), detail) for detail in details]) from None


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was most likely meant."""
    from rapidfuzz import process, utils  # only needed when something is wrong

    best = process.extractOne(word, known, processor=utils.default_process, score_cutoff=60)
    return best[0] if best else None


def meant(word: str, known: Sequence[str]) -> str | None:
    """The key word that a word of the office's language stands for."""
    words = languages.load(languages.DEFAULT).teaching.meant.get(word.strip(), ())
    return next((one for one in words if one in known), None)


def suggestion(word: str, known: Sequence[str]) -> str:
    """A hint: the word that was probably meant, else all that are known here."""
    if yamlslips.WIDE_COLON in word:
        return "use the half-width colon `:` with a blank behind it"
    close = meant(word, known) or nearest(word, known)
    return f"did you mean `{close}`?" if close else f"known here: {', '.join(sorted(known))}"


def _excerpt(lines: Sequence[str], row: int) -> str:
    """A line as it may be shown: what looks like an inline secret is left out."""
    return _SECRET.sub(r"\1…", lines[row]) if row < len(lines) else ""


# --- From nodes to plain data ----------------------------------------------------------------------------------------


class _Builder:
    """Turns nodes into plain data and collects what is refused."""

    def __init__(self, name: str, lines: tuple[str, ...]) -> None:
        self.name = name
        self.lines = lines
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: Node) -> Any:
        if id(node) in self._seen or node.anchor:
            self._refuse(
                node, "anchors and aliases (& and *) are not used here", "write the value out where it belongs"
            )
            return None
        self._seen.add(id(node))
        if len(self._seen) > MAX_NODES:
            raise UserError(Problem(f"has more than {MAX_NODES} entries", self.name))
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            for item in node.value if node.flow_style else ():
                self._look_at(item, listed=True)
            return [self.build(item) for item in node.value]
        self._look_at(node, listed=False)
        return self._scalar(cast(ScalarNode, node))

    def _look_at(self, node: Node, *, listed: bool) -> None:
        """Refuse text that certainly means something else than it says."""
        plain = isinstance(node, ScalarNode) and node.style not in ("'", '"', "|", ">")
        if plain and (slip := yamlslips.in_text(str(node.value), listed=listed)):
            self._refuse(node, *slip)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        data: dict[str, Any] = {}
        first: dict[str, int] = {}
        for label, value in node.value:
            if not isinstance(label, ScalarNode):
                self._refuse(label, "a key must be a plain word", "put text with brackets or braces in quotes")
                continue
            if label.value in ("id", "name") and label.value == next(iter(data), None):
                hint = f"begin it with a dash, `- {label.value}: …`, two blanks further to the left"
                self._refuse(label, f"`{label.value}` is there twice: a new entry begins here", hint)
                return data
            if label.value in data:
                where = f"it stands in line {first[label.value] + 1} already; keep one of the two"
                self._refuse(label, f"the key `{label.value}` is there twice", where)
                continue
            first[label.value] = label.start_mark.line
            data[label.value] = self.build(value)
        return data

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        tag = str(node.tag or "")
        if tag.startswith("!"):
            self._refuse(node, f"tags ({tag}) are not used here", "put text that begins with ! in quotes")
            return None
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _DECIMAL.fullmatch(text) else text

    def _refuse(self, node: Node, message: str, hint: str) -> None:
        line, column = node.start_mark.line, node.start_mark.column
        self.problems.append(Problem(message, self.name, line + 1, column + 1, _excerpt(self.lines, line), hint))


def _child(node: Node | None, part: Key) -> tuple[Node, Node] | None:
    """Label and value below a node; in a list the value is its own label."""
    if isinstance(node, MappingNode):
        return next(((label, value) for label, value in node.value if label.value == str(part)), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _is_value(node: Node) -> bool:
    """Whether the node is text that stands behind its key; groups, lists and empty values are told at their key."""
    return isinstance(node, ScalarNode) and (node.value != "" or node.style in ("'", '"'))


# --- Syntax ----------------------------------------------------------------------------------------------------------

_SYNTAX = (  # how the parser's words begin, what that means, what to do
    (
        "found character '\\t'",
        "a tab stands where blanks belong",
        "indent with blanks, two for each level",
    ),
    (
        "mapping values are not allowed",
        "a colon stands where no key can be",
        "put text with `: ` in it in quotes, and check the indent",
    ),
    (
        "found unexpected end of stream",
        "this quotation mark is never closed",
        "add the closing quotation mark",
    ),
    (
        "could not find expected ':'",
        "a key without its colon",
        "write `key: value`, with a half-width colon and a blank",
    ),
    (
        "expected '<document start>'",
        "something stands above this line that belongs below it",
        "put the entries below the top key (`rules:`, `issues:`, `units:`)",
    ),
    (
        "expected <block end>",
        "this line is indented differently from its neighbours",
        "keys of one group start in the same column",
    ),
    (
        "expected ',' or",
        "this bracket or brace is never closed, or a comma is missing",
        "each `[` needs its `]`, each `{` its `}`",
    ),
    (
        "found character",
        "text may not begin with this character",
        "put the text in quotes",
    ),
    (
        "expected ' ', but found",
        "text may not begin with !",
        "put the text in quotes",
    ),
    (
        "found undefined alias",
        "text may not begin with *",
        "put the text in quotes",
    ),
    (
        "but found another document",
        "a second document begins here",
        "keep one document in a file; remove the line `---`",
    ),
)


def _syntax_problem(error: MarkedYAMLError, name: str, lines: tuple[str, ...]) -> Problem:
    said = str(error.problem or error.context or error)
    opened = said.startswith(("found unexpected end of stream", "expected ',' or")) and "flow" in str(error.context)
    never_closed = said.startswith("found unexpected end of stream") or opened
    mark = error.context_mark if never_closed and error.context_mark else error.problem_mark or error.context_mark
    message, hint = next(((m, h) for start, m, h in _SYNTAX if said.startswith(start)), (said, None))
    if not isinstance(mark, StringMark):
        return Problem(message, name, hint=hint)
    row = min(mark.line, max(len(lines) - 1, 0))
    slip = yamlslips.find(lines, row) if "\t" not in said else None
    if slip is not None:
        return Problem(slip.message, name, slip.row + 1, slip.column + 1, _excerpt(lines, slip.row), slip.hint)
    column = mark.column + 1 if row == mark.line else len(lines[row]) + 1
    return Problem(message, name, row + 1, column, _excerpt(lines, row), hint)


def _character_problem(text: str, name: str, lines: tuple[str, ...]) -> Problem | None:
    for row, line in enumerate(text.split("\n")):
        found = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", line)
        if found:
            message = f"an invisible control character (U+{ord(found.group()):04X}) stands here"
            return Problem(message, name, row + 1, found.start() + 1, hint="remove it")
    return None


# --- What pydantic says, in other words ------------------------------------------------------------------------------

_TYPES = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_too_short": "must not be empty",
    "too_short": "needs at least one entry",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a group of `key: value` lines",
    "model_type": "must be a group of `key: value` lines",
    "model_attributes_type": "must be a group of `key: value` lines",
    "date_type": "must be a date such as 2026-11-30",
    "date_parsing": "must be a date such as 2026-11-30",
    "date_from_datetime_parsing": "must be a date such as 2026-11-30",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-11-30",
}


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def _model_problem(document: Document, model: type[BaseModel], base: tuple[Key, ...], detail: ErrorDetails) -> Problem:
    path = (*base, *detail["loc"])
    name = str(next((part for part in reversed(path) if isinstance(part, str)), "the file"))
    kind = detail["type"]
    if kind == "missing":
        where = f"in `{_dotted(path[:-1])}`" if path[:-1] else "in this file"
        add = yamlkeys.hint_for(model, detail["loc"], path)
        return document.problem(path[:-1], f"`{path[-1]}` is missing {where}", add, key=True)
    if kind == "extra_forbidden":
        known = yamlkeys.keys_at(model, detail["loc"][:-1])
        return document.problem(path, f"unknown key `{path[-1]}`", suggestion(str(path[-1]), known), key=True)
    message, hint = _in_words(detail)
    return document.problem(path, f"`{name}` {message}", hint)


def _essential(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without what is only wrong because something else is.

    That is a list that is too short because its entries are wrong, and a missing key that stands there misspelt.
    """
    above = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
    strange = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    return [
        detail
        for detail in details
        if not (detail["type"] == "too_short" and detail["loc"] in above)
        and not (detail["type"] == "missing" and any(_is_misspelt(detail["loc"], loc) for loc in strange))
    ]


def _is_misspelt(missing: Sequence[Key], there: Sequence[Key]) -> bool:
    known = [str(missing[-1])]
    return missing[:-1] == there[:-1] and (meant(str(there[-1]), known) or nearest(str(there[-1]), known)) is not None


def _in_words(detail: ErrorDetails) -> tuple[str, str | None]:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx") or {}
    if kind in _TYPES:
        return _TYPES[kind] + ("" if "short" in kind else f", not {_shown(given)}"), _way_out(kind, given)
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"must be {words} {context[bound]}, not {_shown(given)}", None
    if kind in ("literal_error", "enum"):
        known = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"cannot be {_shown(given)}", suggestion(str(given), known)
    if kind in ("value_error", "assertion_error"):
        error = context["error"]
        return str(error), error.hint if isinstance(error, Hinted) else None
    words = detail["msg"].removeprefix("Input ").removeprefix("Value ")
    return words[0].lower() + words[1:], None


def _way_out(kind: str, given: object) -> str | None:
    """What to write where a value is of the wrong kind."""
    text = unicodedata.normalize("NFKC", str(given))
    if given is None:
        return "write something behind the colon; text that begins with # needs quotes, or it is a comment"
    if kind.startswith(("int", "float")) and (number := re.search(r"-?\d[\d,]*(\.\d+)?", text)):
        return f"write the number alone, in half-width digits: {number.group().replace(',', '')}"
    if kind.startswith(("int", "float")):
        return "write it in digits, such as 500"
    if kind.startswith("bool"):
        return suggestion(str(given), ["true", "false"])
    if kind in ("list_type", "tuple_type"):
        return f"put it in brackets: `[{given}]`" if isinstance(given, str | int) else None
    if kind == "string_type":
        return "give one, without brackets or braces"
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        listed = isinstance(given, list)
        return "remove the dashes" if listed else "write `{key: value}`, or the keys in the next lines, indented"
    return None


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a group of keys"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"`{text if len(text) <= 40 else text[:40] + '…'}`"


def _dotted(path: Sequence[Key]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
