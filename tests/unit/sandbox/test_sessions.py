"""kf/service_state/*, and what servicers do in the client."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.play import Player
from bot.sandbox.play_line import PlayError
from tests.unit.sandbox.harness import HOTEL, Platform


async def _trans(wecom: Platform, customer: str, state: int, servicer: str = "") -> dict[str, Any]:
    more = {"servicer_userid": servicer} if servicer else {}
    return await wecom.post(
        "kf/service_state/trans", open_kfid=HOTEL, external_userid=customer, service_state=state, **more
    )


async def _state(wecom: Platform, customer: str) -> tuple[int, str]:
    answer = await wecom.post("kf/service_state/get", open_kfid=HOTEL, external_userid=customer)
    return answer["service_state"], answer.get("servicer_userid", "")


async def test_a_message_opens_and_an_answer_makes_it_the_assistants(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    assert await _state(wecom, await lin.id()) == (4, "")
    await lin.says("在吗")
    assert await _state(wecom, await lin.id()) == (0, "")
    await wecom.send_text(await lin.id(), "在")
    assert await _state(wecom, await lin.id()) == (1, "")
    await play.move_clock(hours=48)
    await wecom.log_in()
    assert await _state(wecom, await lin.id()) == (4, "")


#: from · to · errcode
MOVES = [
    *[(0, 1, 0), (0, 2, 0), (0, 3, 0), (0, 4, 95016), (0, 0, 95016)],
    *[(1, 2, 0), (1, 3, 0), (1, 4, 0), (1, 1, 95016), (1, 0, 95016)],
    *[(2, 3, 0), (2, 1, 95016), (2, 4, 95016), (2, 2, 95016)],
    *[(3, 3, 0), (3, 4, 0), (3, 1, 95016), (3, 2, 95016)],
    *[(4, 3, 95013), (4, 1, 95013), (4, 0, 95013)],
]


@pytest.mark.parametrize(("start", "to", "errcode"), MOVES)
async def test_only_the_documented_moves_are_possible(
    wecom: Platform, play: Player, start: int, to: int, errcode: int
) -> None:
    lin = play.customer("小林")
    customer = await lin.id()
    await lin.says("在吗")
    for step in {0: [], 1: [1], 2: [2], 3: [3], 4: [3, 4]}[start]:
        assert (await _trans(wecom, customer, step, "wangjie" if step == 3 else ""))["errcode"] == 0
    assert (await _state(wecom, customer))[0] == start
    assert (await _trans(wecom, customer, to, "linxiaoman" if to == 3 else ""))["errcode"] == errcode
    assert (await _state(wecom, customer))[0] == (start if errcode else to)


@pytest.mark.parametrize("state", [2, 3, 4])
async def test_the_api_sends_in_states_0_and_1_only(wecom: Platform, play: Player, state: int) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    assert (await wecom.send_text(await lin.id(), "在"))["errcode"] == 0
    await _trans(wecom, await lin.id(), state, "wangjie" if state == 3 else "")
    assert (await wecom.send_text(await lin.id(), "还在"))["errcode"] == 95018
    assert await lin.received() == ["在"]


async def test_a_person_takes_over_only_as_a_receiving_servicer(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("找人工")
    customer = await lin.id()
    assert (await _trans(wecom, customer, 3))["errcode"] == 40058
    assert (await _trans(wecom, customer, 3, "zhoumin"))["errcode"] == 95014
    await play.staff("wangjie").serves(HOTEL, "stopped")
    assert (await _trans(wecom, customer, 3, "wangjie"))["errcode"] == 95019
    await play.fault("servicer_stopped", value="LinXiaoman")
    assert (await _trans(wecom, customer, 3, "linxiaoman"))["errcode"] == 95019
    await play.staff("wangjie").serves(HOTEL)
    answer = await _trans(wecom, customer, 3, "WANGJIE")
    assert (answer["errcode"], bool(answer["msg_code"])) == (0, True)
    assert await _state(wecom, customer) == (3, "WangJie"), "as the corp spells it"
    changes = [row["event"] for row in (await wecom.sync())["msg_list"] if row["msgtype"] == "event"]
    assert [(event["event_type"], event["status"]) for event in changes] == [
        ("servicer_status_change", 2),
        ("servicer_status_change", 1),
    ]


async def test_what_the_api_moves_brings_no_event_and_what_staff_do_does(wecom: Platform, play: Player) -> None:
    lin, wang = play.customer("小林"), play.staff("wangjie")
    await lin.says("找人工")
    await _trans(wecom, await lin.id(), 3, "wangjie")
    await wang.types("小林", "您好,我是王洁")
    await lin.says("谢谢")
    await wang.ends("小林")
    rows = (await wecom.sync())["msg_list"]
    assert [row["origin"] for row in rows] == [3, 5, 3, 4]
    assert (rows[1]["servicer_userid"], rows[1]["text"]["content"]) == ("WangJie", "您好,我是王洁")
    assert (rows[3]["event"]["change_type"], rows[3]["event"]["old_servicer_userid"]) == (3, "WangJie")
    assert await lin.received() == ["您好,我是王洁"]
    assert (await wecom.send_text(await lin.id(), "再见"))["errcode"] == 95018
    await lin.says("再问一句")
    assert await _state(wecom, await lin.id()) == (0, "")


async def test_a_servicer_opens_an_ended_session_again_by_writing(wecom: Platform, play: Player) -> None:
    lin, wang = play.customer("小林"), play.staff("wangjie")
    await lin.says("找人工")
    with pytest.raises(PlayError, match="没有在接待"):
        await wang.types("小林", "我来")
    await _trans(wecom, await lin.id(), 3, "wangjie")
    await wang.ends("小林")
    await wang.types("小林", "还有一件事")
    assert await _state(wecom, await lin.id()) == (3, "WangJie")
    changes = [row["event"]["change_type"] for row in (await wecom.sync())["msg_list"] if row["msgtype"] == "event"]
    assert changes == [3, 4]


async def test_the_waiting_pool_and_a_colleague(wecom: Platform, play: Player) -> None:
    lin, wang, man = play.customer("小林"), play.staff("wangjie"), play.staff("linxiaoman")
    await lin.says("找人工")
    with pytest.raises(PlayError, match="不在排队"):
        await wang.picks("小林")
    await _trans(wecom, await lin.id(), 2)
    await wang.picks("小林")
    with pytest.raises(PlayError, match="不是这个客服账号的接待人员"):
        await wang.transfers("小林", "zhoumin")
    await wang.transfers("小林", "linxiaoman")
    await man.types("小林", "我是小满")
    changes = [row["event"]["change_type"] for row in (await wecom.sync())["msg_list"] if row["msgtype"] == "event"]
    assert changes == [1, 2]


async def test_message_codes_die_with_their_state(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("找人工")
    customer = await lin.id()
    pooled = (await _trans(wecom, customer, 2))["msg_code"]
    text = {"msgtype": "text", "text": {"content": "正在排队"}}
    assert (await wecom.post("kf/send_msg_on_event", code=pooled, msgtype="msgmenu", msgmenu={}))["errcode"] == 40008
    picked = (await _trans(wecom, customer, 3, "wangjie"))["msg_code"]
    assert (await wecom.post("kf/send_msg_on_event", text, code=pooled))["errcode"] == 95018
    assert (await wecom.post("kf/send_msg_on_event", text, code=picked))["errcode"] == 0
    ended = (await _trans(wecom, customer, 4))["msg_code"]
    await play.move_clock(seconds=21)
    assert (await wecom.post("kf/send_msg_on_event", text, code=ended))["errcode"] != 0
    assert await lin.received() == ["正在排队"]


async def test_pages_of_the_account_list_and_its_privilege(wecom: Platform) -> None:
    answer = await wecom.post("kf/account/list", offset=0, limit=100)
    assert answer["account_list"][0]["open_kfid"] == HOTEL
    assert [row["manage_privilege"] for row in answer["account_list"]] == [True, True, False]
    assert len((await wecom.post("kf/account/list", offset=1, limit=1))["account_list"]) == 1
    assert (await wecom.post("kf/account/list", limit=101))["errcode"] == 40058


async def test_servicers_are_listed_added_and_removed(wecom: Platform) -> None:
    async def names() -> list[str]:
        return [row["userid"] for row in (await wecom.get("kf/servicer/list", open_kfid=HOTEL))["servicer_list"]]

    assert await names() == ["WangJie", "linxiaoman"]
    body = {"open_kfid": HOTEL, "userid_list": ["zhoumin", "wangjie", "nobody"]}
    results = (await wecom.post("kf/servicer/add", body))["result_list"]
    assert [(row["userid"], row["errcode"], row["errmsg"]) for row in results] == [
        ("zhoumin", 0, "ok"),
        ("wangjie", 0, "ignored"),
        ("nobody", 40003, "invalid userid"),
    ]
    await wecom.post("kf/servicer/del", open_kfid=HOTEL, userid_list=["WANGJIE"])
    assert await names() == ["linxiaoman", "zhoumin"]
    assert (await wecom.post("kf/servicer/add", open_kfid=HOTEL, userid_list=[]))["errcode"] == 40058
    assert (await wecom.post("kf/servicer/add", open_kfid=HOTEL, userid_list=["x"] * 101))["errcode"] == 40058


async def test_only_customers_of_the_last_48_hours_can_be_read(wecom: Platform, play: Player) -> None:
    lin, chen = play.customer("小林"), play.customer("小陈")
    await lin.says("在吗")
    await lin.enters(scene="room", scene_param="T001")
    ids = [await lin.id(), await chen.id(), "wmNobody"]
    answer = await wecom.post("kf/customer/batchget", external_userid_list=ids, need_enter_session_context=1)
    assert [row["nickname"] for row in answer["customer_list"]] == ["小林"]
    assert answer["customer_list"][0]["enter_session_context"] == {"scene": "room", "scene_param": "T001"}
    assert answer["invalid_external_userid"] == ids[1:]
    await play.move_clock(hours=48)
    await wecom.log_in()
    assert (await wecom.post("kf/customer/batchget", external_userid_list=ids))["invalid_external_userid"] == ids
    assert (await wecom.post("kf/customer/batchget", external_userid_list=[]))["errcode"] == 40058
