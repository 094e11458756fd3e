"""A private Cyrus on loopback: IMAP over verified TLS. For the long runs only.

Debian's package conflicts with Dovecot's, so it is downloaded and unpacked, never installed. Needs root: Cyrus' master
gives it up for the mail user by itself.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from imapclient import IMAPClient

from mailbot.demo import certs
from tests.servers.dovecot import free_port

PACKAGES = ("cyrus-imapd", "cyrus-common", "sasl2-bin", "libical3", "libpcre3", "libxapian30")
OWNER, GROUP = "nobody", "nogroup"


def unpacked(folder: Path) -> Path:
    """Cyrus and what it needs, downloaded and unpacked below the folder; RuntimeError says why it cannot be had."""
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise RuntimeError("Cyrus is tested on Debian 12 as root only: its packages come by apt-get download")
    debs, root = folder / "debs", folder / "root"
    debs.mkdir(parents=True)
    _run("apt-get", "update", "-qq", folder=debs)
    _run("apt-get", "-o", "APT::Sandbox::User=root", "download", "-qq", *PACKAGES, folder=debs)
    for deb in sorted(debs.glob("*.deb")):
        _run("dpkg", "-x", str(deb), str(root), folder=debs)
    return root


def _run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")


class Cyrus:
    """One instance out of the unpacked packages in `root`; users are names without a domain."""

    def __init__(self, root: Path, base: Path, users: Sequence[str], password: str) -> None:
        self.root, self.base = root.resolve(), base.resolve()
        self.users, self.password = users, password
        self.port = free_port()
        self._libraries = self.root / "usr/lib/x86_64-linux-gnu"
        self._master: subprocess.Popen[bytes] | None = None

    @property
    def ca_file(self) -> Path:
        """The certificate authority a client has to trust."""
        return self.base / "tls/ca.pem"

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LD_LIBRARY_PATH": f"{self._libraries}:{self.root}/lib/x86_64-linux-gnu"}

    def _write(self) -> None:
        b, programs = self.base, self.root / "usr/lib/cyrus/bin"
        for name in ("conf/socket", "conf/proc", "conf/lock", "spool"):
            (b / name).mkdir(parents=True, exist_ok=True)
        certs.make(b / "tls")
        settings = {
            "configdirectory": b / "conf", "partition-default": b / "spool", "defaultpartition": "default",
            "cyrus_user": OWNER, "cyrus_group": GROUP, "admins": "admin", "servername": "localhost",
            "virtdomains": "off", "altnamespace": "yes", "unixhierarchysep": "yes", "autocreate_quota": "0",
            "allowplaintext": "no", "sasl_pwcheck_method": "auxprop", "sasl_auxprop_plugin": "sasldb",
            "sasl_sasldb_path": b / "sasldb2", "sasl_mech_list": "PLAIN LOGIN", "tls_session_timeout": "0",
            "tls_server_cert": b / "tls/server.pem", "tls_server_key": b / "tls/server.key",
            "proc_path": b / "conf/proc", "mboxname_lockpath": b / "conf/lock", "idlesocket": b / "conf/socket/idle",
            "sievedir": b / "sieve",
        }  # fmt: skip
        (b / "imapd.conf").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
        (b / "cyrus.conf").write_text(f"""START {{
  recover cmd="{programs}/ctl_cyrusdb -C {b}/imapd.conf -r"
}}
SERVICES {{
  imaps cmd="{programs}/imapd -s -C {b}/imapd.conf" listen="127.0.0.1:{self.port}" prefork=0
}}
EVENTS {{
}}
""")
        for user in self.users:
            subprocess.run(
                [self.root / "usr/sbin/saslpasswd2", "-p", "-c", "-f", b / "sasldb2", "-u", "localhost", user],
                input=self.password.encode(), env=self._environment(), capture_output=True, timeout=20, check=True,
            )  # fmt: skip
        for path in (b, *b.rglob("*")):
            shutil.chown(path, OWNER, GROUP)

    def start(self) -> Cyrus:
        """Start and wait until it greets."""
        self._write()
        with (self.base / "out.log").open("wb") as out:
            self._master = subprocess.Popen(
                [
                    self.root / "usr/lib/cyrus/bin/master", "-D", "-M", self.base / "cyrus.conf",
                    "-C", self.base / "imapd.conf", "-p", self.base / "master.pid",
                ],
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return self
            except OSError:
                if self._master.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.base / "out.log").read_text(errors="replace")) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """Kill the whole group; each imapd is in it."""
        if self._master is not None and self._master.poll() is None:
            os.killpg(self._master.pid, signal.SIGKILL)
            self._master.wait(5)

    def client(self, user: str) -> IMAPClient:
        """A logged-in client of this user, as webmail would be; use it as a context manager."""
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        client = IMAPClient("localhost", self.port, ssl_context=trust, timeout=10)
        client.login(user, self.password)
        return client
