"""What others than the contributor could do with merging, and what earlier archives bring to the next revision."""

from __future__ import annotations

import io
import zipfile

from mailbot.model import Kind, SubmissionState, Verdict
from mailbot.testing.scanner import SignatureScanner
from tests.stories.letters import letter, manuscript, photo
from tests.unit.desk import Desk
from tests.unit.test_merging import FIRST, LI, WANG, kinds, message_id, no_unit, stored


def test_asking_about_a_guessed_number_gives_no_hold_on_it(desk: Desk) -> None:
    """The answer to somebody who names a number that is not theirs is no proof of anything afterwards."""
    desk.receive(no_unit())
    asks = desk.receive(letter(f"查稿 {FIRST}", "请问稿件收到了吗？", sender=WANG))
    assert kinds(desk, asks) == (Kind.STATUS_QUERY, Verdict.SERVE)
    desk.receive(
        letter(
            "回复：来稿情况",
            "照片在附件里。",
            sender=WANG,
            headers={"In-Reply-To": message_id(desk, asks)},
            files={"图9.jpg": photo(9)},
        )
    )
    submission = desk.ledger.submission(FIRST)
    assert submission is not None
    assert submission.revision == 1


def test_what_is_known_of_a_sender_goes_to_that_address_only(desk: Desk) -> None:
    """A letter under another's name with its own Reply-To learns nothing of what that other one sent."""
    desk.receive(no_unit())
    there = {"Reply-To": WANG}
    desk.receive(letter("查稿", "请问稿件收到了吗？", sender=LI, headers=there), sent=False)
    files = {"原图.jpg": photo(3)}
    desk.receive(letter("补充照片", "《楼门口的议事会》的照片。", sender=LI, headers=there, files=files), sent=False)
    recipients = {mail.recipient for mail in desk.ledger.mails()}
    assert recipients == {LI}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_what_lay_in_an_archive_is_replaced_like_any_other_file(desk: Desk) -> None:
    """The mended article takes the place of the one in the archive, whose photographs stay."""
    first = desk.receive(
        letter(
            "投稿：楼门口的议事会",
            "请查收。",
            sender=LI,
            files={
                "稿件.zip": zipped(
                    {
                        "稿件.docx": manuscript("楼门口的议事会", unit=None, picture=photo(1)),
                        "图1.jpg": photo(1),
                        "图2.jpg": photo(2),
                    }
                )
            },
        )
    )
    desk.receive(
        letter(
            "回复：请补充材料",
            "单位补上了，图2 换了一张。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"稿件2.docx": manuscript("楼门口的议事会", picture=photo(1)), "图2.jpg": photo(4)},
        )
    )
    (submission,) = desk.ledger.submissions()
    assert (submission.state, submission.revision) == (SubmissionState.READY, 2)
    files = desk.ledger.manifest(submission.id, 2)
    print([(f.path, f.bytes) for f in files])
    assert "稿件.docx" not in stored(desk, 2)
    assert len([file for file in files if "图2" in file.path]) == 1
    assert desk.sound()


def test_of_two_articles_in_one_archive_each_is_mended_by_itself(desk: Desk) -> None:
    """What lies in the archive beside the mended article is no part of its next revision, however often."""
    two = {"一.docx": manuscript("楼门口的议事会", unit=None), "二.docx": manuscript("云上食堂")}
    first = desk.receive(letter("投稿两篇", "请查收。", sender=LI, files={"两篇.zip": zipped(two)}))
    assert len(desk.ledger.submissions()) == 2
    for n, author in ((2, "（作者：张三）"), (3, "（作者：李四）")):
        desk.receive(
            letter(
                "回复：请补充材料",
                "第一篇补了单位。",
                sender=LI,
                message_id=f"<mends-{n}@example.org>",
                headers={"In-Reply-To": message_id(desk, first)},
                files={"一.docx": manuscript("楼门口的议事会", author=author)},
            )
        )
        documents = [name for name in stored(desk, n) if name.endswith(".docx")]
        assert documents == ["一.docx"]
    assert [one.revision for one in desk.ledger.submissions()] == [3, 1]
    assert desk.sound()


def test_what_a_dead_reader_left_of_an_earlier_letter_is_no_hindrance(desk: Desk) -> None:
    """Its work folder is emptied before the letter is read once more."""
    first = desk.receive(no_unit())
    raw = desk.ledger.letter_row(first).raw
    leaf = next(iter(desk.ledger.verdict_of(first)[0].letter.files)).where
    (desk.store.work(raw) / leaf).write_bytes(b"half")
    reply = desk.receive(
        letter(
            "回复：请补充材料",
            "单位补上了。",
            sender=LI,
            headers={"In-Reply-To": message_id(desk, first)},
            files={"稿件2.docx": manuscript("楼门口的议事会", picture=photo(1))},
        )
    )
    assert kinds(desk, reply) == (Kind.REPLY, Verdict.ACKNOWLEDGE)
    assert not (desk.store.root / "work" / raw.sha256).exists()


def test_what_the_scanner_refused_is_never_opened_with_a_later_letter(desk: Desk) -> None:
    """An infected archive of the same name as a good one stays closed when both of their letters are read again."""
    photos = zipped({"图1.jpg": photo(1)})
    process = desk.process()
    process._scanner = SignatureScanner({b"EVIL": "Test"})
    first = desk.arrive(
        letter(
            "投稿：楼门口的议事会",
            "请查收。",
            sender=LI,
            files={"稿件.docx": manuscript("楼门口的议事会", unit=None, picture=photo(1)), "照片.zip": photos},
        )
    )
    process.carry(desk.ledger.letter_row(first))
    desk.send()
    evil = zipped({"EVIL.jpg": photo(7)})
    sent = (
        ("照片.zip", evil, "<2@example.org>"),
        ("图2.jpg", photo(2), "<3@example.org>"),
        ("图3.jpg", photo(3), "<4@example.org>"),
    )
    for name, content, own in sent:
        reply = desk.arrive(
            letter(
                "回复：请补充材料",
                "照片在附件里。",
                sender=LI,
                message_id=own,
                headers={"In-Reply-To": message_id(desk, first)},
                files={name: content},
            )
        )
        process.carry(desk.ledger.letter_row(reply))
        desk.send()
        dossier, _ = desk.ledger.verdict_of(reply)
        assert not [file for file in dossier.letter.files if file.name == "EVIL.jpg"]
        assert [file.letter for file in dossier.letter.files if file.name == "图1.jpg"]
    assert desk.ledger.submissions()[0].revision == 4
