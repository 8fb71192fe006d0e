"""Our words as WeCom's JSON, and its answers as ours."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import (
    AlreadySentError,
    CodeUsedError,
    HandoverRefusedError,
    MessengerError,
    OutcomeUnknownError,
    QuotaUsedError,
    RejectedError,
    WindowClosedError,
)
from bot.ports import CardButton, CardChoice, CardFace, CardReceipt, ClosedFace, Menu, MenuItem, Messenger, Text
from bot.wecom.cards import NOWHERE, card_of
from bot.wecom.media import NAMELESS, media_of, safe_name
from bot.wecom.messenger import WeComMessenger
from tests.unit.wecom.paper import Paper, Reply, cut, refuse

FACE = CardFace(
    task_id="01JCARD",
    source="店小二 · 西湖银泰店",
    title="小满 问停车",
    desc="14:02 发来",
    quote="好停车吗",
    body="您好,楼下就是停车场~",
    facts=(("依据", "Q-001 停车"), ("时限", "还可发 5 条")),
    choices=(CardChoice("Q-001", "停车"), CardChoice("Q-002", "停车费")),
    chosen="Q-001",
    buttons=(CardButton("发送", "send", 1), CardButton("修改", "edit", 2, "https://bot.example.com/e/1")),
    menu=(CardButton("广告", "dismiss:0"), CardButton("重复提问", "dismiss:2")),
    menu_title="不用回",
)
NOTICE = CardFace(task_id="01JNOTE", source="店小二", title="店小二替您回了 3 位客人", url="https://bot.example.com/d")


def test_it_is_a_messenger(messenger: WeComMessenger) -> None:
    port: Messenger = messenger
    assert port


# --- to customers ----------------------------------------------------------------------------------------------------
async def test_a_text(paper: Paper, messenger: WeComMessenger) -> None:
    await messenger.send_to_customer("wk1", "wm1", Text("您好"), "01JDELIVERY")
    assert paper.to("kf/send_msg")[0].json == {
        "touser": "wm1",
        "open_kfid": "wk1",
        "msgid": "01JDELIVERY",
        "msgtype": "text",
        "text": {"content": "您好"},
    }


async def test_a_menu_on_a_welcome_code(paper: Paper, messenger: WeComMessenger) -> None:
    menu = Menu("您好", (MenuItem("Q-001", "停车"), MenuItem("Q-002", "早餐")), "点一下就好")
    await messenger.send_on_event("CODE", menu, "01JDELIVERY")
    assert paper.to("kf/send_msg_on_event")[0].json == {
        "code": "CODE",
        "msgid": "01JDELIVERY",
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "您好",
            "list": [
                {"type": "click", "click": {"id": "Q-001", "content": "停车"}},
                {"type": "click", "click": {"id": "Q-002", "content": "早餐"}},
            ],
            "tail_content": "点一下就好",
        },
    }


async def test_refusals_to_send(paper: Paper, messenger: WeComMessenger) -> None:
    answers: dict[type[MessengerError], Reply] = {
        QuotaUsedError: refuse(95001),
        WindowClosedError: refuse(95002),
        AlreadySentError: refuse(95100, "msgid exists"),
        OutcomeUnknownError: cut,
    }
    for kind, answer in answers.items():
        paper.then("kf/send_msg", answer)
        with pytest.raises(kind):
            await messenger.send_to_customer("wk1", "wm1", Text("您好"), "01JDELIVERY")
    paper.then("kf/send_msg_on_event", refuse(41050))
    with pytest.raises(CodeUsedError):
        await messenger.send_on_event("CODE", Text("您好"), "01JDELIVERY")


# --- cards -----------------------------------------------------------------------------------------------------------
def test_the_clerks_card() -> None:
    assert card_of(FACE) == {
        "card_type": "button_interaction",
        "task_id": "01JCARD",
        "source": {"desc": "店小二 · 西湖银泰店", "desc_color": 0},
        "main_title": {"title": "小满 问停车", "desc": "14:02 发来"},
        "quote_area": {"type": 0, "quote_text": "好停车吗"},
        "sub_title_text": "您好,楼下就是停车场~",
        "horizontal_content_list": [
            {"keyname": "依据", "value": "Q-001 停车"},
            {"keyname": "时限", "value": "还可发 5 条"},
        ],
        "action_menu": {
            "desc": "不用回",
            "action_list": [{"text": "广告", "key": "dismiss:0"}, {"text": "重复提问", "key": "dismiss:2"}],
        },
        "button_list": [
            {"text": "发送", "style": 1, "key": "send", "type": 0},
            {"text": "修改", "style": 2, "key": "edit", "type": 1, "url": "https://bot.example.com/e/1"},
        ],
        "button_selection": {
            "question_key": "choice",
            "title": "换一条",
            "option_list": [{"id": "Q-001", "text": "停车"}, {"id": "Q-002", "text": "停车费"}],
            "selected_id": "Q-001",
        },
    }


def test_a_notice_card_leads_somewhere() -> None:
    card = card_of(NOTICE)
    assert card["card_type"] == "text_notice"
    assert card["card_action"] == {"type": 1, "url": "https://bot.example.com/d"}
    assert {"button_list", "button_selection", "quote_area", "action_menu", "sub_title_text"}.isdisjoint(card)
    nowhere = card_of(CardFace(task_id="T", source="店小二", title="标题", alert=True))
    assert nowhere["card_action"] == {"type": 1, "url": NOWHERE}
    assert nowhere["source"]["desc_color"] == 2


async def test_a_card_is_sent_once_however_often_asked(paper: Paper, messenger: WeComMessenger) -> None:
    paper.then("message/send", {"errcode": 0, "invaliduser": "", "msgid": "m1", "response_code": "RC1"})
    receipt = await messenger.send_card("linxiaoman", FACE)
    assert receipt == CardReceipt("RC1", frozenset())
    await messenger.send_card("linxiaoman", FACE)
    first, second = paper.to("message/send")
    assert first.body == second.body
    body = first.json
    assert body.pop("template_card") == card_of(FACE)
    assert body == {
        "touser": "linxiaoman",
        "msgtype": "template_card",
        "agentid": 1000002,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }


@pytest.mark.parametrize(
    ("answer", "unreachable"),
    [
        ({"errcode": 0, "invaliduser": "LinXiaoMan"}, {"linxiaoman"}),
        ({"errcode": 0, "invaliduser": "a|B|", "unlicenseduser": "C"}, {"a", "b", "c"}),
        ({"errcode": 0, "invaliduser": None, "unlicenseduser": ["x"]}, set()),
        ({"errcode": 81013, "errmsg": "user & party & tag all invalid"}, {"linxiaoman"}),
        ({"errcode": 60111, "errmsg": "userid not found"}, {"linxiaoman"}),
    ],
)
async def test_who_was_not_reached(
    paper: Paper, messenger: WeComMessenger, answer: dict[str, Any], unreachable: set[str]
) -> None:
    paper.then("message/send", answer, answer)
    assert await messenger.send_card("LinXiaoMan", FACE) == CardReceipt(None, frozenset(unreachable))
    assert await messenger.send_notice("LinXiaoMan", "x") == CardReceipt(None, frozenset(unreachable))


@pytest.mark.parametrize("staff", ["@all", "anan|beibei"])
async def test_a_card_is_for_one_person(paper: Paper, messenger: WeComMessenger, staff: str) -> None:
    """WeCom would show it to all of them."""
    with pytest.raises(RejectedError):
        await messenger.send_card(staff, FACE)
    with pytest.raises(RejectedError):
        await messenger.send_notice(staff, "x")
    assert paper.to("message/send") == []


async def test_a_notice_is_cut_at_a_character(paper: Paper, messenger: WeComMessenger) -> None:
    await messenger.send_notice("lin", "短")
    await messenger.send_notice("lin", "长" * 1000)
    short, long = (one.json["text"]["content"] for one in paper.to("message/send"))
    assert short == "短"
    assert long.endswith("长…")
    assert 2040 < len(long.encode()) <= 2048


async def test_cards_are_updated(paper: Paper, messenger: WeComMessenger) -> None:
    await messenger.update_card("lin", "RC1", ClosedFace("已发送 · 林小满 14:03"))
    await messenger.update_card("lin", "RC2", FACE)
    closed, replaced = (one.json for one in paper.to("message/update_template_card"))
    common = {"userids": ["lin"], "agentid": 1000002}
    assert closed == {**common, "response_code": "RC1", "button": {"replace_name": "已发送 · 林小满 14:03"}}
    assert replaced == {**common, "response_code": "RC2", "template_card": card_of(FACE)}
    paper.then("message/update_template_card", refuse(60140), cut)
    with pytest.raises(CodeUsedError):
        await messenger.update_card("lin", "RC2", FACE)
    with pytest.raises(OutcomeUnknownError):
        await messenger.update_card("lin", "RC3", FACE)


# --- sessions --------------------------------------------------------------------------------------------------------
async def test_a_session_is_handed_over(paper: Paper, messenger: WeComMessenger) -> None:
    await messenger.hand_over("wk1", "wm1", "Lin")
    assert paper.to("kf/service_state/trans")[0].json == {
        "open_kfid": "wk1",
        "external_userid": "wm1",
        "service_state": 3,
        "servicer_userid": "lin",
    }


@pytest.mark.parametrize("code", [95013, 95014, 95016, 95019])
async def test_a_refused_handover_says_why(paper: Paper, messenger: WeComMessenger, code: int) -> None:
    paper.then("kf/service_state/trans", refuse(code))
    paper.then("kf/service_state/get", {"errcode": 0, "service_state": 3, "servicer_userid": "wang"})
    with pytest.raises(HandoverRefusedError) as caught:
        await messenger.hand_over("wk1", "wm1", "lin")
    assert caught.value.hint


async def test_repeating_a_handover_is_fine(paper: Paper, messenger: WeComMessenger) -> None:
    paper.then("kf/service_state/trans", cut, refuse(95016))
    paper.then("kf/service_state/get", {"errcode": 0, "service_state": 3, "servicer_userid": "Lin"})
    with pytest.raises(OutcomeUnknownError):
        await messenger.hand_over("wk1", "wm1", "lin")
    await messenger.hand_over("wk1", "wm1", "lin")


async def test_ending_an_ended_session_is_fine(paper: Paper, messenger: WeComMessenger) -> None:
    paper.then("kf/service_state/trans", refuse(95013), refuse(95016))
    paper.then("kf/service_state/get", {"errcode": 0, "service_state": 4}, {"errcode": 0, "service_state": 2})
    await messenger.end_session("wk1", "wm1")
    with pytest.raises(HandoverRefusedError):
        await messenger.end_session("wk1", "wm1")


# --- names of files --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a b.jpg"', "a b.jpg"),
        ("attachment; filename=a.jpg", "a.jpg"),
        ("attachment; filename=x.jpg; filename*=UTF-8''%E6%88%BF%E9%97%B4.jpg", "房间.jpg"),
        ("attachment; filename*=utf-8'zh'%ff.jpg", "\ufffd.jpg"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.txt"', "y.txt"),
        ('attachment; filename="a\\"b.txt"', "a_b.txt"),
        ("attachment", NAMELESS),
        ("", NAMELESS),
        ('attachment; filename=".."', NAMELESS),
    ],
)
def test_a_name_is_made_harmless(disposition: str, name: str) -> None:
    assert media_of(b"", "image/jpeg", disposition).filename == name


def test_raw_utf8_in_a_header_is_read() -> None:
    header = b'attachment; filename="\xe6\x88\xbf\xe9\x97\xb4.jpg"'.decode("utf-8", "surrogateescape")
    assert media_of(b"", "", header).filename == "房间.jpg"


def test_names_are_short_and_visible() -> None:
    assert safe_name("x" * 300 + ".jpg") == "x" * 96 + ".jpg"
    assert safe_name("发票\u202egpj.exe\n\x00") == "发票gpj.exe"
    assert safe_name("x" * 300) == "x" * 100
