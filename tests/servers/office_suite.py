"""LibreOffice turns the tests' documents into other formats: true samples, made by a program nobody here wrote."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SECONDS = 120


def convert(paths: Sequence[Path], to: str, out: Path) -> list[Path]:
    """Each of `paths` saved as `to` ("odt", "doc:MS Word 97", ...) in `out`, in one run with a profile of its own."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise FileNotFoundError("soffice is not installed: run .ci/servers (Debian: libreoffice-writer-nogui)")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="office-profile-") as profile:
        order = [program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        order += ["--convert-to", to, "--outdir", str(out), *map(str, paths)]
        done = subprocess.run(order, capture_output=True, text=True, timeout=SECONDS, check=False)
    made = [out / f"{path.stem}.{to.partition(':')[0]}" for path in paths]
    missing = [path.name for path in made if not path.is_file()]
    if missing:
        raise RuntimeError(f"soffice did not make {', '.join(missing)}:\n{done.stdout}\n{done.stderr}")
    return made
