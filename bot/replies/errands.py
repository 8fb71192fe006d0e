"""Proposes what the people in the store are to do: bring something, wake somebody, write an invoice."""

from __future__ import annotations

from bot.replies.forms import Form
from bot.replies.frame import Frame
from bot.replies.heard import Facts
from bot.replies.particulars import OTHER, WAKE_UP
from bot.replies.proposal import Errand, Proposal, propose, text_fact
from bot.replies.readback import quiet, say_day
from bot.replies.suggestion import OrderFact

_SAYS = {
    "送物": "收到,给您送到",
    "清洁": "收到,安排打扫",
    "维修": "收到,安排同事去看看",
    "行李": "收到,安排同事帮您拿行李,",
    "洗衣": "收到,安排洗衣,",
    OTHER: "收到,记下了,",
}


def offer_errand(frame: Frame, form: Form, facts: Facts) -> Proposal:
    """What is to be done, read back."""
    return _invoice(frame, facts) if form.family == "invoice" else _service(frame, facts)


def _service(frame: Frame, facts: Facts) -> Proposal:
    kind, room, detail = frame.text("errand"), frame.text("room_number"), frame.text("detail")
    when = _when(frame, facts)
    head = (
        f"收到,{when}叫醒{room}房。"
        if kind == WAKE_UP
        else f"{_SAYS.get(kind, _SAYS[OTHER])}{room}房{when and f',{when}'}。"
    )
    label = facts.forms.label
    rows = (
        OrderFact("errand", label("errand"), kind, "text"),
        OrderFact("room_number", label("room_number"), room, "text"),
        *text_fact(frame, "time", facts),
        *((OrderFact("detail", label("detail"), quiet(detail), "text"),) if detail else ()),
    )
    errand = Errand(kind, f"{when}{detail}" if when and kind != WAKE_UP else f"{when}叫醒" if when else detail, room)
    return propose(frame, facts, head, facts.forms.say("客房收尾"), deed=errand, rows=rows)


def _when(frame: Frame, facts: Facts) -> str:
    day, clock = frame.day("date"), frame.text("time")
    return f"{say_day(day, facts.today)}{clock}" if day is not None and clock else clock


def _invoice(frame: Frame, facts: Facts) -> Proposal:
    names = ("title", "tax_number", "email")
    known = [f"{facts.forms.label(name)}{quiet(frame.text(name))}" for name in names if frame.value(name)]
    rows = tuple(row for name in names for row in text_fact(frame, name, facts))
    text = f"记下了:{','.join(known)}。"
    return propose(frame, facts, text, facts.forms.say("开票收尾"), deed=Errand("开发票", ",".join(known)), rows=rows)
