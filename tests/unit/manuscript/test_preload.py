"""What the reading process has loaded before it is forked for a letter's files."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image

from tests.hostile import pdf
from tests.unit.manuscript.packed import rar5
from tests.unit.manuscript.samples import article, compound, photo

_READ = """import sys
from pathlib import Path
from mailbot.languages import load
from mailbot.letter.read import read_letter
from mailbot.manuscript.read import preload, read_manuscripts
from mailbot.model import File, Letter
language, work = load("zh-CN"), Path(sys.argv[1])
preload(language)
before = set(sys.modules)
files = tuple(
    File(name=path.name, media_type="", bytes=path.stat().st_size, sha256="", where=path.name)
    for path in sorted(work.iterdir())
)
reading = read_manuscripts(Letter(text="x", files=files), work, language)
assert len(reading.files) > len(files), "archives were opened"
charsets = ("encodings.", "_codecs_", "_multibytecodec")  # the child loads them all
late = {name for name in set(sys.modules) - before if not name.startswith(charsets)}
print(*sorted(late))"""


def test_no_reader_loads_anything_later(tmp_path: Path) -> None:
    """Under root the forked process may not see where Python lies: whatever a file needs is loaded before."""
    pillow_heif.register_heif_opener()
    heic = BytesIO()
    Image.open(BytesIO(photo(1, 200, 150))).save(heic, "HEIF")
    files = {
        "a.docx": article("题目", pictures=[photo(1)]),
        "b.pdf": pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"),
        "c.doc": compound({"WordDocument": b"\xec\xa5" + bytes(600)}),
        "d.rtf": b"{\\rtf1 {\\b text}\\par}",
        "e.md": "# 题目\n\n正文".encode(),
        "f.html": "<html><body><p>正文</p></body></html>".encode(),
        "g.mht": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>x</p>",
        "h.rar": rar5({"a.txt": b"text"}),
        "i.heic": heic.getvalue(),
        "j.png": photo(2, kind="PNG"),
        "k.eml": b"From: a@example.cn\r\nSubject: x\r\nContent-Type: multipart/mixed\r\n\r\ntext",
        "l.jpg": photo(1, 1600, 1200),
    }
    work = tmp_path / "work"
    work.mkdir()
    for name, data in files.items():
        (work / name).write_bytes(data)
    done = subprocess.run([sys.executable, "-c", _READ, work], capture_output=True, timeout=60, check=False)
    assert (done.stdout.decode().split(), done.stderr) == ([], b"")
