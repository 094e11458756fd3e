"""How often bylines, titles and articles in letters are read rightly: invented cases of every form that is in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ruamel.yaml import YAML

from mailbot.languages import load
from mailbot.manuscript.bylines.byline import read_byline
from mailbot.manuscript.document import Paragraph
from mailbot.manuscript.outline import body_paragraphs, find_title, is_article
from mailbot.model import Byline

HERE = Path(__file__).parent
PHRASES = load("zh-CN").bylines
TITLE = "巧泡民心茶 共话邻里情"
TEXT = "基层治理是国家治理的基石，社区是城市治理的最后一公里，居民的事情由居民商量着办，效果最好。" * 4
ENOUGH = 0.97


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, the tabs in their cells put back."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield [cell.replace("\\t", "\t") for cell in line.split("\t")]


def read(lines: list[str]) -> Byline:
    """The byline of an article, letter and names in which the lines stand where their first letter says."""
    at: dict[str, list[str]] = {place: [] for place in "AHBEGLFJ"}
    for line in lines:
        at[line[0]].append(line[2:])
    last = TEXT + "".join(at["G"])
    own = [*at["A"], TITLE, *at["H"], TEXT, TEXT, TEXT, *at["B"], TEXT, TEXT, last, *at["E"]]
    names = [PurePosixPath(name).stem for name in at["F"]] + at["J"]
    return read_byline(own, PHRASES, title=TITLE, letter=at["L"], names=names)


def written(byline: Byline) -> tuple[str, str]:
    """Unit and authors as the table writes them."""
    authors = ("|".join((author.name, author.unit, author.post)).rstrip("|") for author in byline.authors)
    return byline.unit or "", " + ".join(authors)


def report(cases: list[tuple[str, bool, str]]) -> tuple[float, str]:
    """The share of the cases that are right, and the others with the accuracy of each form."""
    forms = {form: [right for other, right, _ in cases if other == form] for form, _, _ in cases}
    by_form = [f"{sum(rights)}/{len(rights)} {form}" for form, rights in forms.items()]
    wrong = [said for _, right, said in cases if not right]
    right = len(cases) - len(wrong)
    return right / len(cases), "\n".join([f"{right} of {len(cases)}", *by_form, *wrong])


def test_bylines() -> None:
    """Submitting unit and all authors with unit and post are exactly right for nearly all signed lines."""
    cases = []
    for form, lines, unit, authors in rows("bylines.tsv"):
        found = written(read(lines.split("⏎")))
        cases.append((form, found == (unit, authors), f"{lines!r}: {(unit, authors)} but {found}"))
    share, said = report(cases)
    assert len(cases) >= 400
    assert share >= ENOUGH, said


def test_titles() -> None:
    """The title is found where it stands, whole, without sub-title, label or the words around it."""
    cases = []
    for form, lines, stem, title in rows("titles.tsv"):
        found = find_title([paragraph(line) for line in lines.split("⏎")], PHRASES, names=[stem] if stem else []) or ""
        cases.append((form, found == title, f"{lines!r}: {title!r} but {found!r}"))
    share, said = report(cases)
    assert len(cases) >= 40
    assert share >= ENOUGH, said


def paragraph(line: str) -> Paragraph:
    """A paragraph of a table's line."""
    line = line.replace("~", TEXT)
    return Paragraph(line[3:], int(line[1])) if line.startswith("#") else Paragraph(line)


def test_articles_in_letters() -> None:
    """A letter's article is told from greeting, closing, signature and forwarder's lines; a covering letter is none."""
    cases = []
    for case in YAML(typ="safe").load((HERE / "letters.yaml").read_text(encoding="utf-8")):
        lines = [line.replace("TEXT", TEXT) for line in case["letter"].splitlines()]
        article = [line[2:] for line in lines if line.startswith("+ ")]
        text = "\n".join(line.removeprefix("+ ") for line in lines)
        found = body_paragraphs(text, PHRASES) if is_article(text, PHRASES) else []
        cases.append((case["form"], found == article, f"{case['letter'][:60]!r}: {[line[:30] for line in found]}"))
    share, said = report(cases)
    assert len(cases) >= 20
    assert share >= ENOUGH, said
