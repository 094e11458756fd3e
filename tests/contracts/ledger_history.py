"""What every ledger promises of the past: stored dossiers, versions of the rules, what came before a letter."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from mailbot import codec
from mailbot.model import Address, Dossier, Earlier, Judgement, Kind, Verdict
from mailbot.ports import Arrival, KeptVersion, Ledger
from mailbot.sketch import sketch
from tests.contracts.ledger import HOUR, NOW, dossier, judged, judgement, numbering, raw, received

DAY = timedelta(days=1)
SENDER = "li@example.org"


def text(seed: int) -> str:
    """A text of some 400 characters that no other seed gives."""
    dice = random.Random(seed)
    return "".join(f"{''.join(chr(dice.randrange(0x4E00, 0x5E00)) for _ in range(20))}。" for _ in range(20))


def article(content: str, by: str, at: datetime) -> Dossier:
    """A letter with one article of this text."""
    facts = dossier(arrived_at=at)
    letter = replace(facts.letter, sender=Address(address=by) if by else None)
    return replace(facts, letter=letter, manuscripts=(replace(facts.manuscripts[0], text=content),))


def sent(
    ledger: Ledger, content: str, *, at: datetime = NOW, by: str = SENDER, verdict: Verdict = Verdict.ACKNOWLEDGE
) -> str:
    """Judge a letter with this text; answers its number."""
    folder = ledger.open_folder("INBOX", 1, at)
    uid = folder.highest + 1
    (letter,) = ledger.receive(folder.id, [Arrival(uid, raw(f"letter {uid}", at))], at)
    (made,) = ledger.judged(letter, article(content, by, at), judgement(verdict), at, numbering)
    return made.number


class StoredContract:
    """Dossiers that are read again, and the rules that they were judged by."""

    def test_dossiers_come_in_the_order_of_arrival(self, ledger: Ledger) -> None:
        """Whatever the order in which they were received; what is not judged, or no letter of its own, is not there."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        days = (3, 1, 2, 4, 5)
        arrivals = [Arrival(uid, raw(f"{uid}", NOW + day * DAY)) for uid, day in enumerate(days, 1)]
        late, early, middle, _waiting, copy = ledger.receive(folder.id, arrivals, NOW)
        for letter in (late, early, middle):
            judged(ledger, letter)
        ledger.is_copy(copy, late, NOW)

        assert [one.letter for one in ledger.dossiers()] == [early, middle, late]
        assert [one.letter for one in ledger.dossiers(NOW + 2 * DAY)] == [middle, late]

    def test_a_stored_dossier_is_what_was_judged(self, ledger: Ledger) -> None:
        """Dossier and judgement as they were, with the submissions in the order of the articles."""
        (letter,) = received(ledger, "a")
        facts, said = dossier(articles=2), judgement(Verdict.RETURN, Verdict.HOLD)
        made = ledger.judged(letter, facts, said, NOW + HOUR, numbering)

        (one,) = ledger.dossiers()
        assert (codec.load(Dossier, one.dossier), codec.load(Judgement, one.judgement)) == (facts, said)
        assert (one.letter, one.arrived_at, one.judged_at, one.rulebook) == (letter, NOW, NOW + HOUR, "rules-1")
        assert list(one.submissions) == made

    def test_letters_without_a_submission_have_a_dossier_too(self, ledger: Ledger) -> None:
        """A trial and an inquiry were judged as well."""
        trial, inquiry = received(ledger, "a", "b")
        ledger.judged(trial, dossier(trial=True), judgement(Verdict.ACKNOWLEDGE), NOW, numbering)
        ledger.judged(inquiry, dossier(Kind.INQUIRY, 0), judgement(of_letter=Verdict.SERVE), NOW, numbering)

        assert [(one.letter, one.submissions) for one in ledger.dossiers()] == [(trial, ()), (inquiry, ())]

    def test_the_ledger_may_be_used_while_dossiers_are_read(self, ledger: Ledger) -> None:
        """What is judged meanwhile is not among them, and nobody waits."""
        letters = received(ledger, *(f"{n}" for n in range(230)))
        for letter in letters[:229]:
            judged(ledger, letter)
        seen = []
        for one in ledger.dossiers():
            if not seen:
                judged(ledger, letters[229])
            seen.append(one.letter)

        assert seen == letters[:229]

    def test_every_version_is_kept_with_its_time(self, ledger: Ledger) -> None:
        """One that comes into force again stands at the end, and each one's text can still be had."""
        for hour, version in enumerate(("v1", "v2", "v1", "v3")):
            ledger.keep_files("rules", version, {"a.yaml": version}, NOW + hour * HOUR)
        ledger.keep_files("templates", "t1", {}, NOW)

        assert ledger.kept_versions("rules") == [
            KeptVersion("v2", NOW + HOUR),
            KeptVersion("v1", NOW + 2 * HOUR),
            KeptVersion("v3", NOW + 3 * HOUR),
        ]
        assert [ledger.kept_files("rules", f"v{n}") for n in (1, 2, 3)] == [
            (f"v{n}", {"a.yaml": f"v{n}"}) for n in (1, 2, 3)
        ]
        assert ledger.kept_versions("nothing") == []


class EarlierContract:
    """What came before a letter."""

    def test_the_senders_submissions_come_newest_first(self, ledger: Ledger) -> None:
        """Whatever became of them, however the address is written; nobody else's, none from before or after."""
        sent(ledger, text(1), at=NOW - 400 * DAY)
        one = sent(ledger, text(2), at=NOW - 3 * DAY, verdict=Verdict.REJECT)
        two = sent(ledger, text(3), at=NOW - 2 * DAY, by="Li@Example.org")
        sent(ledger, text(4), at=NOW - DAY, by="wang@example.org")
        sent(ledger, text(5), at=NOW + DAY)

        found = ledger.earlier("LI@example.org", [], NOW, NOW - 366 * DAY)
        assert [(each.number, each.state) for each in found] == [(two, "ready"), (one, "rejected")]
        assert found[0] == Earlier(
            number=two,
            arrived_at=NOW - 2 * DAY,
            state="ready",
            issue="2026-12",
            title="第0篇",
            unit="向阳社区",
            own=True,
            article=None,
            likeness=0,
            column=None,
            subject="【投稿】社区食堂",
            faults=("作者单位",),
        )

    def test_at_most_a_hundred_of_the_sender_are_told_of(self, ledger: Ledger) -> None:
        """The newest."""
        for n in range(103):
            last = sent(ledger, "", at=NOW - (200 - n) * DAY)

        found = ledger.earlier(SENDER, [], NOW, NOW - 366 * DAY)
        assert (len(found), found[0].number) == (100, last)
        assert found == sorted(found, key=lambda each: each.arrived_at, reverse=True)

    def test_no_sender_is_nobody(self, ledger: Ledger) -> None:
        """Letters without a usable address have not the same sender, but may have the same text."""
        number = sent(ledger, text(1), by="")

        assert ledger.earlier("", [], NOW, NOW - DAY) == []
        (found,) = ledger.earlier("", [sketch(text(1))], NOW, NOW - DAY)
        assert (found.number, found.own, found.likeness) == (number, False, 100)

    def test_the_same_text_is_found_whoever_sent_it(self, ledger: Ledger) -> None:
        """Also years later, and with other blanks; what is only a little alike is not."""
        sent(ledger, text(2), at=NOW - 20 * DAY)
        number = sent(ledger, text(1), at=NOW - 1000 * DAY)

        (found,) = ledger.earlier("hu@example.org", [sketch(text(1).replace("。", "。\n　"))], NOW, NOW - DAY)
        assert (found.number, found.own, found.article, found.likeness) == (number, False, 0, 100)

    def test_each_article_has_its_own_likes(self, ledger: Ledger) -> None:
        """The sender's own say which article they resemble; too short ones resemble nothing."""
        number = sent(ledger, text(1))
        other = sent(ledger, text(2) + text(7)[:200], by="hu@example.org")

        articles = [None, sketch(text(2)), sketch(text(1)), sketch(text(3))]
        found = ledger.earlier(SENDER, articles, NOW, NOW - DAY)
        assert [(each.number, each.own, each.article) for each in found] == [(number, True, 2), (other, False, 1)]
        assert found[0].likeness == 100
        assert 60 < found[1].likeness < 100

    def test_at_most_five_resemble_an_article(self, ledger: Ledger) -> None:
        """Those that are most like it."""
        for n in range(6):
            sent(ledger, text(1) + text(8)[: 300 - 50 * n], by=f"a{n}@example.org")

        found = ledger.earlier("hu@example.org", [sketch(text(1))], NOW, NOW - DAY)
        assert len(found) == 5
        assert "SQ-2026-0001" not in {each.number for each in found}

    def test_trials_and_copies_are_no_earlier_submissions(self, ledger: Ledger) -> None:
        """What has no number was never sent before; an adopted letter that was filed was."""
        trial, inquiry, copy = received(ledger, "a", "b", "c")
        facts = article(text(1), SENDER, NOW)
        ledger.judged(trial, replace(facts, trial=True), judgement(Verdict.ACKNOWLEDGE), NOW, numbering)
        ledger.judged(inquiry, replace(facts, kind=Kind.INQUIRY), judgement(of_letter=Verdict.SERVE), NOW, numbering)
        ledger.is_copy(copy, trial, NOW)
        assert ledger.earlier(SENDER, [sketch(text(1))], NOW, NOW - DAY) == []

        (adopted,) = received(ledger, "d")
        ledger.judged(adopted, replace(facts, adopted=True), judgement(Verdict.ACKNOWLEDGE), NOW, numbering)
        assert len(ledger.earlier(SENDER, [sketch(text(1))], NOW, NOW - DAY)) == 1


class HistoryContract(StoredContract, EarlierContract):
    """All of it."""
