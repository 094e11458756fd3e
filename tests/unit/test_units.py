"""Whether names of units are full, and which unit submits."""

import pytest

from mailbot.rulebook.models import Unit
from mailbot.rulebook.units import KnownNames, Units, submitter
from tests.unit.dossiers import LANGUAGE, signed

UNITS = Units(KnownNames.of(()), LANGUAGE.units)


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
def test_full_names(name: str) -> None:
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
def test_names_that_are_not_full(name: str, fault: str) -> None:
    """What is missing is told: the place before it, or the kind of unit at its end."""
    assert UNITS.fullness(name).fault == fault


def test_the_admins_list_goes_first() -> None:
    """A listed name is full as it stands, a listed short form is not, and its full name is known."""
    units = Units(KnownNames.of((Unit(name="幸福家园（中心）", short=("幸福中心",)),)), LANGUAGE.units)
    assert units.fullness("幸福家园(中心)").full
    short = units.fullness("幸福中心")
    assert (short.full, short.fault, short.better) == (False, "short", "幸福家园（中心）")


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
