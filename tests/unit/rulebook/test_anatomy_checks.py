"""The checks of an article's parts: parts, headings, count, length, references, declares, anonymous, words."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from pydantic import ValidationError

from mailbot.model import Author, Byline, File, Manuscript, Outcome
from mailbot.rulebook.checking import Answer, ArticleFacts
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.units import KnownNames, Units
from tests.unit.dossiers import LANGUAGE, UNIT, a_dossier, a_letter, a_picture, an_article, ask, fails, signed
from tests.unit.rulebook.test_anatomy import JOURNAL, RUNNING

TITLE = "社区治理共同体的实践路径"


def journal(**changes: Any) -> Manuscript:
    """An article as journals print it."""
    byline = signed(("张三", "某某大学"), ("李四", "某某市民政局"))
    return an_article(
        **{"title": TITLE, "text": JOURNAL, "byline": byline, "characters": 600, "paragraphs": 33} | changes
    )


def passes(answer: Answer, evidence: str = "") -> bool:
    """Whether it passed, for this."""
    return answer.outcome is Outcome.PASSED and evidence in answer.evidence


def skips(answer: Answer, said: str = "") -> bool:
    """Whether there was nothing to judge."""
    return answer.outcome is Outcome.SKIPPED and said in answer.message


def asked(name: str, article: Manuscript, letter: Any, **params: Any) -> Answer:
    """The answer of a check about an article in this letter."""
    facts = ArticleFacts(
        a_dossier(article, letter=letter), Units(KnownNames.of(()), LANGUAGE.units), LANGUAGE.rules, article
    )
    return CHECKS[name].run(facts, CHECKS[name].params.model_validate(params))


@pytest.mark.parametrize(
    ("name", "params", "said"),
    [
        ("parts", {}, "asks for nothing"),
        ("parts", {"present": ["摘要"], "absent": ["摘 要"]}, "never be met"),
        ("parts", {"present": ["摘要"], "order": True}, "gives no order"),
        ("headings", {}, "asks for nothing"),
        ("headings", {"min": 4, "max": 3}, "never be met"),
        ("headings", {"max": 0, "consecutive": True}, "allows no heading"),
        ("headings", {"numbering": ["一、", "甲"]}, "no form of number like `甲`"),
        ("headings", {"numbering": ["1.", "1."]}, "same form"),
        ("count", {"of": "keywords"}, "sets no limit"),
        ("count", {"of": "keywords", "min": 9, "max": 8}, "never be met"),
        ("count", {"of": "letters", "min": 1}, "keywords"),
        ("length", {"of": "abstract"}, "sets no limit"),
        ("length", {"of": "abstract", "min": 9, "max": 8}, "never be met"),
        ("references", {}, "asks for nothing"),
        ("references", {"form": "gb7714", "pattern": "x"}, "both form and pattern"),
        ("references", {"max": 0, "cited": True}, "allows no reference"),
        ("declares", {"statements": []}, "at least 1"),
        ("declares", {"statements": [{"name": "原创"}]}, "by which it is told"),
        ("matches", {"in": "title", "pattern": "(?=x)"}, "looks ahead"),
        ("matches", {"in": [], "pattern": "x"}, "does not say where"),
        ("matches", {"in": "title", "part": "成效", "pattern": "x"}, "says it twice"),
        ("length", {"of": "title", "part": "成效", "min": 1}, "both `of` and `part`"),
        ("mentions", {"words": ["甲", "甲"], "at_least": 2}, "never be met"),
        ("avoids", {"words": ["甲"], "in": "heart"}, "title"),
    ],
)
def test_contradictions_are_refused(name: str, params: dict[str, Any], said: str) -> None:
    """What can never be met, or asks for nothing, is an error when the rules are loaded."""
    with pytest.raises(ValidationError) as caught:
        CHECKS[name].params.model_validate(params)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["parts", "headings", "count", "length", "references", "declares", "anonymous", "matches", "mentions", "avoids"],
)
def test_every_detail_is_described(name: str) -> None:
    """Each key says in the schema what it is for."""
    schema = CHECKS[name].params.model_json_schema(by_alias=True)
    groups = [schema, *schema.get("$defs", {}).values()]
    assert all("description" in key for group in groups for key in group.get("properties", {}).values())


def test_the_anatomy_is_made_once() -> None:
    """All checks of an article share it, and none is made where no check asks."""
    article = journal()
    units = Units(KnownNames.of(()), LANGUAGE.units)
    facts = ArticleFacts(a_dossier(article), units, LANGUAGE.rules, article)
    assert "anatomy" not in vars(facts)
    assert facts.anatomy is facts.anatomy


# --- parts


def test_parts_in_their_order() -> None:
    """All that is named stands there in order; the lines are the evidence."""
    names = ["标题", "署名", "摘要", "关键词", "正文", "参考文献"]
    answer = ask("parts", journal(byline=Byline(unit="某某大学", found=("张三1  李四2",))), present=names, order=True)
    assert passes(
        answer,
        "标题（第 1 行）、署名（第 3 行）、摘要（第 5 行）、关键词（第 7 行）、正文（第 14 行）、参考文献（第 28 行）",
    )


def test_parts_that_are_missing_or_empty_or_not_wanted() -> None:
    """One message tells all of it."""
    article = an_article(title=None, text=f"摘要：\n关键词：社区\n一、做法\n{RUNNING}\n附录\n问卷", byline=Byline())
    wanted = ["标题", "作者简介", "关键词", {"name": "结语", "also": ["结束语"]}]
    answer = ask("parts", article, present=wanted, absent=["附录", "致谢"])
    assert fails(answer, "没有找到标题、作者简介、结语；不应有附录")
    assert fails(ask("parts", an_article(text="关键词：\n一、做法"), present="关键词"), "关键词下面没有内容")


def test_parts_out_of_order() -> None:
    """Both the wanted order and the one that is there are told."""
    text = f"题目\n关键词：社区；治理\n摘要：{RUNNING}\n一、做法\n{RUNNING}"
    answer = ask("parts", an_article(title="题目", text=text), present=["摘要", "关键词"], order=True)
    assert fails(answer, "各部分的顺序应为：摘要、关键词，现在是：关键词、摘要")
    assert passes(ask("parts", an_article(title="题目", text=text), present=["摘要", "关键词"]))


def test_parts_that_the_admin_names() -> None:
    """A case has its own parts, under any of the labels given."""
    text = f"题目\n一、案例背景\n{RUNNING}\n二、主要做法\n（一）协商\n{RUNNING}\n【启示】{RUNNING}"
    wanted = ["案例背景", {"name": "做法", "also": "主要做法"}, "启示"]
    assert passes(ask("parts", an_article(title="题目", text=text), present=wanted, order=True), "做法（第 4 行）")


def test_parts_by_their_english_names() -> None:
    """The canonical names do as well as labels."""
    assert passes(ask("parts", journal(), present=["abstract", "keywords", "english_abstract", "funding"], order=False))


# --- headings


def test_headings() -> None:
    """Number, depth and forms of numbers as asked pass; the headings are the evidence."""
    text = f"题目\n一、背景\n（一）由来\n{RUNNING}\n（二）问题\n二、做法\n（一）协商\n1.规则。{RUNNING}"
    text += f"\n2.程序。{RUNNING}\n三、成效"
    article = an_article(title="题目", text=text)
    params = {"min": 3, "max": 9, "deepest": 3, "numbering": ["一、", "（一）", "1."], "consecutive": True}
    assert passes(ask("headings", article, **params), "“一、背景”、“（一）由来”")
    assert fails(ask("headings", article, min=9), "小标题有 8 个，少于要求的 9 个")
    assert fails(ask("headings", article, max=7), "小标题有 8 个，超过允许的 7 个")
    assert fails(ask("headings", article, deepest=2), "小标题最多分 2 级，这些超出了：“1.规则”、“2.程序”")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["一、背景", "三、做法"], "“三、做法”的序号不连续，这里应是第 2 个"),
        (["一、背景", "二、做法", "二、成效"], "“二、成效”"),
        (["（一）背景", "（一）做法"], "“（一）做法”"),
        (["1.背景", "1.1 由来", "1.3 问题", "2.做法"], "“1.3 问题”"),
        (["二、做法"], "应是第 1 个"),
    ],
)
def test_headings_with_gaps(lines: list[str], said: str) -> None:
    """A number left out or used twice is told with the heading."""
    text = "题目\n" + "".join(f"{line}\n{RUNNING}\n" for line in lines)
    assert fails(ask("headings", an_article(title="题目", text=text), consecutive=True), said)


@pytest.mark.parametrize(
    "lines",
    [
        ["一、背景", "二、做法", "（一）协商", "（二）共建", "三、成效", "（一）变化"],
        ["一、背景", "（一）由来", "（二）问题", "二、做法", "（三）协商"],
        ["1 背景", "1.1 由来", "1.2 问题", "2 做法", "2.1 协商"],
    ],
)
def test_headings_without_gaps(lines: list[str]) -> None:
    """Numbers begin anew in each section, or go on through all of them."""
    text = "题目\n" + "".join(f"{line}\n{RUNNING}\n" for line in lines)
    assert passes(ask("headings", an_article(title="题目", text=text), consecutive=True))


def test_headings_in_another_form() -> None:
    """Which level should have which form is told; headings without numbers fail where none has one."""
    text = f"题目\n1.背景\n{RUNNING}\n2.做法\n{RUNNING}"
    answer = ask("headings", an_article(title="题目", text=text), numbering=["一、", "（一）"])
    assert fails(answer, "第 1 级小标题的编号应为“一、”的形式，这些不是：“1.背景”、“2.做法”")
    plain = an_article(title="题目", text=f"题目\n背景\n{RUNNING}", headings=("背景",), levels=(1,))
    assert fails(ask("headings", plain, numbering="一、"), "小标题没有编号")


def test_headings_where_there_are_none() -> None:
    """Nothing to judge, unless some are needed or none is allowed."""
    article = an_article()
    assert skips(ask("headings", article, consecutive=True), "没有找到小标题")
    assert passes(ask("headings", article, max=0))
    assert fails(ask("headings", article, min=2), "有 0 个")


# --- count and length


@pytest.mark.parametrize(
    ("of", "count"),
    [
        ("keywords", 3),
        ("references", 3),
        ("authors", 2),
        ("units", 2),
        ("headings", 6),
        ("pictures", 2),
        ("originals", 1),
    ],
)
def test_count(of: str, count: int) -> None:
    """Each thing is counted; one less or more than allowed is told with number and limit."""
    article = journal(pictures=(a_picture("1.png", "1.jpg"), a_picture("2.png")))
    assert passes(ask("count", article, of=of, min=count, max=count), f" {count} 个")
    assert fails(ask("count", article, of=of, min=count + 1), f"有 {count} 个，少于要求的 {count + 1} 个")
    assert fails(ask("count", article, of=of, max=count - 1), f"有 {count} 个，超过允许的 {count - 1} 个")


def test_count_of_paragraphs_is_the_readers() -> None:
    """Paragraphs are those that the reader counted; keywords counted are shown."""
    assert fails(ask("count", journal(), of="paragraphs", max=30), "段落有 33 个")
    assert "社区治理、共同体、协商" in ask("count", journal(), of="keywords", max=8).evidence


@pytest.mark.parametrize(
    ("of", "params", "said"),
    [
        ("text", {"max": 500}, "正文 600 字，多于 500 字"),
        ("title", {"max": 10}, "标题 12 字，多于 10 字"),
        ("abstract", {"min": 200}, "摘要 30 字，少于 200 字"),
        ("keyword", {"max": 3}, "最长的关键词“社区治理” 4 字，多于 3 字"),
        ("paragraph", {"max": 40}, "最长的一段“近年来，某某市以党建为引领，推动社区议事…” 44 字，多于 40 字"),
        ("body", {"min": 3000}, "字，少于 3000 字"),
        ("first_paragraph", {"max": 40}, "第一段 44 字，多于 40 字"),
    ],
)
def test_length_of_a_part(of: str, params: dict[str, int], said: str) -> None:
    """Each part has limits of its own."""
    assert fails(ask("length", journal(), of=of, **params), said)
    assert passes(ask("length", journal(), of=of, min=1, max=5000))


def test_length_of_the_letter() -> None:
    """What the letter itself says can be measured, too, such as the description of a photograph."""
    dossier = a_dossier(journal(), letter=a_letter(text="请查收"))
    facts = ask("length", dossier, of="letter", min=50)
    assert fails(facts, "邮件正文 3 字，少于 50 字")


def test_length_of_what_is_not_there() -> None:
    """An abstract that is missing is too short where one is needed, and nothing to judge where none is."""
    assert fails(ask("length", an_article(), of="abstract", min=100), "摘要 0 字，少于 100 字")
    assert skips(ask("length", an_article(), of="abstract", max=300), "没有找到摘要")
    assert passes(ask("length", an_article(), min=500, max=8000))


# --- references


def with_references(body: str, *entries: str) -> Manuscript:
    """An article with this text and list."""
    return an_article(title="题目", text="\n".join(["题目", f"{body}{RUNNING}", "参考文献", *entries]))


GOOD = ("[1] 甲. 社区研究[J]. 某某学报, 2020(1): 1-9.", "[2] 乙. 社区[M]. 某某出版社, 2021.", "[3] 丙. 网页[EB/OL].")


def test_references() -> None:
    """Enough entries, each with its type mark and cited."""
    article = with_references("甲说[1]，又说［2-3］。", *GOOD)
    assert passes(ask("references", article, min=3, max=3, form="gb7714", cited=True), "“[1] 甲. 社区研究[J].")
    assert fails(ask("references", article, min=4), "参考文献有 3 条，少于要求的 4 条")
    assert fails(ask("references", article, max=2), "参考文献有 3 条，超过允许的 2 条")


def test_references_in_another_form() -> None:
    """Entries without a type mark, or without what a pattern asks for, are quoted."""
    article = with_references("甲说[1-2]。", GOOD[0], "[2] 乙：《社区》，某某出版社 2021 年版。")
    assert fails(ask("references", article, form="gb7714"), "（如 [J]、[M]、[EB/OL]）：“[2] 乙：《社区》")
    assert passes(ask("references", article, pattern=r"\d{4}"))
    assert fails(ask("references", article, pattern="学报"), "不符合要求的格式：“[2] 乙")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("甲说[1]。", "在正文里没有引用：[2]、[3]"),
        ("甲说[1,2]，丙说[3][5]。", "正文引用了文后没有列出的文献：[5]"),
        ("没有一处引用。", "[1]、[2]、[3]"),
    ],
)
def test_references_and_citations_belong_together(body: str, said: str) -> None:
    """What is not cited, and what is cited and not listed, is told by its number."""
    assert fails(ask("references", with_references(body, *GOOD), cited=True), said)


def test_references_with_other_numbers() -> None:
    """Circled numbers are cited by circled ones, entries without numbers by their place; years are no citations."""
    assert passes(ask("references", with_references("甲说①，乙说②。", "①甲：《书》。", "②乙：《文》。"), cited=True))
    assert passes(ask("references", with_references("甲说[1]，见〔2023〕5号。", "甲：《书》。"), cited=True))


def test_references_where_there_are_none() -> None:
    """Nothing to judge, unless some are needed or cited."""
    assert skips(ask("references", an_article(), form="gb7714"), "没有找到参考文献")
    assert fails(ask("references", an_article(), min=1), "有 0 条")
    assert fails(ask("references", an_article(text="甲说[1]。"), cited=True), "没有列出的文献：[1]")
    assert passes(ask("references", an_article(), max=0))


# --- declares

ORIGINAL = {"name": "原创", "words": ["原创", "本人撰写"]}
NOWHERE_ELSE = {
    "name": "未一稿多投",
    "words": ["未一稿多投", "没有一稿多投"],
    "patterns": ["未(曾)?向其他(报刊|媒体)投稿"],
}


@pytest.mark.parametrize(
    "text",
    [
        "本文系原创，未一稿多投。",
        "本文为 原 创\n作品，未一稿\n多投",
        "声明：原创；没有一稿多投。",
        "原创作品。未曾向其他媒体投稿",
        "是否原创：是  未一稿多投",
    ],
)
def test_declares(text: str) -> None:
    """Words and patterns do, whatever blanks and line ends stand between."""
    answer = asked("declares", an_article(), a_letter(text=text), statements=[ORIGINAL, NOWHERE_ELSE])
    assert passes(answer, "原创")


@pytest.mark.parametrize(
    "text", ["", "本文非原创", "不是原创作品", "本文并非原创。", "是否原创：否", "原创（否）", "原創"]
)
def test_declares_not_what_is_denied(text: str) -> None:
    """A word that turns it round, right before or as the answer behind, is no statement."""
    assert fails(asked("declares", an_article(), a_letter(text=text), statements=[ORIGINAL]), "没有找到这些声明：原创")


def test_declares_where_it_is_asked_for() -> None:
    """In the letter also the names of files count; a denial in one place is none for another."""
    enclosed = File(name="原创承诺书.pdf", media_type="x/y", bytes=1, sha256="", where="")
    letter, article = a_letter(files=(enclosed,)), an_article(text="本文非原创……\n作者声明：本文系原创。")
    assert passes(asked("declares", an_article(), letter, statements=[ORIGINAL], where="letter"), "原创承诺书")
    assert fails(asked("declares", an_article(), letter, statements=[ORIGINAL], where="article"))
    assert passes(asked("declares", article, a_letter(), statements=[ORIGINAL], where="article"))
    assert fails(asked("declares", article, a_letter(), statements=[ORIGINAL], where="letter"))


def test_declares_all_or_any() -> None:
    """One of several is enough with `each: any`; else the missing ones are named."""
    letter = a_letter(text="本文为原创。")
    both = [ORIGINAL, NOWHERE_ELSE]
    assert passes(asked("declares", an_article(), letter, statements=both, each="any"))
    assert fails(asked("declares", an_article(), letter, statements=both), "没有找到这些声明：未一稿多投")
    assert fails(asked("declares", an_article(), a_letter(), statements=both, each="any"), "任何一项：原创、未一稿多投")


# --- anonymous


def test_anonymous() -> None:
    """Names of authors and units in the article are told with their paragraphs, also spaced out."""
    by = Byline(unit=UNIT, authors=(Author(name="张三", unit="某某大学"), Author(name="李四")))
    assert passes(ask("anonymous", an_article(byline=by)), "张三、李四")
    article = an_article(byline=by, text=f"题目\n张　三\n\n{RUNNING}\n（某某大学 李四）")
    answer = ask("anonymous", article)
    assert fails(answer, "不应出现作者或单位：“张三”（第 2 段）、“李四”（第 4 段）、“某某大学”（第 4 段）")
    assert "第 4 段：（【某某大学】 李四）" in answer.evidence
    assert passes(ask("anonymous", an_article(byline=by, text="题目\n某某大学"), units=False))


def test_anonymous_with_own_works_in_the_references() -> None:
    """What authors wrote before may be cited; where nobody is known there is nothing to judge."""
    by = Byline(authors=(Author(name="张三"),))
    article = an_article(byline=by, text=f"题目\n{RUNNING}\n参考文献\n[1] 张三. 书[M].")
    assert ask("anonymous", article).outcome is Outcome.PASSED
    assert skips(ask("anonymous", an_article(byline=Byline())), "不知道作者和单位")


def test_captions_are_numbered() -> None:
    """Figures and tables each from 1; a sentence that begins with a figure's name is no caption, nor is 图 1-2."""
    good = an_article(text="图1 框架\n如下。\n表 1 数据\n图 2：样本\n图 1 显示了变化。\n图 1-2 附图")
    assert passes(ask("numbered", good, words=["图", "表"]), "图1 框架、图 2：样本、表 1 数据")
    gap = an_article(text="表 1 数据\n表 3 结果")
    assert fails(ask("numbered", gap, words="表"), "“表 3 结果”的编号不连续，这里应是 2")
    assert fails(ask("numbered", an_article(text="图 2 框架"), words="图"), "这里应是 1")
    assert skips(ask("numbered", gap, words="图"), "没有以“图”加编号开头的行")
    assert fails(ask("numbered", gap, words="图", needed=True), "没有找到“图 1”")


# --- words and patterns


def test_matches() -> None:
    """A pattern has to be found in one of the places, or in none."""
    params = {"in": ["title", "abstract"], "pattern": "以.{2,6}为例", "called": "研究的地方"}
    assert passes(ask("matches", journal(), **params), "摘要：本文【以某某市为例】，考察了社区治理…")
    assert fails(ask("matches", an_article(), **params), "标题、摘要里没有找到研究的地方")
    answer = ask("matches", journal(), **params, absent=True)
    assert fails(answer, "摘要里不应有研究的地方（")
    assert passes(ask("matches", an_article(), **params, absent=True))


def test_what_must_not_be_there_is_shown_but_no_long_number() -> None:
    """The author learns where it stands; the number of a person or card is told apart and not repeated."""
    article = an_article(text="张三\n身份证号：110101199001010000。")
    answer = ask("matches", article, **{"in": "text", "pattern": r"\d{17}[\dXx]", "absent": True, "called": "身份证号"})
    assert fails(answer, "全文里不应有身份证号（第 2 段：身份证号：【110…00】。）")
    assert "19900101" not in answer.message + answer.evidence


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ("title", "^社区治理"),
        ("text", "收稿日期"),
        ("body", "^——以"),
        ("abstract", "结论。$"),
        ("keywords", "(?m)^协商$"),
        ("references", r"\[EB/OL\]"),
        ("headings", "研究方法"),
        ("first_paragraph", "^近年来"),
        ("subject", "^投稿"),
        ("letter", "此致"),
    ],
)
def test_matches_in_every_place(place: str, pattern: str) -> None:
    """Each place holds what its name says."""
    letter = a_letter(text="随信附上稿件。此致敬礼")
    assert passes(asked("matches", journal(), letter, **{"in": place, "pattern": pattern}))
    assert not passes(asked("matches", journal(), letter, **{"in": place, "pattern": "没有这些字"}))


def test_blanks_in_patterns_are_also_wide_ones() -> None:
    """`\\s` finds the blanks that Chinese text is written with, in and out of brackets; `\\S` does not."""
    article = an_article(text="（文/张三　图/李四）")
    for pattern in (r"张三\s图", r"张三[\s]图", r"文/[^\s]{2}\s"):
        assert passes(ask("matches", article, pattern=pattern, **{"in": "text"})), pattern
    assert fails(ask("matches", article, pattern=r"张三\S图", **{"in": "text"}))


def test_the_first_paragraph_may_be_short() -> None:
    """A short first paragraph is one when it ends as a sentence does; a sub-title above it is none."""
    long = "活动分为三个环节，" + "师生代表先后登台朗读经典作品，" * 8 + "现场气氛热烈。"
    text = f"我院举办读书节\n——第十届纪实\n11月20日，文学院举办读书节。\n{long}"
    article = an_article(title="我院举办读书节", text=text)
    assert fails(ask("length", article, of="first_paragraph", min=50), "第一段 14 字，少于 50 字")
    assert fails(ask("length", an_article(text=long), of="first_paragraph", max=50), "第一段 136 字，多于 50 字")


def test_mentions_of_several_words() -> None:
    """`at_least` asks for different words; what is there is told with the number."""
    words = ["社区", "协商", "养老", "志愿"]
    assert passes(ask("mentions", journal(), words=words, at_least=2), "标题：【社区】治理共同体的实践…")
    answer = ask("mentions", journal(), words=words, at_least=3)
    assert fails(answer, "要求提到下列词中的至少 3 个，只提到 2 个：社区、协商、养老、志愿")
    assert fails(ask("mentions", journal(), words="协商", **{"in": "title"}), "协商")


@pytest.mark.parametrize("text", ["社区治\n理，居民", "社区治 理，居民", "社区治　理，居民"])
def test_a_line_s_end_within_a_word_does_not_hide_it(text: str) -> None:
    """What a rule asks for is there also where a line ends, or blanks stand, in the middle of it."""
    article = an_article(title="幸福", text=text)
    assert ask("mentions", article, words="治理").outcome is Outcome.PASSED
    assert ask("mentions", article, words=["治理", "居民"], at_least=2).outcome is Outcome.PASSED
    assert ask("avoids", article, words="治理").outcome is Outcome.PASSED


def test_latin_words_are_words_of_their_own() -> None:
    """No article is refused for a word that is a piece of another one; its width and case do not matter."""
    article = an_article(title="幸福", text="见 HTML 页面，编号 11103；ＡＩ助力")
    assert ask("avoids", article, words=["TM", "110", "agent"]).outcome is Outcome.PASSED
    assert fails(ask("avoids", article, words=["ai"]), "ai")
    assert fails(ask("avoids", article, words=["html"]), "html")


def test_avoids_shows_where() -> None:
    """Each word with a few characters around it, by the paragraph; overlapping words are all found."""
    article = an_article(text=f"题目\n{RUNNING}\n这是最佳社区，最佳社区工作者。")
    answer = ask("avoids", article, words=["最佳社区", "社区工", "最佳", "国家级"])
    assert fails(answer, "出现了不应出现的词：最佳社区、社区工、最佳")
    assert "第 3 段：这是【最佳社区】，最佳社区工作者…" in answer.evidence


def test_avoids_but_for_phrases() -> None:
    """A word within an allowed phrase does not count; the same word elsewhere does."""
    params = {"words": ["国家级"], "except": ["国家级非物质文化遗产", "国家级新区"]}
    assert ask("avoids", an_article(text="国家级非物质文化遗产传承人"), **params).outcome is Outcome.PASSED
    assert fails(ask("avoids", an_article(text="国家级新区里的国家级社区"), **params), "国家级")


def test_two_hundred_words_in_ten_thousand_characters() -> None:
    """So many words are looked for in far less than a millisecond."""
    words = [f"{chr(0x5000 + n)}{chr(0x6000 + n)}" for n in range(200)]
    article = an_article(text=RUNNING * 230)
    ask("avoids", article, words=words)
    best = 1.0
    for _ in range(10):
        started = process_time()
        assert ask("avoids", article, words=words).outcome is Outcome.PASSED
        best = min(best, process_time() - started)
    assert best < 0.003  # with room for a slow machine


CASE = "一、背景\n老小区。\n二、主要做法\n（一）议事\n大家商量。\n三、工作成效\n加装电梯 12 部。\n四、启示\n2 条。"


def test_a_part_that_a_rule_names_has_its_length() -> None:
    """It goes up to the next heading of its level; without it a least length is not met."""
    made = an_article(text=CASE, title="")
    assert fails(ask("length", made, part="主要做法", min=100), "“主要做法”部分 10 字，少于 100 字")
    assert passes(ask("length", made, part=["做法", "主要做法"], max=100))
    assert fails(ask("length", made, part="体会", min=1), "没有找到“体会”部分")
    assert ask("length", made, part="体会", max=9).outcome is Outcome.SKIPPED


def test_a_pattern_is_looked_for_in_a_part_that_a_rule_names() -> None:
    """Only what stands in it counts; an article without it is another rule's matter."""
    made = an_article(text=CASE, title="")
    assert passes(ask("matches", made, part="工作成效", pattern=r"\d+", called="数据"), "12")
    assert fails(ask("matches", made, part="主要做法", pattern=r"\d+", called="数据"), "“主要做法”部分里没有找到数据")
    assert fails(ask("matches", made, part="工作成效", pattern=r"\d+", absent=True), "“工作成效”部分里不应有")
    assert ask("matches", made, part="体会", pattern="甲").outcome is Outcome.SKIPPED
