"""What is logged when something goes wrong: where, and what kind of error, but never what was being worked on."""

from __future__ import annotations

import json
import logging

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from bot.errors import MatterClosedError, MessengerError
from bot.log import LogJournal, set_up_logging, trace

WORDS = "机密暗号ZZZ"


def _caught(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_trace_says_where_and_what_kind_but_not_what_was_worked_on() -> None:
    try:
        try:
            int(WORDS)
        except ValueError as inner:
            raise IntegrityError("INSERT", None, RuntimeError(f"Failing row contains ({WORDS})")) from inner
    except IntegrityError as error:
        shown = trace(error)
    assert WORDS not in shown
    assert "sqlalchemy.exc.IntegrityError" in shown
    assert "builtins.ValueError" in shown
    assert "test_log.py" in shown


def test_trace_of_a_group_shows_each_error() -> None:
    shown = trace(ExceptionGroup("two", [_caught(KeyError(WORDS)), _caught(OSError(WORDS))]))
    assert WORDS not in shown
    assert "builtins.KeyError" in shown
    assert "builtins.OSError" in shown


@pytest.mark.parametrize(
    ("error", "is_shown"),
    [
        (MessengerError("kf/send_msg: errcode 95018"), True),
        (TypeError("x is not"), True),
        (MatterClosedError(WORDS), False),
    ],
)
def test_trace_keeps_the_texts_that_are_ours(error: Exception, is_shown: bool) -> None:
    assert (str(error) in trace(_caught(error))) is is_shown


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = ValueError()
    error.__cause__ = error
    assert trace(error) == "builtins.ValueError"


def test_log_lines_of_ours_and_of_libraries_keep_the_words_out(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers.clear()
    try:
        set_up_logging("DEBUG")
        structlog.get_logger("test").error("worker.failed", exc_info=_caught(ValueError(WORDS)))
        error = _caught(ValueError(WORDS))
        logging.getLogger("aiohttp.server").error("Error handling request", exc_info=error)
        logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: %r", error, exc_info=error)
        LogJournal().note(
            "question.understood", conversation=7, facts={"entry": "Q-1", "topic": WORDS, "new_key": WORDS}
        )
    finally:
        root.handlers[:] = handlers
        structlog.configure(**before)
    printed = capsys.readouterr().err
    assert WORDS not in printed
    assert printed.count("builtins.ValueError") == 3
    assert "Task exception was never retrieved" in printed
    noted = json.loads(printed.splitlines()[-1])
    assert (noted["event"], noted["conversation"], noted["entry"]) == ("question.understood", 7, "Q-1")
