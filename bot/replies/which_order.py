"""Which of the customer's orders is meant, and how it is called."""

from __future__ import annotations

from collections.abc import Sequence

from bot.replies.forms import Form
from bot.replies.frame import Frame, Offered
from bot.replies.heard import Facts
from bot.replies.proposal import MOST_CHOICES, Proposal, ask_choice
from bot.replies.readback import quiet, say_day, say_moment, say_money
from bot.replies.step import HandOver
from bot.trade import Line, OrderState, OrderView

STATES = {
    OrderState.PLACED: "待付款",
    OrderState.PAID: "已付款",
    OrderState.CANCELLED: "已取消",
    OrderState.LAPSED: "没有付款,已失效",
}
_OPEN = (OrderState.PLACED, OrderState.PAID)
_SHORTEST_TAIL = 3  #: characters of an order's number that name it


def find_order(orders: Sequence[OrderView], frame: Frame, form: Form, facts: Facts) -> OrderView | Proposal | HandOver:
    """The order; or the question which one; or, when there is none, a person."""
    possible = [one for one in orders if _may_be_meant(one, form, facts)]
    named = [one for one in possible if _is_named(one, frame, facts)]
    if frame.value("order_number") and not named:
        return HandOver(f"没有查到订单 {frame.text('order_number')}", frame)
    if not possible:
        return HandOver(f"没有查到这位客人能{form.name}的订单", frame)
    found = named or possible
    if len(found) > 1 and form.family in ("extend", "change"):
        found = [one for one in found if is_in_house(one, facts)] or found
    if len(found) > 1 and form.intent in ("stay.cancel", "order.cancel"):
        fitting = [one for one in found if (one.check_in is not None) is (form.intent == "stay.cancel")]
        found = fitting or found
    if len(found) == 1:
        return found[0]
    options = [(_offered(one, facts), STATES[one.state]) for one in found[:MOST_CHOICES]]
    head = f"您有{len(found)}个订单:" if len(found) <= MOST_CHOICES else "您最近的几个订单:"
    return ask_choice(frame, form, facts, head, options, key="order_number")


def is_in_house(order: OrderView, facts: Facts) -> bool:
    """Whether the guest sleeps there now."""
    leaves = order.stay_until or order.check_out
    return order.check_in is not None and leaves is not None and order.check_in <= facts.today <= leaves


def name_order(order: OrderView, facts: Facts) -> str:
    """Such as 11月24日(周二)入住的高级大床房1间."""
    what = "、".join(_name_line(line) for line in order.lines[:2]) + ("等" if len(order.lines) > 2 else "")
    if order.check_in is not None:
        return f"{say_day(order.check_in, facts.today)}入住的{what}"
    if order.pickup_at is not None:
        return f"{say_moment(order.pickup_at.astimezone(facts.zone), facts.local)}取的{what}"
    return f"{say_day(order.placed_at.astimezone(facts.zone).date(), facts.today)}下的{what}"


def _name_line(line: Line) -> str:
    name = quiet(line.name) or line.product
    return f"{name}{line.quantity}间" if line.days else f"{name}×{line.quantity}"


def _offered(order: OrderView, facts: Facts) -> Offered:
    return Offered(f"{name_order(order, facts)} {say_money(order.total)}", {"order_number": order.number}, order.total)


def _may_be_meant(order: OrderView, form: Form, facts: Facts) -> bool:
    if form.family == "status":
        return True
    if order.state not in _OPEN or order.extends is not None:
        return False
    leaves = order.stay_until or order.check_out
    if form.family == "extend":
        return order.check_in is not None and leaves is not None and leaves >= facts.today
    if form.family == "change":
        return order.check_in is not None and order.check_in >= facts.today
    return True


def _is_named(order: OrderView, frame: Frame, facts: Facts) -> bool:
    """By its number (or the end of it), else by a day."""
    number, day = frame.value("order_number"), frame.day("date")
    if number:
        said = number.casefold()
        return order.number.casefold() == said or (
            len(said) >= _SHORTEST_TAIL and order.number.casefold().endswith(said)
        )
    if day is None or "date" not in frame.slots:
        return False
    days = {order.check_in, order.placed_at.astimezone(facts.zone).date()}
    days |= {order.pickup_at.astimezone(facts.zone).date()} if order.pickup_at else set()
    return day in days
