"""Who is asked. Pure: people and figures in, a choice and its reason out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bot.content.words import Content, Role, StaffMember


class Stage(IntEnum):
    """Who is asked, one after the other (issue 2, point 6)."""

    CLERK = 1
    COLLEAGUE = 2
    MANAGER = 3
    HEADQUARTERS = 4


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody has on the desk now."""

    open_cards: int = 0
    sent_last_minute: int = 0
    is_unreachable: bool = False  #: WeCom named the account invalid or without a licence
    has_this: bool = False  #: an open card of this very question


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the card; or nobody, and then whether somebody is there but has enough."""

    account: str | None
    full: str | None = None  #: the account to tell, in one collected card, that more is waiting


def stages(content: Content, *, is_complaint: bool, store: str | None) -> dict[Stage, timedelta]:
    """When each stage is asked, counted from the question. A complaint of a store without a manager goes to HQ."""
    policy = content.policy
    if store is None or (is_complaint and not members(content, Stage.MANAGER, store)):
        return {Stage.HEADQUARTERS: timedelta()}
    if is_complaint:
        return {Stage.MANAGER: timedelta(), Stage.HEADQUARTERS: policy.headquarters_after}
    return {
        Stage.CLERK: timedelta(),
        Stage.COLLEAGUE: policy.colleague_after,
        Stage.MANAGER: policy.manager_after,
        Stage.HEADQUARTERS: policy.headquarters_after,
    }


def members(content: Content, stage: Stage, store: str | None) -> list[StaffMember]:
    """Who belongs to a stage for this store. Where a store has no 店员, its 店长 is asked like one."""
    if stage is Stage.HEADQUARTERS:
        return [person for person in content.staff.values() if person.role is Role.HEADQUARTERS]
    here = [person for person in content.staff.values() if person.store == store and store is not None]
    managers = [person for person in here if person.role is Role.MANAGER]
    if stage is Stage.MANAGER:
        return managers
    return [person for person in here if person.role is Role.CLERK] or managers


def on_duty(people: Sequence[StaffMember], local: datetime) -> list[StaffMember]:
    """Those whose 上班时间 covers `local`, store time."""
    return [person for person in people if person.shifts.covers(local)]


def next_on_duty(people: Sequence[StaffMember], local: datetime) -> datetime | None:
    """When, in store time, somebody of these is next at work, to the quarter of an hour; None: not within a week."""
    start = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    quarters = (start + timedelta(minutes=15 * step) for step in range(1, 7 * 96 + 2))
    return next((moment for moment in quarters if on_duty(people, moment)), None)


def choose(
    people: Sequence[StaffMember],
    loads: dict[str, Load],
    *,
    preferred: str | None,
    per_minute: int,
    cards_most: int | None,
) -> Choice:
    """First who answered this customer last, else who has the fewest open cards.

    Left out: unreachable ones, those who have this card already, those at `per_minute` messages or (when given) at
    `cards_most` open cards.
    """
    free: list[tuple[bool, int, str]] = []
    full: list[str] = []
    for person in people:
        account = person.account.lower()
        load = loads.get(account, Load())
        if load.is_unreachable or load.has_this:
            continue
        if load.sent_last_minute >= per_minute or (cards_most is not None and load.open_cards >= cards_most):
            full.append(account)
        else:
            free.append((account != preferred, load.open_cards, account))
    if free:
        return Choice(min(free)[2])
    return Choice(None, min(full) if full else None)
