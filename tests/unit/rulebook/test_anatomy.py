"""Articles taken apart: the many ways in which authors label abstract, keywords, headings and references."""

from __future__ import annotations

from time import process_time

import pytest

from mailbot import languages
from mailbot.model import Byline, Manuscript
from mailbot.rulebook.anatomy import Anatomy, anatomy_of, canonical, entry_number, find_part, split_references, style_of

PHRASES = languages.load("zh-CN").parts
RUNNING = "近年来，某某市以党建为引领，推动社区议事协商，居民从旁观者变成了参与者，社区面貌一新。"

JOURNAL = f"""社区治理共同体的实践路径
——以某某市为例
张三1  李四2
（1.某某大学 社会学院，某某 100000；2.某某市民政局，某某 200000）
【摘　要】本文以某某市为例，考察了社区治理。
第二段摘要的话，说明结论。
【关键词】社区治理；共同体； 协商
中图分类号：D669.3　文献标识码：A　文章编号：1001-1234(2026)01-0001-05
收稿日期：2026-01-02
基金项目：国家社科基金项目“某某”（26BSH001）
作者简介：张三，男，某某大学教授。
Abstract: This paper studies community.
Key words: community governance; party building
一、问题的提出
{RUNNING}[1]
（一）研究背景
{RUNNING}[2-3]
1.国内研究。国内学者认为很多。
2.国外研究。国外学者认为不少。
（二）研究方法
措施有：
1.加强领导；
2.落实责任；
3.督促检查
二、结论
2023年1月1日起，各地推开。
3.5亿元投入其中，很多。
五、参考文献
[1] 张三. 社区治理研究[J]. 某某学报, 2020(1): 1-10.
[2] 李四. 某书[M]. 北京: 某某出版社,
2021.
[3] 王五. 网页[EB/OL]. http://example.cn
致谢
感谢某某社区的居民。"""


def taken_apart(text: str, **facts: object) -> Anatomy:
    """The anatomy of an article with this text."""
    return anatomy_of(Manuscript(source="稿件.docx", text=text, **facts), PHRASES)  # type: ignore[arg-type]


def the_journal_article() -> Anatomy:
    """An article as journals print it, with all the front matter."""
    return taken_apart(JOURNAL, title="社区治理共同体的实践路径", byline=Byline(found=("张三1  李四2",)))


def test_a_journal_article_has_all_its_parts_in_order() -> None:
    """Each labelled part is found with its canonical name, also where several labels stand in one line."""
    assert [part.name for part in the_journal_article().parts] == [
        "abstract",
        "keywords",
        *["", "", "", ""],
        "funding",
        "about_authors",
        "english_abstract",
        "english_keywords",
        "references",
        "acknowledgements",
    ]
    assert [part.text for part in the_journal_article().parts[2:5]] == ["D669.3", "A", "1001-1234(2026)01-0001-05"]


def test_a_journal_articles_abstract_keywords_and_references() -> None:
    """The abstract has two paragraphs, an entry of the references two lines."""
    anatomy = the_journal_article()
    assert anatomy.abstract == "本文以某某市为例，考察了社区治理。\n第二段摘要的话，说明结论。"
    assert anatomy.abstract_characters == 30
    assert anatomy.keywords == ("社区治理", "共同体", "协商")
    assert len(anatomy.references) == 3
    assert anatomy.references[1] == "[2] 李四. 某书[M]. 北京: 某某出版社, 2021."


def test_the_body_is_what_no_part_has() -> None:
    """Title, byline, front matter and references are no running text; sub-title and headings are."""
    body = the_journal_article().body
    assert body.startswith("——以某某市为例\n")
    assert body.endswith("3.5亿元投入其中，很多。")
    assert "一、问题的提出" in body
    assert not any(word in body for word in ("张三", "感谢", "D669", "Abstract", "国家社科", "[M]"))
    assert the_journal_article().body_characters > 100


def test_headings_have_level_style_and_number() -> None:
    """Numbered short lines and first sentences are headings; items of a list, dates and sums are none."""
    found = [(h.text, h.level, h.style, h.number) for h in the_journal_article().headings]
    assert found == [
        ("问题的提出", 1, "一、", 1),
        ("研究背景", 2, "（一）", 1),
        ("国内研究", 3, "1.", 1),
        ("国外研究", 3, "1.", 2),
        ("研究方法", 2, "（一）", 2),
        ("结论", 1, "一、", 2),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "摘要：本文考察社区。",
        "摘要:本文考察社区。",
        "摘　要：本文考察社区。",
        "摘 要　本文考察社区。",
        "摘要 本文考察社区。",
        "【摘要】本文考察社区。",
        "【摘　要】：本文考察社区。",
        "［摘要］本文考察社区。",
        "[摘 要] 本文考察社区。",
        "〔摘要〕本文考察社区。",
        "〖内容摘要〗本文考察社区。",
        "内容提要：本文考察社区。",
        "　　摘要：本文考察社区。",
        "中文摘要\n本文考察社区。",
        "摘要\n\n本文考察社区。",
        "摘要（中文）：本文考察社区。",
        "一、摘要\n本文考察社区。",
        "內容摘要：本文考察社区。",
        "摘要：\n本文考察社区。",
    ],
)
def test_forms_of_an_abstract(line: str) -> None:
    """Brackets, colons, blanks, full-width forms and lines of their own are all labels."""
    anatomy = taken_apart(f"幸福社区\n{line}\n{RUNNING}\n{RUNNING}", title="幸福社区")
    assert anatomy.abstract == "本文考察社区。"
    assert RUNNING in anatomy.body
    assert "本文考察" not in anatomy.body


@pytest.mark.parametrize(
    "line",
    [
        "关键词：社区；治理；协商",
        "关键词:社区;治理;协商。",
        "关 键 词：社区，治理，协商",
        "关键词　社区　治理　协商",
        "关键词 社区 治理 协商",
        "【关键词】社区、治理、协商",
        "［关键词］ 社区; 治理; 协商",
        "关键字：社区 治理 协商",
        "關鍵詞：社区；治理；协商",
        "【關鍵字】社区 治理 协商",
        "主题词：社区 | 治理 | 协商",
        "关键词\n社区；治理；协商",
        "关键词：社区；治理；\n协商",
        "关键词：社区·治理·协商",
        "关键词：社区/治理/协商",
        "关键词:社区--治理--协商",
        "关键词——社区；治理；协商",
        "关键词社区；治理；协商",
        "★关键词：社区；治理；协商",
        "●【关键词】社区；治理；协商",
        "关键词∶社区；治理；协商",
        "摘要：本文考察社区。关键词：社区；治理；协商",
        "【摘要】本文考察社区。 【关键词】社区；治理；协商",
    ],
)
def test_forms_of_keywords(line: str) -> None:
    """Every usual mark parts them, and blanks where there is no mark."""
    assert taken_apart(f"幸福社区\n{line}\n一、背景\n{RUNNING}").keywords == ("社区", "治理", "协商")


def test_labels_that_nothing_parts() -> None:
    """Front matter set without blanks is taken apart, too."""
    anatomy = taken_apart(f"幸福社区\n关键词：社区；治理中图分类号：D669.3文献标识码：A文章编号：1001-1\n{RUNNING}")
    assert anatomy.keywords == ("社区", "治理")
    assert [part.text for part in anatomy.parts[1:]] == ["D669.3", "A", "1001-1"]


def test_an_english_title_needs_no_label() -> None:
    """It is the first of the lines above the English abstract that hold no Chinese."""
    text = "幸福社区\n关键词：社区\n\nThe Happy Community\nZhang San, Li Si\nAbstract: A study.\nKey words: x"
    part = taken_apart(text, title="幸福社区").part("english_title")
    assert part is not None
    assert (part.text, part.line) == ("The Happy Community", 3)
    assert taken_apart("幸福社区\n关键词：社区\nAbstract: A study.").part("english_title") is None


def test_english_keywords_keep_their_blanks() -> None:
    """Blanks part keywords only where no mark does."""
    anatomy = taken_apart("Abstract: A study.\nKeywords: community governance; party building\nBody.")
    assert [part.name for part in anatomy.parts] == ["english_abstract", "english_keywords"]
    assert anatomy.parts[1].text == "community governance; party building"


@pytest.mark.parametrize(
    ("label", "entries"),
    [
        ("参考文献", ["[1] 甲. 书[M].", "[2] 乙. 文[J]."]),
        ("参考文献：", ["［1］甲．书［M］．", "［2］乙．文［J］．"]),
        ("【参考文献】", ["1. 甲. 书[M].", "2. 乙. 文[J]."]),
        ("五、参考文献", ["1、甲. 书[M].", "2、乙. 文[J]."]),
        ("参　考　文　献", ["①甲. 书[M].", "②乙. 文[J]."]),
        ("主要参考文献", ["（1）甲. 书[M].", "（2）乙. 文[J]."]),
        ("参考文献（References）", ["1 甲. 书[M].", "2 乙. 文[J]."]),
        ("參考文獻", ["甲：《书》，某某出版社。", "乙：《文》，《某某学报》。"]),
        ("References", ["[1] A. Book[M].", "[2] B. Paper[J]."]),
        ("注释", ["①甲：《书》，第 1 页。", "②乙：《文》。"]),
        ("", ["[1] 甲. 书[M].", "[2] 乙. 文[J]."]),
    ],
)
def test_forms_of_references(label: str, entries: list[str]) -> None:
    """Numbered in any way, or one a line; a list without a label is told by its numbers; notes stand in for them."""
    anatomy = taken_apart("\n".join(filter(None, ["幸福社区", "一、背景", RUNNING, RUNNING, label, *entries])))
    assert anatomy.references == tuple(entries)
    assert not any(entry in anatomy.body for entry in entries)


@pytest.mark.parametrize("label", ["摘要：", "摘要——", "摘要", "★摘要：", "摘要﹕", "内容摘要"])
def test_forms_of_abstracts(label: str) -> None:
    """Also with a dash, a sign before it, or nothing behind the label."""
    assert (
        taken_apart(f"幸福社区\n{label}本文考察社区。\n关键词：甲；乙；丙\n一、背景\n{RUNNING}").abstract
        == "本文考察社区。"
    )


def test_running_text_that_begins_like_a_label() -> None:
    """A sentence about keywords is none, and what a label tells better is not told twice."""
    text = f"幸福社区\n关键词一：暖心\n关键词是社区，也是治理，还是协商。\n{RUNNING}"
    assert "关键词是社区" in taken_apart(text).body
    labelled = taken_apart(f"幸福社区\n摘要本应简短\n摘要：本文考察社区。\n一、背景\n{RUNNING}")
    assert labelled.abstract == "本文考察社区。"


def test_references_that_nothing_but_marks_part() -> None:
    """A number behind the end of an entry begins the next one, also without a blank."""
    assert len(split_references("[1]甲.文[J].[2]乙.书[M].[3]丙.书[M].")) == 3
    assert len(split_references("①甲：《书》；②乙：《文》。③丙")) == 3


def test_references_in_one_line_and_over_several() -> None:
    """An entry ends where the next number begins, wherever the lines break."""
    assert split_references("[1] 甲. 书[M]. [2] 乙.\n文[J],\n2020. \n[3] 丙.") == (
        "[1] 甲. 书[M].",
        "[2] 乙. 文[J], 2020.",
        "[3] 丙.",
    )
    assert [entry_number(entry) for entry in ("[12] 甲", "［3］乙", "4.丙", "⑤丁", "（6）戊", "[0]", "己")] == [
        *(12, 3, 4, 5, 6, 0),
        None,
    ]


def test_an_entry_ends_only_at_a_number_like_the_first() -> None:
    """Volumes and pages at the beginning of a line belong to the entry above."""
    assert len(split_references("[1] 甲. 文[J]. 某某学报, 2020,\n12 (3):\n(4) 5-9.\n[2] 乙. 书[M].")) == 2
    assert len(split_references("甲：《书》。\n乙：《文》。")) == 2


def test_what_is_running_text_is_no_label() -> None:
    """Words that begin a sentence, whatever they are, label nothing."""
    text = "\n".join(
        [
            "幸福社区",
            "摘要写作是一门学问。",
            "关键词的选取应当慎重，社区治理也是如此。",
            "参考文献很多，不一一列举。",
            "基金会资助了这个项目。",
            "基金 58 个，微基金更多。",
            "Summary of what was done in the community.",
            "致谢词由某某宣读。",
        ]
    )
    anatomy = taken_apart(text, title="幸福社区")
    assert anatomy.parts == ()
    assert len(anatomy.body.splitlines()) == 7


def test_an_abstract_does_not_swallow_the_article() -> None:
    """Where neither keywords nor a heading end it, it is one paragraph."""
    assert taken_apart(f"幸福社区\n摘要\n本文考察社区。\n{RUNNING}\n参考文献\n[1] 甲").abstract == "本文考察社区。"
    assert taken_apart(f"幸福社区\n摘要：本文考察社区。\n一、背景\n{RUNNING}\n关键词：甲").abstract == "本文考察社区。"


def test_headings_told_by_the_format_count_with_their_levels() -> None:
    """A line styled as heading is one without a number, too; a numbered one takes the level of its like."""
    text = f"幸福社区\n背景与问题\n{RUNNING}\n（一）做法\n{RUNNING}\n成效\n（一）成绩\n（二）不足\n{RUNNING}"
    anatomy = taken_apart(text, title="幸福社区", headings=("背景与问题", "（一）做法", "成效"), levels=(1, 2, 1))
    assert [(h.text, h.level) for h in anatomy.headings] == [
        ("背景与问题", 1),
        ("做法", 2),
        ("成效", 1),
        ("成绩", 2),
        ("不足", 2),
    ]


def test_headings_of_dossiers_that_know_no_levels() -> None:
    """Their levels come from the numbers alone."""
    text = f"幸福社区\n一、背景\n（一）由来\n{RUNNING}\n做法\n{RUNNING}"
    anatomy = taken_apart(text, title="幸福社区", headings=("一、背景", "（一）由来", "做法"))
    assert [(h.text, h.level) for h in anatomy.headings] == [("背景", 1), ("由来", 2), ("做法", 1)]


@pytest.mark.parametrize(
    ("line", "style"),
    [
        ("第一章 绪论", "第一章"),
        ("第三节　方法", "第一节"),
        ("二、做法", "一、"),
        ("十二、结语", "一、"),
        ("（三）成效", "（一）"),
        ("(三) 成效", "（一）"),
        ("3.成效", "1."),
        ("3．成效", "1."),
        ("3、成效", "1、"),
        ("（3）成效", "（1）"),
        ("(3)成效", "（1）"),
        ("3）成效", "1）"),
        ("③成效", "①"),
        ("1.2 方法", "1.1"),
        ("1.2.3方法", "1.1.1"),
        ("3 方法", "1"),
        ("Ⅱ 方法", "Ⅰ"),
    ],
)
def test_styles_of_numbers(line: str, style: str) -> None:
    """A heading's style is the form of its number, in half or full width."""
    (heading,) = taken_apart(f"幸福社区\n{line}\n{RUNNING}", title="幸福社区").headings
    assert heading.style == style
    assert style_of(style, PHRASES) == style


@pytest.mark.parametrize(
    "line", ["2023年，社区开展活动", "3.5亿元", "10 个社区参加", "12月1日", "1、甲；", "一", "5 月", "3、" + "字" * 60]
)
def test_lines_with_numbers_that_are_no_headings(line: str) -> None:
    """Dates, sums, items and long paragraphs are running text."""
    assert taken_apart(f"幸福社区\n{line}\n{RUNNING}", title="幸福社区").headings == ()


def test_a_part_by_any_label() -> None:
    """What an admin names himself is found alone in a line, before a colon, in brackets, spaced, and as a heading."""
    text = (
        f"幸福社区\n一、案例背景\n（一）由来\n{RUNNING}\n【案例过程】\n{RUNNING}\n启　示：多协商\n（四）结语\n{RUNNING}"
    )
    anatomy = taken_apart(text, title="幸福社区")
    found = {label: find_part(anatomy, [label], PHRASES) for label in ("案例背景", "案例过程", "启示", "结语", "反思")}
    assert {label: part and part.line for label, part in found.items()} == {
        "案例背景": 1,
        "案例过程": 4,
        "启示": 6,
        "结语": 7,
        "反思": None,
    }
    assert found["案例背景"] is not None
    assert found["案例背景"].text.startswith("（一）由来\n近年来")
    assert find_part(anatomy, ["结论", "结语"], PHRASES) == found["结语"]


def test_a_part_is_looked_for_among_the_headings_first() -> None:
    """A structured abstract has the words of headings that come later."""
    text = f"幸福社区\n摘要：{RUNNING}\n结论：可行。\n关键词：社区\n一、做法\n{RUNNING}\n二、结论\n{RUNNING}"
    part = find_part(taken_apart(text, title="幸福社区"), ["结论"], PHRASES)
    assert part is not None
    assert (part.line, part.text) == (6, RUNNING)


def test_canonical_names() -> None:
    """Labels, their synonyms and what the office calls a part lead to one name."""
    assert [canonical(word, PHRASES) for word in ("摘 要", "內容提要", "abstract", "署名", "Key words", "启示")] == [
        *("abstract", "abstract", "english_abstract", "byline", "english_keywords"),
        "",
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "摘要", "[1]\n[2]", "一、", "【" * 5000, "摘 " * 5000, "（" * 3000 + "一"]
)
def test_odd_texts_do_no_harm(text: str) -> None:
    """Nothing, labels alone and thousands of brackets are taken apart like anything."""
    assert taken_apart(text).lines == tuple(text.splitlines())


def test_ten_thousand_characters_take_no_time() -> None:
    """An article of 10,000 characters is taken apart in about a third of a millisecond."""
    text = JOURNAL + "\n" + "\n".join("社区居民协商议事，" * 22 for _ in range(45))
    manuscript = Manuscript(source="稿件.docx", title="社区治理共同体的实践路径", text=text)
    anatomy_of(manuscript, PHRASES)
    best = 1.0
    for _ in range(20):
        started = process_time()
        anatomy_of(manuscript, PHRASES)
        best = min(best, process_time() - started)
    assert best < 0.003  # with room for a slow machine
