"""A chain small enough to know by heart, for scenarios: two stores on accounts of their own, two that share one.

S1 湖滨店: clerks anan and beibei, manager dingdian. S2 江边店: one clerk, cece, 09:00–18:00, and no manager. S3 and S4
share an account: dodo and eve work there, fang manages S3. zong and zhou are at headquarters.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.ports import Journal
from knowledge.policy import CHINA
from tests.house import House, open_house

LAKE, RIVER, SHARED = "wkLake", "wkRiver", "wkShared"  #: accounts
PARKING = "停车在楼下地下车库、住店客人免费。"
PARKING_FEE = "外来车辆每小时五元。"
BREAKFAST = "早餐七点到十点、在二楼。"
REFUND = "退款要看订单、由前台同事核对后办理。"
WIFI = "连上 HuBin-Guest 就能用。"
LONG = "。".join(f"第{number}条须知请您仔细看一看并且记在心里免得到时候着急" for number in range(1, 71)) + "。"
MIDDLING = "。".join(f"第{number}条说明请您留意" for number in range(1, 91)) + "。"  #: in two parts

_STORES = """门店编号,门店名称,别名,城市,客服账号
S1,湖滨店,,杭州,wkLake
S2,江边店,,杭州,wkRiver
S3,春熙店,,成都,wkShared
S4,东站店,,成都,wkShared
"""
STAFF = (
    "anan,安安,S1,店员,",
    "beibei,贝贝,S1,店员,",
    "dingdian,丁店,S1,店长,",
    "cece,策策,S2,店员,周一至周日 09:00-18:00",
    "dodo,朵朵,S3,店员,",
    "fang,方方,S3,店长,",
    "eve,依依,S4,店员,",
    "zong,总总,,总部,",
    "zhou,周周,,总部,",
)
_FAQ = f"""编号,二级分类,标准问题,相似问题,客户版答案,受众,自主级别
Q-1,停车,停车方便吗,有停车场吗##开车来能停吗,{PARKING},客户,确认
Q-2,停车费,停车费怎么收,停车多少钱##停车收费吗,{PARKING_FEE},客户,确认
Q-3,早餐,早餐几点开始,早餐到几点##几点吃早餐,{BREAKFAST},客户,确认
Q-4,退款,怎么退款,能退款吗##我要退款,{REFUND},客户,仅人工
Q-5,无线,无线网怎么连,有无线网吗##WiFi怎么连,{WIFI},客户,自动
Q-6,须知,入住须知有哪些,入住须知是什么,{LONG},客户,确认
Q-7,说明,会员说明有哪些,会员说明是什么,{MIDDLING},客户,确认
"""
_POLICY = {
    "静候停顿秒": "0.1",
    "静候最长秒": "0.5",
    "安抚语": "同事正在忙,马上回您。",
    "问门店": "请问您问的是哪家店呢?",
    "换卡间隔秒": "20",
}
SOOTHING, ASK_STORE = _POLICY["安抚语"], _POLICY["问门店"]


def write_chain(
    folder: Path, *, staff: Sequence[str] = STAFF, more: Mapping[str, str] | None = None, **policy: str
) -> Path:
    """Write the chain's files, with other lines of `policy.yaml` as wanted, and `more` files; its folder."""
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    lines = [f"{name}: {value}" for name, value in (_POLICY | policy).items()]
    files = {
        "stores.csv": _STORES,
        "staff.csv": "\n".join(["员工账号,姓名,门店编号,角色,上班时间", *staff]) + "\n",
        "faq/问答.csv": _FAQ,
        "policy.yaml": "\n".join(lines) + "\n",
        "persona.yaml": "最长字数: 200\n",
    }
    for name, text in (files | dict(more or {})).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@asynccontextmanager
async def open_small_house(
    database_url: str,
    folder: Path,
    port: int,
    *,
    staff: Sequence[str] = STAFF,
    more: Mapping[str, str] | None = None,
    account: str = LAKE,
    at: time = time(10, 0),
    journal: Journal | None = None,
    settings_changed: Mapping[str, object] | None = None,
    **policy: str,
) -> AsyncIterator[House]:
    """The small chain's house; its clock stands at the next `at` o'clock in store time."""
    content = write_chain(folder / "content", staff=staff, more=more, **policy)
    async with open_house(
        database_url=database_url,
        folder=folder,
        port=port,
        content=content,
        account=account,
        journal=journal,
        settings_changed=settings_changed,
    ) as house:
        house.clock.move(until(house, at))
        yield house


def until(house: House, at: time) -> timedelta:
    """How long until it is `at` o'clock in the stores."""
    local = house.clock.now().astimezone(CHINA)
    wanted = datetime.combine(local.date(), at, CHINA)
    return wanted - local if wanted >= local else wanted + timedelta(days=1) - local
