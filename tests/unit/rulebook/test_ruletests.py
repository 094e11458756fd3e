"""`rules check` and `rules test`: no mailbot.yaml, every example told, mails held against what is expected of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mailbot.cli import app
from mailbot.errors import UserError

RULES = """\
rules:
  - id: long
    title: 够长
    check: length
    with: {min: 5000}
    otherwise: return
    examples:
      passes: [{characters: 5000}]
      fails: [{mail: mails/short.eml}]
"""
ISSUES = "issues:\n  - {id: a, name: A, opens: 2026-11-01, closes: 2026-11-30}\n"
MAIL = (
    """\
From: li@example.org
To: office@example.cn
Date: Mon, 23 Nov 2026 10:00:00 +0800
Message-ID: <one@example.org>
Subject: =?utf-8?b?5oqV56i/?=
Content-Type: text/plain; charset=utf-8

幸福社区的故事

● 江苏省示例市民政局

社区居民围坐在一起商量小区里的事情，大家的事大家办。
日子越过越有滋味，人人都说好。
"""
    + "社区居民围坐在一起商量小区里的事情，大家的事大家办，日子越过越有滋味。\n" * 20
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rules and nothing else, where the commands are run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAILBOT_CONFIG", raising=False)
    (tmp_path / "rules" / "mails").mkdir(parents=True)
    (tmp_path / "rules" / "rules.yaml").write_text(RULES, "utf-8")
    (tmp_path / "rules" / "issues.yaml").write_text(ISSUES, "utf-8")
    (tmp_path / "rules" / "mails" / "short.eml").write_text(MAIL, "utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments])


def test_check_tries_all_examples_and_counts(office: Path) -> None:
    """Facts and mail files; what there is, is said in one line."""
    said = run("check")
    assert (said.exit_code, "1 rules, 0 units, 1 issues, 2 examples" in said.output) == (0, True)


def test_a_mail_that_comes_out_otherwise_is_a_problem_of_the_rules(office: Path) -> None:
    """The line of the example is told, and why."""
    (office / "rules" / "rules.yaml").write_text(RULES.replace("min: 5000", "min: 5"), "utf-8")
    said = run("check")
    assert isinstance(said.exception, UserError)
    (problem,) = said.exception.problems
    assert (problem.file, problem.line) == ("rules.yaml", 9)
    assert "should have failed, and it passed" in problem.message


def test_a_link_out_of_the_folder_is_not_followed(office: Path) -> None:
    """Whatever it leads to is not read."""
    (office / "secret.eml").write_text(MAIL, "utf-8")
    mail = office / "rules" / "mails" / "short.eml"
    mail.unlink()
    mail.symlink_to(office / "secret.eml")
    said = run("check")
    assert "leads out of the folder" in str(said.exception)


def test_test_shows_wanted_and_got_of_every_example(office: Path) -> None:
    """1 when one comes out otherwise; all are shown, not only the first."""
    assert run("test").exit_code == 0
    (office / "rules" / "rules.yaml").write_text(RULES.replace("min: 5000", "min: 5"), "utf-8")
    said = run("test", "--json")
    rows = json.loads(said.output)["examples"]
    assert (said.exit_code, [row["good"] for row in rows]) == (1, [True, False])
    assert (rows[1]["wanted"], rows[1]["got"], rows[1]["line"]) == ("failed", "passed", 9)


def test_mails_are_held_against_what_is_expected(office: Path) -> None:
    """Any subset of kind, verdict, issue, title, unit and rules; a mail without expectations is told, not failed."""
    mails = office / "mails"
    mails.mkdir()
    (mails / "a.eml").write_text(MAIL, "utf-8")
    (mails / "b.eml").write_text(MAIL, "utf-8")
    good = "kind: submission\nverdict: return\nissue: a\nlate: false\nunit: 江苏省示例市民政局\nrules: {long: failed}\n"
    (mails / "a.yaml").write_text(good + "column:\n", "utf-8")
    said = run("test", "--mails", "mails")
    assert said.exit_code == 0, said.output
    assert "nothing is expected" in said.output
    (mails / "a.yaml").write_text("arrived: 2026-12-24\nissue: a\nrules: {long: passed}\n", "utf-8")
    said = run("test", "--mails", "mails", "--json")
    rows = [row for row in json.loads(said.output)["mails"] if row["good"] is False]
    assert [(row["what"], row["wanted"], row["got"]) for row in rows] == [
        ("issue", "a", None),
        ("long", "passed", "failed"),
    ]


def test_mistakes_in_expectations_are_told_in_place(office: Path) -> None:
    """Unknown keys and unknown rules, of all files in one go."""
    mails = office / "mails"
    mails.mkdir()
    for name, text in (("a", "verdikt: return\n"), ("b", "rules: {lang: failed}\n")):
        (mails / f"{name}.eml").write_text(MAIL, "utf-8")
        (mails / f"{name}.yaml").write_text(text, "utf-8")
    error = run("test", "--mails", "mails").exception
    assert isinstance(error, UserError)
    assert [problem.hint for problem in error.problems] == ["did you mean `verdict`?", "did you mean `long`?"]
