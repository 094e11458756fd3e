"""What a contributor sends after the first letter becomes the next revision, whole, with one answer."""

from __future__ import annotations

import json

import pytest

from mailbot.errors import UserError
from mailbot.model import Kind, MailState, NoticeKind, Stage, SubmissionState, Verdict
from tests.stories.letters import letter, manuscript, photo
from tests.unit.desk import Desk

FIRST = "SQ-2026-0001"
LI, WANG = "li@example.org", "wang@example.org"


def kinds(desk: Desk, number: int) -> tuple[Kind | None, Verdict | None]:
    row = desk.ledger.letter_row(number)
    return row.kind, row.verdict


def answer_of(desk: Desk, number: int) -> str:
    """The kind of the answer to a letter, "" for none."""
    return next((mail.kind for mail in desk.ledger.mails_to(number)), "")


def message_id(desk: Desk, number: int) -> str:
    """The Message-ID of the answer to a letter."""
    mail = desk.ledger.mails_to(number)[0]
    return desk.sent[mail.id].message_id


def stored(desk: Desk, revision: int, number: str = FIRST) -> set[str]:
    """The names of the files of a revision."""
    submission = desk.ledger.submission(number)
    assert submission is not None
    return {file.path.split("/")[-1] for file in desk.ledger.manifest(submission.id, revision)}


def no_unit(sender: str = LI) -> bytes:
    return letter(
        "投稿：楼门口的议事会",
        "请查收。",
        sender=sender,
        files={"稿件.docx": manuscript("楼门口的议事会", unit=None, picture=photo(1)), "图1.jpg": photo(1)},
    )


def test_a_reply_with_the_mended_article_completes_it(desk: Desk) -> None:
    """The good photograph stays, the new manuscript takes the old one's place, the whole is judged, one answer."""
    first = desk.receive(no_unit())
    assert (desk.state(), answer_of(desk, first)) == (SubmissionState.INCOMPLETE, "return")
    reply = desk.receive(
        letter(
            "回复：来稿已收到，请补充材料",
            "单位补上了，请查收。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"稿件2.docx": manuscript("楼门口的议事会", picture=photo(1))},
        )
    )
    assert kinds(desk, reply) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    assert (desk.state(), answer_of(desk, reply)) == (SubmissionState.READY, NoticeKind.COMPLETED)
    assert [one.number for one in desk.ledger.submissions()] == [FIRST]
    assert stored(desk, 1) >= {"稿件.docx", "图1.jpg"}
    assert stored(desk, 2) >= {"稿件2.docx", "图1.jpg"}
    assert "稿件.docx" not in stored(desk, 2)
    dossier, judgement = desk.ledger.verdict_of(reply)
    assert dossier.manuscripts[0].pictures[0].original == "图1.jpg"
    assert judgement.articles[0].unit is not None
    assert desk.sound()


def test_what_lacks_is_added_to_what_is_good(desk: Desk) -> None:
    """Photographs alone, in an answer to ours, are matched with the pictures of the article that is here."""
    first = desk.receive(
        letter(
            "投稿：加装电梯的协商",
            "请查收。",
            sender=LI,
            files={"稿件.docx": manuscript("加装电梯的协商", picture=photo(2))},
        )
    )
    assert desk.state() is SubmissionState.INCOMPLETE
    reply = desk.receive(
        letter(
            "回复：请补充材料",
            "原图在附件里。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"原图.jpg": photo(2)},
        )
    )
    assert kinds(desk, reply) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    dossier, _ = desk.ledger.verdict_of(reply)
    assert dossier.manuscripts[0].pictures[0].original == "原图.jpg"
    assert stored(desk, 2) >= {"稿件.docx", "原图.jpg"}
    assert desk.sound()


def test_words_alone_may_complete_it(desk: Desk) -> None:
    """The unit's name in the text of the answer, without any file."""
    first = desk.receive(no_unit())
    reply = desk.receive(
        letter(
            "回复：请补充材料",
            "报送单位：青川省云溪市河东区柳林街道办事处\n\n谢谢！",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
        )
    )
    assert kinds(desk, reply) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    assert desk.state() is SubmissionState.READY
    assert stored(desk, 2) >= {"稿件.docx", "图1.jpg"}


@pytest.mark.parametrize(
    ("subject", "text", "sender"),
    [
        pytest.param("补正 sq-2026-0001 楼门口", "补充了单位。", LI, id="number"),
        pytest.param("楼门口的议事会（修改稿）", "补充了单位，请查收。", LI, id="sender and title"),
        pytest.param("稿件", "新的在附件里。", LI, id="sender and text"),
        pytest.param("转来的稿件 SQ-2026-0001", "我替李老师发。", WANG, id="another address, number and text"),
    ],
)
def test_a_new_letter_is_known_as_the_next_revision(desk: Desk, subject: str, text: str, sender: str) -> None:
    """By the number in its subject, by sender and likeness, and from another address by number and likeness."""
    desk.receive(no_unit())
    again = desk.receive(
        letter(subject, text, sender=sender, files={"稿件.docx": manuscript("楼门口的议事会", picture=photo(1))})
    )
    assert kinds(desk, again) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    (submission,) = desk.ledger.submissions()
    assert (submission.state, submission.revision) == (SubmissionState.READY, 2)


def test_our_signed_mark_is_enough(desk: Desk) -> None:
    """Whoever quotes our mail, from whatever address: the mark in it says to which submission it belongs."""
    desk.receive(no_unit())
    again = desk.receive(
        letter(
            "照片",
            f"请查收\n\n------------------ 原始邮件 ------------------\n{desk.mark(FIRST)}",
            sender=WANG,
            files={"图2.jpg": photo(5)},
        )
    )
    assert desk.ledger.letter_row(again).kind is Kind.REPLY
    assert stored(desk, 2) >= {"稿件.docx", "图1.jpg", "图2.jpg"}


def test_a_strangers_guess_of_a_number_is_not(desk: Desk) -> None:
    """Another article from another address with a number in its subject is a new submission."""
    desk.receive(no_unit())
    desk.receive(letter("投稿 SQ-2026-0001", "请查收。", sender=WANG, files={"稿件.docx": manuscript("云上食堂")}))
    assert [one.revision for one in desk.ledger.submissions()] == [1, 1]


def test_the_forgotten_file_comes_a_minute_later(desk: Desk) -> None:
    """The first letter had none; what was to be said about it is not said any more once the file is here."""
    first = desk.receive(letter("投稿：云上食堂", "稿件见附件，请查收。", sender=LI), sent=False)
    assert desk.state() is SubmissionState.INCOMPLETE
    second = desk.receive(
        letter("投稿：云上食堂", "不好意思，刚才忘了附件。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}),
        sent=False,
    )
    assert kinds(desk, second) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    (submission,) = desk.ledger.submissions()
    assert (submission.state, submission.title) == (SubmissionState.READY, "云上食堂")
    assert [mail.state for mail in desk.ledger.mails_to(first)] == [MailState.DISMISSED]
    assert len(desk.send()) == 1
    assert desk.ledger.letter_row(first).stage is Stage.CLOSED


def test_the_same_files_again_are_answered_once_and_get_no_number(desk: Desk) -> None:
    """One short answer for several copies of the same manuscript in some days."""
    files = {"稿件.docx": manuscript("云上食堂")}
    desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files=files))
    again = [
        desk.receive(
            letter("投稿：云上食堂", f"第 {n} 次发。", sender=LI, files=files, message_id=f"<{n}@example.org>")
        )
        for n in range(3)
    ]
    assert [kinds(desk, one) for one in again] == [(Kind.SUBMISSION, Verdict.SERVE)] * 3
    assert [answer_of(desk, one) for one in again] == [NoticeKind.STATUS, "", ""]
    assert len(desk.ledger.submissions()) == 1


def test_the_same_article_from_somebody_else_is_held_and_both_are_named(desk: Desk) -> None:
    """It gets a number, no answer, and the editors read which two are alike."""
    desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}))
    other = desk.receive(letter("投稿：食堂", "请查收。", sender=WANG, files={"我的.docx": manuscript("云上食堂")}))
    assert kinds(desk, other) == (Kind.SUBMISSION, Verdict.HOLD)
    assert answer_of(desk, other) == ""
    assert FIRST in desk.ledger.letter_row(other).reason
    assert desk.state("SQ-2026-0002") is SubmissionState.HELD


def test_two_articles_of_one_letter_are_mended_one_by_one(desk: Desk) -> None:
    """The mended one of two becomes its next revision; the other stays what it is."""
    first = desk.receive(
        letter(
            "投稿两篇",
            "请查收。",
            sender=LI,
            files={"一.docx": manuscript("楼门口的议事会", unit=None), "二.docx": manuscript("云上食堂")},
        )
    )
    assert [one.state for one in desk.ledger.submissions()] == [SubmissionState.INCOMPLETE, SubmissionState.READY]
    desk.receive(
        letter(
            "回复：请补充材料",
            "第一篇补了单位。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"一.docx": manuscript("楼门口的议事会")},
        )
    )
    assert [(one.state, one.revision) for one in desk.ledger.submissions()] == [
        (SubmissionState.READY, 2),
        (SubmissionState.READY, 1),
    ]
    assert "二.docx" not in stored(desk, 2)
    assert desk.sound()


def test_a_death_between_judging_and_filing_loses_nothing(desk: Desk) -> None:
    """What came with the earlier letter is taken out of it once more."""
    first = desk.receive(no_unit())
    reply = letter(
        "回复：请补充材料",
        "单位补上了。",
        sender=LI,
        headers={"In-Reply-To": message_id(desk, first)},
        files={"稿件2.docx": manuscript("楼门口的议事会", picture=photo(1))},
    )
    number = desk.arrive(reply)
    row = desk.ledger.letter_row(number)
    desk.process()._judge(row)
    desk.store.drop_work(row.raw)
    desk.process().carry(desk.ledger.letter_row(number))

    assert stored(desk, 2) >= {"稿件2.docx", "图1.jpg"}
    assert desk.sound()
    manifest = next(desk.store.root.glob("issues/*/*/r2/manifest.json"))
    assert json.loads(manifest.read_text(encoding="utf-8"))


def test_an_article_can_be_taken_back_until_it_is_accepted(desk: Desk) -> None:
    """By the address of record, with the number or without it; of a stranger it is held."""
    desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}))
    stranger = desk.receive(letter(f"撤稿 {FIRST}", "请撤稿。", sender=WANG))
    assert (kinds(desk, stranger), answer_of(desk, stranger)) == ((Kind.WITHDRAWAL, Verdict.HOLD), "")
    own = desk.receive(letter("申请撤稿", "《云上食堂》不投了，请撤稿，谢谢。", sender=LI))
    assert kinds(desk, own) == (Kind.WITHDRAWAL, Verdict.SERVE)
    assert (answer_of(desk, own), desk.state()) == (NoticeKind.WITHDRAWN, SubmissionState.WITHDRAWN)
    assert desk.sound()


def test_who_asks_is_told_of_their_own(desk: Desk) -> None:
    """查稿 is answered with the sender's submissions and nobody else's."""
    desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}))
    for sender, told in ((LI, True), (WANG, False)):
        asked = desk.receive(letter("查稿", "请问稿件收到了吗？", sender=sender), sent=False)
        assert (kinds(desk, asked), answer_of(desk, asked)) == ((Kind.STATUS_QUERY, Verdict.SERVE), "status")
        (text,) = desk.send()
        assert (FIRST in text) is told


def test_a_trial_is_reported_and_nothing_is_kept(desk: Desk) -> None:
    """试投: the full report, no number, no file in the issues; the real one later is new."""
    files = {"稿件.docx": manuscript("云上食堂", unit=None)}
    trial = desk.receive(letter("试投：云上食堂", "请查收。", sender=LI, files=files))
    assert (kinds(desk, trial), answer_of(desk, trial)) == ((Kind.SUBMISSION, Verdict.SERVE), NoticeKind.TRIAL)
    assert (desk.ledger.submissions(), list(desk.store.root.glob("issues/*"))) == ([], [])
    desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files=files, message_id="<real@example.org>"))
    assert [one.number for one in desk.ledger.submissions()] == [FIRST]


def test_thanks_belong_to_the_history_and_are_not_answered(desk: Desk) -> None:
    """A letter between people is attached to its submission."""
    first = desk.receive(letter("投稿：云上食堂", "请查收。", sender=LI, files={"稿件.docx": manuscript("云上食堂")}))
    thanks = desk.receive(
        letter("回复：来稿已收到", "收到，谢谢编辑！", sender=LI, headers={"In-Reply-To": message_id(desk, first)})
    )
    assert (kinds(desk, thanks), answer_of(desk, thanks)) == ((Kind.CONVERSATION, Verdict.IGNORE), "")
    (submission,) = desk.ledger.submissions()
    assert any(f"letter:{thanks}" in event.why for event in desk.ledger.events(f"submission:{submission.id}"))


def test_a_wrong_merge_is_undone(desk: Desk) -> None:
    """The submission is again what it was, the letter gets its own number, its sender is told once more; then over."""
    first = desk.receive(no_unit())
    wrong = desk.receive(
        letter(
            "另一篇",
            "请查收。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"新.docx": manuscript("云上食堂")},
        )
    )
    assert [(one.title, one.revision) for one in desk.ledger.submissions()] == [("云上食堂", 2)]
    assert desk.ledger.split(FIRST, "admin", desk.clock.now()) == wrong
    desk.carry()
    was, new = desk.ledger.submissions()
    assert (was.title, was.revision, was.state) == ("楼门口的议事会", 1, SubmissionState.INCOMPLETE)
    assert (new.title, new.revision, new.state) == ("云上食堂", 1, SubmissionState.READY)
    (told,) = desk.send()
    assert new.number in told
    assert desk.sound()
    with pytest.raises(UserError, match="one letter only"):
        desk.ledger.split(FIRST, "admin", desk.clock.now())
    desk.receive(
        letter(
            "回复：请补充材料",
            "单位补上了。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"稿件.docx": manuscript("楼门口的议事会", picture=photo(1))},
        )
    )
    assert [(one.revision, one.state) for one in desk.ledger.submissions()] == [
        (3, SubmissionState.READY),
        (1, SubmissionState.READY),
    ]
    assert desk.sound()


def test_another_article_soon_after_a_letter_without_one_is_new(desk: Desk) -> None:
    """Only a letter that says so, or has no subject of its own, brings what the one before it lacked."""
    desk.receive(letter("投稿：社区里的年味", "请查收。", sender=LI, files={"稿.docx": b"x"}))
    desk.receive(
        letter(
            "投稿：云上食堂",
            "现报送稿件一篇。\n报送单位：青川省云溪市河东区柳林街道办事处",
            sender=LI,
            files={"食堂.docx": manuscript("云上食堂")},
        )
    )
    assert [one.revision for one in desk.ledger.submissions()] == [1, 1]
