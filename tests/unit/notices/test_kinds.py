"""What each kind of notice says, out of letters and judgements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailbot.model import (
    BODY,
    Dossier,
    Earlier,
    File,
    History,
    Judgement,
    Kind,
    NoticeKind,
    Outcome,
    Severity,
    Submission,
    Verdict,
)
from mailbot.notices.compose import compose
from mailbot.notices.facts import DecisionFacts, OwnFact, ReminderFacts, paragraphs
from mailbot.notices.scenes import scene
from tests.unit.notices import build

MARK = "SQ-2026-0012-7KQ3F9"
PHOTO = replace(build.LETTER.files[1], name="图2.jpg", inside=None)
SECOND = replace(build.submission("SQ-2026-0012"), revision=2)
OWN = Earlier(
    number="SQ-2026-0009", arrived_at=build.NOW - timedelta(days=9), state="incomplete", issue="2026-1",
    title="社区食堂的账本", faults=("没有注明报送单位",),
)  # fmt: skip
READY = replace(OWN, number="SQ-2026-0010", arrived_at=build.NOW, state="ready", title="网格员的一天", faults=())


def said(dossier: Dossier, judgement: Judgement, *submissions: Submission, **more: object) -> str:
    """Subject and text of the answer."""
    notice = compose(
        dossier, judgement, submissions, build.OFFICE_NAME, build.ISSUES, build.shipped(), **more  # type: ignore[arg-type]
    )  # fmt: skip
    assert notice is not None
    return f"{notice.subject}\n{notice.text}"


def served(kind: Kind, answer: NoticeKind, *earlier: Earlier, **more: object) -> str:
    """The answer to a letter without an article, from somebody who sent these before."""
    dossier = replace(build.dossier(), manuscripts=(), kind=kind, history=History(earlier=earlier), **more)  # type: ignore[arg-type]
    return said(dossier, Judgement(verdict=Verdict.SERVE, rulebook="r", answer=answer))


def revised(answer: NoticeKind, **more: object) -> str:
    """The answer to a second letter that brought a photograph, the article having come with the first."""
    first = replace(build.LETTER.files[0], letter="a" * 64)
    letter = replace(build.LETTER, files=(replace(PHOTO), first))
    manuscript = replace(build.MANUSCRIPT, file=1)
    return said(build.dossier(letter, manuscript), build.judgement(answer, replace(build.ARTICLE, **more)), SECOND)


def test_the_acknowledgement_names_the_column_and_why_it_is_another_issue() -> None:
    """The column stands there by its name, and a late article is told why it goes into this issue."""
    article = replace(build.ARTICLE, column="practice", late=True)
    told = said(
        build.dossier(),
        build.judgement(NoticeKind.ACKNOWLEDGEMENT, article),
        build.submission("SQ-2026-0012"),
        column_names={"practice": "基层实践"},
    )
    assert "栏目：基层实践\n" in told
    assert "期次：2026年第1期，收到时已过截稿日期，因此安排在这一期\n" in told


def test_pictures_with_and_without_original_are_told_apart() -> None:
    """Which pictures lack their original is said by their number."""
    told = said(
        build.dossier(), build.judgement(NoticeKind.ACKNOWLEDGEMENT, build.ARTICLE), build.submission("SQ-2026-0012")
    )
    assert "稿件里的图片：2 张，收到原图 1 张（图1.jpg），没有原图的是第 2 张\n" in told


def test_no_line_about_a_unit_that_nobody_asked_for() -> None:
    """An article without a unit that no rule misses is registered without a word on it."""
    article = replace(build.ARTICLE, unit=None)
    told = said(build.dossier(), build.judgement(NoticeKind.ACKNOWLEDGEMENT, article), build.submission("SQ-2026-0012"))
    assert "报送单位" not in told


def test_the_return_of_a_revision_says_what_came_earlier() -> None:
    """Files that stay from earlier letters are among those that need not come again."""
    told = revised(NoticeKind.RETURN, verdict=Verdict.RETURN, findings=(build.UNIT_MISSING,))
    assert "补充的内容已收到，谢谢。还差下面这些" in told
    assert "· 稿件.docx（34 KB，此前来信所附）" in told.split("不必再发的文件")[1]


def test_what_completes_a_submission_is_told_from_what_stayed() -> None:
    """The answer says which revision it is, what was added, what stayed, and that the text is the same."""
    told = revised(NoticeKind.COMPLETED)
    assert "【SQ-2026-0012】材料已补齐" in told
    assert "编号：SQ-2026-0012（第 2 稿）" in told
    came, stayed = told.split("此前已收妥、继续有效的文件：")
    assert "· 图2.jpg" in came.split("这次收到的文件：")[1]
    assert "· 稿件.docx（34 KB）" in stayed
    assert "稿件没有变动" in told


def test_a_changed_manuscript_supersedes_the_old_one() -> None:
    """A revision that brought the text anew says that this one counts."""
    told = said(build.dossier(), build.judgement(NoticeKind.COMPLETED, build.ARTICLE), SECOND)
    assert "稿件以这次发来的为准" in told
    body = replace(build.MANUSCRIPT, source=BODY, file=None)
    assert "以这次发来的为准" not in said(
        build.dossier(build.LETTER, body), build.judgement(NoticeKind.COMPLETED, build.ARTICLE), SECOND
    )


def test_who_asks_is_told_of_all_that_he_sent_newest_first() -> None:
    """Number, title, state and what is missing of each; not what others sent."""
    stranger = replace(OWN, number="SQ-2026-0001", own=False, title="别人的稿件")
    told = served(Kind.STATUS_QUERY, NoticeKind.STATUS, OWN, READY, stranger)
    assert told.index("SQ-2026-0010《网格员的一天》：材料齐全") < told.index(
        "SQ-2026-0009《社区食堂的账本》：还需补充材料"
    )
    assert "还缺：没有注明报送单位" in told
    assert "只发所缺的内容即可" in told
    assert "别人的稿件" not in told
    assert "SQ-2026-0001" not in told


def test_who_asks_about_one_is_told_of_that_one() -> None:
    """A question that names a submission is answered about it, under its number."""
    told = served(Kind.STATUS_QUERY, NoticeKind.STATUS, OWN, READY, about=("SQ-2026-0010",))
    assert told.startswith("【SQ-2026-0010】来稿进展\n")
    assert "社区食堂的账本" not in told


def test_who_sent_nothing_is_told_so() -> None:
    """Nothing is known of this address: it may have been another one."""
    assert "没有查到从这个邮箱寄来的稿件" in served(Kind.STATUS_QUERY, NoticeKind.STATUS)


@pytest.mark.parametrize(("earlier", "words"), [(READY, "您不需要再做什么"), (OWN, "还缺：没有注明报送单位")])
def test_the_same_manuscript_again_is_here_already(earlier: Earlier, words: str) -> None:
    """Its old number stands, with nothing to do or what is still missing."""
    told = served(Kind.SUBMISSION, NoticeKind.STATUS, earlier, repeats=(earlier.number,))
    assert told.startswith(f"【{earlier.number}】这篇稿件此前已收到\n")
    assert "没有重复登记" in told
    assert words in told


def test_what_is_over_already_need_not_be_taken_back() -> None:
    """Somebody who takes back what was refused is told how things stand."""
    refused = replace(READY, state="declined")
    told = served(Kind.WITHDRAWAL, NoticeKind.STATUS, refused, about=(refused.number,))
    assert "现在已不在审读和编排之列" in told
    assert "网格员的一天》：未能采用" in told


def test_a_withdrawal_names_what_is_taken_back_and_how_to_undo_it() -> None:
    """Number and title, and what to do if it was a mistake."""
    dossier = replace(build.dossier(), manuscripts=(), kind=Kind.WITHDRAWAL, history=History(earlier=(OWN, READY)))
    judgement = Judgement(verdict=Verdict.SERVE, rulebook="r", answer=NoticeKind.WITHDRAWN, withdrawn=("SQ-2026-0010",))
    told = said(dossier, judgement)
    assert told.startswith("【SQ-2026-0010】稿件已撤回\n")
    assert "· SQ-2026-0010《网格员的一天》" in told
    assert "如果这不是您的本意" in told
    assert "SQ-2026-0009" not in told


def test_taking_back_what_is_accepted_waits_for_an_editor() -> None:
    """The answer speaks of the withdrawal and promises nothing."""
    accepted = replace(READY, state="accepted")
    told = served(Kind.WITHDRAWAL, NoticeKind.HELD, accepted, about=(accepted.number,))
    assert told.startswith("【SQ-2026-0010】撤稿来信已收到\n")
    assert "须由编辑确认" in told
    assert "来稿已收到" not in told


def test_a_doubt_is_not_told() -> None:
    """A held article is said to be with the editors; what made it doubtful is theirs."""
    doubt = replace(build.UNIT_MISSING, message="与已刊文章相近", severity=Severity.HOLD)
    article = replace(build.ARTICLE, verdict=Verdict.HOLD, findings=(doubt,))
    told = said(build.dossier(), build.judgement(NoticeKind.HELD, article), build.submission("SQ-2026-0012"))
    assert "编辑人工确认" in told
    assert "相近" not in told


def test_a_trial_is_reported_in_full_and_files_nothing() -> None:
    """Faults with their cure, what is good already, and that the real thing is still to be sent; no number, no mark."""
    passed = replace(build.UNIT_MISSING, title="字数", outcome=Outcome.PASSED)
    article = replace(build.ARTICLE, verdict=Verdict.RETURN, findings=(build.UNIT_MISSING, passed))
    told = said(replace(build.dossier(), trial=True), build.judgement(NoticeKind.TRIAL, article))
    for part in (
        "试投不登记、不编号",
        "补正办法：",
        "已符合的要求：字数\n",
        "核对结果：还需补充材料",
        "另发一封邮件正式投稿",
    ):
        assert part in told
    assert "编号：" not in told
    assert "回信时请保留" not in told


def test_a_trial_without_an_article_says_so() -> None:
    """An empty rehearsal is told what was not found."""
    dossier = replace(build.dossier(), manuscripts=(), trial=True)
    judgement = Judgement(verdict=Verdict.SERVE, rulebook="r", answer=NoticeKind.TRIAL)
    assert "来信里没有找到稿件" in said(dossier, judgement)


@pytest.mark.parametrize(
    ("decision", "words"),
    [("accept", "已决定采用，拟刊于2026年第1期"), ("revise", "附上修改稿"), ("decline", "这次未能采用，敬请谅解")],
)
def test_a_decision_is_told_with_the_editors_words(decision: str, words: str) -> None:
    """Each of the three decisions in its words, then those of the editor, a paragraph each."""
    own = OwnFact(
        number="SQ-2026-0012", title="社区里的小剧场", state="accepted", issue="2026年第1期", arrived=build.NOW
    )
    facts = DecisionFacts(office="O", decision=decision, about=own, words=paragraphs("很好。\r\n\r\n开头可短。\n"))
    told = build.shipped().notice(NoticeKind.DECISION, facts)[1]
    assert words in told
    assert "《社区里的小剧场》" in told
    assert "编辑的话：\n很好。\n开头可短。\n" in told


def test_a_reminder_asks_for_address_and_tells_of_copies() -> None:
    """It says when it was asked for, how many copies there are, and what to write."""
    own = OwnFact(number="SQ-2026-0012", title="甲", state="accepted", issue="", arrived=build.NOW)
    facts = ReminderFacts(office="O", about=own, asked=build.NOW.date(), wants=("address",), copies=2, mark=MARK)
    subject, told = build.shipped().notice(NoticeKind.REMINDER, facts)
    assert subject == "【SQ-2026-0012】盼复：样刊邮寄地址"
    for part in ("3月2日去信", "（2 册）", "收件人姓名、联系电话、邮寄地址和邮编", MARK):
        assert part in told


def test_the_mark_is_the_end_of_the_last_line() -> None:
    """It stands alone behind a few words, so that a reply that quotes it whole is recognised."""
    told = said(
        build.dossier(),
        build.judgement(NoticeKind.ACKNOWLEDGEMENT),
        build.submission("SQ-2026-0012"),
        mark=f"{MARK} SQ-2026-0013-ABC234",
    )
    assert told.splitlines()[-1] == f"回信时请保留这一行：{MARK} SQ-2026-0013-ABC234"


@pytest.mark.parametrize(
    "kind", [kind for kind in NoticeKind if kind not in (NoticeKind.DECISION, NoticeKind.REMINDER)]
)
def test_the_last_answer_of_a_day_says_so(kind: NoticeKind) -> None:
    """Every automatic answer can be the last one; letters are received all the same."""
    facts = replace(scene(kind, "zh-CN"), last_answer=True)
    assert "自动回复到本封为止，此后的来信仍会照常收存和处理" in build.shipped().notice(kind, facts)[1]


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_is_short_and_plain(kind: NoticeKind) -> None:
    """Greeting, signature, no link, no blank where a word is missing, and no more than fits a page."""
    subject, told = build.shipped().notice(kind, scene(kind, "zh-CN"))
    assert told.startswith("您好！\n")
    assert "《社区工作通讯》编辑部\n（本邮件由系统自动发出）\n" in told
    assert "://" not in told
    assert "None" not in subject + told
    assert len(told) < 900


def test_many_articles_make_no_endless_subject() -> None:
    """Of a letter with ten articles the subject names three numbers and how many there are."""
    numbers = [build.submission(f"SQ-2026-{number:04}") for number in range(1, 11)]
    dossier = build.dossier(build.LETTER, *[build.MANUSCRIPT] * 10)
    told = said(dossier, build.judgement(NoticeKind.ACKNOWLEDGEMENT, *[build.ARTICLE] * 10), *numbers)
    assert told.startswith("【SQ-2026-0001、SQ-2026-0002、SQ-2026-0003 等 10 篇】来稿已收到\n")


def test_a_file_of_an_earlier_letter_is_marked_as_such() -> None:
    """Whatever notice lists it."""
    file: File = replace(build.LETTER.files[0], letter="a" * 64)
    told = said(
        build.dossier(replace(build.LETTER, files=(file,))),
        build.judgement(NoticeKind.HELD),
        build.submission("SQ-2026-0012"),
    )
    assert "此前来信所附" in told
