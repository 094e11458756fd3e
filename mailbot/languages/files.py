"""Which words a language must give for what files are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilePhrases:
    """Both are compared with names in lower case and half-width forms, without the ending."""

    default_names: str  # a pattern of a whole name: what programs, cameras and telephones give by themselves
    screenshots: tuple[str, ...]  # anywhere in a name: a picture of a screen
