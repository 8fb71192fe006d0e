"""订单: what a draft says of an order, as rows that a clerk reads and changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.desk import Desk
from bot.model import Draft
from bot.replies.frame import Frame

FIELD = "slot:"  #: how a form's field of a row begins; the slot follows
_NUMBER_MOST = 99


@dataclass(frozen=True, slots=True)
class Row:
    """One thing known of the order."""

    slot: str
    label: str  #: 入住
    value: str  #: as shown: 11月23日(周一)
    raw: str  #: as the field holds it: 2026-11-23
    kind: str  #: date, number, choice or text; "" when it cannot be changed
    choices: tuple[str, ...]
    most: int  #: of a number


@dataclass(frozen=True, slots=True)
class Sheet:
    """The order of one draft."""

    rows: tuple[Row, ...]
    kept: str  #: 留到 14:20; "" when nothing is kept
    today: str  #: the store's day, 2026-11-22: no date may be before it
    may_change: bool


def sheet_of(draft: Draft, desk: Desk, now: datetime, *, may_change: bool) -> Sheet | None:
    """None when the draft says nothing of an order."""
    plan = draft.order or {}
    facts: list[dict[str, Any]] = plan.get("facts") or []
    if not facts:
        return None
    may_change = may_change and frame_of(draft) is not None
    rows = tuple(_row(fact, desk, may_change=may_change) for fact in facts)
    return Sheet(rows, _kept(plan, desk, now), desk.local(now).date().isoformat(), may_change)


def frame_of(draft: Draft) -> Frame | None:
    """What the draft was made of; None when it cannot be made anew."""
    return Frame.load((draft.order or {}).get("frame"))


def changes_in(draft: Draft, form: Mapping[str, str]) -> dict[str, str]:
    """By slot, what a form holds that the draft's rows do not say."""
    known = {str(fact["slot"]): _raw(fact) for fact in (draft.order or {}).get("facts") or () if fact.get("kind")}
    typed = {name.removeprefix(FIELD): value.strip() for name, value in form.items() if name.startswith(FIELD)}
    return {slot: value for slot, value in typed.items() if slot in known and value != known[slot].strip()}


def _row(fact: Mapping[str, Any], desk: Desk, *, may_change: bool) -> Row:
    slot, raw, choices = str(fact["slot"]), _raw(fact), tuple(fact.get("choices") or ())
    kind = str(fact.get("kind") or "") if may_change else ""
    if kind == "choice" and raw not in choices:
        choices = (raw, *choices)  # 待选
    most = desk.forms.limits.get(slot.partition(":")[0], _NUMBER_MOST)
    return Row(slot, str(fact["label"]), str(fact["value"]), raw, kind, choices, most)


def _raw(fact: Mapping[str, Any]) -> str:
    return str(fact.get("raw") or fact["value"])


def _kept(plan: Mapping[str, Any], desk: Desk, now: datetime) -> str:
    if not plan.get("key") or not plan.get("until"):
        return ""
    until = datetime.fromisoformat(str(plan["until"]))
    return f"留到 {desk.local(until):%H:%M}" if until > now else "留的时间过了,发送时再占"


# --- on a card -------------------------------------------------------------------------------------------------------
_BESIDE = {"nights": ("date", "until"), "rooms": ("room_type",)}  #: what stands in the row of another, in a few words
_FIRST = ("date", "until", "room_type", "total")


def card_rows(plan: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """入住 11月23日(周一) · 2晚, 房型 大床房 · 1间, 合计 600元, then the rest: a card has few lines."""
    facts: list[dict[str, Any]] = (plan or {}).get("facts") or []
    values = {str(fact["slot"]): str(fact["value"]) for fact in facts}
    host = {slot: next((one for one in hosts if one in values), "") for slot, hosts in _BESIDE.items()}
    rows = []
    for fact in sorted(facts, key=lambda fact: _FIRST.index(fact["slot"]) if fact["slot"] in _FIRST else len(_FIRST)):
        slot = str(fact["slot"])
        if host.get(slot):
            continue
        guests = [values[one] for one, at in host.items() if at == slot and one in values]
        rows.append((str(fact["label"]), " · ".join([values[slot], *guests])))
    return tuple(rows)
