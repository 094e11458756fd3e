"""The named checks: one file each, with a model of its parameters, a pure function, and `CHECK`; add yours here."""

from __future__ import annotations

from typing import Any

from mailbot.rulebook.checking import Check
from mailbot.rulebook.checks import (
    author_unit,
    avoids,
    has_title,
    length,
    manuscript_enclosed,
    manuscript_readable,
    mentions,
    originals_enclosed,
    readable_files,
    subject_prefix,
    unit_complete,
    unit_named,
)

_MODULES = (
    author_unit,
    avoids,
    has_title,
    length,
    manuscript_enclosed,
    manuscript_readable,
    mentions,
    originals_enclosed,
    readable_files,
    subject_prefix,
    unit_complete,
    unit_named,
)

CHECKS: dict[str, Check[Any]] = {module.CHECK.name: module.CHECK for module in _MODULES}
"""By the name that rules use."""
