"""What every ledger promises of the past: stored dossiers, versions of the rules, what came before a letter."""

from __future__ import annotations

from datetime import timedelta

from mailbot import codec
from mailbot.model import Dossier, Judgement, Kind, Verdict
from mailbot.ports import Arrival, KeptVersion, Ledger
from tests.contracts.ledger import HOUR, NOW, dossier, judged, judgement, numbering, raw, received

DAY = timedelta(days=1)


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


class HistoryContract(StoredContract):
    """All of it."""
