"""`make formats`: how completely and fast each format is read, and what `mailbot check` costs on a letter of 50 MB.

    python -m bench.formats [--rounds 5] [--skip-letters]

One manuscript of some 9,300 Chinese characters with table, footnote, text box, header, footer and two photographs is
saved by LibreOffice in each format. Cold is the first reading in a fresh process, with all imports; warm the best of
the rounds after it. Peak is what resident memory grows by. Han counts Chinese characters, of the number put in.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import docx

from tests.servers.office_suite import convert
from tests.unit.manuscript.samples import photo, saved
from tests.unit.manuscript.true_samples import manuscript

PARAGRAPHS = 46
CHARACTERS = 200
PHOTOS = 12
PHOTO_BYTES = 4 << 20
LARGE = 50 << 20
FORMATS = {
    "docx": "",
    "doc": "doc:MS Word 97",
    "odt": "odt",
    "rtf": "rtf",
    "pdf": "pdf",
    "html": "html",
    "txt": "txt:Text",
}
_HAN = re.compile(r"[\u3400-\u9fff]")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.formats")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip-letters", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailbot-bench-") as folder:
        print(_formats(Path(folder), arguments.rounds))
        if not arguments.skip_letters:
            print(_letters(Path(folder)))
    return 0


# --- formats ----------------------------------------------------------------------------------------------------------


def _formats(folder: Path, rounds: int) -> str:
    source = folder / "manuscript.docx"
    source.write_bytes(long_manuscript())
    put_in = _han_in(source)
    lines = ["| format | cold | warm | peak | Han | images |", "| --- | --- | --- | --- | --- | --- |"]
    for kind, to in FORMATS.items():
        path = convert([source], to, folder / kind)[0] if to else source
        command = [sys.executable, "-m", "bench.read_one", str(path), str(rounds)]
        seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        han = f"{seen['han']:,} of {put_in:,}"
        peak = f"+{seen['peak'] / 1e6:.0f} MB"
        lines.append(
            f"| {kind} | {seen['cold']:.0f} ms | {seen['warm']:.1f} ms | {peak} | {han} | {seen['pictures']} |"
        )
    return "\n".join(lines)


def long_manuscript() -> bytes:
    """The tests' manuscript with everything in it, made as long as an article of four pages and more."""
    document = docx.Document(BytesIO(manuscript()))
    dice = random.Random(4)
    for _ in range(PARAGRAPHS):
        document.add_paragraph("".join(dice.choices("社区治理居民议事网格志愿服务邻里协商", k=CHARACTERS)) + "。")
    return saved(document)


def _han_in(path: Path) -> int:
    """What was put in, by python-docx and the parts that it does not see: text boxes and notes."""
    with zipfile.ZipFile(path) as package:
        parts = [
            name
            for name in package.namelist()
            if re.fullmatch(r"word/(document|footnotes|header\d|footer\d).xml", name)
        ]
        return sum(
            len(_HAN.findall(text))
            for name in parts
            for text in re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", package.read(name).decode())
        )


# --- letters of 50 MB -------------------------------------------------------------------------------------------------


def _letters(folder: Path) -> str:
    photos = [_large_photo(number) for number in range(PHOTOS)]
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for number, data in enumerate(photos, 1):
            package.writestr(f"原图{number}.jpg", data)
        package.writestr("活动录像.mp4", random.Random(1).randbytes(max(0, LARGE - sum(map(len, photos)))))
    letters = {
        f"docx and {PHOTOS} photographs": {f"图{number}.jpg": data for number, data in enumerate(photos, 1)},
        "docx and a zip": {"原图.zip": archive.getvalue()},
    }
    lines = ["| letter | size | seconds | largest process |", "| --- | --- | --- | --- |"]
    for title, files in letters.items():
        path = folder / "letter.eml"
        path.write_bytes(_letter({"稿件.docx": long_manuscript(), **files}))
        seconds, peak = _check(path)
        lines.append(f"| {title} | {path.stat().st_size / 1e6:.0f} MB | {seconds:.1f} | {peak / 1e6:.0f} MB |")
    return "\n".join(lines)


def _large_photo(number: int) -> bytes:
    """A photograph of 12 million pixels, with bytes behind its end until it is as large as a camera's."""
    data = photo(number + 1, 4000, 3000)
    return data + random.Random(number).randbytes(max(0, PHOTO_BYTES - len(data)))


def _letter(files: dict[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "zhangsan@example.cn", "bianji@example.org", "投稿"
    mail.set_content("请查收。")
    for name, data in files.items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def _check(path: Path) -> tuple[float, int]:
    """Seconds of `mailbot check`, and the memory of the largest of its processes, in a process that has no others."""
    program = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "check = [sys.executable, '-m', 'mailbot', 'check', sys.argv[1]]\n"
        "subprocess.run(check, check=True, stdout=subprocess.DEVNULL)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True, text=True)
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


if __name__ == "__main__":
    raise SystemExit(main())
