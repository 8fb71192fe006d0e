"""`faq export`: HQ's entries as a workbook that reads back the same, or for 微信客服's own robot."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from bot.content.inspect import find_store, load_or_explain
from bot.errors import SettingsError
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.export import to_workbook
from knowledge.robot import GROUP_MOST, GROUPS_MOST, to_robot
from knowledge.workbook import table_bytes

_ROBOT_FILE, _REPORT = "微信客服知识库.json", "导出报告.xlsx"


def export_workbook(folder: Path, out: Path) -> str:
    """Write `out`; what to tell people. Raises SettingsError for a folder with errors, or a bad place to write."""
    if out.suffix.lower() != ".xlsx":
        raise SettingsError(f"OUT: 请写一个 .xlsx 文件名,收到的是 {out}")
    _check_place(folder, out)
    content = load_or_explain(folder)
    _write(out, to_workbook(content.entries.values(), content.acceptance, content.lexicon.synonyms))
    return f"已写好 {out}:{len(content.entries)} 条问答。放进 faq 文件夹就能读回来;放之前请移走原来的文件,免得重复。"


def export_robot(folder: Path, out: Path, now: datetime, store: str, *, only_auto: bool) -> str:
    """Write the JSON and the report beside it; what to tell people. `now`: aware. Raises SettingsError."""
    if out.suffix and out.suffix.lower() != ".json":
        raise SettingsError(f"OUT: 请写一个 .json 文件名或者一个文件夹,收到的是 {out}")
    _check_place(folder, out)
    content = load_or_explain(folder)
    local = now.astimezone(content.policy.zone).replace(tzinfo=None)
    place = find_store(content, store) if store else _only_store(content)
    robot = to_robot(content.entries.values(), tuple(content.stores.values()), local, place, only_auto=only_auto)
    target = out if out.suffix else out / _ROBOT_FILE
    report = target.with_name(f"{target.stem}.{_REPORT}") if out.suffix else out / _REPORT
    _write(target, (json.dumps(robot.as_json(), ensure_ascii=False, indent=2) + "\n").encode())
    _write(report, table_bytes(("导出报告", robot.report())))
    left_out = sum(remark.is_left_out for remark in robot.remarks)
    groups = len({pair.group for pair in robot.pairs})
    confirmed = "" if only_auto else "机器人会直接回客人,没有人确认;只想导 自动 级别的,请加 --only-auto。"
    return (
        f"已写好 {target}:{len(robot.pairs)} 条问答,{groups} 个分组(上限 {GROUPS_MOST} 个、每组 {GROUP_MOST} 条)。\n"
        f"没放进去的 {left_out} 条,为什么、怎么办,见 {report}。\n{confirmed}"
    ).rstrip()


def _only_store(content: Content) -> Store | None:
    """A chain of one store is that store."""
    return next(iter(content.stores.values())) if len(content.stores) == 1 else None


def _check_place(folder: Path, out: Path) -> None:
    """Nothing is written over HQ's own files, nor where it would be read as one. Raises SettingsError."""
    place, root = out.resolve(), folder.resolve()
    is_read = place.is_relative_to(root) and place.relative_to(root).parts[:1] == ("faq",)
    if is_read or (place.is_relative_to(root) and place.exists()):
        raise SettingsError(f"OUT: {out} 在总部的文件夹里,写进去会盖掉或重复原来的内容。请换一个地方。")


def _write(path: Path, data: bytes) -> None:
    """Raises SettingsError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise SettingsError(f"OUT: 写不了 {path}({error.strerror or type(error).__name__})") from error
