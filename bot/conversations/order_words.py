"""What customers and staff are told of an order that was made, paid or cancelled. Pure.

Sums and numbers come from the order itself (`trade`), never from a message.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from bot.trade import Cancelled, OrderView, Paid, PaidOutcome, Placed
from knowledge.order_texts import OrderTexts, fill


def yuan(amount: Decimal) -> str:
    """¥688 or ¥688.50, as menus write it."""
    text = f"{amount:.2f}"
    return f"¥{text.removesuffix('.00')}"


# --- to the customer: HQ's sentences ----------------------------------------------------------------------------------
def pay_line(texts: OrderTexts, placed: Placed, local_until: datetime | None) -> str:
    """How to pay. `local_until` is `placed.pay_until` in store time."""
    total = yuan(placed.total)
    if placed.pay_url is None:
        return fill(texts.pay_in_store, 订单号=placed.number, 金额=total)
    at = f"{local_until:%H:%M}" if local_until else "今天"
    return fill(texts.pay, 订单号=placed.number, 金额=total, 链接=placed.pay_url, 时间=at)


def paid_line(texts: OrderTexts, order: OrderView) -> str:
    return fill(texts.paid, 订单号=order.number, 金额=yuan(order.total))


def late_line(texts: OrderTexts, order: OrderView) -> str:
    return fill(texts.late, 订单号=order.number, 金额=yuan(order.total))


def cancelled_line(texts: OrderTexts, cancelled: Cancelled) -> str:
    text = texts.refunded if cancelled.refund else texts.cancelled
    return fill(text, 订单号=cancelled.number, 金额=yuan(cancelled.refund))


# --- to staff --------------------------------------------------------------------------------------------------------
def placed_notice(name: str, placed: Placed) -> str:
    return f"{name}的订单 {placed.number} 已生成,共 {yuan(placed.total)}。"


def not_sent_notice(name: str, text: str, reason: str) -> str:
    """Our line did not go out: the clerk passes it on."""
    return f"这句没能发给{name}({reason}),请您转告:\n{text}"


def not_placed_notice(name: str, reason: str) -> str:
    return f"{name}的订单没有下成:{reason}。回复已经发出,请您马上联系客人改一下。"


def not_cancelled_notice(name: str, number: str, reason: str) -> str:
    return f"{name}的订单 {number} 没有取消成:{reason}。回复已经发出,请您处理。"


def unreachable_notice(name: str) -> str:
    """After many tries."""
    return f"{name}的订单还没有处理成:订单系统一直没有应答。回复已经发出,请您联系客人,并告诉总部。"


def lapsed_notice(name: str, number: str) -> str:
    return f"{name}的订单 {number} 没有按时付款,已经自动取消,留的房或货放回去了。"


def paid_notice(name: str, number: str, paid: Paid, amount: Decimal) -> str:
    """What a payment came to, for staff."""
    match paid.outcome:
        case PaidOutcome.FIRST:
            more = f",多付了 {yuan(paid.owed)},请退给客人" if paid.owed else ""
            return f"{name}的订单 {number} 已付款 {yuan(amount)}{more}。"
        case PaidOutcome.AGAIN:
            return f"{name}的订单 {number} 又付了一次 {yuan(amount)},请把多付的 {yuan(paid.owed)} 退给客人。"
        case PaidOutcome.LATE:
            return f"{name}付了 {yuan(amount)},可是订单 {number} 已经取消、房或货也没有了。请联系客人,并安排退款。"
        case PaidOutcome.WRONG_AMOUNT:
            due = f"(应付 {yuan(paid.order.total)})" if paid.order else ""
            return f"{name}的订单 {number} 收到 {yuan(amount)}{due},金额不对,没有确认。请核对后联系客人。"
    return f"收到一笔 {yuan(amount)} 的付款,订单号 {number} 查不到。请核对。"
