"""The rules, templates and configuration that mailbot brings along."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The shipped `rules` or `templates`: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    packed = here / name
    return packed if packed.is_dir() else here.parents[1] / name
