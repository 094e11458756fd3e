"""Which submissions came before a letter: the sender's own, and those of anybody that resemble an article of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from mailbot.edges.ledger.tables import sketch_keys, sketches, submissions
from mailbot.model import Dossier, Earlier
from mailbot.sketch import Sketch, likeness, sketch, unpack

MOST_OWN = 100
"""How many submissions of the sender are told of."""

MOST_ALIKE = 5
"""How many submissions that resemble one article are told of."""

LEAST_LIKENESS = 50
"""Percent; texts that are less alike do not resemble each other."""

CANDIDATES = 50
"""How many submissions are compared with an article: those that share the most keys with it."""


def keep(connection: Connection, submission: int, article: int, dossier: Dossier) -> None:
    """Keep by what a new submission will be known again."""
    sender = dossier.letter.sender
    made = sketch(dossier.manuscripts[article].text)
    connection.execute(
        insert(sketches),
        {
            "submission": submission,
            "correspondent": sender.address.lower() if sender else "",
            "arrived_at": dossier.arrived_at,
            "whole": made.whole if made else "",
            "hashes": made.packed() if made else b"",
        },
    )
    if made is not None:
        connection.execute(insert(sketch_keys), [{"hash": key, "submission": submission} for key in made.keys])


def earlier(
    connection: Connection, sender: str, articles: Sequence[Sketch | None], before: datetime, since: datetime
) -> list[Earlier]:
    """The sender's own since then, the newest first; then those of others and older ones that resemble an article."""
    sender = sender.lower()
    own = {row.submission: row for row in connection.execute(own_query(sender, before, since))} if sender else {}
    alike: dict[int, list[tuple[int, int]]] = {}
    others: dict[int, Row[Any]] = {}
    for index, article in enumerate(articles):
        for row, percent in _resembling(connection, article, sender, before) if article else ():
            alike.setdefault(row.submission, []).append((index, percent))
            others[row.submission] = row
    return [
        _told(row, sender, article, percent)
        for submission, row in (own | others).items()  # the keys of `own` keep their places
        for article, percent in alike.get(submission, [(None, 0)])
    ]


def _resembling(connection: Connection, article: Sketch, sender: str, before: datetime) -> list[tuple[Row[Any], int]]:
    """The submissions that are most like an article, with how much they are."""
    rows = connection.execute(candidates_query(article.keys, before))
    compared = [(row, likeness(article, unpack(row.whole, row.hashes))) for row in rows]
    close = [(row, percent) for row, percent in compared if percent >= LEAST_LIKENESS]
    close.sort(key=lambda pair: (pair[1], pair[0].correspondent == sender, pair[0].arrived_at), reverse=True)
    return close[:MOST_ALIKE]


_OF_SUBMISSION = ("number", "state", "issue", "title", "unit")
_TOLD = (*sketches.c, *(submissions.c[name] for name in _OF_SUBMISSION))


def own_query(sender: str, before: datetime, since: datetime) -> Select[Any]:
    """What the sender sent in [since, before], the newest first, along the index."""
    sent = (sketches.c.correspondent == sender, sketches.c.arrived_at.between(since, before))
    newest = (sketches.c.arrived_at.desc(), sketches.c.submission.desc())
    return select(*_TOLD).join_from(sketches, submissions).where(*sent).order_by(*newest).limit(MOST_OWN)


def candidates_query(keys: Sequence[int], before: datetime) -> Select[Any]:
    """What came until `before` and shares keys, those that share the most and the newest first."""
    shared = func.count().label("shared")
    best = (
        select(sketch_keys.c.submission, shared)
        .join_from(sketch_keys, sketches, sketches.c.submission == sketch_keys.c.submission)
        .where(sketch_keys.c.hash.in_(keys), sketches.c.arrived_at <= before)
        .group_by(sketch_keys.c.submission)
        .order_by(shared.desc(), sketch_keys.c.submission.desc())
        .limit(CANDIDATES)
        .subquery("best")
    )
    return (
        select(*_TOLD)
        .join_from(best, sketches, sketches.c.submission == best.c.submission)
        .join(submissions, submissions.c.id == sketches.c.submission)
    )


def _told(row: Row[Any], sender: str, article: int | None, percent: int) -> Earlier:
    return Earlier(
        number=row.number,
        arrived_at=row.arrived_at,
        state=row.state,
        issue=row.issue,
        title=row.title,
        unit=row.unit,
        own=bool(sender) and row.correspondent == sender,
        article=article,
        likeness=percent,
    )
