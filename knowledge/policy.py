"""What HQ decided about time and trust: `policy.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Policy:
    """Every field has a default, so a chain without the file works."""

    quiet_pause: timedelta = timedelta(seconds=1.5)  #: no bubble for so long: the question is complete
    quiet_most: timedelta = timedelta(seconds=4)  #: and after so long it counts as complete anyway
    auto_line: float = 0.85  #: confidence at which an 自动 entry goes out by itself
    answer_line: float = 0.55  #: confidence below which there is no answer
    colleague_after: timedelta = timedelta(minutes=3)
    manager_after: timedelta = timedelta(minutes=6)
    headquarters_after: timedelta = timedelta(minutes=15)
    soothing: str = ""  #: sent once when nobody tapped in time; empty: nothing is sent
    ask_store: str = ""  #: asks which store is meant; empty: nothing is asked
    replace_every: timedelta = timedelta(seconds=20)  #: a card is replaced at most this often
    person_quiet: timedelta = timedelta(minutes=15)  #: after 我来回: so long silent, and the clerk is asked
    backlog_cards: int = 5  #: open cards a clerk after downtime
    staff_per_minute: int = 25  #: messages to one clerk
    stale_after: timedelta = timedelta(minutes=10)  #: older messages are never answered without a person
    quiet_from: time = time(21, 0)  #: 免打扰, in store time
    quiet_until: time = time(9, 0)
    zone: ZoneInfo = CHINA  #: store time
    auto_on: bool = True
    auto_digest: timedelta = timedelta(minutes=15)  #: at most one "替您回了" card so often
    dismiss_reasons: tuple[str, ...] = ("广告", "已当面答复", "重复提问")  #: at most three
