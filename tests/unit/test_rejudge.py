"""A wrong rule is mended after the fact: what was decided is decided anew, and each contributor hears of it once."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from typer.testing import CliRunner

from mailbot.cli import app
from mailbot.errors import UserError
from mailbot.model import MailState, Stage, SubmissionState, Verdict
from mailbot.moving import finish_moves
from mailbot.notices.templates import load_templates
from mailbot.ports import Arrival, JudgedAgain
from mailbot.process import Sources
from mailbot.rulebook.load import Rulebook, load_rulebook, read_folder
from mailbot.service import World
from mailbot.steps import At, Step
from mailbot.testing.mailbox import ARRIVED
from mailbot.testing.reader import InProcessReader
from mailbot.verify import verify
from tests.stories.letters import letter, manuscript
from tests.unit.desk import STRICT, TEMPLATES, Desk
from tests.unit.dossiers import SHIPPED

WITHOUT_UNIT = letter("投稿：楼门议事", "请查收。", files={"稿.docx": manuscript("楼门口的议事会", unit=None)})
GOOD = letter("投稿：加装电梯", "请查收。", files={"稿.docx": manuscript("加装电梯的协商")})


def another() -> bytes:
    """A .docx whose text is like no other one's here."""
    document = Document()
    said = (f"第{n}位老人说，饭菜热乎，价钱实在。" * 6 for n in range(9))
    for line in ("助餐点开到家门口", "● 青川省云溪市河东区柳林街道办事处", *said):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


TWO = letter("投稿：两篇", "请查收。", files={"一.docx": manuscript("楼道里的照明灯", unit=None), "二.docx": another()})


def rules(text: str) -> Rulebook:
    """The shipped units and issues, with these rules."""
    files = read_folder(SHIPPED)
    return load_rulebook({name: files[name] for name in ("issues.yaml", "units.yaml")} | {"a.yaml": f"rules:\n{text}"})


def a_rule(otherwise: str) -> str:
    return f"  - {{id: unit-named, title: 单位, check: unit_named, otherwise: {otherwise}, advice: 请写明单位}}\n"


LENIENT = rules(a_rule("note"))
HOLDING = rules(a_rule("hold"))
REJECTING = rules(a_rule("reject"))


class Killed(BaseException):
    """The program ends here."""


def deadly(step: Step) -> At:
    """An `at` that ends the program at this step."""

    def at(reached: Step) -> None:
        if reached is step:
            raise Killed

    return at


def test_the_list_says_what_would_be_decided_otherwise_and_why(desk: Desk) -> None:
    """Only what changes is listed, with the rules that have another outcome; nothing is touched."""
    desk.receive(WITHOUT_UNIT)
    desk.receive(GOOD)
    desk.rulebook = LENIENT
    (change,) = desk.rejudge().changes()

    assert (change.submission.number, change.was.verdict, change.now.verdict) == (
        "SQ-2026-0001", Verdict.RETURN, Verdict.ACKNOWLEDGE,
    )  # fmt: skip
    assert "unit-named" in change.rules
    assert (change.submission.state, change.state, change.refusal) == (
        SubmissionState.INCOMPLETE, SubmissionState.READY, "",
    )  # fmt: skip
    assert desk.state() is SubmissionState.INCOMPLETE


def test_the_list_is_bounded_by_day_and_rule(desk: Desk) -> None:
    """Letters before the day are not judged again; `--rule` shows only what that rule changed."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    rejudge = desk.rejudge()
    assert rejudge.changes(ARRIVED + timedelta(seconds=1)) == []
    assert len(rejudge.changes(ARRIVED, "unit-named")) == 1
    assert rejudge.changes(ARRIVED, "originals-enclosed") == []


def test_a_letter_whose_facts_cannot_be_read_any_more_hides_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with the reason; the rest of the list is whole."""
    desk.receive(WITHOUT_UNIT)
    desk.receive(TWO)
    first, *others = desk.ledger.dossiers()
    monkeypatch.setattr(desk.ledger, "dossiers", lambda since: iter([replace(first, dossier='{"kind": 1}'), *others]))
    desk.rulebook = LENIENT
    said: list[str] = []
    listed = desk.rejudge().changes(passed_over=said.append)

    assert [change.submission.number for change in listed] == ["SQ-2026-0002"]
    assert len(said) == 1
    assert said[0].startswith("SQ-2026-0001 cannot be judged again: not a Dossier: ")


def test_a_returned_submission_becomes_ready_and_its_sender_is_told_once(desk: Desk) -> None:
    """State, issue's folder and balance follow; both judgements are kept; the mail takes the earlier answer back."""
    letter_id = desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    (done,) = desk.rejudge().apply(["SQ-2026-0001"], "admin")

    assert (done.number, done.refusal, done.told) == ("SQ-2026-0001", "", "correction")
    (submission,) = desk.ledger.submissions()
    assert submission.state is SubmissionState.READY
    assert "incomplete" not in submission.folder
    assert desk.sound()
    assert desk.ledger.letter_row(letter_id).verdict is Verdict.ACKNOWLEDGE
    assert [one.rulebook for one in desk.ledger.judgements_of(submission.id)] == [STRICT.version, LENIENT.version]
    assert desk.ledger.events(f"submission:{submission.id}")[-1].who == "admin"
    (told,) = desk.send()
    assert told.startswith("【SQ-2026-0001】更正")
    assert "此前的回复：需要补充材料\n更正为：材料齐全，已转编辑审读" in told


def test_applying_twice_does_nothing_and_says_so(desk: Desk) -> None:
    """The second time there is no change to make, no event and no mail."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    desk.rejudge().apply(["SQ-2026-0001"], "admin")
    events = desk.ledger.events("submission:1")
    (again,) = desk.rejudge().apply(["SQ-2026-0001", "SQ-2026-0001"], "admin")

    assert (again.change, again.refusal, again.told) == (None, "", "")
    assert desk.ledger.events("submission:1") == events
    assert len(desk.corrections()) == 1
    assert desk.rejudge().changes() == []


def test_a_second_mend_is_a_second_cause(desk: Desk) -> None:
    """When the rules are changed back, the sender hears what holds now, also under a version that was in force once."""
    desk.receive(WITHOUT_UNIT)
    for rulebook in (LENIENT, HOLDING, LENIENT):
        desk.rulebook = rulebook
        desk.rejudge().apply(["SQ-2026-0001"], "admin")
        desk.send()
    assert len({mail.id for mail in desk.corrections()}) == 3
    assert desk.state() is SubmissionState.READY
    assert desk.sound()


def test_a_ready_submission_may_become_incomplete(desk: Desk) -> None:
    """The correction says what is still missing, with the advice."""
    desk.rulebook = LENIENT
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = STRICT
    desk.rejudge().apply(["SQ-2026-0001"], "admin")

    assert desk.state() is SubmissionState.INCOMPLETE
    (told,) = desk.send()
    assert "更正为：已收到，还差下面列出的材料" in told
    assert "没有注明报送单位" in told


def test_nobody_is_rejected_by_judging_again(desk: Desk) -> None:
    """What would be rejected now is listed and refused; what was rejected before is no change."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = REJECTING
    (change,) = desk.rejudge().changes()
    (done,) = desk.rejudge().apply(["SQ-2026-0001"], "admin")
    assert change.refusal == done.refusal != ""
    assert (desk.state(), desk.corrections()) == (SubmissionState.INCOMPLETE, [])

    rejected = letter("投稿：照明", "请查收。", files={"稿.docx": manuscript("楼道照明", unit=None)})
    desk.receive(rejected)
    assert desk.state("SQ-2026-0002") is SubmissionState.REJECTED
    desk.rulebook = rules(a_rule("reject").replace("请写明单位", "请写上单位"))
    (again,) = desk.rejudge().apply(["SQ-2026-0002"], "admin")
    assert (again.change, desk.corrections()) == (None, [])


def test_what_an_editor_decided_stays(desk: Desk) -> None:
    """A state that no verdict gave is refused, and the state is kept."""
    letter_id = desk.receive(WITHOUT_UNIT)
    _, judgement = desk.ledger.verdict_of(letter_id)
    (seen,) = desk.ledger.submissions()
    desk.ledger.judged_again(
        letter_id,
        judgement,
        [
            JudgedAgain(
                seen=seen, state=SubmissionState.ACCEPTED, issue=None, column=None, unit="", folder=seen.folder, why=""
            )
        ],
        Verdict.RETURN,
        None,
        "bianji@example.cn",
        desk.clock.now(),
    )
    desk.rulebook = LENIENT
    (done,) = desk.rejudge().apply(["SQ-2026-0001"], "admin")
    assert "an editor decided" in done.refusal
    assert (desk.state(), desk.corrections()) == (SubmissionState.ACCEPTED, [])


def test_a_letter_that_had_no_answer_gets_no_correction(desk: Desk) -> None:
    """Too old, it was held without a word: it is judged again, and its sender still hears nothing."""
    desk.receive(WITHOUT_UNIT, too_old=True)
    desk.notices = "off"
    desk.receive(letter("投稿", "稿", files={"稿.docx": manuscript("楼道照明", unit=None)}))
    desk.notices = "send"
    desk.rulebook = LENIENT
    done = desk.rejudge().apply(["SQ-2026-0001", "SQ-2026-0002"], "admin")
    assert [one.told for one in done] == ["", ""]
    assert desk.state("SQ-2026-0002") is SubmissionState.READY
    assert desk.ledger.mails() == []


def test_an_answer_that_is_still_held_back_is_replaced(desk: Desk) -> None:
    """Its sender gets one mail, the right one, and the wrong one never goes out; `queue` holds that one back, too."""
    desk.notices = "queue"
    letter_id = desk.receive(WITHOUT_UNIT, sent=False)
    desk.rulebook = LENIENT
    (done,) = desk.rejudge().apply(["SQ-2026-0001"], "admin")

    assert done.told == "acknowledgement"
    assert [(mail.kind, mail.state) for mail in desk.ledger.mails_to(letter_id)] == [
        ("return", MailState.DISMISSED),
        ("acknowledgement", MailState.QUEUED),
    ]
    assert desk.ledger.letter_row(letter_id).stage is Stage.CLOSED


def test_only_the_named_article_of_a_letter_is_mended(desk: Desk) -> None:
    """The letter counts as its severest article; the correction speaks of the mended one alone."""
    letter_id = desk.receive(TWO)
    before = {one.number: one.state for one in desk.ledger.submissions()}
    assert set(before.values()) == {SubmissionState.INCOMPLETE, SubmissionState.READY}
    desk.rulebook = HOLDING
    wrong = next(number for number, state in before.items() if state is SubmissionState.INCOMPLETE)
    other = next(number for number in before if number != wrong)
    desk.rejudge().apply([wrong, other], "admin")

    assert (desk.state(wrong), desk.state(other)) == (SubmissionState.HELD, SubmissionState.READY)
    assert desk.ledger.letter_row(letter_id).verdict is Verdict.HOLD
    (told,) = desk.send()
    assert wrong in told
    assert other not in told


def test_an_unknown_number_changes_nothing(desk: Desk) -> None:
    """One slip of the pen among the numbers, and none is applied."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    with pytest.raises(UserError, match="SQ-2026-0099"):
        desk.rejudge().apply(["SQ-2026-0001", "SQ-2026-0099"], "admin")
    assert desk.state() is SubmissionState.INCOMPLETE


@pytest.mark.parametrize("step", [Step.JUDGED_AGAIN, Step.MOVED])
@pytest.mark.parametrize("by_worker", [False, True])
def test_a_kill_between_the_steps_is_made_good(desk: Desk, step: Step, by_worker: bool) -> None:
    """The same command, or the worker's next start, finishes the move; there is one mail and one new judgement."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    with pytest.raises(Killed):
        desk.rejudge(deadly(step)).apply(["SQ-2026-0001"], "admin")
    assert len(desk.ledger.to_move()) == 1
    if by_worker:
        finish_moves(desk.ledger, desk.store)
    else:
        desk.rejudge().apply(["SQ-2026-0001"], "admin")

    assert desk.ledger.to_move() == []
    assert desk.sound()
    assert len(desk.corrections()) == 1
    assert len(desk.ledger.judgements_of(1)) == 2


def test_the_places_of_the_correction_are_those_of_the_thread(desk: Desk) -> None:
    """A reply to the correction is known to belong to the submission."""
    desk.receive(WITHOUT_UNIT)
    desk.rulebook = LENIENT
    desk.rejudge().apply(["SQ-2026-0001"], "admin")
    mail = desk.ledger.due_mail(desk.clock.now())
    assert mail is not None
    assert desk.ledger.find_ours([mail.message_id]) == ("SQ-2026-0001",)


def test_an_office_with_older_templates_corrects_with_the_shipped_one(desk: Desk) -> None:
    """A folder of templates that knows no correction yet keeps nothing from being set right."""
    desk.receive(WITHOUT_UNIT)
    files = {name: text for name, text in TEMPLATES.files.items() if not name.startswith("correction")}
    older = load_templates(files, shipped=lambda: TEMPLATES.files)
    desk.sources = Sources(lambda: LENIENT, lambda: older)
    desk.rejudge().apply(["SQ-2026-0001"], "admin")
    assert desk.state() is SubmissionState.READY
    assert older.remarks[0].file == "correction.txt.j2"


CONFIG = """
office: {name: 编辑部, editors: [bianji@example.cn], admins: [admin@example.cn]}
mailbox: {address: tougao@example.cn, host: imap.example.cn, password: env:NONE}
smtp: {host: smtp.example.cn, password: env:NONE}
paths: {rules: rules, templates: TEMPLATES, storage: storage}
"""


def test_the_command_lists_applies_and_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """List as JSON, apply several numbers at once, apply again, wrong use; the worker's next start changes nothing."""
    monkeypatch.setenv("NONE", "x")
    config, rule = tmp_path / "mailbot.yaml", tmp_path / "rules" / "a.yaml"
    config.write_text(CONFIG.replace("TEMPLATES", str(SHIPPED.parent / "templates")), encoding="utf-8")
    rule.parent.mkdir()
    rule.write_text(f"rules:\n{a_rule('return')}", encoding="utf-8")
    another_one = letter("投稿：照明", "请查收。", files={"稿.docx": manuscript("楼道照明", unit=None)})
    with World(config) as world:
        world.claim()
        world.__dict__["reader"] = InProcessReader(language="zh-CN")
        folder = world.ledger.open_folder("INBOX", 1, ARRIVED)
        for uid, raw in enumerate((WITHOUT_UNIT, another_one), 1):
            spool = world.store.spool()
            spool.write(raw)
            arrival = Arrival(uid, world.store.keep(spool, world.clock.now(), len(raw)))
            world.ledger.receive(folder.id, [arrival], world.clock.now())
        world.process.carry_due(lambda: False)
    rule.write_text(f"rules:\n{a_rule('note')}", encoding="utf-8")

    def mailbot(*arguments: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, ["-c", str(config), "submissions", "rejudge", *arguments, "--json"])
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if done.stdout else done.exception

    listed = mailbot("--since", "2026-01-01", "--rule", "unit-named")
    numbers = [one["number"] for one in listed]
    assert [(one["was"], one["now"], one["rules"]) for one in listed] == [("incomplete", "ready", ["unit-named"])] * 2
    assert mailbot("--since", "2026-01-01", "--rule", "another") == []
    done = mailbot("--apply", *numbers)
    assert [(one["number"], one["told"], one["refused"]) for one in done] == [
        (number, "acknowledgement", "") for number in numbers
    ]
    assert [one["was"] for one in mailbot("--apply", numbers[0], "--apply", numbers[1])] == [None, None]
    rule.write_text(f"rules:\n{a_rule('reject')}", encoding="utf-8")
    assert "by an editor" in mailbot("--apply", numbers[0], code=1)[0]["refused"]
    for wrong in ((), ("--since", "yesterday"), (numbers[0],), ("--apply", "SQ-1")):
        assert isinstance(mailbot(*wrong, code=1), UserError)
    with World(config) as world:
        world.claim()
        assert verify(world.store, world.ledger) == []


def test_corrections_that_wait_become_one(desk: Desk) -> None:
    """Two articles of a letter that are mended one after the other: the mail that goes out tells of both."""
    desk.receive(
        letter("投稿：两篇", "请查收。", files={"一.docx": manuscript("楼门口", unit=None), "二.docx": another()})
    )
    desk.rulebook = rules(
        a_rule("hold") + "  - {id: long, title: 字数, check: length, with: {min: 5000}, otherwise: hold}\n"
    )
    for number in ("SQ-2026-0001", "SQ-2026-0002"):
        (done,) = desk.rejudge().apply([number], "admin")
        assert done.told == "correction"
    (told,) = desk.send()
    assert "SQ-2026-0001" in told
    assert "SQ-2026-0002" in told
    assert desk.sound()


def test_a_mend_that_is_taken_back_in_time_is_not_told(desk: Desk) -> None:
    """The waiting correction never goes out where the first answer holds again."""
    desk.receive(WITHOUT_UNIT)
    for rulebook in (LENIENT, STRICT):
        desk.rulebook = rulebook
        desk.rejudge().apply(["SQ-2026-0001"], "admin")
    assert desk.state() is SubmissionState.INCOMPLETE
    assert desk.send() == []
    assert [mail.state for mail in desk.corrections()] == [MailState.DISMISSED]
    assert desk.sound()
