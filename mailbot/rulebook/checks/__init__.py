"""The checks, one a file: a model of its parameters, a pure function, and `CHECK`; a new file here is a new check."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from mailbot.rulebook.checking import Check

_NAMES = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))

CHECKS: dict[str, Check[Any]] = {name: import_module(f"{__name__}.{name}").CHECK for name in _NAMES}
"""By the name that rules use: that of the check's file."""
