from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.cells import first_minute, last_minute
from knowledge.chain import Store
from knowledge.entry import Audience, Entry, Status
from knowledge.index import Hit, Index, Scope
from tests.unit.knowledge.making import entry, store

TODAY = date(2026, 11, 23)
HERE = store("T001", "杭州", 停车="有车位")
LINE = 0.55  #: the default 作答线

CHAIN = [
    entry("停车", "停车方便吗", "有停车场吗", "车停在哪里", counterexamples=("停车费怎么算",)),
    entry("停车费", "停车怎么收费", "停车一天多少钱", "停车要另外付钱吗"),
    entry("退房", "几点退房", "最晚什么时候退房", "退房时间"),
    entry("入住", "几点可以入住", "什么时候能办入住", "入住时间"),
    entry("早餐", "早餐几点开始", "早餐时间", "几点有早饭吃"),
    entry("早餐价", "早餐多少钱", "早餐怎么收费", "加一份早餐多少钱"),
    entry("无线网", "WiFi密码是多少", "怎么连无线网", "上网密码"),
    entry("宠物", "可以带宠物吗", "能带狗入住吗", "猫能进房间吗"),
    entry("发票", "怎么开发票", "能开发票吗", "发票抬头怎么写"),
    entry("加床", "可以加床吗", "加一张床多少钱", "能多放一张床吗"),
]


def customer(where: Store | None = HERE, on: date = TODAY) -> Scope:
    return Scope(Audience.CUSTOMER, where, on)


def staff(where: Store | None = HERE, on: date = TODAY) -> Scope:
    return Scope(Audience.STAFF, where, on)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(CHAIN)


def numbers(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.entry.number for hit in hits]


# --- right and wrong -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", ["几点退房", "请问几点退房呀?谢谢", "您好,幾點退房", "最晚什么时候退房", "退房时间!"])
def test_an_own_wording_is_known_whatever_stands_around_it(index: Index, said: str) -> None:
    best = index.search(said, customer())[0]
    assert (best.entry.number, best.is_own_wording, best.vetoes) == ("退房", True, ())
    assert best.confidence >= 0.97


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("你们那里停车方不方便", "停车"),
        ("停车一天要多少钱", "停车费"),
        ("明天最晚几点退房", "退房"),
        ("无线网络的密码是多少", "无线网"),
        ("我想带宠物狗一起住", "宠物"),
        ("早餐是几点开始", "早餐"),
    ],
)
def test_a_paraphrase_is_found_and_answered(index: Index, said: str, number: str) -> None:
    best = index.search(said, customer())[0]
    assert best.entry.number == number
    assert best.confidence >= LINE
    assert not best.is_own_wording


@pytest.mark.parametrize("said", ["今天股市怎么样", "帮我写首诗", "手机屏幕碎了哪里修", "???", "", "😀😀", "x" * 4000])
def test_an_unrelated_question_has_no_answer(index: Index, said: str) -> None:
    assert all(hit.confidence < LINE for hit in index.search(said, customer()))


def test_hits_are_few_and_ordered(index: Index) -> None:
    hits = index.search("早餐停车退房发票多少钱", customer(), limit=4)
    assert len(hits) == 4
    assert [hit.confidence for hit in hits] == sorted((hit.confidence for hit in hits), reverse=True)
    assert len(index.search("早餐", customer(), limit=1)) == 1


def test_what_matched_is_told(index: Index) -> None:
    best = index.search("停车一天要多少钱呀", customer())[0]
    assert best.wording == "停车一天多少钱"
    assert "停车" in best.words


# --- vetoes ----------------------------------------------------------------------------------------------------------
def test_a_counterexample_is_never_answered_by_its_entry(index: Index) -> None:
    hits = index.search("停车费怎么算", customer(), limit=8)
    refused = [hit for hit in hits if hit.entry.number == "停车"]
    assert hits[0].entry.number == "停车费"
    assert refused
    assert refused[0].confidence < LINE
    assert refused[0].vetoes[0] == "反例:停车费怎么算"
    assert index.search("停车方便吗", customer())[0].entry.number == "停车"


@pytest.mark.parametrize(
    ("wording", "said", "reason"),
    [
        ("三楼 305 会议室怎么订", "三楼 306 会议室怎么订", "数字不同"),
        ("可以带宠物吗", "不可以带宠物吗", "否定"),
        ("健身房几点开放", "健身房多少钱开放", "不是一件事"),
        ("早餐可以打包吗", "晚餐可以打包吗", "不是一样东西"),
    ],
)
def test_words_alike_and_another_question_is_not_sure_enough_to_go_alone(wording: str, said: str, reason: str) -> None:
    index = Index([*CHAIN[:3], entry("这条", wording)])
    same, other = index.search(wording, customer())[0], index.search(said, customer())[0]
    assert same.confidence >= 0.97
    assert other.confidence < 0.85
    assert any(reason in veto for veto in other.vetoes)


def test_one_wording_of_two_entries_is_left_to_a_person() -> None:
    hits = Index([entry("甲", "几点开门"), entry("乙", "营业时间", "几点开门")]).search("几点开门", customer())
    assert {hit.entry.number for hit in hits} == {"甲", "乙"}
    assert all(hit.confidence < 0.85 for hit in hits)


def test_two_questions_at_once_are_two_candidates(index: Index) -> None:
    hits = index.search("几点退房?能开发票吗?", customer())
    assert set(numbers(hits)[:2]) == {"退房", "发票"}
    assert all(hit.confidence < 0.85 and hit.vetoes for hit in hits[:2])


def test_a_question_behind_an_explanation_is_found_and_does_not_go_alone(index: Index) -> None:
    best = index.search("我们一家三口从外地过来,大概傍晚才能到。\n几点可以入住", customer())[0]
    assert best.entry.number == "入住"
    assert LINE <= best.confidence < 0.85
    assert not best.is_own_wording


def test_a_stores_name_is_not_part_of_the_question() -> None:
    index = Index(CHAIN, words=["T001店", "望江店"])
    own, other = index.search("T001店几点退房", customer())[0], index.search("望江店几点退房", customer())[0]
    assert own.entry.number == other.entry.number == "退房"
    assert own.is_own_wording
    assert not other.is_own_wording
    assert other.confidence < 0.85
    assert "望江店" in other.vetoes[-1]


# --- scope: what must never get out ----------------------------------------------------------------------------------
SECRET = entry(
    "机密", "最多能打几折", "客人要赔多少", customer_answer="", staff_answer="八折封顶", audience=Audience.STAFF
)
SECRET_BOTH = entry(
    "两版", "几点交接班", customer_answer="给客人的话", staff_answer="给员工的话", audience=Audience.STAFF
)
NO_TEXT = entry("没写", "什么时候装修", customer_answer="", staff_answer="下个月装修")


@pytest.mark.parametrize("hidden", [SECRET, SECRET_BOTH, NO_TEXT])
def test_an_answer_for_staff_never_reaches_a_customer(hidden: Entry) -> None:
    index = Index([*CHAIN, hidden])
    for said in hidden.wordings:
        assert hidden.number not in numbers(index.search(said, customer(), limit=20))
        assert hidden.number not in numbers(index.search(said, customer(None), limit=20))
        assert index.search(said, staff())[0].entry.number == hidden.number


def test_staff_see_what_customers_see_too(index: Index) -> None:
    assert numbers(index.search("几点退房", staff()))[0] == "退房"


@pytest.mark.parametrize("status", [Status.STOPPED, Status.DRAFT])
def test_what_is_not_active_is_never_served(status: Status) -> None:
    index = Index([entry("停", "几点退房", status=status), entry("用", "早餐几点")])
    for scope in (customer(), staff()):
        assert "停" not in numbers(index.search("几点退房", scope, limit=9))


@pytest.mark.parametrize(
    ("fields", "where", "is_served"),
    [
        ({"stores": frozenset({"T001"})}, store("T001"), True),
        ({"stores": frozenset({"T001"})}, store("T002"), False),
        ({"stores": frozenset({"T001"})}, None, False),
        ({"cities": frozenset({"杭州"})}, store("T009", "杭州"), True),
        ({"cities": frozenset({"杭州"})}, store("T009", "苏州"), False),
        ({"stores": frozenset({"T001"}), "cities": frozenset({"苏州"})}, store("T009", "苏州"), True),
        ({"stores": frozenset({"T001"}), "cities": frozenset({"苏州"})}, store("T001", "杭州"), True),
        ({}, None, True),
    ],
)
def test_an_entry_stays_where_it_belongs(fields: dict[str, object], where: Store | None, is_served: bool) -> None:
    index = Index([entry("这条", "泳池开放吗", **fields), *CHAIN])
    assert ("这条" in numbers(index.search("泳池开放吗", customer(where), limit=9))) is is_served


@pytest.mark.parametrize(
    ("day", "is_served"),
    [(date(2026, 12, 1), True), (date(2026, 12, 25), True), (date(2026, 11, 30), False), (date(2026, 12, 26), False)],
)
def test_both_days_count(day: date, is_served: bool) -> None:
    index = Index(
        [entry("圣诞", "圣诞有活动吗", starts_at=first_minute("2026-12-01"), ends_at=last_minute("2026-12-25")), *CHAIN]
    )
    assert ("圣诞" in numbers(index.search("圣诞有活动吗", customer(on=day), limit=9))) is is_served


def test_an_answer_with_a_hole_is_not_served() -> None:
    index = Index([entry("变量", "车位情况", customer_answer="{{门店.停车}}"), *CHAIN])
    assert numbers(index.search("车位情况", customer()))[0] == "变量"
    assert "变量" not in numbers(index.search("车位情况", customer(store("T002")), limit=9))
    assert "变量" not in numbers(index.search("车位情况", customer(None), limit=9))


def test_each_reader_needs_only_their_own_answer_complete() -> None:
    both = entry("两版", "车位情况", customer_answer="{{门店.停车}}", staff_answer="{{门店.内部}}")
    index = Index([both, *CHAIN])
    assert numbers(index.search("车位情况", customer()))[0] == "两版"
    assert "两版" not in numbers(index.search("车位情况", staff(), limit=9))


def test_an_empty_index_finds_nothing() -> None:
    assert Index([]).search("几点退房", customer()) == ()


@given(st.text(alphabet="停车退房早餐多少钱几点吗,。?\n 12aT店望江", max_size=30), st.booleans())
@settings(max_examples=120, deadline=None)
def test_no_words_bring_out_what_is_for_staff(said: str, is_known_store: bool) -> None:
    hits = LEAKY.search(said, customer(HERE if is_known_store else None), limit=20)
    assert not {"机密", "两版", "没写"} & set(numbers(hits))
    assert all(0 <= hit.confidence <= 1 for hit in hits)


LEAKY = Index([*CHAIN, SECRET, SECRET_BOTH, NO_TEXT], words=["T店", "望江店"])


# --- what fits better and may not be shown ---------------------------------------------------------------------------
POOL = ("泳池几点开放", "游泳池开到几点", "泳池开放时间")
GYM = ("健身房几点开放", "健身房开到几点", "健身房开放时间")


def test_what_fits_better_elsewhere_is_not_told_and_makes_its_neighbour_less_sure() -> None:
    gym, pool = entry("健身房", *GYM), entry("泳池", *POOL, stores=frozenset({"T009"}))
    said = "泳池晚上开放到几点"
    alone = Index([*CHAIN, gym]).search(said, customer())[0]
    beside = Index([*CHAIN, gym, pool]).search(said, customer())
    assert "泳池" not in numbers(beside)
    assert beside[0].entry.number == alone.entry.number == "健身房"
    assert beside[0].confidence < min(alone.confidence, LINE)
    assert not any("泳池几点" in text for hit in beside for text in (hit.wording, *hit.vetoes))
    assert Index([*CHAIN, gym, pool]).search(said, customer(store("T009")))[0].entry.number == "泳池"


def test_the_same_question_answered_otherwise_elsewhere_makes_nobody_less_sure() -> None:
    here, there = entry("本店", *GYM, stores=frozenset({"T001"})), entry("外店", *GYM, stores=frozenset({"T009"}))
    alone = Index([*CHAIN, here]).search("健身房晚上开到几点", customer())[0]
    beside = Index([*CHAIN, here, there]).search("健身房晚上开到几点", customer())[0]
    assert beside.entry.number == "本店"
    assert beside.confidence == pytest.approx(alone.confidence, abs=0.1)


# --- words -----------------------------------------------------------------------------------------------------------
def test_synonyms_of_hq_s_are_one_word() -> None:
    said = "云朵怎么打开"
    entries = [*CHAIN, entry("窗帘", "智能窗帘怎么打开"), entry("投影", "投影仪怎么打开")]
    assert Index(entries, synonyms={"云朵": "智能窗帘"}).search(said, customer())[0].entry.number == "窗帘"


def test_a_misheard_question_is_understood_and_does_not_go_alone(index: Index) -> None:
    best = index.search("几点推房", customer())[0]
    assert best.entry.number == "退房"
    assert LINE <= best.confidence < 0.85
    assert best.vetoes == ("按读音当作「几点退房」",)


def test_each_view_tells_its_part(index: Index) -> None:
    best = index.search("停车一天要多少钱", customer())[0]
    assert [view for view, _ in best.parts] == ["字", "词", "整条的字", "整条的词", "答案和分类"]
    assert all(part >= 0 for _, part in best.parts)
