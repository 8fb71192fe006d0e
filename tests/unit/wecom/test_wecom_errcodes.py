"""Errcodes become errors that say what to do, and hints that a person can follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import (
    AlreadySentError,
    CodeUsedError,
    HandoverRefusedError,
    MessengerError,
    OperatorError,
    QuotaUsedError,
    RejectedError,
    SessionStateError,
    TryLaterError,
    WindowClosedError,
)
from bot.wecom.errcodes import (
    BadSecretError,
    BusyError,
    NobodyReachedError,
    SlowDownError,
    StaleSignalError,
    StaleTokenError,
    UntrustedIpError,
    explain,
    explain_failure,
    is_known,
    to_error,
)
from bot.wecom.hints import HINTS

SEND, ON_EVENT, MESSAGE, UPDATE = (
    "kf/send_msg",
    "kf/send_msg_on_event",
    "message/send",
    "message/update_template_card",
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, BusyError),
        (45009, SlowDownError),
        (45033, SlowDownError),
        (6000, TryLaterError),
        (41063, TryLaterError),
        (90304, TryLaterError),
        (40014, StaleTokenError),
        (42001, StaleTokenError),
        (41001, StaleTokenError),
        (40001, BadSecretError),
        (40013, BadSecretError),
        (40091, BadSecretError),
        (48002, OperatorError),
        (48007, OperatorError),
        (60020, UntrustedIpError),
        (301002, OperatorError),
        (50003, OperatorError),
        (95017, OperatorError),
        (95001, QuotaUsedError),
        (95002, WindowClosedError),
        (95007, StaleSignalError),
        (95013, HandoverRefusedError),
        (95014, HandoverRefusedError),
        (95016, HandoverRefusedError),
        (95019, HandoverRefusedError),
        (95018, SessionStateError),
        (41050, CodeUsedError),
        (60140, CodeUsedError),
        (81013, NobodyReachedError),
        (40058, RejectedError),
        (95000, RejectedError),
        (123456, RejectedError),
    ],
)
def test_each_class_says_what_to_do(code: int, kind: type[MessengerError]) -> None:
    error = to_error(code, "something", "some/path")
    assert type(error) is kind
    assert (error.code, error.hint) == (code, explain(code))
    if isinstance(error, TryLaterError):
        assert timedelta(seconds=1) <= error.retry_in <= timedelta(minutes=1)


def test_a_duplicate_is_an_unknown_code_that_names_msgid() -> None:
    assert isinstance(to_error(95099, "duplicate msgid", SEND), AlreadySentError)
    assert isinstance(to_error(40999, "MsgID already exists, hint: [1]", SEND), AlreadySentError)
    assert isinstance(to_error(95099, "invalid msg_id", ON_EVENT), AlreadySentError)
    assert not isinstance(to_error(95099, "duplicate msgid", MESSAGE), AlreadySentError)
    assert not isinstance(to_error(40058, "invalid msgid", SEND), AlreadySentError)
    assert not isinstance(to_error(95099, "something else", SEND), AlreadySentError)


def test_a_code_that_lapsed() -> None:
    for code in (95018, 95013, 41050):
        assert isinstance(to_error(code, "", ON_EVENT), CodeUsedError)
    assert isinstance(to_error(40999, "invalid code", ON_EVENT), CodeUsedError)
    assert isinstance(to_error(40999, "response_code used", UPDATE), CodeUsedError)
    assert type(to_error(40999, "errcode 5", UPDATE)) is RejectedError
    assert type(to_error(40999, "invalid code", MESSAGE)) is RejectedError


def test_an_unknown_receiver_is_nobody_reached() -> None:
    assert isinstance(to_error(60111, "", MESSAGE), NobodyReachedError)
    assert not isinstance(to_error(60111, "", "user/get"), NobodyReachedError)


def test_errmsg_is_never_repeated_but_our_own_address_is() -> None:
    errmsg = "not allow to access from your ip, hint: [17], from ip: 203.0.113.7, more info at https://x token-1"
    error = to_error(60020, errmsg, "kf/sync_msg")
    assert error.hint.endswith("(出口 IP:203.0.113.7)")
    assert isinstance(error, UntrustedIpError)
    assert error.address == "203.0.113.7"
    assert to_error(60020, "not allow to access", "kf/sync_msg").hint == explain(60020)
    assert "token-1" not in f"{error!r} {error.hint} {error}"
    assert str(error) == "kf/sync_msg: errcode 60020"
    assert "203" not in to_error(40001, errmsg, "gettoken").hint


def test_every_code_is_explained_in_chinese() -> None:
    named = [*HINTS, *range(42014, 42021), *range(42027, 42052), *range(40016, 40028)]
    for code in named:
        assert is_known(code)
        assert any("一" <= mark <= "鿿" for mark in explain(code))
    assert "654321" in explain(654321)
    assert not is_known(654321)
    for reason in range(13):
        assert explain_failure(reason)
    assert explain_failure(10) == "客人拒收了消息"
