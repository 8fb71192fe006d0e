"""The two sample chains are what a newcomer sees first: whole, free of errors, and written with care."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

import knowledge
from intents.catalogue import load_catalogue
from intents.recogniser import Recogniser
from knowledge import template
from knowledge.chain import Role, Store
from knowledge.content import Content, Loaded, load
from knowledge.entry import Audience, Autonomy, Entry, Status
from knowledge.index import Hit, Scope

SAMPLES = Path(knowledge.__file__).parent / "samples"
CHAINS = ("hotel", "coffee")
DEMO_DAY = date(2026, 11, 22)  # a day on which some entries are over, some hold and some are yet to come
#: Words that advertising law forbids or that need a proof, and words that are rude (facts/compliance.md §6.4).
NEVER_SAID = re.compile(
    "国家级|世界级|最佳|最优|最好吃|最低价|第一品牌|全国第一|唯一|独一无二|顶级|极致|极品|首屈一指|百分百|100%|绝对|永久|零风险|特供"
    "|免费|限时|原价|返现|抽奖|独家|首创|保证|养生|减肥|功效|治疗|自己看|不知道",
)
_ACCOUNT = re.compile(r"wk[A-Za-z0-9_-]{4,62}")


def read(chain: str) -> dict[str, bytes]:
    folder = SAMPLES / chain
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def loaded() -> dict[str, Loaded]:
    return {chain: load(read(chain)) for chain in CHAINS}


@pytest.fixture(params=CHAINS)
def chain(request: pytest.FixtureRequest, loaded: dict[str, Loaded]) -> Content:
    return content_of(loaded[request.param])


@pytest.fixture
def hotel(loaded: dict[str, Loaded]) -> Content:
    return content_of(loaded["hotel"])


@pytest.fixture
def coffee(loaded: dict[str, Loaded]) -> Content:
    return content_of(loaded["coffee"])


def content_of(loaded: Loaded) -> Content:
    assert loaded.content is not None, "\n".join(str(problem) for problem in loaded.problems)
    return loaded.content


def key(text: str) -> str:
    """Nothing but letters and digits: what two questions share when only their punctuation differs."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).lower() if char.isalnum())


def answers(content: Content, entry: Entry) -> list[str]:
    """The customers' answer as each store that can give it would send it."""
    text = entry.customer_answer
    return [template.render(text, store) for store in content.stores.values() if not template.holes(text, store)]


@pytest.mark.parametrize("name", CHAINS)
def test_only_empty_cells_are_warned_of(loaded: dict[str, Loaded], name: str) -> None:
    strange = [
        str(problem) for problem in loaded[name].problems if problem.is_error or problem.code != "empty-variable"
    ]
    assert strange == []


def test_hotel_is_as_large_as_promised(hotel: Content) -> None:
    assert len(hotel.stores) == 8
    assert len({store.city for store in hotel.stores.values()}) == 5
    assert len(hotel.staff) == 20
    assert len(hotel.entries) >= 150


def test_coffee_is_small_and_of_another_trade(coffee: Content) -> None:
    assert len(coffee.stores) == 3
    assert len({store.city for store in coffee.stores.values()}) == 2
    assert len(coffee.staff) == 7
    assert len(coffee.entries) >= 40
    assert not any("入住" in entry.question or "退房" in entry.question for entry in coffee.entries.values())


def test_hotel_has_every_kind_of_entry(hotel: Content) -> None:
    entries = hotel.entries.values()
    assert sum(entry.audience is Audience.STAFF for entry in entries) >= 12
    assert sum(entry.autonomy is Autonomy.AUTO for entry in entries) >= 12
    assert sum(entry.autonomy is Autonomy.PERSON for entry in entries) >= 8
    assert {entry.status for entry in entries} == set(Status)
    assert any(entry.stores for entry in entries)
    assert any(entry.cities for entry in entries)
    assert any(entry.ends_on and entry.ends_on < DEMO_DAY for entry in entries), "one that is over"
    assert any(entry.starts_on and entry.starts_on > DEMO_DAY for entry in entries), "one yet to come"
    assert any(entry.ends_on and entry.is_valid_on(DEMO_DAY) for entry in entries), "one in force"


def test_every_entry_has_five_other_wordings(chain: Content) -> None:
    assert [entry.number for entry in chain.entries.values() if not 5 <= len(entry.similar) <= 8] == []


def test_no_question_is_asked_by_two_entries(chain: Content) -> None:
    asked = Counter(key(wording) for entry in chain.entries.values() for wording in entry.wordings)
    assert [wording for wording, times in asked.items() if times > 1] == []


def test_a_counterexample_is_none_of_the_entrys_own_wordings(chain: Content) -> None:
    for entry in chain.entries.values():
        assert not {key(said) for said in entry.counterexamples} & {key(said) for said in entry.wordings}, entry.number


def test_answers_keep_to_the_persona(chain: Content) -> None:
    for entry in chain.entries.values():
        for text in answers(chain, entry):
            assert len(text) <= chain.persona.longest, entry.number
            assert not any(word in text for word in (*chain.persona.forbidden, "{{")), entry.number
            assert not NEVER_SAID.search(text), (entry.number, text)


def test_opening_is_not_said_twice(chain: Content) -> None:
    assert chain.persona.opening
    assert [entry.number for entry in chain.entries.values() if entry.customer_answer.startswith("您好")] == []


def test_every_customer_answer_can_be_given_somewhere(chain: Content) -> None:
    unheard = [
        entry.number
        for entry in chain.entries.values()
        if entry.audience is Audience.CUSTOMER and not answers(chain, entry)
    ]
    assert unheard == []


def test_card_topics_are_short(chain: Content) -> None:
    assert [entry.number for entry in chain.entries.values() if not 1 <= len(entry.subcategory) <= 6] == []


def test_every_store_has_a_manager_and_a_clerk(chain: Content) -> None:
    for number in chain.stores:
        assert {member.role for member in chain.staff.values() if member.store == number} == {Role.CLERK, Role.MANAGER}
    assert any(member.role is Role.HEADQUARTERS and member.store is None for member in chain.staff.values())


def test_demo_store_is_staffed_at_any_hour(hotel: Content) -> None:
    crew = [member for member in hotel.staff.values() if member.store in ("T001", None)]
    assert sum(member.role is Role.CLERK for member in crew) >= 2
    assert hotel.staff["linxiaoman"].name == "林小满"
    monday = datetime(2026, 11, 23)  # noqa: DTZ001 - shifts are in the store's own time
    hours = [monday + timedelta(hours=hour) for hour in range(7 * 24)]
    assert all(member.shifts.covers(hour) for member in crew for hour in hours)


def test_accounts_look_like_wecoms_and_one_is_shared(hotel: Content) -> None:
    accounts = Counter(account for store in hotel.stores.values() for account in store.accounts)
    assert all(_ACCOUNT.fullmatch(account) for account in accounts)
    assert sorted(accounts.values()) == [1, 1, 1, 1, 1, 1, 2]


def test_parking_is_answered_as_on_the_first_screen(hotel: Content) -> None:
    store = hotel.stores["T001"]
    assert (store.name, store.city) == ("西湖银泰店", "杭州")
    hit = hotel.index.search("请问开车去你们那边好停车吗", Scope(Audience.CUSTOMER, store, DEMO_DAY))[0]
    assert (hit.entry.number, hit.entry.subcategory) == ("Q-001", "停车")
    said = template.render(hit.entry.customer_answer, store)
    assert said == "咱们楼下就是银泰地下停车场，开车来的话记得预留几分钟哦~"


def test_an_empty_cell_silences_the_entry_in_that_store_only(hotel: Content) -> None:
    def asked_in(store: Store) -> set[str]:
        return {
            hit.entry.number for hit in hotel.index.search("有接机服务吗", Scope(Audience.CUSTOMER, store, DEMO_DAY))
        }

    assert "Q-009" not in asked_in(hotel.stores["T008"])
    assert "Q-009" in asked_in(hotel.stores["T001"])


@pytest.mark.parametrize("name", CHAINS)
def test_tables_open_in_excel(name: str) -> None:
    tables = {path: data for path, data in read(name).items() if path.endswith(".csv")}
    assert tables
    for path, data in tables.items():
        assert data.startswith(b"\xef\xbb\xbf"), path
        assert data.count(b"\r\n") >= 2, path


def test_hotel_shows_every_way_of_writing() -> None:
    files = read("hotel")
    assert {Path(path).suffix for path in files if path.startswith("faq/")} == {".csv", ".xlsx", ".yaml"}
    joined = b"".join(data for path, data in files.items() if path.endswith(".csv"))
    assert b"##" in joined
    assert re.search(rb'"[^",]+\n[^",]+"', joined), "questions on lines of their own within a cell"


def test_no_question_to_customers_is_taken_for_something_else(chain: Content) -> None:
    recogniser = Recogniser.load()
    asked = [said for entry in chain.entries.values() if entry.audience is Audience.CUSTOMER for said in entry.wordings]
    found = {said: {one.intent for one in recogniser.recognise(said)} for said in asked}
    ours = {intent.name for intent in load_catalogue().values() if not intent.is_learned}
    assert {said: intents for said, intents in found.items() if intents & ours} == {}


def test_questions_that_stand_in_no_entry_find_theirs(hotel: Content) -> None:
    asked = yaml.safe_load((Path(__file__).parent / "asked.yaml").read_text(encoding="utf-8"))
    scope = Scope(Audience.CUSTOMER, hotel.stores["T001"], DEMO_DAY)
    strangers = asked.pop("none")
    found = {said: hotel.index.search(said, scope) for questions in asked.values() for said in questions}
    right = [said for number, said in _pairs(asked) if found[said] and found[said][0].entry.number == number]
    assert len(right) / len(found) >= 0.85
    taken = [said for said in strangers if (hits := hotel.index.search(said, scope)) and is_answer(hotel, hits[0])]
    assert len(taken) <= 2, taken


def is_answer(content: Content, hit: Hit) -> bool:
    return hit.confidence >= content.policy.answer_line


def _pairs(asked: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(number, said) for number, questions in asked.items() for said in questions]
