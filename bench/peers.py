"""Who is measured: each prepares a fresh state and names the command that is timed, and where its files end up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailbot import defaults

ACCOUNT, PASSWORD = "tougao@example.cn", "pw1"


@dataclass(frozen=True, slots=True)
class Server:
    """The Dovecot and the local sink that all of them talk to."""

    imaps: int
    ca_file: Path
    smtp: int
    smtp_ca: Path


@dataclass(frozen=True, slots=True)
class Run:
    """One timed command; `found` is the folder whose files are looked at afterwards."""

    command: Sequence[str]
    found: Path
    environment: dict[str, str] = field(default_factory=dict)


def mailbot_home(server: Server, home: Path) -> Path:
    """A fresh configuration; answers without caps into the local sink."""
    home.mkdir(parents=True)
    defaults.copy_to(home)
    config = home / "mailbot.yaml"
    config.write_text(
        f"""office: {{name: bench, editors: [editor@example.cn], admins: [admin@example.cn]}}
mailbox:
  {{address: {ACCOUNT}, host: localhost, port: {server.imaps}, password: env:MAILBOT_PASSWORD,
   ca_file: {server.ca_file}, first_run: process, answer_within: null}}
smtp:
  {{host: localhost, port: {server.smtp}, security: starttls, password: env:MAILBOT_PASSWORD,
   ca_file: {server.smtp_ca}, per_hour: null, per_day: null, pause: 0s}}
notices: {{per_correspondent: null, breaker: null}}
""",
        encoding="utf-8",
    )
    return config


def mailbot_files(server: Server, folder: Path) -> Run:
    """mailbot's fetch-and-file part: raw copy with fsync, hash, ledger row, MIME reading, attachments on disk."""
    config = mailbot_home(server, folder)
    return Run(
        [sys.executable, "-m", "bench.fetch_and_file", str(config)],
        folder / "storage/work",
        {"MAILBOT_PASSWORD": PASSWORD},
    )


def mailbot_whole(server: Server, folder: Path) -> Run:
    """All of mailbot: judged, filed under its issue, answered."""
    config = mailbot_home(server, folder)
    return Run(
        [sys.executable, "-m", "mailbot", "-c", str(config), "once"],
        folder / "storage/issues",
        {"MAILBOT_PASSWORD": PASSWORD},
    )


def mbsync_ripmime(server: Server, folder: Path) -> Run:
    """mbsync (it fsyncs each mail) into a Maildir, then ripmime over each file."""
    for name in ("maildir", "out"):
        (folder / name).mkdir(parents=True)
    (folder / "mbsyncrc").write_text(
        f"""IMAPAccount bench
Host localhost
Port {server.imaps}
User {ACCOUNT}
Pass {PASSWORD}
SSLType IMAPS
CertificateFile {server.ca_file}
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path {folder}/maildir/
Inbox {folder}/maildir/INBOX

Channel bench
Far :far:INBOX
Near :near:INBOX
Create Near
Sync Pull
SyncState *
"""
    )
    script = (
        f'mbsync -q -c "{folder}/mbsyncrc" bench && '
        f'find "{folder}/maildir/INBOX" -type f -path "*/new/*" -o -type f -path "*/cur/*" | '
        f'while read -r mail; do ripmime -i "$mail" -d "{folder}/out" --unique-names --no-nameless; done'
    )
    return Run(["bash", "-c", script], folder / "out")


def imap_tools(server: Server, folder: Path) -> Run:
    """An idiomatic loop with imap_tools: fetch what is unseen one by one, save the attachments."""
    (folder / "out").mkdir(parents=True)
    return Run(
        [sys.executable, "-m", "bench.imap_tools_loop", str(server.imaps), str(server.ca_file), str(folder / "out")],
        folder / "out",
    )


def attachment_downloader(server: Server, folder: Path) -> Run:
    """attachment-downloader as its manual says; it has no state, so it always fetches everything."""
    (folder / "out").mkdir(parents=True)
    program = Path(sys.executable).parent / "attachment-downloader"
    return Run(
        [
            str(program), "--host=localhost", f"--port={server.imaps}", f"--username={ACCOUNT}",
            f"--password={PASSWORD}", "--imap-folder=INBOX", f"--output={folder / 'out'}", "--log-level=ERROR",
        ],
        folder / "out",
        {"SSL_CERT_FILE": str(server.ca_file)},
    )  # fmt: skip


PEERS = {
    "mailbot, fetch and file": mailbot_files,
    "mailbot, whole": mailbot_whole,
    "mbsync + ripmime": mbsync_ripmime,
    "imap_tools": imap_tools,
    "attachment-downloader": attachment_downloader,
}


def versions() -> str:
    """Which programs were measured, for the table's foot."""
    shown = []
    for command in (["mbsync", "--version"], ["ripmime", "--version"], ["dovecot", "--version"]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shown.append(f"{command[0]}: {(done.stdout or done.stderr).strip().splitlines()[0]}")
    return "; ".join(shown)
