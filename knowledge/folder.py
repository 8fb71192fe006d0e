"""What each file in HQ's folder is for, told by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import PurePosixPath

from knowledge.problem import Place, Problem, error, warning
from knowledge.reading import READERS

_IGNORED = re.compile(
    r"^(?:\.|~\$|~|Thumbs\.db$|desktop\.ini$)|\.(?:tmp|bak|swp|crdownload|part)$|\.检查结果\.[^.]+$|~$", re.I
)
_OTHER_TABLES = (".ods", ".xlsb", ".numbers", ".xltx", ".ett", ".dif", ".htm", ".html")
_TREES = ("persona", "policy", "welcome", "orders")
_TABLES = {
    "stores": "STORES",
    "staff": "STAFF",
    "products": "PRODUCTS",
    "stock": "STOCK",
    "commission": "COMMISSION",
    "lexicon": "LEXICON",
}


class Kind(Enum):
    STORES = auto()
    STAFF = auto()
    PRODUCTS = auto()
    STOCK = auto()
    COMMISSION = auto()
    ORDERS = auto()
    QUESTIONS = auto()
    OVERLAYS = auto()  #: single cells of HQ's entries, for the store that the file is named after
    LEXICON = auto()
    PERSONA = auto()
    POLICY = auto()
    WELCOME = auto()
    SENTENCES = auto()  #: more ways of saying things; what is in them `intents` reads
    HOLIDAYS = auto()  #: days off of a year, and the chain's own days; `intents` reads them too


_OF_INTENTS = {"intents": (Kind.SENTENCES, "客人的说法"), "holidays": (Kind.HOLIDAYS, "放假安排")}
_MANY = (Kind.QUESTIONS, Kind.OVERLAYS, Kind.SENTENCES, Kind.HOLIDAYS)


@dataclass(slots=True)
class Folder:
    files: dict[Kind, list[str]] = field(default_factory=lambda: {kind: [] for kind in Kind})
    problems: list[Problem] = field(default_factory=list)

    def only(self, kind: Kind) -> str | None:
        """The file of a kind of which there is at most one."""
        return next(iter(self.files[kind]), None)


def sort_files(paths: Mapping[str, bytes]) -> Folder:
    folder = Folder()
    for path in sorted(paths):
        _sort(folder, path)
    for kind in Kind:
        names = folder.files[kind]
        if kind not in _MANY and len(names) > 1:
            folder.problems.append(
                error(Place(names[1]), "two-files", f"「{names[0]}」和这个文件是同一种内容,不知道该用哪个。请留一个。")
            )
    return folder


def _sort(folder: Folder, path: str) -> None:
    parts = PurePosixPath(path).parts
    if not parts or any(_IGNORED.search(part) for part in parts):
        return
    name, suffix = PurePosixPath(path).stem.lower(), PurePosixPath(path).suffix.lower()
    if parts[0].lower() == "faq" and len(parts) > 1:
        _sort_questions(folder, path, parts, suffix)
    elif parts[0].lower() in _OF_INTENTS and len(parts) > 1:
        _sort_for_intents(folder, path, parts, suffix)
    elif len(parts) == 1 and name in _TABLES:
        _sort_table(folder, path, suffix, Kind[_TABLES[name]])
    elif len(parts) == 1 and name in _TREES:
        if suffix in (".yaml", ".yml"):
            folder.files[Kind[name.upper()]].append(path)
        else:
            folder.problems.append(_unreadable(path, f"请写成 {name}.yaml。"))


def _sort_questions(folder: Folder, path: str, parts: tuple[str, ...], suffix: str) -> None:
    if len(parts) == 2 or parts[1].lower().endswith(".zip"):
        _sort_table(folder, path, suffix, Kind.QUESTIONS)
    elif len(parts) == 3 and parts[1].lower() == "stores":
        _sort_table(folder, path, suffix, Kind.OVERLAYS)
    else:
        folder.problems.append(
            _unreadable(path, "问答文件要直接放在 faq 文件夹里,子文件夹里只读 faq/stores/门店编号 的改动。")
        )


def _sort_for_intents(folder: Folder, path: str, parts: tuple[str, ...], suffix: str) -> None:
    kind, what = _OF_INTENTS[parts[0].lower()]
    if len(parts) == 2 and suffix in (".yaml", ".yml"):
        folder.files[kind].append(path)
    else:
        folder.problems.append(_unreadable(path, f"{what}要写成 .yaml 文件,直接放在 {parts[0]} 文件夹里。"))


def _sort_table(folder: Folder, path: str, suffix: str, kind: Kind) -> None:
    if suffix in READERS:
        folder.files[kind].append(path)
    else:
        hint = "请用 Excel 或 WPS 打开它,另存为 .xlsx。" if suffix in _OTHER_TABLES else ""
        folder.problems.append(_unreadable(path, hint or "这里能读 .xlsx、.xls、.csv、.yaml、.md 和 .json。"))


def _unreadable(path: str, hint: str) -> Problem:
    return warning(Place(path), "file-not-read", f"这个文件没有读。{hint}")
