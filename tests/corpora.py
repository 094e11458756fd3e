"""`make corpora`: read all mails of the collections beside the repository; none may raise or take longer than 10 s.

The collections (mails nobody here wrote) lie in `../shared/corpora`, seen from the repository; they are not part of it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"
LIMIT = 10.0  # seconds a mail
NOT_MAILS = {".tsv", ".json", ".gitattributes"}


def main() -> int:
    """Read every file, print a line for each collection and the worst time; 1 when a mail broke the limits."""
    sys.path.insert(0, str(ROOT))
    from mailbot.languages import load
    from mailbot.letter.kinds import classify
    from mailbot.letter.read import read_letter
    from mailbot.model import History, Office

    corpora = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPORA
    if not corpora.is_dir():
        print(f"there is no {corpora}: nothing was read")
        return 1
    office, language = Office(address="office@example.org"), load("zh-CN")
    kinds: dict[str, Counter[str]] = {}
    worst, failed = (0.0, ""), 0
    for path in sorted(corpora.rglob("*")):
        if not path.is_file() or path.suffix in NOT_MAILS or path.name in NOT_MAILS:
            continue
        start = time.perf_counter()
        try:
            with tempfile.TemporaryDirectory() as work:
                letter = read_letter(path, Path(work), language)
            repr(letter).encode()  # no lone surrogate anywhere
            kind = classify(letter, (), office, History())[0].value
        except Exception as error:  # noqa: BLE001 - finding any exception is what this is for
            kind = "FAILED"
            print(f"{path}: {error!r}")
        seconds = time.perf_counter() - start
        failed += kind == "FAILED" or seconds > LIMIT
        worst = max(worst, (seconds, str(path.relative_to(corpora))))
        kinds.setdefault(path.relative_to(corpora).parts[0], Counter())[kind] += 1
    for name, counted in sorted(kinds.items()):
        print(f"{name}: {counted.total()} mails; " + ", ".join(f"{kind} {n}" for kind, n in counted.most_common()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    total = sum(counted.total() for counted in kinds.values())
    print(f"{total} mails, {failed} failed, worst {worst[0]:.2f} s ({worst[1]}), peak memory {peak} MB")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
