"""From the text of the files in `rules/` to the Rulebook. Pure but for `read_folder`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailbot import yamlfile
from mailbot.errors import Problem, UserError
from mailbot.model import Mode, Severity
from mailbot.rulebook.checking import Check, Params
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.models import Entry, Issue, IssuesFile, RuleEntry, RulesFile, Unit, UnitsFile, When
from mailbot.yamlfile import Document, Key

_FILES: dict[str, type[Entry]] = {"rules": RulesFile, "units": UnitsFile, "issues": IssuesFile}
MAX_FILES = 200


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


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules in the order of judging (file by file, by name), known units, issues; one version over all three."""

    version: str
    rules: tuple[Rule, ...]
    units: tuple[Unit, ...] = ()
    issues: tuple[Issue, ...] = ()

    def issue(self, id: str) -> Issue | None:
        """The issue with this id."""
        return next((issue for issue in self.issues if issue.id == id), None)

    @property
    def issue_names(self) -> dict[str, str]:
        """Name by id."""
        return {issue.id: issue.name for issue in self.issues}


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


def load_rulebook(files: Mapping[str, str]) -> Rulebook:
    """The rulebook of these files (name -> text); UserError with all problems of all files."""
    return _Loader().load(files)


class _Loader:
    """Collects entries and problems over all files."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rules: list[Rule] = []
        self.units: list[Unit] = []
        self.issues: list[Issue] = []
        self._places: dict[tuple[str, str], tuple[str, int]] = {}

    def load(self, files: Mapping[str, str]) -> Rulebook:
        rule_files: list[tuple[Document, RulesFile]] = []
        for name, text in sorted(files.items()):
            try:
                rule_files += self._file(yamlfile.load(text, name))
            except UserError as error:
                self.problems += error.problems
        for document, file in rule_files:
            for index, entry in enumerate(file.rules):
                self._rule(document, index, entry)
        if not self.rules and not self.problems:
            self.problems.append(Problem("there is not one rule", hint="a file with the top key `rules:` is needed"))
        if self.problems:
            raise UserError(self.problems)
        return Rulebook(version_of(files), tuple(self.rules), tuple(self.units), tuple(self.issues))

    def _file(self, document: Document) -> list[tuple[Document, RulesFile]]:
        """Take in units and issues; rules are given back, as they refer to issues."""
        data = document.data
        if data is None:
            return []
        kind = next((key for key in _FILES if key in data), None) if isinstance(data, dict) else None
        if kind is None:
            first = str(next(iter(data), "")) if isinstance(data, dict) else ""
            hint = yamlfile.suggestion(first, list(_FILES))
            raise UserError(document.problem([first], "no top key says what this file holds", hint, key=True))
        file = yamlfile.check(document, _FILES[kind])
        if isinstance(file, RulesFile):
            return [(document, file)]
        if isinstance(file, UnitsFile):
            self._units(document, file)
        if isinstance(file, IssuesFile):
            self._issues(document, file)
        return []

    def _units(self, document: Document, file: UnitsFile) -> None:
        for index, unit in enumerate(file.units):
            if self._is_first(document, ("units", index, "name"), "unit", unit.name):
                self.units.append(unit)

    def _issues(self, document: Document, file: IssuesFile) -> None:
        for index, issue in enumerate(file.issues):
            if not self._is_first(document, ("issues", index, "id"), "issue", issue.id.casefold()):
                continue
            rival = next((other for other in self.issues if _overlap(issue, other)), None)
            if rival is not None:
                hint = "windows of regular issues must not overlap; a special issue says `special: true`"
                message = f"`{issue.id}` and `{rival.id}` are open on the same days"
                self.problems.append(document.problem(("issues", index, "opens"), message, hint))
            self.issues.append(issue)

    def _rule(self, document: Document, index: int, entry: RuleEntry) -> None:
        path: tuple[Key, ...] = ("rules", index)
        self._is_first(document, (*path, "id"), "rule", entry.id)
        self._conditions(document, path, entry)
        check = self._check(document, path, entry)
        if check is None:
            return
        try:
            params = yamlfile.check_data(document, check.params, entry.with_, (*path, "with"))
        except UserError as error:
            self.problems += error.problems
            return
        line, _, _ = document.locate((*path, "id"))
        self.rules.append(
            Rule(
                id=entry.id,
                title=entry.title,
                cites=entry.cites,
                when=entry.when,
                check=check,
                params=params,
                otherwise=entry.otherwise,
                advice=entry.advice,
                mode=entry.mode,
                file=document.name,
                line=line,
            )
        )

    def _check(self, document: Document, path: tuple[Key, ...], entry: RuleEntry) -> Check[Any] | None:
        """The check that the rule names. Expressions are going to be turned into a check here."""
        if entry.expect is not None:
            hint = "use one of the checks: " + ", ".join(CHECKS)
            problem = document.problem((*path, "expect"), "expressions are not available yet", hint, key=True)
        elif entry.check is None:
            problem = document.problem(path, f"the rule `{entry.id}` has no `check`", "known: " + ", ".join(CHECKS))
        elif entry.check not in CHECKS:
            hint = yamlfile.suggestion(entry.check, list(CHECKS))
            problem = document.problem((*path, "check"), f"there is no check `{entry.check}`", hint)
        else:
            return CHECKS[entry.check]
        self.problems.append(problem)
        return None

    def _conditions(self, document: Document, path: tuple[Key, ...], entry: RuleEntry) -> None:
        """Conditions that can never hold."""
        columns = {column.id for issue in self.issues for column in issue.columns}
        for key, given, known in (
            ("issues", entry.when.issues, {issue.id for issue in self.issues}),
            ("columns", entry.when.columns, columns),
        ):
            for word in given:
                if word not in known:
                    hint = yamlfile.suggestion(word, sorted(known)) if known else f"no {key} are defined"
                    place = (*path, "when", key)
                    self.problems.append(document.problem(place, f"there is no `{word}` among the {key}", hint))
        check = CHECKS.get(entry.check or "")
        if check is not None and check.about == "letter" and entry.when != When():
            hint = f"`{check.name}` judges the letter, not one of its articles; remove `when`"
            self.problems.append(document.problem((*path, "when"), "this condition can never hold", hint, key=True))

    def _is_first(self, document: Document, path: tuple[Key, ...], what: str, name: str) -> bool:
        """Whether this name is new; else a problem."""
        line, _, _ = document.locate(path)
        known = self._places.setdefault((what, name), (document.name, line))
        if known == (document.name, line):
            return True
        message = f"there are two {what}s `{name}`"
        self.problems.append(document.problem(path, message, f"the other stands in {known[0]}, line {known[1]}"))
        return False


def _overlap(one: Issue, other: Issue) -> bool:
    return not one.special and not other.special and one.opens <= other.closes and other.opens <= one.closes
