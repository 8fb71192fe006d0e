"""One line, one event. Ids are bound once and stand in every line; no message, name, phone or secret ever does."""

from __future__ import annotations

import logging
import sqlite3
import sys
import traceback
from collections.abc import Iterator, Mapping

import structlog
from structlog.typing import EventDict, ExcInfo, WrappedLogger

from bot.errors import DianxiaoerError, RefusedError

#: What the journal may write down: ids, figures, and words of ours. Whatever else a step carries is dropped.
_IDS_AND_FIGURES = frozenset(
    {"account", "by", "card", "confidence", "delivery", "entry", "history", "key", "kind", "new", "outcome", "staff"}
)
#: Errors whose text is about the program and not about what it worked on.
_PLAIN = (AttributeError, ImportError, NameError, TypeError, sqlite3.Error)


def set_up_logging(level: str) -> None:
    """JSON lines on standard error, or readable ones on a terminal."""
    renderer: structlog.typing.Processor
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)  # others print local variables
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace_error,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(
        logging.CRITICAL
    )  # a failed job is logged by us, a cancelled one by nobody
    logging.getLogger("aiohttp.access").setLevel(logging.ERROR)


class LogJournal:
    """Writes each step of a conversation as a log line, with ids and figures only."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("journal")

    def note(self, step: str, *, conversation: int | None = None, facts: Mapping[str, object] | None = None) -> None:
        kept = {key: value for key, value in (facts or {}).items() if key in _IDS_AND_FIGURES}
        self._log.info(step, conversation=conversation, **kept)


# --- errors ----------------------------------------------------------------------------------------------------------
def trace(error: BaseException) -> str:
    """A traceback without the errors' own texts: PostgreSQL's quote a whole row, ValueError's what was read.

    Ours keep theirs, but for RefusedError's, which speaks to a person.
    """
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _lines(cause, seen)
        yield ""
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}"
    is_harmless = isinstance(error, _PLAIN) or (
        isinstance(error, DianxiaoerError) and not isinstance(error, RefusedError)
    )
    yield f"{type(error).__module__}.{type(error).__qualname__}{f': {error}' if is_harmless else ''}"
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _lines(one, seen)


def _trace_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error
    if isinstance(error, BaseException):
        event["exception"] = trace(error)
    return event


class _Formatter(logging.Formatter):
    """For what libraries log."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio":  # behind its first line, it prints the error once more
            record.msg, record.args = (record.getMessage().splitlines() or [""])[0], None
        return super().format(record)

    def formatException(self, ei: ExcInfo | tuple[None, None, None]) -> str:
        return trace(ei[1]) if ei[1] is not None else ""
