"""A rule on trial is judged and reported to editors and admins; nothing follows from it."""

from __future__ import annotations

from pathlib import Path

from mailbot.check import check_mail
from mailbot.rulebook.judge import judge
from mailbot.rulebook.load import load_rulebook, read_folder
from mailbot.testing.reader import InProcessReader
from tests.stories.letters import good
from tests.unit.dossiers import SHIPPED, a_dossier, an_article

TRIAL = """rules:
  - {id: trial, title: 试行的规则, check: avoids, with: {words: [社区]},
     otherwise: reject, advice: 试行的建议, mode: shadow}
"""


def rules(folder: Path, text: str = TRIAL) -> Path:
    """The shipped rules and one on trial that no article here would pass."""
    for name, content in read_folder(SHIPPED).items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "trial.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_rule_on_trial_changes_no_verdict_and_no_mail(tmp_path: Path) -> None:
    """`check --json` tells what it found, with its mode; verdict and notice are those that come without it."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(good(1))
    found = [
        check_mail(
            mail,
            settings=None,
            reader=lambda language, *_: InProcessReader(language=language),
            rules=folder,
            arrived="2026-11-23T09:30:00+08:00",
        )
        for folder in (SHIPPED, rules(tmp_path))
    ]
    without, with_trial = found
    (finding,) = [one for one in with_trial["submissions"][0]["findings"] if one["rule"] == "trial"]
    assert (finding["mode"], finding["outcome"], finding["severity"]) == ("shadow", "failed", "reject")
    assert with_trial["verdict"] == without["verdict"] == "acknowledge"
    assert with_trial["notice"] == without["notice"]
    assert "试行" not in with_trial["notice"]["text"]


def test_a_rule_on_trial_that_cannot_judge_holds_nothing() -> None:
    """Not even an error in it makes work for an editor."""
    text = TRIAL.replace("check: avoids, with: {words: [社区]}", "expect: 'article.title.size() / 0 > 1'")
    rulebook = load_rulebook(read_folder(SHIPPED) | {"trial.yaml": text})
    judgement = judge(a_dossier(an_article()), rulebook)
    (finding,) = [one for one in judgement.articles[0].findings if one.rule == "trial"]
    assert finding.outcome == "error"
    assert judgement.verdict == "acknowledge"
