"""Chains of any size, written as HQ would write them; for the benchmark and for tests of many conversations."""

from __future__ import annotations

import csv
from pathlib import Path

_THINGS = (
    *("停车", "早餐", "游泳池", "健身房", "洗衣房", "行李", "发票", "押金", "加床", "叫醒"),
    *("接机", "宠物", "会议室", "充电桩", "雨伞", "轮椅", "熨斗", "婴儿床", "茶叶", "拖鞋"),
)
_PLACES = (
    *("大堂", "一楼", "二楼", "三楼", "四楼", "地下一层", "西侧", "东侧", "南门", "北门"),
    *("花园", "天台", "连廊", "前台", "电梯口", "走廊", "餐厅", "酒吧", "客房", "门口"),
)
_WAYS = (
    "{place}的{thing}{number}号在哪里",
    "请问{thing}{number}号在{place}吗",
    "我想问一下{place}{thing}{number}号怎么走",
    "{thing}{number}号是在{place}那边吗",
    "去{place}找{thing}{number}号怎么走",
)


def generate_chain(
    folder: Path, *, stores: int, clerks: int, entries: int, policy: str = "", auto: bool = False
) -> Path:
    """Write a chain below `folder`: `clerks` a store, always on duty, one manager a store, one account a store.

    Entry n asks about 商品 n only: its standard question is unlike every other one, and its answer names n.
    """
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    _write(
        folder / "stores.csv",
        ["门店编号", "门店名称", "城市", "客服账号"],
        [[f"S{n:03}", f"第{n}店", "杭州", f"wkStore{n:03}"] for n in range(stores)],
    )
    people = [["hq", "总部小张", "", "总部", ""]]
    for n in range(stores):
        people.append([f"manager{n:03}", f"店长{n}", f"S{n:03}", "店长", ""])
        people += [[f"clerk{n:03}x{c}", f"店员{n}-{c}", f"S{n:03}", "店员", ""] for c in range(clerks)]
    _write(folder / "staff.csv", ["员工账号", "姓名", "门店编号", "角色", "上班时间"], people)
    header = ["编号", "二级分类", "标准问题", "相似问题", "客户版答案", "自主级别"]
    autonomy = "自动" if auto else "确认"
    rows = [
        [f"Q-{n:05}", question(n)[:4], question(n), "##".join(ways(n)[1:]), answer(n), autonomy] for n in range(entries)
    ]
    _write(folder / "faq" / "问答.csv", header, rows)
    if policy:
        (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    return folder


def ways(n: int) -> list[str]:
    """Five ways of asking entry n."""
    thing, place = _THINGS[n % len(_THINGS)], _PLACES[n // len(_THINGS) % len(_PLACES)]
    return [way.format(thing=thing, place=place, number=n) for way in _WAYS]


def question(n: int) -> str:
    """The standard question of entry n."""
    return ways(n)[0]


def answer(n: int) -> str:
    """What a customer is answered to entry n; no other answer holds its number."""
    return f"您好,您问的是第{n}项,直走到底就看到啦~"


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
