"""`make pictures`: how well the originals of embedded pictures are found, on invented photographs.

    python -m bench.pictures [--scenes 200] [--first 5000] [--processes 2]

A scene is a hall, a street or a group, with four other photographs of it; each is changed in thirteen ways. The
thresholds of `mailbot.manuscript.likeness` were chosen on places below 1100; those from 5000 on were not looked at.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time

from mailbot.manuscript.likeness import matches
from mailbot.manuscript.pictures import look
from tests.unit.manuscript.likeness_figures import Figures, measured
from tests.unit.manuscript.scenes import CHANGES, View, changed, encoded, photograph


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pictures")
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--first", type=int, default=5000)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    figures = Figures()
    with multiprocessing.Pool(arguments.processes) as pool:
        places = range(arguments.first, arguments.first + arguments.scenes)
        for done, part in enumerate(pool.imap_unordered(measured, places), 1):
            figures.add(part)
            print(f"\r{done} of {arguments.scenes} scenes", end="", flush=True)
    print("\r" + _table(figures))
    print(_cost())
    return 0


def _table(figures: Figures) -> str:
    lines = [
        "| change | recall | precision | original absent: sibling taken | stranger taken |",
        "|---|---|---|---|---|",
    ]
    for title, changes in [(name, (name,)) for name in CHANGES] + [("all", tuple(CHANGES))]:
        numbers = (
            figures.recall(changes),
            figures.precision(changes),
            figures.deceived(figures.sibling, changes),
            figures.deceived(figures.stranger, changes),
        )
        lines.append(f"| {title} | " + " | ".join(f"{100 * number:.1f} %" for number in numbers) + " |")
    return "\n".join(lines)


def _cost() -> str:
    """Seconds of CPU for the looks at, and the matching of, 50 embedded and 50 enclosed pictures."""
    images = [photograph(View(place)) for place in range(50)]
    enclosed = [look(encoded(image, quality=92)) for image in images]
    data = [changed(place, list(CHANGES)[place % len(CHANGES)], image) for place, image in enumerate(images)]
    start = time.process_time()
    embedded = [look(one) for one in data]
    looked = time.process_time()
    found = matches(embedded, enclosed)
    seconds = time.process_time() - looked
    right = sum(n in (match.original, match.copy) for n, match in enumerate(found))
    return f"50 x 50: {right} right, {seconds:.2f} s for matching, {(looked - start) * 20:.0f} ms for each look"


if __name__ == "__main__":
    raise SystemExit(main())
