"""What every ledger promises of submissions that are judged again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailbot import codec
from mailbot.lifecycle import WrongTransition
from mailbot.model import (
    HeldBy,
    Hold,
    Judgement,
    Kind,
    MailCause,
    MailState,
    Mode,
    Outcome,
    Stage,
    Submission,
    SubmissionState,
    Verdict,
)
from mailbot.ports import Correction, JudgedAgain, Ledger, ShadowTally
from tests.contracts.ledger import (
    HOUR,
    NOW,
    dossier,
    draft,
    filed,
    finding,
    judged,
    judgement,
    numbering,
    received,
)

LATER = NOW + HOUR
ADMIN = "admin"


def again(seen: Submission, **changes: Any) -> JudgedAgain:
    """It becomes ready, and lies elsewhere."""
    values: dict[str, Any] = {
        "state": SubmissionState.READY, "issue": "2026-12", "column": None, "unit": "U", "folder": "issues/x",
        "why": "mended",
    }  # fmt: skip
    return JudgedAgain(seen=seen, **values | changes)


def correction(submission: int, cause_id: str = "v2:1", **changes: Any) -> Correction:
    """A mail about it."""
    mail = replace(draft(MailCause.CORRECTION, cause_id), submission=submission, message_id=f"<{cause_id}@x>")
    return Correction(draft=mail, **changes)


class AgainContract:
    """Judged again."""

    def test_the_first_judgement_stays_beside_the_later_ones(self, ledger: Ledger) -> None:
        """Each is kept, the last one counts, and who did it is in the history."""
        letter, seen = returned(ledger)
        first = ledger.verdict_of(letter)[1]
        new = replace(judgement(Verdict.ACKNOWLEDGE), rulebook="rules-2")
        ledger.judged_again(letter, new, [again(seen)], Verdict.ACKNOWLEDGE, None, ADMIN, LATER)

        (now,) = ledger.submissions_of(letter)
        assert (now.state, now.issue, now.folder) == (SubmissionState.READY, "2026-12", "issues/x")
        assert ledger.judgements_of(seen.id) == [first, new]
        assert ledger.verdict_of(letter)[1] == first
        (stored,) = ledger.dossiers()
        assert codec.load(Judgement, stored.later[seen.id]) == new
        assert ledger.letter_row(letter).verdict is Verdict.ACKNOWLEDGE
        last = ledger.events(f"submission:{seen.id}")[-1]
        assert (last.who, last.was, last.now, last.why) == (ADMIN, "incomplete", "ready", "mended")

    def test_a_move_is_under_way_until_it_is_done(self, ledger: Ledger) -> None:
        """The old place is remembered; without another place there is nothing to move."""
        letter, seen = returned(ledger)
        stays = again(seen, folder=seen.folder)
        ledger.judged_again(letter, judgement(Verdict.ACKNOWLEDGE), [stays], Verdict.ACKNOWLEDGE, None, ADMIN, LATER)
        assert ledger.to_move() == []

        (seen,) = ledger.submissions_of(letter)
        change = again(seen, state=SubmissionState.HELD)
        ledger.judged_again(letter, judgement(Verdict.HOLD), [change], Verdict.HOLD, None, ADMIN, LATER)
        ((moving, lies_in),) = ledger.to_move()
        assert (moving.folder, lies_in) == ("issues/x", seen.folder)
        ledger.moved(seen.id)
        ledger.moved(seen.id)
        assert ledger.to_move() == []

    def test_what_has_changed_meanwhile_is_left_alone(self, ledger: Ledger) -> None:
        """A submission that is another one by now, or a letter on its way: nothing is changed, no mail is made."""
        letter, seen = returned(ledger)
        args = (judgement(Verdict.ACKNOWLEDGE), [again(replace(seen, title="another"))], Verdict.ACKNOWLEDGE)
        with pytest.raises(WrongTransition, match=seen.number):
            ledger.judged_again(letter, *args, correction(seen.id), ADMIN, LATER)
        assert ledger.submissions_of(letter) == [seen]
        assert [mail.cause for mail in ledger.mails_to(letter)] == [MailCause.ANSWER]

        (young,) = received(ledger, "young")
        judged(ledger, young, Verdict.RETURN)
        (one,) = ledger.submissions_of(young)
        with pytest.raises(WrongTransition, match="on its way"):
            ledger.judged_again(
                young, judgement(Verdict.ACKNOWLEDGE), [again(one)], Verdict.ACKNOWLEDGE, None, ADMIN, LATER
            )

    def test_a_correction_takes_the_place_of_what_has_not_gone_out(self, ledger: Ledger) -> None:
        """The waiting answer is set aside with it; its letter is closed; it may be held back itself."""
        letter, seen = returned(ledger)
        (answer,) = ledger.mails_to(letter)
        mail = correction(seen.id, hold=Hold(by=HeldBy.REHEARSAL), instead_of=(answer.id,))
        args = (judgement(Verdict.ACKNOWLEDGE), [again(seen)], Verdict.ACKNOWLEDGE)
        ledger.judged_again(letter, *args, mail, ADMIN, LATER)

        assert [(one.cause, one.state) for one in ledger.mails_to(letter)] == [
            (MailCause.ANSWER, MailState.DISMISSED),
            (MailCause.CORRECTION, MailState.QUEUED),
        ]
        assert ledger.letter_row(letter).stage is Stage.CLOSED
        assert ledger.find_ours(["<v2:1@x>"]) == (seen.number,)

    def test_a_mail_that_has_gone_is_not_replaced(self, ledger: Ledger) -> None:
        """Then nothing is changed at all."""
        letter, seen = returned(ledger)
        (answer,) = ledger.mails_to(letter)
        ledger.mail_sending(answer.id, NOW)
        args = (judgement(Verdict.ACKNOWLEDGE), [again(seen)], Verdict.ACKNOWLEDGE)
        with pytest.raises(WrongTransition, match="sending"):
            ledger.judged_again(letter, *args, correction(seen.id, instead_of=(answer.id,)), ADMIN, LATER)
        assert ledger.submissions_of(letter) == [seen]

    def test_a_letter_counts_under_the_verdict_that_holds_now(self, ledger: Ledger) -> None:
        """The balance of its day follows; a new transition must be one of the table."""
        letter, seen = returned(ledger)
        args = (judgement(Verdict.HOLD), [again(seen, state=SubmissionState.HELD)], Verdict.HOLD)
        ledger.judged_again(letter, *args, None, ADMIN, LATER)
        (count,) = ledger.day_counts([(NOW.date(), NOW - HOUR, NOW + 2 * HOUR)])
        assert (count.returned, count.held, count.balanced) == (0, 1, True)
        (seen,) = ledger.submissions_of(letter)
        with pytest.raises(WrongTransition):
            ledger.judged_again(
                letter, judgement(Verdict.HOLD), [again(seen, state=SubmissionState.PUBLISHED)], Verdict.HOLD, None,
                ADMIN, LATER,
            )  # fmt: skip


def returned(ledger: Ledger) -> tuple[int, Submission]:
    """A letter that was returned, its answer waiting."""
    (letter,) = received(ledger, "a")
    filed(ledger, letter, Verdict.RETURN)
    ledger.answered(letter, draft(cause_id=str(letter)), NOW)
    (seen,) = ledger.submissions_of(letter)
    return letter, seen


class ShadowContract:
    """Rules on trial."""

    def test_rules_on_trial_are_counted_with_what_they_would_not_pass(self, ledger: Ledger) -> None:
        """Letter and article count each by itself; what was skipped was not asked; other days are not counted."""
        first, second, third = received(ledger, "a", "b", "c")
        ledger.judged(first, dossier(articles=2), shadowed(Outcome.FAILED, Outcome.PASSED), NOW, numbering)
        ledger.judged(second, dossier(articles=2), shadowed(Outcome.ERROR, Outcome.SKIPPED), NOW, numbering)
        ledger.judged(third, dossier(Kind.INQUIRY, 0), judgement(of_letter=Verdict.SERVE), NOW, numbering)

        (tally,) = [one for one in ledger.shadows(NOW, NOW + HOUR) if one.rule == "trial"]
        assert tally == ShadowTally("trial", "试行", 3, ("SQ-2026-0001", "SQ-2026-0003"))
        assert ledger.shadows(NOW + HOUR, NOW + 2 * HOUR) == []

    def test_what_a_rule_on_trial_finds_is_no_fault(self, ledger: Ledger) -> None:
        """It stands in no line of the digest."""
        (letter,) = received(ledger, "a")
        ledger.judged(letter, dossier(articles=2), shadowed(Outcome.FAILED, Outcome.FAILED), NOW, numbering)
        faults = [fault for entry in ledger.entries(NOW, NOW + HOUR) for fault in entry.faults]
        assert not any("试行" in fault for fault in faults)


def shadowed(*outcomes: Outcome) -> Judgement:
    """What a rule on trial said of each article, beside what the others said."""
    said = judgement(*(Verdict.ACKNOWLEDGE for _ in outcomes))
    trial = [replace(finding("试行", outcome, Mode.SHADOW), rule="trial") for outcome in outcomes]
    articles = tuple(
        replace(article, findings=(*article.findings, one)) for article, one in zip(said.articles, trial, strict=True)
    )
    return replace(said, articles=articles)
