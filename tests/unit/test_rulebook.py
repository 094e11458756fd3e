"""Rules files: what they may hold, and what is said about mistakes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from mailbot.errors import Problem, UserError
from mailbot.model import Mode, Severity
from mailbot.rulebook.load import load_rulebook, read_folder, version_of
from tests.unit.dossiers import SHIPPED, a_rulebook, the_shipped_rulebook

RULE = "rules:\n  - id: title\n    title: 有标题\n    check: has_title\n    otherwise: note\n"
ISSUE = "issues:\n  - {id: a, name: 第 1 期, opens: 2026-01-01, closes: 2026-01-31}\n"


def problems(**files: str) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        load_rulebook({f"{name}.yaml": text for name, text in files.items()})
    return list(caught.value.problems)


def test_the_shipped_rules_say_what_the_call_says() -> None:
    """The severities of the call: 3a, 3b and 1b return, the subject, 1a and 2 are remarks."""
    otherwise = {rule.check.name: rule.otherwise for rule in the_shipped_rulebook().rules}
    for name in ("unit_named", "unit_complete", "author_unit", "originals_enclosed"):
        assert otherwise[name] is Severity.RETURN
    for name in ("subject_prefix", "has_title", "length", "mentions"):
        assert otherwise[name] is Severity.NOTE
    assert otherwise["avoids"] is Severity.REJECT


def test_the_shipped_issues_follow_one_another() -> None:
    """The windows leave no day out, and the running numbers go on from no. 25 (2023, first issue)."""
    issues = the_shipped_rulebook().issues
    for one, following in pairwise(issues):
        assert (following.opens - one.closes).days == 1
        assert following.running == (one.running or 0) + 1
    year, number = (int(part) for part in issues[0].id.split("-"))
    assert issues[0].running == 25 + (year - 2023) * 6 + number - 1


def test_a_rule_has_defaults() -> None:
    """Only id, title, check and otherwise are needed."""
    (rule,) = a_rulebook(RULE).rules
    assert (rule.mode, rule.cites, rule.advice, rule.file, rule.line) == (Mode.ON, "", "", "rules.yaml", 2)


def test_words_without_quotation_marks_are_words() -> None:
    """`no`, `off` and `010` are text where text is asked for."""
    text = RULE.replace("有标题", "no").replace("id: title", "id: 010") + "    mode: off\n    cites: 12:30\n"
    (rule,) = a_rulebook(text).rules
    assert (rule.id, rule.title, rule.mode, rule.cites) == ("010", "no", Mode.OFF, "12:30")


def test_the_folder_is_read_without_sub_folders(tmp_path: Path) -> None:
    """Only `*.yaml` directly in the folder counts."""
    (tmp_path / "rules.yaml").write_text(RULE, "utf-8")
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "x.yaml").write_text("x", "utf-8")
    assert read_folder(tmp_path) == {"rules.yaml": RULE}
    with pytest.raises(UserError, match="no such folder"):
        read_folder(tmp_path / "none")


def test_the_version_is_over_all_files_and_not_their_line_ends() -> None:
    """Every text and name counts; line ends, a BOM and blanks at a line's end do not."""
    files = read_folder(SHIPPED)
    same = {name: "\ufeff" + text.replace("\n", "  \r\n") for name, text in files.items()}
    assert version_of(same) == version_of(files)
    assert version_of({**files, "units.yaml": files["units.yaml"] + "x"}) != version_of(files)
    assert version_of({"a": "bc"}) != version_of({"ab": "c"})


@pytest.mark.parametrize(
    ("extra", "line", "said", "hint"),
    [
        ("    chek: x\n", 6, "unknown key `chek`", "did you mean `check`?"),
        ("    with: {min: 1}\n", 6, "unknown key `min`", None),
        ("    with: [1]\n", 6, "`with` must be a group", None),
        ("    when: {picture: true}\n", 6, "unknown key `picture`", "did you mean `pictures`?"),
        ("    when: {pictures: maybe}\n", 6, "`pictures` must be true or false, not `maybe`", None),
        ("    when: {issues: [b]}\n", 6, "there is no `b` among the issues", None),
        ("    mode: maybe\n", 6, "`mode` cannot be `maybe`", None),
        ("    expect: size(x)\n", 6, "either `check` or `expect`", None),
        ("  - {id: title, title: t, check: has_title, otherwise: note}\n", 6, "two rules `title`", None),
        ("  - {id: b, title: t, check: length, otherwise: note}\n", 6, "sets no limit", "give min, max or both"),
        ("  - {id: b, title: t, check: titel, otherwise: note}\n", 6, "no check `titel`", "did you mean `has_title`?"),
        ("  - {id: b, title: t, check: length, with: {min: 2, max: 1}, otherwise: note}\n", 6, "never be met", None),
        ("  - {id: b, title: t, otherwise: note}\n", 6, "has no `check`", None),
        ("  - {id: b, title: t, check: has_title}\n", 6, "`otherwise` is missing", None),
        ("  - {id: a b, title: t, check: has_title, otherwise: note}\n", 6, "no good name", None),
        ("  - just text\n", 6, "must be a group", None),
        ("units: []\n", 6, "`units` cannot stand here", None),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_is_told_in_place(extra: str, line: int, said: str, hint: str | None) -> None:
    """Each mistake names file, line, what is wrong, and the nearest right word."""
    found = next(problem for problem in problems(rules=RULE + extra, issues=ISSUE) if said in problem.message)
    assert (found.file, found.line) == ("rules.yaml", line)
    assert hint is None or found.hint == hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ISSUE.replace("2026-01-31", "2026-1-31"), "must be a date"),
        (ISSUE.replace("2026-01-31", "2026-02-30"), "must be a date"),
        (ISSUE.replace("2026-01-31", "20260131"), "must be a date"),
        (ISSUE.replace("2026-01-31", "2025-01-31"), "closes (2025-01-31) before it opens"),
        (ISSUE.replace("id: a", "id: held"), "cannot have the id `held`"),
        (ISSUE.replace("id: a", "id: a/b"), "no good name"),
        (ISSUE + "  - {id: A, name: x, opens: 2027-01-01, closes: 2027-01-31}\n", "two issues `a`"),
        (ISSUE + "  - {id: b, name: x, opens: 2026-01-31, closes: 2026-02-28}\n", "`b` and `a` are open"),
        ("issues: {a: 1}\n", "`issues` must be a list"),
    ],
)
def test_a_mistake_in_issues_is_told(text: str, said: str) -> None:
    """Dates, ids that clash, and regular issues that overlap."""
    assert said in problems(rules=RULE, issues=text)[0].message


def test_a_condition_about_articles_is_refused_for_a_check_of_letters() -> None:
    """Such a rule would not know which article is meant."""
    rule = "{id: s, title: t, check: manuscript_enclosed, when: {pictures: true}, otherwise: note}"
    assert "about one article" in problems(rules=f"rules:\n  - {rule}\n")[0].message
    rule = rule.replace("pictures: true", "if: issue.late")
    assert "about one article" in problems(rules=f"rules:\n  - {rule}\n")[0].message


def test_all_mistakes_of_all_files_come_in_one_go() -> None:
    """One wrong entry hides no other, in file and line order; syntax errors stand beside them."""
    rules = RULE.replace("otherwise: note", "otherwise: never") + "  - {id: b, title: t, check: nothing, with: {}}\n"
    found = problems(rules=rules, units="units:\n  - {nam: x}\n", a="rules: [", z="chapters: 1\n")
    assert [problem.file for problem in found] == [
        "a.yaml", "rules.yaml", "rules.yaml", "rules.yaml", "units.yaml", "z.yaml",
    ]  # fmt: skip


def test_a_folder_without_a_rule_is_refused() -> None:
    """No rules at all is a mistake; a file with nothing but comments is none."""
    assert "not one rule" in problems(rules="rules: []\n", units="# none\n")[0].message
    assert a_rulebook(RULE, units="# none\n", issues="issues:\n").issues == ()
