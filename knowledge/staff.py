"""Rows of `staff` become the people who get cards."""

from __future__ import annotations

import re

from knowledge.cells import choice
from knowledge.chain import Role, StaffMember
from knowledge.places import Places
from knowledge.problem import Place, Problem, cut, error
from knowledge.shifts import Shifts
from knowledge.tables import Columns, Row, Table

#: WeCom's own rule is narrower. | would name several people, and @all the whole company.
_ACCOUNT = re.compile(r"[^\W_][^\s|,，;；、]{0,63}")

COLUMNS = Columns(known=("员工账号", "姓名", "门店编号", "角色", "上班时间"), required=("员工账号",))


def read_staff(table: Table, places: Places | None) -> tuple[dict[str, StaffMember], list[Problem]]:
    """By lower-cased account; a row with an error is left out. Without `places` stores are taken as written."""
    staff: dict[str, StaffMember] = {}
    seen: dict[str, Place] = {}
    problems: list[Problem] = []
    for row in table.rows:
        member = _Reader(row, places)
        account = row["员工账号"].lower()
        if account in seen:
            member.refuse(
                "员工账号",
                "duplicate-account",
                f"「{row['员工账号']}」和第 {seen[account].row} 行是同一个账号(不分大小写)。请删掉一行。",
            )
        problems.extend(member.problems)
        if not member.problems:
            staff[account] = member.read
        seen.setdefault(account, row.place)
    return staff, problems


class _Reader:
    """One row, and what is wrong with it."""

    def __init__(self, row: Row, places: Places | None) -> None:
        self._row = row
        self.problems: list[Problem] = []
        if not row["员工账号"]:
            self.refuse("员工账号", "missing-value", "没有写员工账号,卡片发不到这个人。请填通讯录里的账号。")
        elif not _ACCOUNT.fullmatch(row["员工账号"]):
            self.refuse(
                "员工账号",
                "bad-account",
                f"「{cut(row['员工账号'])}」不是一个人的账号。一行只写一个人,照通讯录里的账号填,最多 64 个字。",
            )
        role = self._role()
        self.read = StaffMember(
            account=row["员工账号"],
            name=row["姓名"] or row["员工账号"],
            store=None if role is Role.HEADQUARTERS else self._store(places),
            role=role,
            shifts=self._shifts(),
        )

    def refuse(self, column: str, code: str, message: str) -> None:
        self.problems.append(error(self._row.place.at(column), code, message, self._row[column]))

    def _role(self) -> Role:
        try:
            return choice(Role, self._row["角色"], Role.CLERK)
        except ValueError as failure:
            self.refuse("角色", "bad-choice", str(failure))
            return Role.CLERK

    def _store(self, places: Places | None) -> str | None:
        name = self._row["门店编号"]
        if not name:
            self.refuse("门店编号", "missing-value", "没有写门店。店员和店长要写在哪家店;总部的人请把角色写成 总部。")
            return None
        if places is None:
            return name
        try:
            return places.resolve(name).number
        except ValueError as failure:
            self.refuse("门店编号", "unknown-store", str(failure))
            return None

    def _shifts(self) -> Shifts:
        try:
            return Shifts.parse(self._row["上班时间"])
        except ValueError as failure:
            self.refuse("上班时间", "bad-shifts", str(failure))
            return Shifts()
