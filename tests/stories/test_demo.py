"""A newcomer's first look: `mailbot demo` does the main job from the sample letters to the answers."""

from __future__ import annotations

import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest

from mailbot.demo.letters import SampleLetter, sample_letters
from mailbot.demo.run import OFFICE
from mailbot.model import Verdict

ANSWERED = {Verdict.ACKNOWLEDGE, Verdict.RETURN, Verdict.REJECT, Verdict.SERVE}


def letters() -> list[SampleLetter]:
    from datetime import UTC, datetime

    return sample_letters(OFFICE, datetime.now(UTC))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """(the demo's folder, what it printed, seconds) of a run that follows another one."""
    folder = tmp_path_factory.mktemp("home") / "demo"
    folder.mkdir()
    (folder / ".made-by-mailbot-demo").touch()
    (folder / "left-over").touch()
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "demo", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    log = folder / "worker.log"
    told = done.stdout + done.stderr + (log.read_text("utf-8")[-4000:] if log.exists() else "")
    assert done.returncode == 0, told
    return folder, done.stdout, time.monotonic() - began


def test_every_letter_comes_out_as_expected(demo: tuple[Path, str, float]) -> None:
    """Kind, verdict and number of submissions of each sample letter are what stands beside it, within a minute."""
    _, printed, seconds = demo
    assert "unexpected" not in printed
    assert printed.count(f"{len(letters())}/{len(letters())}") == 2  # both bars reach their end
    assert seconds < 60


def test_a_second_run_starts_clean(demo: tuple[Path, str, float]) -> None:
    """Nothing of the earlier run is left, and every letter is stored once."""
    folder, _, _ = demo
    assert not (folder / "left-over").exists()
    assert len(list((folder / "storage/letters").rglob("*.eml"))) == len(letters())


def test_contributors_get_their_answers(demo: tuple[Path, str, float]) -> None:
    """Each letter that is to be answered got one mail, marked as automatic, and no other letter got any.

    Nor did the one whose forgotten file came before its answer had gone out: the answer to that file says what holds.
    """
    folder, _, _ = demo
    answers = {path.stem: message_from_bytes(path.read_bytes()) for path in (folder / "answers").glob("*.eml")}
    assert set(answers) == {letter.id for letter in letters() if letter.verdict in ANSWERED} - {"forgotten"}
    assert {mail["Auto-Submitted"] for mail in answers.values()} == {"auto-replied"}


def test_the_digest_is_there(demo: tuple[Path, str, float]) -> None:
    """The digest names the contributors' articles."""
    folder, _, _ = demo
    digest = (folder / "digest.html").read_text("utf-8")
    assert "小院议事厅里的大民生" in digest
    assert "时间银行存下邻里情" in digest
