"""Runs the office program on one file, under limits of its own: by the warm child, which is confined already.

The program gets a folder that goes away afterwards (its home, profile and result are in it), and a copy of the file.
Under root it is `nobody`. It may open no socket but local ones (it does not start without), has no network where there
are namespaces, and is ended with all it started after 30 seconds, or when the child or its parent is killed.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailbot.manuscript.sandbox import confine, office
from mailbot.manuscript.sandbox.workfolder import WorkFolder, open_plain

SECONDS = 30
"""What one conversion may take, by the wall clock and of CPU time."""

ADDRESSES = 2 << 30
"""Bytes of address space for the program: it maps half a gigabyte of its own."""

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")
_LOOK_EVERY = 0.02
_PREFIX = "mailbot-office-"
_OLD = 600.0  # seconds: no conversion is as old


@contextmanager
def converted(program: str, folder: WorkFolder, where: str, suffix: str, seconds: float) -> Iterator[Path | None]:
    """The .docx that the program made of a file in the work folder, as long as the context lasts; None for none.

    `suffix` is that of the file's own name: the program looks at it, too.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        place = Path(name)
        source = place / f"file{suffix.lower() if _SUFFIX.fullmatch(suffix) else ''}"
        with open_plain(Path(where), folder.fd) as original, source.open("xb") as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
        out = place / "out"
        if os.geteuid() == 0:
            for path in (place, source):
                os.chown(path, confine.NOBODY, confine.NOBODY)
        _run(office.command(program, source, out, place / "profile"), place, min(seconds, SECONDS))
        made = office.result(source, out)
        yield None if made is None or made.is_symlink() else made


def sweep() -> None:
    """Remove the folders of conversions that were cut off with all their processes: those that are too old to run."""
    ours = (os.geteuid(), confine.NOBODY)
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            found = path.lstat()
            if found.st_uid in ours and time.time() - found.st_mtime > _OLD:
                shutil.rmtree(path, ignore_errors=True)


def _run(command: list[str], place: Path, seconds: float) -> None:
    """Run it until it has ended or its time is over; nothing that it started is left.

    A keeper stands between us and the program: whoever kills us leaves it to end the program's processes, of which
    the kernel would end the first one only.
    """
    warm = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _keep(command, place, seconds, warm)
        finally:
            os._exit(1)
    os.waitpid(pid, 0)
    end_descendants()


def _keep(command: list[str], place: Path, seconds: float, warm: int) -> None:
    def give_up(*_: object) -> None:
        end_descendants()
        shutil.rmtree(place, ignore_errors=True)
        os._exit(1)

    signal.signal(signal.SIGUSR1, give_up)
    confine.adopt_orphans()
    confine.die_with_parent(signal.SIGUSR1)
    if os.getppid() != warm:
        give_up()
    keeper = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _be_program(command, place, keeper)
        finally:
            os._exit(1)
    end = time.monotonic() + seconds
    while os.waitpid(pid, os.WNOHANG)[0] == 0 and time.monotonic() < end:
        time.sleep(_LOOK_EVERY)
    end_descendants()


def _be_program(command: list[str], place: Path, keeper: int) -> None:
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    os.chdir(place)
    for what, bound in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, ADDRESSES),
        (resource.RLIMIT_DATA, ADDRESSES),
        (resource.RLIMIT_NOFILE, 1024),
    ):
        with suppress(ValueError, OSError):  # who is not root may not go above the warm child's own bounds
            resource.setrlimit(what, (bound, bound))
    confine.become_nobody()
    confine.die_with_parent(signal.SIGKILL)
    if os.getppid() != keeper:
        return
    home = str(place)
    os.execve(command[0], command, {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home})


def end_descendants() -> None:
    """Kill and bury every process below us; what they leave becomes our child, and is killed in the next round."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    with suppress(OSError):
        while pids := children.read_text().split():
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            os.waitpid(-1, 0)
