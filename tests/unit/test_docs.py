"""What the documents promise to name completely, and what they quote, held against the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from mailbot import report, status
from mailbot.cli import app
from mailbot.model import FileProblem, Mode, Severity
from mailbot.rulebook import explain
from mailbot.rulebook.checks import CHECKS
from mailbot.rulebook.load import load_rulebook
from mailbot.rulebook.models import Issue, RuleEntry, Unit, When
from mailbot.trials import backtest
from mailbot.trials import explain as trials_explain
from mailbot.yamlfile import load
from tests.unit.test_imports import RANKS

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
NOT_PRINTED = {"that day", "in force", "passed", "failed", "skipped", "error"}
"""Keys of tables for people."""
QUOTED = re.compile(r"`([^`\n]+)`")


def document(name: str) -> str:
    """The text of a file in docs/."""
    return (ROOT / "docs" / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one of the same depth."""
    depth = title.split(" ")[0]
    return text.split(f"\n{title}\n", 1)[1].split(f"\n{depth} ", 1)[0]


def row(text: str, name: str) -> list[str]:
    """The cells of the table's row that begins with this name in backquotes."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def sources() -> Iterator[str]:
    """The text of every Python file of the program."""
    yield from (path.read_text("utf-8") for path in sorted((ROOT / "mailbot").rglob("*.py")))


def commands() -> dict[str, Any]:
    """Every command as it is typed after `mailbot`, as typer built it."""
    found: dict[str, Any] = {}

    def look(group: Any, prefix: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                look(command, f"{prefix}{name} ")
            else:
                found[f"{prefix}{name}"] = command

    look(typer.main.get_command(app), "")
    return found


def keys_written(source: str, function: str) -> set[str]:
    """Every constant key of every dict that is written down in a function."""
    (found,) = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    dicts = [node for node in ast.walk(found) if isinstance(node, ast.Dict)]
    return {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}


# --- rules.md ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_stands_in_the_table_with_its_parameters(name: str) -> None:
    """The row of a check says what it is about, and names each parameter with its default, and no other."""
    check = CHECKS[name]
    _, about, _, parameters = row(section(document("rules.md"), "## The checks"), name)
    assert about == check.about
    named = re.findall(r"`(\w+)`:", parameters)
    fields = {field.alias or key: field for key, field in check.params.model_fields.items()}
    assert named == list(fields)
    for key, field in fields.items():
        said = parameters.split(f"`{key}`:")[1].split("`;")[0]
        assert field.is_required() == ("needed" in said)
        if not field.is_required() and field.default not in (None, ()):
            shown = f"[{', '.join(field.default)}]" if isinstance(field.default, tuple) else str(field.default).lower()
            assert f"`{shown}" in said


def test_the_chinese_guide_names_every_check_and_no_other() -> None:
    """Its table has one row for each check, which says what it is about and names no key that the check has not."""
    table = section(document("rules.zh-CN.md"), "## 检查一览")
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(CHECKS)
    for name, check in CHECKS.items():
        _, about, _, keys = row(table, name)
        assert about == {"letter": "信", "article": "稿"}[check.about]
        named = re.findall(r"`(\w+)`", keys)
        known = {field.alias or key for key, field in check.params.model_fields.items()}
        needed = {field.alias or key for key, field in check.params.model_fields.items() if field.is_required()}
        assert needed <= set(named) <= known, name


def test_the_rules_of_the_chinese_guide_load() -> None:
    """Each of its examples, given the columns that it speaks of, is accepted as it stands."""
    for example in re.findall(r"```yaml\n(.*?)```", document("rules.zh-CN.md"), re.DOTALL):
        assert load_rulebook({"rules.yaml": example}).rules


def test_no_check_is_documented_that_is_not_there() -> None:
    """The table of checks has no row too many."""
    rows = re.findall(r"^\| `(\w+)` \|", section(document("rules.md"), "## The checks"), re.MULTILINE)
    assert sorted(rows) == sorted(CHECKS)


@pytest.mark.parametrize(
    ("title", "model"), [("## A rule", RuleEntry), ("### `when`", When), ("## Units", Unit), ("## Issues", Issue)]
)
def test_every_key_of_the_rules_files_is_documented(title: str, model: type[BaseModel]) -> None:
    """Each key that the models take stands in the first column of the section's table."""
    first = " ".join(
        line.split("|")[1] for line in section(document("rules.md"), title).splitlines() if line[:1] == "|"
    )
    keys = [field.alias or key for key, field in model.model_fields.items()]
    assert [key for key in keys if f"`{key}`" not in first] == []


def test_every_word_of_the_rules_is_documented() -> None:
    """Each severity, mode and problem of a file stands in rules.md."""
    text = document("rules.md")
    assert [
        word for word in (*Severity, *Mode, *FileProblem) if not re.search(rf"`\[?{word}\b|\b{word}\]?`", text)
    ] == []


def test_the_examples_of_rules_are_good_rules() -> None:
    """Each YAML example in rules.md can be read by the models it is about."""
    models: dict[str, type[BaseModel]] = {"rules": RuleEntry, "units": Unit, "issues": Issue}
    examples = re.findall(r"```yaml\n(.*?)```", document("rules.md"), re.DOTALL)
    entire = [example for example in examples if example.partition(":")[0] in models]
    assert {example.partition(":")[0] for example in entire} == set(models)
    for example in entire:
        ((kind, entries),) = load(example, "example.yaml").data.items()
        for entry in entries:
            models[kind].model_validate(entry)


# --- commands.md ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_documented_with_its_options(name: str) -> None:
    """Each command has a row in commands.md, which shows its arguments and names each of its options."""
    (line,) = [line for line in document("commands.md").splitlines() if re.match(rf"\| `{name}[` ]", line)]
    parameters = commands()[name].params
    options = [max(one.opts, key=len) for one in parameters if one.param_type_name == "option"]
    assert [option for option in options if option not in line] == []
    assert len(re.findall(r"[A-Z_]+", line.split("`")[1])) == len(parameters) - len(options)


def test_no_command_is_documented_that_is_not_there() -> None:
    """Each row of the tables of commands is a command, and what comes later is none yet."""
    text = document("commands.md")
    there = commands().keys()
    now, later = text.split("\n## What comes later\n")
    rows = re.findall(r"^\| `([a-z]+(?: [a-z-]+)?)", section(now, "## The commands"), re.MULTILINE)
    assert sorted(rows) == sorted(there)
    named = {word for word in QUOTED.findall(later) if re.fullmatch(r"[a-z]+( [a-z-]+)?", word)}
    assert not named & there


def test_every_field_of_check_and_status_is_documented() -> None:
    """Each key that `check --json` and `status --json` print stands in commands.md in its place."""
    text = document("commands.md")
    source = Path(report.__file__).read_text("utf-8")
    functions = ("report", "_article", "_author", "_file", "_image", "_finding")
    keys = set().union(*(keys_written(source, function) for function in functions))
    told = " ".join(QUOTED.findall(section(text, "## What `check --json` prints")))
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", told)) == []
    keys = keys_written(Path(status.__file__).read_text("utf-8"), "look")
    told = " ".join(QUOTED.findall(section(text, "## What `status --json` prints")))
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", told)) == []


def test_every_field_of_backtest_and_explain_is_documented() -> None:
    """Each key that `rules backtest --json` and `rules explain --json` print stands in commands.md in its place."""
    text = document("commands.md")
    for title, modules in (
        ("## What `rules backtest --json` prints", (backtest,)),
        ("## What `rules explain --json` prints", (explain, trials_explain)),
    ):
        told = " ".join(QUOTED.findall(section(text, title)))
        written = (Path(module.__file__).read_text("utf-8") for module in modules)
        dicts = (node for source in written for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Dict))
        keys = {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}
        assert sorted(key for key in keys - NOT_PRINTED if not re.search(rf"\b{key}\b", told)) == []


# --- operations.md ----------------------------------------------------------------------------------------------------


def events() -> set[str]:
    """The names of all events that the program logs: the first argument of `log.info` and its like, and of `say`."""
    calls = (node for source in sources() for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        str(call.args[0].value)
        for call in calls
        if re.fullmatch(r"log\.(info|warning|error)|say", ast.unparse(call.func))
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and re.fullmatch(r"[a-z-]+", str(call.args[0].value))
    }


def test_every_event_of_the_log_is_documented_and_no_other() -> None:
    """The table of events in operations.md has a row for each event that the code names."""
    table = section(document("operations.md"), "## The log")
    told = {name for line in table.splitlines() if line[:3] == "| `" for name in QUOTED.findall(line.split("|")[1])}
    assert told == events()


def test_every_message_that_is_explained_stands_in_the_code() -> None:
    """What operations.md gives as a message to search for is said by the program, letter for letter."""
    templates = [path.read_text("utf-8") for path in sorted((ROOT / "templates").glob("*.j2"))]
    code = re.sub(r'"\s*\n\s*f?"', "", "\n".join([*sources(), *templates]))  # literals that go on in the next line
    part = section(document("operations.md"), "## By message")
    quoted = [text for line in part.splitlines() if line[:4] == "### " for text in QUOTED.findall(line)]
    assert len(quoted) >= 15
    assert [text for text in quoted if text not in code] == []


# --- architecture.md --------------------------------------------------------------------------------------------------


def test_the_table_of_parts_is_the_order_that_is_held() -> None:
    """The rows of the table name the parts of each rank as test_imports.py has them."""
    table = section(document("architecture.md"), "## The parts, in the order in which they may import each other")
    cells = [line.split("|")[2] for line in table.splitlines() if re.match(r"\| \d", line)]
    assert [{name.strip("/") for name in QUOTED.findall(cell)} for cell in cells] == list(RANKS)


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_the_documents_leads_somewhere(path: Path) -> None:
    """The file that a link names is there, and so is the heading behind `#`."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", text).strip().lower().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_is_there(path: Path) -> None:
    """Nothing is recommended that cannot be typed: each `mailbot …` in backquotes begins with a command."""
    there = commands().keys()
    groups = {name.split(" ")[0] for name in there if " " in name}
    for quoted in QUOTED.findall(path.read_text("utf-8")):
        words = quoted.split(" ")
        if words[0] != "mailbot" or len(words) == 1 or not words[1][:1].islower():
            continue
        for word in words[2].split("|") if words[1] in groups and len(words) > 2 else [""]:
            assert f"{words[1]} {word}".strip() in there or words[1] in there, quoted
