"""Whoever asks how to submit is told what the rules in force ask for, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from mailbot.call import call_of
from mailbot.cli import app
from mailbot.model import Kind, Office, Verdict
from mailbot.notices.compose import compose
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import load_rulebook
from tests.unit.dossiers import SHIPPED, a_dossier, a_letter
from tests.unit.notices import build

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
OFFICE = Office(address="tougao@example.cn")
RULES = """rules:
  - {id: a, title: 有标题, check: has_title, otherwise: return, advice: 请写明标题。, cites: 第一条}
  - {id: b, title: 内部规则, check: has_title, otherwise: hold}
  - {id: c, title: 标题, check: has_title, otherwise: note, help: 标题要好。, advice: 不该出现}
  - {id: d, title: 不提, check: has_title, otherwise: return, advice: 不提, help: off}
  - {id: e, title: 试用, check: has_title, otherwise: return, advice: 试用, mode: shadow}
  - {id: f, title: 停用, check: has_title, otherwise: return, advice: 停用, mode: off}
  - {id: g, title: 专栏要求, check: has_title, otherwise: return, advice: 请看专栏, when: {columns: [lt]}}
"""
ISSUES = """issues:
  - {id: 2026-05, name: 第5期, opens: 2026-09-01, closes: 2026-10-31, grace: 60d}
  - {id: 2026-06, name: 第6期, opens: 2026-11-01, closes: 2026-12-31, columns: [{id: lt, name: 论坛}]}
  - {id: 2027-01, name: 第1期, opens: 2027-01-01, closes: 2027-02-28}
  - {id: s, name: 五社联动专辑, opens: 2026-11-01, closes: 2026-12-01, special: true, routes: {subject: 五社联动}}
"""
RULEBOOK = load_rulebook({"a.yaml": RULES, "b.yaml": ISSUES})


def test_acting_rules_are_told_by_severity() -> None:
    """By help, else by title and advice; what has neither, is left out, on trial or off is not told."""
    call = call_of(RULEBOOK, OFFICE, NOW)
    assert [(ask.text, ask.how, ask.clause, ask.only) for ask in call.musts] == [
        ("有标题", "请写明标题。", "第一条", ()),
        ("专栏要求", "请看专栏", "", ("论坛",)),
    ]
    assert [(ask.text, ask.how) for ask in call.shoulds] == [("标题要好。", "")]


def test_issues_are_told_that_take_articles_today() -> None:
    """Those that are open, in the office's zone; between two, the next one."""
    assert [(one.name, one.special) for one in call_of(RULEBOOK, OFFICE, NOW).issues] == [
        ("五社联动专辑", True),
        ("第6期", False),
    ]
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)  # 1 January in Shanghai
    assert [one.name for one in call_of(RULEBOOK, OFFICE, midnight).issues] == ["第1期"]
    early = datetime(2026, 8, 1, tzinfo=UTC)
    assert [one.name for one in call_of(RULEBOOK, OFFICE, early).issues] == ["第5期"]
    assert call_of(RULEBOOK, OFFICE, datetime(2028, 1, 1, tzinfo=UTC)).issues == ()


def test_an_inquiry_is_answered_out_of_the_rules() -> None:
    """A changed rule changes the answer; nobody has to change a template."""
    dossier = replace(a_dossier(letter=a_letter(subject="请问如何投稿")), kind=Kind.INQUIRY)
    judgement = judge(dossier, RULEBOOK)
    assert judgement.verdict is Verdict.SERVE
    call = call_of(RULEBOOK, dossier.office, dossier.arrived_at)
    notice = compose(dossier, judgement, [], build.OFFICE_NAME, RULEBOOK.issue_names, build.shipped(), call=call)
    assert notice is not None
    for told in (
        "1. 有标题：请写明标题。（第一条）", "2. （仅限论坛）专栏要求", "· 标题要好。", "tougao@example.cn",
        "· 第6期：2026年12月31日截稿；栏目：论坛", "请在邮件主题里写明它的名称",
    ):  # fmt: skip
        assert told in notice.text
    for untold in ("内部规则", "不该出现", "不提", "试用", "停用", "第1期", "第5期"):
        assert untold not in notice.text


def test_the_command_prints_it_for_any_folder(tmp_path: Path) -> None:
    """`rules help-text DIR` needs no configuration; without DIR it is the shipped call for papers."""
    (tmp_path / "a.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(ISSUES, encoding="utf-8")
    none = str(tmp_path / "mailbot.yaml")
    own = CliRunner().invoke(app, ["-c", none, "rules", "help-text", str(tmp_path)])
    assert own.exit_code == 0
    assert "1. 有标题：请写明标题。（第一条）" in own.stdout
    shipped = CliRunner().invoke(app, ["-c", none, "rules", "help-text"])
    assert "邮件主题以“投稿”" in shipped.stdout
    assert "完整名称" in shipped.stdout


def test_the_shipped_call_speaks_of_everything_that_it_returns_for() -> None:
    """Each shipped rule that returns an article is told, or says itself that it is not."""
    rulebook = load_rulebook({path.name: path.read_text(encoding="utf-8") for path in SHIPPED.glob("*.yaml")})
    call = call_of(rulebook, OFFICE, NOW)
    silent = {rule.id for rule in rulebook.rules if rule.otherwise == "return" and rule.help == "off"}
    assert silent == {"files-readable"}
    assert len(call.musts) >= 6
