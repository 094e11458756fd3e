"""What the worker says while it works: one line an event to stderr, for people on a terminal, as JSON elsewhere.

No passwords and no text of manuscripts are ever handed to it. What libraries say goes the same way.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


class _Libraries(logging.Handler):
    """Hands the lines of libraries on, so that they look like ours."""

    def emit(self, record: logging.LogRecord) -> None:
        say = structlog.get_logger().error if record.levelno >= logging.ERROR else structlog.get_logger().warning
        say("library", logger=record.name, said=record.getMessage(), exc_info=record.exc_info)


def configure() -> None:
    """Set up structlog, and quieten the libraries' own logging to warnings."""
    terminal = sys.stderr.isatty()
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S" if terminal else "iso", utc=not terminal),
    ]
    if terminal:
        processors.append(structlog.dev.ConsoleRenderer(colors=True))
    else:
        processors += [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    structlog.configure(
        processors=processors,
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()])
    logging.captureWarnings(True)
    # That a job is still at work when its time comes again is no news: each is at work once at a time on purpose.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
