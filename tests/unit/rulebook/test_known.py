"""What is taken over from one rulebook's judgement for another is what the other would say by itself."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.model import Dossier, File, Kind, Manuscript, Role
from mailbot.rulebook.backtest import Pair
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import Rulebook
from tests.unit.dossiers import SHANGHAI, UNIT, a_dossier, a_letter, a_picture, a_rulebook, an_article, signed

ENDS = st.sampled_from(["note", "return", "hold", "reject"])
CHECKS = st.sampled_from(
    [
        "check: has_title",
        "check: unit_named",
        "check: unit_complete",
        "check: author_unit",
        "check: author_unit, with: {submitting_unit_counts: true}",
        "check: length, with: {min: 100}",
        "check: length, with: {min: 100, by_issue: {b: {min: 5000}}}",
        "check: length, with: {min: 100, by_column: {stories: {min: 5000}}}",
        "check: length, when: {columns: stories}, with: {min: 2000}",
        "check: length, when: {special: true}, with: {min: 2000}",
        "check: mentions, with: {words: [社区, 治理]}",
        "check: avoids, with: {words: 社区, except: 社区居民}",
        "check: originals_enclosed, when: {pictures: true}",
        "check: subject_prefix, with: {words: 投稿}",
        "check: manuscript_enclosed",
        "check: manuscript_readable",
        "check: photo_entry",
        "check: file_count, with: {of: pictures, max: 1}",
        "expect: 'article.characters > 2000'",
        "expect: 'article.unit_complete && !issue.late'",
        "expect: 'article.keywords[3] == \"x\"'",
        "check: has_title, when: {if: 'article.unit_complete'}",
    ]
)
RULES = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "asks": CHECKS,
        "otherwise": ENDS,
        "mode": st.sampled_from(["on", "on", "shadow", "off"]),
        "title": st.sampled_from(["t", "t", "u"]),
        "advice": st.sampled_from(["", "mend it"]),
    }
)
RULEBOOKS = st.lists(RULES, max_size=6, unique_by=lambda rule: rule["id"])
UNITS = st.sampled_from(["", "units:\n  - {name: 示例社工, short: [示例]}\n", "units:\n  - name: 示例社工\n"])
REGULAR = "{id: a, name: 一, opens: 2026-11-01, closes: 2026-11-30, columns: [stories]}"
SHORTER = "{id: a, name: 一, opens: 2026-11-01, closes: 2026-11-20, grace: 10d, columns: [stories]}"
SPECIAL = "{id: b, name: 二, special: true, opens: 2026-11-01, closes: 2026-11-30, routes: {title: 幸福}}"
CLOSED = "{id: b, name: 二, special: true, opens: 2026-11-01, closes: 2026-11-10, routes: {title: 幸福}}"
ISSUES = st.sampled_from(
    [f"issues:\n- {one}\n- {other}\n" for one, other in ((REGULAR, SPECIAL), (SHORTER, SPECIAL), (SHORTER, CLOSED))]
)


def rulebook(rules: list[dict[str, str]], units: str, issues: str) -> Rulebook:
    """A rulebook of such rules, and one that is always there."""
    lines = [
        f"- {{id: {one['id']}, title: {one['title']}, advice: '{one['advice']}', mode: {one['mode']}, "
        f"otherwise: {one['otherwise']}, {one['asks']}}}"
        for one in rules
    ]
    text = "rules:\n- {id: z, title: z, check: unit_complete, otherwise: return}\n" + "\n".join(lines)
    return a_rulebook(text, **{name: kept for name, kept in (("units", units), ("issues", issues)) if kept})


ARTICLES = st.builds(
    an_article,
    title=st.sampled_from(["幸福社区的故事", None]),
    characters=st.sampled_from([50, 1200, 6000]),
    text=st.sampled_from(["社区居民" * 30, "作者单位：某局\n栏目：stories\n社区治理的经验。", ""]),
    byline=st.sampled_from([signed(unit=UNIT), signed(("李四", "示例社工"), unit="示例"), signed(("王五", ""))]),
    pictures=st.sampled_from([(), (a_picture(),), (a_picture(original="a.png"),)]),
)
STUB = Manuscript(source="", file=None)
PHOTO = File(name="a.jpg", media_type="image/jpeg", bytes=9, sha256="ab" * 32, where="a.jpg", role=Role.ORIGINAL)


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    """Letters with articles, without, with photographs only; also such as no rule judges, and doubtful ones."""
    articles = draw(st.one_of(st.lists(ARTICLES, max_size=3), st.just([STUB])))
    subject = draw(st.sampled_from(["投稿：幸福社区的故事", "参赛作品：《社区的早晨》（张三）", "stories"]))
    files = draw(st.sampled_from([(), (PHOTO,), (PHOTO, PHOTO)]))
    return a_dossier(
        *articles,
        letter=a_letter(subject=subject, files=files),
        kind=draw(st.sampled_from([Kind.SUBMISSION, Kind.SUBMISSION, Kind.REPLY, Kind.INQUIRY])),
        arrived_at=datetime(2026, 11, draw(st.sampled_from([2, 23])), 10, tzinfo=SHANGHAI),
        complete=draw(st.sampled_from([True, True, False])),
    )


@st.composite
def edited(draw: st.DrawFn) -> tuple[Rulebook, Rulebook]:
    """A rulebook, and the same with some rules changed, gone, new or moved, or with other units or issues."""
    rules, units, issues = draw(RULEBOOKS), draw(UNITS), draw(ISSUES)
    new = {one["id"]: one for one in draw(RULEBOOKS)}
    kept = [new.get(one["id"], one) if draw(st.booleans()) else one for one in rules if draw(st.integers(0, 4))]
    kept += [one for id, one in new.items() if id not in {rule["id"] for rule in rules}]
    other = st.integers(0, 3).map(lambda number: number == 0)
    now = rulebook(
        draw(st.permutations(kept)), draw(UNITS) if draw(other) else units, draw(ISSUES) if draw(other) else issues
    )
    return rulebook(rules, units, issues), now


@settings(max_examples=60, deadline=None)
@given(edited(), st.lists(dossiers(), min_size=1, max_size=4))
def test_judging_side_by_side_is_judging_each_by_itself(books: tuple[Rulebook, Rulebook], all: list[Dossier]) -> None:
    """Whatever is edited, neither judgement depends on the other; whether the first is known or made makes no odds."""
    was, now = books
    pair = Pair.of(was, now)
    for dossier in all:
        old, new = judge(dossier, was), judge(dossier, now)
        assert pair.judge(dossier) == (old, new)
        assert pair.judge(dossier, old) == (old, new)
