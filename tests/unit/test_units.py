"""Whether names of units are full, what is meant by those that are not, and which unit submits."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mailbot.codec import dump, load
from mailbot.manuscript.bylines.places import Gazetteer, places, with_places
from mailbot.manuscript.read import read_manuscripts
from mailbot.model import Byline, Letter, Outcome, Place
from mailbot.rulebook.checking import Answer
from mailbot.rulebook.models import Unit
from mailbot.rulebook.units import Fullness, KnownNames, Units, submitter
from tests.unit.dossiers import LANGUAGE, an_article, ask, fails, signed
from tests.unit.manuscript.samples import article, file

UNITS = Units(KnownNames.of(()), LANGUAGE.units)
TABLE = YAML(typ="safe").load(Path(__file__).with_name("units.yaml"))


def expected() -> Iterator[tuple[str, Fullness]]:
    """Every name of the table with what is to be said of it."""
    yield from ((name, Fullness(True)) for name in TABLE["full"])
    yield from ((name, Fullness(True, "", meant)) for name, meant in TABLE["slips"].items())
    for fault, names in TABLE["faults"].items():
        yield from ((name, Fullness(False, fault, better)) for name, better in names.items())


def seen(name: str) -> Place:
    """What the gazetteer knows of a name."""
    return places([name], LANGUAGE.units)[0]


@pytest.mark.parametrize(("name", "fullness"), list(expected()))
def test_the_table(name: str, fullness: Fullness) -> None:
    """Each name is full or not, for the right reason, and the right name is suggested."""
    assert UNITS.fullness(name, (seen(name),)) == fullness


def test_the_table_is_large() -> None:
    """It holds at least 150 names, none of them twice."""
    names = [name for name, _ in expected()]
    assert len(names) == len(set(names)) >= 150


@pytest.mark.parametrize(
    ("name", "divisions", "implied"),
    [
        ("浙江杭州西湖区民政局", "浙江省 杭州市 西湖区", ""),
        ("厦门市湖里区江头街道幸福社区", "厦门市 湖里区 江头街道", "福建省"),
        ("江苏省昆山市花桥镇", "江苏省 昆山市 花桥镇", ""),
        ("江头街道", "江头街道", "福建省 厦门市 湖里区"),
        ("鼓楼区华侨路街道", "鼓楼区 华侨路街道", "江苏省 南京市"),
        ("鼓楼区民政局", "鼓楼区", ""),
        ("城关镇", "城关镇", ""),
        ("厦门市思明区江头街道", "厦门市 思明区", "福建省"),
        ("仙桃市民政局", "仙桃市", "湖北省"),
        ("恩施州民政局", "恩施土家族苗族自治州", "湖北省"),
        ("北京路街道", "北京路街道", ""),
        ("博山区域城镇", "博山区 域城镇", "山东省 淄博市"),
        ("中共杭州市委", "杭州市", "浙江省"),
        ("示例大学", "", ""),
        ("", "", ""),
        ("浙江省" + "很长" * 60, "", ""),
    ],
)
def test_places(name: str, divisions: str, implied: str) -> None:
    """The divisions that a name begins with are told as far as they are known, and what lies above where it is one."""
    place = seen(name)
    assert (place.name, " ".join(place.divisions), " ".join(place.implied)) == (name, divisions, implied)
    assert len(place.levels) == len(place.divisions)


def test_a_byline_gets_its_places() -> None:
    """Every unit named is looked up once, as written; the result survives being stored."""
    byline = with_places(signed(("张三", "东营市 民政局"), ("李四", ""), ("王五", "民政局"), unit="民政局"), LANGUAGE)
    assert [place.name for place in byline.places] == ["民政局", "东营市 民政局"]
    assert load(Byline, dump(byline)) == byline
    assert with_places(signed(("张三", "")), LANGUAGE).places == ()


def test_the_reading_of_a_letter_notes_places(tmp_path: Path) -> None:
    """What the gazetteer knows of an article's unit stands in the dossier."""
    data = article("幸福社区的故事", ["● 厦门市湖里区江头街道幸福社区"], [], [])
    (tmp_path / "f0").write_bytes(data)
    letter = Letter(files=(file("稿.docx", data, "f0"),))
    (manuscript,) = read_manuscripts(letter, tmp_path, LANGUAGE).manuscripts
    assert [place.divisions for place in manuscript.byline.places] == [("厦门市", "湖里区", "江头街道")]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="省市区县街道镇乡杭州西湖江头吉林福建委办 \x00a(）é", max_size=90))
def test_no_name_is_too_strange(name: str) -> None:
    """Whatever stands there is looked up and judged, and nothing is invented for what is not known."""
    place = seen(name)
    UNITS.fullness(name, (place,))
    assert place.divisions or not place.implied


def test_it_is_quick_and_small(own_heap: None) -> None:
    """A thousand names take less than 0.3 s; the gazetteer loads in a moment and takes less than 20 MB."""
    names = [name for name, _ in expected()]
    names = [f"{name}{number}" for number in range(6) for name in names][:1000]
    seen("杭州市")
    begun = time.process_time()
    places(names, LANGUAGE.units)
    looked_up = time.process_time()
    Gazetteer(LANGUAGE.units.gazetteer)
    loaded = time.process_time()
    assert looked_up - begun < 0.3
    assert loaded - looked_up < 0.3
    tracemalloc.start()
    try:
        kept = Gazetteer(LANGUAGE.units.gazetteer)
        assert kept.named
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


# --- without a gazetteer: dossiers judged before there was one ---


@pytest.mark.parametrize(
    "name",
    [
        "山东省示例市民政局",
        "示例市示例区示例街道幸福社区",
        "湖南省示例市示例区",
        "江苏省示例市示例街道幸福社区居民委员会",
        "北京市",
        "内蒙古示例旗民政局",
        "新乡市示例区民政局",
        "景德镇市示例街道办事处",
        "歙县民政局",
        "中国社会工作联合会城乡社区工作委员会",
        "示例大学",
        "示例大学社会学院",
        "示例市示例区委社会工作部",
        "示例县示例镇示例村",
        "山东省 示例市 民政局",
        "重庆市示例区社区服务中心",
    ],
)
def test_full_names_by_their_kinds(name: str) -> None:
    """A name that begins with a division of county level or above and ends as a unit does is full."""
    assert UNITS.fullness(name).full


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("民政局", "place"),
        ("幸福社区", "place"),
        ("幸福街道幸福社区", "place"),
        ("示例镇示例村", "place"),
        ("幸福社区居民委员会", "place"),
        ("城市管理局", "place"),
        ("城乡社区工作委员会", "place"),
        ("示例学院", "place"),
        ("示例区幸福街道办", "ending"),
        ("示例市民政", "ending"),
        ("张三", "ending"),
        ("", "ending"),
        ("示例省" + "很长" * 60 + "局", "ending"),
    ],
)
def test_names_that_are_not_full_by_their_kinds(name: str, fault: str) -> None:
    """What is missing is told: the place before it, or the kind of unit at its end."""
    assert UNITS.fullness(name).fault == fault


def test_the_admins_list_goes_first() -> None:
    """A listed name is full as it stands, a listed short form is not, and its full name is known."""
    units = Units(KnownNames.of((Unit(name="幸福家园（中心）", short=("幸福中心",)),)), LANGUAGE.units)
    assert units.fullness("幸福家园(中心)").full
    short = units.fullness("幸福中心")
    assert (short.full, short.fault, short.better) == (False, "short", "幸福家园（中心）")


def test_a_slip_of_a_listed_name_is_recognised() -> None:
    """A name that is not full and close to one on the list is taken for it; a draw is not decided."""
    listed = (
        Unit(name="幸福家园发展中心", short=("幸福中心",)),
        Unit(name="康乐家园一号中心"),
        Unit(name="康乐家园二号中心"),
    )
    units = Units(KnownNames.of(listed), LANGUAGE.units)
    assert units.fullness("幸福家园发展中心部").better == "幸福家园发展中心"
    assert units.fullness("康乐家园三号中心").better == ""
    assert units.fullness("民政局").better == ""


def test_what_is_meant_is_asked() -> None:
    """The answer says what is missing and asks for what is meant; a full name with a slip passes with a remark."""
    street = an_article(byline=with_places(signed(unit="江头街道幸福社区"), LANGUAGE))
    said = "没有写明所在的省、市、县（区），是不是“福建省厦门市湖里区江头街道幸福社区”？"
    assert fails(ask("unit_complete", street), said)
    slip = ask("unit_complete", an_article(byline=with_places(signed(unit="杭州市西胡区民政局"), LANGUAGE)))
    assert not fails(slip)
    assert "杭州市西湖区民政局" in slip.message
    author = an_article(byline=with_places(signed(("张三", "东营民政局")), LANGUAGE))
    assert fails(ask("author_unit", author), "张三（东营民政局，是不是“东营市民政局”？）")


def test_a_dossier_without_places_is_judged_as_before() -> None:
    """Where the dossier knows no places, the kinds of division decide, and nothing is suggested from the gazetteer."""
    assert fails(
        ask("unit_complete", an_article(byline=signed(unit="江头街道幸福社区"))), "没有写明所在的省、市、县（区）"
    )
    assert UNITS.fullness("江头街道幸福社区") == Fullness(False, "place")
    assert UNITS.fullness("杭州市西胡区民政局") == Fullness(True)


def test_the_named_unit_submits() -> None:
    """A unit named apart is the submitting unit, full or not."""
    found = submitter(signed(("张三", "山东省示例市民政局"), unit="民政局"), UNITS)
    assert (found.name, found.fullness.full, found.stands_in) == ("民政局", False, False)


def test_an_authors_unit_stands_in() -> None:
    """Without one, the first full unit of an author that begins with a division stands in."""
    found = submitter(signed(("张三", "示例学院"), ("李四", "示例大学"), ("王五", "示例市民政局")), UNITS)
    assert (found.name, found.stands_in) == ("示例市民政局", True)
    assert submitter(signed(("张三", "示例学院"), ("李四", "示例大学")), UNITS).name == "示例大学"
    assert submitter(signed(("张三", "示例学院"), ("李四", "")), UNITS).name is None


def test_a_listed_unit_in_the_subject_stands_in() -> None:
    """Where nothing else names a unit, the office's own list finds it as a part of the subject, in full or short."""
    units = Units(KnownNames.of((Unit(name="文学院", short=("中文系",)),)), LANGUAGE.units)
    assert submitter(Byline(), units, "【新闻投稿】文学院-我院举办读书节").name == "文学院"
    assert submitter(Byline(), units, "【新闻投稿】中文系-我院举办读书节").fullness.better == "文学院"
    assert submitter(Byline(), units, "【新闻投稿】示例大学文学院举办读书节").name is None
    assert submitter(Byline(unit="示例省图书馆"), units, "投稿-文学院-读书节").name == "示例省图书馆"


def test_only_listed_units() -> None:
    """`listed` refuses a full name that is not on the list, and asks for one that is nearly the same."""
    known = (Unit(name="经济与管理学院", short=("经管学院",)),)

    def answer(name: str) -> Answer:
        return ask("unit_complete", an_article(byline=signed(unit=name)), known, listed=True)

    assert answer("经济与管理学院").outcome is Outcome.PASSED
    assert fails(answer("经管学院"), "“经管学院”是简称，完整名称应为“经济与管理学院”")
    assert fails(answer("示例大学化学学院"), "“示例大学化学学院”不在单位名单里")
    assert fails(answer("经济和管理学院"), "不在单位名单里，是不是“经济与管理学院”")
