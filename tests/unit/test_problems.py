"""Whatever a reader finds wrong with a file, the contributor is told in a sentence of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import mailbot.manuscript
from mailbot import languages
from mailbot.model import FileProblem

SOURCES = sorted(Path(mailbot.manuscript.__file__).parent.rglob("*.py"))
SENTENCES = {
    key.removeprefix("problem."): sentence
    for key, sentence in languages.load("zh-CN").rules.messages.items()
    if key.startswith("problem.")
}
NAMED = {
    "document.active": {"macro", "program", "template"},
    "kind.value": {"rar", "7z", "tar"},
    "self.kind.value": {"rar", "7z", "tar"},
    "member.detail": set(),  # of what is raised elsewhere
    "fault.detail": set(),
    "item.file.detail": set(),
    "unpacked.detail": set(),
    "file.detail": set(),
    "detail": set(),
}
"""What the details can be that the code does not write down beside the problem."""


def details(node: ast.expr, constants: dict[str, str]) -> set[str]:
    """The words that an expression for a detail can give."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value} - {""}
    if isinstance(node, ast.IfExp):
        return details(node.body, constants) | details(node.orelse, constants)
    source = ast.unparse(node)
    return {constants[source]} if source in constants else NAMED[source]


def problem_of(node: ast.expr) -> str:
    """The problem that an expression names, "" for none."""
    is_named = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "FileProblem"
    return FileProblem[node.attr].value if is_named and isinstance(node, ast.Attribute) else ""


def told_in(tree: ast.Module) -> Iterator[str]:
    """Each `problem.detail` that a module can give: side by side in a call or tuple, or as keywords."""
    constants = dict(constants_of(tree))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Call, ast.Tuple)):
            for problem, detail in pairwise(node.args if isinstance(node, ast.Call) else node.elts):
                if name := problem_of(problem):
                    yield from (f"{name}.{word}" for word in details(detail, constants))
        if isinstance(node, ast.Call):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            if "detail" in keywords and (name := problem_of(keywords.get("problem", keywords["detail"]))):
                yield from (f"{name}.{word}" for word in details(keywords["detail"], constants))


def constants_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of the module that stand for words, also several in one line."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Tuple)):
            names, values = node.targets[0], node.value
            pairs = (
                zip(names.elts, values.elts, strict=True)
                if isinstance(names, ast.Tuple) and isinstance(values, ast.Tuple)
                else ((names, values),)
            )
            for name, value in pairs:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield ast.unparse(name), value.value


RAISED = {pair for source in SOURCES for pair in told_in(ast.parse(source.read_text("utf-8")))}
APART = {"damaged.volume", "misnamed.program", "unsupported.picture"}
"""Said in two steps: the problem is known by another name there."""


def test_every_detail_has_its_sentence_and_every_sentence_its_use() -> None:
    """What the readers can say of a file and what the language has words for are the same."""
    plain = {problem.value for problem in FileProblem}
    assert len(RAISED) > 20
    assert RAISED | APART | plain == set(SENTENCES)


@pytest.mark.parametrize("case", sorted(SENTENCES))
def test_a_sentence_goes_on_after_the_name_and_says_what_to_do(case: str) -> None:
    """It ends without a stop, so that it can stand in a list, asks for something, and fits into a line."""
    sentence = SENTENCES[case]
    assert "，请" in sentence
    assert not sentence.endswith(("。", "！", "，"))
    assert len(sentence) <= 50


@pytest.mark.parametrize("case", sorted(name for name in SENTENCES if name.startswith("macro")))
def test_a_document_with_macros_is_not_called_unread(case: str) -> None:
    """Its text is read and judged: only what would run is left alone."""
    assert "没有打开" not in SENTENCES[case]
