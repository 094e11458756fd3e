"""`notices preview` and `notices show`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailbot import defaults
from mailbot.cli import app
from mailbot.edges.ledger.ledger import SqlLedger
from mailbot.errors import UserError
from mailbot.model import Draft, MailCause, NoticeKind
from mailbot.notices.message import draft_alarm
from mailbot.service import World
from tests.unit.notices import build

CONFIG = """
office: {name: 街坊编辑部, editors: [bianji@example.cn], admins: [admin@example.cn]}
mailbox: {address: tougao@example.cn, host: imap.example.cn, password: env:NONE}
smtp: {host: smtp.example.cn, password: env:NONE}
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of an office with its own folders."""
    monkeypatch.setenv("NONE", "x")
    (tmp_path / "mailbot.yaml").write_text(CONFIG, encoding="utf-8")
    for name in ("rules", "templates"):
        shutil.copytree(defaults.folder(name), tmp_path / name)
    return tmp_path / "mailbot.yaml"


def run(config: Path, *words: str) -> str:
    """What a command prints; it must end well."""
    done = CliRunner().invoke(app, ["-c", str(config), "notices", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_preview_needs_no_configuration(tmp_path: Path) -> None:
    """Subject and text by the shipped templates, also as JSON."""
    nowhere = tmp_path / "none.yaml"
    shown = json.loads(run(nowhere, "preview", "trial", "--json"))
    assert shown["kind"] == "trial"
    assert run(nowhere, "preview", "trial") == f"Subject: {shown['subject']}\n\n{shown['text']}"
    assert "试投不登记" in shown["text"]


def test_a_preview_is_made_of_the_offices_own_templates(office: Path) -> None:
    """What an admin has just written, signed with the office's name."""
    own = office.parent / "templates" / "withdrawn.txt.j2"
    own.write_text("Subject: 撤了\n{% for one in about %}{{ one.title }}{% endfor %} {{ office }}", encoding="utf-8")
    assert run(office, "preview", "withdrawn") == "Subject: 撤了\n\n楼道里的小剧场：一个老旧小区的三年 街坊编辑部\n"


def test_an_unknown_kind_is_told_with_the_list(tmp_path: Path) -> None:
    """A mistyped kind is wrong use, and all kinds are named."""
    done = CliRunner().invoke(app, ["-c", str(tmp_path / "none.yaml"), "notices", "preview", "retrun"])
    assert isinstance(done.exception, UserError)
    assert all(kind in str(done.exception) for kind in NoticeKind)


def test_an_older_office_goes_on_with_the_shipped_templates(office: Path) -> None:
    """Only five templates, with their old parts: new kinds come out all the same; the digest names what is missing."""
    folder = office.parent / "templates"
    for name in ("completed", "status", "withdrawn", "trial", "decision", "correction", "reminder"):
        (folder / f"{name}.txt.j2").unlink()
    for name in ("acknowledgement", "return", "rejection", "held", "help"):
        (folder / f"{name}.txt.j2").write_text("Subject: 旧的\n{{ office }}", encoding="utf-8")
    (folder / "_parts.txt.j2").write_text("{% macro heading(articles, index) %}{% endmacro %}", encoding="utf-8")
    assert run(office, "preview", "help") == "Subject: 旧的\n\n街坊编辑部\n"
    assert "您补充的材料已收到" in run(office, "preview", "completed")
    with World(office) as world:
        assert world.templates.problems == ()
        assert (
            "trial.txt.j2: this template is missing; the shipped one stands in for it"
            in world.daily.render(world.daily.page([world.daily.today()]))[1]
        )


def test_a_mail_of_the_outbox_is_shown(office: Path) -> None:
    """The headers that matter decoded, the text, and its state; an id that is not there is wrong use."""

    with World(office) as world:
        world.upgrade_ledger()
        assert isinstance(world.ledger, SqlLedger)
        draft: Draft = draft_alarm(
            "主题在此", "正文在此\n", admin="admin@example.cn", about="x", office_address="tougao@example.cn",
            office_name="街坊编辑部", at=build.NOW, secret=b"k",
        )  # fmt: skip
        assert draft.cause is MailCause.ALARM
        world.ledger.queue(draft, build.NOW)
    shown = json.loads(run(office, "show", "1", "--json"))
    assert (shown["id"], shown["state"], shown["text"]) == (1, "waiting", "正文在此\n")
    assert (shown["headers"]["Subject"], shown["headers"]["To"]) == ("主题在此", "admin@example.cn")
    told = run(office, "show", "1")
    assert told.startswith("mail 1, waiting, alarm\n")
    assert told.endswith("\n\n正文在此\n")
    missing = CliRunner().invoke(app, ["-c", str(office), "notices", "show", "7"])
    assert isinstance(missing.exception, UserError)
