"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")  # words, not marks
MACHINE_PATH = re.compile(r"""["'](?:/home/|/root/|/work/|/Users/|/tmp/|[A-Z]:\\\\)""")
LONGEST_FUNCTION, LONGEST_FILE = 60, 500
CONTRACTS = {"mailbot/model.py", "mailbot/ports.py"}  # read as a table of contents, and in one place on purpose
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: str) -> Iterator[tuple[str, str]]:
    """(path below the project, text) of every Python file in a folder of the project."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def functions(source: str) -> Iterator[Function]:
    """Every function of a file."""
    yield from (node for node in ast.walk(ast.parse(source)) if isinstance(node, Function))


def code_strings(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every name and string of a file that is no docstring."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id


def test_every_test_says_what_it_holds():
    """Each test has a docstring of one sentence."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path, source in sources("tests")
        for node in functions(source)
        if node.name.startswith("test_") and not (ast.get_docstring(node) or "").rstrip().endswith((".", "?"))
    ]
    assert silent == []


def test_no_language_in_the_code():
    """What is particular to Chinese lies in languages/zh, in rules and templates; docstrings may quote it."""
    elsewhere = ("languages/zh/", "demo/", "defaults/")
    found = [
        f"{path}:{line} {text[:40]}"
        for path, source in sources("mailbot")
        if not path.startswith(tuple(f"mailbot/{place}" for place in elsewhere))
        for line, text in code_strings(source)
        if CHINESE.search(text)
    ]
    assert found == []


def test_only_the_command_line_prints():
    """What the program says goes through its log, but for commands and the demo, which talk to a person."""
    found = [
        f"{path}:{node.lineno}"
        for path, source in sources("mailbot")
        if not path.startswith(("mailbot/cli", "mailbot/demo/"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


def test_no_paths_of_a_machine():
    """No file names a place that exists on one machine only."""
    found = [
        path
        for folder in ("mailbot", "tests", "bench")
        for path, source in sources(folder)
        if MACHINE_PATH.search(source)
    ]
    assert found == []


def test_nothing_is_too_long():
    """Files stay under 500 lines and functions under 60, so that each can be read at once."""
    files = [path for path, source in sources("mailbot") if source.count("\n") > LONGEST_FILE and path not in CONTRACTS]
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, source in sources("mailbot")
        for node in functions(source)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert files + long == []
