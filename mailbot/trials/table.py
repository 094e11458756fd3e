"""The report of a back-test for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mailbot.model import Verdict
from mailbot.rulebook.backtest import LetterEntry, Matrix, Report, RuleTrial
from mailbot.rulebook.trial import Change, FindingChange, LetterTrial, Said

if TYPE_CHECKING:
    from rich.table import Table

SHOWN = 50
"""Letters that are shown unless all are wanted."""

FROZEN = (
    "Each letter is judged as it was read when it came, with the history that was known then: facts frozen in its",
    "dossier. Nothing is written: no verdict, file or mail changes.",
)


def show(report: Report, since: datetime | None, *, everything: bool) -> None:
    """Print the report to the terminal; letter by letter so many, or `everything` that is kept."""
    from rich.console import Console

    console = Console()
    for part in (lines(report, since), [verdicts(report)], [rules(report)], letters(report, everything=everything)):
        for one in part:
            if isinstance(one, str):
                console.print(plain(one), markup=False, highlight=False, soft_wrap=True)
            else:
                console.print(one)
        console.print()


def plain(line: str) -> str:
    """A line for a terminal: what strangers wrote steers nothing, controls and direction marks are shown as U+FFFD."""
    if line.isprintable():
        return line
    return "".join(one if one.isprintable() else " " if one.isspace() else "\ufffd" for one in line)


def lines(report: Report, since: datetime | None) -> Iterator[str]:
    """What stands above the tables."""
    yield f"rules in force {report.was}, new rules {report.now}" + (
        f", letters since {since:%Y-%m-%d}" if since else ""
    )
    if report.same_rules:
        yield "Both are the same: nothing can change."
    yield from FROZEN
    yield ""
    decided, remarked = len(report.decided) + report.more_decided, len(report.remarked) + report.more_remarked
    yield f"{report.letters} letters, {report.judged} judged by rules, {report.articles} articles"
    yield f"{decided} letters with another verdict, answer, issue or unit; {remarked} with other remarks only"
    if report.otherwise:
        yield f"{report.otherwise} were decided otherwise at their time than the rules in force would decide"
    if report.kinds:
        kinds = ", ".join(f"{kind} {count}" for kind, count in report.kinds.most_common())
        yield f"not judged by rules: {kinds}"
    if report.unreadable:
        yield f"{report.unreadable} stored dossiers cannot be read by this program:"
        yield from (f"  {reason}" for reason in report.unread)


def verdicts(report: Report) -> Table:
    """From which verdict to which, articles and letters."""
    table = _table("", "in force", "new", "articles", "letters")
    pairs = dict.fromkeys([*_sorted(report.of_articles), *_sorted(report.of_letters)])
    for was, now in pairs:
        mark = "→" if was != now else ""
        table.add_row(mark, was, now, str(report.of_articles[was, now] or ""), str(report.of_letters[was, now] or ""))
    return table


def _sorted(matrix: Matrix) -> list[tuple[Verdict, Verdict]]:
    return [pair for pair, _ in sorted(matrix.items(), key=lambda row: (row[0][0] == row[0][1], -row[1]))]


def rules(report: Report) -> Table:
    """Rule by rule."""
    table = _table(
        "rule", "", "mode", "otherwise", "failed", "fails", "newly failing", "no longer", "errors", "if it acted"
    )
    table.columns[0].no_wrap = True  # a name cut in pieces is none
    for rule in report.rules.values():
        table.add_row(
            _escaped(rule.id),
            rule.status if rule.status != "same" else "",
            _was_now(rule, "mode"),
            _was_now(rule, "otherwise"),
            *(str(n or "") for n in (rule.failed_before, rule.fails, rule.newly_failing)),
            *(str(n or "") for n in (rule.no_longer_failing, rule.errors)),
            ", ".join(f"{count} {was} → {now}" for (was, now), count in rule.would.items()),
        )
    return table


def _was_now(rule: RuleTrial, name: str) -> str:
    was, now = (str(getattr(one, name)) if one else "" for one in (rule.was, rule.now))
    return f"{was} → {now}" if was and now and was != now else now or was


def letters(report: Report, *, everything: bool) -> Iterator[str]:
    """Letter by letter: first those that are decided otherwise, then those with other remarks."""
    entries = [*report.decided, *report.remarked]
    shown = entries if everything else entries[:SHOWN]
    for entry in shown:
        yield ""
        yield from _letter(entry)
    left = len(entries) - len(shown)
    if left:
        yield ""
        yield f"{left} more: --all shows them, --json and --html write them"
    kept = report.more_decided + report.more_remarked
    if kept:
        yield f"{kept} more that are not listed: only the first {len(entries)} are kept; take a later --since"


def _letter(entry: LetterEntry) -> Iterator[str]:
    trial = entry.trial
    yield f"{entry.name}  {entry.arrived_at:%Y-%m-%d}  {_way(trial)}  {entry.sender}  {entry.subject}"
    if entry.given != trial.was:
        yield f"  at its time: {entry.given}"
    yield from (f"  {line}" for line in differences(trial.changes, trial.findings))
    for article in trial.articles:
        number = entry.numbers[article.index]
        yield f"  article {article.index + 1}{f' ({number})' if number else ''}: {article.title or '?'}"
        yield from (f"    {line}" for line in differences(article.changes, article.findings))


def _way(trial: LetterTrial) -> str:
    return f"{trial.was} → {trial.now}" if trial.was != trial.now else f"{trial.now}"


def differences(changes: tuple[Change, ...], findings: tuple[FindingChange, ...]) -> Iterator[str]:
    """What differs, in a line each."""
    for change in changes:
        yield f"{change.what}: {_value(change.was)} → {_value(change.now)}"
    for finding in findings:
        yield f"{finding.rule}: {_said(finding.was)} → {_said(finding.now)}"


def _value(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _said(said: Said | None) -> str:
    if said is None:
        return "no such rule"
    severity = f" ({said.severity})" if said.outcome == "failed" else ""
    shadow = " in the shadow" if said.mode == "shadow" else ""
    return f"{said.outcome}{severity}{shadow}" + (f": {said.message}" if said.message else "")


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)
