"""Each named check, on facts made by hand."""

from dataclasses import replace

import pytest

from mailbot.model import CloudFile, File, FileProblem, Outcome, Role
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.models import Unit
from mailbot.rulebook.units import KnownNames, Units
from tests.unit.dossiers import LANGUAGE, UNIT, a_dossier, a_letter, a_picture, an_article, ask, fails, signed

UNITS = Units(KnownNames.of(()), LANGUAGE.units)


def a_file(name: str, problem: FileProblem | None = None, **changes: bool) -> File:
    """A file of a letter."""
    return File(name=name, media_type="x/y", bytes=1, sha256="", where="", role=Role.OTHER, problem=problem, **changes)


@pytest.mark.parametrize(
    "subject",
    [
        "投稿：题目",
        "【投稿】题目",
        "[投稿]题目",
        "投 稿 题目",
        "「投稿」题目",
        "Re: 回复：投稿-题目",
        "转发：Fw:【投 稿】题目",
        "答复: ［投稿］题目",
        "　投稿",
        "★投稿：题目",
        "～投稿～题目",
        "\u200b投稿：题目",
        "Re[2]: 投稿：题目",
        "转发（投稿）题目",
    ],
)
def test_subject_prefix_takes_the_usual_forms(subject: str) -> None:
    """Brackets, blanks, full-width forms and reply marks around the word do not matter."""
    assert ask("subject_prefix", a_dossier(letter=a_letter(subject=subject)), words="投稿").outcome is Outcome.PASSED


def test_brackets_of_the_rule_may_be_other_ones_in_the_subject() -> None:
    """A rule that asks for 【投稿】 takes what stands before a colon, too."""
    assert (
        ask("subject_prefix", a_dossier(letter=a_letter(subject="投稿：题目")), words="【投稿】").outcome
        is Outcome.PASSED
    )


@pytest.mark.parametrize("subject", ["", "题目（投稿）", "关于投稿的咨询", "Re: ", "【" * 5000])
def test_subject_prefix_wants_the_word_first(subject: str) -> None:
    """The word somewhere else, or not at all, fails."""
    answer = ask("subject_prefix", a_dossier(letter=a_letter(subject=subject)), words=["投稿", "来稿"])
    assert fails(answer, "投稿、来稿")


def test_manuscript_enclosed() -> None:
    """A manuscript passes even when it cannot be read; a forgotten one fails; one behind a link is told as such."""
    assert ask("manuscript_enclosed", a_dossier(an_article())).outcome is Outcome.PASSED
    locked = an_article(text="", problem=FileProblem.ENCRYPTED)
    assert ask("manuscript_enclosed", a_dossier(locked)).outcome is Outcome.PASSED
    assert fails(ask("manuscript_enclosed", a_dossier()), "没有找到稿件")
    link = CloudFile(name="稿件.docx", url="https://example.cn/x", provider="x")
    assert fails(ask("manuscript_enclosed", a_dossier(letter=a_letter(cloud_files=(link,)))), "稿件.docx")


def test_manuscript_readable_names_file_and_reason() -> None:
    """An encrypted document fails with its name and the reason in the contributor's language."""
    assert ask("manuscript_readable", an_article()).outcome is Outcome.PASSED
    assert fails(ask("manuscript_readable", an_article(problem=FileProblem.ENCRYPTED)), "“稿件.docx”设有密码")


@pytest.mark.parametrize("problem", list(FileProblem))
def test_every_problem_of_a_file_has_words(problem: FileProblem) -> None:
    """No problem of a file is without a sentence."""
    assert ask("manuscript_readable", an_article(problem=problem)).message.startswith("“稿件.docx”")


def test_readable_files_names_the_bad_ones() -> None:
    """Only named problems of files that are neither articles nor inline count."""
    files = (
        a_file("稿件.docx", FileProblem.DAMAGED),
        a_file("图.zip", FileProblem.ENCRYPTED),
        a_file("logo.gif", FileProblem.EMPTY, inline=True),
        a_file("视频.mp4", FileProblem.UNSUPPORTED),
    )
    dossier = a_dossier(an_article(file=0, problem=FileProblem.DAMAGED), letter=a_letter(files=files))
    answer = ask("readable_files", dossier)
    assert fails(answer, "“图.zip”设有密码")
    assert "稿件" not in answer.evidence
    assert "logo" not in answer.evidence
    assert ask("readable_files", dossier, problems=["infected"]).outcome is Outcome.PASSED
    assert fails(ask("readable_files", dossier, manuscripts=True), "“稿件.docx”已损坏")


def test_unit_named_takes_an_authors_full_unit() -> None:
    """A unit named apart passes, an author's full unit stands in and it is said, nothing fails."""
    assert ask("unit_named", an_article()).evidence == UNIT
    stands_in = ask("unit_named", an_article(byline=signed(("张三", UNIT))))
    assert stands_in.outcome is Outcome.PASSED
    assert "代为" in stands_in.message
    assert fails(ask("unit_named", an_article(byline=signed(("张三", "")))), "没有注明报送单位")


def test_unit_complete_says_what_is_missing() -> None:
    """A short form is answered with the full name, a name without a place with that; without a unit it is skipped."""
    assert ask("unit_complete", an_article()).outcome is Outcome.PASSED
    assert fails(ask("unit_complete", an_article(byline=signed(unit="民政局"))), "没有写明所在的省")
    known = (Unit(name=UNIT, short=("市民政局",)),)
    assert fails(ask("unit_complete", an_article(byline=signed(unit="市民政局")), known), f"完整名称应为“{UNIT}”")
    assert ask("unit_complete", an_article(byline=signed())).outcome is Outcome.SKIPPED


def test_author_unit_wants_each_authors_unit() -> None:
    """Authors without a unit or with a short one are named; without authors there is nothing to ask."""
    assert ask("author_unit", an_article()).outcome is Outcome.PASSED
    answer = ask("author_unit", an_article(byline=signed(("张三", UNIT), ("李四", ""), ("王五", "示例学院"))))
    assert fails(answer, "李四（没有注明单位）、王五（示例学院）")
    assert "张三" not in answer.message


def test_author_unit_can_take_the_submitting_unit() -> None:
    """Where the admin says so, an author without a unit belongs to the full submitting unit, not to a short one."""
    article = an_article(byline=signed(("张三", ""), unit=UNIT))
    assert fails(ask("author_unit", article))
    assert ask("author_unit", article, submitting_unit_counts=True).outcome is Outcome.PASSED
    short = an_article(byline=signed(("张三", ""), unit="民政局"))
    assert fails(ask("author_unit", short, submitting_unit_counts=True))


def test_originals_enclosed_names_pictures_without_one() -> None:
    """Only pictures of some size without an original are named."""
    pictures = (a_picture("a.png", "DSC1.jpg"), a_picture("b.png"), a_picture("icon.png", side=16))
    answer = ask("originals_enclosed", an_article(pictures=pictures))
    assert fails(answer, "1 张图片没有附原图：第 2 张")
    assert answer.evidence == "b.png"
    assert ask("originals_enclosed", an_article(pictures=pictures[:1])).evidence == "a.png = DSC1.jpg"


def test_originals_enclosed_says_why_a_file_is_none() -> None:
    """A copy that is no larger is named as what it is."""
    small = replace(a_picture("a.png"), copy="微信图片.jpg")
    assert fails(ask("originals_enclosed", an_article(pictures=(small,))), "附来的“微信图片.jpg”不比稿件里的大")


def test_many_bad_files_are_told_together() -> None:
    """Files with one problem share a sentence; of many only some are named."""
    files = [a_file(f"{n}.jpg", FileProblem.DAMAGED) for n in range(60)]
    letter = a_letter(files=(a_file("稿件.docx"), *files, a_file("b.zip", FileProblem.ENCRYPTED)))
    answer = ask("readable_files", a_dossier(an_article(), letter=letter))
    assert fails(answer, "“4.jpg”等 60 个文件已损坏，无法打开，请确认能打开后重新发送；“b.zip”设有密码")


def test_a_locked_archive_is_named_and_not_all_that_is_in_it() -> None:
    """What lies in an archive with the same problem is not told again; what has another one is."""
    archive = replace(a_file("全部.zip", FileProblem.ENCRYPTED), role=Role.ARCHIVE)
    inside = (a_file("稿件.docx", FileProblem.ENCRYPTED), a_file("图.jpg", FileProblem.EMPTY))
    files = (archive, *(replace(file, inside="全部.zip") for file in inside))
    answer = ask("readable_files", a_dossier(letter=a_letter(files=files)))
    assert answer.evidence == "全部.zip、图.jpg"


def test_a_message_names_a_bounded_number_of_things() -> None:
    """A thousand pictures make no endless answer."""
    answer = ask("originals_enclosed", an_article(pictures=tuple(a_picture(f"{n}.png") for n in range(1000))))
    assert fails(answer, "1000 张")
    assert len(answer.message) < 300


def test_length_has_two_ends() -> None:
    """Too short and too long fail with the count, the limits themselves pass."""
    assert fails(ask("length", an_article(characters=499), min=500, max=900), "499 字，少于 500 字")
    assert fails(ask("length", an_article(characters=901), min=500, max=900), "901 字，多于 900 字")
    assert ask("length", an_article(characters=500), min=500).outcome is Outcome.PASSED
    assert ask("length", an_article(characters=900), max=900).outcome is Outcome.PASSED


def test_has_title() -> None:
    """A title is there or not."""
    assert ask("has_title", an_article()).evidence == "幸福社区的故事"
    assert fails(ask("has_title", an_article(title=None)))


def test_mentions_and_avoids_look_into_title_and_text() -> None:
    """The words found are the evidence of both checks."""
    article = an_article(title="AI 与治理", text="居民")
    assert ask("mentions", article, words=["社区", "ai", "居民"]).evidence == "标题：【AI】 与治理、第 1 段：【居民】"
    assert fails(ask("mentions", article, words="养老"), "养老")
    assert fails(ask("avoids", article, words=["治理"]), "治理")
    assert ask("avoids", article).outcome is Outcome.PASSED


def test_each_check_is_registered_under_its_files_name() -> None:
    """The name in YAML is the name of the file, so that it is found."""
    assert all(check.run.__module__ == f"mailbot.rulebook.checks.{name}" for name, check in CHECKS.items())
