"""A private Dovecot on loopback: IMAP over verified TLS, and LMTP to deliver into it."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from mailbot.demo import certs


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _block(head: str, *lines: str) -> str:
    return head + " {\n" + "\n".join(lines) + "\n}\n"


class Dovecot:
    """One instance with its own folder, users and ports; runs in the foreground in a process group of its own."""

    def __init__(self, base: Path, users: dict[str, str], *, quota: str = "", extra: str = "") -> None:
        self.base = base.resolve()
        self.users, self.quota, self.extra = users, quota, extra
        self.imap, self.imaps, self.lmtp = free_port(), free_port(), free_port()
        self.owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """The certificate authority a client has to trust."""
        return self.base / "tls/ca.pem"

    def maildir(self, user: str) -> Path:
        """Where the user's INBOX lies."""
        return self.base / "mail" / user / "Maildir"

    def _write(self) -> None:
        b, owner = self.base, self.owner
        for name in ("run", "mail", "state"):
            (b / name).mkdir(parents=True, exist_ok=True)
        if not self.ca_file.exists():
            certs.make(b / "tls")
        rule = f"userdb_quota_rule=*:storage={self.quota}" if self.quota else ""
        (b / "passwd").write_text(
            "".join(
                f"{user}:{{PLAIN}}{password}:{owner.pw_uid}:{owner.pw_gid}::{b}/mail/{user}::{rule}\n"
                for user, password in self.users.items()
            )
        )
        who = ""
        if os.getuid() == 0:
            for path in (b / "mail", b / "state"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        else:
            who = (
                f"default_internal_user = {owner.pw_name}\n"
                f"default_internal_group = {grp.getgrgid(owner.pw_gid).gr_name}\n"
                f"default_login_user = {owner.pw_name}\n"
                + "".join(_block(f"service {name}", "chroot =") for name in ("anvil", "imap-login", "stats"))
            )
        (b / "dovecot.conf").write_text(
            f"""base_dir = {b}/run
state_dir = {b}/state
instance_name = {b.name}
log_path = {b}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = required
ssl_cert = <{b}/tls/server.pem
ssl_key = <{b}/tls/server.key
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_plugins = {"quota" if self.quota else ""}
first_valid_uid = {owner.pw_uid or 1}
first_valid_gid = {owner.pw_gid or 1}
default_vsz_limit = 512M
mail_max_userip_connections = 100
{who}"""
            + _block("namespace inbox", "inbox = yes", "separator = /")
            + _block("passdb", "driver = passwd-file", f"args = scheme=PLAIN username_format=%u {b}/passwd")
            + _block("userdb", "driver = passwd-file", f"args = username_format=%u {b}/passwd")
            + _block(
                "service imap-login",
                _block("inet_listener imap", f"port = {self.imap}"),
                _block("inet_listener imaps", f"port = {self.imaps}", "ssl = yes"),
            )
            + _block("service lmtp", _block("inet_listener lmtp", "address = 127.0.0.1", f"port = {self.lmtp}"))
            + (
                _block("protocol imap", "mail_plugins = $mail_plugins imap_quota")
                + _block("plugin", "quota = maildir:User quota", f"quota_rule = *:storage={self.quota}")
                if self.quota
                else ""
            )
            + self.extra
        )

    def start(self) -> Dovecot:
        """Start and wait until it listens."""
        self._write()
        with (self.base / "out.log").open("wb") as out:
            self.process = subprocess.Popen(
                ["/usr/sbin/dovecot", "-F", "-c", str(self.base / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 10
        for port in (self.imaps, self.lmtp):
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError((self.base / "out.log").read_text()) from None
                    time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Kill the whole group."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)

    def client(self, user: str) -> IMAPClient:
        """A logged-in client of this user, as webmail would be; use it as a context manager."""
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        client = IMAPClient("localhost", self.imaps, ssl_context=trust, timeout=10)
        client.login(user, self.users[user])
        return client

    def doveadm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run doveadm against this instance."""
        return subprocess.run(
            ["/usr/bin/doveadm", "-c", str(self.base / "dovecot.conf"), *arguments],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


@contextmanager
def running(users: dict[str, str], **settings: str) -> Iterator[Dovecot]:
    """A Dovecot for as long as the block lasts, in a folder that its mail user may enter."""
    base = Path(tempfile.mkdtemp(prefix="mailbot-dovecot-"))
    base.chmod(0o755)
    server = Dovecot(base, users, **settings)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)
