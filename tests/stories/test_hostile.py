"""A hostile file in a contributor's letter: it is named with its problem, costs little, and nothing else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HOSTILE
from tests.hostile_more import MORE
from tests.servers.office import Office
from tests.unit.letter.build import leaf, letter
from tests.unit.manuscript.samples import article

SECONDS, MEGABYTES = 10.0, 300
TITLE = "花园社区的议事厅"
_MEASURE = """import json, resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run([sys.executable, "-m", "mailbot", "check", "--json", sys.argv[1]], capture_output=True)
seconds, peak = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, done.stdout.decode(), done.stderr.decode(), seconds, peak]))"""


def check(folder: Path, mail: bytes) -> tuple[dict[str, Any], float, float]:
    """What `mailbot check --json` says, its seconds, and the megabytes of the largest process among its children."""
    path = folder / "letter.eml"
    path.write_bytes(mail)
    done = subprocess.run([sys.executable, "-c", _MEASURE, path], capture_output=True, check=True, timeout=90)
    code, out, errors, seconds, peak = json.loads(done.stdout)
    assert code == 0, errors
    return json.loads(out), seconds, peak / 1024


QUICK = ("a zip bomb", "a pixel bomb", "a PDF in a circle", "an RTF of braces")
ALL = HOSTILE | MORE


@pytest.mark.parametrize(
    "what", [what if what in QUICK else pytest.param(what, marks=pytest.mark.torture) for what in ALL]
)
def test_a_hostile_file_costs_that_file_only(what: str, tmp_path: Path) -> None:
    """The article beside it is read, the file is named with its problem in plain words, within 10 s and 300 MB."""
    name, make, problems = ALL[what]
    good = leaf("Content-Type: application/octet-stream; name=a.docx", article(TITLE, ["● 甲江省乙水市民政局"]))
    bad = leaf(f'Content-Type: application/octet-stream; name="{name}"', make())
    found, seconds, megabytes = check(tmp_path, letter(bad, good, subject="投稿"))
    assert TITLE in [submission["title"] for submission in found["submissions"]]
    bad_ones = [file for file in found["files"] if file["name"] != "a.docx" and file["problem"]]
    told = {file["problem"] for file in bad_ones}
    assert told <= problems and (told or "" in problems)
    assert (seconds, megabytes) < (SECONDS, MEGABYTES) and megabytes < MEGABYTES
    sentences = json.dumps([found["notice"], found["findings"]], ensure_ascii=False)
    named = any(file["name"].rpartition(".")[0] in sentences for file in bad_ones)
    assert named or found["verdict"] == "hold" or not told


@pytest.mark.torture
def test_all_hostile_letters_at_once(office: Office) -> None:
    """One pass over a mailbox of them: each is kept as it came, none is parked, each good article has its folder."""
    for number, (name, make, _) in enumerate(ALL.values()):
        good = leaf("Content-Type: application/octet-stream; name=a.docx", article(f"{TITLE}之{number}"))
        bad = leaf(f'Content-Type: application/octet-stream; name="{name}"', make())
        mail = letter(bad, good, subject="投稿").replace(b"Message-ID: <1@", b"Message-ID: <h%d@" % number)
        office.deliver(mail)
    office.mailbot("once", timeout=600)
    kept = {hashlib.sha256(path.read_bytes()).hexdigest() for path in office.storage.rglob("*.eml")}
    assert office.letters_sent() <= kept
    assert json.loads(office.mailbot("parked", "list", "--json").stdout) == []
    texts = list((office.storage / "issues").rglob("a.docx"))
    assert len(texts) == len(ALL)


NAMES = {
    "../../etc/passwd.docx": "passwd.docx",
    "{}:\\\\Windows\\\\稿件.docx".format("C"): "稿件.docx",
    "\u202excod.exe稿件.docx": "xcod.exe稿件.docx",
    "稿" * 300 + ".docx": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_shown(name: str, tmp_path: Path) -> None:
    """A path, a mark that turns the writing round, a name of 300 characters: the document is read all the same."""
    part = leaf(f'Content-Type: application/octet-stream; name="{name}"', article(TITLE))
    found, _, _ = check(tmp_path, letter(part, part, subject="投稿"))
    (submission,) = found["submissions"]
    assert submission["title"] == TITLE
    shown = [file["name"] for file in found["files"]]
    assert shown[0] == shown[1]
    assert "/" not in shown[0] and "\\" not in shown[0] and "\u202e" not in shown[0]
    assert shown[0] == (NAMES[name] or shown[0])
    assert shown[0].endswith(".docx") and len(shown[0]) <= 260
