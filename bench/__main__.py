"""`make bench`: mailbot beside other programs on the same mailbox on the same Dovecot over TLS, turn by turn.

    python -m bench [--rounds 3] [--only S,M,L,I] [--json FILE]

Whole processes with fresh state; medians; a run counts only if every attachment was found by its SHA-256. Peak is the
largest sum of resident memory over the process tree, sampled every 20 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.mailboxes import WORKLOADS, Workload, fill
from bench.peers import ACCOUNT, PASSWORD, PEERS, Run, Server, mailbot_home, versions
from bench.sink import Sink
from bench.wire import CountingProxy
from tests.servers.dovecot import Dovecot


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds, CPU seconds of the client's processes, bytes of memory, and whether everything was found."""

    wall: float
    cpu: float
    peak: int
    right: bool


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="S,M,L,I", help="workloads, comma-separated")
    parser.add_argument("--peers", default="", help="only peers with one of these words in their name")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="mailbot-bench-"))
    base.chmod(0o755)  # Dovecot serves the mailboxes as another user
    results: dict[str, object] = {}
    try:
        for name in arguments.only.split(","):
            words = [word for word in arguments.peers.split(",") if word]
            results[name] = idle(base / "I") if name == "I" else compete(WORKLOADS[name], base, arguments.rounds, words)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    print(versions())
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2))
    return 0


def compete(workload: Workload, base: Path, rounds: int, words: list[str]) -> dict[str, object]:
    """All peers on one workload, in an order shuffled anew each round."""
    dovecot = Dovecot(base / f"dovecot-{workload.name}", {ACCOUNT: PASSWORD}).start()
    sink = Sink(base / f"sink-{workload.name}", ACCOUNT, PASSWORD).start()
    dice = random.Random(1)
    peers = {name: make for name, make in PEERS.items() if not words or any(word in name for word in words)}
    runs: dict[str, list[Measured]] = {name: [] for name in peers}
    try:
        wanted = fill(workload, dovecot.maildir(ACCOUNT), (dovecot.owner.pw_uid, dovecot.owner.pw_gid))
        server = Server(dovecot.imaps, dovecot.ca_file, sink.port, sink.ca_file)
        measure(PEERS["imap_tools"](server, base / f"warm-{workload.name}"), set())  # Dovecot builds its index once
        for turn in range(rounds):
            order = list(peers)
            dice.shuffle(order)
            for name in order:
                run = peers[name](server, base / f"{workload.name}-{turn}-{order.index(name)}")
                runs[name].append(measure(run, wanted))
    finally:
        dovecot.stop()
        sink.stop()
    return table(workload, runs)


def measure(run: Run, wanted: set[str]) -> Measured:
    """Run one command with the clock on."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        run.command,
        env={**os.environ, **run.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    watcher = Watcher(process.pid)
    watcher.start()
    _, errors = process.communicate()
    wall = time.perf_counter() - started
    watcher.done.set()
    watcher.join()
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    if process.returncode:
        print(f"exit {process.returncode}: {errors[-500:].decode(errors='replace')}", file=sys.stderr)
    return Measured(wall, cpu, watcher.peak, process.returncode == 0 and wanted <= _hashes(run.found))


def _hashes(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found.add(hashlib.file_digest(file, "sha256").hexdigest())
    return found


class Watcher(threading.Thread):
    """Samples the resident memory of a process and all its descendants."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.02):
            self.peak = max(self.peak, sum(_resident(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _tree(int(child))
    except OSError:
        pass  # it ended between two looks
    return found


def _resident(pid: int) -> int:
    """Proportional set size where the kernel tells it: pages shared by forked children count once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def table(workload: Workload, runs: dict[str, list[Measured]]) -> dict[str, object]:
    """Print and return the medians."""
    print(f"\n{workload.name}: {workload.title}")
    print(f"{'':26} {'wall s':>8} {'(range)':>15} {'CPU s':>7} {'peak MB':>8}  right")
    shown = {}
    for name, measured in sorted(runs.items(), key=lambda item: statistics.median(one.wall for one in item[1])):
        walls = [one.wall for one in measured]
        row = {
            "wall": statistics.median(walls),
            "least": min(walls),
            "most": max(walls),
            "cpu": statistics.median(one.cpu for one in measured),
            "peak_mb": max(one.peak for one in measured) / 1e6,
            "right": all(one.right for one in measured),
        }
        shown[name] = row
        print(
            f"{name:26} {row['wall']:8.2f} {row['least']:7.2f}-{row['most']:<7.2f} {row['cpu']:7.2f} "
            f"{row['peak_mb']:8.0f}  {'yes' if row['right'] else 'NO'}",
            flush=True,
        )
    return dict(shown)


def idle(base: Path, letters: int = 20_000) -> dict[str, float]:
    """An idle poll of the running worker over 20,000 known letters: CPU, wall, bytes on the wire."""
    dovecot = Dovecot(base / "dovecot", {ACCOUNT: PASSWORD}).start()
    try:
        maildir = dovecot.maildir(ACCOUNT)
        for name in ("new", "cur", "tmp"):
            (maildir / name).mkdir(parents=True)
        for number in range(letters):
            (maildir / "cur" / f"{1_700_000_000 + number}.M{number}P1.bench:2,").write_bytes(
                f"From: a@example.org\r\nSubject: {number}\r\n\r\nhello\r\n".encode()
            )
        subprocess.run(["chown", "-R", f"{dovecot.owner.pw_uid}:{dovecot.owner.pw_gid}", maildir.parent], check=True)
        with CountingProxy(dovecot.imaps) as proxy:
            config = mailbot_home(Server(proxy.port, dovecot.ca_file, 1, dovecot.ca_file), base / "home")
            seen = _timed_idle(config, proxy)
    finally:
        dovecot.stop()
    print(f"\nI: idle poll of the running worker, {seen['letters']} known letters")
    print(f"CPU {seen['cpu_ms']:.1f} ms, wall {seen['wall_ms']:.1f} ms, {seen['wire_bytes'] / 1000:.1f} KB on the wire")
    return seen


def _timed_idle(config: Path, proxy: CountingProxy) -> dict[str, float]:
    """The process under test says when its timed polls begin and end; the proxy's counter is read at both."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.fetch_and_file", str(config), "idle"],
        env={**os.environ, "MAILBOT_PASSWORD": PASSWORD},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    seen: dict[str, float] = {}
    before = 0
    for line in worker.stdout:
        said = json.loads(line)
        if said == "begin":
            before = proxy.bytes
            worker.stdin.write("\n")
            worker.stdin.flush()
        else:
            seen = {**said, "wire_bytes": (proxy.bytes - before) / said["polls"]}
    if worker.wait():
        raise SystemExit("the idle poll failed")
    return seen


if __name__ == "__main__":
    sys.exit(main())
