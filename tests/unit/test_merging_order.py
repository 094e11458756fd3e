"""Letters of one submission that come, are filed, answered, held back and split off in an unlucky order."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from mailbot.edges.ledger.tables import submissions
from mailbot.model import Kind, MailState, Stage, SubmissionState, Verdict
from tests.stories.letters import letter, manuscript, photo
from tests.unit.desk import Desk
from tests.unit.test_merging import FIRST, LI, WANG, answer_of, kinds, message_id, no_unit, stored
from tests.unit.test_rejudge import REJECTING


def mended(desk: Desk, first: int, n: int = 2, unit: bool = True) -> bytes:
    """An answer to the answer, with the mended article and a photograph."""
    document = manuscript("楼门口的议事会", picture=photo(1)) if unit else manuscript("楼门口的议事会", unit=None)
    return letter(
        "回复：请补充材料",
        f"第 {n} 次补充。",
        sender=LI,
        message_id=f"<mended-{n}@example.org>",
        headers={"In-Reply-To": message_id(desk, first)},
        files={f"稿件{n}.docx": document, f"补{n}.jpg": photo(n)},
    )


def set_state(desk: Desk, state: SubmissionState) -> None:
    """An editor decided."""
    with desk.ledger._database.write() as connection:
        connection.execute(update(submissions).values(state=state))


def test_whatever_the_rules_say_of_an_accepted_article_an_editor_decides(desk: Desk) -> None:
    """A change that a rule refuses is held as any other: nothing takes an acceptance back by itself."""
    first = desk.receive(no_unit())
    set_state(desk, SubmissionState.ACCEPTED)
    desk.rulebook = REJECTING
    reply = desk.receive(mended(desk, first, unit=False))
    assert kinds(desk, reply) == (Kind.REPLY, Verdict.HOLD)
    assert (desk.state(), answer_of(desk, reply)) == (SubmissionState.HELD, "held")


def test_a_revision_waits_for_the_one_before_it(desk: Desk) -> None:
    """While the disk fails for r2 the next letter is no r2 of its own: it waits, and is r3."""
    first = desk.receive(no_unit())
    second, third = desk.arrive(mended(desk, first)), desk.arrive(mended(desk, first, 3))
    desk.process()._judge(desk.ledger.letter_row(second))
    desk.process().carry(desk.ledger.letter_row(third))
    row = desk.ledger.letter_row(third)
    assert (row.stage, row.crashes) == (Stage.RECEIVED, 0)
    assert "not filed yet" in row.reason
    desk.clock.move(timedelta(minutes=5))
    desk.carry()
    assert desk.ledger.submissions()[0].revision == 3
    assert stored(desk, 2) >= {"稿件2.docx", "补2.jpg"}
    assert stored(desk, 3) >= {"稿件3.docx", "补2.jpg", "补3.jpg"}
    assert desk.sound()


def test_what_was_not_answered_before_the_next_revision_is_answered_by_that_one(desk: Desk) -> None:
    """A letter of two articles whose answer had to wait tells of the one that is still its own, with its number."""
    two = {"一.docx": manuscript("楼门口的议事会", unit=None), "二.docx": manuscript("云上食堂")}
    first = desk.arrive(letter("投稿两篇", "请查收。", sender=LI, files=two))
    desk.process()._judge(desk.ledger.letter_row(first))
    desk.process()._file(desk.ledger.letter_row(first))
    one = {"一.docx": manuscript("楼门口的议事会")}
    desk.receive(letter("楼门口的议事会（修改稿）", "补了单位。", sender=LI, files=one, message_id="<2@example.org>"))
    assert [one.revision for one in desk.ledger.submissions()] == [2, 1]
    desk.process().carry(desk.ledger.letter_row(first))
    (text,) = desk.send()
    assert "SQ-2026-0002" in text
    assert "云上食堂" in text
    assert "楼门口" not in text.split("\n", 1)[1].split("已收到的文件")[0] or FIRST not in text

    third = desk.arrive(
        letter(
            "投稿：加装电梯", "请查收。", sender=LI, files={"三.docx": manuscript("加装电梯的协商")}, message_id="<3@x>"
        )
    )
    desk.process()._judge(desk.ledger.letter_row(third))
    desk.process()._file(desk.ledger.letter_row(third))
    again = {"三.docx": manuscript("加装电梯的协商", author="（作者：张三）")}
    desk.receive(letter("加装电梯的协商（修改稿）", "改了。", sender=LI, files=again, message_id="<4@example.org>"))
    desk.process().carry(desk.ledger.letter_row(third))
    assert (desk.ledger.letter_row(third).stage, answer_of(desk, third)) == (Stage.CLOSED, "")


def test_in_a_rehearsal_only_the_last_word_is_queued(desk: Desk) -> None:
    """Held for the same, the answer that a later letter outdates is set aside as if both had waited."""
    desk.notices = "queue"
    first = desk.receive(letter("投稿：云上食堂", "稿件见附件，请查收。", sender=LI))
    second = desk.receive(
        letter(
            "投稿：云上食堂", "忘了附件。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}, message_id="<2@x>"
        )
    )
    states = [[mail.state for mail in desk.ledger.mails_to(one)] for one in (first, second)]
    assert states == [[MailState.DISMISSED], [MailState.QUEUED]]


def test_a_split_gives_the_earlier_letter_its_answer_back(desk: Desk) -> None:
    """What was set aside for the sake of the letter that is split off holds again, and goes out."""
    first = desk.receive(letter("投稿：云上食堂", "稿件见附件，请查收。", sender=LI), sent=False)
    wrong = desk.receive(
        letter(
            "投稿：云上食堂", "忘了附件。", sender=LI, files={"稿件.docx": manuscript("加装电梯")}, message_id="<2@x>"
        ),
        sent=False,
    )
    assert [mail.state for mail in desk.ledger.mails_to(first)] == [MailState.DISMISSED]
    desk.ledger.split(FIRST, "admin", desk.clock.now())
    assert [mail.state for mail in desk.ledger.mails_to(first)] == [MailState.WAITING]
    assert [mail.state for mail in desk.ledger.mails_to(wrong)] == [MailState.DISMISSED]
    desk.carry()
    texts = desk.send()
    assert len(texts) == 2
    assert [FIRST in text for text in texts] == [True, False]
    assert desk.sound()


def test_a_split_brings_nothing_back_to_life(desk: Desk) -> None:
    """What its sender took back after the wrong merge stays withdrawn."""
    first = desk.receive(no_unit())
    desk.receive(mended(desk, first))
    desk.receive(letter("申请撤稿", f"请撤回 {FIRST}。", sender=LI))
    assert desk.state() is SubmissionState.WITHDRAWN
    desk.ledger.split(FIRST, "admin", desk.clock.now())
    assert desk.state() is SubmissionState.WITHDRAWN
    desk.carry()
    assert desk.sound()


def test_what_is_split_off_has_nothing_to_do_with_the_submission_any_more(desk: Desk) -> None:
    """Its files are not those of the submission, its answer is about the new one, and what it waits for is listed."""
    first = desk.receive(no_unit())
    wrong = desk.receive(mended(desk, first))
    answered = message_id(desk, wrong)
    desk.ledger.split(FIRST, "admin", desk.clock.now())
    desk.carry()
    dossier, _ = desk.ledger.verdict_of(wrong)
    brought = {file.sha256 for file in dossier.letter.files}
    assert brought
    assert not brought & desk.ledger.hashes_of(FIRST) - {photo_hash(desk, first)}
    assert desk.ledger.find_ours([answered]) == ("SQ-2026-0002",)


def photo_hash(desk: Desk, number: int) -> str:
    """The photograph that came with a letter."""
    dossier, _ = desk.ledger.verdict_of(number)
    return next(file.sha256 for file in dossier.letter.files if file.name.endswith(".jpg"))


def test_a_split_letter_that_is_held_by_itself_waits_for_an_editor(desk: Desk) -> None:
    """The digest lists it among what is open, though it once brought a revision."""
    desk.receive(no_unit())
    wrong = desk.receive(letter("照片", desk.mark(FIRST), sender=WANG, files={"图5.jpg": photo(5)}))
    assert desk.ledger.submissions()[0].revision == 2
    desk.ledger.split(FIRST, "admin", desk.clock.now())
    desk.carry()
    row = desk.ledger.letter_row(wrong)
    assert (row.kind, row.verdict) == (Kind.OTHER, Verdict.HOLD)
    assert f"L-{row.raw.sha256[:8]}" in [one.number for one in desk.ledger.open_entries()]
