"""Judges stored submissions again by the rules in force, and mends what a wrong rule did (`submissions rejudge`).

Order of effects: the ledger first, in one transaction for each letter (the new judgement beside the old one, state and
place of the submissions, the mail about it), then the rename. A death between the two leaves a move that is under way:
the same command, or the next start of the worker, finishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from mailbot import codec
from mailbot.brakes import Brakes
from mailbot.call import call_of
from mailbot.errors import Problem, UserError
from mailbot.lifecycle import UNSENT, WrongTransition
from mailbot.model import (
    ArticleJudgement,
    Dossier,
    Judgement,
    MailCause,
    MailState,
    Notice,
    NoticeKind,
    Submission,
    Verdict,
)
from mailbot.moving import finish_moves
from mailbot.names import folder_name, place
from mailbot.notices.compose import compose
from mailbot.notices.message import draft_correction
from mailbot.ports import Clock, Correction, JudgedAgain, Ledger, Store, StoredDossier
from mailbot.process import Policy, Sources
from mailbot.rulebook.again import Change, changes, compare
from mailbot.rulebook.judge import NOTICE_OF, judge, severest
from mailbot.steps import At, Step, unhindered

SEEN = frozenset({MailState.SENDING, MailState.SENT, MailState.UNCERTAIN})
"""Mails that somebody outside has, or may have."""


_Told = tuple[Submission, ArticleJudgement, Verdict]
"""An article, what holds of it now, and the verdict that its sender heard before."""

COLUMNS = ("number", "title", "was", "now", "issue_now", "rules", "refused")
APPLIED = ("number", "was", "now", "told", "refused")
"""The columns of the two tables."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one number: no `change` where there was nothing to do; `told` is the notice for its sender."""

    number: str
    change: Change | None = None
    refusal: str = ""
    told: str = ""


def row(change: Change) -> dict[str, Any]:
    """A line of the list."""
    before = change.submission
    return {
        "number": before.number,
        "title": before.title,
        "was": before.state.value,
        "now": change.state.value,
        "verdict": change.was.verdict.value,
        "verdict_now": change.now.verdict.value,
        "issue": before.issue,
        "issue_now": change.issue,
        "column": before.column,
        "column_now": change.column,
        "rules": list(change.rules),
        "rulebook": change.rulebook,
        "refused": change.refusal,
    }


def applied_row(done: Applied) -> dict[str, Any]:
    """A line about what was done: `was` and `now` are null where there was nothing to do."""
    change = done.change
    return {
        "number": done.number,
        "was": change.submission.state.value if change else None,
        "now": change.state.value if change and not done.refusal else None,
        "told": done.told,
        "refused": done.refusal,
    }


class Rejudge:
    """Stored submissions before the rules in force."""

    def __init__(
        self, *, ledger: Ledger, store: Store, sources: Sources, policy: Policy, clock: Clock, at: At = unhindered
    ) -> None:
        self._ledger, self._store, self._sources, self._policy = ledger, store, sources, policy
        self._clock, self._at = clock, at
        self._brakes = Brakes(ledger=ledger, policy=policy)

    def changes(
        self,
        since: datetime | None = None,
        rule: str | None = None,
        passed_over: Callable[[str], None] = lambda _: None,
    ) -> list[Change]:
        """What would be decided otherwise about letters that arrived since then, in the order of arrival.

        With `rule`: only where that rule's outcome is another one now. What was stored about a letter and cannot be
        read any more is told to `passed_over`, and hides no other letter.
        """
        rulebook = self._sources.rulebook()
        found: list[Change] = []
        for stored in self._ledger.dossiers(since):
            if not stored.submissions:
                continue
            try:
                dossier, counted = codec.load(Dossier, stored.dossier), _counted(stored)
            except ValueError as fault:
                passed_over(f"{stored.submissions[0].number} cannot be judged again: {fault}")
                continue
            found += changes(dossier, counted, rulebook)
        return [change for change in found if rule is None or rule in change.rules]

    def apply(self, numbers: Sequence[str], who: str) -> list[Applied]:
        """Decide about these submissions as the rules in force do, and tell their senders once a letter.

        UserError, and nothing is done, when one of the numbers is unknown.
        """
        finish_moves(self._ledger, self._store)
        by_number = {submission.number: submission for submission in self._ledger.submissions()}
        unknown = [Problem(f"there is no submission {number}") for number in numbers if number not in by_number]
        if unknown:
            raise UserError([*unknown, Problem("`mailbot submissions list` shows the numbers")])
        named = sorted({by_number[number] for number in numbers}, key=lambda one: (one.letter, one.article))
        done: list[Applied] = []
        for letter, submissions in groupby(named, key=lambda one: one.letter):
            done += self._apply(letter, list(submissions), who)
        return done

    def _apply(self, letter: int, named: Sequence[Submission], who: str) -> list[Applied]:
        case = self._case(letter, {one.id for one in named})
        told = ""
        if case.mended:
            try:
                told = self._mend(case, who)
            except WrongTransition as fault:
                return [Applied(one.number, case.found[one.id], f"{fault}; try again") for one in named]
        return [_applied(one.number, case.found[one.id], told) for one in named]

    def _case(self, letter: int, named: Collection[int]) -> _Case:
        dossier, _ = self._ledger.verdict_of(letter)
        now = judge(dossier, self._sources.rulebook())
        submissions = self._ledger.submissions_of(letter)
        said = {one.id: self._ledger.judgements_of(one.id) for one in submissions}
        found = {one.id: compare(one, said[one.id][-1], now) for one in submissions if one.id in named}
        mended = tuple(change for change in found.values() if change is not None and not change.refusal)
        new = {change.submission.id for change in mended}
        return _Case(
            letter=letter,
            dossier=dossier,
            now=now,
            found=found,
            mended=mended,
            standing=tuple(
                (one, (now if one.id in new else said[one.id][-1]).articles[one.article]) for one in submissions
            ),
            first=tuple(said[one.id][0].articles[one.article] for one in submissions),
            again=frozenset(one.id for one in submissions if one.id in new or len(said[one.id]) > 1),
            times=len(said[mended[0].submission.id]) if mended else 0,
        )

    def _mend(self, case: _Case, who: str) -> str:
        """One letter's submissions, in one transaction, then the moves; what the sender is told, "" for nothing."""
        correction = self._correction(case)
        self._ledger.judged_again(
            case.letter,
            case.now,
            [_judged_again(change) for change in case.mended],
            case.verdict,
            correction,
            who,
            self._clock.now(),
        )
        self._at(Step.JUDGED_AGAIN)
        finish_moves(self._ledger, self._store, self._at)
        return correction.draft.kind if correction is not None and correction.draft is not None else ""

    def _correction(self, case: _Case) -> Correction | None:
        """The mail that the sender gets. None where the letter was not answered, or nothing is sent at all.

        A mail that has not gone out yet never will. Was it the answer, then this is the answer, about the whole letter;
        was it a correction, then this tells what that would have told as well.
        """
        mails = self._ledger.mails_to(case.letter)
        unsent = tuple(mail.id for mail in mails if mail.state in UNSENT)
        answered = any(mail.state in SEEN for mail in mails)
        if self._policy.notices == "off" or not (answered or unsent):
            return None
        if answered:
            corrected = any(mail.state in SEEN and mail.cause == MailCause.CORRECTION for mail in mails)
            told = case.untold(corrected=corrected) if unsent else case.just_mended
            if not told:
                return Correction(draft=None, instead_of=unsent)  # the sender heard what holds again
            notice = self._compose(case, NoticeKind.CORRECTION, [one[:2] for one in told], [one[2] for one in told])
        else:
            notice = self._compose(case, NOTICE_OF[case.verdict], case.standing, ())
        if notice is None:
            return None
        draft = draft_correction(
            notice,
            case.dossier,
            submission=case.mended[0].submission.id,
            cause_id=f"{case.now.rulebook}:{case.times}",
            office_name=self._policy.office_name,
            at=self._clock.now(),
            secret=self._policy.key,
        )
        return Correction(draft=draft, hold=self._brakes.hold(draft, self._clock.now()), instead_of=unsent)

    def _compose(
        self,
        case: _Case,
        kind: NoticeKind,
        told: Sequence[tuple[Submission, ArticleJudgement]],
        earlier: Sequence[Verdict],
    ) -> Notice | None:
        """A notice about these articles of the letter; None where nobody may get one."""
        articles = tuple(article for _, article in told)
        dossier = replace(case.dossier, manuscripts=tuple(case.dossier.manuscripts[one.article] for one, _ in told))
        return compose(
            dossier,
            replace(case.now, articles=articles, answer=kind) if case.now.answer is not None else case.now,
            [submission for submission, _ in told],
            office_name=self._policy.office_name,
            issue_names=self._sources.rulebook().issue_names,
            column_names=self._sources.rulebook().column_names,
            templates=self._sources.templates(),
            earlier=earlier,
            call=call_of(self._sources.rulebook(), dossier.office, self._clock.now()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One letter that is judged again: what was `found` of the named submissions (by id), those that are `mended`.

    `standing` is what counts of each of its articles afterwards, `first` what was found of each at first, and `again`
    the submissions that were ever judged again; `times` how often the first of the mended ones was judged before.
    """

    letter: int
    dossier: Dossier
    now: Judgement
    found: Mapping[int, Change | None]
    mended: tuple[Change, ...]
    standing: tuple[tuple[Submission, ArticleJudgement], ...]
    first: tuple[ArticleJudgement, ...]
    again: frozenset[int]
    times: int

    @property
    def just_mended(self) -> list[_Told]:
        """What is mended now, from what it was before."""
        return [(change.submission, change.now, change.was.verdict) for change in self.mended]

    def untold(self, *, corrected: bool) -> list[_Told]:
        """What is otherwise than the answer said, or may be otherwise than a correction that went out said."""
        both = zip(self.standing, self.first, strict=True)
        return [
            (one, now, was.verdict)
            for (one, now), was in both
            if one.id in self.again and (corrected or _decided(was) != _decided(now))
        ]

    @property
    def verdict(self) -> Verdict:
        """The letter's, afterwards."""
        return severest(article.verdict for _, article in self.standing)


def _decided(article: ArticleJudgement) -> tuple[object, ...]:
    return article.verdict, article.issue, article.column


def _applied(number: str, change: Change | None, told: str) -> Applied:
    if change is None or change.refusal:
        return Applied(number, change, change.refusal if change is not None else "")
    return Applied(number, change, told=told)


def _counted(stored: StoredDossier) -> list[tuple[Submission, Judgement]]:
    """Each submission with the judgement that counts for it."""
    first = codec.load(Judgement, stored.judgement)
    later = {id: codec.load(Judgement, text) for id, text in stored.later.items()}
    return [(one, later.get(one.id, first)) for one in stored.submissions]


def _judged_again(change: Change) -> JudgedAgain:
    seen, unit = change.submission, change.now.unit or ""
    by = f" ({', '.join(change.rules)})" if change.rules else ""
    return JudgedAgain(
        seen=seen,
        state=change.state,
        issue=change.issue,
        column=change.column,
        unit=unit,
        folder=place(change.state, change.issue, folder_name(seen.number, unit, seen.title)),
        why=f"judged again: {change.was.verdict} -> {change.now.verdict}{by}",
    )
