"""A big chain's files: 5,000 entries of six wordings, and 50,000 rows. Bounds are wide: the machine is shared."""

from __future__ import annotations

import random
import time
from datetime import date

import psutil
import pytest

from knowledge.content import load
from knowledge.entry import Audience
from knowledge.index import Index, Scope
from knowledge.text import warm_up
from tests.unit.knowledge.making import codes, content_of, csv_bytes, entry, xlsx_bytes

THINGS = [
    "停车",
    "早餐",
    "退房",
    "入住",
    "发票",
    "会员",
    "积分",
    "泳池",
    "健身房",
    "毛巾",
    "空调",
    "宠物",
    "加床",
    "行李",
]
WAYS = ["怎么办", "多少钱", "几点开始", "在哪里", "可以吗", "要预约吗", "能送来吗", "有优惠吗", "谁来负责"]
WHERE = ["大堂", "二楼", "房间里", "前台", "餐厅", "花园", "地下一层", "东门", "西门", "顶楼"]
KINDS = "甲乙丙丁戊己庚辛壬癸"


def sentence(chance: random.Random) -> str:
    kind = f"{chance.choice(KINDS)}{chance.randint(1, 99)}"
    return f"{chance.choice(WHERE)}{chance.choice(THINGS)}{kind}{chance.choice(WAYS)}"


@pytest.mark.slow
def test_five_thousand_entries() -> None:
    warm_up()
    chance = random.Random(7)
    entries = [
        entry(str(at), *(sentence(chance) for _ in range(6)), customer_answer="{{门店.停车}}" + sentence(chance) * 4)
        for at in range(5_000)
    ]
    before = psutil.Process().memory_info().rss
    index = Index(entries)
    assert psutil.Process().memory_info().rss - before < 120 * 2**20
    scope = Scope(Audience.CUSTOMER, None, date(2026, 11, 23))
    times = []
    for _ in range(200):
        said = sentence(chance)
        began = time.thread_time()
        index.search(said, scope)
        times.append(time.thread_time() - began)
    assert sorted(times)[190] < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_fifty_thousand_rows_load(ending: str) -> None:
    headers = ["编号", "一级分类", "标准问题", "相似问题", "客户版答案", "失效日期", "状态"]
    rows = [
        [f"Q-{at}", "设施", f"第{at}个问题怎么办", f"怎么办第{at}号", f'好,\n"{at}"', "2026-12-31 18:00", "停用"]
        for at in range(50_000)
    ]
    data = csv_bytes([headers, *rows]) if ending == "csv" else xlsx_bytes(("问答", [headers, *rows]))
    loaded = load({f"faq/a.{ending}": data})
    assert codes(loaded) == []
    assert (loaded.entries, loaded.usable) == (50_000, 50_000)
    entries = content_of(loaded).entries
    assert list(entries) == [f"Q-{at}" for at in range(50_000)], "in HQ's order"
    assert all(entry.customer_answer == f'好,\n"{at}"' for at, entry in enumerate(entries.values()))
    assert all(entry.place.row == at + 2 for at, entry in enumerate(entries.values()))
