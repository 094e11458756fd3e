"""An editorial office on loopback: a real Dovecot, an SMTP server that delivers into it, and a configuration."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from mailbot import defaults
from mailbot.service import World
from tests.servers import postfix
from tests.servers.dovecot import Dovecot
from tests.servers.smtp import DeliveringSmtp
from tests.servers.warm import warm_start

OFFICE = "tougao@example.cn"
EDITOR = "bianji@example.cn"
ADMIN = "admin@example.cn"
CONTRIBUTORS = ("zhang@example.cn", "li@example.cn", "wang@example.cn")
PASSWORD = "pw1"


class Office:
    """The office's servers and folder; `home` holds mailbot.yaml, rules/, templates/ and storage/."""

    def __init__(self, base: Path, *, bounces: bool = False) -> None:
        """With `bounces` a real Postfix takes the mails, which sends true bounces; else aiosmtpd."""
        self._base, self._bounces = base, bounces
        self._users = dict.fromkeys((OFFICE, EDITOR, ADMIN, *CONTRIBUTORS), PASSWORD)
        self.home = base / "home"

    def __enter__(self) -> Office:
        self.smtp: DeliveringSmtp | postfix.Postfix
        if self._bounces:
            self.dovecot, self.smtp = postfix.pair(self._base, self._users)
        else:
            self.dovecot = Dovecot(self._base / "dovecot", self._users).start()
            self.smtp = DeliveringSmtp(self.dovecot, starttls=True).start()
        self.home.mkdir(parents=True)
        defaults.copy_to(self.home)
        self.config.write_text(self._settings(), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self.smtp.stop()
        self.dovecot.stop()

    @property
    def config(self) -> Path:
        """mailbot.yaml."""
        return self.home / "mailbot.yaml"

    @property
    def storage(self) -> Path:
        """The storage folder."""
        return self.home / "storage"

    def _settings(self) -> str:
        ca = self.dovecot.ca_file
        smtp = f"host: localhost, port: {self.smtp.port}, security: starttls, ca_file: {self.smtp.ca_file}"
        return f"""office: {{name: 测试编辑部, editors: [{EDITOR}], admins: [{ADMIN}]}}
mailbox:
  address: {OFFICE}
  host: localhost
  port: {self.dovecot.imaps}
  password: env:MAILBOT_PASSWORD
  ca_file: {ca}
  first_run: process
  poll_every: 1s
smtp: {{{smtp}, password: env:MAILBOT_PASSWORD, per_hour: null, per_day: null, pause: 0s}}
notices: {{per_correspondent: null, breaker: null, flips: null}}
"""

    def set(self, old: str, new: str) -> None:
        """Change a line of mailbot.yaml."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    # --- the contributors' side ---------------------------------------------------------------------------------------

    def deliver(self, letter: bytes, sender: str = CONTRIBUTORS[0], to: str = OFFICE) -> None:
        """Have a letter delivered by LMTP, as a mail server would."""
        with smtplib.LMTP("localhost", self.dovecot.lmtp) as lmtp:
            lmtp.sendmail(sender, [to], letter)

    def in_mailbox(self, user: str) -> list[bytes]:
        """The bytes of every mail in a user's INBOX, as IMAP gives them (CRLF)."""
        maildir = self.dovecot.maildir(user)
        files = sorted(file for name in ("new", "cur") for file in (maildir / name).glob("*"))
        return [file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for file in files]

    def received_by(self, user: str) -> list[Message]:
        """The same, parsed."""
        return [message_from_bytes(raw) for raw in self.in_mailbox(user)]

    def letters_sent(self) -> set[str]:
        """SHA-256 of every letter that lies in the office's mailbox: the truth to compare with."""
        return {hashlib.sha256(raw).hexdigest() for raw in self.in_mailbox(OFFICE)}

    def goes_away(self, user: str) -> None:
        """Have a vacation responder (Sieve, RFC 5230) answer what this user gets; only with `bounces`."""
        home = self.dovecot.maildir(user).parent
        home.mkdir(parents=True, exist_ok=True)
        script = home / ".dovecot.sieve"
        script.write_text('require ["vacation"];\nvacation :days 1 "I am away.";\n', encoding="utf-8")
        for path in (home, script):
            shutil.chown(path, self.dovecot.owner.pw_uid, self.dovecot.owner.pw_gid)

    # --- mailbot ------------------------------------------------------------------------------------------------------

    @contextmanager
    def world(self) -> Iterator[World]:
        """A look into what mailbot keeps."""
        with World(self.config) as world:
            yield world

    def environment(self) -> dict[str, str]:
        """What a mailbot process of this office needs."""
        return {**os.environ, "MAILBOT_PASSWORD": PASSWORD, "MAILBOT_CONFIG": str(self.config)}

    def mailbot(self, *arguments: str, check: bool = True, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command of mailbot."""
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"mailbot {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    @contextmanager
    def worker(self, *module: str) -> Iterator[subprocess.Popen[bytes]]:
        """`mailbot run`, or another module with its arguments, for as long as the block lasts; killed at its end."""
        with (self.home / "worker.log").open("ab") as out:
            worker = subprocess.Popen(
                [sys.executable, "-m", *(module or ("mailbot", "run"))],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield worker
        finally:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(5)

    def killable(self, *arguments: str, kill_after: float | None = None, timeout: float = 90) -> int:
        """Run one pass of the worker in a process group of its own; its exit code (negative: the signal)."""
        warm = warm_start()
        worker = warm.start([str(self.config), *arguments], self.environment(), self.home / "worker.log")
        try:
            return warm.wait(kill_after if kill_after is not None else timeout)
        except TimeoutError:
            os.killpg(worker, signal.SIGKILL)
            return warm.wait(5)

    def once(self, *arguments: str) -> None:
        """One undisturbed pass that must end well."""
        code = self.killable(*arguments)
        assert code == 0, f"exit {code}\n{self.log()}"

    def log(self) -> str:
        """What the workers said."""
        return (self.home / "worker.log").read_text(encoding="utf-8")[-6000:]


def wait_until(condition: object, seconds: float = 20.0, every: float = 0.05) -> None:
    """Wait until a callable answers true; AssertionError when it does not in time."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)


def answers_to(messages: Sequence[Message], message_id: str) -> list[Message]:
    """Those of the mails that answer a letter."""
    return [message for message in messages if message["In-Reply-To"] == message_id]
