"""A private Postfix on loopback (root only): takes mail after a login, delivers into a Dovecot, bounces truly."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.dovecot import Dovecot, free_port

DOMAIN = "example.cn"
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
"""


def auth_service(port: int) -> str:
    """What Dovecot needs as `extra` to check Postfix's logins on this port."""
    return f"service auth {{\ninet_listener {{\naddress = 127.0.0.1\nport = {port}\n}}\n}}\n"


class Postfix:
    """One instance in its own folder. A mail to an unknown user of example.cn comes back as a true bounce."""

    def __init__(self, base: Path, dovecot: Dovecot, auth_port: int, port: int) -> None:
        self.base = base.resolve()
        self.dovecot, self.auth_port = dovecot, auth_port
        self.port = port

    @property
    def ca_file(self) -> Path:
        """The certificate authority a client has to trust."""
        return self.dovecot.ca_file

    def _write(self) -> None:
        b, tls = self.base, self.dovecot.base / "tls"
        for name in ("etc", "spool", "data"):
            (b / name).mkdir(parents=True, exist_ok=True)
        shutil.chown(b / "data", "postfix", "postfix")
        (b / "etc/master.cf").write_text(_SERVICES.format(port=self.port))
        (b / "etc/main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {b}/spool
data_directory = {b}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {b}/maillog
maillog_file_prefixes = {b}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{DOMAIN}
mydestination =
mynetworks =
alias_maps =
alias_database =
virtual_mailbox_domains = {DOMAIN}
virtual_transport = lmtp:inet:127.0.0.1:{self.dovecot.lmtp}
default_transport = error:no outside delivery in tests
relay_transport = error:no outside delivery in tests
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {tls}/server.pem
smtpd_tls_key_file = {tls}/server.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{self.auth_port}
smtpd_recipient_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
message_size_limit = 52428800
lmtp_destination_recipient_limit = 1
smtpd_peername_lookup = no
disable_dns_lookups = yes
minimal_backoff_time = 1s
queue_run_delay = 2s
""")

    def start(self) -> Postfix:
        """Start and wait until it listens."""
        self._write()
        with (self.base / "out.log").open("wb") as out:
            subprocess.run(
                ["/usr/sbin/postfix", "-c", str(self.base / "etc"), "start"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, timeout=30, check=True,
            )  # fmt: skip
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.base / "maillog").read_text()) from None
                time.sleep(0.02)

    def stop(self) -> None:
        """End it at once."""
        subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.base / "etc"), "abort"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30, check=False,
        )  # fmt: skip


def responder(port: int) -> str:
    """What Dovecot needs as `extra` to run the users' Sieve scripts and to send what they say by this SMTP port."""
    return f"""submission_host = 127.0.0.1:{port}
protocol lmtp {{
mail_plugins = $mail_plugins sieve
}}
plugin {{
sieve = file:~/sieve;active=~/.dovecot.sieve
sieve_vacation_min_period = 0
}}
"""


def pair(base: Path, users: dict[str, str]) -> tuple[Dovecot, Postfix]:
    """A started Dovecot with these users and a started Postfix that delivers into it."""
    auth_port, port = free_port(), free_port()
    dovecot = Dovecot(base / "dovecot", users, extra=auth_service(auth_port) + responder(port)).start()
    return dovecot, Postfix(base / "postfix", dovecot, auth_port, port).start()
