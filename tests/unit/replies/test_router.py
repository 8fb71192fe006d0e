"""What is suggested for a question: the order of things, and what may go out by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.replies.suggestion import Kind
from knowledge.content import Content
from knowledge.persona import Persona
from tests.unit.replies.conftest import Ask


# --- an entry answers ------------------------------------------------------------------------------------------------
def test_answer_is_hq_s_rendered_for_the_store(ask: Ask) -> None:
    found = ask("早餐几点开始")
    assert (found.kind, found.text, found.entry_number) == (Kind.FAQ, "早餐7:00-10:00。", "Q-02")
    assert found.topic == "早餐"
    assert ask("早餐几点开始", store="B2").text == "早餐6:30-9:30。"


def test_first_answer_of_the_day_opens_with_the_persona(ask: Ask) -> None:
    assert ask("发票怎么开", is_first_today=True).text == "您好,退房时前台开。"
    assert ask("发票怎么开").text == "退房时前台开。"


def test_greeting_before_a_question_is_the_question(ask: Ask) -> None:
    found = ask("你好", "发票怎么开", "谢谢")
    assert (found.kind, found.entry_number) == (Kind.FAQ, "Q-03")
    assert {"greet", "thanks"} <= set(found.intents)


def test_version_is_the_entry_s(ask: Ask, content: Content) -> None:
    assert ask("发票怎么开").entry_version == content.entries["Q-03"].version


def test_reasons_name_entry_and_confidence(ask: Ask) -> None:
    assert ask("发票怎么开").reasons[:2] == ("Q-03 发票 · 把握 98%", "和现成的问法一样")


def test_entry_for_a_person_is_a_reference_and_gets_no_opening(ask: Ask) -> None:
    found = ask("杯子打破了赔多少", is_first_today=True)
    assert (found.kind, found.text, found.may_go_alone) == (Kind.REFERENCE, "按价目表赔偿。", False)


@pytest.mark.parametrize("question", ["赔付权限是多少", "店员能免单吗", "中秋月饼怎么领"])
def test_staff_s_and_expired_entries_never_come_up(ask: Ask, question: str) -> None:
    found = ask(question)
    assert found.kind is not Kind.FAQ
    assert not {"Q-09", "Q-10"} & {one.entry_number for one in found.candidates}
    assert "免一份早餐" not in found.text


def test_entry_with_an_empty_variable_is_never_said(ask: Ask) -> None:
    assert ask("泳池在哪里", store="B2").text == "泳池在三楼。"
    here = ask("泳池在哪里", store="A1")
    assert here.entry_number != "Q-05"
    assert "Q-05" not in [one.entry_number for one in here.candidates]


def test_candidates_hold_the_chosen_one_first_and_differ_in_name(ask: Ask) -> None:
    found = ask("接机要收费吗")
    assert found.candidates[0].entry_number == found.entry_number == "Q-12"
    assert found.candidates[0].text == found.text
    labels = [one.label for one in found.candidates]
    assert len(found.candidates) <= 3
    assert len(set(labels)) == len(labels)
    assert all(0 < len(label) <= 10 for label in labels)


def test_forbidden_word_in_hq_s_answer_stays_and_is_reported(ask: Ask) -> None:
    found = ask("大床房多少钱一晚")
    assert found.text == "大床房绝对超值。"
    assert "答案里有禁用词「绝对」" in found.reasons
    assert not found.may_go_alone


# --- several bubbles -------------------------------------------------------------------------------------------------
def test_two_questions_get_both_answers_in_one_text(ask: Ask) -> None:
    found = ask("早餐几点开始", "有停车场吗")
    assert found.text == "早餐7:00-10:00。\n停车在楼下地下停车场。"
    assert (found.kind, found.entry_number, found.may_go_alone) == (Kind.FAQ, "Q-02", False)
    assert [one.entry_number for one in found.candidates][:2] == ["Q-02", "Q-01"]
    assert any("Q-02、Q-01" in reason for reason in found.reasons)


def test_two_questions_in_one_bubble_are_two_as_well(ask: Ask) -> None:
    assert ask("早餐几点开始,有停车场吗?").text == "早餐7:00-10:00。\n停车在楼下地下停车场。"


def test_second_question_that_needs_a_person_is_only_offered(ask: Ask) -> None:
    found = ask("发票怎么开", "打碎东西怎么赔")
    assert (found.text, found.entry_number) == ("退房时前台开。", "Q-03")
    assert [one.entry_number for one in found.candidates][:2] == ["Q-03", "Q-04"]
    assert any(reason.startswith("还问到 Q-04") for reason in found.reasons)


def test_one_question_in_two_bubbles_is_one(ask: Ask) -> None:
    found = ask("大床房", "多少钱一晚")
    assert (found.entry_number, found.text) == ("Q-08", "大床房绝对超值。")


# --- what may go out by itself ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "bubbles", [("停车方便吗",), ("有停车场吗?",), ("你好", "有停车场吗", "谢谢"), ("开车来,能停吗",)]
)
def test_automatic_entry_in_its_own_words_may_go_alone(ask: Ask, bubbles: tuple[str, ...]) -> None:
    found = ask(*bubbles)
    assert found.entry_number == "Q-01"
    assert found.may_go_alone


@pytest.mark.parametrize(
    "bubbles",
    [
        ("发票怎么开",),
        ("有停车场吗", "早餐几点开始"),
        ("有停车场吗", "帮我留一个靠电梯的车位"),
        ("有停车场吗,另外能把房间换到高楼层吗",),
        ("有停车场吗", "转人工"),
        ("有停车场吗", "你们太过分了"),
        ("房间里有虫子",),
    ],
)
def test_anything_else_waits_for_a_person(ask: Ask, bubbles: tuple[str, ...]) -> None:
    assert not ask(*bubbles).may_go_alone


def test_picture_beside_the_words_waits_for_a_person(ask: Ask) -> None:
    found = ask("有停车场吗", media=("image",))
    assert (found.kind, found.may_go_alone) == (Kind.FAQ, False)
    assert "还发来图片" in found.reasons


# --- nothing answers -------------------------------------------------------------------------------------------------
def test_without_an_entry_there_is_no_text_but_the_nearest(ask: Ask) -> None:
    found = ask("早餐有没有素的")
    assert (found.kind, found.text, found.entry_number, found.may_go_alone) == (Kind.CHOICES, "", None, False)
    assert "Q-02" in [one.entry_number for one in found.candidates]


def test_nonsense_has_no_candidates(ask: Ask) -> None:
    found = ask("量子纠缠咋测")
    assert (found.kind, found.text, found.candidates) == (Kind.CHOICES, "", ())


@pytest.mark.parametrize("bubbles", [(), ("",), ("🙂",), ("??",)])
def test_message_without_words_is_still_a_suggestion(ask: Ask, bubbles: tuple[str, ...]) -> None:
    assert ask(*bubbles).kind is Kind.CHOICES


# --- intents ---------------------------------------------------------------------------------------------------------
def test_greeting_alone_greets_and_thanks_alone_are_answered(ask: Ask) -> None:
    assert (ask("你好").kind, ask("你好").text) == (Kind.GREETING, "您好,有什么可以帮您~")
    assert (ask("好的,谢谢").kind, ask("谢谢").text) == (Kind.THANKS, "不客气,随时叫我~")
    assert not ask("你好").may_go_alone


def test_greeting_with_a_hole_is_no_greeting(content: Content, ask_of: Callable[[Content], Ask]) -> None:
    ask = ask_of(replace(content, persona=Persona(greeting="您好,这里是{{门店.名称}}")))
    assert ask("你好").text == "您好,这里是湖边店"
    assert (ask("你好", store=None).kind, ask("你好", store=None).text) == (Kind.GREETING, "")


def test_stop_is_answered_with_the_persona_s_sentence(ask: Ask) -> None:
    found = ask("别发了")
    assert (found.kind, found.text) == (Kind.OPT_OUT, "好的,以后不再主动打扰您啦。")


def test_stop_in_a_bubble_of_its_own_counts_beside_a_question(ask: Ask) -> None:
    found = ask("发票怎么开", "别再发了")
    assert found.kind is Kind.OPT_OUT
    assert [one.entry_number for one in found.candidates] == ["Q-03"]


def test_complaint_has_no_text_and_no_candidates(ask: Ask) -> None:
    found = ask("房间太脏了我要投诉", "发票怎么开")
    assert (found.kind, found.text, found.candidates, found.may_go_alone) == (Kind.COMPLAINT, "", (), False)
    assert found.topic == "投诉"
    assert any(reason.startswith("还问到 Q-03") for reason in found.reasons)


def test_complaint_alone_is_a_stop_too(ask: Ask) -> None:
    found = ask("投诉")
    assert found.kind is Kind.COMPLAINT
    assert set(found.intents) == {"complain", "opt_out"}


def test_trouble_is_answered_when_hq_has_an_answer_and_is_a_complaint_when_not(ask: Ask) -> None:
    answered = ask("房间里有虫子")
    assert (answered.kind, answered.entry_number) == (Kind.FAQ, "Q-07")
    assert any(reason.startswith("客人可能不满意") for reason in answered.reasons)
    assert ask("电话一直没人接").kind is Kind.COMPLAINT


def test_who_asks_for_a_person_gets_one_and_the_question_is_handed_on(ask: Ask) -> None:
    found = ask("转人工", "发票怎么开")
    assert (found.kind, found.text) == (Kind.PERSON, "")
    assert [one.entry_number for one in found.candidates] == ["Q-03"]


def test_picture_alone_is_media_also_with_a_greeting(ask: Ask) -> None:
    found = ask(media=("image", "voice"))
    assert (found.kind, found.text, found.topic) == (Kind.MEDIA, "", "图片、语音")
    assert ask("你好", media=("image",)).kind is Kind.MEDIA


# --- the store is not known ------------------------------------------------------------------------------------------
def test_answer_that_differs_by_store_asks_which(ask: Ask) -> None:
    found = ask("早餐几点开始", store=None)
    assert (found.kind, found.text, found.topic) == (Kind.ASK_STORE, "请问您问的是哪家店呢?", "早餐")
    assert ask("坐游船去哪里买票", store=None).kind is Kind.ASK_STORE


def test_answer_that_is_the_same_everywhere_needs_no_store(ask: Ask) -> None:
    assert ask("发票怎么开", store=None).kind is Kind.FAQ


def test_entry_of_another_store_is_not_asked_about_when_the_store_is_known(ask: Ask) -> None:
    assert ask("坐游船去哪里买票", store="B2").kind is Kind.CHOICES


def test_staff_s_entries_ask_for_no_store(ask: Ask) -> None:
    assert ask("赔付权限是多少", store=None).kind is Kind.CHOICES


# --- menus -----------------------------------------------------------------------------------------------------------
def test_tapped_line_is_answered_as_its_entry(ask: Ask) -> None:
    found = ask("停车", menu_id="Q-01")
    assert (found.kind, found.entry_number, found.may_go_alone) == (Kind.FAQ, "Q-01", True)
    assert ask("泳池", menu_id="Q-05", store="A1").entry_number != "Q-05"


def test_tapped_line_of_staff_or_of_nothing_is_only_its_words(ask: Ask) -> None:
    assert ask("权限", menu_id="Q-09").kind is Kind.CHOICES
    assert ask("发票怎么开", menu_id="Q-99").entry_number == "Q-03"


def test_tapped_line_without_a_store_asks_for_it(ask: Ask) -> None:
    assert ask("早餐", menu_id="Q-02", store=None).kind is Kind.ASK_STORE


def test_anger_beside_a_tap_counts(ask: Ask) -> None:
    assert ask("停车", "你们太过分了", menu_id="Q-01").kind is Kind.COMPLAINT
    assert not ask("停车", "再帮我留个位", menu_id="Q-01").may_go_alone


# --- the same again --------------------------------------------------------------------------------------------------
def test_suggestion_stays_the_same_when_nothing_that_is_shown_changed(ask: Ask) -> None:
    assert ask("发票怎么开").same_as(ask("发票怎么开", "谢谢"))
    assert not ask("发票怎么开").same_as(ask("发票怎么开", "早餐几点开始"))
    assert not ask("发票怎么开").same_as(ask("发票怎么开", "我要投诉"))


def test_suggesting_is_quick(ask: Ask) -> None:
    ask("你好", "发票怎么开", "有停车场吗")
    started = time.perf_counter()
    for _ in range(20):
        ask("你好", "发票怎么开", "有停车场吗")
    assert (time.perf_counter() - started) / 20 < 0.05
