"""Who is asked: pure figures in, a person out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.staff.duty import Choice, Load, Stage, choose, members, on_duty, stages
from knowledge.content import Content, load
from knowledge.policy import CHINA
from tests.house import files_below
from tests.small_chain import write_chain

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    folder: Path = write_chain(tmp_path_factory.mktemp("chain"))
    found = load(files_below(folder)).content
    assert found is not None
    return found


def _accounts(content: Content, stage: Stage, store: str | None) -> list[str]:
    return [person.account for person in members(content, stage, store)]


def test_who_belongs_to_a_stage(content: Content) -> None:
    assert _accounts(content, Stage.CLERK, "S1") == ["anan", "beibei"] == _accounts(content, Stage.COLLEAGUE, "S1")
    assert _accounts(content, Stage.MANAGER, "S1") == ["dingdian"]
    assert _accounts(content, Stage.MANAGER, "S2") == []
    assert _accounts(content, Stage.HEADQUARTERS, "S1") == ["zong", "zhou"]
    assert _accounts(content, Stage.CLERK, None) == [] == _accounts(content, Stage.CLERK, "S9")


def test_when_each_stage_is_asked(content: Content) -> None:
    plan = stages(content, is_complaint=False, store="S1")
    assert plan == {
        Stage.CLERK: timedelta(),
        Stage.COLLEAGUE: 3 * MINUTE,
        Stage.MANAGER: 6 * MINUTE,
        Stage.HEADQUARTERS: 15 * MINUTE,
    }
    assert stages(content, is_complaint=True, store="S1") == {
        Stage.MANAGER: timedelta(),
        Stage.HEADQUARTERS: 15 * MINUTE,
    }
    assert stages(content, is_complaint=True, store="S2") == {Stage.HEADQUARTERS: timedelta()}
    assert stages(content, is_complaint=False, store=None) == {Stage.HEADQUARTERS: timedelta()}


@pytest.mark.parametrize(("hour", "minute", "is_there"), [(8, 59, False), (9, 0, True), (17, 59, True), (18, 0, False)])
def test_on_duty_by_the_stores_clock(content: Content, hour: int, minute: int, is_there: bool) -> None:
    local = datetime(2026, 11, 22, hour, minute, tzinfo=CHINA)
    assert bool(on_duty(members(content, Stage.CLERK, "S2"), local)) is is_there
    assert bool(on_duty(members(content, Stage.CLERK, "S2"), local.astimezone(UTC).astimezone(CHINA))) is is_there


def _choose(
    content: Content, loads: dict[str, Load], preferred: str | None = None, cards_most: int | None = None
) -> Choice:
    people = members(content, Stage.CLERK, "S1")
    return choose(people, loads, preferred=preferred, per_minute=25, cards_most=cards_most)


def test_fewest_open_cards_and_then_the_name(content: Content) -> None:
    assert _choose(content, {}).account == "anan"
    assert _choose(content, {"anan": Load(open_cards=2), "beibei": Load(open_cards=1)}).account == "beibei"


def test_whoever_answered_last_comes_first_unless_away(content: Content) -> None:
    busy = {"anan": Load(open_cards=9)}
    assert _choose(content, busy, preferred="anan").account == "anan"
    assert _choose(content, {"anan": Load(is_unreachable=True)}, preferred="anan").account == "beibei"
    assert _choose(content, busy, preferred="cece").account == "beibei"  # works elsewhere now


def test_nobody_has_the_same_card_twice(content: Content) -> None:
    assert _choose(content, {"anan": Load(has_this=True)}, preferred="anan").account == "beibei"
    everybody = {"anan": Load(has_this=True), "beibei": Load(has_this=True)}
    assert _choose(content, everybody) == Choice(None)


def test_who_has_enough_is_named_for_the_collected_card(content: Content) -> None:
    full = Load(sent_last_minute=25)
    assert _choose(content, {"anan": full}).account == "beibei"
    assert _choose(content, {"anan": full, "beibei": full}) == Choice(None, "anan")
    assert _choose(content, {"anan": Load(sent_last_minute=24)}).account == "anan"
    five = Load(open_cards=5)
    assert _choose(content, {"anan": five, "beibei": five}, cards_most=5) == Choice(None, "anan")
    assert _choose(content, {"anan": five, "beibei": five}).account == "anan"


def test_nobody_there_is_nobody_full(content: Content) -> None:
    away = Load(is_unreachable=True)
    assert _choose(content, {"anan": away, "beibei": away}) == Choice(None)
    assert choose([], {}, preferred=None, per_minute=25, cards_most=None) == Choice(None)
