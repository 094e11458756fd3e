"""The real worker in a process that dies where a test wants it to: `python -m tests.stories.killable CONFIG …`.

`--kill STEP` kills the whole process group (SIGKILL) when the step is reached first, `--kill STEP:3` at the third time,
`--kill-any 7` at the seventh step of whatever name. `--later SECONDS` has the clock run ahead;
`--reader MODULE` has another reading child; `--run` works on schedule instead of doing one pass. `--serve` alone takes
orders from `tests.servers.warm`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from mailbot.log import configure
from mailbot.manuscript.sandbox.reader import ChildReader
from mailbot.service import World
from mailbot.steps import At, Step
from mailbot.worker import heed_signals
from tests.servers.clock import ClockAhead
from tests.servers.warm import serve


def deadly(step: str | None, occurrence: int, any_step: int | None) -> At:
    """An `at` that kills this process group at the given place."""
    seen = {"step": 0, "any": 0}

    def at(reached: Step) -> None:
        seen["any"] += 1
        seen["step"] += reached.value == step
        if seen["any"] == any_step or (reached.value == step and seen["step"] == occurrence):
            os.killpg(os.getpgid(0), signal.SIGKILL)

    return at


def warm_up() -> int:
    """Import what a worker needs; answers where the replies go."""
    import mailbot.alarms
    import mailbot.daily
    import mailbot.edges.imap
    import mailbot.edges.ledger.lock
    import mailbot.edges.ledger.open
    import mailbot.edges.smtp
    import mailbot.edges.store
    import mailbot.outgoing
    import mailbot.poll
    import mailbot.process
    import mailbot.rulebook.inforce
    import mailbot.worker  # noqa: F401 - only to have it

    replies = os.dup(1)
    os.dup2(2, 1)
    return replies


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--kill", default="")
    parser.add_argument("--kill-any", type=int)
    parser.add_argument("--later", type=float, default=0.0)
    parser.add_argument("--reader", help="a module that stands in for the reading child")
    parser.add_argument("--run", action="store_true")
    arguments = parser.parse_args(given)
    step, _, occurrence = arguments.kill.partition(":")
    configure()
    clock = ClockAhead(timedelta(seconds=arguments.later))
    with World(arguments.config, clock=clock, at=deadly(step, int(occurrence or 1), arguments.kill_any)) as world:
        clock.stop = world.stop
        if arguments.reader:
            limits = world.settings.limits
            world.__dict__["reader"] = ChildReader(
                language="zh-CN", seconds=limits.reading_seconds, memory=limits.memory, module=arguments.reader
            )
        if arguments.run:
            heed_signals(world.stop, cut_short=0)
            world.worker.run()
            return 0
        return 0 if world.worker.once() else 1


if __name__ == "__main__":
    sys.exit(main(serve(warm_up()) if sys.argv[1:] == ["--serve"] else sys.argv[1:]))
