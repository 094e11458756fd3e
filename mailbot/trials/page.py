"""The report of a back-test as one HTML page: nothing is loaded, nothing runs, and every word of a stranger is escaped.

The page is not a template of the office (those are mails); its words are data of the office's language.
"""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from typing import Any

from mailbot import languages
from mailbot.rulebook.backtest import Matrix, Report

TEMPLATE = "page.html.j2"


def html(report: Report, *, language: str, office: str, made: datetime, since: datetime | None) -> str:
    """The whole page; `made` and `since` in the office's zone."""
    from jinja2 import Environment, StrictUndefined  # 40 ms that the table and JSON do not need

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = resources.files(__package__).joinpath(TEMPLATE).read_text("utf-8")
    phrases = languages.load(language).trials
    counted = [phrases.say("counted", name=phrases.word(kind), count=n) for kind, n in report.kinds.most_common()]
    return environment.from_string(text).render(
        report=report,
        tag=language,
        office=office,
        made=made,
        since=since,
        word=phrases.word,
        say=phrases.say,
        kinds=phrases.say("listed").join(counted),
        of_articles=_rows(report.of_articles),
        of_letters=_rows(report.of_letters),
    )


def _rows(matrix: Matrix) -> list[tuple[Any, int]]:
    """What changes first, the most frequent first."""
    return sorted(matrix.items(), key=lambda row: (row[0][0] == row[0][1], -row[1]))
