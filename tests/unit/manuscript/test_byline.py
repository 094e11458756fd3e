"""Bylines: every form of the call for papers' table, with invented names."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from mailbot.languages import load
from mailbot.manuscript.bylines.byline import AUTHORS, read_byline, read_contacts
from mailbot.model import Author, Byline

PHRASES = load("zh-CN").bylines
TITLE = "巧泡民心茶 共话邻里情"
BODY = "基层治理是国家治理的基石，社区是城市治理的最后一公里，居民的事情由居民商量着办，效果最好。" * 3


def read(
    head: Sequence[str] = (), end: Sequence[str] = (), letter: Sequence[str] = (), names: Sequence[str] = ()
) -> Byline:
    """The byline of an article with these lines under its title and at its end."""
    lines = [TITLE, *head, BODY, BODY, BODY, *end]
    return read_byline(lines, PHRASES, title=TITLE, letter=letter, names=names)


def people(*authors: str) -> tuple[Author, ...]:
    """Authors written as "name|unit|post"."""
    parts = ([*author.split("|"), "", ""] for author in authors)
    return tuple(Author(name=part[0], unit=part[1], post=part[2]) for part in parts)


UNIT = "甲江省乙水市民政局"
STREET = "乙水市丙山区丁河街道"

HEADS: list[tuple[str, str | None, tuple[Author, ...]]] = [
    ("● 甲江省乙水市民政局", UNIT, ()),
    ("●甲江省乙水市民政局", UNIT, ()),
    ("● 乙水市丙山区丁河街道戊林社区", "乙水市丙山区丁河街道戊林社区", ()),
    ("● 甲江省己湖市庚城街道辛桥社区", "甲江省己湖市庚城街道辛桥社区", ()),
    ("● 甲江省乙水市丙山区", "甲江省乙水市丙山区", ()),
    ("● 甲江省壬县龙泉社区", "甲江省壬县龙泉社区", ()),
    ("◆ 乙水市社会工作协会", "乙水市社会工作协会", ()),
    ("乙水市丙山区丁河街道办事处", "乙水市丙山区丁河街道办事处", ()),
    ("（乙水市丙山区民政局）", "乙水市丙山区民政局", ()),
    ("● 张三 李四", None, people("张三", "李四")),
    ("● 何清明 潘语", None, people("何清明", "潘语")),
    ("张 三　李 四", None, people("张三", "李四")),
    ("● 欧阳明月", None, people("欧阳明月")),
    ("● 买买提·阿不都拉", None, people("买买提·阿不都拉")),
    ("乙水市民政局 张三", None, people("张三|乙水市民政局")),
    ("乙水市民政局 副局长 张三", None, people("张三|乙水市民政局|副局长")),
    ("张三 乙水市民政局", None, people("张三|乙水市民政局")),
    ("（乙水大学公共管理学院 王小明 赵六）", None, people("王小明|乙水大学公共管理学院", "赵六|乙水大学公共管理学院")),
    ("张三（乙水市民政局） 李四（乙水大学）", None, people("张三|乙水市民政局", "李四|乙水大学")),
    ("——戊林社区组织志愿者开展服务", None, ()),
    ("——以乙水市丙山区戊林社区", None, ()),
    ("打造幸福社区", None, ()),
    ("一、主要做法", None, ()),
    ("作者：张三", None, people("张三")),
    ("作 者：张三", None, people("张三")),
    ("文/张三", None, people("张三")),
    ("报送单位：甲江省乙水市民政局", UNIT, ()),
    ("报送单位：乙水市民政局  作者：张三", "乙水市民政局", people("张三")),
    ("供稿单位：乙水民政", "乙水民政", ()),
    ("选送单位: 乙水市丙山区委社会工作部", "乙水市丙山区委社会工作部", ()),
    ("推荐单位　乙水市民政局", "乙水市民政局", ()),
]

ENDS: list[tuple[str, str | None, tuple[Author, ...]]] = [
    (
        "（作者：张三，系乙水市民政局副局长；李四，系乙水学院教师）",
        None,
        people("张三|乙水市民政局|副局长", "李四|乙水学院|教师"),
    ),
    (
        "（作者：张三系乙水市丙山区丁河街道党工委委员、二级调研员）",
        None,
        people("张三|乙水市丙山区丁河街道|党工委委员、二级调研员"),
    ),
    ("（作者：张三 李四）■", None, people("张三", "李四")),
    ("（作者：张三）", None, people("张三")),
    ("（作者 张三）", None, people("张三")),
    ("（作者：张三、李四，均系丙山区委党校讲师）", None, people("张三|丙山区委党校|讲师", "李四|丙山区委党校|讲师")),
    ("（张三，李四）■", None, people("张三", "李四")),
    ("（张三）", None, people("张三")),
    ("（供稿：张三）■", None, people("张三")),
    ("（供稿：乙水市丙山区民政局）", "乙水市丙山区民政局", ()),
    ("（张三 供稿）", None, people("张三")),
    ("（来源：乙水日报，记者：张三）", None, ()),
    ("（来源：乙水日报 记者 张三 李四）", None, ()),
    ("（记者：张三 通讯员：李四）", None, ()),
    ("转载自：乙水发布", None, ()),
    ("（见附件）", None, ()),
    ("（责任编辑：张三）", None, ()),
    ("通讯员：张三", None, people("张三")),
    ("通讯员 张三", None, people("张三")),
    ("撰稿：李四", None, people("李四")),
    ("执笔：王五", None, people("王五")),
    ("撰稿人：乙水市丙山区丁河街道社工站社工张三", None, people("张三|乙水市丙山区丁河街道社工站|社工")),
    ("（作者：张三，男，汉族，1980年生，乙水市民政局科长）", None, people("张三|乙水市民政局|科长")),
    ("（作者：张三，1980 年 5 月生，乙水市民政局科长）", None, people("张三|乙水市民政局|科长")),
    ("（作者：张三（乙水大学））", None, people("张三|乙水大学")),
    ("作者单位：乙水市民政局  作者：张三", None, people("张三|乙水市民政局")),
    ("作者单位：乙水市民政局", "乙水市民政局", ()),
    ("姓名：张三 单位：乙水市民政局 职务：科员", "乙水市民政局", people("张三|乙水市民政局|科员")),
    ("作者简介：张三，乙水大学社会学院副教授、硕士生导师。", None, people("张三|乙水大学社会学院|副教授、硕士生导师")),
    ("乙水市丙山区丁河街道戊林社区居委会", "乙水市丙山区丁河街道戊林社区居委会", ()),
    ("联系人：张三 电话：13800000000", None, ()),
    ("摄影：张三", None, ()),
    ("（本报记者 张三）", None, ()),
]

LETTERS: list[tuple[list[str], str | None, tuple[Author, ...]]] = [
    (["编辑老师好：", "报送单位：乙水市民政局", "作者：张三", "谢谢"], "乙水市民政局", people("张三")),
    (["附件是稿件。", "单位：乙水市民政局", "联系人：李四", "电话：0571-88888888"], "乙水市民政局", ()),
    (["附件是稿件，请查收。", "张三", "乙水市丙山区民政局", "2023年3月1日"], "乙水市丙山区民政局", ()),
    (["附件是稿件，请查收。", "乙水市丙山区民政局 张三"], "乙水市丙山区民政局", ()),
    (["您好，我是乙水市戊林社区的张三，这是我写的一篇文章，请审阅。"], None, people("张三|乙水市戊林社区")),
    (["本人张三，系乙水市戊林社区工作人员，现将拙作奉上。"], None, people("张三|乙水市戊林社区|工作人员")),
    (["我是乙水市戊林社区的张三，替单位发来稿件。"], "乙水市戊林社区", ()),
    (["请查收。", "张三"], None, ()),
]

NAMES: list[tuple[str, str | None, tuple[Author, ...]]] = [
    ("投稿-乙水市民政局-张三-巧泡民心茶", "乙水市民政局", people("张三|乙水市民政局")),
    ("【投稿】乙水市丙山区丁河街道：打造幸福社区", STREET, ()),
    ("投稿：巧泡民心茶（乙水市丙山区民政局 李四）", "乙水市丙山区民政局", people("李四|乙水市丙山区民政局")),
    ("投稿：打造幸福社区", None, ()),
    ("稿件", None, ()),
    ("张三的稿件", None, ()),
]


@pytest.mark.parametrize(("line", "unit", "authors"), HEADS)
def test_a_line_under_the_title(line: str, unit: str | None, authors: tuple[Author, ...]) -> None:
    """Units and authors are told by the line under the title; a sub-title is neither."""
    byline = read(head=[line])
    assert (byline.unit, byline.authors) == (unit, authors)


@pytest.mark.parametrize(("line", "unit", "authors"), ENDS)
def test_a_line_at_the_end(line: str, unit: str | None, authors: tuple[Author, ...]) -> None:
    """Units and authors are told by the closing note, in a line of its own."""
    byline = read(end=[line])
    assert (byline.unit, byline.authors) == (unit, authors)


@pytest.mark.parametrize(("line", "unit", "authors"), [row for row in ENDS if row[0].startswith("（")])
def test_a_note_at_the_end_of_the_last_paragraph(line: str, unit: str | None, authors: tuple[Author, ...]) -> None:
    """The same note counts where it follows the last sentence."""
    byline = read(end=["社区治理取得了实实在在的成效，居民的满意度不断提升。" * 12 + line])
    assert (byline.unit, byline.authors) == (unit, authors)


@pytest.mark.parametrize(("letter", "unit", "authors"), LETTERS)
def test_a_covering_letter(letter: list[str], unit: str | None, authors: tuple[Author, ...]) -> None:
    """A letter's labels count; who only signs it or is the contact is no author; who wrote the article himself is."""
    byline = read(letter=letter)
    assert (byline.unit, byline.authors) == (unit, authors)


@pytest.mark.parametrize(("name", "unit", "authors"), NAMES)
def test_a_file_name_or_subject(name: str, unit: str | None, authors: tuple[Author, ...]) -> None:
    """Units and the authors beside them are told in names; a title with a community in it is no unit."""
    byline = read(names=[name])
    assert (byline.unit, byline.authors) == (unit, authors)


def test_labels_in_cells_of_a_table() -> None:
    """A label alone on its line says what stands below it; one above another label says nothing."""
    byline = read(head=["报送单位", UNIT, "作者姓名：", "张三", "作者单位", UNIT, "联系人", "电话", "13800000000"])
    assert (byline.unit, byline.authors) == (UNIT, people(f"张三|{UNIT}"))


def test_a_unit_before_the_first_label() -> None:
    """ "某某局供稿  执笔：…" names the unit as well."""
    byline = read(end=[f"（{UNIT}供稿  执笔：张三）"])
    assert (byline.unit, byline.authors) == (UNIT, people("张三"))


def test_a_unit_above_the_title() -> None:
    """Some write the unit over the title."""
    assert read_byline([UNIT, TITLE, BODY, BODY, BODY], PHRASES, title=TITLE).unit == UNIT


@pytest.mark.parametrize(
    "lines", [["巧泡民心茶", "共话邻里情", "——之一"], ["标题：巧泡民心茶 共话邻里情"], [f"{TITLE}。"]]
)
def test_below_a_title_in_whatever_lines(lines: list[str]) -> None:
    """The line under the title is found also where the title goes over several lines, or has a label or a stop."""
    assert read_byline([*lines, "张三", BODY, BODY, BODY], PHRASES, title=TITLE).authors == people("张三")


def test_of_several_units_the_first_counts() -> None:
    """ "甲局 乙科" is the unit that is named first."""
    assert read(head=[f"● {UNIT} 乙水市丙山区民政局"]).unit == UNIT


def test_a_telephone_in_the_closing_note() -> None:
    """Number and the word before it are no part of the author's unit."""
    assert read(end=[f"（作者：张三，{UNIT}，电话13800000000）"]).authors == people(f"张三|{UNIT}")


def test_authors_labelled_with_their_unit() -> None:
    """Author and unit under one label; the photographer beside the author is none."""
    assert read(end=[f"（作者单位：{UNIT}  张三）"]).authors == people(f"张三|{UNIT}")
    assert read(head=["文/张三  图/李四", UNIT]).authors == people("张三")


def test_what_is_said_in_several_places_is_one_byline() -> None:
    """An author under the title gets unit and post from the closing note; the raw lines are the evidence."""
    note = "（作者：张三，系乙水市民政局副局长）"
    byline = read(head=["● 张三 李四"], end=[note], letter=["单位：丙山区民政局", "邮编：310000"])
    assert byline.authors == people("张三|乙水市民政局|副局长", "李四")
    assert byline.unit == "丙山区民政局"
    assert "● 张三 李四" in byline.found
    assert any("副局长" in line for line in byline.found)


def test_the_nearest_unit_counts() -> None:
    """The line under the title goes before the letter, the letter before names and signature."""
    letter = ["报送单位：乙水市民政局", "丁县民政局"]
    names = ["投稿-戊县民政局"]
    assert read(head=["● 甲江省己湖市"], letter=letter, names=names).unit == "甲江省己湖市"
    assert read(letter=letter, names=names).unit == "乙水市民政局"
    assert read(letter=letter[1:], names=names).unit == "戊县民政局"


def test_contacts() -> None:
    """Numbers are bare digits, each thing once; a longer number is no telephone."""
    lines = [
        "电话：138-0000-0000，+86 13900000000，0571-88888888",
        "１３８００００００００ Zhang.San@Example.CN",
        "通讯地址：甲江省乙水市丙山区丁河路1号 邮编：310000",
        "身份证号：330102198001011234",
    ]
    contacts = read_contacts(lines, PHRASES)
    assert contacts.phones == ("13800000000", "13900000000", "057188888888")
    assert contacts.emails == ("zhang.san@example.cn",)
    assert contacts.addresses == ("甲江省乙水市丙山区丁河路1号",)


@pytest.mark.parametrize(
    ("line", "phones"),
    [
        ("138 0000 0000", ("13800000000",)),
        ("138-0000-0000", ("13800000000",)),
        ("138 000 00000", ("13800000000",)),
        ("（+86）13800000000", ("13800000000",)),
        ("0086-138 0000 0000", ("13800000000",)),
        ("138—0000—0000", ("13800000000",)),
        ("138.0000.0000", ("13800000000",)),
        ("138\u20110000\u20110000", ("13800000000",)),
        ("手机：1 3 8 0 0 0 0 0 0 0 0", ("13800000000",)),
        ("+86-571-12345678", ("8657112345678",)),
        ("2020.1234.5678", ()),
        ("0571-12345678 转 801", ("057112345678801",)),
        ("0571—1234567", ("05711234567",)),
        ("(010)12345678", ("01012345678",)),
        ("（0571） 1234 5678", ("057112345678",)),
        ("400-123-4567", ("4001234567",)),
        ("办公电话：12345678", ()),
        ("办公电话：82345678", ("82345678",)),
        ("电话：13800000000/13900000000", ("13800000000", "13900000000")),
        ("手机13800000000（微信同号）", ("13800000000",)),
        ("2023-03-15 10:00", ()),
        ("邮编：310000", ()),
        ("QQ：1380000000012", ()),
    ],
)
def test_telephones(line: str, phones: tuple[str, ...]) -> None:
    """Numbers are told however they are parted; days, codes and longer numbers are none."""
    assert read_contacts([line], PHRASES).phones == phones


@pytest.mark.parametrize(
    ("line", "addresses"),
    [
        ("地址：甲江省乙水市丙山区丁河路1号", ("甲江省乙水市丙山区丁河路1号",)),
        ("寄刊地址: 甲江省乙水市丙山区丁河路1号，邮编310000", ("甲江省乙水市丙山区丁河路1号",)),
        (
            "邮寄地址：甲江省乙水市丙山区丁河路1号302室，张三收，13800000000",
            ("甲江省乙水市丙山区丁河路1号302室，张三收",),
        ),
        ("通讯地址：（310000）甲江省乙水市丙山区丁河路1号", ("甲江省乙水市丙山区丁河路1号",)),
        ("甲江省乙水市丙山区丁河路1号 戊林社区居委会", ("甲江省乙水市丙山区丁河路1号 戊林社区居委会",)),
        ("乙水市丙山区丁河街道辛里12号楼", ("乙水市丙山区丁河街道辛里12号楼",)),
        ("志愿者来到丙山区丁河路1号，看望了老人。", ()),
        ("乙水市丙山区民政局", ()),
    ],
)
def test_addresses(line: str, addresses: tuple[str, ...]) -> None:
    """A postal address is told by its label or its shape, without postal code and telephone; a sentence is none."""
    assert read_contacts([line], PHRASES).addresses == addresses


def test_hostile_lines_cost_little() -> None:
    """A thousand lines of what patterns try longest are read within seconds."""
    lines = [
        part * (240 // len(part))
        for part in ("（", "张 ", "，系", "作者", "1 ", "某", "局", "138 ", "书记兼", "张三1，")
    ]
    began = time.process_time()
    read_byline(lines * 100, PHRASES, letter=lines * 10, names=lines)
    read_contacts(lines * 100, PHRASES)
    assert time.process_time() - began < 5


def test_thousands_of_names_cost_little() -> None:
    """Whoever puts lists of members under labels gets no more than a bounded byline, in bounded time."""
    names = ["、".join(f"张{chr(0x4E00 + 60 * line + at)}" for at in range(50)) for line in range(200)]
    began = time.process_time()
    byline = read_byline([f"作者：{some} 单位：甲江省乙水市第{at}民政局" for at, some in enumerate(names)], PHRASES)
    assert len(byline.authors) == AUTHORS
    assert time.process_time() - began < 5
