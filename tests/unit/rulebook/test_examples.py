"""Examples in the rules files: they are tried at every load, and a rule that does not do what they say is refused."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from mailbot.errors import Problem, ReaderDied, UserError
from mailbot.model import Dossier, Kind, Outcome
from mailbot.rulebook.examples import try_examples
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.sampledossier import dossier_of
from mailbot.rulebook.samples import Facts
from tests.unit.dossiers import SHIPPED, a_dossier, an_article, the_shipped_rulebook

ISSUES = "issues:\n  - {id: a, name: A, opens: 2026-01-01, closes: 2026-12-31, columns: [cases]}\n"


def rule(check: str, examples: str, with_: str = "{}", extra: str = "") -> str:
    """A file with one rule; its examples begin in line 8."""
    head = f"rules:\n  - id: one\n    title: T\n    check: {check}\n    with: {with_}\n    otherwise: note\n"
    return f"{head}    examples:\n{examples}{extra}"


def problems(text: str, **more: str) -> list[Problem]:
    with pytest.raises(UserError) as caught:
        load_rulebook({"rules.yaml": text} | {f"{name}.yaml": content for name, content in more.items()})
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("check", "with_", "passes", "fails"),
    [
        ("length", "{min: 500}", "{characters: 500}", "{characters: 499}"),
        ("length", "{min: 5}", "{text: 一二三四五}", "{text: 一二三四}"),
        ("has_title", "{}", "{title: 标题}", "{title: }"),
        ("subject_prefix", "{words: 投稿}", "{subject: 【投稿】稿}", "{subject: 12:30}"),
        ("mentions", "{words: 社区}", "{text: 一个社区}", "{text: 一个工厂, title: 别的}"),
        ("avoids", "{words: 广告}", "{}", "{text: 这是广告}"),
        ("unit_named", "{}", "{unit: 江苏省示例市民政局}", "{unit: ~}"),
        ("unit_complete", "{}", "{}", "{unit: 民政局}"),
        ("author_unit", "{}", "{authors: [{name: 张三, unit: 江苏省示例市民政局}]}", "{authors: 张三}"),
        ("originals_enclosed", "{}", "{pictures: {original: true}}", "{pictures: [{width: 900, height: 800}]}"),
        ("originals_enclosed", "{}", "{pictures: {original: a.jpg}, files: [稿.docx, a.jpg]}", "{pictures: [{}]}"),
        ("manuscript_enclosed", "{}", "{files: [稿.docx]}", "{files: [], links: 稿.docx}"),
        ("manuscript_readable", "{}", "{}", "{files: {name: 稿.docx, problem: encrypted}}"),
        ("readable_files", "{}", "{files: [稿.docx, a.zip]}", "{files: [稿.docx, {name: a.zip, problem: damaged}]}"),
    ],
)
def test_facts_make_a_letter_that_differs_in_them_alone(check: str, with_: str, passes: str, fails: str) -> None:
    """Each check can be shown a letter that passes and one that fails, in a line each."""
    text = rule(check, f"      passes: [{passes}]\n      fails: [{fails}]\n", with_)
    (one,) = load_rulebook({"rules.yaml": text}).rules
    assert len(one.examples) == 2


def test_a_rule_that_does_not_do_what_its_example_says_is_refused() -> None:
    """The problem names the line, the example, what came of it and what was seen."""
    (problem,) = problems(rule("length", "      passes:\n        - {characters: 499}\n", "{min: 500}"))
    assert (problem.file, problem.line, problem.column) == ("rules.yaml", 9, 11)
    assert "example 1 under `passes` of the rule `one` should have passed, and it failed" in problem.message
    assert "499" in problem.message and "500" in problem.message
    assert problem.excerpt == "        - {characters: 499}"


def test_the_line_of_an_example_is_shown_whole() -> None:
    """`passes` is no password, though it begins like one."""
    (problem,) = problems(rule("length", "      passes: [{characters: 499}]\n", "{min: 500}"))
    assert problem.excerpt == "      passes: [{characters: 499}]"


def test_skipped_is_neither_passed_nor_failed() -> None:
    """An example that the rule does not apply to is refused under both headings, and the way out is told."""
    for group in ("passes", "fails"):
        extra = "    when: {pictures: true}\n"
        (problem,) = problems(rule("length", f"      {group}: [{{characters: 9}}]\n", "{min: 500}", extra))
        assert "is skipped, which counts as neither passed nor failed" in problem.message
        assert "`when`" in (problem.hint or "")


@pytest.mark.parametrize(
    ("facts", "said", "hint"),
    [
        ("{titel: x}", "unknown key `titel`", "did you mean `title`?"),
        ("{files: [{name: a, byte: 1}]}", "unknown key `byte`", "did you mean `bytes`?"),
        ("{arrived: tomorrow}", "must be a time, not `tomorrow`", "write it as 2026-11-23 10:00"),
        ("{files: [{name: a, bytes: 1 pound}]}", "must be a size", None),
        ("{mail: ../secret.eml}", "leads out of the rules folder", "put the mail below it: mails/good.eml"),
        ("{mail: /etc/passwd}", "leads out of the rules folder", None),
        ("{mail: a.eml, title: x}", "has a mail file and facts (title)", None),
        ("{issue: b}", "there is no `b` among the issues", None),
        ("text", "must be a group", None),
    ],
)
def test_a_mistake_in_an_example_is_told_in_its_line(facts: str, said: str, hint: str | None) -> None:
    """Unknown keys, wrong kinds and ways out of the folder, each with the way back."""
    (problem,) = problems(rule("has_title", f"      passes:\n        - {facts}\n"), issues=ISSUES)
    assert (problem.line, said in problem.message) == (9, True)
    assert hint is None or problem.hint == hint


def test_an_example_can_say_which_issue_and_column_it_is_for() -> None:
    """Whatever the date says: so that rules for one column can be tried."""
    extra = "    when: {columns: [cases]}\n"
    text = rule("has_title", "      passes: [{column: cases}, {issue: a, column: cases}]\n", extra=extra)
    load_rulebook({"rules.yaml": text, "issues.yaml": ISSUES})


def test_an_example_can_carry_several_articles() -> None:
    """So many documents are articles, each on its own; those that `files` names come first."""
    text = rule(
        "file_count",
        "      passes: [{articles: 3}, {files: [a.docx, b.docx]}]\n      fails: [{articles: 4}]\n",
        "{of: manuscripts, max: 3}",
    )
    load_rulebook({"rules.yaml": text})
    dossier = dossier_of(Facts(articles=2, files=("a.docx", "b.jpg", "c.docx", "d.docx")))
    assert [manuscript.source for manuscript in dossier.manuscripts] == ["a.docx", "c.docx"]
    assert [file.submission for file in dossier.letter.files] == [0, None, 1, None]


def test_a_rule_about_the_letter_can_be_for_one_issue() -> None:
    """The deadline of a special issue, to the hour, is none for what goes elsewhere."""
    issues = (
        "issues:\n  - {id: a, name: A, opens: 2026-01-01, closes: 2026-12-31}\n"
        "  - {id: b, name: 专题乙号, special: true, opens: 2026-01-01, closes: 2026-11-23}\n"
    )
    examples = "      passes: [{subject: 专题乙号, arrived: 2026-11-23 18:00}]\n"
    examples += "      fails: [{subject: 专题乙号, arrived: 2026-11-23 18:01}]\n"
    limit = '{before: "2026-11-23 18:00"}'
    load_rulebook(
        {
            "rules.yaml": rule("arrival", examples, limit, "    when: {special: true, issues: b}\n"),
            "issues.yaml": issues,
        }
    )
    elsewhere = "      passes: [{subject: 投稿, arrived: 2026-12-24 18:01}]\n"
    text = rule("arrival", elsewhere, limit, "    when: {issues: b}\n")
    assert "is skipped" in problems(text, issues=issues)[0].message


def test_examples_run_whatever_the_mode() -> None:
    """A rule that is off is tried as well: it may be switched on any day."""
    assert problems(rule("has_title", "      fails: [{title: x}]\n", extra="    mode: off\n"))


def test_examples_are_not_tried_for_rules_that_were_in_force() -> None:
    """They were good under the program of their day, and have to stay readable under any."""
    text = rule("has_title", "      fails: [{title: x}]\n")
    rulebook = load_rulebook({"rules.yaml": text}, examples=False)
    (tried,) = try_examples(rulebook)
    assert (tried.got, tried.good) == (Outcome.PASSED, False)


def test_mail_files_are_read_by_whoever_is_handed_in() -> None:
    """Without a reader they are left out; what cannot be read is a problem in its line, never a crash."""
    text = rule("has_title", "      fails: [mail: mails/a.eml]\n")
    files = {"rules.yaml": text}

    def untitled(path: str) -> Dossier:
        assert path == "mails/a.eml"
        return a_dossier(an_article(title=None))

    def dies(path: str) -> Dossier:
        raise ReaderDied("out of memory")

    def missing(path: str) -> Dossier:
        raise FileNotFoundError(2, "No such file or directory")

    def inquiry(path: str) -> Dossier:
        return replace(a_dossier(), kind=Kind.INQUIRY)

    load_rulebook(files)
    load_rulebook(files, untitled)
    for reader, said in ((dies, "out of memory"), (missing, "No such file"), (inquiry, "taken for: inquiry")):
        with pytest.raises(UserError, match=said) as caught:
            load_rulebook(files, reader)
        assert caught.value.problems[0].line == 8


def test_the_sample_is_a_good_submission() -> None:
    """An example that says nothing passes all shipped rules, so each says only what is different."""
    rulebook = the_shipped_rulebook()
    from mailbot.rulebook.judge import judge

    judgement = judge(dossier_of(Facts()), rulebook)
    failed = [
        f.rule for a in judgement.articles for f in (*judgement.findings, *a.findings) if f.outcome is Outcome.FAILED
    ]
    assert failed == []


def test_examples_cost_little(own_heap: None) -> None:
    """Those of 40 rules add less than 50 ms to a load."""
    text = "rules:\n" + "".join(
        f"  - id: r{n}\n    title: T\n    check: length\n    with: {{min: 500}}\n    otherwise: note\n"
        "    examples: {passes: [{characters: 500}, {text: 社区, characters: 600}], fails: [{characters: 9}]}\n"
        for n in range(40)
    )
    rulebook = load_rulebook({"rules.yaml": text})
    started = time.process_time()
    assert len(try_examples(rulebook)) == 120
    assert time.process_time() - started < 0.05


def test_the_shipped_rules_have_examples_that_come_out() -> None:
    """Each shipped rule shows what it accepts or refuses."""
    assert SHIPPED.is_dir()
    assert all(tried.good for tried in try_examples(the_shipped_rulebook()))
