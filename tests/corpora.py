"""`make corpora`: read all mails of the collections beside the repository, and compare with what those expect.

No mail may raise or take longer than 10 s, through the letter's reader and the reader of manuscripts. Where our answer
is not what a collection expects, `corpora_judged.tsv` must say who is right; a disagreement that nobody judged, and a
judgement that nothing needs any more, make it fail. Letters of machines are to be of their kind, and none of them may
be answered. The collections (mails nobody here wrote) lie in
`../shared/corpora`, seen from the repository; they are not part of it.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"
JUDGED = Path(__file__).with_name("corpora_judged.tsv")
NO_MAILS = (".gitattributes", "MANIFEST.tsv")
LIMIT = 10.0  # seconds a mail
LEAST = 0.98  # of the letters of machines that are of their kind
sys.path.insert(0, str(ROOT))

from mailbot.codec import dump  # noqa: E402 - the repository is not installed where make runs this
from mailbot.languages import load  # noqa: E402
from mailbot.letter.kinds import classify  # noqa: E402
from mailbot.letter.read import read_letter  # noqa: E402
from mailbot.letter.texts import divide, new_text  # noqa: E402
from mailbot.manuscript.read import read_manuscripts  # noqa: E402
from mailbot.model import History, Kind, Letter, Office  # noqa: E402
from mailbot.rulebook.judge import BY_KIND  # noqa: E402

LANGUAGE = load("zh-CN")
OFFICE = Office(address="office@example.org")
PHRASES = LANGUAGE.letters


MACHINES = {
    "flufl-bounce/groupwise_03.txt": None,  # a person's answer, by its text
    "flufl-bounce/qmail_08.txt": Kind.AUTOMATIC,
    "flufl-bounce/*": Kind.BOUNCE,
    "*/multipart_report_emails/*": Kind.BOUNCE,
    "*/mime_emails/raw_email_with_mimepart_without_content_type.eml": Kind.BOUNCE,
    "cpython/msg_05.txt": Kind.BOUNCE,
    "cpython/msg_16.txt": Kind.BOUNCE,
    "cpython/msg_25.txt": Kind.BOUNCE,
    "cpython/msg_43.txt": Kind.BOUNCE,
    "mime4j/mimetools-testmsgs/badbound.msg": Kind.BOUNCE,
}
"""The letters of machines and their kinds, by reading them; the first pattern that fits counts."""


@dataclass(slots=True)
class Run:
    """What was read: by collection and path below its `mails/` the letter and its kind."""

    letters: dict[tuple[str, str], tuple[Letter, Kind]] = field(default_factory=dict)
    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    worst: tuple[float, str] = (0.0, "")
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a collection expects and we answer otherwise."""

    corpus: str
    file: str
    field: str
    expected: str
    ours: str


def mails(corpora: Path) -> list[Path]:
    """Every mail of every collection."""
    return [path for path in sorted(corpora.glob("*/mails/**/*")) if path.is_file() and path.name not in NO_MAILS]


def others(corpora: Path) -> Counter[str]:
    """How many files are no mails, by where they lie: expected values, lists, what git is told."""
    read = set(mails(corpora))
    files = (path.relative_to(corpora) for path in corpora.rglob("*") if path.is_file() and path not in read)
    return Counter(path.name if path.name in NO_MAILS else "/".join(path.parts[:2]) for path in files)


def read_all(corpora: Path) -> Run:
    """Read every mail of every collection, also the loose bodies without a header."""
    run = Run()
    for path in mails(corpora):
        corpus, _, *rest = path.relative_to(corpora).parts
        start = time.perf_counter()
        try:
            with tempfile.TemporaryDirectory() as work:
                letter = read_letter(path, Path(work), LANGUAGE)
                reading = read_manuscripts(letter, Path(work), LANGUAGE)
            dump(letter).encode()  # no lone surrogate anywhere
            dump(reading).encode()
            kind = classify(letter, reading.manuscripts, OFFICE, History()).kind
            run.letters[corpus, "/".join(rest)] = letter, kind
            run.kinds.setdefault(corpus, Counter())[kind.value] += 1
        except Exception as error:  # noqa: BLE001 - finding any exception is what this is for
            run.kinds.setdefault(corpus, Counter())["FAILED"] += 1
            run.failed += 1
            print(f"{path}: {error!r}")
        seconds = time.perf_counter() - start
        run.failed += seconds > LIMIT
        run.worst = max(run.worst, (seconds, str(path.relative_to(corpora))))
    return run


# --- What the collections expect --------------------------------------------------------------------------------------


def differences(corpora: Path, run: Run) -> Iterator[Difference | None]:
    """One item for each comparison: how it differs, None where it does not."""
    compared = (
        *_imap_tools(corpora / "imap_tools", run),
        *_bounces(corpora, run),
        *_trimmed(corpora / "reply-trimmer"),
        *_talon(corpora / "talon", run),
    )
    for corpus, file, what, expected, ours in compared:
        same = _plain(expected) == _plain(ours)
        yield None if same else Difference(corpus, file, what, _plain(expected), _plain(ours))


Compared = Iterator[tuple[str, str, str, str, str]]  # collection, file, field, what it expects, what we say


def _plain(text: str) -> str:
    return " ".join(text.split())


def _imap_tools(folder: Path, run: Run) -> Compared:
    """Subject, sender, text and files as imap_tools sees them."""
    source = folder / "expected" / "messages.json"
    expected = json.loads(source.read_text()) if source.is_file() else {}
    for file, said in expected.items():
        if ("imap_tools", file) not in run.letters:
            continue
        letter = run.letters["imap_tools", file][0]
        own = [one for one in letter.files if one.inside is None]
        sender = letter.sender.address if letter.sender else ""
        enclosed = said["attachments"]
        yield "imap_tools", file, "subject", said["subject"], letter.subject
        yield "imap_tools", file, "sender", said["from_"].lower(), sender.lower()
        if said["text"].strip():
            yield "imap_tools", file, "text", said["text"], letter.text
        hashes = sorted(one["payload_sha256"] for one in enclosed)
        yield "imap_tools", file, "files", " ".join(hashes), " ".join(sorted(one.sha256 for one in own))
        names = sorted(one["filename"] for one in enclosed if one["filename"])
        ours = sorted(one.name for one in own if one.name != f"{one.where}{Path(one.name).suffix}")
        yield "imap_tools", file, "names", " ".join(names), " ".join(ours)


def _bounces(corpora: Path, run: Run) -> Compared:
    """All that Mailman finds a failing address in is a bounce; so are the reports of mikel-mail and imap_tools."""
    source = corpora / "flufl-bounce" / "expected" / "addresses.tsv"
    known = set()
    if source.is_file():
        with source.open(newline="") as file:
            known = {
                row["file"] for row in csv.DictReader(file, delimiter="\t") if row["permanent"] or row["temporary"]
            }
    for (corpus, name), (_, kind) in run.letters.items():
        if (corpus == "flufl-bounce" and name in known) or name.startswith("multipart_report_emails/"):
            yield corpus, name, "kind", "bounce", kind.value


def _trimmed(folder: Path) -> Compared:
    """Bodies and what Discourse takes for new in them."""
    for path in sorted((folder / "expected" / "trimmed").glob("*.txt")):
        body = (folder / "mails" / "emails" / path.name).read_text()
        yield "reply-trimmer", path.name, "new", path.read_text(), divide(body, PHRASES).new


def _talon(folder: Path, run: Run) -> Compared:
    """Replies of programs, and bodies with their signatures."""
    for path in sorted((folder / "expected" / "standard_replies").glob("*_reply_text")):
        name = "standard_replies/" + path.name.replace("_reply_text", ".eml")
        if ("talon", name) in run.letters:
            yield "talon", name, "new", path.read_text(), new_text(run.letters["talon", name][0].text, PHRASES)
    for path in sorted((folder / "expected" / "signature" / "emails" / "stripped").glob("*_signature")):
        name = path.name.replace("_signature", "_body")
        body = (folder / "mails" / "signature" / "emails" / "stripped" / name).read_text()
        yield (
            "talon",
            f"signature/emails/stripped/{name}",
            "signature",
            path.read_text(),
            divide(body, PHRASES).signature,
        )


# --- Machines ---------------------------------------------------------------------------------------------------------


def machines(run: Run) -> bool:
    """Print which letters of machines are not of their kind; False where too many are not, or one would be answered."""
    right: list[str] = []
    wrong: list[str] = []
    answered: list[str] = []
    for (corpus, file), (letter, kind) in run.letters.items():
        name = f"{corpus}/{file}"
        expected = next((kind for pattern, kind in MACHINES.items() if fnmatchcase(name, pattern)), None)
        if expected is None:
            continue
        (right if kind is expected else wrong).append(f"{name} ({kind})")
        judged_by_rules = kind not in BY_KIND or kind is Kind.REPLY
        if not letter.marks and (judged_by_rules or BY_KIND[kind][1] is not None):
            answered.append(name)
    of_kind = len(right) / max(1, len(right) + len(wrong))
    print(
        f"machines: {len(right) + len(wrong)} letters, {of_kind:.1%} of their kind; not: {', '.join(wrong) or 'none'}"
    )
    print(f"machines that would be answered: {', '.join(answered) or 'none'}")
    return of_kind >= LEAST and not answered


# --- Who is right -----------------------------------------------------------------------------------------------------


def judge(found: list[Difference]) -> tuple[int, Counter[str]]:
    """Print what nobody has judged and what needs no judgement any more: how many, and who is right how often."""
    with JUDGED.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    used: set[int] = set()
    right: Counter[str] = Counter()
    open_ones = 0
    for one in found:
        for number, row in enumerate(rows):
            if (
                row["corpus"] == one.corpus
                and fnmatchcase(one.field, row["field"])
                and fnmatchcase(one.file, row["file"])
            ):
                used.add(number)
                right[row["right"]] += 1
                break
        else:
            open_ones += 1
            print(f"not judged: {one.corpus}\t{one.file}\t{one.field}")
            print(f"  they: {one.expected[:300]}\n  we:   {one.ours[:300]}")
    for number, row in enumerate(rows):
        if number not in used:
            open_ones += 1
            print(f"judged for nothing: {row['corpus']}\t{row['file']}\t{row['field']}")
    return open_ones, right


def main() -> int:
    """Print a line for each collection, the worst time, and the disagreements; 1 when something is not in order."""
    corpora = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPORA
    if not corpora.is_dir():
        print(f"there is no {corpora}: nothing was read")
        return 1
    run = read_all(corpora)
    for name, counted in sorted(run.kinds.items()):
        print(f"{name}: {counted.total()} mails; " + ", ".join(f"{kind} {n}" for kind, n in counted.most_common()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(run.letters)} mails, {run.failed} failed, worst {run.worst[0]:.2f} s ({run.worst[1]}), peak {peak} MB")
    print("no mails: " + ", ".join(f"{where} {count}" for where, count in sorted(others(corpora).items())))
    compared = list(differences(corpora, run))
    found = [one for one in compared if one]
    open_ones, right = judge(found)
    who = ", ".join(f"{name} {count}" for name, count in sorted(right.items()))
    print(f"{len(compared)} comparisons, {len(found)} disagreements judged ({who}), {open_ones} not in order")
    return 1 if not machines(run) or run.failed or open_ones else 0


if __name__ == "__main__":
    raise SystemExit(main())
