"""Take and give back: one conditional UPDATE a day, so that no two can have the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.once import insert_once
from bot.errors import SoldOutError
from bot.model import StockDay


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One product in one store on one day."""

    store: str
    product: str
    day: date


@dataclass(frozen=True, slots=True)
class Move:
    """What changes in one cell."""

    held: int = 0
    sold: int = 0
    most: int | None = None  #: HQ's quantity, which held and sold may not exceed; needed when more is taken
    name: str = ""  #: of the product, for the refusal

    def __add__(self, other: Move) -> Move:
        most = other.most if other.most is not None else self.most
        return Move(self.held + other.held, self.sold + other.sold, most, other.name or self.name)


class Moves:
    """Changes of several orders or lines, added up by cell."""

    def __init__(self) -> None:
        self._by_cell: dict[Cell, Move] = {}

    def add(self, cell: Cell, move: Move) -> None:
        self._by_cell[cell] = self._by_cell.get(cell, Move()) + move

    async def make(self, session: AsyncSession) -> None:
        """All in the same order for everyone, so that two of these never wait for each other.

        Raises SoldOutError for the first cell that has too few: then the transaction (or savepoint) must be rolled
        back by whoever holds it.
        """
        for cell, move in sorted(self._by_cell.items(), key=_cell_first):
            if move.held or move.sold:
                await _make(session, cell, move)


def _cell_first(item: tuple[Cell, Move]) -> Cell:
    return item[0]


async def _make(session: AsyncSession, cell: Cell, move: Move) -> None:
    more = move.held + move.sold
    if more > 0:
        if move.most is None:
            raise ValueError("whoever takes stock says how much there is")
        await insert_once(session, StockDay(store=cell.store, product=cell.product, day=cell.day))
    values = {
        "in_store": cell.store,
        "of": cell.product,
        "on": cell.day,
        "more_held": move.held,
        "more_sold": move.sold,
    }
    statement = _CHANGE if more <= 0 else _TAKE
    limit = {"most": move.most} if more > 0 else {}
    if (await session.execute(statement, values | limit)).scalar_one_or_none() is not None:
        return
    if more <= 0:
        raise LookupError(f"{cell} gives back what it has not")  # our counting is wrong: nothing of this is kept
    left = await left_in(session, cell, move.most or 0)
    when = f"{move.name or cell.product}在 {cell.day.month} 月 {cell.day.day} 日"
    message = f"{when}只剩 {left} 了,要的是 {more}。" if left else f"{when}没有了。"
    raise SoldOutError(message, product=cell.product, day=cell.day, left=left)


async def left_in(session: AsyncSession, cell: Cell, quantity: int) -> int:
    """How many of HQ's `quantity` are free; never below 0, also when HQ has taken some away since."""
    taken = await taken_in(session, [cell])
    return max(0, quantity - taken.get(cell, 0))


async def taken_in(session: AsyncSession, cells: Iterable[Cell]) -> Mapping[Cell, int]:
    """What is held and sold; a cell that nothing was ever taken from is left out."""
    wanted = [(cell.store, cell.product, cell.day) for cell in cells]
    if not wanted:
        return {}
    query = select(StockDay).where(tuple_(StockDay.store, StockDay.product, StockDay.day).in_(wanted))
    rows = await session.scalars(query)
    return {Cell(row.store, row.product, row.day): row.held + row.sold for row in rows}


_CHANGE = (
    update(StockDay)
    .where(
        StockDay.store == bindparam("in_store"),
        StockDay.product == bindparam("of"),
        StockDay.day == bindparam("on"),
        StockDay.held + bindparam("more_held") >= 0,
        StockDay.sold + bindparam("more_sold") >= 0,
    )
    .values(held=StockDay.held + bindparam("more_held"), sold=StockDay.sold + bindparam("more_sold"))
    .returning(StockDay.id)
    .execution_options(synchronize_session=False)
)
_TAKE = _CHANGE.where(
    StockDay.held + StockDay.sold + bindparam("more_held") + bindparam("more_sold") <= bindparam("most")
)
