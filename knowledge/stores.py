"""Rows of `stores` become stores. A module of its own, for `chain` only says what a store is."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from knowledge.cells import code, split_list
from knowledge.chain import Store
from knowledge.places import city_name
from knowledge.problem import Place, Problem, error, warning
from knowledge.tables import Columns, Row, Table

_NUMBER_MOST, _ACCOUNT_MOST = 32, 64  #: characters; both are keys in the database

COLUMNS = Columns(
    known=(
        "门店编号",
        "门店名称",
        "别名",
        "城市",
        "区域编码",
        "经度",
        "纬度",
        "地址",
        "电话",
        "营业时间",
        "客服账号",
        "部门编号",
    ),
    required=("门店编号", "门店名称"),
    keeps_others=True,
)


def read_stores(table: Table) -> tuple[dict[str, Store], list[Problem]]:
    """By number; a row with an error is left out."""
    stores: dict[str, Store] = {}
    places: dict[str, Place] = {}
    problems: list[Problem] = []
    for row in table.rows:
        found = [*_missing(row), *_lengths(row), *_coordinates(row)]
        number = code(row["门店编号"])
        if number in stores:
            found.append(
                error(
                    row.place.at("门店编号"),
                    "duplicate-store",
                    f"「{number}」和第 {places[number].row} 行({stores[number].name})的门店编号相同。请改掉其中一个。",
                    number,
                )
            )
        problems.extend(found)
        if not any(problem.is_error for problem in found):
            stores[number] = _store(row, number)
            places[number] = row.place
    problems.extend(_shared_names(stores, places))
    return stores, problems


def _store(row: Row, number: str) -> Store:
    return Store(
        number=number,
        name=row["门店名称"],
        aliases=split_list(row["别名"]),
        city=city_name(row["城市"]),
        area_code=code(row["区域编码"]),
        longitude=_number(row["经度"]),
        latitude=_number(row["纬度"]),
        address=row["地址"],
        phone=code(row["电话"]),
        hours=row["营业时间"],
        accounts=split_list(row["客服账号"]),
        departments=tuple(code(part) for part in split_list(row["部门编号"])),
        cells=MappingProxyType({**row.cells, "门店编号": number}),
    )


def _missing(row: Row) -> Iterator[Problem]:
    for column in COLUMNS.required:
        if not row[column]:
            yield error(row.place.at(column), "missing-value", f"没有写{column},这家店没法用。请补上。")


def _lengths(row: Row) -> Iterator[Problem]:
    number = code(row["门店编号"])
    if len(number) > _NUMBER_MOST:
        message = f"门店编号最多 {_NUMBER_MOST} 个字。请改短一点,比如 T001。"
        yield error(row.place.at("门店编号"), "bad-number", message, number)
    for account in split_list(row["客服账号"]):
        if len(account) > _ACCOUNT_MOST:
            message = "这不是客服账号:客服账号以 wk 开头,最多 64 个字,在 微信客服 › 客服账号 里能看到。"
            yield error(row.place.at("客服账号"), "bad-account", message, account)


def _coordinates(row: Row) -> Iterator[Problem]:
    for column, most, example in (("经度", 180, "120.1551"), ("纬度", 90, "30.2741")):
        try:
            number = _number(row[column])
        except ValueError:
            number = float("inf")
        if number is not None and not abs(number) <= most:
            yield error(
                row.place.at(column),
                "bad-number",
                f"「{row[column]}」不是{column}。请写成 {example} 这样的数字,或者留空。",
                row[column],
            )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _shared_names(stores: dict[str, Store], places: dict[str, Place]) -> Iterator[Problem]:
    """Allowed, but the name then leads to no single store."""
    first: dict[str, Store] = {}
    for store in stores.values():
        for name in dict.fromkeys((store.name, *store.aliases)):
            other = first.setdefault(name, store)
            if other is not store:
                yield warning(
                    places[store.number].at("门店名称" if name == store.name else "别名"),
                    "shared-name",
                    f"「{name}」也是 {other.number} {other.name} 的名字,客人这样说时分不清是哪家。请各用各的名字。",
                    name,
                )
