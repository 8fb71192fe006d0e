"""One line, one event. Ids are bound once and stand in every line; no message, name, phone or secret ever does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

import structlog

_WORDS_OF_PEOPLE = frozenset({"text", "line", "name", "reasons", "topic"})  #: dropped by the journal


def set_up_logging(level: str) -> None:
    """JSON lines on standard error, or readable ones on a terminal."""
    renderer: structlog.typing.Processor
    renderer = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)


class LogJournal:
    """Writes each step of a conversation as a log line, with ids and figures only."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("journal")

    def note(self, step: str, *, conversation: int | None = None, facts: Mapping[str, object] | None = None) -> None:
        kept = {key: value for key, value in (facts or {}).items() if key not in _WORDS_OF_PEOPLE}
        self._log.info(step, conversation=conversation, **kept)
