"""A real clamd with one signature of our own: nothing is downloaded."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.dovecot import free_port

EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file that every scanner knows, harmless; in two halves, or scanners would find this source."""


class Clamd:
    """One clamd in a folder of its own, on a port and a local socket. `stream_max` bounds what it takes, in bytes."""

    def __init__(self, folder: Path, *, stream_max: int = 4 << 20) -> None:
        self.port = free_port()
        self.socket = folder / "clamd.ctl"
        database = folder / "db"
        database.mkdir()
        (database / "test.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.encode().hex()}\n")
        self._config = folder / "clamd.conf"
        lines = (
            f"DatabaseDirectory {database}",
            f"TCPSocket {self.port}",
            "TCPAddr 127.0.0.1",
            f"LocalSocket {self.socket}",
            f"LogFile {folder}/log",
            "Foreground yes",
            f"StreamMaxLength {stream_max}",
        )
        self._config.write_text("\n".join(lines) + "\n")
        self._log = folder / "output"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def tcp(self) -> str:
        """Its address as `scan:` has it."""
        return f"clamd://127.0.0.1:{self.port}"

    @property
    def local(self) -> str:
        """The same for its local socket."""
        return f"clamd://{self.socket}"

    def start(self) -> Clamd:
        """Run it, and wait until it answers."""
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                ["/usr/sbin/clamd", "-c", str(self._config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"clamd does not start: {self._log.read_text()}")
            time.sleep(0.02)
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"zPING\0")
                return connection.recv(10) == b"PONG\0"
        except OSError:
            return False

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None
