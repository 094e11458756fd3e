"""The scanner's contract, run on a real clamd and on the twin."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbot.edges.clamd import ClamdScanner
from mailbot.errors import Transient
from mailbot.ports import Scanner
from mailbot.testing.scanner import SignatureScanner
from tests.contracts.scanner import ScannerContract
from tests.servers.clamd import EICAR, Clamd
from tests.servers.dovecot import free_port
from tests.servers.places import server_folder


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with server_folder() as folder:
        server = Clamd(folder).start()
        yield server
        server.stop()


class TestClamd(ScannerContract):
    """Over TCP."""

    @pytest.fixture
    def scanner(self, clamd: Clamd) -> Scanner:
        return ClamdScanner(clamd.tcp)

    @pytest.fixture
    def dead(self) -> Scanner:
        return ClamdScanner(f"clamd://127.0.0.1:{free_port()}")

    def test_archives_are_looked_into(self, scanner: Scanner, tmp_path: Path) -> None:
        """What is infected inside a zip makes the zip infected."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("a.txt", EICAR)
        (tmp_path / "f001").write_bytes(packed.getvalue())
        assert "Eicar" in str(scanner.scan(tmp_path / "f001"))

    def test_a_file_over_the_scanners_limit_counts_as_clean(self, scanner: Scanner, tmp_path: Path) -> None:
        """clamd takes no more than StreamMaxLength: the file goes on unscanned, into the sandbox like all others."""
        (tmp_path / "f001").write_bytes(bytes(16 << 20))
        for _ in range(5):
            assert scanner.scan(tmp_path / "f001") is None


class TestClamdOnALocalSocket(ScannerContract):
    """Over a socket in the file system."""

    @pytest.fixture
    def scanner(self, clamd: Clamd) -> Scanner:
        return ClamdScanner(clamd.local)

    @pytest.fixture
    def dead(self, tmp_path: Path) -> Scanner:
        return ClamdScanner(f"clamd://{tmp_path}/nobody.ctl")


class TestSignatures(ScannerContract):
    """The twin."""

    @pytest.fixture
    def scanner(self) -> Scanner:
        return SignatureScanner({EICAR.encode(): "Eicar-Test-Signature"})

    @pytest.fixture
    def dead(self) -> Scanner:
        scanner = SignatureScanner({})
        scanner.down = True
        return scanner


@pytest.mark.parametrize(
    ("reply", "words"),
    [(b"stream: Can't allocate memory ERROR\0", "allocate"), (b"", "nothing"), (b"COMMAND READ TIMED OUT\0", "TIMED")],
)
def test_any_other_answer_is_a_passing_fault(tmp_path: Path, reply: bytes, words: str) -> None:
    """Only a plain OK means clean."""
    (tmp_path / "f001").write_bytes(b"hello")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while not connection.recv(100).endswith(bytes(4)):
                    pass
                connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Transient, match=words):
            ClamdScanner(f"clamd://127.0.0.1:{server.getsockname()[1]}").scan(tmp_path / "f001")
        thread.join(5)


def test_a_scanner_that_hangs_is_a_passing_fault(tmp_path: Path) -> None:
    """Whoever takes the file and says nothing is not waited for without end."""
    (tmp_path / "f001").write_bytes(b"hello")
    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = ClamdScanner(f"clamd://127.0.0.1:{server.getsockname()[1]}", reply_seconds=0.2)
        with pytest.raises(Transient, match="does not answer"):
            scanner.scan(tmp_path / "f001")
