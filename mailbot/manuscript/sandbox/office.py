"""An office program as the second way into a document: its command, and what came of it.

Nothing is run here: whoever runs the command sets the limits (time, memory, no network).
"""

from __future__ import annotations

import shutil
from pathlib import Path

PROGRAMS = ("soffice", "libreoffice")
_FORMAT = "docx:Office Open XML Text"


def find() -> str | None:
    """Where the office program is, None when there is none on the PATH."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def command(program: str, source: Path, out: Path, profile: Path) -> list[str]:
    """The words of the command that saves `source` as .docx in the folder `out`.

    `profile` is a folder of this run's own (it need not exist): two runs at a time must not share one, and nothing
    that an earlier document left there may have a say.
    """
    return [
        program,
        f"-env:UserInstallation={profile.absolute().as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        _FORMAT,
        "--outdir",
        str(out),
        str(source),
    ]


def result(source: Path, out: Path) -> Path | None:
    """The .docx that the command made of `source`; None when it made none (its exit code is 0 all the same)."""
    made = out / f"{source.stem}.docx"
    return made if made.is_file() and made.stat().st_size else None
