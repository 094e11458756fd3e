"""`make fuzz`: true samples, broken by chance, through every reader in the sandbox; what breaks a reader is kept.

Each input is a letter with one broken file (or a broken letter) and goes the whole way: `ChildReader`. A finding is a
letter that is lost (`ReaderDied`), a file of which a reader said "crash", or one that takes longer than ten seconds.
Its recipe (seed, sample, bytes) lies in ./fuzz-found/ then. The same seed makes the same inputs.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailbot.errors import ReaderDied
from mailbot.manuscript.sandbox.reader import ChildReader
from mailbot.model import FileProblem, Reading
from tests import hostile, hostile_more
from tests.unit.letter.build import docx_part, leaf, letter
from tests.unit.manuscript import packed
from tests.unit.manuscript.samples import article, compound, photo

FOUND = Path("fuzz-found")
SECONDS = 10.0
LARGEST = 4 << 20
_TOKENS = (
    b"\0", b"\xff" * 4, b"\x7f\xff\xff\xff", b"<!DOCTYPE a [", b"&amp;", b"]]>", b"{", b"}", b"\\bin999999999 ",
    b"/Kids", b"<<", b">>", b"endobj", b"PK\3\4", b"PK\1\2", b"PK\5\6", b"\r\n\r\n", b"--=_b",
    b"=?gb2312?B?", b"(" * 99, b"Content-Type: multipart/mixed", b"<table><tr>", b"<w:p>", b"../../", "\u202e".encode(),
    b"-1", b"99999999999",
)  # fmt: skip


def samples() -> dict[str, tuple[str, bytes]]:
    """What it is -> its file's name, its bytes; most of them true, some hostile and small."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    small = [photo(number, 120, 90) for number in range(2)]
    document = article("花园社区的议事厅", ["● 甲江省乙水市民政局"], small)
    found = {
        "docx": ("稿件.docx", document),
        "odt": ("稿件.odt", hostile_more.odt_entities().replace(b"DOCTYPE", b"DOCTYPX")),
        "doc": ("稿件.doc", hostile_more.circular_pieces()),
        "ole": ("稿件.wps", compound({"WordDocument": b"\xec\xa5\xc1\0" + bytes(5000), "1Table": bytes(4096)})),
        "pdf": ("稿件.pdf", hostile.pdf_loop(1)),
        "rtf": (
            "稿件.rtf",
            rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 a;}}\pard \u31038?\'c9\'e7{\*\x y}\par\trowd\cell\row}",
        ),
        "html": ("稿件.html", "<html><body><h1>社区</h1><table><tr><td>议事<img src=x></table><p>好".encode() * 9),
        "md": ("稿件.md", "# 社区\n\n> *议事* **厅**\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode() * 9),
        "txt": ("稿件.txt", "社区议事厅\n● 甲江省乙水市民政局\n".encode("gb18030") * 30),
        "zip": ("稿件.zip", hostile.package(("a.docx", document), ("b.txt", b"x" * 999))),
        "rar4": ("稿件.rar", packed.rar4({b"a.txt": b"x" * 999, b"b.jpg": small[0]})),
        "rar5": ("稿件.rar", packed.rar5({"a.txt": b"x" * 999, "b.jpg": small[0]})),
        "winmail": ("winmail.dat", packed.winmail([(b"A.TXT", "a.txt", b"x" * 99)], body=b"abc")),
        "gif": ("图.gif", hostile_more.gif_frames()[:5000]),
        "tiff": ("图.tif", photo(3, 90, 90, kind="TIFF")),
        "eml": ("信.eml", letter(docx_part(), subject="x")),
    }
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "HEIF"):
        found[kind.lower()] = (
            f"图.{ {'JPEG': 'jpg', 'HEIF': 'heic'}.get(kind, kind.lower()) }",
            photo(4, 90, 90, kind=kind),
        )
    return found


def broken(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of the things done to them that break parsers."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, length = chance.randrange(len(out) + 1), min(chance.choice((1, 2, 4, 8, 64, 4096)), len(out))
        way = chance.randrange(7)
        if way == 0 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            out[at : at + length] = chance.randbytes(length)
        elif way == 2:
            del out[at : at + length]
        elif way == 3:
            out[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 2, 1000))
        elif way == 4:
            start = chance.randrange(len(out) + 1)
            out[at:at] = out[start : start + length]
        elif way == 5:
            del out[at:]
        else:
            out[at : at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff\xff\x7f"))
    return bytes(out[:LARGEST])


def _repacked(data: bytes, chance: random.Random) -> bytes:
    """A package with one of its members broken, all else in order: else the checksum is all that is ever tested."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    which = chance.randrange(len(members))
    name, content = members[which]
    members[which] = (name, broken(content, chance))
    return hostile.package(*members)


@dataclass
class Run:
    """One run: its reader, its seed, and what came of it."""

    seed: int
    reader: ChildReader = field(default_factory=lambda: ChildReader(language="zh-CN"))
    tried: Counter[str] = field(default_factory=Counter)
    worst: tuple[float, str] = (0.0, "")
    found: list[str] = field(default_factory=list)

    def one(self, number: int, kinds: Mapping[str, tuple[str, bytes]]) -> None:
        """The input of this number."""
        chance = random.Random(f"{self.seed}-{number}")
        kind = chance.choice((*kinds, "letter", "name"))
        mail = self._mail(kind, kinds, chance)
        self.tried[kind] += 1
        start = time.monotonic()
        fault = self._fault(mail)
        seconds = time.monotonic() - start
        self.worst = max(self.worst, (seconds, f"{kind} {number}"))
        if fault or seconds > SECONDS:
            self._keep(f"{kind}-{self.seed}-{number}", mail, fault or f"{seconds:.1f} s")

    def _mail(self, kind: str, kinds: Mapping[str, tuple[str, bytes]], chance: random.Random) -> bytes:
        if kind == "letter":
            return broken(letter(docx_part(), docx_part("name*0*=gb2312''%B8%E5; name*1=b.docx"), subject="稿"), chance)
        if kind == "name":
            name = broken("稿件 (1)=?gb2312?B?1cXI/Q==?=.docx".encode(), chance)[:3000]
            return letter(leaf(b'Content-Type: application/octet-stream; name="' + name + b'"', b"x" * 50))
        name, data = kinds[kind]
        change: Callable[[bytes, random.Random], bytes] = broken
        if kind in ("docx", "odt", "zip") and chance.random() < 0.7:
            change = _repacked
        return letter(leaf(f'Content-Type: application/octet-stream; name="{name}"', change(data, chance)))

    def _fault(self, mail: bytes) -> str:
        """What went wrong with the letter, "" for nothing."""
        with tempfile.TemporaryDirectory(prefix="mailbot-fuzz-") as name:
            raw, work = Path(name) / "letter.eml", Path(name) / "work"
            raw.write_bytes(mail)
            work.mkdir()
            try:
                reading = self.reader.manuscripts(self.reader.letter(raw, work), work)
            except ReaderDied as fault:
                return str(fault)
        return _crash_in(reading)

    def _keep(self, name: str, mail: bytes, fault: str) -> None:
        FOUND.mkdir(exist_ok=True)
        (FOUND / f"{name}.eml").write_bytes(mail)
        (FOUND / f"{name}.txt").write_text(f"{fault}\nmailbot check {FOUND}/{name}.eml\n", encoding="utf-8")
        self.found.append(f"{name}: {fault}")
        print(f"found {self.found[-1]}", flush=True)


def _crash_in(reading: Reading) -> str:
    for file in reading.files:
        if file.problem in (FileProblem.DAMAGED, FileProblem.TOO_LARGE) and file.detail in ("crash", "memory", "time"):
            return f"{file.name}: {file.problem.value}, {file.detail}"
    return ""


def main() -> None:
    """Run for so many seconds; exit 1 when something was found."""
    parser = argparse.ArgumentParser(description="Break true samples by chance and read them in the sandbox.")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    shutil.rmtree(FOUND, ignore_errors=True)
    run, kinds = Run(given.seed), samples()
    end, number = time.monotonic() + given.seconds, 0
    try:
        while time.monotonic() < end:
            run.one(number, kinds)
            number += 1
    finally:
        run.reader.close()
    print(f"seed {given.seed}: {number} inputs ({', '.join(f'{k} {n}' for k, n in sorted(run.tried.items()))})")
    print(f"worst: {run.worst[0]:.2f} s ({run.worst[1]}); {len(run.found)} found")
    sys.exit(bool(run.found))


if __name__ == "__main__":
    main()
