"""From the text of the files in `rules/` to the Rulebook. Pure but for `read_folder`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from mailbot import yamlfile
from mailbot.errors import Problem, UserError
from mailbot.model import Mode, Outcome, Severity
from mailbot.rulebook.checking import Check, Params
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.expression_text import Mistake, Mistakes
from mailbot.rulebook.expressions import Expected, Expression, Expressions, as_check
from mailbot.rulebook.models import Issue, RuleEntry, Unit, When
from mailbot.rulebook.routing import Route
from mailbot.rulebook.sense import Spots, contradictions
from mailbot.rulebook.units import KnownNames
from mailbot.yamlfile import Document, Key

if TYPE_CHECKING:
    from mailbot.rulebook.examples import Mails
    from mailbot.rulebook.samples import Facts

TOP_KEYS = ("rules", "units", "issues")
"""What a file can hold; exactly one of them."""
VARIANTS = {"by_issue": "issues", "by_column": "columns"}
"""Keys that may stand below `with` of any check: what is different for some issues or columns."""
MAX_FILES = 200


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a rule: the `number`-th of its `group` (`passes`, `fails`), and where it stands."""

    group: str
    number: int
    facts: Facts
    line: int
    column: int
    excerpt: str

    @property
    def wanted(self) -> Outcome:
        """What the rule has to say of it."""
        return Outcome.PASSED if self.group == "passes" else Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be judged with; `file` and `line` say where it stands."""

    id: str
    title: str
    cites: str
    when: When
    check: Check[Any]
    params: Params
    otherwise: Severity
    advice: str
    mode: Mode
    file: str
    line: int
    by_issue: Mapping[str, Params] = field(default_factory=dict)
    by_column: Mapping[str, Params] = field(default_factory=dict)
    condition: Expression | None = None
    examples: tuple[Example, ...] = ()
    expect: str = ""
    help: str | None = None
    says: str = ""

    def params_for(self, way: Route) -> Params:
        """The details for an article that goes this way: those of its column, else of its issue, else the rule's."""
        of_issue = self.by_issue.get(way.issue or "", self.params)
        return self.by_column.get(way.column or "", of_issue)


@dataclass(frozen=True)
class Rulebook:
    """Rules in the order of judging (file by file, by name), known units, issues; one version over all three."""

    version: str
    rules: tuple[Rule, ...]
    units: tuple[Unit, ...] = ()
    issues: tuple[Issue, ...] = ()

    def issue(self, id: str) -> Issue | None:
        """The issue with this id."""
        return next((issue for issue in self.issues if issue.id == id), None)

    @cached_property
    def of_letters(self) -> tuple[Rule, ...]:
        """The rules that are judged and speak of a letter, in their order."""
        return tuple(rule for rule in self.rules if rule.check.about == "letter" and rule.mode is not Mode.OFF)

    @cached_property
    def of_articles(self) -> tuple[Rule, ...]:
        """The rules that are judged and speak of an article, in their order."""
        return tuple(rule for rule in self.rules if rule.check.about == "article" and rule.mode is not Mode.OFF)

    @cached_property
    def known_names(self) -> KnownNames:
        """The units, for looking up: made once for all letters."""
        return KnownNames.of(self.units)

    def only(self, rule: Rule) -> Rulebook:
        """The same with this rule alone, acting whatever its mode."""
        alone = replace(self, rules=(replace(rule, mode=Mode.ON),))
        alone.__dict__["known_names"] = self.known_names  # where `cached_property` keeps it: not made anew
        return alone

    @property
    def issue_names(self) -> dict[str, str]:
        """Name by id."""
        return {issue.id: issue.name for issue in self.issues}

    @property
    def column_names(self) -> dict[str, str]:
        """Name by id; an id that several issues have is one column to them all."""
        return {one.id: one.name or one.id for issue in self.issues for one in issue.columns}


def read_folder(folder: Path) -> dict[str, str]:
    """The text of each `*.yaml` directly in the folder, by file name; UserError when it cannot be read."""
    if not folder.is_dir():
        raise UserError(Problem("there is no such folder", str(folder), hint="`mailbot init` makes one"))
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file() and not path.name.startswith("."))
    if len(paths) > MAX_FILES:
        raise UserError(Problem(f"has more than {MAX_FILES} files", str(folder)))
    return {path.name: yamlfile.read_text(path) for path in paths}


def version_of(files: Mapping[str, str]) -> str:
    """A short hash over names and texts; line ends and blanks at the end of a line do not count."""
    digest = hashlib.sha256()
    for name, text in sorted(files.items()):
        lines = "\n".join(line.rstrip() for line in text.removeprefix("\ufeff").splitlines())
        digest.update(f"{len(name.encode())}:{name}{len(lines.encode())}:{lines}".encode())
    return digest.hexdigest()[:12]


def load_rulebook(files: Mapping[str, str], mails: Mails | None = None, *, examples: bool = True) -> Rulebook:
    """The rulebook of these files (name -> text); UserError with all problems of all files.

    A rule whose examples do not come out as they say is a problem. Those that are mail files are tried only where
    `mails` reads them. Without `examples` none is tried: for rules that were in force, under whatever program.
    """
    return _Loader().load(files, mails, examples=examples)


class _Loader:
    """Collects entries and problems over all files: one wrong entry does not hide what is wrong with the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rules: list[Rule] = []
        self.units: list[Unit] = []
        self.issues: list[Issue] = []
        self._names: dict[str, set[str]] = {"issues": set(), "columns": set()}
        self._places: dict[tuple[str, str], tuple[str, int]] = {}
        self._expressions: Expressions | None = None
        self._spots: Spots = {}

    def load(self, files: Mapping[str, str], mails: Mails | None, *, examples: bool) -> Rulebook:
        entries: list[_Raw] = []
        for name, text in sorted(files.items()):
            with self._collecting():
                entries += _entries(yamlfile.load(text, name))
        sound = True
        for kind, take in (("units", self._unit), ("issues", self._issue), ("rules", self._rule)):
            sound = not self.problems
            for raw in entries:
                if raw.path[0] == kind:
                    take(raw)
        rulebook = Rulebook(version_of(files), tuple(self.rules), tuple(self.units), tuple(self.issues))
        self.problems += contradictions(rulebook, self._spots)
        if examples and sound:  # with wrong units or issues they would come out wrong
            self._try_examples(rulebook, mails)
        if not self.rules and not self.problems:
            self.problems.append(Problem("there is not one rule", hint="a file with the top key `rules:` is needed"))
        if self.problems:
            raise UserError(sorted(self.problems, key=lambda problem: (problem.file or "", problem.line or 0)))
        return rulebook

    def _try_examples(self, rulebook: Rulebook, mails: Mails | None) -> None:
        """Examples of good rules are tried even where others are wrong."""
        if any(rule.examples for rule in self.rules):
            from mailbot.rulebook.examples import try_examples  # judges, and so knows this module

            self.problems += [tried.problem() for tried in try_examples(rulebook, mails) if not tried.good]

    @contextmanager
    def _collecting(self) -> Iterator[None]:
        try:
            yield
        except UserError as error:
            self.problems += error.problems

    def _unit(self, raw: _Raw) -> None:
        with self._collecting():
            unit = yamlfile.check_data(raw.document, Unit, raw.data, raw.path)
            self._claim(raw, "unit", "name", unit.name)
            self.units.append(unit)

    def _issue(self, raw: _Raw) -> None:
        self._names["issues"].add(str(raw.get("id")))
        with self._collecting():
            issue = yamlfile.check_data(raw.document, Issue, raw.data, raw.path)
            self._names["columns"].update(column.id for column in issue.columns)
            self._claim(raw, "issue", "id", issue.id.casefold())
            rival = next((other for other in self.issues if _overlap(issue, other)), None)
            self.issues.append(issue)
            if rival is not None:
                hint = "regular issues must not overlap; a special issue says `special: true`"
                raise raw.error("opens", f"`{issue.id}` and `{rival.id}` are open on the same days", hint)

    def _rule(self, raw: _Raw) -> None:
        entry = check = details = condition = None
        before = len(self.problems)
        raw, misplaced = self._without_details(raw)
        with self._collecting():
            entry = yamlfile.check_data(raw.document, RuleEntry, raw.data, raw.path)
            self._claim(raw, "rule", "id", entry.id)
        with self._collecting():
            check = self._check(raw)
            details = self._details(raw, check) if check is not None and not misplaced else None
        with self._collecting():
            condition = self._condition(raw)
        if entry is not None and check is not None:
            with self._collecting():
                self._can_apply(raw, entry.when, check, condition)
        examples = self._examples(raw)
        if entry is not None and check is not None and details is not None:
            self._spots[entry.id] = raw.document, raw.path
            sound = len(self.problems) == before  # else its examples say the same again, in other words
            self.rules.append(_rule(raw, entry, check, details, condition, examples if sound else ()))

    def _without_details(self, raw: _Raw) -> tuple[_Raw, bool]:
        """The rule without what belongs below its `with`, which is a problem of its own; and whether there was any."""
        check = CHECKS.get(str(raw.get("check")))
        if check is None or not isinstance(raw.data, dict):
            return raw, False
        details, known = keys_of(check.params), keys_of(RuleEntry)
        misplaced = [key for key in raw.data if key in details and key not in known]
        for key in misplaced:
            hint = f"put it below `with`: `with: {{{key}: …}}`"
            message = f"`{key}` is a detail of `{check.name}`, and stands beside it"
            self.problems.append(raw.document.problem((*raw.path, key), message, hint, key=True))
        rest = {key: value for key, value in raw.data.items() if key not in misplaced}
        return replace(raw, data=rest), bool(misplaced)

    def _check(self, raw: _Raw) -> Check[Any] | None:
        """The check that a rule names, or that its expression makes; None where that is told with the entry."""
        if raw.get("expect") is None:
            return None if _is_misspelt(raw) else _named_check(raw)
        if raw.get("check") is not None:
            raise raw.error("expect", "a rule has either `check` or `expect`", "make two rules of them, or remove one")
        if raw.get("with") is not None:
            hint = "write the numbers and words into the expression"
            raise raw.error("with", "`with` holds the details of a `check`; `expect` has none", hint)
        expression = self._expression(raw, "expect")
        return as_check(expression) if expression is not None else None

    def _condition(self, raw: _Raw) -> Expression | None:
        when = raw.get("when")
        return self._expression(raw, "when", "if") if isinstance(when, dict) and when.get("if") is not None else None

    def _expression(self, raw: _Raw, *keys: str) -> Expression | None:
        text: Any = raw.data
        for key in keys:
            text = text[key]
        if not isinstance(text, str):
            return None  # told with the entry
        self._expressions = self._expressions or Expressions()
        try:
            return self._expressions.compile(text)
        except Mistakes as error:
            raise UserError([raw.within(keys, mistake) for mistake in error.mistakes]) from None

    def _examples(self, raw: _Raw) -> tuple[Example, ...]:
        """The examples below a rule, each checked by itself."""
        given = raw.get("examples")
        if not isinstance(given, dict):
            return ()  # none; or told with the entry
        from mailbot.rulebook.samples import Facts  # many rules have no examples

        found = []
        for group in ("passes", "fails"):
            cases = given.get(group) or []
            for number, data in enumerate(cases if isinstance(cases, list) else [cases], 1):
                path = (*raw.path, "examples", group, *((number - 1,) if isinstance(cases, list) else ()))
                with self._collecting():
                    facts = yamlfile.check_data(raw.document, Facts, data, path)
                    self._known(raw.document, (*path, "issue"), "issues", facts.issue)
                    self._known(raw.document, (*path, "column"), "columns", facts.column)
                    found.append(Example(group, number, facts, *raw.document.locate(path)))
        return tuple(found)

    def _known(self, document: Document, path: tuple[Key, ...], what: str, name: str | None) -> None:
        """Refuse an issue or a column that there is not."""
        known = sorted(self._names[what])
        if name is not None and name not in known:
            hint = yamlfile.suggestion(name, known) if known else f"no {what} are defined"
            raise UserError(document.problem(path, f"there is no `{name}` among the {what}", hint))

    def _details(self, raw: _Raw, check: Check[Any]) -> _Details | None:
        """What stands below `with`, and what of it is different for an issue or a column."""
        given = raw.get("with")
        if check.params is Expected:
            return _Details(Expected(title=str(raw.get("title"))), {}, {})
        if not isinstance(given, dict | None):
            return None  # told with the entry
        plain = {key: value for key, value in (given or {}).items() if key not in VARIANTS}
        found: dict[str, dict[str, Params]] = {key: {} for key in VARIANTS}
        params = None
        with self._collecting():
            params = yamlfile.check_data(raw.document, check.params, plain, (*raw.path, "with"))
        for key, what in VARIANTS.items():
            variants = (given or {}).get(key) or {}
            if not isinstance(variants, dict):
                hint = f"below `{key}` stand ids of {what}, and below each what is different there"
                self.problems.append(raw.document.problem((*raw.path, "with", key), f"`{key}` must be a group", hint))
                continue
            for name, changes in variants.items():
                path = (*raw.path, "with", key, name)
                with self._collecting():
                    known = sorted(self._names[what])
                    if str(name) not in known:
                        hint = yamlfile.suggestion(str(name), known) if known else f"no {what} are defined"
                        raise UserError(
                            raw.document.problem(path, f"there is no `{name}` among the {what}", hint, key=True)
                        )
                    merged = plain | (changes if isinstance(changes, dict) else {})
                    found[key][str(name)] = yamlfile.check_data(raw.document, check.params, merged, path)
        return _Details(params, found["by_issue"], found["by_column"]) if params is not None else None

    def _can_apply(self, raw: _Raw, when: When, check: Check[Any], condition: Expression | None) -> None:
        """Refuse conditions that can never hold."""
        of_article = when.pictures is not None or (condition is not None and condition.about == "article")
        if check.about == "letter" and of_article:
            key = "pictures" if when.pictures is not None else "if"
            hint = f"`{check.name}` judges the letter as a whole; remove the condition"
            raise self._at_when(raw, key, "this condition is about one article of the letter", hint)
        if check.needs == "pictures" and when.pictures is False:
            hint = f"`{check.name}` looks at pictures; write `pictures: true`, or remove the condition"
            raise self._at_when(raw, "pictures", "this rule can never apply: it is for articles without pictures", hint)
        if when.special and not any(issue.special for issue in self.issues):
            hint = "an issue says `special: true` to be one; remove the condition, or add such an issue"
            raise self._at_when(raw, "special", "this rule can never apply: there is no special issue", hint)
        for key, given in (("issues", when.issues), ("columns", when.columns)):
            for word in given:
                self._known(raw.document, (*raw.path, "when", key), key, word)
        self._columns_in_issues(raw, when)

    def _columns_in_issues(self, raw: _Raw, when: When) -> None:
        """Refuse a rule whose columns none of its issues has."""
        issues = [issue for issue in self.issues if issue.id in when.issues]
        columns = sorted({column.id for issue in issues for column in issue.columns})
        if issues and when.columns and not set(columns) & set(when.columns):
            named, has = ", ".join(when.issues), ", ".join(columns) or "no columns"
            hint = f"`{named}` has: {has}"
            said = f"this rule can never apply: `{', '.join(when.columns)}` is no column of the issues it is for"
            raise self._at_when(raw, "columns", said, hint)

    def _at_when(self, raw: _Raw, key: str, message: str, hint: str) -> UserError:
        return UserError(raw.document.problem((*raw.path, "when", key), message, hint))

    def _claim(self, raw: _Raw, what: str, key: str, name: str) -> None:
        """Each name once in all files."""
        place = (raw.document.name, raw.document.locate((*raw.path, key))[0])
        known = self._places.setdefault((what, name), place)
        if known != place:
            hint = f"the other stands in {known[0]}, line {known[1]}; choose another name"
            raise raw.error(key, f"there are two {what}s `{name}`", hint)


@dataclass(frozen=True, slots=True)
class _Details:
    """A rule's details, and what they are for some issues and columns."""

    params: Params
    by_issue: dict[str, Params]
    by_column: dict[str, Params]


@dataclass(frozen=True, slots=True)
class _Raw:
    """One entry of a file, not yet checked."""

    document: Document
    path: tuple[Key, ...]
    data: Any

    def get(self, key: str) -> Any:
        return self.data.get(key) if isinstance(self.data, dict) else None

    def error(self, key: str, message: str, hint: str | None = None) -> UserError:
        return UserError(self.document.problem((*self.path, key), message, hint))

    def within(self, keys: tuple[str, ...], mistake: Mistake) -> Problem:
        """A mistake in an expression, at its place in the file."""
        path = (*self.path, *keys)
        return self.document.problem_within(path, mistake.offset, f"`{keys[-1]}`: {mistake.message}", mistake.hint)


def _entries(document: Document) -> list[_Raw]:
    """The entries below a file's top key; a file without any content has none."""
    if document.data is None:
        return []
    keys = [str(key) for key in document.data] if isinstance(document.data, dict) else []
    kinds = [key for key in keys if key in TOP_KEYS]
    if not kinds:
        above = "put a line above the entries that says what they are: `rules:`, `units:` or `issues:`"
        hint = yamlfile.suggestion(keys[0], TOP_KEYS) if keys else above
        raise UserError(document.problem(keys[:1], "no top key says what this file holds", hint, key=True))
    kind = kinds[0]
    others = [key for key in keys if key != kind]
    if others:
        hint = f"a file holds one group; this one holds `{kind}`, so move `{others[0]}` into a file of its own"
        raise UserError(document.problem(others[:1], f"`{others[0]}` cannot stand here", hint, key=True))
    entries = document.data[kind] or []
    if not isinstance(entries, list):
        first = list(entries)[:1] if isinstance(entries, dict) else []
        hint = f"begin each entry with `- `: `- {first[0] if first else 'id'}: …`"
        raise UserError(document.problem((kind, *first), f"`{kind}` must be a list", hint, key=True))
    return [_Raw(document, (kind, index), data) for index, data in enumerate(entries)]


def _is_misspelt(raw: _Raw) -> bool:
    """Whether the key `check` seems to stand there in other letters: that is told with the entry."""
    known = keys_of(RuleEntry)
    strange = [str(key) for key in raw.data if key not in known] if isinstance(raw.data, dict) else []
    return raw.get("check") is None and any(
        (yamlfile.meant(key, known) or yamlfile.nearest(key, known)) in ("check", "expect") for key in strange
    )


def _named_check(raw: _Raw) -> Check[Any]:
    """The check that a rule names."""
    known = ", ".join(CHECKS)
    name = raw.get("check")
    if name is None:
        hint = f"add a line `check: …` with one of: {known}; or `expect: …` with an expression"
        raise raw.error("check", "this rule has no `check`", hint)
    check = CHECKS.get(str(name))
    if check is None:
        raise raw.error("check", f"there is no check `{name}`", yamlfile.suggestion(str(name), list(CHECKS)))
    return check


def _rule(
    raw: _Raw,
    entry: RuleEntry,
    check: Check[Any],
    details: _Details,
    condition: Expression | None,
    examples: tuple[Example, ...],
) -> Rule:
    return Rule(
        id=entry.id,
        title=entry.title,
        cites=entry.cites,
        when=entry.when,
        check=check,
        params=details.params,
        by_issue=details.by_issue,
        by_column=details.by_column,
        otherwise=entry.otherwise,
        advice=entry.advice,
        expect=entry.expect or "",
        help=entry.help,
        says=entry.says,
        mode=entry.mode,
        examples=examples,
        file=raw.document.name,
        line=raw.document.locate((*raw.path, "id"))[0],
        condition=condition,
    )


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a group as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _overlap(one: Issue, other: Issue) -> bool:
    return not one.special and not other.special and one.opens <= other.closes and other.opens <= one.closes
