"""The JSON Schema of the rules files: made of what reads them, described, shipped with the rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from mailbot import defaults, languages, yamlfile
from mailbot.cli import app
from mailbot.rulebook.schema import keys, said_of, schema, schema_text
from tests.unit.dossiers import SHIPPED

RULE = {"id": "a", "title": "T", "otherwise": "note"}
VALIDATOR = jsonschema.Draft7Validator(schema("en"))


def complaints(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_schema_that_is_shipped_is_the_one_of_the_program() -> None:
    """After a change of what rules may say, `make schema` writes it anew."""
    assert (SHIPPED / "schema.json").read_text("utf-8") == schema_text("zh-CN")
    jsonschema.Draft7Validator.check_schema(schema("zh-CN"))


@pytest.mark.parametrize("path", sorted(SHIPPED.rglob("*.yaml")), ids=lambda path: str(path.relative_to(SHIPPED)))
def test_the_shipped_files_fit_the_schema_and_name_it(path: Path) -> None:
    """So whoever edits them is helped from the first line on."""
    text = path.read_text("utf-8")
    assert complaints(yamlfile.load(text, path.name).data) == []
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == SHIPPED / "schema.json"


def test_every_key_is_described() -> None:
    """In English by the models; in Chinese by the language's data, which describes nothing that there is not."""
    english = dict(keys())
    assert [key for key, text in english.items() if not text] == []
    chinese = languages.load("zh-CN").teaching.descriptions
    assert [key for key in english if not said_of(key, chinese)] == []
    known = (*english, "with.by_issue", "with.by_column")
    assert [key for key in chinese if not any(one == key or one.endswith(key.lstrip("*")) for one in known)] == []


@pytest.mark.parametrize(
    "rule",
    [
        {"check": "length", "with": {"min": 500, "by_issue": {"2026-06": {"min": 300}}}},
        {"check": "mentions", "with": {"words": "社区"}},
        {"check": "mentions", "with": {"words": ["社区", 12]}},
        {"expect": "article.late", "when": {"if": "true"}},
        {"check": "has_title", "with": None, "when": {"issues": "2026-06"}},
        {"check": "has_title", "examples": {"passes": [{"title": "x", "authors": "张三", "files": ["a.docx"]}]}},
        {"check": "has_title", "examples": {"fails": [{"mail": "mails/a.eml", "arrived": "2026-11-23 10:00"}]}},
        {"id": 10, "check": "has_title", "mode": "shadow"},
    ],
)
def test_what_the_loader_takes_the_schema_takes(rule: dict[str, Any]) -> None:
    """One word for a list, a number for text, nothing for a group."""
    assert complaints({"rules": [RULE | rule]}) == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"check": "lenght"}, "'lenght' is not one of"),
        ({"check": "length", "with": {"mni": 5}}, "'mni' was unexpected"),
        ({"check": "length", "with": {"min": "many"}}, "'many' is not of type"),
        ({"check": "length", "with": {"by_issue": {"a": {"mni": 1}}}}, "'mni' was unexpected"),
        ({"check": "mentions"}, "'with' is a required property"),
        ({"check": "has_title", "chek": 1}, "'chek' was unexpected"),
        ({"check": "has_title", "otherwise": "退回"}, "'退回' is not one of"),
        ({"check": "has_title", "examples": {"passes": [{"titel": "x"}]}}, "'titel' was unexpected"),
        ({}, "is not valid under any of the given schemas"),
    ],
)
def test_what_the_loader_refuses_is_marked_while_typing(rule: dict[str, Any], said: str) -> None:
    """Unknown keys, words and kinds."""
    assert any(said in complaint for complaint in complaints({"rules": [RULE | rule]}))


def test_a_file_holds_one_group() -> None:
    """Two top keys, or another one, are marked."""
    assert complaints({"rules": [], "units": []})
    assert complaints({"chapters": []})
    assert complaints(None) == []


def test_the_command_prints_it_in_either_language() -> None:
    """Chinese unless asked otherwise; keys without a translation stay English."""
    printed = [CliRunner().invoke(app, ["rules", "schema", *more]).output for more in ((), ("--language", "en"))]
    assert printed == [schema_text("zh-CN"), schema_text("en")]
    assert json.loads(printed[1])["definitions"]["with.length"]["properties"]["min"]["description"]


def test_init_brings_schema_and_sub_folders(tmp_path: Path) -> None:
    """All of rules/ is copied, so that the files' first line leads somewhere."""
    defaults.copy_to(tmp_path)
    copied = {path.relative_to(tmp_path / "rules") for path in (tmp_path / "rules").rglob("*")}
    assert copied == {path.relative_to(SHIPPED) for path in SHIPPED.rglob("*")}
