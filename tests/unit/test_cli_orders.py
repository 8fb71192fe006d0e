"""The commands of orders: over a database with some orders in it."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.db import Database
from bot.db.migrate import migrate
from bot.orders import reports
from bot.trade import Line
from knowledge.tables import Columns, read_table
from tests.trading import CAKE, FILES, LATTE, NOW, TODAY, Shop, StillClock, content_of, drinks, stay


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings for a folder of HQ's and a database with orders."""
    for name, text in FILES.items():
        path = tmp_path / "hq" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    url = f"sqlite+aiosqlite:///{tmp_path / 'orders.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("CONTENT_DIR", str(tmp_path / "hq"))
    asyncio.run(_sell(url))
    return tmp_path


async def _sell(url: str) -> None:
    database = Database.connect(url)
    await migrate(database)
    shop = Shop(database, StillClock(), content_of())
    room = stay(TODAY + timedelta(days=1), price="300", rooms=2)
    latte, cake = Line(LATTE, 3, Decimal(26)), Line(CAKE, 1, Decimal(38))
    for key, order in (("room", room), ("drinks", drinks(latte, cake, staff=None)), ("open", drinks(cake))):
        await shop.orders.hold(key, order, until=shop.soon)
        placed = await shop.orders.place(key, staff=None)
        if key != "open":
            await shop.orders.paid(placed.number, placed.total, NOW, key)
        if key == "room":
            await shop.orders.give_back(placed.number, Decimal("100.10"), key="kind", staff="boss")
    await database.close()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["orders", *arguments])
    return result.exit_code, result.output


def amounts(rows: Sequence[Sequence[str]], column: str) -> list[Decimal]:
    at = list(rows[0]).index(column)
    return [Decimal(row[at].replace(",", "")) for row in rows[1:]]


def test_the_ledger_adds_up(place: Path) -> None:
    out = place / "提成.csv"
    code, said = run("ledger", "--from", "2026-11-01", "--to", "2026-11-30", "--out", str(out))
    assert code == 0 and "金额 615.90 元,提成 25.00 元" in said
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    for column, total in (("金额", "615.90"), ("提成", "25.00")):
        *parts, last = amounts(rows, column)
        assert sum(parts) == last == Decimal(total)
    assert [row[9] for row in rows[1:-1]] == ["成交", "冲回", "成交", "成交"]
    assert {row[5] for row in rows[1:-1]} == {"anan", "(无)"} and rows[1][11] == "5%" and rows[-1][0] == "合计"


def test_the_workbook_holds_numbers_and_a_sum_for_each_person(place: Path) -> None:
    out = place / "提成.xlsx"
    assert run("ledger", "--from", "2026-11-22", "--to", "2026-11-22", "--out", str(out))[0] == 0
    columns = Columns(known=("员工账号", "金额"), required=("金额",), keeps_others=True)
    table = read_table(out.name, out.read_bytes(), columns)
    by_staff = {row["员工账号"]: Decimal(row["金额"]) for row in table.rows if row.place.sheet == "按员工"}
    assert by_staff == {"anan": Decimal("499.9"), "(无)": Decimal(116), "合计": Decimal("615.9")}
    assert run("ledger", "--from", "2026-10-01", "--to", "2026-10-31", "--out", str(out))[1].startswith("2026-10-01")


def test_what_cannot_be_written_is_said(place: Path) -> None:
    for arguments in (
        ("--from", "2026-11-30", "--to", "2026-11-01", "--out", str(place / "a.csv")),
        ("--from", "2026-11-01", "--to", "2026-11-30", "--out", str(place / "a.txt")),
        ("--from", "2026-11-01", "--to", "2026-11-30", "--out", str(place / "no" / "a.csv")),
    ):
        result = CliRunner().invoke(app, ["orders", "ledger", *arguments])
        assert result.exit_code == 1 and str(result.exception).startswith(("--to", "--out"))


def test_orders_are_listed_without_names_or_phones(place: Path) -> None:
    code, said = run("list", "--since", "2026-11-01")
    lines = said.splitlines()
    assert code == 0 and len(lines) == 4 and "13800000000" not in said and "沈" not in said
    assert "待付款" in lines[1] and "蛋糕×1" in lines[1]
    assert "湖景大床房×2" in lines[3] and "600.00" in lines[3] and "100.10" in lines[3]
    assert "没有订单" in run("list", "--since", "2026-11-01", "--store", "S2")[1]


async def test_an_empty_ledger_has_a_total_too(place: Path) -> None:
    database = Database.connect(f"sqlite+aiosqlite:///{place / 'empty.db'}")
    await migrate(database)
    async with database.read() as session:
        ledger = await reports.read_ledger(session, content_of(), TODAY, TODAY)
    await database.close()
    assert [row[0] for row in ledger.lines] == ["日期", "合计"] and ledger.lines[1][10] == 0
