"""Whatever a customer is called and writes, the card keeps to WeCom's limits and says what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gate.cards import CardFacts, Style, complaint_settled_card, cut, finished_card, reply_card
from bot.sandbox.app_card_rules import check_card
from bot.wecom.cards import card_of

FACTS = CardFacts(
    task_id="card-1",
    style=Style.SUGGEST,
    store="西湖银泰店",
    nickname="小满",
    topic="问停车",
    said_at=datetime(2026, 11, 22, 6, 2, tzinfo=UTC),
    zone=ZoneInfo("Asia/Shanghai"),
    quote="请问开车去你们那边好停车吗",
    text="您好,楼下就是地下停车场。",
    basis="Q-001 停车 · 把握 92%",
    quota="还可发 5 条 · 周二 14:02 前",
    edit_url="https://bot.example.com/cards/card-1/edit?t=x",
    choices=(("1", "停车"), ("2", "停车费")),
    chosen="1",
    dismiss_reasons=("广告", "已当面答复", "重复提问"),
)
hostile = st.text(max_size=300) | st.text("<>&\"'\\\n\r\t\x00👨‍👩‍👧\u202e\u200b", max_size=80)


@settings(max_examples=200, deadline=None)
@given(
    style=st.sampled_from(list(Style)),
    store=hostile,
    nickname=hostile.filter(str.strip),
    topic=hostile,
    words=st.tuples(hostile, hostile, hostile, hostile, hostile),
    labels=st.lists(hostile.filter(str.strip), max_size=3),
    reasons=st.lists(hostile.filter(str.strip), max_size=5),
)
def test_every_card_is_one_that_wecom_takes(
    style: Style,
    store: str,
    nickname: str,
    topic: str,
    words: tuple[str, str, str, str, str],
    labels: list[str],
    reasons: list[str],
) -> None:
    quote, text, basis, note, before = words
    choices = tuple((str(number), label) for number, label in enumerate(labels, start=1))
    facts = replace(
        FACTS,
        style=style,
        store=store,
        nickname=nickname,
        topic=topic,
        quote=quote,
        text=text,
        basis=basis,
        note=note,
        before=before,
        choices=choices,
        chosen="1" if choices else None,
        dismiss_reasons=tuple(reasons),
    )
    check_card(card_of(reply_card(facts)))


@settings(max_examples=50, deadline=None)
@given(store=hostile, nickname=hostile, minutes=st.integers(0, 10**6))
def test_the_other_cards_too(store: str, nickname: str, minutes: int) -> None:
    check_card(card_of(finished_card("card-2", store=store, nickname=nickname, minutes=minutes)))
    check_card(card_of(complaint_settled_card("card-3", store=store, nickname=nickname)))


def test_the_clerks_card() -> None:
    face = reply_card(FACTS)
    assert (face.source, face.title, face.desc) == ("店小二 · 西湖银泰店", "小满 问停车", "14:02 发来")
    assert face.body == FACTS.text and face.quote == FACTS.quote
    assert face.facts == (("依据", "Q-001 停车 · 把握 92%"), ("时限", "还可发 5 条 · 周二 14:02 前"))
    assert [button.text for button in face.buttons] == ["发送", "修改", "我来回", "不用回"]
    assert [line.text for line in face.menu] == ["广告", "已当面答复", "重复提问"]


@pytest.mark.parametrize(
    ("style", "buttons"),
    [
        (Style.REFERENCE, ["修改", "我来回", "不用回"]),
        (Style.ALONE, ["修改", "我来回", "不用回"]),
        (Style.COMPLAINT, ["修改", "我来回", "不用回"]),
        (Style.CHOOSE, ["看所选", "修改", "我来回", "不用回"]),
    ],
)
def test_only_a_suggestion_can_be_sent(style: Style, buttons: list[str]) -> None:
    choices = FACTS.choices if style is Style.CHOOSE else ()
    assert [button.text for button in reply_card(replace(FACTS, style=style, choices=choices)).buttons] == buttons


def test_one_candidate_is_no_choice_but_the_nearest_one_is() -> None:
    one = (("1", "停车"),)
    assert reply_card(replace(FACTS, choices=one)).choices == ()
    assert len(reply_card(replace(FACTS, style=Style.CHOOSE, choices=one)).choices) == 1


def test_a_long_reply_says_where_the_rest_is() -> None:
    body = reply_card(replace(FACTS, text="字" * 113)).body
    assert len(body) == 112 and body.endswith("…(全文见修改)")
    assert reply_card(replace(FACTS, text="字" * 112)).body == "字" * 112


def test_a_long_nickname_gives_way_to_what_the_matter_is() -> None:
    long = "在人间流浪的一只很长很长的猫先生的邻居家的小朋友"
    assert reply_card(replace(FACTS, nickname=long)).title.endswith("… 问停车")
    assert reply_card(replace(FACTS, nickname=long, style=Style.CHOOSE)).title.endswith("…的问题没有现成答案")
    assert reply_card(replace(FACTS, nickname=long, style=Style.COMPLAINT)).title.endswith("… 投诉")


def test_a_long_reason_has_more_than_one_line() -> None:
    reason = "没接上:您还不是这个账号的接待人员,或还没激活企业微信;请管理员在 微信客服 › 接待人员 里添加您"
    lines = [value for key, value in reply_card(replace(FACTS, note=reason)).facts if key in ("提醒", "…")]
    assert "".join(lines).replace(" ", "") == reason.replace(" ", "") and len(lines) <= 3


def test_a_reason_on_a_card_without_text_stands_in_its_body() -> None:
    assert reply_card(replace(FACTS, style=Style.CHOOSE, text="", note="请先选一条")).body == "请先选一条"


def test_cut_is_one_line() -> None:
    assert cut("一\n二  三", 10) == "一 二 三"
    assert cut("一二三四", 3) == "一二…" and cut("一二三", 3) == "一二三"
