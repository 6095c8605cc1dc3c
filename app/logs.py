"""Logs: one line per event; text for people on a terminal, JSON for machines; control characters escaped."""

import logging
import sys
from typing import Any

import structlog


def configure_logs(level: str, style: str) -> None:
    """`style`: auto (text on a terminal, else JSON), text or json."""
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    renderer: Any = structlog.dev.ConsoleRenderer() if as_text else structlog.processors.JSONRenderer(ensure_ascii=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if not as_text else _as_it_is,
            _one_line,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _as_it_is(logger: Any, method: str, event: Any) -> Any:
    return event


def _one_line(logger: Any, method: str, event: Any) -> Any:
    """What came from outside may hold line breaks or escape codes: neither may forge a line or paint the terminal."""
    return {
        key: _escaped(value) if isinstance(value, str) and key != "exception" else value for key, value in event.items()
    }


def _escaped(text: str) -> str:
    return "".join(
        sign if sign.isprintable() or sign == " " else sign.encode("unicode_escape").decode() for sign in text
    )
