"""The checks of how an article looks: layout, page, captions, and forms to be filled in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.model import File, Layout, Look, Outcome, Page, Picture, Role
from mailbot.rulebook.checks import CHECKS
from tests.unit.dossiers import an_article as article
from tests.unit.dossiers import ask, fails

OFFICIAL = Layout(
    title=Look(font="方正小标宋简体", size=22.0, align="center"),
    headings=(Look(font="SimHei", size=16.0, bold=True), None),
    body=Look(font="仿宋_GB2312", size=16.0, bold=False, align="justify", indent=2.0, exact=28.0),
    page=Page(width=210.0, height=297.0, top=37.0, bottom=35.0, left=28.0, right=26.0),
)
WANTED: dict[str, Any] = {
    "title": {"font": "小标宋", "size": "二号", "align": "center"},
    "headings": [{"font": "黑体", "size": "三号"}, {"font": "楷体"}],
    "body": {"font": ["仿宋", "FangSong"], "size": "三号", "align": "left", "indent": 2, "exact": 28},
}


def refused(check: str, **params: Any) -> str:
    """Why these details are refused."""
    with pytest.raises(ValidationError) as caught:
        CHECKS[check].params.model_validate(params)
    return str(caught.value)


def shown(number: int, caption: str, side: int = 800) -> Picture:
    """A picture in a manuscript."""
    return Picture(name=f"{number}.jpg", width=side, height=side, bytes=9, format="JPEG", caption=caption)


def test_an_official_layout_passes_under_any_name_of_its_fonts() -> None:
    """Sizes have names, fonts are stored under several, and lines even at both sides begin at the left."""
    answer = ask("layout", article(layout=OFFICIAL), **WANTED)
    assert answer.outcome is Outcome.PASSED
    assert "仿宋_GB2312" in answer.evidence


def test_each_difference_of_layout_is_named() -> None:
    """What was found and what is asked for stand side by side, part by part."""
    body = Look(font="宋体", size=12.0, bold=True, align="center", indent=0.0, spacing=1.5)
    answer = ask("layout", article(layout=Layout(title=OFFICIAL.title, body=body)), **WANTED)
    assert fails(answer, "正文字体是“宋体”，应为“仿宋”或“FangSong”、字号是 小四（12 磅），应为 三号（16 磅）、")
    assert fails(answer, "对齐方式是居中，应为左对齐、首行缩进 0 字，应为 2 字、行距是 1.5 倍，应为固定值 28 磅")
    assert "标题字" not in answer.message
    fixed = ask("layout", article(layout=OFFICIAL), body={"spacing": 1.5, "bold": True})
    assert fails(fixed, "正文应加粗、行距是 固定值 28 磅，应为 1.5 倍")


def test_only_what_the_format_tells_is_judged() -> None:
    """A PDF tells nothing: skipped; a font that is not told is no fault."""
    untold = ask("layout", article(), **WANTED)
    assert (untold.outcome, untold.message) == (Outcome.SKIPPED, "这种格式的文件看不出排版，无从判断")
    assert ask("layout", article(layout=Layout(body=Look(size=16.0))), **WANTED).outcome is Outcome.PASSED


def test_layouts_that_cannot_be_meant_are_refused() -> None:
    """Nothing asked for, two distances at once, and a size of no such name, with the nearest one."""
    assert "asks for nothing" in refused("layout")
    assert "asks for nothing" in refused("layout", body={"tolerance": 1})
    assert "two distances" in refused("layout", body={"spacing": 1.5, "exact": 28})
    assert "no size of type" in refused("layout", body={"size": "小四号字"})
    assert CHECKS["layout"].params.model_validate({"body": {"size": "10.5pt"}})


def test_paper_and_margins() -> None:
    """Within the tolerance they pass; each fault names its side, what was found and what is asked for."""
    page = article(layout=OFFICIAL)
    assert ask("page", page, paper="A4", top=37, left={"min": 25, "max": 30}).outcome is Outcome.PASSED
    assert ask("page", page, paper="A4", bottom=36).outcome is Outcome.PASSED
    assert fails(ask("page", page, paper="A3"), "纸张是 210×297 毫米，应为 A3 297×420")
    assert fails(
        ask("page", page, top=25, left={"min": 30}), "上页边距 37 毫米，应为 25 毫米、左页边距 28 毫米，少于 30 毫米"
    )
    assert fails(ask("page", page, right={"max": 20}), "右页边距 26 毫米，多于 20 毫米")
    assert fails(ask("page", page, paper="A4", landscape=True), "应为 A4 297×210")
    assert ask("page", article(), paper="A4").outcome is Outcome.SKIPPED


def test_pages_that_cannot_be_meant_are_refused() -> None:
    """Nothing asked for, limits that exclude each other, a measure beside limits."""
    assert "asks for nothing" in refused("page")
    assert "never be met" in refused("page", top={"min": 30, "max": 20})
    assert "one measure and limits" in refused("page", top={"exact": 30, "max": 20})
    assert "sets no limit" in refused("page", top={})


def test_every_picture_needs_a_caption() -> None:
    """Pictures without one are numbered, ornaments need none, and a pattern may be asked for."""
    told = article(layout=OFFICIAL, pictures=(shown(1, "图1 议事会（张三 摄）"), shown(2, ""), shown(3, "", 20)))
    assert fails(ask("captions", told), "稿件里有 1 张图片没有图注：第 2 张")
    good = article(layout=OFFICIAL, pictures=(shown(1, "图1 议事会（张三 摄）"),))
    assert ask("captions", good).evidence == "图1 议事会（张三 摄）"
    assert ask("captions", good, pattern="摄").outcome is Outcome.PASSED
    assert fails(ask("captions", good, pattern="供图"), "第 1 张（“图1 议事会（张三 摄）”）")
    assert ask("captions", article()).outcome is Outcome.SKIPPED
    assert ask("captions", article(pictures=(shown(1, ""),))).message == "这种格式的文件看不出图片的位置，无从判断"
    assert "looks at files only" in refused("captions", of="files", pattern="摄")


def test_names_of_picture_files_say_what_they_show() -> None:
    """What a camera or a telephone calls a picture says nothing."""
    from mailbot.rulebook.checking import ArticleFacts
    from mailbot.rulebook.units import KnownNames, Units
    from tests.unit.dossiers import LANGUAGE, a_dossier, a_letter

    names = ("IMG_1234.jpg", "微信图片_20231101.jpg", "居民议事会现场.jpg")
    files = tuple(
        File(name=name, role=Role.PICTURE, media_type="image/jpeg", bytes=9, sha256="", where="") for name in names
    )
    written = article()
    dossier = a_dossier(written, letter=a_letter(files=files))
    check = CHECKS["captions"]
    facts = ArticleFacts(dossier, Units(KnownNames.of(()), LANGUAGE.units), LANGUAGE.rules, written)
    answer = check.run(facts, check.params.model_validate({"of": "files"}))
    assert fails(answer, "没有说明内容：“IMG_1234.jpg”、“微信图片_20231101.jpg”")
    assert "居民议事会" not in answer.message


FORM = (
    "案例申报表\n姓  名\t张三\t性别\t\n工作单位（盖章）\t示例社区\n"
    "案例名称：小院议事\n摘要\n我们这样做，居民满意。\n附注"
)


def test_a_form_is_read_beside_behind_and_below_its_labels() -> None:
    """Blanks, notes in brackets and colons do not matter; the fields' values are the evidence."""
    answer = ask("form", article(text=FORM), fields=["姓名", "工作单位", "案例名称", "摘要"])
    assert answer.outcome is Outcome.PASSED
    assert answer.evidence == "姓名：张三、工作单位：示例社区、案例名称：小院议事、摘要：我们这样做，居民满意"
    below = article(text="姓名\t单位\t电话\n张三\t示例社区\t")
    assert fails(ask("form", below, fields=["姓名", "单位", "电话"]), "这些栏目没有填写：电话")
    line = article(text="姓名：张三  性别：男\n电话：＿＿＿＿\n正文从这里开始。")
    assert fails(ask("form", line, fields=["姓名", "性别", "电话"]), "没有填写：电话")


def test_a_form_says_what_is_missing_empty_or_long() -> None:
    """All of it in one sentence, with numbers and limits."""
    asked = ["性别", "邮箱", {"label": ["案例名称", "名称"], "longest": 3}]
    answer = ask("form", article(text=FORM), fields=asked)
    assert fails(answer, "缺少这些栏目：邮箱；这些栏目没有填写：性别；“案例名称”写了 4 字，多于 3 字")
    assert fails(ask("form", article(), fields=["姓名"]), "没有找到要填的表格，缺少：姓名")
    assert "twice" in refused("form", fields=["姓名", "姓 名"])
    assert "fields" in refused("form")


def test_a_form_in_a_document_of_its_own_is_read() -> None:
    """The text of what lies beside the article counts, not that of what belongs to another article."""
    from mailbot.rulebook.checking import ArticleFacts
    from mailbot.rulebook.units import KnownNames, Units
    from tests.unit.dossiers import LANGUAGE, a_dossier, a_letter

    check, one, two = CHECKS["form"], article(text="正文"), article(text="另一篇")
    params = check.params.model_validate({"fields": ["姓名", "案例名称"]})
    file = File(name="表.docx", media_type="", bytes=9, sha256="", where="", text=FORM, submission=1)
    dossier = a_dossier(one, two, letter=a_letter(files=(file,)))
    answers = [
        check.run(ArticleFacts(dossier, Units(KnownNames.of(()), LANGUAGE.units), LANGUAGE.rules, manuscript), params)
        for manuscript in (one, two)
    ]
    assert [answer.outcome for answer in answers] == [Outcome.FAILED, Outcome.PASSED]


def test_a_form_is_filled_in_with_what_is_asked_for() -> None:
    """One of some words, or after a pattern; the message says what would be right, and width does not matter."""
    kinds = {"label": "类别", "one_of": ["党建引领", "智慧社区"]}
    phone = {"label": "电话", "pattern": r"^1\d{10}$", "example": "13800000000"}
    good = article(text="类别\t智慧 社区\n电话：１３８０００００００１")
    assert ask("form", good, fields=[kinds, phone]).outcome is Outcome.PASSED
    bad = article(text="类别\t文化\n电话：1380")
    answer = ask("form", bad, fields=[kinds, phone])
    assert fails(answer, "“类别”填的是“文化”，只能填：党建引领、智慧社区；“电话”填的“1380”不合要求")
    assert "应当像“13800000000”这样写" in answer.message
    assert "its own pattern" in refused("form", fields=[{"label": "电话", "pattern": r"^\d+$", "example": "无"}])
    assert "both one_of" in refused("form", fields=[{"label": "电话", "pattern": "甲", "one_of": ["甲"]}])
