"""docs/notices.md tells of every kind and every word that a template may use, and of no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from mailbot.model import NoticeKind
from mailbot.notices import facts

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "notices.md").read_text("utf-8")
TYPES = (
    facts.NoticeFacts, facts.ArticleFact, facts.FileFact, facts.CloudFact, facts.FaultFact, facts.PictureFact,
    facts.OwnFact, facts.CallFacts, facts.AskFact, facts.OpenIssueFact, facts.DecisionFacts, facts.ReminderFacts,
)  # fmt: skip


def rows(heading: str) -> list[str]:
    """The first cells of the tables below a heading."""
    part = re.split(rf"^#+ {heading}\n", TEXT, flags=re.MULTILINE)[1].split("\n#")[0]
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.__name__)
def test_the_table_of_facts_is_whole(type_: type) -> None:
    """Each field of the facts has its row, and each row its field."""
    assert sorted(rows(type_.__name__)) == sorted(field.name for field in fields(type_))


def test_every_kind_is_described_and_shown() -> None:
    """In both languages, and as a picture."""
    assert sorted(rows("What each mail says")) == sorted(NoticeKind)
    chinese = (DOCS / "notices.zh-CN.md").read_text("utf-8")
    for kind in NoticeKind:
        assert f"(pictures/notice-{kind}.png)" in TEXT
        assert (DOCS / "pictures" / f"notice-{kind}.png").exists()
        assert f"`{kind}.txt.j2`" in chinese
