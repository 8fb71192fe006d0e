"""Orders and commission as tables for people. No customer's name or phone stands in any of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.content.figures_table import columns
from bot.model import Commission, Order, OrderLine
from bot.orders.ledger import booked_between
from bot.orders.money import to_yuan
from bot.orders.shelf import lines_of
from knowledge.content import Content
from knowledge.workbook import table_bytes

_ORDERS_MOST = 500
_WEEK = timedelta(days=7)
_STATES = {"placed": "待付款", "paid": "已付款", "cancelled": "已取消", "lapsed": "超时未付"}
_NOBODY = "(无)"
_ALL = "合计"
_LEDGER_HEADER = (
    *("日期", "月份", "订单号", "门店编号", "门店", "员工账号", "姓名", "商品编号", "商品", "类型"),
    *("金额", "比例", "提成", "渠道", "活动"),
)
_BY_STAFF_HEADER = ("员工账号", "姓名", "笔数", "金额", "提成")

Table = Sequence[Sequence[str | Decimal]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was booked in a period: line by line, and by person; each table ends with a row that adds it up."""

    lines: Table
    by_staff: Table
    summary: str  #: Chinese, for the terminal

    def as_xlsx(self) -> bytes:
        """Two sheets; amounts are numbers."""
        return table_bytes(("提成明细", self.lines), ("按员工", self.by_staff))

    def as_csv(self) -> bytes:
        """Line by line, as Excel opens it."""
        out = io.StringIO()
        csv.writer(out).writerows(self.lines)
        return out.getvalue().encode("utf-8-sig")


async def read_ledger(session: AsyncSession, content: Content, first: date, last: date) -> Ledger:
    """What was booked from `first` to `last`, in store time."""
    booked = await booked_between(session, first, last)
    rows = [row for row, _, _ in booked]
    sales, commission = _sum(row.sales_cents for row in rows), _sum(row.cents for row in rows)
    lines: list[Sequence[str | Decimal]] = [_LEDGER_HEADER]
    lines += [_line(content, row, order, line) for row, order, line in booked]
    lines.append((_ALL, *[""] * 9, sales, "", commission, "", ""))
    summary = f"{first} 到 {last}:{len(rows)} 笔,金额 {sales} 元,提成 {commission} 元"
    return Ledger(lines, _by_staff(content, rows), summary)


async def list_orders(
    session: AsyncSession, content: Content, now: datetime, since: date | None, store: str | None
) -> str:
    """Newest first, at most 500, as a table for the terminal."""
    zone = content.policy.zone
    start = now - _WEEK if since is None else datetime(since.year, since.month, since.day, tzinfo=zone)
    query = select(Order).where(Order.number.is_not(None), Order.placed_at >= start)
    if store is not None:
        query = query.where(Order.store == store)
    rows = (await session.scalars(query.order_by(Order.id.desc()).limit(_ORDERS_MOST))).all()
    if not rows:
        return "这段时间没有订单。"
    lines = await lines_of(session, rows)
    header = ("下单时间", "订单号", "状态", "门店", "内容", "日期", "金额", "已退", "店员")
    return columns([header, *(_order(content, row, lines[row.id]) for row in rows)])


def _order(content: Content, row: Order, lines: Sequence[OrderLine]) -> Sequence[str]:
    placed = (row.placed_at or row.created_at).astimezone(content.policy.zone)
    days = f"{row.check_in:%m-%d}→{row.check_out:%m-%d}" if row.check_in and row.check_out else ""
    return (
        f"{placed:%Y-%m-%d %H:%M}",
        row.number or "",
        _STATES.get(row.stage, row.stage),
        _store_name(content, row.store),
        "、".join(f"{line.name}×{line.quantity}" for line in lines),
        days,
        str(to_yuan(row.total_cents)),
        str(to_yuan(row.refunded_cents)),
        _staff_name(content, row.staff),
    )


def _line(content: Content, row: Commission, order: Order, line: OrderLine) -> Sequence[str | Decimal]:
    return (
        row.day.isoformat(),
        row.period,
        row.number,
        row.store,
        _store_name(content, row.store),
        row.staff or _NOBODY,
        _staff_name(content, row.staff),
        row.product,
        line.name,
        "成交" if row.sales_cents >= 0 else "冲回",
        to_yuan(row.sales_cents),
        f"{(Decimal(row.rate_millionths) / 10_000).normalize():f}%",
        to_yuan(row.cents),
        order.channel,
        order.campaign or "",
    )


def _by_staff(content: Content, rows: Sequence[Commission]) -> Table:
    by_staff: dict[str | None, list[Commission]] = {}
    for row in rows:
        by_staff.setdefault(row.staff, []).append(row)
    table: list[Sequence[str | Decimal]] = [_BY_STAFF_HEADER]
    for staff in sorted(by_staff, key=lambda name: name or "~"):
        own = by_staff[staff]
        table.append((staff or _NOBODY, _staff_name(content, staff), str(len(own)), *_sums(own)))
    table.append((_ALL, "", str(len(rows)), *_sums(rows)))
    return table


def _sums(rows: Sequence[Commission]) -> tuple[Decimal, Decimal]:
    return _sum(row.sales_cents for row in rows), _sum(row.cents for row in rows)


def _sum(cents: Iterable[int]) -> Decimal:
    return to_yuan(sum(cents))


def _store_name(content: Content, number: str) -> str:
    return content.stores[number].name if number in content.stores else number


def _staff_name(content: Content, account: str | None) -> str:
    person = content.staff.get((account or "").lower())
    return person.name if person else account or ""
