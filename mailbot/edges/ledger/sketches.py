"""Which submissions came before a letter: the sender's own, and those of anybody that resemble an article of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, union_all

from mailbot.edges.ledger.tables import letters, sketch_keys, sketches, submissions
from mailbot.model import Dossier, Earlier
from mailbot.sketch import KEYS, Sketch, likeness, sketch, unpack

MOST_OWN = 100
"""How many submissions of the sender are told of."""

MOST_ALIKE = 5
"""How many submissions that resemble one article are told of."""

LEAST_LIKENESS = 50
"""Percent; texts that are less alike do not resemble each other."""

CANDIDATES = 10
"""How many submissions are compared with an article."""


_OF_SUBMISSION = ("number", "state", "issue", "title", "unit", "column", "characters", "faults")
_SUBJECT = select(letters.c.subject).where(letters.c.id == submissions.c.letter).scalar_subquery().label("subject")
_TOLD = (*sketches.c, *(submissions.c[name] for name in _OF_SUBMISSION), _SUBJECT)

# made once: they are asked for each letter
_KEEP, _KEEP_KEYS = insert(sketches), insert(sketch_keys)
OWN = (
    select(*_TOLD)
    .join_from(sketches, submissions)
    .where(
        sketches.c.correspondent == bindparam("sender"),
        sketches.c.arrived_at.between(bindparam("since"), bindparam("before")),
    )
    .order_by(sketches.c.arrived_at.desc(), sketches.c.submission.desc())
    .limit(MOST_OWN)
)
"""What `sender` sent in [`since`, `before`], the newest first, along the index."""
_NAMED = (
    select(*_TOLD)
    .join_from(sketches, submissions)
    .where(submissions.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(sketches.c.submission)
)


def _sharing(number: int) -> Select[Any]:
    """The newest that have one of the keys: of a form that hundreds used not all are looked at."""
    found = select(sketch_keys.c.submission).where(sketch_keys.c.hash == bindparam(f"key{number}"))
    return select(found.order_by(sketch_keys.c.submission.desc()).limit(CANDIDATES).subquery())


_FOUND = union_all(*(_sharing(number) for number in range(KEYS))).subquery("found")
_BEST = (
    select(_FOUND.c.submission)
    .group_by(_FOUND.c.submission)
    .order_by(func.count().desc(), _FOUND.c.submission.desc())
    .limit(CANDIDATES)
    .subquery("best")
)
ALIKE = (
    select(*_TOLD)
    .join_from(_BEST, sketches, sketches.c.submission == _BEST.c.submission)
    .join(submissions, submissions.c.id == sketches.c.submission)
    .where(sketches.c.arrived_at <= bindparam("before"))
)
"""What came until `before` and shares `key0` and so on: of the newest of each those that share the most."""


def replace(connection: Connection, submission: int, article: int, dossier: Dossier) -> None:
    """A new revision is what it is known by from now on; its correspondent stays the one who sent the first."""
    this = sketches.c.submission == submission
    sender = connection.scalar(select(sketches.c.correspondent).where(this))
    connection.execute(delete(sketch_keys).where(sketch_keys.c.submission == submission))
    connection.execute(delete(sketches).where(this))
    keep(connection, submission, article, dossier, sender)


def keep(
    connection: Connection, submission: int, article: int, dossier: Dossier, correspondent: str | None = None
) -> None:
    """Keep by what a submission will be known again; its correspondent is the letter's sender if not said."""
    sender = dossier.letter.sender
    if correspondent is None:
        correspondent = sender.address.lower() if sender else ""
    made = sketch(dossier.manuscripts[article].text)
    connection.execute(
        _KEEP,
        {
            "submission": submission,
            "correspondent": correspondent,
            "arrived_at": dossier.arrived_at,
            "whole": made.whole if made else "",
            "hashes": made.packed() if made else b"",
        },
    )
    if made is not None:
        connection.execute(_KEEP_KEYS, [{"hash": key, "submission": submission} for key in made.keys])


def earlier(
    connection: Connection,
    sender: str,
    articles: Sequence[Sketch | None],
    before: datetime,
    since: datetime,
    named: Sequence[str] = (),
) -> list[Earlier]:
    """Those of these numbers, the sender's own since then, the newest first, and what else resembles an article."""
    sender = sender.lower()
    asked = {"sender": sender, "since": since, "before": before}
    own = {row.submission: row for row in connection.execute(_NAMED, {"numbers": list(named)})} if named else {}
    own |= {row.submission: row for row in connection.execute(OWN, asked)} if sender else {}
    alike: dict[int, list[tuple[int, int]]] = {}
    others: dict[int, Row[Any]] = {}
    for index, article in enumerate(articles):
        for row, percent in _resembling(connection, article, sender, before) if article else ():
            alike.setdefault(row.submission, []).append((index, percent))
            others[row.submission] = row
    return [
        _told(row, sender, article, percent)
        for submission, row in (own | others).items()  # the keys of `own` (and what is named) keep their places
        for article, percent in alike.get(submission, [(None, 0)])
    ]


def _resembling(connection: Connection, article: Sketch, sender: str, before: datetime) -> list[tuple[Row[Any], int]]:
    """The submissions that are most like an article, with how much they are."""
    asked = {f"key{number}": key for number, key in zip_longest(range(KEYS), article.keys)}
    rows = connection.execute(ALIKE, {"before": before} | asked)
    compared = [(row, likeness(article, unpack(row.whole, row.hashes))) for row in rows]
    close = [(row, percent) for row, percent in compared if percent >= LEAST_LIKENESS]
    close.sort(key=lambda pair: (pair[1], pair[0].correspondent == sender, pair[0].arrived_at), reverse=True)
    return close[:MOST_ALIKE]


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
        column=row.column,
        subject=row.subject,
        wordless=row.characters == 0,
        faults=row.faults,
    )
