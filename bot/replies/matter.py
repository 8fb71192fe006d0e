"""Which matter a message is about, when it becomes another one, and what is known at its start."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.replies.forms import Form
from bot.replies.frame import CHOICE, Filled, Frame, Source
from bot.replies.heard import Facts, Heard
from bot.replies.particulars import WAKE_UP
from intents.recogniser import NONE, Recognised
from intents.slots import SlotName

_GUESS_LINE = 0.8  #: confidence from which what only looks alike ends what is open
LINE = 0.5  #: confidence from which an intent counts
TEMPLATE = "template"
_FOR_ROUTER = frozenset({"complain", "opt_out", "ask_person"})
ASKS = re.compile(r"[?？吗]|呢$|怎么|什么|为啥|多少|几点|哪里|在哪|能不能|可不可以|有没有|是不是|行不行|要不要")
_ROOM_WORDS = re.compile(r"房|大床|双床|单间|标间|套间|床")
_EARLIER_ORDER = re.compile(r"昨天|前天|之前|上次|那个?订单|订单号|我的订单|已经订|订好|买的")
#: while one of the keys is open, these are still about it: 换成双床 while booking changes the booking
_SAME = {
    "stay": {"stay.book", "room.recommend", "room.stock", "stay.change", "stay.extend", "product.stock"},
    "order": {"order.place", "product.recommend", "product.stock"},
    "extend": {"stay.extend", "stay.book", "stay.change"},
    "change": {"stay.change", "stay.book", "room.recommend", "room.stock", "product.stock"},
    "cancel": {"stay.cancel", "order.cancel", "refund"},
    "status": {"order.status"},
    "errand": {"room.service"},
    "invoice": {"invoice"},
}
_VERBS = {
    "stay": "订",
    "order": "点",
    "extend": "续",
    "change": "改",
    "cancel": "取消",
    "status": "查",
    "errand": "安排",
    "invoice": "开",
}
_FIRMER = {"room.recommend": "stay.book", "room.stock": "stay.book", "product.recommend": "order.place"}
_FIRMER["product.stock"] = "order.place"


def belongs_to_router(heard: Heard) -> bool:
    """Anger, no more messages, a person: these are answered before anything else."""
    return any(one.intent in _FOR_ROUTER and one.confidence > 0.6 for one in heard.recognised)


def find(heard: Heard, facts: Facts) -> Form | None:
    """The form of what is to be done; None when nothing is. Cancelling one stay and booking another is a change."""
    intents = [one.intent for one in _doing(heard, facts)]
    if "stay.book" in intents and "stay.cancel" in intents and "stay.change" not in intents:
        return facts.forms.form("stay.change")
    if "stay.book" in intents and intents[0] in ("room.recommend", "product.stock"):
        return facts.forms.form("stay.book")
    if not intents:
        return None
    return _of(intents[0], heard, facts)


def _of(intent: str, heard: Heard, facts: Facts) -> Form | None:
    """还有大床吗 and 还有拿铁吗 are one intent, and two forms."""
    is_room = any(slot.name in (SlotName.ROOM_TYPE, SlotName.NIGHTS, SlotName.ROOMS) for slot in heard.slots)
    if intent == "product.stock" and not heard.items and (is_room or _ROOM_WORDS.search(heard.text)):
        return facts.forms.form("room.stock")
    return facts.forms.form(intent)


def _doing(heard: Heard, facts: Facts) -> list[Recognised]:
    return [one for one in heard.recognised if one.confidence >= LINE and facts.forms.form(one.intent)]


def others_wanted(form: Form, heard: Heard, facts: Facts) -> str:
    """订一间大床,再来两杯拿铁: one thing is done after the other, and the clerk sees what else there is."""
    same = _SAME[form.family]
    found = [facts.forms.form(one.intent) for one in _doing(heard, facts) if one.source == TEMPLATE]
    names = [other.name for other in found if other is not None and other.intent not in same]
    return "、".join(dict.fromkeys(names))


def switches(frame: Frame, form: Form, heard: Heard, facts: Facts) -> Form | None:
    """The other form that the message is about; None when it goes on with this one."""
    same = _SAME[form.family]
    others = [one for one in _doing(heard, facts) if one.intent not in same]
    if not others or any(one.intent in same for one in _doing(heard, facts)):
        return None
    strongest = others[0]
    is_guess = strongest.source != TEMPLATE
    if is_guess and (heard.slots or heard.items or strongest.confidence < _GUESS_LINE):
        return None  # it says more about what is open than about anything else
    if _is_own_cancel(form, strongest.intent) and not _EARLIER_ORDER.search(heard.text):
        return None
    return _of(strongest.intent, heard, facts)


def _is_own_cancel(form: Form, intent: str) -> bool:
    """取消 while booking means this booking, unless an order is named."""
    return form.family in ("stay", "order") and intent in ("stay.cancel", "order.cancel")


def sibling(frame: Frame, form: Form, heard: Heard, facts: Facts) -> Form | None:
    """有什么推荐 to 想点什么: the form of the same family that the message is about, if nothing is missing for it."""
    same = _SAME[form.family]
    forms = [facts.forms.form(one.intent) for one in _doing(heard, facts) if one.intent in same]
    others = [other for other in forms if other is not None and other.family == form.family and other != form]
    return next((other for other in others if not missing(frame, other)), None)


def gives_up(form: Form, heard: Heard, filled: Iterable[str], facts: Facts) -> bool:
    """帮我把这间取消掉, while nothing is ordered yet: this very thing is not wanted any more."""
    intents = {one.intent for one in _doing(heard, facts)}
    is_own = any(_is_own_cancel(form, intent) for intent in intents) and not intents & _SAME[form.family]
    return is_own and not heard.asides and (form.family == "stay" or not any(filled))


def refine(frame: Frame, form: Form, heard: Heard, facts: Facts) -> Form:
    """Who asked what there is, and then says 订一间 or names one after all were shown, is booking now."""
    intents = {one.intent for one in _doing(heard, facts)}
    firmer = _FIRMER.get(form.intent)
    names_one = any(slot.name is SlotName.ROOM_TYPE for slot in heard.slots) and not ASKS.search(heard.text)
    is_firm = firmer in intents or (frame.asked == CHOICE and names_one)
    return facts.forms.form(firmer) or form if firmer is not None and is_firm else form


def is_about(form: Form, heard: Heard) -> bool:
    """Whether the message says no more than that the same thing is wanted."""
    same = _SAME[form.family]
    return not heard.asides and any(one.intent in same for one in heard.recognised)


def is_something_else(form: Form, heard: Heard) -> bool:
    """Whether the message means something that is not this matter."""
    same = _SAME[form.family]
    return any(one.intent != NONE and one.intent not in same and one.confidence >= LINE for one in heard.recognised)


def yields(form: Form, heard: Heard, filled: Iterable[str]) -> bool:
    """Whether HQ's own answer goes first: the message asks how something goes rather than for it."""
    if any(filled) or not heard.asides:
        return False
    is_template = any(one.intent == form.intent and one.source == TEMPLATE for one in heard.recognised)
    return form.yields or not is_template


def open_frame(form: Form, before: Frame | None, facts: Facts) -> Frame:
    """A frame with what is known already: from the conversation, then the profile, then what always holds."""
    known = _carried(form, before, facts)
    for name in form.profile:
        if name in facts.profile and name not in known:
            known[name] = Filled(facts.profile[name], "", Source.PROFILE)
    for name, value in form.fixed.items():
        known.setdefault(name, Filled(value, "", Source.DEFAULT))
    return Frame(
        form.intent,
        facts.now,
        slots=known,
        items=before.items if before is not None and form.family == "order" else (),
        turns=before.turns if before is not None else 0,
        store=before.store if before is not None and before.store else facts.store,
    )


def _carried(form: Form, before: Frame | None, facts: Facts) -> dict[str, Filled]:
    old = facts.forms.form(before.intent) if before is not None else None
    if before is None or old is None or old.family != form.family:
        return {}
    return {name: filled for name, filled in before.slots.items() if name in form.takes}


def missing(frame: Frame, form: Form) -> list[str]:
    """The slots that still have to be asked for, the most useful first."""
    needs = [name for name in form.needs if not _is_met(frame, name)]
    if form.family == "errand" and frame.value("errand") == WAKE_UP and not frame.value("time"):
        needs.append("time")
    if form.any_of and not any(name in frame.slots and frame.slots[name].is_said for name in form.any_of):
        needs.append("any")
    return needs


def _is_met(frame: Frame, name: str) -> bool:
    if name == "items":
        return bool(frame.items) or "product" in frame.slots or "wish" in frame.slots
    return name in frame.slots or (name == "nights" and "until" in frame.slots)


def verb(form: Form) -> str:
    """What the customer gave up: 订, 点, 续."""
    return _VERBS[form.family]
