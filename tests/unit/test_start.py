"""What a command does not need is not imported for it: `mailbot --help` answers at once."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "pydantic",
    "sqlalchemy",
    "structlog",
    "imapclient",
    "apscheduler",
    "jinja2",
    "rich",
    "mailparser",
    "ruamel",
    "PIL",
}


def test_the_command_line_imports_nothing_heavy():
    """Showing the help of everything loads none of the large libraries."""
    code = (
        "import sys\nfrom mailbot import cli\n"
        "try:\n    cli.app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=20)
    assert "Usage:" in done.stdout
    assert not HEAVY & set(done.stderr.split())
