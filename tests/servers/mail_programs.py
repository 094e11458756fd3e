"""Letters written by mail programs: each composes one with files and hands it over as it would to a mail server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

SENDER, OFFICE = "zhangsan@example.cn", "tougao@example.org"
SECONDS = 20

Compose = Callable[[Path, str, Path, Sequence[Path]], bytes]
"""(folder to work in, subject, file with the text, files to attach) -> the letter's bytes."""


def _run(command: Sequence[str | Path], folder: Path, text: Path | None = None) -> bytes:
    """What the program prints; with a program in the place of sendmail, what it was given is in `folder`/sent."""
    taker = folder / "sendmail"
    taker.write_text('#!/bin/sh\nexec cat > "$SENT"\n')
    taker.chmod(0o755)
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "SENT": str(folder / "sent")}
    with text.open("rb") if text else Path(os.devnull).open("rb") as given:
        done = subprocess.run(
            command, stdin=given, capture_output=True, cwd=folder, env=environment, timeout=SECONDS, check=True
        )
    return done.stdout


def _sent(folder: Path) -> bytes:
    return (folder / "sent").read_bytes()


def mutt(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """Headers and texts in gb2312, names by RFC 2231 in gb2312."""
    settings = (
        f'set sendmail="{folder}/sendmail"; set from="{SENDER}"; set charset=utf-8; '
        'set send_charset="gb2312:utf-8"; set record=""; set copy=no'
    )
    _run(["mutt", "-n", "-F", "/dev/null", "-e", settings, "-s", subject, "-a", *files, "--", OFFICE], folder, text)
    return _sent(folder)


def s_nail(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """Headers and texts in gb18030, names by RFC 2231 with continuations, files quoted-printable where shorter."""
    settings = [
        f"mta={folder}/sendmail",
        "sendwait",
        f"from={SENDER}",
        "ttycharset=utf-8",
        "sendcharsets=gb18030,utf-8",
    ]
    options = [part for setting in settings for part in ("-S", setting)]
    attached = [part for file in files for part in ("-a", str(file))]
    _run(["s-nail", "-n", *options, "-s", subject, *attached, OFFICE], folder, text)
    return _sent(folder)


def mailutils(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """Raw UTF-8 in headers and names."""
    attached = [part for file in files for part in ("-A", str(file))]
    mailer = f"set sendmail=sendmail://{folder}/sendmail"
    _run(["mail.mailutils", "-E", mailer, "-s", subject, *attached, "-a", f"From: {SENDER}", OFFICE], folder, text)
    return _sent(folder)


def mpack(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """One file a letter, disposition inline, raw UTF-8 names, a boundary of one dash."""
    _run(["mpack", "-s", subject, "-d", text, "-o", folder / "sent", files[0]], folder)
    return f"From: {SENDER}\r\nTo: {OFFICE}\r\n".encode() + _sent(folder)


def mime_construct(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """A text without a Content-Type in base64, raw UTF-8 names."""
    attached = [part for file in files for part in ("--file-attach", str(file))]
    head = ["--output", "--subject", subject, "--to", OFFICE, "--header", f"From: {SENDER}"]
    return _run(["mime-construct", *head, "--file", text, *attached], folder)


def swaks(folder: Path, subject: str, text: Path, files: Sequence[Path]) -> bytes:
    """A text without a charset, raw UTF-8, a description beside the name."""
    attached = [part for file in files for part in ("--attach-name", file.name, "--attach", f"@{file}")]
    head = ["--server", "127.0.0.1", "--dump-mail", "--from", SENDER, "--to", OFFICE, "--header", f"Subject: {subject}"]
    return _run(["swaks", *head, "--body", f"@{text}", *attached], folder)


def signed(folder: Path, letter: bytes) -> bytes:
    """The letter with a signature beside its parts (multipart/signed, RFC 8551)."""
    (folder / "plain").write_bytes(letter)
    key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", f"/CN={SENDER}"]
    _run(["openssl", "req", "-x509", "-days", "9", *key], folder)
    sign = ["openssl", "smime", "-sign", "-in", "plain", "-signer", "cert.pem", "-inkey", "key.pem", "-out", "sent"]
    _run(sign, folder)
    return f"From: {SENDER}\r\nTo: {OFFICE}\r\nSubject: signed\r\n".encode() + _sent(folder)


PROGRAMS: dict[str, Compose] = {
    "mutt": mutt,
    "s-nail": s_nail,
    "mailutils": mailutils,
    "mpack": mpack,
    "mime-construct": mime_construct,
    "swaks": swaks,
}
