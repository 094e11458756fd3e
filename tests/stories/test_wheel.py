"""What is installed is whole: the wheel, and mailbot out of it, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str, cwd: Path, path: Path | None = None) -> str:
    """What a Python command prints; `path` is where it finds mailbot."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: str) -> set[str]:
    """Every file of a folder of the project that is not made by running it."""
    found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.mark.torture
def test_the_wheel_holds_everything_and_works_away_from_the_checkout(tmp_path: Path) -> None:
    """All of mailbot/, and rules/ and templates/ as its defaults; `init` and `rules check` find them there."""
    run("-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet", "--wheel-dir", str(tmp_path), cwd=tmp_path)
    (wheel,) = tmp_path.glob("mailbot-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        archive.extractall(tmp_path / "installed")
    assert packed == files("mailbot") | {f"mailbot/defaults/{name}" for name in files("rules") | files("templates")}

    office = tmp_path / "office"
    office.mkdir()
    run("-m", "mailbot", "init", cwd=office, path=tmp_path / "installed")
    assert {path.relative_to(office).as_posix() for path in office.rglob("*.*")} == {
        "mailbot.yaml",
        *files("rules"),
        *files("templates"),
    }
    assert " rules, " in run("-m", "mailbot", "rules", "check", cwd=office, path=tmp_path / "installed")
