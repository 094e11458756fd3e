"""Imports go one way: this table is the order, and no module may import against it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RANKS = (
    {
        "model",
        "errors",
        "steps",
        "languages",
        "names",
        "codec",
        "count",
        "numbering",
        "sketch",
        "backoff",
        "log",
        "defaults",
    },
    {"lifecycle", "ports", "yamlfile", "yamlkeys", "yamlslips"},
    {"config", "quantities"},
    {"letter", "manuscript", "rulebook", "notices", "editors"},
    {"poll", "process", "outgoing", "verify", "report", "daily", "alarms", "check", "status"}
    | {"bounced", "brakes", "call", "rejudge", "ruletests", "trials", "merging", "moving", "history", "examining"},
    {"edges"},
    {"testing"},
    {"service", "worker"},
    {"cli", "cli_notices", "cli_rules", "cli_trials", "demo", "__main__"},
)
"""A part may import what stands above it here, and its neighbours unless it is one of SEPARATE."""

SEPARATE = {"letter", "manuscript", "rulebook", "notices", "editors", "edges", "testing"}
"""Parts that do not know their neighbours."""

NEIGHBOURS = {("manuscript", "letter"), ("editors", "notices")}
"""But the reading child, which is of the manuscripts, also parses letters; the digest has the notices' templates."""

EDGES_SEE = {
    "model",
    "errors",
    "steps",
    "names",
    "codec",
    "sketch",
    "lifecycle",
    "ports",
    "languages",
    "backoff",
    "edges",
}
"""Edges know the words and the seams, and nothing of what is done with them."""

SEE_EDGES = {"service", "demo", "testing", "edges"}
"""Only the service makes edges; the demo has servers, and the twins may be edges on something that goes away."""

RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}


def part_of(module: str) -> str:
    """`mailbot.letter.read` -> `letter`; the package itself is of no part."""
    return module.split(".")[1] if "." in module else ""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module of mailbot that is imported anywhere in a file, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "mailbot")
        elif isinstance(node, ast.ImportFrom) and node.module == "mailbot":
            yield from (f"mailbot.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mailbot."):
            yield str(node.module)


def allowed(importer: str, imported: str) -> bool:
    """Whether one part may import from another."""
    if importer == imported or (importer, imported) in NEIGHBOURS:
        return True
    if importer == "edges":
        return imported in EDGES_SEE
    if imported == "edges":
        return importer in SEE_EDGES
    if imported == "testing" and importer not in ("cli", "demo", "service"):
        return False
    if RANK[importer] == RANK[imported]:
        return importer not in SEPARATE
    return RANK[importer] > RANK[imported]


def modules() -> dict[str, Path]:
    """Every module of the package."""
    files = {path: path.relative_to(ROOT).with_suffix("").parts for path in (ROOT / "mailbot").rglob("*.py")}
    return {".".join(parts).removesuffix(".__init__"): path for path, parts in sorted(files.items())}


def test_every_part_has_its_place():
    """Each part of the package stands in the table."""
    assert {part_of(module) for module in modules()} - RANK.keys() <= {"", "defaults"}


def test_no_arrow_back():
    """No module imports what must not know that it exists."""
    wrong = [
        f"{module} imports {imported}"
        for module, path in modules().items()
        for imported in imports(ast.parse(path.read_text(encoding="utf-8")))
        if part_of(module) and part_of(imported) in RANK and not allowed(part_of(module), part_of(imported))
    ]
    assert wrong == []


def test_no_relative_imports():
    """Imports are absolute, so that the table sees them."""
    wrong = [
        module
        for module, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "imported", "may"),
    [
        ("letter", "model", True),
        ("model", "letter", False),
        ("letter", "manuscript", False),
        ("manuscript", "letter", True),
        ("process", "outgoing", True),
        ("process", "edges", False),
        ("edges", "process", False),
        ("edges", "ports", True),
        ("service", "edges", True),
        ("cli", "edges", False),
        ("testing", "process", True),
        ("process", "testing", False),
        ("service", "cli", False),
    ],
)
def test_the_table(importer, imported, may):
    """The table says what the design says."""
    assert allowed(importer, imported) is may


def test_imports_are_found_everywhere():
    """An import inside a function counts too."""
    source = (
        "import mailbot.cli\ndef f():\n    from mailbot import service\n    from mailbot.edges.imap import X\nimport os"
    )
    assert sorted(imports(ast.parse(source))) == ["mailbot.cli", "mailbot.edges.imap", "mailbot.service"]
