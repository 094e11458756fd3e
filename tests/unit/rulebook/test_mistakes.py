"""What somebody gets to read who writes rules for the first time: where it is, what is wrong, what to write."""

from __future__ import annotations

import pytest

from mailbot.errors import Problem, UserError
from mailbot.rulebook.load import load_rulebook

GOOD = """\
rules:
  - id: a
    title: 标题
    check: length
    with: {min: 500}
    otherwise: note
"""
ISSUES = """\
issues:
  - {id: x, name: X, opens: 2026-01-01, closes: 2026-03-31, columns: [cases]}
  - {id: y, name: Y, opens: 2026-04-01, closes: 2026-06-30, columns: [news]}
"""
CHECK = "check: length\n    with: {min: 500}"
WIDE = "\u3000"


def problems(text: str, **more: str) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        load_rulebook({"rules.yaml": text, "issues.yaml": ISSUES} | {f"{k}.yaml": v for k, v in more.items()})
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said", "hint"),
    [
        # signs of Chinese keyboards
        ("id: a", "id：a", 2, 7, "a wide colon stands behind the key", "half-width colon `:`"),
        ("otherwise: note", "otherwise：note", 6, 14, "a wide colon stands behind the key", "half-width colon `:`"),
        ("{min: 500}", "{min：500}", 5, 12, "unknown key `min：500`", "half-width colon `:`"),
        (CHECK, "check: mentions\n    with: {words: [社区，居民]}", 5, 20, "a wide comma", "half-width comma `, `"),
        (CHECK, "check: mentions\n    with: {words: “社区”}", 5, 19, "wide quotation marks", "leave them out"),
        ("{min: 500}", "｛min: 500｝", 5, 11, "a wide bracket begins the value", "half-width brackets"),
        ("- id", "－ id", 2, 3, "not the dash that begins an entry", "half-width `-`"),
        ("    check", f"{WIDE}{WIDE}check", 4, 1, "a wide blank stands in the indent", "plain blanks"),
        ("500", "５００", 5, 17, "must be a whole number", "half-width digits: 500"),
        # blanks and dashes
        ("    check", "\tcheck", 4, 1, "a tab stands where blanks belong", "indent with blanks"),
        ("  - id", "    id", 2, 5, "`rules` must be a list", "`- id: …`"),
        ("- id", "-id", 2, 3, "a blank is missing behind the dash", "begin an entry with `- `"),
        ("id: a", "id:a", 2, 7, "a blank is missing behind the colon", "write `key: value`"),
        ("    check", " check", 4, 2, "indented differently", "start in the same column"),
        ("    check", "      check", 4, 7, "indented more than the one before", "start in the same column"),
        # quotation marks and brackets
        ("标题", '"标题', 3, 12, "this quotation mark is never closed", "add the closing quotation mark"),
        ("标题", '"标"题"', 3, 15, "goes on behind its closing quotation mark", "the other kind"),
        ("{min: 500}", "{min: 500", 5, 11, "this bracket or brace is never closed", "each `{` its `}`"),
        ("标题", "[投稿] 开头", 3, 17, "text goes on behind the closing bracket", "in quotes"),
        ("标题", "稿件: 要求", 3, 14, "a colon with a blank stands in the text", "put the text in quotes"),
        ("标题", "*重要*", 3, 12, "text may not begin with *", "put the text in quotes"),
        ("标题", "@某", 3, 12, "text may not begin with this character", "put the text in quotes"),
        ("标题", "!重要", 3, 12, "text may not begin with !", "put the text in quotes"),
        ("标题", "#1 稿件", 3, 5, "`title` must be text, not empty", "begins with # needs quotes"),
        # keys in the wrong place
        ("with: {min: 500}", "with: min: 500", 5, 11, "two keys stand in one line", "in braces"),
        ("with: {min: 500}", "min: 500", 5, 5, "`min` is a detail of `length`", "put it below `with`"),
        ("with: {min: 500}", "with:\n      - min: 500", 5, 5, "must be a group", "remove the dashes"),
        ("    otherwise", "    title: 又\n    otherwise", 6, 5, "the key `title` is there twice", "in line 3"),
        ("note\n", "note\nunits:\n  - name: x\n", 7, 1, "`units` cannot stand here", "a file of its own"),
        ("rules:\n", "", 1, 3, "no top key says what this file holds", "`rules:`"),
        ("rules:", "rule:", 1, 1, "no top key says what this file holds", "did you mean `rules`?"),
        ("rules:", "规则:", 1, 1, "no top key says what this file holds", "did you mean `rules`?"),
        ("note\n", "note\n---\nrules: []\n", 7, 1, "a second document begins here", "remove the line `---`"),
        (CHECK, "check: contacts", 2, 5, "`need` is missing", "`with: {need: …}`; it is one of phone"),
        ("note\n", "note\n    id: b\n    title: 又\n", 7, 5, "a new entry begins here", "`- id: …`"),
        # words
        ("check: length", "check: phone", 4, 12, "there is no check `phone`", "did you mean `contacts`?"),
        ("check: length", "check: 原创声明", 4, 12, "there is no check", "did you mean `declares`?"),
        (CHECK, "check: arrival\n    with: {daily: 18:00}", 5, 19, "must be hours of the day", "00:00-18:00"),
        (CHECK, "check: mentions\n    with: {words: 社区、居民}", 5, 19, "not several words", "[社区, 居民]"),
        (CHECK, "check: file_names\n    with: {form: 单位-题目}", 5, 18, "no part in braces", "{unit}-{title}"),
        ("check: length", "check: 长度", 4, 12, "there is no check `长度`", "did you mean `length`?"),
        ("check: length", "check: lenght", 4, 12, "there is no check `lenght`", "did you mean `length`?"),
        ("check: length", "Check: length", 4, 5, "unknown key `Check`", "did you mean `check`?"),
        ("note", "退回", 6, 16, "`otherwise` cannot be `退回`", "did you mean `return`?"),
        ("note", "拒绝", 6, 16, "`otherwise` cannot be `拒绝`", "did you mean `reject`?"),
        ("note", "提醒", 6, 16, "`otherwise` cannot be `提醒`", "did you mean `note`?"),
        ("note", "Return", 6, 16, "`otherwise` cannot be `Return`", "did you mean `return`?"),
        ("otherwise: note", "否则: note", 6, 5, "unknown key `否则`", "did you mean `otherwise`?"),
        ("note\n", "note\n    mode: 关\n", 7, 11, "`mode` cannot be `关`", "did you mean `off`?"),
        ("note\n", "note\n    mode: 开\n", 7, 11, "`mode` cannot be `开`", "did you mean `on`?"),
        # values of another kind
        ("note\n", "note\n    when: {pictures: 是}\n", 7, 22, "must be true or false", "did you mean `true`?"),
        ("note\n", "note\n    when: pictures\n", 7, 11, "`when` must be a group", "write `{key: value}`"),
        ("note\n", "note\n    when: {issues: z}\n", 7, 20, "there is no `z` among the issues", "known here: x, y"),
        ("标题", "[标题]", 3, 5, "`title` must be text, not a list", "without brackets"),
        ("500", "500字", 5, 17, "must be a whole number, not `500字`", "the number alone, in half-width digits: 500"),
        ("500", "五百", 5, 17, "must be a whole number, not `五百`", "write it in digits"),
        ("500", "-5", 5, 17, "`min` must be at least 0, not `-5`", None),
        ("{min: 500}", "{min: 500, max: 100}", 5, 5, "can never be met", "exchange or mend the two"),
        (CHECK, "check: readable_files\n    with: {problems: infected}", 5, 22, "must be a list", "`[infected]`"),
        ("    title: 标题\n", "", 2, 5, "`title` is missing", "add a line `title: …`"),
        (CHECK, "expect: article.titel == ''", 4, 21, "there is no `titel` in article", "did you mean `title`?"),
    ],
)
def test_a_mistake_of_a_beginner(old: str, new: str, line: int, column: int, said: str, hint: str | None) -> None:
    """One problem and no more, at the right place, with the line and the nearest right thing to write."""
    assert GOOD.count(old) == 1 or old in ("note", "note\n", "标题", "500")
    text = GOOD.replace(old, new, 1)
    (problem,) = problems(text)
    assert (problem.file, problem.line, problem.column) == ("rules.yaml", line, column), str(problem)
    assert said in problem.message, str(problem)
    assert hint is None or hint in (problem.hint or ""), str(problem)
    assert problem.excerpt == text.splitlines()[line - 1]


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ("2026-03-31", "2026/3/31", "must be a date, not `2026/3/31`", "write it as 2026-03-31"),
        ("2026-03-31", "2026年3月31日", "must be a date", "write it as 2026-03-31"),
        ("2026-03-31", "2026-03-31 18:00", "without a time", "before: 2026-03-31 18:00"),
        ("2026-03-31", "2026-02-30", "must be a date such as 2026-11-30", None),
        ("columns: [cases]", "grace: 3", "must be a duration, not `3`", "7d"),
        ("columns: [cases]", "grace: 3天", "must be a duration, not `3天`", "7d"),
        ("columns: [cases]", "running: 第48期", "must be a whole number", "half-width digits: 48"),
    ],
)
def test_a_mistake_in_an_issue(old: str, new: str, said: str, hint: str | None) -> None:
    """Dates, spans and numbers as people write them in Chinese."""
    (problem,) = problems(GOOD, issues=ISSUES.replace(old, new))
    assert (problem.file, problem.line, said in problem.message) == ("issues.yaml", 2, True)
    assert hint is None or hint in (problem.hint or "")


def test_words_mean_what_they_look_like() -> None:
    """`12:30`, `no`, `010`, `1e3` and dates are text where text is asked for, and quoted numbers are numbers."""
    text = GOOD.replace(CHECK, "check: mentions\n    with: {words: [12:30, no, 010, 1e3, 2026-01-01, ~x]}")
    (rule,) = load_rulebook({"rules.yaml": text}).rules
    assert rule.params.model_dump()["words"] == ("12:30", "no", "010", "1e3", "2026-01-01", "~x")
    (rule,) = load_rulebook({"rules.yaml": GOOD.replace("500", '"500"')}).rules
    assert rule.params.model_dump()["min"] == 500
    text = GOOD.replace(CHECK, "check: author_unit\n    with: {submitting_unit_counts: no}")
    (rule,) = load_rulebook({"rules.yaml": text}).rules
    assert rule.params.model_dump()["submitting_unit_counts"] is False


def two(one: str, other: str, more: str = "") -> str:
    """Two rules, the second in line 3."""
    entry = "  - {{id: {}, title: T, otherwise: note, {}}}\n"
    return "rules:\n" + entry.format("one", one) + entry.format("other", other + more)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("check: length, with: {min: 500}", "check: length, with: {max: 400}", "at least 500 in the one, at most 400"),
        ("check: count, with: {of: keywords, min: 5}", "check: count, with: {of: keywords, max: 3}", "keywords"),
        ("check: mentions, with: {words: 社区工作}", "check: avoids, with: {words: [社区]}", "forbids `社区`"),
        ("check: subject_prefix, with: {words: 投稿}", "check: avoids, with: {words: 投稿, in: subject}", "subject"),
        (
            "check: file_types, with: {of: manuscripts, allowed: [docx]}",
            "check: file_types, with: {of: manuscripts, allowed: [pdf]}",
            "`docx` in the one, `pdf` in the other",
        ),
        (
            "check: file_types, with: {of: manuscripts, allowed: [docx]}",
            "check: file_types, with: {of: manuscripts, refused: [docx, doc]}",
            "which the other refuses",
        ),
        (
            "check: arrival, with: {after: 2026-12-01}",
            "check: arrival, with: {before: 2026-10-31 18:00, grace: 3d}",
            "day of arrival: at least 20261201 in the one, at most 20261103",
        ),
        (
            "check: length, with: {min: 500}",
            "check: length, with: {max: 900, by_issue: {x: {max: 400}}}",
            "at least 500 in the one, at most 400",
        ),
    ],
)
def test_two_rules_that_contradict_each_other(one: str, other: str, said: str) -> None:
    """Told at the second one, with the place of the first."""
    (problem,) = problems(two(one, other))
    assert (problem.line, said in problem.message) == (3, True), str(problem)
    assert "`one` (rules.yaml, line 2)" in problem.message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("check: length, with: {min: 500}", "check: length, with: {max: 400}, mode: off"),
        ("check: length, with: {min: 500}", "check: length, with: {max: 400}, mode: shadow"),
        ("check: length, with: {min: 500}, when: {issues: x}", "check: length, with: {max: 400}, when: {issues: y}"),
        (
            "check: length, with: {min: 500}, when: {pictures: true}",
            "check: length, with: {max: 400}, when: {pictures: false}",
        ),
        ("check: length, with: {min: 500}", "check: length, with: {max: 40, of: title}"),
        ("check: mentions, with: {words: [社区, 居民]}", "check: avoids, with: {words: [社区]}"),
        ("check: mentions, with: {words: 社区}", "check: avoids, with: {words: [社区], in: title}"),
        (
            "check: length, with: {min: 500, by_issue: {x: {min: 100}}}",
            "check: length, with: {max: 400}, when: {issues: x}",
        ),
        ("check: length, with: {min: 500}", "check: length, with: {max: 400}, when: {if: letter.subject == ''}"),
    ],
)
def test_rules_that_seem_to_and_do_not(one: str, other: str) -> None:
    """They do not act both, do not apply together, or leave a way to meet them."""
    assert len(load_rulebook({"rules.yaml": two(one, other), "issues.yaml": ISSUES}).rules) == 2


@pytest.mark.parametrize(
    ("when", "column", "said"),
    [
        ("{pictures: false}", 62, "for articles without pictures"),
        ("{issues: x, columns: news}", 62, "`news` is no column of the issues"),
        ("{special: true}", 62, "there is no special issue"),
    ],
)
def test_a_rule_that_can_never_apply(when: str, column: int, said: str) -> None:
    """It is told while somebody is there who can mend it."""
    rule = f"  - {{id: a, title: T, check: originals_enclosed, otherwise: note, when: {when}}}\n"
    (problem,) = problems(f"rules:\n{rule}")
    assert said in problem.message
    assert (problem.line, "never apply" in problem.message) == (2, True)


def test_dates_in_the_past_and_rules_that_are_off_are_fine() -> None:
    """An office keeps its old issues, and rules for later."""
    issues = "issues:\n  - {id: old, name: X, opens: 2001-01-01, closes: 2001-03-31}\n"
    text = GOOD + "    mode: off\n    examples: {passes: [{characters: 500}]}\n"
    assert load_rulebook({"rules.yaml": text, "issues.yaml": issues}).rules


def test_a_quotation_mark_that_swallows_what_follows_is_told_where_it_stands() -> None:
    """Not at the next quotation mark, far below, where the parser gives up."""
    text = GOOD.replace("title: 标题", 'title: "标题') + '    advice: 例如“题目”\n    # with: {form: "{unit}"}\n'
    (problem,) = problems(text)
    assert (problem.line, problem.message) == (3, "this quotation mark is never closed")
