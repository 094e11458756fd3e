"""What the worker says while it works: one line an event to stderr, for people on a terminal, as JSON elsewhere.

No passwords and no text of manuscripts are ever handed to it.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


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
    logging.basicConfig(level=logging.WARNING, handlers=[_Library()], force=True)
    # A poll that takes longer than its interval skips a run: that is meant, and not worth a line each time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Library(logging.Handler):
    """Says what libraries log in the same form, one line an event."""

    def emit(self, record: logging.LogRecord) -> None:
        say = structlog.get_logger().error if record.levelno >= logging.ERROR else structlog.get_logger().warning
        say("library", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)
