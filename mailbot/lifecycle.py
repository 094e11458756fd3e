"""The two tables of states: a letter on its path, a submission in its life. A transition not in them raises."""

from __future__ import annotations

from mailbot.errors import MailbotError
from mailbot.model import MailState, Stage, SubmissionState, Verdict

_S = SubmissionState


class WrongTransition(MailbotError):
    """Something was to be moved to a state that cannot follow the one it is in: a bug, never a person's mistake."""


LETTER: dict[Stage, frozenset[Stage]] = {
    Stage.RECEIVED: frozenset({Stage.JUDGED, Stage.PARKED, Stage.COPY}),
    Stage.JUDGED: frozenset({Stage.FILED}),
    Stage.FILED: frozenset({Stage.ANSWERING, Stage.CLOSED}),
    Stage.ANSWERING: frozenset({Stage.CLOSED, Stage.RECEIVED}),  # RECEIVED: split off, to be read by itself
    Stage.CLOSED: frozenset({Stage.RECEIVED}),
    Stage.PARKED: frozenset({Stage.RECEIVED, Stage.DISMISSED}),
    Stage.DISMISSED: frozenset(),
    Stage.COPY: frozenset(),
}

SUBMISSION: dict[SubmissionState, frozenset[SubmissionState]] = {
    _S.INCOMPLETE: frozenset({_S.READY, _S.HELD, _S.REJECTED, _S.WITHDRAWN, _S.ACCEPTED, _S.DECLINED}),
    _S.READY: frozenset({_S.ACCEPTED, _S.REVISE, _S.DECLINED, _S.WITHDRAWN, _S.HELD, _S.INCOMPLETE, _S.REJECTED}),
    _S.HELD: frozenset({_S.READY, _S.INCOMPLETE, _S.REJECTED, _S.WITHDRAWN, _S.ACCEPTED, _S.DECLINED, _S.REVISE}),
    _S.REJECTED: frozenset({_S.READY, _S.INCOMPLETE, _S.HELD}),
    _S.WITHDRAWN: frozenset({_S.READY}),
    _S.ACCEPTED: frozenset({_S.PUBLISHED, _S.DECLINED, _S.REVISE, _S.HELD, _S.WITHDRAWN}),
    _S.REVISE: frozenset({_S.READY, _S.INCOMPLETE, _S.HELD, _S.REJECTED, _S.WITHDRAWN, _S.ACCEPTED, _S.DECLINED}),
    _S.DECLINED: frozenset({_S.READY, _S.ACCEPTED}),
    _S.PUBLISHED: frozenset(),
}

MAIL_BY_PERSON: dict[MailState, frozenset[MailState]] = {
    MailState.QUEUED: frozenset({MailState.WAITING, MailState.DISMISSED}),
    MailState.WAITING: frozenset({MailState.DISMISSED}),
    MailState.UNCERTAIN: frozenset({MailState.WAITING, MailState.DISMISSED}),
    MailState.FAILED: frozenset({MailState.WAITING, MailState.DISMISSED}),
    MailState.SENDING: frozenset(),
    MailState.SENT: frozenset(),
    MailState.DISMISSED: frozenset(),
}
"""What a person may make of a mail: release it, have it tried again, or set it aside."""

UNSENT = frozenset({MailState.QUEUED, MailState.WAITING})
"""Mails of which nobody outside has seen anything."""

REVISABLE = frozenset({_S.INCOMPLETE, _S.READY, _S.HELD, _S.REVISE, _S.REJECTED, _S.ACCEPTED})
"""Submissions that a later letter can change; in all other states its article is a new one."""

AWAITED = frozenset({_S.INCOMPLETE, _S.REVISE})
"""Submissions of which the contributor was asked for something."""

WITHDRAWABLE = frozenset({_S.INCOMPLETE, _S.READY, _S.HELD, _S.REVISE})
"""Submissions that a contributor may take back alone: after acceptance an editor decides."""

STATE_OF_VERDICT: dict[Verdict, SubmissionState] = {
    Verdict.ACKNOWLEDGE: _S.READY,
    Verdict.RETURN: _S.INCOMPLETE,
    Verdict.HOLD: _S.HELD,
    Verdict.REJECT: _S.REJECTED,
}
"""The state in which a newly judged submission begins."""


def letter_moves(current: Stage, to: Stage) -> Stage:
    """`to`, if a letter may go there from `current`; else WrongTransition."""
    if to not in LETTER[current]:
        raise WrongTransition(f"a letter cannot go from {current} to {to}")
    return to


def mail_moves(current: MailState, to: MailState) -> MailState:
    """`to`, if a person may move a mail there from `current`; else WrongTransition."""
    if to not in MAIL_BY_PERSON[current]:
        raise WrongTransition(f"a mail that is {current} cannot be made {to}")
    return to


def submission_moves(current: SubmissionState, to: SubmissionState) -> SubmissionState:
    """`to`, if a submission may go there from `current`; else WrongTransition."""
    if to not in SUBMISSION[current]:
        raise WrongTransition(f"a submission cannot go from {current} to {to}")
    return to
