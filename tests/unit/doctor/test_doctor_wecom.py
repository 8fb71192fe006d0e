"""What the doctor says of WeCom: its address, the clock, token, trusted IP, app, 客服账号, servicers, sessions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ShiftedClock
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.world import State
from tests.house import open_house
from tests.unit.doctor.clinic import HILL, LAKE, SEED, Clinic, answering, clinic_of, look, serving, write_content
from tests.unit.wecom.paper import Paper


# --- WeCom -----------------------------------------------------------------------------------------------------------
async def test_wecom_out_of_reach(clinic: Clinic, free_port: int) -> None:
    report = await clinic.look(wecom_api_base=f"http://127.0.0.1:{free_port}")
    assert "连不上:检查服务器能不能上网" in report["网络"]
    assert report["凭证"] == "– 凭证: 没有检查,先解决上一项(网络)"
    assert report["可信IP"] == "– 可信IP: 没有检查,先解决上一项(凭证)"


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=6, seconds=12), "✗ 时间: 本机时间快了 6 分 1"),
        (timedelta(minutes=-70), "✗ 时间: 本机时间慢了 1 小时"),
        (timedelta(seconds=45), "⚠ 时间: 本机时间快了 4"),
        (timedelta(seconds=10), "✓ 时间"),
    ],
)
async def test_the_clock(clinic: Clinic, ahead: timedelta, said: str) -> None:
    clock = ShiftedClock()
    clock.move(ahead)
    report = await look(clinic.settings, clock=clock)
    assert report["时间"].startswith(said)
    assert report["凭证"].startswith("✓")


async def test_a_wrong_secret_is_tried_once(clinic: Clinic) -> None:
    wrong = await clinic.look(wecom_secret="sesame-that-opens-nothing")
    assert wrong["凭证"].startswith("✗ 凭证: 企业微信不认这组企业 ID 和 Secret(40001)")
    assert "WECOM_SECRET" in wrong["凭证"]
    assert "封一小时" in wrong["凭证"]
    assert wrong["接待人员"].startswith("–")
    assert [call["errcode"] for call in await clinic.play.calls()] == [40001]
    foreign = await clinic.look(wecom_corp_id="ww0000000000000000")
    assert "WECOM_CORP_ID" in foreign["凭证"]
    assert "40013" in foreign["凭证"]


async def test_a_banned_address_and_a_busy_wecom(clinic: Clinic) -> None:
    await clinic.play.fault("rate_limit", path="gettoken")
    assert "再等一小时" in (await clinic.look())["凭证"]
    await clinic.play.fault("busy", path="gettoken", times=3)
    assert (await clinic.look())["凭证"].startswith("✗ 凭证: 企业微信暂时答不了(-1)")
    await clinic.play.fault("cut_before", path="gettoken", times=0)  # a GET on a kept connection is asked twice
    assert (await clinic.look())["凭证"].startswith("✗ 凭证: 没有得到企业微信的回答")


async def test_an_address_that_is_not_trusted(clinic: Clinic) -> None:
    await clinic.play.fault("bad_ip", times=0)
    report = await clinic.look()
    assert report["凭证"].startswith("✓")
    assert report["可信IP"].splitlines()[0] == (
        "✗ 可信IP: 企业微信拒绝了本机(60020,来源 203.0.113.7)。"
        "请到 管理后台 › 应用管理 › 店小二 › 企业可信IP 添加它,一分钟后生效"
    )
    assert [report[name] for name in ("应用", "客服账号")] == [
        "– 应用: 没有检查,先解决上一项(可信IP)",
        "– 客服账号: 没有检查,先解决上一项(可信IP)",
    ]
    assert report.marked("–")[-1] == "会话"


async def test_another_apps_id_and_a_stopped_app(clinic: Clinic) -> None:
    other = await clinic.look(wecom_agent_id=1000009)
    assert other["可信IP"].startswith("✓")
    assert "WECOM_AGENT_ID" in other["应用"]
    assert other["客服账号"].startswith("✓")
    await clinic.play.fault("errcode", path="agent/get", value=50003)
    assert "点 启用" in (await clinic.look())["应用"]


async def test_staff_outside_the_visible_range(clinic: Clinic) -> None:
    clinic.sandbox.world.staff["wutong"].is_valid = False
    report = await clinic.look()
    assert report["可见范围"].startswith("✗ 可见范围: 1 名员工不在应用可见范围内,收不到卡片:吴桐(wutong)")


# --- 客服账号 ----------------------------------------------------------------------------------------------------
async def test_no_permission_for_accounts(clinic: Clinic) -> None:
    await clinic.play.fault("errcode", path="kf/account/list", value=48002)
    report = await clinic.look()
    assert report["客服账号"].startswith("✗ 客服账号: 企业微信拒绝了(48002)")
    assert "可调用接口的应用" in report["客服账号"]
    assert report["门店账号"].startswith("–")


async def test_no_accounts_at_all(tmp_path: Path) -> None:
    async with clinic_of(SandboxSeed(callback_url="", staff=SEED.staff), tmp_path) as clinic:
        report = await clinic.look()
    assert "还没有客服账号" in report["客服账号"]


async def test_accounts_that_are_not_handed_over(clinic: Clinic) -> None:
    clinic.sandbox.world.accounts[LAKE].is_managed = False
    report = await clinic.look()
    assert report["客服账号"] == f"✓ 客服账号: 1 个交给了店小二:山脚({HILL})"
    assert report["门店账号"].startswith("✗")
    assert (
        f"「湖滨」({LAKE})没有交给店小二:打开 管理后台 › 应用管理 › 微信客服 › 通过API管理微信客服账号"
        in report["门店账号"]
    )
    assert "95018" in report["门店账号"]
    assert report["接待人员"].startswith("✓")  # 湖滨 is not ours to look into
    clinic.sandbox.world.accounts[HILL].is_managed = False
    assert "没有一个客服账号交给了店小二" in (await clinic.look())["客服账号"]


async def test_accounts_that_one_side_does_not_know(clinic: Clinic) -> None:
    del clinic.sandbox.world.accounts[HILL]
    await clinic.play.post("/accounts", {"id": "wkGate", "name": "大门"})
    report = await clinic.look()
    assert f"企业微信里没有 {HILL}(山脚店)" in report["门店账号"]
    assert "「大门」(wkGate)不在 stores 表里:客人写到这里会交给总部" in report["门店账号"]
    await clinic.play.post("/accounts", {"id": HILL, "name": "山脚"})
    assert (await clinic.look())["门店账号"].startswith("⚠ 门店账号: 1 个账号不属于任何门店")


async def test_clerks_who_are_not_servicers_are_named_and_added(clinic: Clinic) -> None:
    lake = clinic.sandbox.world.accounts[LAKE]
    lake.servicers.clear()
    clinic.sandbox.world.accounts[HILL].servicers.clear()
    report = await clinic.look()
    assert report["接待人员"].startswith("✗ 接待人员: 3 位店员还不是接待人员,用不了「我来回」")
    assert f"「湖滨」({LAKE}):林夏(linxia)、周宁(zhouning)" in report["接待人员"]
    assert "何真" not in report["接待人员"]
    assert "dianxiaoer doctor --fix" in report["接待人员"]
    assert lake.servicers == {}
    mended = await clinic.fix()
    assert mended["接待人员"] == "✓ 接待人员: 已添加 3 位:林夏、周宁、吴桐"
    assert set(lake.servicers) == {"linxia", "zhouning"}
    assert (await clinic.look())["接待人员"].startswith("✓ 接待人员: 门店的人都是接待人员")


async def test_who_cannot_be_added_is_told_with_the_reason(clinic: Clinic) -> None:
    world = clinic.sandbox.world
    world.accounts[LAKE].servicers.clear()
    world.staff["linxia"].is_valid = False
    report = await clinic.fix()
    assert report["接待人员"].startswith("✗ 接待人员: 已添加 1 位:周宁;1 位没加上")
    assert f"林夏(linxia)加不进「湖滨」({LAKE})" in report["接待人员"]
    assert "核对 staff 表" in report["接待人员"]
    assert report.status == 1
    world.accounts[LAKE].servicers.clear()
    await clinic.play.fault("errcode", path="kf/servicer/add", value=60021)
    assert "2 位没加上" not in (refused := (await clinic.fix())["接待人员"])
    assert "可见范围" in refused


async def test_departments_may_hold_whoever_is_missing(clinic: Clinic) -> None:
    paper = Paper()
    paper.then("agent/get", {"errcode": 0, "name": "店小二", "close": 0, "allow_partys": {"partyid": [2]}})
    rows = [{"open_kfid": LAKE, "name": "湖滨", "manage_privilege": True}]
    paper.then("kf/account/list", {"errcode": 0, "account_list": rows})
    paper.then("kf/servicer/list", {"errcode": 0, "servicer_list": [{"userid": "linxia"}, {"department_id": 2}]})
    async with serving(answering("/cgi-bin/{path:.*}", paper.answer)) as base:
        report = await clinic.look(wecom_api_base=base)
    assert report["可见范围"].startswith("✓ 可见范围: 按部门或标签设置")
    assert report["接待人员"].startswith("⚠ 接待人员: 有账号按部门设了接待人员")
    assert "周宁(zhouning)" in report["接待人员"]
    assert "林夏" not in report["接待人员"]


# --- sessions --------------------------------------------------------------------------------------------------------
async def test_sessions_that_a_person_or_the_queue_holds(tmp_path: Path, free_port: int) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'held.db'}"
    content = write_content(tmp_path / "hq")
    async with open_house(database_url=url, folder=tmp_path, port=free_port, content=content, account=LAKE) as house:
        await house.play.customer("小林").says("能带宠物吗")
        await house.play.staff("linxia").next_card()
        thread = next(iter(house.sandbox.world.threads.values()))
        thread.state, thread.servicer = State.PERSON, "zhouning"
        report = await look(house.service.settings)
        assert "有 1 个不归店小二管,发消息会被拒绝(95018)" in report["会话"]
        assert f"「湖滨店」({LAKE})有一位客人正由周宁接待" in report["会话"]
        assert "点 结束会话" in report["会话"]
        thread.state, thread.servicer = State.POOL, None
        assert "在排队等接待人员" in (await look(house.service.settings))["会话"]
