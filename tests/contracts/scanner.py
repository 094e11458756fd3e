"""What every scanner promises; each is run by a subclass that gives the fixture `scanner`."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.errors import Transient
from mailbot.ports import Scanner
from tests.servers.clamd import EICAR


class ScannerContract:
    """Files that are clean, and one that is not."""

    def test_a_clean_file_has_no_name(self, scanner: Scanner, tmp_path: Path) -> None:
        """Nothing found is None, also in an empty file and in one of several pieces."""
        for content in (b"", b"hello", bytes(3 << 20)):
            (tmp_path / "f001").write_bytes(content)
            assert scanner.scan(tmp_path / "f001") is None

    def test_what_is_found_has_a_name(self, scanner: Scanner, tmp_path: Path) -> None:
        """The signature's name is told."""
        (tmp_path / "f001").write_text(EICAR)
        assert "Eicar" in str(scanner.scan(tmp_path / "f001"))

    def test_a_scanner_that_is_down_is_a_passing_fault(self, dead: Scanner, tmp_path: Path) -> None:
        """Nothing counts as clean while nobody looks."""
        (tmp_path / "f001").write_bytes(b"hello")
        with pytest.raises(Transient, match="does not answer"):
            dead.scan(tmp_path / "f001")
