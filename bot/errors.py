"""The error tree. A class stands for what the caller does next.

DianxiaoerError
├── SettingsError             stop the start; the message names the variable
├── RefusedError              somebody asked for what is not possible now; `str()` is for them, in Chinese
│   ├── NotFoundError         absent or forbidden: the two look the same
│   ├── MatterClosedError     somebody was faster, or it has expired
│   ├── WindowError           past 48 h, or not enough messages left
│   └── TradeError            an order cannot be had like this
│       ├── SoldOutError      too few are left, on one day at least
│       ├── PriceChangedError it costs something else by now: say the new price first
│       ├── NotForSaleError   the store does not sell this, or not with these options
│       ├── HoldLostError     the hold ran out and its stock or price is gone: hold anew
│       ├── OrderGoneError    no such order, or it is not in a state for this
│       └── CancelRefusedError  HQ's rules do not let it be cancelled without a person
├── EmbeddingsError           the endpoint of embeddings gave nothing of use: go on without
├── SpeechSilentError         the endpoint of speech gave nothing of use: ask again after `retry_in`
├── UnclearSpeechError        this recording cannot be made out: a person listens to it
├── TradeSilentError          where the orders live did not answer: ask again under the same key
└── MessengerError            WeCom did not do what we asked
    ├── TryLaterError         nothing was done; ask again after `retry_in`
    ├── OutcomeUnknownError   perhaps done; ask again under the same id
    ├── AlreadySentError      this id was used before: after an unknown outcome that means it was sent
    ├── SessionStateError     95018: read the session's state, then decide
    ├── QuotaUsedError        95001: five messages since the customer's last
    ├── WindowClosedError     95002: 48 h since the customer's last
    ├── HandoverRefusedError  95013, 95014, 95016, 95019: this person cannot take the session over
    ├── CodeUsedError         a welcome, message or response code is used up or too old
    ├── OperatorError         keep what is queued and tell the operator: secret, IP, permission
    └── RejectedError         this request will never work: content or data
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal


class DianxiaoerError(Exception):
    """Root of everything we raise on purpose."""


class SettingsError(DianxiaoerError):
    """A setting is missing or bad; the message names the variable, what was expected, and no secret."""


class RefusedError(DianxiaoerError):
    """A person asked for something that is not possible now; the text is for that person."""


class NotFoundError(RefusedError):
    """Absent or forbidden: the two look the same from outside."""


class MatterClosedError(RefusedError):
    """Somebody was faster, a newer version exists, or the time is up."""


class WindowError(RefusedError):
    """Past the 48 hours, or fewer messages left than the text needs."""


class TradeError(RefusedError):
    """An order cannot be had like this; the text says why, in Chinese, to staff."""


class SoldOutError(TradeError):
    """Too few are left. `day` is the first such day (None: not by day), `left` what there still is on it."""

    def __init__(self, message: str, *, product: str, day: date | None, left: int) -> None:
        super().__init__(message)
        self.product = product
        self.day = day
        self.left = left


class PriceChangedError(TradeError):
    """One costs `now` yuan by now, and not `said`."""

    def __init__(self, message: str, *, product: str, said: Decimal, now: Decimal) -> None:
        super().__init__(message)
        self.product = product
        self.said = said
        self.now = now


class NotForSaleError(TradeError):
    """The store does not sell this product, or not with these options or on this day."""

    def __init__(self, message: str, *, product: str) -> None:
        super().__init__(message)
        self.product = product


class HoldLostError(TradeError):
    """The hold ran out (or was given back), and what it held cannot be had any more as it was."""


class OrderGoneError(TradeError):
    """No such order, or one that is cancelled, lapsed or otherwise past this."""


class CancelRefusedError(TradeError):
    """HQ's rules do not say that it may be cancelled now: a person decides."""


class TradeSilentError(DianxiaoerError):
    """Where the orders live did not answer, or not so that we understand; perhaps it is done. Ask again, same key."""


class EmbeddingsError(DianxiaoerError):
    """The endpoint of embeddings is down, slow, or says what makes no sense; search goes on without it."""


class SpeechSilentError(DianxiaoerError):
    """The endpoint of speech is down, slow, refuses us, or says what makes no sense; ask again after `retry_in`."""

    def __init__(self, message: str, *, retry_in: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.retry_in = retry_in  #: as the endpoint asked; zero when it did not


class UnclearSpeechError(DianxiaoerError):
    """A recording is damaged, silent, too large, or no recording: asking again will not help."""


class MessengerError(DianxiaoerError):
    """WeCom did not do what we asked.

    `code` is WeCom's errcode (None when there was no answer); `hint` says in Chinese what to do, for whoever must act.
    """

    def __init__(self, message: str, *, code: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class TryLaterError(MessengerError):
    """Nothing was done; ask again after `retry_in`."""

    def __init__(self, message: str, *, retry_in: timedelta, code: int | None = None, hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.retry_in = retry_in


class OutcomeUnknownError(MessengerError):
    """The connection broke or timed out after the request had left: perhaps done. Retry under the same id only."""


class AlreadySentError(MessengerError):
    """WeCom knows this message id. After an unknown outcome that means the message was sent."""


class SessionStateError(MessengerError):
    """95018: the session's state forbids sending."""


class QuotaUsedError(MessengerError):
    """95001: five messages have gone out since the customer's last one."""


class WindowClosedError(MessengerError):
    """95002: the customer's last message is more than 48 hours old."""


class HandoverRefusedError(MessengerError):
    """95013, 95014, 95016, 95019: the session cannot go to this person; `hint` says why, for the card."""


class CodeUsedError(MessengerError):
    """A welcome code, message code or card response code is used up or too old."""


class OperatorError(MessengerError):
    """Secret, trusted IP or permission: only an operator can mend it. Nothing was done; keep what is queued."""


class RejectedError(MessengerError):
    """This request will never work: its content or its data are wrong."""
