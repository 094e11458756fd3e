"""What answers say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.model import (
    Address,
    FileProblem,
    Manuscript,
    Mode,
    Notice,
    NoticeKind,
    Outcome,
    Severity,
    Verdict,
)
from mailbot.notices.compose import compose
from tests.unit.notices import build


def answer(
    kind: NoticeKind | None, letter: object = build.LETTER, articles: tuple[object, ...] = (), *numbers: str
) -> Notice | None:
    """The shipped answer to a letter with an article for each judgement."""
    judged = build.judgement(kind, *articles)  # type: ignore[arg-type]
    manuscripts = [build.MANUSCRIPT] * len(judged.articles)
    submissions = [build.submission(number) for number in numbers or ("SQ-2026-0012",)]
    dossier = build.dossier(letter, *manuscripts)  # type: ignore[arg-type]
    return compose(dossier, judged, submissions, build.OFFICE_NAME, build.ISSUES, build.shipped())


def text(notice: Notice | None) -> str:
    """The notice's text; it must be there."""
    assert notice is not None
    return notice.text


def test_the_acknowledgement_tells_what_was_understood() -> None:
    """Number, title, unit, authors, every file with its size, pictures and originals, issue and what comes next."""
    notice = answer(NoticeKind.ACKNOWLEDGEMENT)
    assert notice is not None
    assert (notice.to, notice.subject) == ("wangxiaoli@example.org", "【SQ-2026-0012】来稿已收到")
    for told in (
        "编号：SQ-2026-0012", "标题：社区里的小剧场", "报送单位：山东省临沂市兰山区银雀山街道", "作者：王小丽、李建国",
        "稿件：稿件.docx（约 2100 字）", "期次：2026年第1期", "稿件里的图片：2 张，收到原图 1 张（图1.jpg）",
        "· 稿件.docx（34 KB）", "· 图1.jpg（3.3 MB，在 照片.zip 中）", "接下来由编辑审读", build.OFFICE_NAME,
    ):  # fmt: skip
        assert told in notice.text
    assert "://" not in notice.text


def test_the_return_tells_every_fault_at_once() -> None:
    """All faults with clause and cure, unreadable and linked files, what is safely here, and how to mend it."""
    letter = replace(build.LETTER, files=(*build.LETTER.files, build.LOCKED), cloud_files=(build.CLOUD,))
    faulty = replace(build.ARTICLE, verdict=Verdict.RETURN, findings=(build.UNIT_MISSING, build.ORIGINAL_MISSING))
    told = text(answer(NoticeKind.RETURN, letter, (faulty,)))
    for part in (
        "1. 稿件中没有写明报送单位（依据：第三条第一款）", "补正办法：请写明报送单位完整名称",
        "2. 图2未见原图（依据：第一条第二款）", "“照片2.rar”设有密码，无法打开", "原图.zip（QQ邮箱）：只有下载链接",
        "已经收妥、不必再发的文件：", "请直接回复本邮件，只发所缺的内容即可",
    ):  # fmt: skip
        assert part in told
    assert "cloud.example.org" not in told


def test_several_articles_get_one_answer_with_a_section_each() -> None:
    """Each article has its section and number; the good one is said to be complete."""
    faulty = replace(build.ARTICLE, verdict=Verdict.RETURN, findings=(build.UNIT_MISSING,))
    notice = answer(NoticeKind.RETURN, build.LETTER, (build.ARTICLE, faulty), "SQ-2026-0012", "SQ-2026-0013")
    assert notice is not None
    assert notice.subject == "【SQ-2026-0012、SQ-2026-0013】来稿已收到，请补充材料"
    first, second = notice.text.split("—— 第 2 篇 ——")
    assert "编号：SQ-2026-0012" in first
    assert "这一篇材料齐全" in first
    assert "编号：SQ-2026-0013" in second
    assert "没有写明报送单位" in second
    assert "没有写明报送单位" not in first


def test_an_unreadable_manuscript_is_asked_for_again() -> None:
    """A manuscript that cannot be opened is named as such."""
    dossier = build.dossier(build.LETTER, Manuscript(source="稿件.doc", file=0, problem=FileProblem.DAMAGED))
    judged = build.judgement(NoticeKind.RETURN, replace(build.ARTICLE, verdict=Verdict.RETURN))
    notice = compose(dossier, judged, [], build.OFFICE_NAME, {}, build.shipped())
    assert "”已损坏，无法打开" in text(notice)


def test_a_bad_file_is_named_once() -> None:
    """What a fault names already stands in no second list; the others are listed together by their problem."""
    more = (replace(build.LOCKED, name="图2.rar"), replace(build.LOCKED, name="图3.rar"))
    letter = replace(build.LETTER, files=(*build.LETTER.files, build.LOCKED, *more))
    named = replace(build.UNIT_MISSING, message="“照片2.rar”设有密码，无法打开")
    told = text(answer(NoticeKind.RETURN, letter, (replace(build.ARTICLE, findings=(named,)),)))
    assert told.count("照片2.rar") == 1
    assert "· “图2.rar”、“图3.rar”设有密码，无法打开" in told


def test_what_nobody_read_is_not_called_missing() -> None:
    """Of an article that could not be read neither title nor unit nor authors are registered."""
    dossier = build.dossier(build.LETTER, Manuscript(source="稿件.doc", file=0, problem=FileProblem.DAMAGED))
    judged = build.judgement(NoticeKind.RETURN, replace(build.ARTICLE, unit=None, authors=()))
    told = text(compose(dossier, judged, [], build.OFFICE_NAME, {}, build.shipped()))
    assert "稿件：稿件.doc" in told
    assert not [word for word in ("标题：", "报送单位：", "作者：") if word in told]


def test_no_author_is_no_fault() -> None:
    """An article that nobody signs by name is registered without a word on authors."""
    assert "作者" not in text(answer(NoticeKind.ACKNOWLEDGEMENT, build.LETTER, (replace(build.ARTICLE, authors=()),)))


def test_a_hint_without_advice_is_for_editors() -> None:
    """A remark that says nothing to do is not told to the contributor."""
    hint = replace(build.UNIT_MISSING, message="没有提到这些词", severity=Severity.NOTE, advice="")
    told = text(answer(NoticeKind.ACKNOWLEDGEMENT, build.LETTER, (replace(build.ARTICLE, findings=(hint,)),)))
    assert "没有提到这些词" not in told
    assert "建议" not in told


def test_a_file_with_a_problem_is_not_called_safe() -> None:
    """It stands among those with a problem, with what to do, and not among those that need not come again."""
    letter = replace(build.LETTER, files=(*build.LETTER.files, replace(build.LOCKED, name="全部.rar")))
    bad, good = text(answer(NoticeKind.RETURN, letter)).split("已经收妥、不必再发的文件：")
    assert "“全部.rar”设有密码，无法打开，请去掉密码后重新发送" in bad
    assert "全部.rar" not in good


def test_only_acting_findings_are_told() -> None:
    """Passed, shadow and holding findings stay inside; notes stand as advice."""
    findings = (
        replace(build.UNIT_MISSING, message="甲", outcome=Outcome.PASSED),
        replace(build.UNIT_MISSING, message="乙", mode=Mode.SHADOW),
        replace(build.UNIT_MISSING, message="丙", severity=Severity.HOLD),
        replace(build.UNIT_MISSING, message="丁", severity=Severity.NOTE),
    )
    told = text(answer(NoticeKind.RETURN, build.LETTER, (replace(build.ARTICLE, findings=findings),)))
    assert [word for word in "甲乙丙丁" if f"{word}（" in told or f"· {word}" in told] == ["丁"]


@pytest.mark.parametrize("kind", [NoticeKind.REJECTION, NoticeKind.HELD, NoticeKind.HELP])
def test_the_other_notices_are_short_and_kind(kind: NoticeKind) -> None:
    """They greet, say what happens next, sign as the office, and carry no link."""
    told = text(answer(kind))
    assert told.startswith("您好！")
    assert build.OFFICE_NAME in told
    assert "://" not in told
    assert len(told) < 600


def test_no_answer_where_none_is_due() -> None:
    """Without an answer in the judgement, or without a safe recipient, nothing is composed."""
    assert answer(None) is None
    machine = replace(build.LETTER, sender=Address(address="no-reply@example.org"))
    assert answer(NoticeKind.ACKNOWLEDGEMENT, machine) is None


def test_a_strangers_value_stays_on_its_line() -> None:
    """Line breaks, controls, direction marks, links and endless titles cannot shape the answer."""
    manuscript = replace(
        build.MANUSCRIPT, title="甲\r\n\r\n编辑部通知\u2028\x1b[31m\u202e http://evil.example.org " + "长" * 500
    )
    judged = build.judgement(NoticeKind.ACKNOWLEDGEMENT)
    told = text(compose(build.dossier(build.LETTER, manuscript), judged, [], "O", {}, build.shipped()))
    [line] = [line for line in told.splitlines() if line.startswith("标题：")]
    assert line.startswith("标题：甲 编辑部通知 [31m http:／／evil.example.org 长")
    assert len(line) < 130
