"""The script that compiles the gazetteer, and the file that it made."""

from __future__ import annotations

import importlib.util
import lzma
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit.dossiers import LANGUAGE

SCRIPT = Path(__file__).parents[2] / "tools" / "gazetteer.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("gazetteer_script", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_the_file_says_where_it_comes_from() -> None:
    """Source, version, licence and date stand in its header, and it holds what the source holds."""
    text = lzma.decompress(LANGUAGE.units.gazetteer.read_bytes()).decode()
    header = [line for line in text.splitlines() if line.startswith("#")]
    assert [line.split("\t")[0] for line in header] == ["# source", "# licence", "# as of", "# columns"]
    assert "china-division 2.7.0" in header[0]
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    assert {len(row) for row in rows} == {4}
    levels = Counter(row[0] for row in rows)
    assert levels["1"] == 34
    assert 320 < levels["2"] < 350
    assert 2_900 < levels["3"] < 3_050
    assert 41_000 < sum(len(row[3].split()) for row in rows) < 41_500


def test_it_is_small() -> None:
    """It adds less than 250 KB to the package."""
    assert LANGUAGE.units.gazetteer.stat().st_size < 250_000


@pytest.mark.parametrize(
    ("level", "name", "forms"),
    [
        (1, "浙江省", "浙江"),
        (1, "内蒙古自治区", "内蒙古"),
        (1, "新疆维吾尔自治区", "新疆"),
        (1, "香港特别行政区", "香港"),
        (2, "杭州市", "杭州"),
        (2, "大兴安岭地区", "大兴安岭"),
        (2, "恩施土家族苗族自治州", "恩施州 恩施"),
        (2, "伊犁哈萨克自治州", "伊犁州 伊犁"),
        (3, "景宁畲族自治县", "景宁县"),
        (3, "鄂温克族自治旗", "鄂温克旗"),
        (3, "西湖区", ""),
    ],
)
def test_other_forms(tool: ModuleType, level: int, name: str, forms: str) -> None:
    """Provinces and prefectures are known without their kind, autonomous ones also without the peoples' names."""
    assert " ".join(tool.other_forms(tool.Division(level, name))) == forms


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("保康街道办事处", "保康街道"),
        ("石溪办事处", "石溪办事处"),
        ("大安经济开发区（省级）", "大安经济开发区"),
        ("（工业园区）城南街道", "城南街道"),
    ],
)
def test_names_are_tidied(tool: ModuleType, name: str, tidied: str) -> None:
    """Names stand in the list as people write them."""
    assert tool.tidy(name) == tidied


def test_counties_of_the_province_itself_come_first(tool: ModuleType) -> None:
    """A county that belongs to no prefecture must not follow one, or it would seem to be that one's."""
    city = tool.Division(2, "武汉市", [tool.Division(3, "江岸区", streets=["大智街道", "大智街道"])])
    province = tool.Division(1, "湖北省", [city, tool.Division(3, "仙桃市")])
    assert "".join(tool.lines([province])) == (
        "1\t湖北省\t湖北\t\n3\t仙桃市\t\t\n2\t武汉市\t武汉\t\n3\t江岸区\t\t大智街道\n"
    )
