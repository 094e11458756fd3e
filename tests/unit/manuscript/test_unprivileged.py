"""The whole reader where the worker is no root, and where it is root below folders that nobody else may enter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest

from mailbot.manuscript.sandbox.reader import ChildReader
from tests import hostile
from tests.unit.letter.build import leaf, letter
from tests.unit.manuscript import pdfs
from tests.unit.manuscript.samples import article, photo

TITLE = "花园社区的议事厅"
STRANGER = 12345
ALL_READ = dict.fromkeys(("a.docx", "b.pdf", "c.heic", "d.jpg", "e.zip", "f.txt", "g.png"), "")
AS_ROOT = os.geteuid() == 0
REPO, PACKAGES = Path(__file__).resolve().parents[3], Path(pytest.__file__).resolve().parents[1]


def mail() -> bytes:
    """A letter with a file of each kind that is read by a library of its own."""
    pillow_heif.register_heif_opener()
    files = {
        "a.docx": article(TITLE),
        "b.pdf": pdfs.document([pdfs.text(TITLE * 3, 50, 700)]),
        "c.heic": photo(1, 200, 150, kind="HEIF"),
        "d.jpg": photo(2, 200, 150),
        "e.zip": hostile.package(("f.txt", "社区议事".encode()), ("g.png", photo(3, 200, 150, kind="PNG"))),
    }
    parts = (leaf(f"Content-Type: application/octet-stream; name={name}", data) for name, data in files.items())
    return letter(*parts, subject="投稿")


def read(folder: Path) -> dict[str, str]:
    """Each file's problem and detail, by a reader of this process's user."""
    reader = ChildReader(language="zh-CN")
    try:
        work = folder / "work"
        work.mkdir(mode=0o700)
        found = reader.manuscripts(reader.letter(folder / "letter.eml", work), work)
    finally:
        reader.close()
    return {file.name: f"{file.problem or ''} {file.detail}".strip() for file in found.files}


def as_user(user: int, folder: Path, python: str) -> dict[str, str]:
    """The same in a process of another user."""
    code = f"""import json, pathlib
from tests.unit.manuscript.test_unprivileged import read
print(json.dumps(read(pathlib.Path({str(folder)!r}))))"""
    done = subprocess.run(
        [python, "-c", code],
        user=user,
        group=user,
        extra_groups=[],
        env={"PATH": os.defpath, "PYTHONPATH": f"{REPO}:{PACKAGES}", "LANG": "C.UTF-8", "HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def open_to_all(path: Path) -> bool:
    """Whether every user may come to the file: a virtual environment below /root is closed to all others."""
    real = path.resolve()
    return all(one.stat().st_mode & 0o001 for one in (real, *real.parents))


def python_for_all() -> str | None:
    """A Python of our version that every user may run, with what it imports."""
    version = f"python3.{sys.version_info.minor}"
    pythons = [path for path in (sys.executable, f"/usr/bin/{version}") if Path(path).exists()]
    closed = not (open_to_all(REPO) and open_to_all(PACKAGES))
    return None if closed else next((path for path in pythons if open_to_all(Path(path))), None)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that its owner alone may enter, below those that all may: pytest's own are closed further up."""
    with tempfile.TemporaryDirectory(prefix="mailbot-test-") as name:
        yield Path(name)


def test_every_kind_of_file_is_read_below_a_closed_folder(closed: Path) -> None:
    """Word, PDF, HEIC, JPEG and zip: under root the reading process may not even see where they lie."""
    (closed / "letter.eml").write_bytes(mail())
    assert read(closed) == ALL_READ


def test_every_kind_of_file_is_read_by_a_worker_that_is_not_root(closed: Path) -> None:
    """The whole reader run by a user who owns nothing but the folder."""
    (closed / "letter.eml").write_bytes(mail())
    python = python_for_all()
    if AS_ROOT and python is not None:  # else whoever runs the tests stands for them: nobody else has a Python here
        for path in (closed, closed / "letter.eml"):
            os.chown(path, STRANGER, STRANGER)
        assert as_user(STRANGER, closed, python) == ALL_READ
    else:
        assert read(closed) == ALL_READ
