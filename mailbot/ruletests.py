"""`mailbot rules test`: the examples of the rules, and a folder of mails with what is expected of each beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mailbot import yamlfile
from mailbot.check import read_mail
from mailbot.config import Settings
from mailbot.errors import Problem, UserError
from mailbot.model import ArticleJudgement, Dossier, Judgement, Kind, Letter, Outcome, Reading, Verdict
from mailbot.ports import Reader
from mailbot.rulebook.examples import arriving, outcome_of, try_examples
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook, load_rulebook
from mailbot.rulebook.models import Entry
from mailbot.rulebook.samples import Moment

MOST_MAILS = 10_000
"""Mails of a folder that are judged."""


class MailFiles:
    """Reads the mail files below a folder, all in one reading child; to be closed.

    Called with a path it gives the dossier: `unreadable` for a letter that breaks the reader. UserError where there is
    no such file, or the path leads out of the folder.
    """

    def __init__(self, folder: Path, settings: Settings | None, reader: Callable[[str, int, int], Reader]) -> None:
        self._folder = folder.resolve()
        self._settings = settings
        self._make = reader
        self._reader: _Shared | None = None

    def __enter__(self) -> MailFiles:
        return self

    def __exit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.reader.close()

    def __call__(self, path: str) -> Dossier:
        """The letter in this file."""
        file = (self._folder / path).resolve()
        if not file.is_relative_to(self._folder):
            raise UserError("it leads out of the folder")
        if not file.is_file():
            raise UserError("there is no such file")
        return read_mail(file, settings=self._settings, reader=self._shared)

    def _shared(self, language: str, seconds: int, memory: int) -> Reader:
        if self._reader is None:
            self._reader = _Shared(self._make(language, seconds, memory))
        return self._reader


class _Shared:
    """A reader that goes on after the letter for which it was asked for."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def expect(self, raw: Path, work: Path) -> None:
        self.reader.expect(raw, work)

    def letter(self, raw: Path, work: Path) -> Letter:
        return self.reader.letter(raw, work)

    def manuscripts(self, letter: Letter, work: Path) -> Reading:
        return self.reader.manuscripts(letter, work)

    def close(self) -> None:
        """Nothing: the next letter follows."""


def load_tried(
    files: Mapping[str, str], *, folder: Path, settings: Settings | None, reader: Callable[[str, int, int], Reader]
) -> Rulebook:
    """The rulebook of these files of a folder; all examples are tried, also those that are mail files below it."""
    with MailFiles(folder, settings, reader) as mails:
        return load_rulebook(files, mails)


def _outcomes(value: Any) -> Any:
    return {} if value is None else value


class Expected(Entry):
    """What is expected of a mail; what is not said may be anything. Of several articles the first is meant."""

    arrived: Moment | None = Field(default=None, description="when it arrived; default: when it was sent")
    kind: Kind | None = Field(default=None, description="what the letter is: submission, inquiry, …")
    verdict: Verdict | None = Field(default=None, description="acknowledge, return, hold, reject, serve or ignore")
    issue: str | None = Field(default=None, description="the issue that the article goes to; empty: none")
    column: str | None = Field(default=None, description="its column; empty: none")
    late: bool | None = Field(default=None, description="whether it is late for that issue")
    title: str | None = Field(default=None, description="the article's title; empty: none")
    unit: str | None = Field(default=None, description="the submitting unit; empty: none")
    rules: Annotated[dict[str, Outcome], BeforeValidator(_outcomes)] = Field(
        default={}, description="by the rule's id: passed, failed, skipped or error; of several articles the worst"
    )


def example_rows(rulebook: Rulebook, mails: MailFiles) -> Iterator[dict[str, Any]]:
    """One row for each example of the rules."""
    for tried in try_examples(rulebook, mails):
        example = tried.example
        yield {
            "rule": tried.rule.id,
            "example": f"{example.group} {example.number}",
            "wanted": example.wanted.value,
            "got": tried.got.value if tried.got is not None else "not tried",
            "good": tried.good,
            "why": "" if tried.good else tried.message,
            "file": tried.rule.file,
            "line": example.line,
        }


def mail_rows(folder: Path, rulebook: Rulebook, mails: MailFiles) -> Iterator[dict[str, Any]]:
    """A row for each expectation of each mail of the folder; without `good` where nothing is expected of the mail.

    UserError with every mistake in the files of expectations.
    """
    if not folder.is_dir():
        raise UserError(Problem("there is no such folder", str(folder)))
    paths = sorted(path for path in folder.glob("*.eml") if path.is_file())[:MOST_MAILS]
    wanted = _all_expected(paths, rulebook)
    for path in paths:
        expected = wanted.get(path)
        if expected is None:
            yield _row(path.name, "", "nothing is expected", "", None)
            continue
        dossier = mails(path.name)
        dossier = replace(dossier, arrived_at=arriving(dossier, expected.arrived))
        yield from _compared(path.name, expected, dossier, judge(dossier, rulebook))


def _all_expected(paths: list[Path], rulebook: Rulebook) -> dict[Path, Expected]:
    """What is expected of the mails that have a file of it beside them."""
    found, problems = dict[Path, Expected](), list[Problem]()
    for path in paths:
        beside = path.with_suffix(".yaml")
        if beside.is_file():
            try:
                found[path] = _expected(beside, rulebook)
            except UserError as error:
                problems += error.problems
    if problems:
        raise UserError(problems)
    return found


def _expected(path: Path, rulebook: Rulebook) -> Expected:
    document = yamlfile.load(yamlfile.read_text(path), str(path))
    expected = yamlfile.check_data(document, Expected, document.data if document.data is not None else {})
    known = {rule.id for rule in rulebook.rules}
    unknown = [name for name in expected.rules if name not in known]
    if unknown:
        raise UserError([_no_rule(document, name, known) for name in unknown])
    return expected


def _no_rule(document: yamlfile.Document, name: str, known: set[str]) -> Problem:
    hint = yamlfile.suggestion(name, sorted(known))
    return document.problem(("rules", name), f"there is no rule `{name}`", hint, key=True)


def _compared(name: str, expected: Expected, dossier: Dossier, judgement: Judgement) -> Iterator[dict[str, Any]]:
    got = _facts(dossier, judgement)
    for key in (key for key in got if key in expected.model_fields_set):
        wanted = getattr(expected, key)
        yield _row(name, key, wanted, got[key], (wanted or None) == (got[key] or None))
    for rule, outcome in expected.rules.items():
        tried = outcome_of(judgement, rule)
        yield _row(name, rule, outcome.value, tried.value if tried is not None else None, tried is outcome)


def _facts(dossier: Dossier, judgement: Judgement) -> Mapping[str, Any]:
    article = judgement.articles[0] if judgement.articles else None
    manuscript = dossier.manuscripts[0] if dossier.manuscripts else None
    return {
        "kind": dossier.kind.value,
        "verdict": judgement.verdict.value,
        "title": manuscript.title if manuscript is not None else None,
        **{key: _of(article, key) for key in ("issue", "column", "late", "unit")},
    }


def _of(article: ArticleJudgement | None, key: str) -> Any:
    return getattr(article, key) if article is not None else None


def _row(mail: str, what: str, wanted: Any, got: Any, good: bool | None) -> dict[str, Any]:
    return {"mail": mail, "what": what, "wanted": wanted, "got": got, "good": good}
