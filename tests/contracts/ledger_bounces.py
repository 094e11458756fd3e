"""What every ledger promises of mails that came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailbot.model import Kind, MailCause, Revises, SendOutcome, SendResult, Verdict
from mailbot.ports import BounceRow, Ledger, MailSummary
from tests.contracts.ledger import HOUR, NOW, answering, dossier, draft, filed, judgement, numbering, received

WANG = "wang@example.cn"


def sent(ledger: Ledger, letter: int, subject: str = "收到") -> MailSummary:
    """The answer to a received letter, gone out an hour later."""
    filed(ledger, letter)
    ledger.answered(letter, replace(draft(cause_id=str(letter)), subject=subject), NOW)
    mail = max(one.id for one in ledger.mails())
    ledger.mail_sending(mail, NOW + HOUR)
    ledger.mail_result(mail, SendResult(outcome=SendOutcome.SENT, reply="250 ok"), NOW + HOUR)
    return next(one for one in ledger.mails() if one.id == mail)


def report(letter: int, mail: MailSummary | None = None, **more: object) -> BounceRow:
    """What a delivery report says: the address is unknown."""
    row = BounceRow(
        letter=letter,
        at=NOW + 2 * HOUR,
        recipient=WANG,
        hard=True,
        status="5.1.1",
        words="550 User unknown",
        mail=mail.id if mail else None,
        proven=mail is not None,
    )
    return replace(row, **more)  # type: ignore[arg-type]


class BouncesContract:
    """Mails that came back."""

    def test_a_mail_is_found_by_its_message_id(self, ledger: Ledger) -> None:
        """The first of the names that is ours, with or without brackets; none of ours is None."""
        one, other = received(ledger, "one", "other")
        mail = sent(ledger, one)
        sent(ledger, other)

        assert ledger.mail_named(["<strange@example.org>", f"answer.{one}@example.cn"]) == mail
        assert ledger.mail_named([f"<answer.{one}@example.cn>"]) == mail
        assert ledger.mail_named(["<strange@example.org>", "", "<>"]) is None
        assert ledger.mail_named([]) is None

    def test_what_went_to_an_address_is_told_newest_first(self, ledger: Ledger) -> None:
        """Only what went out, in the time that is asked for, whatever the case of the address."""
        one, other, waiting = received(ledger, "one", "other", "waiting")
        first, second = sent(ledger, one), sent(ledger, other)
        answering(ledger, waiting)

        assert ledger.went_to("Wang@Example.CN", NOW, NOW + 2 * HOUR) == [second, first]
        assert ledger.went_to(WANG, NOW + 2 * HOUR, NOW + 3 * HOUR) == []
        assert ledger.went_to(WANG, NOW - HOUR, NOW) == []
        assert ledger.went_to("li@example.cn", NOW, NOW + 2 * HOUR) == []

    def test_a_bounce_stands_in_the_histories_of_mail_and_submission(self, ledger: Ledger) -> None:
        """It is listed with the submission of its mail, and both tell of it once, however often it is said."""
        article, bounce = received(ledger, "article", "bounce")
        mail = sent(ledger, article)
        ledger.bounced(bounce, [report(bounce, mail)])
        ledger.bounced(bounce, [report(bounce, mail), report(bounce, mail, recipient="WANG@example.cn")])

        (row,) = ledger.bounces(NOW, NOW + 3 * HOUR)
        (submission,) = ledger.submissions_of(article)
        assert row == report(
            bounce, mail, kind="acknowledgement", subject="收到", number=submission.number
        )  # fmt: skip
        for thing in (f"mail:{mail.id}", f"submission:{submission.id}"):
            told = [event for event in ledger.events(thing) if f"letter:{bounce}" in event.why]
            assert len(told) == 1
            assert told[0].was == told[0].now
        assert ledger.bounces(NOW + HOUR, NOW + 3 * HOUR) == []

    def test_a_bounce_of_a_mail_without_a_submission_is_kept(self, ledger: Ledger) -> None:
        """A digest that came back is listed, with no number."""
        (bounce,) = received(ledger, "bounce")
        ledger.queue(draft(MailCause.DIGEST, "2026-11-23 wang"), NOW)
        (mail,) = ledger.mails()
        ledger.bounced(bounce, [report(bounce, mail, hard=False)])

        (row,) = ledger.bounces(NOW, NOW + 3 * HOUR)
        assert (row.mail, row.number, row.hard) == (mail.id, "", False)

    def test_reports_of_no_mail_of_ours_are_not_listed(self, ledger: Ledger) -> None:
        """They are kept with their letter only."""
        (bounce,) = received(ledger, "bounce")
        ledger.bounced(bounce, [report(bounce)])

        assert ledger.bounces(NOW, NOW + 3 * HOUR) == []

    def test_hard_bounces_count_mails_once(self, ledger: Ledger) -> None:
        """Two reports about one mail are one; what is soft, older, or about another address does not count."""
        one, other, a, b, c, d = received(ledger, "one", "other", "a", "b", "c", "d")
        first, second = sent(ledger, one), sent(ledger, other)
        ledger.bounced(a, [report(a, first)])
        ledger.bounced(b, [report(b, first, at=NOW + 3 * HOUR)])
        ledger.bounced(c, [report(c, second, hard=False), report(c, second, recipient="li@example.cn")])
        assert ledger.hard_bounces("WANG@example.cn", NOW) == 1
        ledger.bounced(d, [report(d, second, at=NOW + 4 * HOUR)])

        assert ledger.hard_bounces(WANG, NOW) == 2
        assert ledger.hard_bounces(WANG, NOW + 4 * HOUR) == 1
        assert ledger.hard_bounces(WANG, NOW + timedelta(days=1)) == 0

    def test_reports_that_prove_nothing_silence_nobody(self, ledger: Ledger) -> None:
        """Whoever names an address without naming our mail cannot have it fall silent."""
        article, bounce = received(ledger, "article", "bounce")
        mail = sent(ledger, article)
        ledger.bounced(bounce, [report(bounce, mail, proven=False)])

        assert len(ledger.bounces(NOW, NOW + 3 * HOUR)) == 1
        assert ledger.hard_bounces(WANG, NOW) == 0


class BelongingContract:
    """Letters in the digest that belong to a submission."""

    def test_a_letter_is_shown_with_the_submission_that_it_is_about(self, ledger: Ledger) -> None:
        """A conversation, and a bounce: neither has a submission of its own."""
        article, talk, bounce = received(ledger, "article", "talk", "bounce")
        mail = sent(ledger, article)
        (submission,) = ledger.submissions_of(article)
        facts = replace(dossier(Kind.CONVERSATION, 0), about=(submission.number,))
        ledger.judged(talk, facts, judgement(of_letter=Verdict.IGNORE), NOW, numbering)
        ledger.judged(bounce, dossier(Kind.BOUNCE, 0), judgement(of_letter=Verdict.IGNORE), NOW, numbering)
        ledger.bounced(bounce, [report(bounce, mail)])

        own, *others = ledger.entries(NOW, NOW + HOUR)
        assert (own.number, own.about, own.revision) == (submission.number, "", 1)
        assert [(one.kind, one.about) for one in others] == [
            ("conversation", submission.number),
            ("bounce", submission.number),
        ]

    def test_a_letter_whose_revision_is_outdated_waits_for_nobody(self, ledger: Ledger) -> None:
        """A held article that was sent once more: the first letter is shown with its number, not as open."""
        first, second = received(ledger, "first", "second")
        filed(ledger, first, Verdict.HOLD)
        ledger.answered(first, None, NOW)
        (submission,) = ledger.submissions_of(first)
        revises = Revises(number=submission.number, state=submission.state.value)
        facts = replace(dossier(), revises=(revises,))
        ledger.judged(second, facts, judgement(Verdict.ACKNOWLEDGE), NOW, numbering)

        old, new = ledger.entries(NOW, NOW + HOUR)
        assert (old.number[:2], old.about) == ("L-", submission.number)
        assert (new.number, new.revision, new.about) == (submission.number, 2, "")
        assert ledger.open_entries() == []
