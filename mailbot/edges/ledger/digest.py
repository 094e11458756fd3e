"""What the digest asks of the ledger: the balance of a day, what came in, what waits for a person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, select

from mailbot import codec
from mailbot.edges.ledger.tables import judgements, letters, mails, revisions, submissions
from mailbot.model import DayCount, Finding, Judgement, MailCause, Mode, Outcome, Stage, SubmissionState, Verdict
from mailbot.ports import DigestEntry, ShadowTally

_OF_VERDICT = {
    Verdict.ACKNOWLEDGE: "acknowledged",
    Verdict.RETURN: "returned",
    Verdict.HOLD: "held",
    Verdict.REJECT: "rejected",
    Verdict.SERVE: "served",
    Verdict.IGNORE: "ignored",
}
_OF_STAGE = {Stage.RECEIVED: "in_work", Stage.PARKED: "parked", Stage.DISMISSED: "dismissed"}


def category(stage: Stage, verdict: Verdict | None, *, adopted: bool, trial: bool) -> str:
    """Where a letter counts: by its stage while it has no verdict, then as adopted, then by its verdict.

    A letter is in work only while it is RECEIVED: after that its verdict is fixed. A trial counts as served. A COPY is
    no letter of its own and must not be asked for.
    """
    if stage in _OF_STAGE:
        return _OF_STAGE[stage]
    if adopted:
        return "adopted"
    if trial:
        return "served"
    if verdict is None:
        raise ValueError(f"a letter that is {stage} has a verdict")
    return _OF_VERDICT[verdict]


def day_counts(connection: Connection, days: Iterable[tuple[date, datetime, datetime]]) -> list[DayCount]:
    """The balance of each (day, its start, its end) (promise 7)."""
    return [_day_count(connection, day, start, end) for day, start, end in days]


def seen(start: datetime, end: datetime) -> ColumnElement[bool]:
    """First seen in [start, end)."""
    return and_(letters.c.first_seen >= start, letters.c.first_seen < end)


def count_query(start: datetime, end: datetime) -> Select[Any]:
    """The letters of a day by all that decides where they count, out of the index alone."""
    groups = (letters.c.stage, letters.c.adopted, letters.c.trial, letters.c.verdict)
    return select(*groups, func.count()).where(seen(start, end), letters.c.stage != Stage.COPY).group_by(*groups)


def _day_count(connection: Connection, day: date, start: datetime, end: datetime) -> DayCount:
    counted: Counter[str] = Counter()
    for stage, adopted, trial, verdict, count in connection.execute(count_query(start, end)):
        counted[category(stage, verdict, adopted=adopted, trial=trial)] += count
    return DayCount(day=day, received=counted.total(), **counted)


# --- entries ---------------------------------------------------------------------------------------------------------


def entries(connection: Connection, start: datetime, end: datetime) -> list[DigestEntry]:
    """What was first seen in [start, end): each submission, and each letter without one; oldest first."""
    return _entries(connection, [seen(start, end)])


_OUTDATED = exists().where(revisions.c.letter == letters.c.id, revisions.c.split_at.is_(None))
"""A letter without a submission that has brought a revision: a later letter brought a newer one."""

WAITING = (
    letters.c.stage == Stage.PARKED,
    and_(letters.c.verdict == Verdict.HOLD, submissions.c.id.is_(None), letters.c.adopted.is_(False), ~_OUTDATED),
    and_(submissions.c.state == SubmissionState.HELD, letters.c.adopted.is_(False)),
)
"""What waits for a person; each by itself, so that each has its index. The first start may adopt thousands of letters
that the editors dealt with long ago: of them only what broke the reader is named again each day."""


def open_entries(connection: Connection) -> list[DigestEntry]:
    """What waits for a person: held submissions, held letters without one, parked letters; oldest first."""
    return _entries(connection, WAITING)


def _entries(connection: Connection, each: Sequence[ColumnElement[bool]]) -> list[DigestEntry]:
    """What meets any of the conditions, once each, oldest first."""
    rows = {(row.id, row.article): row for these in each for row in connection.execute(entries_query(these))}
    return [_entry(row) for row in sorted(rows.values(), key=lambda row: (row.first_seen, row.id, row.article or 0))]


def entries_query(these: ColumnElement[bool]) -> Select[Any]:
    """Letters, each of their submissions if there are any, and the state of their answer."""
    answer = and_(mails.c.letter == letters.c.id, mails.c.cause == MailCause.ANSWER)
    of_letter = "id sha256 first_seen stage kind verdict sender subject reason fault faults adopted trial"
    of_article = "article number state title unit authors issue characters pictures revision"
    return (
        select(
            *(letters.c[name] for name in of_letter.split()),
            *(submissions.c[name] for name in of_article.split()),
            submissions.c.verdict.label("article_verdict"),
            submissions.c.faults.label("article_faults"),
            mails.c.state.label("answer"),
            _about().label("about"),
        )
        .select_from(letters)
        .outerjoin(submissions, submissions.c.letter == letters.c.id)
        .outerjoin(mails, answer)
        .where(letters.c.stage != Stage.COPY, these)
    )


def _about() -> ColumnElement[str]:
    """The number of the submission of which a letter brought a revision, else of that which it is about."""
    numbered = submissions.alias()
    brought = (
        select(func.min(numbered.c.number))
        .join(revisions, revisions.c.submission == numbered.c.id)
        .where(revisions.c.letter == letters.c.id, revisions.c.split_at.is_(None))
        .scalar_subquery()
    )
    belongs = select(numbered.c.number).where(numbered.c.id == letters.c.about).scalar_subquery()
    return func.coalesce(brought, belongs, "")


def _entry(row: Row[Any]) -> DigestEntry:
    letter = DigestEntry(
        number=f"L-{row.sha256[:8]}",
        first_seen=row.first_seen,
        kind=row.kind or "",
        verdict=Verdict.SERVE if row.trial else row.verdict or "",  # as the balance counts it
        state=row.stage,
        sender=row.sender,
        subject=row.subject,
        faults=row.faults,
        reason=row.fault or row.reason,
        adopted=row.adopted,
        answer=row.answer or "",
        about=row.about,
    )
    if row.number is None:
        return letter
    return replace(
        letter,
        number=row.number,
        about="",
        revision=row.revision,
        verdict=row.article_verdict,
        state=row.state,
        title=row.title,
        unit=row.unit,
        authors=row.authors,
        issue=row.issue,
        characters=row.characters,
        pictures=row.pictures,
        faults=row.faults + row.article_faults,
    )


# --- rules on trial --------------------------------------------------------------------------------------------------


def shadows(connection: Connection, start: datetime, end: datetime) -> list[ShadowTally]:
    """What rules on trial said of the letters of these days when they were judged, in the order of the rules.

    Only judgements in which the word stands are taken out of the database and read.
    """
    judged = (
        select(letters.c.id, letters.c.sha256, judgements.c.judgement)
        .join(judgements, judgements.c.letter == letters.c.id)
        .where(seen(start, end), judgements.c.judgement.contains(f'"{Mode.SHADOW}"'))
        .order_by(letters.c.id)
    )
    numbered = (
        select(submissions.c.letter, submissions.c.article, submissions.c.number)
        .join(letters, letters.c.id == submissions.c.letter)
        .where(seen(start, end))
    )
    numbers = {(letter, article): number for letter, article, number in connection.execute(numbered)}
    titles: dict[str, str] = {}
    asked: Counter[str] = Counter()
    failed: dict[str, list[str]] = defaultdict(list)
    for letter, sha256, text in connection.execute(judged):
        for article, finding in _on_trial(codec.load(Judgement, text)):
            titles[finding.rule] = finding.title
            asked[finding.rule] += finding.outcome is not Outcome.SKIPPED
            if finding.outcome in (Outcome.FAILED, Outcome.ERROR):
                failed[finding.rule].append(numbers.get((letter, article)) or f"L-{sha256[:8]}")
    return [ShadowTally(rule, title, asked[rule], tuple(failed[rule])) for rule, title in titles.items()]


def _on_trial(judgement: Judgement) -> Iterator[tuple[int, Finding]]:
    """Findings of rules on trial, with the index of their article; those of the letter stand with its first one."""
    each = [(0, judgement.findings), *((index, one.findings) for index, one in enumerate(judgement.articles))]
    yield from ((index, finding) for index, found in each for finding in found if finding.mode is Mode.SHADOW)
