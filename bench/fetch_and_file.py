"""mailbot's fetch-and-file part as a process: the real poll and the real reading child, without judging.

python -m bench.fetch_and_file CONFIG        one poll; the attachments of every letter lie in storage/work
python -m bench.fetch_and_file CONFIG idle   seeds the ledger with the mailbox as known, then times idle polls
"""

from __future__ import annotations

import json
import sys
import threading
import time
from itertools import zip_longest
from pathlib import Path

from mailbot.model import RawMessage
from mailbot.ports import Arrival
from mailbot.service import World

IDLE_POLLS = 20
AHEAD = 2
"""How many letters the child has before it while it is asked for one."""


def fetch_and_file(world: World) -> None:
    """Poll the folder; every letter that is received is read meanwhile by the child, its files put on disk."""
    more, fetched = threading.Event(), threading.Event()
    done: set[int] = set()

    def read() -> None:
        while True:
            last = fetched.is_set()
            more.clear()
            due = [row for row in world.ledger.due_letters(world.clock.now(), 2000) if row.id not in done]
            places = [(world.store.letter(row.raw), world.store.work(row.raw)) for row in due]
            for place in places[:AHEAD]:
                world.reader.expect(*place)
            for place, then in zip_longest(places, places[AHEAD:]):
                world.reader.letter(*place)
                if then:
                    world.reader.expect(*then)
            done.update(row.id for row in due)
            if not due:
                if last:
                    return
                more.wait(0.5)

    reading = threading.Thread(target=read)
    reading.start()
    try:
        world.poll.run("INBOX", on_batch=more.set)
    finally:
        fetched.set()
        more.set()
        reading.join()


def idle(world: World) -> None:
    """Print CPU and wall milliseconds of an idle poll over a mailbox whose letters are all known."""
    state = world.mailbox.examine("INBOX")
    uids = list(world.mailbox.uids())
    now = world.clock.now()
    memory = world.ledger.open_folder("INBOX", state.uidvalidity, now)
    arrivals = [
        Arrival(
            one.uid,
            RawMessage(
                sha256=f"{one.uid:064x}", path="", bytes=one.bytes, announced=one.bytes, arrived_at=one.arrived_at
            ),
        )
        for one in world.mailbox.listed(uids)
    ]
    for start in range(0, len(arrivals), 500):
        world.ledger.receive(memory.id, arrivals[start : start + 500], now)
    world.poll.run("INBOX", on_batch=lambda: None)  # the first one compares the whole list
    print(json.dumps("begin"), flush=True)
    sys.stdin.readline()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(IDLE_POLLS):
        world.poll.run("INBOX", on_batch=lambda: None)
    print(
        json.dumps(
            {
                "letters": len(arrivals),
                "polls": IDLE_POLLS,
                "cpu_ms": (time.process_time() - cpu) / IDLE_POLLS * 1000,
                "wall_ms": (time.perf_counter() - wall) / IDLE_POLLS * 1000,
            }
        )
    )


if __name__ == "__main__":
    with World(Path(sys.argv[1])) as opened:
        opened.claim()
        idle(opened) if sys.argv[2:] == ["idle"] else fetch_and_file(opened)
