"""What the ledger knows of the past: the dossiers that were judged, to be judged again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from mailbot.edges.ledger.letters import submission_of
from mailbot.edges.ledger.tables import judgements, later_judgements, letters, revisions, submissions
from mailbot.model import Submission
from mailbot.ports import StoredDossier

AT_ONCE = 100
"""How many dossiers are in memory at once while all of them are read."""


def judged_since(connection: Connection, since: datetime | None, newest: int | None) -> list[int]:
    """The ids of the judged letters (the `newest` of them) that arrived since then, in the order of arrival."""
    wanted = select(letters.c.id).where(letters.c.verdict.is_not(None))  # given with the judgement
    if since is not None:
        wanted = wanted.where(letters.c.arrived_at >= since)
    latest_first = wanted.order_by(letters.c.arrived_at.desc(), letters.c.id.desc()).limit(newest)
    return list(connection.scalars(latest_first))[::-1]


def stored(connection: Connection, wanted: Sequence[int]) -> list[StoredDossier]:
    """What is kept of these letters, in their order; at most AT_ONCE of them."""
    made: dict[int, list[Submission]] = defaultdict(list)
    rows = select(submissions).where(submissions.c.letter.in_(wanted)).order_by(submissions.c.article)
    for row in connection.execute(rows):
        made[row.letter].append(submission_of(row))
    later: dict[int, dict[int, str]] = defaultdict(dict)
    again = select(later_judgements.c.letter, later_judgements.c.submission, later_judgements.c.judgement)
    for row in connection.execute(again.where(later_judgements.c.letter.in_(wanted)).order_by(later_judgements.c.id)):
        later[row.letter][row.submission] = row.judgement  # the last one counts
    kept = select(judgements, letters.c.arrived_at).join(letters, letters.c.id == judgements.c.letter)
    found = {row.letter: row for row in connection.execute(kept.where(judgements.c.letter.in_(wanted)))}
    return [
        StoredDossier(
            letter=row.letter,
            arrived_at=row.arrived_at,
            judged_at=row.judged_at,
            rulebook=row.rulebook,
            submissions=tuple(made[row.letter]),
            dossier=row.dossier,
            judgement=row.judgement,
            later=later[row.letter],
        )
        for row in (found[letter] for letter in wanted if letter in found)
    ]


def text_of(connection: Connection, number: str) -> str:
    """The text of a submission's latest revision, out of its letter's dossier; LookupError when there is none."""
    of_submission = (
        select(judgements.c.dossier, submissions.c.article)
        .join(submissions, submissions.c.letter == judgements.c.letter)
        .where(submissions.c.number == number)
    )
    row = connection.execute(of_submission).one_or_none()
    if row is None:
        raise LookupError(f"there is no submission {number}")
    text: str = json.loads(row.dossier)["manuscripts"][row.article].get("text", "")
    return text


def hashes_of(connection: Connection, number: str) -> frozenset[str]:
    """SHA-256 of every file in the manifests of a submission, but for revisions that were split off."""
    manifests = (
        select(revisions.c.manifest)
        .join(submissions, submissions.c.id == revisions.c.submission)
        .where(submissions.c.number == number, revisions.c.split_at.is_(None))
    )
    return frozenset(file["sha256"] for text in connection.scalars(manifests) for file in json.loads(text))
