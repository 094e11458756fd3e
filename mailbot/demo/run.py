"""`mailbot demo`: contributors send the sample letters, the real worker does its job, and what came of it is shown.

letters.yaml --SMTP--> embedded servers --IMAP--> `mailbot once` (a process of its own) --SMTP--> contributors
                                                        |
                                                 demo/storage (files, ledger) --> table, digest.html
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mailbot.errors import Problem, UserError
from mailbot.model import Stage

if TYPE_CHECKING:
    from mailbot.demo.letters import SampleLetter
    from mailbot.demo.servers import EmbeddedServers

OFFICE = "tougao@example.cn"
EDITOR = "bianji@example.cn"
MARKER = ".made-by-mailbot-demo"
NEEDED = {"aiosmtpd": "aiosmtpd", "cryptography": "cryptography", "docx": "python-docx", "pymap": "pymap"}
WORKER_SECONDS = 120.0


def run_demo(folder: Path) -> int:
    """Do the main job once in `folder`, made anew, and show it; 0 when every letter came out as expected, else 1."""
    missing = [package for module, package in NEEDED.items() if find_spec(module) is None]
    if missing:
        hint = "install the extra: pip install 'mailbot[demo]' (or run `make demo`)"
        raise UserError(Problem(f"the demo needs {', '.join(missing)}", hint=hint))
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from mailbot.demo import show
    from mailbot.demo.letters import accounts, sample_letters
    from mailbot.demo.servers import EmbeddedServers

    folder = folder.resolve()
    _make_anew(folder)
    console = Console()
    users = {address: secrets.token_urlsafe(12) for address in (OFFICE, EDITOR, *accounts())}
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with EmbeddedServers(users, folder / "tls") as servers, Progress(*columns, console=console) as bar:
        config = _configure(folder, servers)
        writing = bar.add_task("contributors write letters", total=None)
        letters = sample_letters(OFFICE, datetime.now(UTC).astimezone())
        bar.update(writing, total=len(letters))
        for letter in letters:
            _send(letter, servers)
            bar.advance(writing)
        working = bar.add_task("mailbot files and answers", total=len(letters))
        work(config, users[OFFICE], lambda done: bar.update(working, completed=done))
        answers = show.save_answers(servers, letters, folder / "answers")
    _mailbot(config, "digest", "--html", str(folder / "digest.html"), "--text", str(folder / "digest.txt"))
    return show.results(console, config, letters, answers)


def work(config: Path, password: str, progress: Callable[[int], None]) -> None:
    """Run `mailbot once` as a separate process; `progress` is told how many letters are closed.

    What the worker says goes to worker.log beside the configuration. UserError when it fails or takes too long.
    """
    log = config.with_name("worker.log")
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "mailbot", "-c", str(config), "once"],
            env={**os.environ, "MAILBOT_PASSWORD": password},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = _watch(worker, lambda: progress(_closed(config)))
        finally:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
        progress(_closed(config))
    if code != 0:
        raise UserError(Problem(f"the worker ended with exit code {code}", hint=f"it says why in {log}"))


def _watch(worker: subprocess.Popen[bytes], look: Callable[[], None]) -> int:
    deadline = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < deadline:
        try:
            return worker.wait(0.2)
        except subprocess.TimeoutExpired:
            look()
    raise UserError(f"the worker did not end within {WORKER_SECONDS:.0f} seconds")


def _closed(config: Path) -> int:
    """How many letters are through; opened anew for each look, for the worker makes the ledger when it starts."""
    from mailbot.service import World

    with World(config) as world:
        return len(world.ledger.letters_in(Stage.CLOSED))


def _make_anew(folder: Path) -> None:
    """Empty the demo's own folder; a folder that something else filled is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise UserError(
            Problem(f"{folder} is not empty and was not made by the demo", hint="name another folder: mailbot demo DIR")
        )
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()


def _configure(folder: Path, servers: EmbeddedServers) -> Path:
    """The shipped rules and templates, and a mailbot.yaml for the embedded servers."""
    from mailbot import defaults

    defaults.copy_to(folder)
    config = folder / "mailbot.yaml"
    config.write_text(
        f"""# Made by `mailbot demo`.
office:
  name: 《社区工作通讯》编辑部
  editors: [{EDITOR}]
  admins: [{EDITOR}]
mailbox:
  address: {OFFICE}
  host: {servers.host}
  port: {servers.imap_port}
  password: env:MAILBOT_PASSWORD
  ca_file: tls/ca.pem
  first_run: process
smtp:
  host: {servers.host}
  port: {servers.smtp_port}
  security: starttls
  password: env:MAILBOT_PASSWORD
  ca_file: tls/ca.pem
  per_hour: null
  per_day: null
  pause: 0s
""",
        encoding="utf-8",
    )
    return config


def _send(letter: SampleLetter, servers: EmbeddedServers) -> None:
    """As a contributor's mail program does: encrypted, logged in, from the own account."""
    with smtplib.SMTP(servers.host, servers.smtp_port, timeout=10) as smtp:
        smtp.starttls(context=servers.trust())
        smtp.login(letter.account, servers.users[letter.account])
        smtp.sendmail(letter.envelope_from, [OFFICE], letter.content)


def _mailbot(config: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "mailbot", "-c", str(config), *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise UserError(f"mailbot {arguments[0]} ended with exit code {done.returncode}: {done.stderr.strip()[-2000:]}")
