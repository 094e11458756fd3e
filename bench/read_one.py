"""Reads one document in a process of its own, for `bench.formats`: python -m bench.read_one FILE ROUNDS; JSON."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u9fff]")


def measured(path: Path, rounds: int) -> dict[str, float]:
    """Milliseconds of the first and of the fastest later reading, bytes of memory, what was found."""
    before, start = peak(), time.perf_counter()
    from mailbot.manuscript.formats import READERS
    from mailbot.manuscript.sniff import sniff

    read = READERS[sniff(path, path.name)]
    document = read(path)
    pictures = sum(bool(picture.read()) for picture in document.pictures)
    cold, warm = time.perf_counter() - start, []
    for _ in range(rounds):
        start = time.perf_counter()
        read(path)
        warm.append(time.perf_counter() - start)
    text = "".join([*(paragraph.text for paragraph in document.paragraphs), *document.margins])
    return {
        "cold": 1000 * cold,
        "warm": 1000 * min(warm),
        "peak": peak() - before,
        "han": len(_HAN.findall(text)),
        "pictures": pictures,
    }


def peak() -> int:
    """The most memory that this program held; what getrusage says begins with that of the program before it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), int(sys.argv[2]))))
