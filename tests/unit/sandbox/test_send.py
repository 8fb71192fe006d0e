"""kf/send_msg and kf/send_msg_on_event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.play import Player
from tests.unit.sandbox.harness import CAFE, HOTEL, Platform


async def test_five_messages_after_each_of_the_customers(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    codes = [(await wecom.send_text(await lin.id(), f"第{n}条"))["errcode"] for n in range(6)]
    assert codes == [0, 0, 0, 0, 0, 95001]
    await lin.says("还在吗")
    assert (await wecom.send_text(await lin.id(), "在"))["errcode"] == 0
    assert len(await lin.received()) == 6


async def test_forty_eight_hours_after_the_customers_last_message(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    await play.move_clock(hours=47, minutes=59)
    await wecom.log_in()
    assert (await wecom.send_text(await lin.id(), "还在"))["errcode"] == 0
    await play.move_clock(minutes=2)
    assert (await wecom.send_text(await lin.id(), "晚了"))["errcode"] == 95002
    await lin.says("我回来了")
    assert (await wecom.send_text(await lin.id(), "欢迎"))["errcode"] == 0


async def test_nobody_is_written_to_first(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    assert (await wecom.send_text(await lin.id(), "您好"))["errcode"] == 95018
    assert (await wecom.send_text("wmNobody", "您好"))["errcode"] == 40096
    await lin.says("您好")
    assert (await wecom.send_text(await lin.id(), "您好"))["errcode"] == 0
    assert (await wecom.send_text(await lin.id(), "您好", account=CAFE))["errcode"] == 95018, "each account by itself"


async def test_a_msgid_is_taken_once_per_account(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    await play.customer("小林", account=CAFE).says("在吗")
    first = await wecom.send_text(await lin.id(), "在", msgid="01J0000000000000000000000A")
    again = await wecom.send_text(await lin.id(), "在", msgid="01J0000000000000000000000A")
    elsewhere = await wecom.send_text(await lin.id(), "在", msgid="01J0000000000000000000000A", account=CAFE)
    assert (first["errcode"], first["msgid"]) == (0, "01J0000000000000000000000A")
    assert again["errcode"] != 0 and "msgid" in again["errmsg"]
    assert elsewhere["errcode"] == 0
    assert (await wecom.send_text(await lin.id(), "在", msgid="x" * 33))["errcode"] == 40058
    assert (await wecom.send_text(await lin.id(), "在", msgid="有空格"))["errcode"] == 40058


async def test_a_refused_message_leaves_its_msgid_free(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    assert (await wecom.send_text(await lin.id(), "在", msgid="once"))["errcode"] == 95018
    await lin.says("在吗")
    assert (await wecom.send_text(await lin.id(), "在", msgid="once"))["errcode"] == 0


async def test_a_text_has_2048_bytes(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    assert (await wecom.send_text(await lin.id(), "字" * 682 + "ab"))["errcode"] == 0
    assert (await wecom.send_text(await lin.id(), "字" * 683))["errcode"] == 45002
    assert (await wecom.send_text(await lin.id(), ""))["errcode"] == 44004


def _click(number: int, label: str = "停车") -> dict[str, Any]:
    return {"type": "click", "click": {"id": str(number), "content": label}}


@pytest.mark.parametrize(
    ("menu", "errcode"),
    [
        ({"head_content": "您好", "list": [_click(n) for n in range(10)], "tail_content": "就这些"}, 0),
        ({"head_content": "您好", "list": [_click(n) for n in range(11)]}, 95008),
        ({"head_content": "您好", "list": [{"type": "text", "text": {"content": "一行"}} for _ in range(50)]}, 0),
        ({"head_content": "您好", "list": [{"type": "text", "text": {"content": "一行"}} for _ in range(51)]}, 95008),
        ({"head_content": "您好", "list": [{"type": "jump"}]}, 95009),
        ({"head_content": "您好", "list": [_click(1, "字" * 43)]}, 45002),
        ({"head_content": "字" * 342, "list": []}, 45002),
        ({"head_content": "您好", "list": [{"type": "view", "view": {"url": "无协议", "content": "看"}}]}, 40058),
        ({}, 44004),
    ],
)
async def test_a_menu_keeps_its_limits(wecom: Platform, play: Player, menu: dict[str, Any], errcode: int) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    body = {"touser": await lin.id(), "open_kfid": HOTEL, "msgtype": "msgmenu", "msgmenu": menu}
    assert (await wecom.post("kf/send_msg", body))["errcode"] == errcode


async def test_a_tapped_menu_line_is_a_message_with_its_id(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    menu = {"head_content": "您好", "list": [_click(101, "怎么停车")]}
    await wecom.post("kf/send_msg", touser=await lin.id(), open_kfid=HOTEL, msgtype="msgmenu", msgmenu=menu)
    assert await lin.received() == ["您好\n[怎么停车]"]
    await lin.clicks("怎么停车")
    row = (await wecom.sync())["msg_list"][-1]
    assert row["text"] == {"content": "怎么停车", "menu_id": "101"}


async def test_other_types_are_checked(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.sends("image")
    media_id = (await wecom.sync())["msg_list"][0]["image"]["media_id"]
    base = {"touser": await lin.id(), "open_kfid": HOTEL}
    assert (await wecom.post("kf/send_msg", base, msgtype="image", image={"media_id": media_id}))["errcode"] == 0
    assert (await wecom.post("kf/send_msg", base, msgtype="image", image={"media_id": "x"}))["errcode"] == 40007
    place = {"name": "店", "address": "路", "latitude": 30.2, "longitude": 120.1}
    assert (await wecom.post("kf/send_msg", base, msgtype="location", location=place))["errcode"] == 0
    assert (await wecom.post("kf/send_msg", base, msgtype="location", location=place | {"latitude": 91}))[
        "errcode"
    ] == 40058
    assert (await wecom.post("kf/send_msg", base, msgtype="markdown", markdown={"content": "x"}))["errcode"] == 40008


async def test_accepted_is_not_delivered_when_the_customer_refuses(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("别发了")
    await lin.refuses()
    sent = await wecom.send_text(await lin.id(), "好的", msgid="refused1")
    assert sent["errcode"] == 0
    assert await lin.received() == []
    event = (await wecom.sync())["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "refused1", 10)
    await lin.refuses(None)
    await wecom.send_text(await lin.id(), "您回来啦")
    assert await lin.received() == ["您回来啦"]


async def test_a_welcome_code_comes_once_and_lives_20_seconds(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    assert await lin.enters(scene="qr", scene_param="T001")
    entered = (await wecom.sync())["msg_list"][-1]["event"]
    assert (entered["scene"], entered["scene_param"]) == ("qr", "T001")
    welcome = {"msgtype": "text", "text": {"content": "欢迎"}}
    code = entered["welcome_code"]
    assert (await wecom.post("kf/send_msg_on_event", welcome, code="nonsense"))["errcode"] != 0
    assert (await wecom.post("kf/send_msg_on_event", code=code, msgtype="location", location={}))["errcode"] == 40008
    assert (await wecom.post("kf/send_msg_on_event", welcome, code=code))["errcode"] == 0
    assert "used" in (await wecom.post("kf/send_msg_on_event", welcome, code=code))["errmsg"]
    assert await lin.received() == ["欢迎"]
    assert not await lin.enters(), "no second welcome within 48 hours"
    await play.move_clock(hours=48)
    await wecom.log_in()
    assert await lin.enters()
    late = (await wecom.sync())["msg_list"][-1]["event"]["welcome_code"]
    await play.move_clock(seconds=21)
    assert "expired" in (await wecom.post("kf/send_msg_on_event", welcome, code=late))["errmsg"]


async def test_who_has_written_gets_no_welcome_code(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    assert not await lin.enters()
    assert "welcome_code" not in (await wecom.sync())["msg_list"][-1]["event"]
    await play.move_clock(hours=48)
    assert await lin.enters()


async def test_media_can_be_fetched_for_three_days(wecom: Platform, play: Player) -> None:
    await play.customer("小林").sends("voice")
    media_id = (await wecom.sync())["msg_list"][0]["voice"]["media_id"]
    url = f"{wecom.base}/cgi-bin/media/get?access_token={wecom.token}&media_id={media_id}"
    async with wecom.http.get(url) as answer:
        assert answer.content_type == "audio/amr"
        assert (await answer.read()).startswith(b"#!AMR")
        assert "voice.amr" in answer.headers["Content-Disposition"]
    assert (await wecom.get("media/get", media_id="x"))["errcode"] == 40007
    assert (await wecom.get("media/get"))["errcode"] == 41006
    wecom.clock.move(timedelta(days=3, seconds=1))
    await wecom.log_in()
    assert (await wecom.get("media/get", media_id=media_id))["errcode"] == 40007
