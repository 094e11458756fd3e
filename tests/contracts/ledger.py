"""What every ledger promises; each edge runs it by a subclass that gives the fixture `ledger`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mailbot.errors import UserError
from mailbot.lifecycle import WrongTransition
from mailbot.model import (
    Address,
    ArticleJudgement,
    Author,
    Dossier,
    Draft,
    Finding,
    HeldBy,
    Hold,
    Judgement,
    Kind,
    Letter,
    MailCause,
    MailState,
    Manuscript,
    Mode,
    Office,
    Outcome,
    Picture,
    RawMessage,
    SendOutcome,
    SendResult,
    Severity,
    Stage,
    StoredFile,
    SubmissionState,
    Verdict,
)
from mailbot.ports import Arrival, Ledger, StoredRevision

NOW = datetime(2026, 11, 23, 8, 0, 0, 250000, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))
HERE = NOW.astimezone(BEIJING)
HOUR = timedelta(hours=1)
DAY = (date(2026, 11, 23), NOW, NOW + 24 * HOUR)


def raw(text: str, arrived_at: datetime = NOW) -> RawMessage:
    """The raw message of these bytes."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return RawMessage(
        sha256=sha256,
        path=f"letters/2026/11/{sha256}.eml",
        bytes=len(text),
        announced=len(text) + 1,
        arrived_at=arrived_at,
    )


def arrival(uid: int, text: str = "") -> Arrival:
    """A letter that was fetched under this UID."""
    return Arrival(uid, raw(text or f"letter {uid}"))


def finding(title: str, outcome: Outcome = Outcome.FAILED, mode: Mode = Mode.ON) -> Finding:
    """What a rule said."""
    return Finding(rule="r", title=title, cites="三", outcome=outcome, severity=Severity.RETURN, mode=mode)


def dossier(
    kind: Kind = Kind.SUBMISSION,
    articles: int = 1,
    *,
    arrived_at: datetime = HERE,
    fingerprint: str = "",
    trial: bool = False,
) -> Dossier:
    """All facts of a letter with so many articles."""
    picture = Picture(name="图", width=4, height=3, bytes=9, format="PNG")
    return Dossier(
        kind=kind,
        kind_reasons=("附件是稿件",),
        letter=Letter(
            message_id="<wang@example.cn>",
            subject="【投稿】社区食堂",
            sender=Address(address="wang@example.cn"),
            fingerprint=fingerprint,
        ),
        manuscripts=tuple(
            Manuscript(source=f"{n}.docx", title=f"第{n}篇", characters=1500 + n, pictures=(picture,) * n)
            for n in range(articles)
        ),
        arrived_at=arrived_at,
        announced=100,
        office=Office(address="office@example.cn"),
        trial=trial,
    )


def judgement(*verdicts: Verdict, of_letter: Verdict | None = None) -> Judgement:
    """What the rules said: a verdict for each article; that of the letter is the last one unless it is given."""
    return Judgement(
        verdict=of_letter or verdicts[-1],
        rulebook="rules-1",
        articles=tuple(
            ArticleJudgement(
                verdict=verdict,
                unit="向阳社区",
                unit_complete=True,
                authors=(Author(name="王小明"), Author(name="李红")),
                issue="2026-12",
                column=None,
                late=False,
                findings=(finding("作者单位"), finding("字数", Outcome.PASSED), finding("试行", mode=Mode.SHADOW)),
            )
            for verdict in verdicts
        ),
        findings=(finding("邮件主题"),),
        reasons=("稿件合格",),
    )


def numbering(year: int, running: int) -> str:
    """The office's way to write a number."""
    return f"SQ-{year}-{running:04}"


def draft(
    cause: MailCause = MailCause.ANSWER, cause_id: str = "1", recipient: str = "wang@example.cn", **more: object
) -> Draft:
    """A finished mail."""
    return Draft(
        cause=cause,
        cause_id=cause_id,
        recipient=recipient,
        subject="收到",
        message_id=f"<{cause}.{cause_id}@example.cn>",
        content=b"Subject: x\r\n\r\nbody\xff\r\n",
        **{"kind": "acknowledgement", **more},  # type: ignore[arg-type]
    )


def stored(submission: int, folder: str = "issues/2026-12/SQ-2026-0001") -> StoredRevision:
    """Where a submission was filed."""
    file = StoredFile(
        path="r1/letter.eml", sha256="ab", bytes=3, media_type="message/rfc822", role="letter", source="letter"
    )
    return StoredRevision(submission, folder, (file,))


def received(ledger: Ledger, *texts: str, at: datetime = NOW) -> list[int]:
    """Letters that were just received, in the one folder of the account."""
    folder = ledger.open_folder("INBOX", 1, at)
    return ledger.receive(folder.id, [arrival(folder.highest + n, text) for n, text in enumerate(texts, 1)], at)


def judged(ledger: Ledger, letter: int, *verdicts: Verdict, at: datetime = NOW) -> None:
    """Carry a received letter to JUDGED as a submission."""
    verdicts = verdicts or (Verdict.ACKNOWLEDGE,)
    ledger.judged(letter, dossier(articles=len(verdicts)), judgement(*verdicts), at, numbering)


def filed(ledger: Ledger, letter: int, *verdicts: Verdict) -> None:
    """Carry a received letter to FILED."""
    judged(ledger, letter, *verdicts)
    ledger.filed(letter, [stored(one.id) for one in ledger.submissions_of(letter)], NOW)


def answering(ledger: Ledger, letter: int) -> int:
    """Carry a received letter to ANSWERING; answers the id of its mail."""
    filed(ledger, letter)
    ledger.answered(letter, draft(cause_id=str(letter)), NOW)
    return max(mail.id for mail in ledger.mails())


def stages(ledger: Ledger, letters: Sequence[int]) -> list[Stage]:
    """Where they stand."""
    return [ledger.letter_row(letter).stage for letter in letters]


class FolderContract:
    """The mailbox's memory."""

    def test_an_unknown_folder_is_not_remembered(self, ledger: Ledger) -> None:
        """Nothing is known of a folder before it is opened."""
        assert ledger.folder("INBOX", 1) is None
        assert not ledger.folder_seen("INBOX")
        assert ledger.last_good_poll(["INBOX"]) is None

    def test_a_folder_is_remembered_by_name_and_uidvalidity(self, ledger: Ledger) -> None:
        """Another UIDVALIDITY is another memory of a folder that was seen."""
        made = ledger.open_folder("收件箱", 7, NOW)

        assert ledger.folder("收件箱", 7) == made
        assert (made.highest, made.known, made.listed_at) == (0, 0, None)
        assert ledger.folder("收件箱", 8) is None
        assert ledger.folder_seen("收件箱")

    def test_opening_twice_changes_nothing(self, ledger: Ledger) -> None:
        """A folder that is open keeps its UIDs and is not adopted a second time."""
        first = ledger.open_folder("INBOX", 1, NOW, [3, 1, 2, 3])

        assert ledger.open_folder("INBOX", 1, NOW, [9]) == first
        assert (first.highest, first.known) == (3, 3)
        assert ledger.unfetched(first.id) == [1, 2, 3]
        assert ledger.known(first.id) == {1: None, 2: None, 3: None}

    def test_new_bytes_are_new_letters(self, ledger: Ledger) -> None:
        """Each arrival with bytes of its own becomes a letter, in order, all its facts kept."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        old = Arrival(9, raw("old"), too_old=True)
        made = ledger.receive(folder.id, [arrival(4), old, arrival(5)], NOW + HOUR)

        rows = [ledger.letter_row(letter) for letter in made]
        assert [row.raw for row in rows] == [raw("letter 4"), raw("old"), raw("letter 5")]
        assert [row.too_old for row in rows] == [False, True, False]
        assert {(row.stage, row.adopted, row.first_seen) for row in rows} == {(Stage.RECEIVED, False, NOW + HOUR)}
        memory = ledger.folder("INBOX", 1)
        assert memory is not None
        assert (memory.highest, memory.known) == (9, 3)
        assert ledger.known(folder.id)[4] == (NOW, len("letter 4") + 1)
        assert ledger.known(folder.id).keys() == {4, 5, 9}

    def test_known_bytes_are_no_new_letter(self, ledger: Ledger) -> None:
        """The same bytes under other UIDs, in one batch or later, are copies of one letter."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        first = ledger.receive(folder.id, [arrival(1, "x"), arrival(2, "x")], NOW)
        again = ledger.receive(folder.id, [arrival(3, "x"), arrival(1, "x")], NOW)

        assert (len(first), again) == (1, [])
        assert [event.why for event in ledger.events(f"letter:{first[0]}")][1:] == [
            f"another copy at folder:{folder.id} uid:2",
            f"another copy at folder:{folder.id} uid:3",
        ]

    def test_a_reused_uid_stands_for_its_new_bytes(self, ledger: Ledger) -> None:
        """A mailbox rebuilt under the same UIDVALIDITY: the old letter stays, the UID means the new one."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        old = ledger.receive(folder.id, [arrival(1, "old")], NOW)
        new = ledger.receive(folder.id, [arrival(1, "quite new")], NOW)

        assert old != new
        assert stages(ledger, old + new) == [Stage.RECEIVED, Stage.RECEIVED]
        assert ledger.known(folder.id) == {1: (NOW, len("quite new") + 1)}

    def test_a_letter_first_seen_under_an_adopted_uid_is_adopted(self, ledger: Ledger) -> None:
        """Adoption holds for the first bytes of the UIDs of the first start, for nothing else."""
        folder = ledger.open_folder("INBOX", 1, NOW, [1, 2])
        made = ledger.receive(folder.id, [arrival(1), arrival(3)], NOW)
        reused = ledger.receive(folder.id, [arrival(1, "other bytes")], NOW)

        assert [ledger.letter_row(letter).adopted for letter in made + reused] == [True, False, False]
        assert ledger.unfetched(folder.id) == [2]

    def test_an_adopted_uid_stays_adopted_while_it_is_away(self, ledger: Ledger) -> None:
        """A window of days that hides letters and shows them again does not make old letters new."""
        folder = ledger.open_folder("INBOX", 1, NOW, [1])
        ledger.gone(folder.id, [1], NOW)
        assert (ledger.unfetched(folder.id), ledger.known(folder.id)) == ([], {})
        (letter,) = ledger.receive(folder.id, [arrival(1)], NOW)

        assert ledger.letter_row(letter).adopted

    def test_gone_uids_are_not_known_and_may_come_back(self, ledger: Ledger) -> None:
        """What went away counts no more, its letter stays; back again it is the same letter."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        made = ledger.receive(folder.id, [arrival(1), arrival(2)], NOW)
        ledger.gone(folder.id, [2, 77], NOW)

        memory = ledger.folder("INBOX", 1)
        assert memory is not None
        assert (memory.highest, memory.known) == (2, 1)
        assert stages(ledger, made) == [Stage.RECEIVED, Stage.RECEIVED]
        assert ledger.receive(folder.id, [arrival(2)], NOW) == []
        assert ledger.known(folder.id).keys() == {1, 2}

    def test_good_polls_are_remembered(self, ledger: Ledger) -> None:
        """The last good poll is that of the folder that is furthest behind."""
        one, two = ledger.open_folder("INBOX", 1, NOW), ledger.open_folder("投稿", 1, NOW)
        both = ["INBOX", "投稿"]
        ledger.polled(one.id, NOW + HOUR, listed=True)
        assert ledger.last_good_poll(both) is None
        ledger.polled(two.id, NOW, audited=True)
        assert ledger.last_good_poll(both) == NOW
        assert ledger.last_good_poll(["INBOX"]) == NOW + HOUR  # the other is not looked into any more
        assert ledger.last_good_poll([*both, "来稿"]) is None

        memories = ledger.folder("INBOX", 1), ledger.folder("投稿", 1)
        assert [(memory.listed_at, memory.audited_at) for memory in memories if memory] == [
            (NOW + HOUR, None),
            (None, NOW),
        ]

    def test_a_new_uidvalidity_takes_the_place_of_the_old(self, ledger: Ledger) -> None:
        """A folder's old memory is not polled any more and does not hold back the last good poll."""
        ledger.polled(ledger.open_folder("INBOX", 1, NOW).id, NOW)
        ledger.polled(ledger.open_folder("INBOX", 2, NOW).id, NOW + HOUR)

        assert ledger.last_good_poll(["INBOX"]) == NOW + HOUR

    def test_what_was_left_to_adopt_is_gone_with_the_uidvalidity(self, ledger: Ledger) -> None:
        """A folder is being adopted until its adopted UIDs are fetched, or it is opened anew."""
        assert not ledger.adopting("INBOX")
        folder = ledger.open_folder("INBOX", 1, NOW, [1, 2])
        ledger.receive(folder.id, [arrival(1)], NOW)
        assert ledger.adopting("INBOX")
        assert not ledger.adopting("投稿")
        ledger.open_folder("INBOX", 2, NOW)
        assert not ledger.adopting("INBOX")
        assert ledger.unfetched(folder.id) == []


class LetterContract:
    """Letters on their path."""

    def test_due_letters_come_oldest_first(self, ledger: Ledger) -> None:
        """Every stage with a step to do is due, what waits or is through is not."""
        a, b, c, d, e = received(ledger, *"abcde")
        judged(ledger, c)
        filed(ledger, b)
        ledger.postpone(d, NOW + HOUR, "磁盘满")
        answering(ledger, e)

        assert [row.id for row in ledger.due_letters(NOW, 10)] == [a, b, c]
        assert [row.id for row in ledger.due_letters(NOW, 2)] == [a, b]
        assert [row.id for row in ledger.due_letters(NOW + HOUR, 10)] == [a, b, c, d]
        assert ledger.letter_row(d).reason == "磁盘满"
        assert ledger.letter_row(d).next_try_at == NOW + HOUR

    def test_a_letter_is_found_by_its_names(self, ledger: Ledger) -> None:
        """By id, by the short name of the listings, and by its SHA-256; nothing else is taken for one."""
        (letter,) = received(ledger, "a")
        row = ledger.letter_row(letter)

        for name in (str(letter), f"L-{row.raw.sha256[:8]}", f"l-{row.raw.sha256[:8].upper()}", row.raw.sha256):
            assert ledger.find_letter(name) == row
        for name in ("0", "L-", "L-1234", "L-zzzzzzzz", "", "%", "9" * 30, "１"):
            assert ledger.find_letter(name) is None
        with pytest.raises(LookupError):
            ledger.letter_row(letter + 1)

    def test_a_short_name_of_two_letters_names_none(self, ledger: Ledger) -> None:
        """The person is asked for more of the SHA-256, never given the wrong letter."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        alike = [replace(raw("x"), sha256="ab" * 4 + end * 56) for end in "12"]
        first, second = ledger.receive(folder.id, [Arrival(uid, one) for uid, one in enumerate(alike, 1)], NOW)
        with pytest.raises(UserError, match="several"):
            ledger.find_letter("L-abababab")

        found = [ledger.find_letter(f"L-abababab{end}") for end in "12"]
        assert [row.id for row in found if row] == [first, second]

    def test_twins_are_found_by_fingerprint(self, ledger: Ledger) -> None:
        """The oldest other letter with the fingerprint is the twin; a copy is none, an empty fingerprint has none."""
        a, b, c = received(ledger, *"abc")
        assert ledger.twin("same", a) is None
        ledger.judged(a, dossier(fingerprint="same"), judgement(Verdict.HOLD), NOW, numbering)
        ledger.judged(c, dossier(), judgement(Verdict.HOLD), NOW, numbering)

        assert ledger.twin("same", a) is None
        assert ledger.twin("same", b) == a
        assert ledger.twin("", b) is None
        ledger.is_copy(b, a, NOW)
        assert ledger.letter_row(b).stage is Stage.COPY

    def test_a_judged_letter_keeps_its_dossier(self, ledger: Ledger) -> None:
        """What was judged and what came of it is given back as it was (promise 9)."""
        (letter,) = received(ledger, "a")
        facts, said = dossier(), judgement(Verdict.RETURN)
        ledger.judged(letter, facts, said, NOW, numbering)

        assert ledger.verdict_of(letter) == (facts, said)
        row = ledger.letter_row(letter)
        assert (row.kind, row.verdict, row.stage) == (Kind.SUBMISSION, Verdict.RETURN, Stage.JUDGED)
        assert (row.sender, row.subject, row.message_id) == ("wang@example.cn", "【投稿】社区食堂", "<wang@example.cn>")
        assert row.reason == "稿件合格"

    def test_what_is_not_judged_has_no_verdict(self, ledger: Ledger) -> None:
        """Asking for it is a LookupError."""
        with pytest.raises(LookupError):
            ledger.verdict_of(received(ledger, "a")[0])

    def test_each_article_becomes_a_submission(self, ledger: Ledger) -> None:
        """Numbers, states and attributes are fixed in the order of the articles."""
        (letter,) = received(ledger, "a")
        verdicts = Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.HOLD, Verdict.REJECT, Verdict.SERVE
        made = ledger.judged(letter, dossier(articles=5), judgement(*verdicts), NOW, numbering)

        assert made == ledger.submissions_of(letter) == ledger.submissions()
        assert [(one.number, one.state, one.article) for one in made] == [
            ("SQ-2026-0001", SubmissionState.READY, 0),
            ("SQ-2026-0002", SubmissionState.INCOMPLETE, 1),
            ("SQ-2026-0003", SubmissionState.HELD, 2),
            ("SQ-2026-0004", SubmissionState.REJECTED, 3),
        ]
        assert (made[1].title, made[1].unit, made[1].authors) == ("第1篇", "向阳社区", ("王小明", "李红"))
        assert (made[1].issue, made[1].column, made[1].revision, made[1].folder) == ("2026-12", None, 1, "")

    @pytest.mark.parametrize("kind", [Kind.INQUIRY, Kind.AUTOMATIC, Kind.OTHER])
    def test_other_letters_make_no_submission(self, ledger: Ledger, kind: Kind) -> None:
        """Only submissions and replies are tracked under a number."""
        (letter,) = received(ledger, "a")

        assert ledger.judged(letter, dossier(kind), judgement(Verdict.HOLD), NOW, numbering) == []

    def test_a_trial_makes_no_submission(self, ledger: Ledger) -> None:
        """A trial is judged and files nothing."""
        (letter,) = received(ledger, "a")

        assert ledger.judged(letter, dossier(trial=True), judgement(Verdict.RETURN), NOW, numbering) == []

    def test_numbers_run_gapless_within_the_offices_year(self, ledger: Ledger) -> None:
        """The year is that of the arrival in the office's zone; a refused step uses no number."""
        a, b, c = received(ledger, *"abc")
        eve = datetime(2026, 12, 31, 23, 59, tzinfo=BEIJING)
        new_year = datetime(2027, 1, 1, 0, 1, tzinfo=BEIJING)
        said = judgement(Verdict.HOLD)
        ledger.judged(a, dossier(arrived_at=new_year), said, NOW, numbering)
        with pytest.raises(WrongTransition):
            ledger.judged(a, dossier(arrived_at=new_year), said, NOW, numbering)
        ledger.judged(b, dossier(arrived_at=eve), said, NOW, numbering)
        ledger.judged(c, dossier(arrived_at=new_year), said, NOW, numbering)

        assert [one.number for one in ledger.submissions()] == ["SQ-2026-0001", "SQ-2027-0001", "SQ-2027-0002"]

    def test_a_pattern_without_the_year_repeats_no_number(self, ledger: Ledger) -> None:
        """A number that is taken is passed over."""
        for letter, year in zip(received(ledger, *"abc"), (2026, 2027, 2027), strict=True):
            facts = dossier(arrived_at=datetime(year, 6, 1, tzinfo=BEIJING))
            ledger.judged(letter, facts, judgement(Verdict.HOLD), NOW, lambda year, running: f"稿{running}")

        assert [one.number for one in ledger.submissions()] == ["稿1", "稿2", "稿3"]

    def test_filing_keeps_folder_and_manifest(self, ledger: Ledger) -> None:
        """JUDGED -> FILED, once."""
        (letter,) = received(ledger, "a")
        judged(ledger, letter)
        (one,) = ledger.submissions_of(letter)
        ledger.filed(letter, [stored(one.id)], NOW)

        assert ledger.letter_row(letter).stage is Stage.FILED
        assert ledger.submissions_of(letter)[0].folder == "issues/2026-12/SQ-2026-0001"
        assert ledger.manifest(one.id, 1) == stored(one.id).files
        with pytest.raises(LookupError):
            ledger.manifest(one.id, 2)
        with pytest.raises(WrongTransition):
            ledger.filed(letter, [stored(one.id)], NOW)

    def test_a_letter_without_an_answer_is_closed_at_once(self, ledger: Ledger) -> None:
        """No draft, no mail."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)

        assert ledger.answered(letter, None, NOW) is Stage.CLOSED
        assert ledger.mails() == []

    def test_three_deaths_park_a_letter(self, ledger: Ledger) -> None:
        """The first two only make it wait; parked it says why and is due no more."""
        (letter,) = received(ledger, "a")

        assert ledger.reader_died(letter, "killed by signal 11", NOW, NOW + HOUR) is Stage.RECEIVED
        assert ledger.due_letters(NOW, 9) == []
        assert ledger.reader_died(letter, "killed by signal 11", NOW, NOW) is Stage.RECEIVED
        assert ledger.reader_died(letter, "hung", NOW, NOW) is Stage.PARKED
        row = ledger.letter_row(letter)
        assert (row.crashes, row.reason, row.next_try_at) == (3, "hung", None)
        assert ledger.letters_in(Stage.PARKED) == [row]
        assert ledger.due_letters(NOW + HOUR, 9) == []

    def test_a_parked_letter_is_tried_again_or_set_aside(self, ledger: Ledger) -> None:
        """Tried again it has its three tries anew; set aside it rests; both say who did it."""
        a, b = received(ledger, "a", "b")
        for letter in (a, b, a, b, a, b):
            ledger.reader_died(letter, "hung", NOW, NOW)
        ledger.retry_parked(a, "admin@example.cn", NOW)
        ledger.dismiss_parked(b, "admin@example.cn", NOW)

        assert stages(ledger, [a, b]) == [Stage.RECEIVED, Stage.DISMISSED]
        assert (ledger.letter_row(a).crashes, ledger.letter_row(a).reason) == (0, "")
        last = ledger.events(f"letter:{b}")[-1]
        assert (last.who, last.was, last.now) == ("admin@example.cn", Stage.PARKED, Stage.DISMISSED)
        for act in (ledger.retry_parked, ledger.dismiss_parked):
            with pytest.raises(WrongTransition):
                act(b, "admin@example.cn", NOW)

    def test_wrong_transitions_raise_and_change_nothing(self, ledger: Ledger) -> None:
        """A letter goes only where the table of stages lets it go."""
        (letter,) = received(ledger, "a")
        before = ledger.letter_row(letter), ledger.events(f"letter:{letter}")
        with pytest.raises(WrongTransition):
            ledger.filed(letter, [], NOW)
        with pytest.raises(WrongTransition):
            ledger.answered(letter, draft(), NOW)
        with pytest.raises(WrongTransition):
            ledger.retry_parked(letter, "x", NOW)
        assert (ledger.letter_row(letter), ledger.events(f"letter:{letter}")) == before
        judged(ledger, letter)
        with pytest.raises(WrongTransition):
            ledger.reader_died(letter, "hung", NOW, NOW)
        with pytest.raises(WrongTransition):
            ledger.is_copy(letter, letter, NOW)

    def test_each_change_leaves_an_event(self, ledger: Ledger) -> None:
        """The history of a letter tells its path."""
        (letter,) = received(ledger, "a")
        mail = answering(ledger, letter)
        ledger.mail_sending(mail, NOW + HOUR)
        ledger.mail_result(mail, SendResult(outcome=SendOutcome.SENT, reply="250 ok queued"), NOW + HOUR)

        path = [(event.was, event.now) for event in ledger.events(f"letter:{letter}")]
        assert path == [
            ("", "received"),
            ("received", "judged"),
            ("judged", "filed"),
            ("filed", "answering"),
            ("answering", "closed"),
        ]
        assert {event.who for event in ledger.events(f"letter:{letter}")} == {"mailbot"}
        assert [event.now for event in ledger.events(f"mail:{mail}")] == ["waiting", "sending", "sent"]
        assert ledger.events(f"mail:{mail}")[-1].why == "250 ok queued"
        (one,) = ledger.submissions_of(letter)
        assert [event.now for event in ledger.events(f"submission:{one.id}")] == ["ready", "ready"]

    def test_unstorable_characters_are_replaced(self, ledger: Ledger) -> None:
        """NUL and lone surrogates never break a transaction."""
        (letter,) = received(ledger, "a")
        ledger.postpone(letter, NOW, "a\0b\udcff")

        assert ledger.letter_row(letter).reason == "a\ufffdb\ufffd"

    def test_times_without_a_zone_are_refused(self, ledger: Ledger) -> None:
        """All times are aware."""
        with pytest.raises(ValueError, match="without a zone"):
            ledger.open_folder("INBOX", 1, NOW.replace(tzinfo=None))


class OutboxContract:
    """Mails that go out."""

    def test_an_answer_waits_with_its_letter(self, ledger: Ledger) -> None:
        """The mail is in the outbox in the same transaction as the stage, byte for byte."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)

        assert ledger.answered(letter, draft(), NOW) is Stage.ANSWERING
        mail = ledger.due_mail(NOW)
        assert mail is not None
        assert (mail.state, mail.cause, mail.letter) == (MailState.WAITING, MailCause.ANSWER, letter)
        assert (mail.content, mail.message_id, mail.attempts) == (draft().content, draft().message_id, 0)
        assert (mail.recipient, mail.kind, mail.created_at) == ("wang@example.cn", "acknowledgement", NOW)

    def test_a_letter_has_one_answer(self, ledger: Ledger) -> None:
        """A second answer is refused, whatever its draft says (promise 3)."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)
        ledger.answered(letter, draft(), NOW)
        with pytest.raises(WrongTransition):
            ledger.answered(letter, draft(cause_id="other"), NOW)
        with pytest.raises(ValueError, match="answer"):
            ledger.queue(draft(), NOW)

        assert len(ledger.mails()) == 1

    def test_a_held_back_answer_is_queued(self, ledger: Ledger) -> None:
        """It does not go out, and its letter waits."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)

        assert ledger.answered(letter, draft(), NOW, hold=Hold(by=HeldBy.REHEARSAL)) is Stage.ANSWERING
        assert ledger.due_mail(NOW + HOUR) is None
        assert ledger.next_mail_at() is None
        assert [mail.state for mail in ledger.mails(MailState.QUEUED)] == [MailState.QUEUED]

    def test_a_person_decides_what_becomes_of_a_mail(self, ledger: Ledger) -> None:
        """A queued mail is released, goes out, and can be sent once more only from where a person may send it."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)
        ledger.answered(letter, draft(), NOW, hold=Hold(by=HeldBy.REHEARSAL))
        (queued,) = ledger.mails(MailState.QUEUED)
        assert ledger.due_mail(NOW + HOUR) is None

        ledger.decide_mail(queued.id, MailState.WAITING, "admin", NOW)
        ledger.mail_sending(queued.id, NOW)
        ledger.mail_result(queued.id, SendResult(outcome=SendOutcome.UNCERTAIN), NOW)
        assert ledger.letter_row(letter).stage is Stage.CLOSED
        ledger.decide_mail(queued.id, MailState.WAITING, "admin", NOW)
        ledger.mail_result(queued.id, SendResult(outcome=SendOutcome.SENT), NOW)
        with pytest.raises(WrongTransition):
            ledger.decide_mail(queued.id, MailState.WAITING, "admin", NOW)
        assert [event.who for event in ledger.events(f"mail:{queued.id}")].count("admin") == 2

    def test_a_dismissed_mail_closes_its_letter(self, ledger: Ledger) -> None:
        """What a person sets aside never goes out, and its letter has nothing left to do."""
        (letter,) = received(ledger, "a")
        filed(ledger, letter)
        ledger.answered(letter, draft(), NOW, hold=Hold(by=HeldBy.REHEARSAL))
        (queued,) = ledger.mails(MailState.QUEUED)
        ledger.decide_mail(queued.id, MailState.DISMISSED, "admin", NOW)
        assert ledger.letter_row(letter).stage is Stage.CLOSED
        assert ledger.due_mail(NOW + HOUR) is None

    def test_other_mails_exist_once_for_each_cause(self, ledger: Ledger) -> None:
        """(submission, cause, cause's id) is unique, also where there is no submission."""
        (letter,) = received(ledger, "a")
        judged(ledger, letter)
        (one,) = ledger.submissions_of(letter)
        digest = draft(MailCause.DIGEST, "2026-11-23 editor@example.cn")
        decision = draft(MailCause.DECISION, "7", submission=one.id)

        assert [ledger.queue(digest, NOW), ledger.queue(digest, NOW)] == [True, False]
        assert [ledger.queue(decision, NOW), ledger.queue(decision, NOW)] == [True, False]
        assert ledger.queue(draft(MailCause.DECISION, "7"), NOW)
        assert {mail.number for mail in ledger.mails()} == {"", "SQ-2026-0001"}

    def test_the_offices_mails_go_first(self, ledger: Ledger) -> None:
        """Digests, alarms and transcripts before answers, then by age; not before their time."""
        (letter,) = received(ledger, "a")
        answer = answering(ledger, letter)
        ledger.queue(draft(MailCause.ALARM, "disk", not_before=NOW + HOUR), NOW)
        ledger.queue(draft(MailCause.DIGEST, "2026-11-23"), NOW + HOUR)

        def next_up(at: datetime) -> str:
            mail = ledger.due_mail(at)
            return "" if mail is None else mail.cause

        assert [next_up(NOW - HOUR), next_up(NOW), next_up(NOW + HOUR)] == ["", "answer", "alarm"]
        assert ledger.next_mail_at() == NOW
        ledger.mail_sending(answer, NOW)
        assert ledger.next_mail_at() == NOW + HOUR

    @pytest.mark.parametrize(
        ("outcome", "state", "stage"),
        [
            (SendOutcome.SENT, MailState.SENT, Stage.CLOSED),
            (SendOutcome.REFUSED, MailState.FAILED, Stage.CLOSED),
            (SendOutcome.UNCERTAIN, MailState.UNCERTAIN, Stage.CLOSED),
            (SendOutcome.RETRY_SOON, MailState.WAITING, Stage.ANSWERING),
            (SendOutcome.RETRY_TOMORROW, MailState.WAITING, Stage.ANSWERING),
            (SendOutcome.STOP, MailState.WAITING, Stage.ANSWERING),
        ],
    )
    @pytest.mark.parametrize("after_the_dot", [True, False])
    def test_a_result_moves_mail_and_letter(
        self, ledger: Ledger, outcome: SendOutcome, state: MailState, stage: Stage, after_the_dot: bool
    ) -> None:
        """The letter is closed with its mail unless that is tried again."""
        (letter,) = received(ledger, "a")
        mail = answering(ledger, letter)
        if after_the_dot:
            ledger.mail_sending(mail, NOW)
        ledger.mail_result(mail, SendResult(outcome=outcome, reply="reply"), NOW, retry_at=NOW + HOUR)

        (summary,) = ledger.mails()
        assert (summary.state, summary.reply, summary.attempts) == (state, "reply", 1)
        assert (summary.cause, summary.number) == ("answer", "SQ-2026-0001")
        assert stages(ledger, [letter]) == [stage]
        assert ledger.due_mail(NOW) is None
        assert (ledger.due_mail(NOW + HOUR) is not None) == (state is MailState.WAITING)
        assert (ledger.sent_times(NOW) != []) == (state in (MailState.SENT, MailState.UNCERTAIN))

    def test_a_mail_that_is_through_takes_no_result(self, ledger: Ledger) -> None:
        """Sent is sent: neither a second try nor a second result."""
        mail = answering(ledger, received(ledger, "a")[0])
        ledger.mail_sending(mail, NOW)
        with pytest.raises(WrongTransition):
            ledger.mail_sending(mail, NOW)
        ledger.mail_result(mail, SendResult(outcome=SendOutcome.SENT), NOW)
        with pytest.raises(WrongTransition):
            ledger.mail_result(mail, SendResult(outcome=SendOutcome.SENT), NOW)
        with pytest.raises(LookupError):
            ledger.mail_sending(mail + 1, NOW)

    def test_a_mail_cut_while_sending_is_uncertain(self, ledger: Ledger) -> None:
        """At the next start it is not sent again (promise 4), and its letter is through."""
        (letter,) = received(ledger, "a")
        mail = answering(ledger, letter)
        ledger.mail_sending(mail, NOW)

        assert ledger.recover_outbox(NOW + HOUR) == 1
        assert ledger.recover_outbox(NOW + HOUR) == 0
        assert [one.state for one in ledger.mails()] == [MailState.UNCERTAIN]
        assert stages(ledger, [letter]) == [Stage.CLOSED]
        assert ledger.due_mail(NOW + HOUR) is None

    def test_a_digest_of_unknown_delivery_is_repeated_once(self, ledger: Ledger) -> None:
        """With the same Message-ID, whether the reply was lost or the worker died."""
        digest = draft(MailCause.DIGEST, "2026-11-23")
        ledger.queue(digest, NOW)
        for uncertain in (False, True):
            mail = ledger.due_mail(NOW + HOUR)
            assert mail is not None
            assert mail.message_id == digest.message_id
            ledger.mail_sending(mail.id, NOW)
            if uncertain:
                ledger.mail_result(mail.id, SendResult(outcome=SendOutcome.UNCERTAIN), NOW)
            else:
                ledger.recover_outbox(NOW)

        assert ledger.due_mail(NOW + HOUR) is None
        assert [one.state for one in ledger.mails()] == [MailState.UNCERTAIN]

    def test_caps_count_what_may_have_gone_out(self, ledger: Ledger) -> None:
        """SENDING, SENT and UNCERTAIN count from the final dot on; a plain retry does not."""
        a, b, c, d = (answering(ledger, letter) for letter in received(ledger, *"abcd"))
        for hours, mail in enumerate((d, c, b, a)):
            ledger.mail_sending(mail, NOW + hours * HOUR)
        ledger.mail_result(c, SendResult(outcome=SendOutcome.SENT), NOW + 9 * HOUR)
        ledger.mail_result(b, SendResult(outcome=SendOutcome.UNCERTAIN), NOW + 9 * HOUR)
        ledger.mail_result(a, SendResult(outcome=SendOutcome.RETRY_SOON), NOW + 9 * HOUR, NOW + 10 * HOUR)

        ledger.queue(draft(MailCause.DIGEST, "2026-11-23"), NOW)
        digest = ledger.mails()[0].id
        ledger.mail_sending(digest, NOW + HOUR / 2)

        assert ledger.sent_times(NOW, to_contributors=True) == [NOW, NOW + HOUR, NOW + 2 * HOUR]
        assert ledger.sent_times(NOW) == [NOW, NOW + HOUR / 2, NOW + HOUR, NOW + 2 * HOUR]
        assert ledger.sent_times(NOW + HOUR) == [NOW + HOUR, NOW + 2 * HOUR]

    def test_answers_are_counted_for_each_correspondent(self, ledger: Ledger) -> None:
        """Whatever their case, since then, by kind, answers only; what is held for a person burdens nobody."""
        for n, letter in enumerate(received(ledger, *"ab")):
            filed(ledger, letter)
            ledger.answered(letter, draft(recipient="Wang@Example.cn"), NOW + n * HOUR)
        for hold, letter in zip((HeldBy.BREAKER, HeldBy.CORRESPONDENT), received(ledger, *"cd"), strict=True):
            filed(ledger, letter)
            ledger.answered(letter, draft(kind="return", recipient="wang@example.cn"), NOW, hold=Hold(by=hold))
        ledger.queue(draft(MailCause.REMINDER, "1", recipient="wang@example.cn"), NOW)

        assert ledger.answers_to("wang@example.CN", NOW) == {"acknowledgement": 2, "return": 1}
        assert ledger.answers_to("wang@example.cn", NOW + HOUR) == {"acknowledgement": 1}
        assert ledger.answers_to("li@example.cn", NOW) == {}

    def test_answers_are_counted_by_the_arrival_of_their_letters(self, ledger: Ledger) -> None:
        """Those to letters that had come before a moment are not counted, nor those held for a person."""
        folder = ledger.open_folder("INBOX", 1, NOW)
        came = (raw(f"{at}{n}", arrived_at=at) for at in (NOW - 24 * HOUR, NOW) for n in range(2))
        for letter in ledger.receive(folder.id, [Arrival(uid=uid, raw=one) for uid, one in enumerate(came, 1)], NOW):
            filed(ledger, letter)
            ledger.answered(letter, draft(), NOW)
        (held,) = received(ledger, "held")
        filed(ledger, held)
        ledger.answered(held, draft(), NOW, hold=Hold(by=HeldBy.BOUNCES))

        assert ledger.answers_made(NOW, NOW - 24 * HOUR) == 4
        assert ledger.answers_made(NOW, NOW) == 2
        assert ledger.answers_made(NOW + HOUR, NOW) == 0

    def test_a_tripped_breaker_queues_what_waits_for_contributors(self, ledger: Ledger) -> None:
        """Not what is for the office, nor what went out; untripped, all of it goes, each change with its event."""
        waits, sent = (answering(ledger, letter) for letter in received(ledger, "a", "b"))
        ledger.mail_sending(sent, NOW)
        ledger.mail_result(sent, SendResult(outcome=SendOutcome.SENT), NOW)
        ledger.queue(draft(MailCause.DIGEST, "2026-11-23"), NOW)

        assert ledger.trip("{state}", NOW + HOUR, "burst", "mailbot", NOW) == 1
        assert ledger.noted("breaker") == "{state}"
        (held,) = ledger.mails(MailState.QUEUED)
        assert (held.id, held.held_by, held.release_at) == (waits, HeldBy.BREAKER, NOW + HOUR)
        due = ledger.due_mail(NOW)
        assert due is not None
        assert due.cause is MailCause.DIGEST
        assert ledger.trip("{no}", None, "an admin says no", "admin", NOW) == 1
        assert ledger.release_due(NOW + 24 * HOUR) == 0

        assert ledger.untrip("its time has come", "mailbot", NOW + 24 * HOUR) == 1
        assert ledger.untrip("again", "mailbot", NOW + 24 * HOUR) == 0
        assert ledger.noted("breaker") == ""
        (free,) = [mail for mail in ledger.mails(MailState.WAITING) if mail.cause == MailCause.ANSWER]
        assert (free.held_by, free.release_at) == (None, None)
        changes = [(event.was, event.now) for event in ledger.events("breaker")]
        assert changes == [("", "tripped"), ("tripped", "tripped"), ("tripped", "")]
        assert [event.now for event in ledger.events(f"mail:{waits}")] == ["waiting", "queued", "waiting"]

    def test_what_is_queued_for_a_time_is_released_when_it_has_come(self, ledger: Ledger) -> None:
        """What has no time waits for a person, who may let everything go at once."""
        for until, letter in zip((NOW + HOUR, None), received(ledger, "a", "b"), strict=True):
            filed(ledger, letter)
            ledger.answered(letter, draft(), NOW, hold=Hold(by=HeldBy.CORRESPONDENT, until=until))

        assert [ledger.release_due(NOW), ledger.release_due(NOW + HOUR), ledger.release_due(NOW + 24 * HOUR)] == [
            0,
            1,
            0,
        ]
        assert ledger.release_all("admin", NOW + 24 * HOUR) == 1
        assert [(mail.state, mail.held_by) for mail in ledger.mails()] == [(MailState.WAITING, None)] * 2

    def test_our_mails_are_known_by_their_message_id(self, ledger: Ledger) -> None:
        """With the number that they are about, "" when there is none; a stranger's is not ours."""
        (letter,) = received(ledger, "a")
        answering(ledger, letter)
        ledger.queue(draft(MailCause.DIGEST, "d"), NOW)

        assert ledger.find_ours(["<x@y>", "<answer.1@example.cn>"]) == ("SQ-2026-0001",)
        assert ledger.find_ours(["answer.1@example.cn"]) == ("SQ-2026-0001",)
        assert ledger.find_ours(["<digest.d@example.cn>"]) == ()
        assert ledger.find_ours(["<digest.d@example.cn>", "<answer.1@example.cn>"]) == ("SQ-2026-0001",)
        assert ledger.find_ours(["<x@y>", "", "<>"]) is None
        assert ledger.find_ours([]) is None
        assert ledger.find_ours(["<x@y>"] * 50_000) is None


class DigestContract:
    """What the editors are told."""

    def test_a_day_balances(self, ledger: Ledger) -> None:
        """Each letter counts once, under its present state; copies and other days do not count."""
        a, b, c, d, e, f, g = received(ledger, *"abcdefg")
        received(ledger, "tomorrow", at=NOW + 24 * HOUR)
        judged(ledger, a)
        judged(ledger, b, Verdict.ACKNOWLEDGE, Verdict.RETURN)
        ledger.judged(c, dossier(trial=True), judgement(Verdict.RETURN), NOW, numbering)
        ledger.judged(d, dossier(Kind.BULK, 0), judgement(of_letter=Verdict.IGNORE), NOW, numbering)
        ledger.is_copy(e, a, NOW)
        for _ in range(3):
            ledger.reader_died(f, "hung", NOW, NOW)

        (count,) = ledger.day_counts([DAY])
        assert g
        assert count.balanced
        assert (count.day, count.received) == (DAY[0], 6)
        assert (count.acknowledged, count.returned, count.served, count.ignored) == (1, 1, 1, 1)
        assert (count.parked, count.in_work, count.held, count.rejected) == (1, 1, 0, 0)

    def test_adopted_letters_count_as_adopted(self, ledger: Ledger) -> None:
        """Whatever their verdict; while they are in work or parked they count there."""
        folder = ledger.open_folder("INBOX", 1, NOW, [1, 2, 3])
        a, b, _ = ledger.receive(folder.id, [arrival(1), arrival(2), arrival(3)], NOW)
        filed(ledger, a, Verdict.RETURN)
        for _ in range(3):
            ledger.reader_died(b, "hung", NOW, NOW)

        (count,) = ledger.day_counts([DAY])
        assert (count.received, count.adopted, count.parked, count.in_work) == (3, 1, 1, 1)
        assert count.balanced

    def test_an_empty_day_counts_nothing(self, ledger: Ledger) -> None:
        """It balances too."""
        (count,) = ledger.day_counts([DAY])

        assert (count.received, count.balanced) == (0, True)

    def test_entries_show_submissions_and_other_letters(self, ledger: Ledger) -> None:
        """A submission each, or the letter itself under its short name; copies and other days are left out."""
        a, b, c, d = received(ledger, *"abcd")
        received(ledger, "tomorrow", at=NOW + 24 * HOUR)
        filed(ledger, a, Verdict.RETURN, Verdict.HOLD)
        ledger.answered(a, draft(), NOW)
        ledger.judged(b, dossier(Kind.OTHER, 0), judgement(of_letter=Verdict.HOLD), NOW, numbering)
        ledger.is_copy(c, a, NOW)

        first, second, other, new = ledger.entries(NOW, NOW + 24 * HOUR)
        assert (first.number, first.state, first.verdict) == ("SQ-2026-0001", "incomplete", "return")
        assert (first.title, first.unit, first.authors) == ("第0篇", "向阳社区", ("王小明", "李红"))
        assert (second.characters, second.pictures, second.issue) == (1501, 1, "2026-12")
        assert (second.faults, second.answer) == (("邮件主题", "作者单位"), "waiting")
        assert (second.sender, second.subject, second.kind) == ("wang@example.cn", "【投稿】社区食堂", "submission")
        assert other.number == f"L-{raw('b').sha256[:8]}"
        assert (other.kind, other.verdict, other.state, other.reason) == ("other", "hold", "judged", "稿件合格")
        assert (other.title, other.authors, other.answer) == ("", (), "")
        assert new.number == f"L-{ledger.letter_row(d).raw.sha256[:8]}"
        assert (new.kind, new.verdict, new.state) == ("", "", "received")

    def test_a_trial_stands_where_it_counts(self, ledger: Ledger) -> None:
        """A trial is served, whatever was found in it."""
        (letter,) = received(ledger, "a")
        ledger.judged(letter, dossier(trial=True), judgement(Verdict.RETURN), NOW, numbering)

        assert [entry.verdict for entry in ledger.entries(NOW, NOW + HOUR)] == ["serve"]

    def test_open_entries_are_what_waits_for_a_person(self, ledger: Ledger) -> None:
        """Held submissions, held letters and parked letters, once each and oldest first."""
        a, b, c, d = received(ledger, *"abcd")
        judged(ledger, a)
        judged(ledger, b, Verdict.HOLD, Verdict.RETURN)
        for _ in range(3):
            ledger.reader_died(c, "hung", NOW, NOW)
        ledger.judged(d, dossier(Kind.UNREADABLE, 0), judgement(of_letter=Verdict.HOLD), NOW, numbering)

        waiting = ledger.open_entries()
        assert [entry.number for entry in waiting] == [
            "SQ-2026-0002",
            f"L-{raw('c').sha256[:8]}",
            f"L-{raw('d').sha256[:8]}",
        ]
        assert [entry.state for entry in waiting] == ["held", "parked", "judged"]
        assert waiting[1].reason == "hung"

    def test_what_was_held_when_it_was_adopted_waits_for_nobody(self, ledger: Ledger) -> None:
        """The first digest does not name thousands of old letters; one that broke the reader is named."""
        folder = ledger.open_folder("INBOX", 1, NOW, [1, 2, 3])
        a, b, c = ledger.receive(folder.id, [arrival(1), arrival(2), arrival(3)], NOW)
        judged(ledger, a, Verdict.HOLD)
        ledger.judged(b, dossier(Kind.OTHER, 0), judgement(of_letter=Verdict.HOLD), NOW, numbering)
        for _ in range(3):
            ledger.reader_died(c, "hung", NOW, NOW)
        assert [entry.state for entry in ledger.open_entries()] == ["parked"]


class KeepingContract:
    """What must survive a restart."""

    def test_a_note_replaces_the_one_before(self, ledger: Ledger) -> None:
        """The last value stands."""
        assert ledger.noted("digest") is None
        ledger.note("digest", "2026-11-22")
        ledger.note("digest", "2026-11-23")

        assert ledger.noted("digest") == "2026-11-23"

    def test_the_files_kept_last_are_in_force(self, ledger: Ledger) -> None:
        """Older versions can still be had, and come into force again when they are kept again."""
        one, two = {"a.yaml": "规则: 1\n"}, {"a.yaml": "规则: 2\n", "b.yaml": ""}
        ledger.keep_files("rules", "v1", one, NOW)
        ledger.keep_files("rules", "v2", two, NOW + HOUR)

        assert ledger.kept_files("rules") == ("v2", two)
        assert ledger.kept_files("rules", "v1") == ("v1", one)
        assert ledger.kept_files("templates") is None
        assert ledger.kept_files("rules", "v3") is None
        ledger.keep_files("rules", "v1", one, NOW + 2 * HOUR)
        assert ledger.kept_files("rules") == ("v1", one)
        assert [event.now for event in ledger.events("rules")] == ["v1", "v2", "v1"]


class LedgerContract(FolderContract, LetterContract, OutboxContract, DigestContract, KeepingContract):
    """All of it."""
