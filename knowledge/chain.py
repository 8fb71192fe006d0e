"""The chain: its stores and the people who work there, as HQ's files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.shifts import Shifts


class Role(StrEnum):
    CLERK = "店员"
    MANAGER = "店长"
    HEADQUARTERS = "总部"


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """One store. Compared by identity: two loads of a folder make two stores."""

    number: str
    name: str
    aliases: tuple[str, ...] = ()
    city: str = ""  #: without 市
    area_code: str = ""
    longitude: float | None = None  #: degrees east
    latitude: float | None = None  #: degrees north
    address: str = ""
    phone: str = ""
    hours: str = ""  #: as HQ wrote it, for people
    accounts: tuple[str, ...] = ()  #: 客服账号 (open_kfid); several stores may share one
    departments: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)  #: every column by header: the variables {{门店.<header>}}


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who can get cards."""

    account: str  #: as HQ wrote it; WeCom does not tell upper from lower case
    name: str
    store: str | None  #: store number; None at headquarters
    role: Role
    shifts: Shifts = field(default_factory=Shifts)  #: in the store's time
