"""The checks, one a file: a model of its parameters, a pure function, and `CHECK`; a new file here is a new check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mailbot.rulebook.checking import Check


class _Checks(Mapping[str, Check[Any]]):
    """The files of this folder, each imported when it is asked for: most rulebooks need a few of them."""

    def __init__(self) -> None:
        self._names = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))

    def __getitem__(self, name: str) -> Check[Any]:
        if name not in self._names:
            raise KeyError(name)
        check: Check[Any] = import_module(f"{__name__}.{name}").CHECK
        return check

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


CHECKS: Mapping[str, Check[Any]] = _Checks()
"""By the name that rules use: that of the check's file."""
