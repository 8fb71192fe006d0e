"""The scenario player, against a tiny service that answers every text with one card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.play import Player
from bot.sandbox.scenario import SCENARIOS, read_scenario, run_scenario
from bot.sandbox.scenario_stage import ScenarioError
from tests.unit.sandbox.harness import HOTEL, SELECTION, Platform, Service, card

BEGINNING = "名称: 试试\n变量: {账号: wkHotelFront, 店员: wangjie}\n步骤:\n"


class TinyService:
    """Card for every text, to WangJie; 发送 sends; 我来回 hands over. Ten lines of hope, no safety."""

    def __init__(self, wecom: Platform, service: Service) -> None:
        self._wecom, self._service = wecom, service
        self._cursor, self._taps, self._customers = "", 0, {}  # type: tuple[str, int, dict[str, str]]

    async def run(self) -> None:
        while True:
            page = await self._wecom.sync(cursor=self._cursor)
            self._cursor = page["next_cursor"]
            for row in page["msg_list"]:
                await self._on_row(row)
            for event in self._service.of("template_card_event")[self._taps :]:
                self._taps += 1
                await self._on_tap(event)
            await asyncio.sleep(0.02)

    async def _on_row(self, row: dict[str, Any]) -> None:
        if row["msgtype"] == "text" and row["origin"] == 3:
            task = f"t{len(self._customers)}"
            self._customers[task] = row["external_userid"]
            quote = {"quote_text": row["text"]["content"]}
            buttons = [{"text": text, "key": text} for text in ("发送", "我来回")]
            await self._wecom.send_card(
                "wangjie|linxiaoman", card(task, quote_area=quote, button_list=buttons, button_selection=SELECTION)
            )

    async def _on_tap(self, event: dict[str, Any]) -> None:
        customer = self._customers[event["TaskId"]]
        if event["EventKey"] == "发送":
            await self._wecom.send_text(customer, "楼下就是地下停车场")
        else:
            await self._wecom.post(
                "kf/service_state/trans",
                open_kfid=HOTEL,
                external_userid=customer,
                service_state=3,
                servicer_userid=event["FromUserName"],
            )
        await self._wecom.update(event["ResponseCode"], [], atall=1, button={"replace_name": "已发送 · 王洁"})


@pytest.fixture
async def tiny(wecom: Platform, service: Service) -> AsyncIterator[None]:
    task = asyncio.create_task(TinyService(wecom, service).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _run(tmp_path: Path, play: Player, steps: str, variables: dict[str, str] | None = None) -> list[str]:
    path = tmp_path / "scenario.yaml"
    path.write_text(BEGINNING + steps, encoding="utf-8")
    return await run_scenario(path, play, variables)


async def test_a_scenario_that_comes_true(tmp_path: Path, play: Player, tiny: None) -> None:
    steps = """
- {客人: 小林, 说: 停车方便吗}
- 店员: ["{店员}"]
  收到卡: {标题含: 停车, 原话含: [停车, 方便], 按钮: [发送, 我来回], 换一条含: 停车费, 红色: false}
- {店员: "{店员}", 卡变成: {正文: 楼下就是地下停车场, 正文不是: 别的, 来源含: 店小二, 角标: []}}
- {客人: 小林, 没收到: 0.2}
- {店员: "{店员}", 点: 发送, 选: 停车费}
- {客人: 小林, 收到: ["{卡.正文}"]}
- {客人: 小林, 会话: 1}
- {店员: "{店员}", 卡关了: 已发送}
- {客人: 小林, 说: 找人}
- {店员: "{店员}", 收到卡: {没有按钮: [修改]}}
- {店员: "{店员}", 点: 我来回}
- {客人: 小林, 会话: 3}
- {店员: "{店员}", 打字: 我是王洁, 给: 小林}
- {客人: 小林, 收到含: 楼下}
- {客人: 小林, 收到含: 王洁}
- {店员: "{店员}", 结束: 小林}
- {客人: 小林, 会话: 4}
- {快进: 1天2小时}
- 调用: {路径: kf/send_msg, 次数: 1, 成功: 1}
- {店员: "{店员}", 开着的卡: 0}
"""
    assert await _run(tmp_path, play, steps) == []


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("{客人: 小林, 收到: [别的], 时限: 0.5}", ["应收到", "别的"]),
        ("{客人: 小林, 收到: [], 时限: 0.5}", ["应只收到 []", "地下停车场"]),
        ("{客人: 小林, 收到含: 早餐}", ["应含「早餐」"]),
        ("{客人: 小林, 会话: 3, 时限: 0.3}", ["应是 3,却是 1"]),
        ("{店员: wangjie, 收到卡: {标题含: 早餐}, 时限: 0.3}", ["没有收到新卡"]),
        ("{店员: linxiaoman, 收到通知: 汇总, 时限: 0.3}", ["应收到通知「汇总」"]),
        ("{店员: wangjie, 卡关了: 不用回}", ["应写「不用回」", "已发送"]),
        ("{店员: wangjie, 卡变成: {正文含: 早餐}, 时限: 0.3}", ["正文应含「早餐」"]),
        ("{店员: wangjie, 点: 发送}", ["已经关了"]),
        ("{店员: wangjie, 开着的卡: 1}", ["应有 1 张"]),
        ("{调用: {路径: kf/send_msg, 次数: 2}, 时限: 0.3}", ["应调用 2 次,却有 1 次"]),
    ],
)
async def test_what_does_not_come_true_is_said_in_words(
    tmp_path: Path, play: Player, tiny: None, step: str, words: list[str]
) -> None:
    before = """
- {客人: 小林, 说: 停车方便吗}
- {店员: "{店员}", 收到卡: {}}
- {店员: "{店员}", 点: 发送}
- {店员: "{店员}", 卡关了: 已发送}
"""
    failures = await _run(tmp_path, play, before + f"- {step}\n- {{客人: 小林, 说: 到不了这里}}\n")
    assert len(failures) == 1
    assert failures[0].startswith("试试:第 5 步")
    assert all(word in failures[0] for word in words), failures


async def test_two_at_once_and_whoever_comes_first(tmp_path: Path, play: Player, tiny: None) -> None:
    steps = """
- {客人: 小林, 说: 停车方便吗}
- {店员: [wangjie, linxiaoman], 收到卡: {有按钮: [发送]}, 记作: 甲}
- {店员: "{另一位}", 收到卡: {}, 记作: 乙}
- 同时:
    - {店员: "{接卡人}", 还是点: 发送, 卡: 甲}
    - {店员: "{另一位}", 还是点: 发送, 卡: 乙}
- {客人: 小林, 收到: [楼下就是地下停车场], 时限: 2}
"""
    failures = await _run(tmp_path, play, steps)
    assert len(failures) == 1 and "应只收到" in failures[0], "the tiny service sends twice, and the scenario sees it"


async def test_variables_can_be_replaced(tmp_path: Path, play: Player, tiny: None) -> None:
    steps = '- {客人: 小林, 说: 停车}\n- {店员: "{店员}", 收到卡: {}}\n- {店员: "{店员}", 没有新卡: 0.2}\n'
    assert await _run(tmp_path, play, steps, {"店员": "linxiaoman"}) == []


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("{客人: 小林, 唱: 歌}", "不认识「唱」"),
        ("{客人: 小林, 点: 发送}", "不认识「点」"),
        ("{客人: 小林, 店员: wangjie, 说: 好}", "一步只写一个人"),
        ("{客人: 小林, 说: 好, 发: image}", "一步只做一件事"),
        ("{店员: wangjie, 收到卡: {颜色: 红}}", "不认识「颜色」"),
        ("{店员: wangjie, 收到卡: 停车}", "不认识"),
        ("{同时: [{等: 1}, {睡: 2}]}", "不认识「睡」"),
        ("只是一句话", "词: 值"),
    ],
)
async def test_a_file_that_cannot_be_played_is_refused_before_it_starts(
    tmp_path: Path, play: Player, step: str, problem: str
) -> None:
    with pytest.raises(ScenarioError, match="第 2 步") as refused:
        await _run(tmp_path, play, f"- {{客人: 小林, 说: 在吗}}\n- {step}\n")
    assert problem in str(refused.value)
    assert (await play.state())["customers"] == []


async def test_an_unknown_variable_is_told(tmp_path: Path, play: Player) -> None:
    with pytest.raises(ScenarioError, match="没有变量「谁」"):
        await _run(tmp_path, play, '- {客人: "{谁}", 说: 在吗}\n')


def test_every_scenario_that_we_ship_can_be_played() -> None:
    paths = sorted(SCENARIOS.glob("*.yaml"))
    names = [read_scenario(path).name for path in paths]
    assert len(names) >= 10
    assert len(set(names)) == len(names)
