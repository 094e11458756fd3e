"""The scanner's twin for tests: it knows the signatures that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mailbot.errors import Transient


class SignatureScanner:
    """`ports.Scanner` that looks for byte strings; `signatures` are their names. It does not answer while `down`."""

    def __init__(self, signatures: Mapping[bytes, str]) -> None:
        self._signatures = signatures
        self.down = False
        self.scanned: list[str] = []

    def scan(self, path: Path) -> str | None:
        """The name of the first signature found in the file, None for none."""
        if self.down:
            raise Transient("the virus scanner does not answer")
        self.scanned.append(path.name)
        data = path.read_bytes()
        return next((name for signature, name in self._signatures.items() if signature in data), None)
