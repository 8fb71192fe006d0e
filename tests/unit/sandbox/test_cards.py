"""message/send and message/update_template_card, and taps."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.play import Player
from bot.sandbox.play_line import PlayError
from tests.unit.sandbox.harness import SELECTION, Platform, Service, card

MENU = {"desc": "不用回", "action_list": [{"text": "广告", "key": "ad"}, {"text": "已当面答复", "key": "face"}]}


async def test_a_card_shows_what_was_sent(wecom: Platform, play: Player) -> None:
    answer = await wecom.send_card("wangjie", card(button_selection=SELECTION, action_menu=MENU))
    assert (answer["errcode"], answer["invaliduser"], bool(answer["response_code"])) == (0, "", True)
    shown = await play.staff("WANGJIE").next_card()
    assert (shown.source, shown.title, shown.desc) == ("店小二 · 西湖银泰店", "小满 问停车", "14:02 发来")
    assert (shown.quote, shown.body) == ("请问开车去你们那边好停车吗", "楼下就是地下停车场")
    assert shown.facts == {"依据": "Q-001 停车"}
    assert (shown.choices, shown.chosen) == ({"1": "停车", "2": "停车费"}, "1")
    assert (shown.buttons, shown.menu) == (["发送", "修改"], ["广告", "已当面答复"])
    assert shown.link == "http://127.0.0.1:8080/edit/x"
    assert await play.staff("linxiaoman").cards() == []


def _with(**changes: Any) -> dict[str, Any]:
    return {**card("t"), **changes}


@pytest.mark.parametrize(
    ("wrong", "errcode"),
    [
        (_with(task_id="t"), 0),
        (_with(task_id="有"), 42014),
        (_with(task_id="t" * 129), 42014),
        (_with(task_id=""), 42014),
        (_with(card_type="picture"), 42031),
        (_with(source={"desc": "字" * 14}), 45002),
        (_with(source={"desc": "店", "desc_color": 4}), 40058),
        (_with(main_title={"title": "字" * 27}), 45002),
        (_with(main_title={"title": "字", "desc": "字" * 31}), 45002),
        (_with(main_title={}), 41016),
        (_with(sub_title_text="字" * 113), 45002),
        (_with(sub_title_text="字" * 112), 0),
        (_with(horizontal_content_list=[{"keyname": "一", "value": "二"}] * 7), 42035),
        (_with(horizontal_content_list=[{"value": "二"}]), 42027),
        (_with(horizontal_content_list=[{"keyname": "字" * 6, "value": "二"}]), 45002),
        (_with(horizontal_content_list=[{"keyname": "一", "value": "字" * 27}]), 45002),
        (_with(horizontal_content_list=[{"keyname": "一", "value": "二", "type": 1}]), 42028),
        (_with(horizontal_content_list=[{"keyname": "一", "value": "二", "type": 3}]), 42050),
        (_with(quote_area={"type": 1, "quote_text": "x"}), 42028),
        (_with(jump_list=[{"type": 1, "title": "一", "url": "https://example.com"}] * 4), 42042),
        (_with(button_list=[]), 42038),
        (_with(button_list=[{"text": "一", "key": str(n)} for n in range(7)]), 42038),
        (_with(button_list=[{"text": "", "key": "a"}]), 42038),
        (_with(button_list=[{"text": "一"}]), 42039),
        (_with(button_list=[{"text": "一", "key": "a"}, {"text": "二", "key": "a"}]), 42039),
        (_with(button_list=[{"text": "一", "key": "a", "type": 1}]), 42028),
        (_with(button_list=[{"text": "一", "key": "a", "style": 5}]), 40058),
        (_with(button_selection={**SELECTION, "option_list": []}), 42037),
        (_with(button_selection={**SELECTION, "option_list": [{"id": str(n), "text": "x"} for n in range(11)]}), 42037),
        (_with(button_selection={**SELECTION, "question_key": ""}), 42043),
        (_with(button_selection={**SELECTION, "selected_id": "9"}), 42040),
        (_with(button_selection={**SELECTION, "option_list": [{"id": "1", "text": ""}]}), 42041),
        (_with(action_menu={**MENU, "action_list": MENU["action_list"] * 2}), 40058),  # type: ignore[operator]
        (_with(action_menu={**MENU, "action_list": [{"text": "一", "key": "a"}] * 2}), 42051),
    ],
)
async def test_a_card_keeps_its_limits(wecom: Platform, play: Player, wrong: dict[str, Any], errcode: int) -> None:
    assert (await wecom.send_card("wangjie", wrong))["errcode"] == errcode
    assert len(await play.staff("wangjie").cards()) == (0 if errcode else 1)


async def test_a_notice_needs_somewhere_to_lead(wecom: Platform, play: Player) -> None:
    notice = {"card_type": "text_notice", "main_title": {"title": "店小二替您回了 3 位客人"}}
    assert (await wecom.send_card("wangjie", notice))["errcode"] == 42045
    assert (await wecom.send_card("wangjie", notice | {"card_action": {"type": 1}}))["errcode"] == 42028
    answer = await wecom.send_card("wangjie", notice | {"card_action": {"type": 1, "url": "https://example.com"}})
    assert answer["errcode"] == 0 and "response_code" not in answer
    assert await play.staff("wangjie").notices() == ["店小二替您回了 3 位客人"]


async def test_a_task_id_is_used_once(wecom: Platform, play: Player) -> None:
    assert (await wecom.send_card("wangjie", card("once")))["errcode"] == 0
    assert (await wecom.send_card("linxiaoman", card("once")))["errcode"] == 42014
    assert (await wecom.send_card("linxiaoman", card("twice")))["errcode"] == 0


async def test_an_identical_request_is_not_shown_twice(wecom: Platform, play: Player) -> None:
    body = {"touser": "wangjie", "agentid": 1000002, "msgtype": "text", "text": {"content": "有客人在等"}}
    checked = body | {"enable_duplicate_check": 1, "duplicate_check_interval": 14_400}
    assert [(await wecom.post("message/send", checked))["errcode"] for _ in range(2)] == [0, 0]
    assert len(await play.staff("wangjie").notices()) == 1
    await wecom.post("message/send", body)
    assert len(await play.staff("wangjie").notices()) == 2, "unchecked, it is"
    await play.move_clock(hours=4)
    await wecom.log_in()
    await wecom.post("message/send", checked)
    assert len(await play.staff("wangjie").notices()) == 3
    assert (await wecom.post("message/send", checked, duplicate_check_interval=14_401))["errcode"] == 40058


async def test_who_cannot_be_reached_is_named(wecom: Platform, play: Player) -> None:
    answer = await wecom.send_card("WangJie|Nobody", card("a"))
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    answer = await wecom.send_card("Nobody", card("b"))
    assert (answer["errcode"], answer["invaliduser"]) == (81013, "nobody")
    await play.fault("staff_unlicensed", value="wangjie")
    answer = await wecom.send_card("WangJie", card("c"))
    assert (answer["errcode"], answer["unlicenseduser"], "response_code" in answer) == (0, "wangjie", False)
    await play.fault("staff_invalid", value="wangjie")
    assert (await wecom.send_card("WangJie|linxiaoman", card("d")))["invaliduser"] == "wangjie"
    assert [shown.task_id for shown in await play.staff("wangjie").cards()] == ["a"]
    assert [shown.task_id for shown in await play.staff("linxiaoman").cards()] == ["d"]


async def test_receivers_and_agent_are_checked(wecom: Platform, play: Player) -> None:
    text = {"msgtype": "text", "text": {"content": "x"}, "agentid": 1000002}
    assert (await wecom.post("message/send", text))["errcode"] == 82001
    assert (await wecom.post("message/send", text, touser="wangjie", agentid=1))["errcode"] == 301002
    assert (await wecom.post("message/send", text, touser="wangjie", agentid=None))["errcode"] == 41011
    assert (await wecom.post("message/send", text, touser="wangjie", msgtype="poem"))["errcode"] == 40008
    assert (await wecom.post("message/send", text, touser="wangjie", text={"content": "字" * 683}))["errcode"] == 45002
    assert (await wecom.post("message/send", text, touser="wangjie", text={}))["errcode"] == 44004
    assert (await wecom.post("message/send", text, touser="@all"))["errcode"] == 0
    assert [len(await play.staff(name).notices()) for name in ("wangjie", "linxiaoman", "zhoumin")] == [1, 1, 1]


async def test_more_than_30_a_minute_vanish_without_a_word(wecom: Platform, play: Player) -> None:
    codes = {(await wecom.send_card("wangjie", card(f"t{n}")))["errcode"] for n in range(31)}
    assert codes == {0}
    assert len(await play.staff("wangjie").cards()) == 30
    await wecom.send_card("linxiaoman", card("another person"[:7]))
    assert len(await play.staff("linxiaoman").cards()) == 1
    await play.move_clock(minutes=1)
    await wecom.send_card("wangjie", card("later"))
    assert (await play.staff("wangjie").cards())[-1].task_id == "later"


async def test_a_tap_comes_back_with_a_code_that_updates_the_card_once(
    wecom: Platform, play: Player, service: Service
) -> None:
    sent = await wecom.send_card("WangJie", card("tapped", button_selection=SELECTION))
    shown = await play.staff("wangjie").next_card()
    await shown.press("发送", choice="停车费")
    event = await _event(play, service, "template_card_event")
    assert (event["FromUserName"], event["EventKey"], event["TaskId"]) == ("WangJie", "send", "tapped")
    assert (event["CardType"], event["AgentID"]) == ("button_interaction", "1000002")
    assert event["selected"] == {"choice": ["2"]}
    assert (await shown.refreshed()).is_open, "a tap alone closes nothing"
    line = {"button": {"replace_name": "已发送 · 王洁 14:03"}}
    assert (await wecom.update(event["ResponseCode"], ["wangjie"], **line))["errcode"] == 0
    assert (await shown.refreshed()).line == "已发送 · 王洁 14:03"
    again = await wecom.update(event["ResponseCode"], ["wangjie"], **line)
    assert again["errcode"] != 0 and "response_code" in again["errmsg"]
    assert (await wecom.update(sent["response_code"], ["wangjie"], **line))["errcode"] == 0, "the other one is good"
    with pytest.raises(PlayError, match="已经关了"):
        await shown.press("发送")
    await shown.press("发送", anyway=True)
    assert (await _event(play, service, "template_card_event", 2))["TaskId"] == "tapped"


async def test_a_response_code_lives_72_hours(wecom: Platform, play: Player) -> None:
    first = await wecom.send_card("wangjie", card("first"))
    await play.move_clock(hours=71, minutes=59)
    await wecom.log_in()
    line = {"button": {"replace_name": "好"}}
    second = await wecom.send_card("wangjie", card("second"))
    assert (await wecom.update(first["response_code"], ["wangjie"], **line))["errcode"] == 0
    await play.move_clock(hours=72, seconds=1)
    await wecom.log_in()
    assert "expired" in (await wecom.update(second["response_code"], ["wangjie"], **line))["errmsg"]


async def test_another_card_takes_the_place_of_the_first(wecom: Platform, play: Player, service: Service) -> None:
    sent = await wecom.send_card("wangjie|linxiaoman", card("v1"))
    old = await play.staff("wangjie").next_card()
    wrong = await wecom.update(sent["response_code"], ["wangjie"], template_card=card("v2", sub_title_text="字" * 113))
    assert wrong["errcode"] == 45002
    answer = await wecom.update(
        sent["response_code"], ["wangjie", "stranger"], template_card=card("v2", sub_title_text="第二版")
    )
    assert (answer["errcode"], answer["invaliduser"]) == (0, ["stranger"])
    assert (await old.refreshed()).body == "第二版"
    assert (old.task_id, len(await play.staff("wangjie").cards())) == ("v2", 1)
    assert (await play.staff("linxiaoman").next_card()).body == "楼下就是地下停车场", "only who was named"
    await old.press("发送")
    event = await _event(play, service, "template_card_event")
    assert event["TaskId"] == "v2"
    assert (await wecom.update(event["ResponseCode"], [], atall=1, button={"replace_name": "已发送"}))["errcode"] == 0
    assert [(await play.staff(name).cards())[0].line for name in ("wangjie", "linxiaoman")] == ["已发送", "已发送"]
    assert (await wecom.send_card("wangjie", card("v1")))["errcode"] == 42014, "both ids stay taken"


async def test_an_update_says_exactly_one_thing(wecom: Platform, play: Player) -> None:
    code = (await wecom.send_card("wangjie", card("a")))["response_code"]
    assert (await wecom.update(code, ["wangjie"]))["errcode"] == 40058
    both = {"button": {"replace_name": "好"}, "template_card": card("b")}
    assert (await wecom.update(code, ["wangjie"], **both))["errcode"] == 40058
    assert (await wecom.update(code, [], button={"replace_name": "好"}))["errcode"] == 40058
    assert (await wecom.update(code, ["wangjie"], button={"replace_name": ""}))["errcode"] == 42020
    assert "response_code" in (await wecom.update("x", ["wangjie"], button={"replace_name": "好"}))["errmsg"]
    assert (await wecom.update(code, ["wangjie"], button={"replace_name": "好"}))["errcode"] == 0


async def test_the_corner_menu_and_pages(wecom: Platform, play: Player, service: Service) -> None:
    await wecom.send_card("wangjie", card("menu", action_menu=MENU))
    shown = await play.staff("wangjie").next_card()
    assert await shown.press("修改") == "http://127.0.0.1:8080/edit/x"
    await shown.press("广告")
    event = await _event(play, service, "template_card_menu_event")
    assert event["EventKey"] == "ad"
    assert service.of("template_card_event") == [], "a page that opens tells the service nothing"
    with pytest.raises(PlayError, match="没有「转发」"):
        await shown.press("转发")
    with pytest.raises(PlayError, match="没有收到这张卡"):
        await play.staff("linxiaoman").do("press", {"task_id": "menu", "key": "send"})


async def test_staff_write_to_the_app(play: Player, service: Service) -> None:
    await play.staff("wangjie").writes("今天未回复的客户 ]]> <x>")
    wrote = await _event(play, service, "")
    assert (wrote["MsgType"], wrote["FromUserName"], wrote["Content"]) == (
        "text",
        "WangJie",
        "今天未回复的客户 ]]> <x>",
    )
    assert wrote["MsgId"].isdecimal()


async def _event(play: Player, service: Service, name: str, count: int = 1) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = [each for each in service.got if each.get("Event", "") == name]
        return found[count - 1] if len(found) >= count else None

    return await play.until(look, 3, f"no {name}")
