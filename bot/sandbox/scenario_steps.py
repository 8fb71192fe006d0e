"""The vocabulary of scenarios: one function a word. `scenarios/README.md` explains them to whoever writes one."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.play_line import NothingCameError
from bot.sandbox.play_staff import PlayedCard, PlayedStaff
from bot.sandbox.scenario_card import EXPECTATIONS, card_problem
from bot.sandbox.scenario_stage import ACTORS, ScenarioError, Stage, Step, UnmetError

Play = Callable[[Stage, Step, Any], Awaitable[None]]

SETTLES_IN = 0.5  #: seconds after which a list of replies counts as complete
MODIFIERS = {"选", "卡", "记作", "给", "时限", "可以失败", "备注"}
_UNITS = {"天": "days", "小时": "hours", "分钟": "minutes", "秒": "seconds"}


def check_step(step: Any) -> str:
    """What is wrong with a step as written, "" when nothing is."""
    if not isinstance(step, dict):
        return "要是「词: 值」的形式"
    if "同时" in step:
        inner = [check_step(each) for each in step["同时"] or [None]]
        return next((problem for problem in inner if problem), "")
    actors = [actor for actor in ACTORS if actor in step]
    known = {"客人": CUSTOMER, "店员": STAFF}.get(actors[0], {}) if actors else WORLD
    words = [word for word in step if word not in MODIFIERS and word not in ACTORS]
    unknown = [word for word in words if word not in known]
    if len(actors) > 1:
        return "一步只写一个人"
    if unknown:
        return f"不认识「{unknown[0]}」。可以写:{'、'.join(known)}"
    if len(words) != 1:
        return "一步只做一件事"
    expected = step[words[0]] if words[0] in {"收到卡", "卡变成"} else {}
    strange = set(expected) - EXPECTATIONS if isinstance(expected, dict) else {"(要写成「词: 值」)"}
    return f"不认识「{min(strange)}」。可以写:{'、'.join(sorted(EXPECTATIONS))}" if strange else ""


def find_action(step: Step) -> tuple[str, Play]:
    """The word that a checked step is about, and how it is played."""
    for words in (CUSTOMER, STAFF) if set(ACTORS) & set(step) else (WORLD,):
        for word, play in words.items():
            if word in step and (words is WORLD or ("客人" in step) == (words is CUSTOMER)):
                return word, play
    raise ScenarioError("一步只做一件事")


# --- the customer ----------------------------------------------------------------------------------------------------
async def _says(stage: Stage, step: Step, text: str) -> None:
    stage.said[text] = await _customer(stage, step).says(text)


async def _says_all(stage: Stage, step: Step, texts: list[str]) -> None:
    msgids = await _customer(stage, step).says_all(texts)
    stage.said.update(zip(texts, msgids, strict=True))


async def _says_quietly(stage: Stage, step: Step, text: str) -> None:
    stage.said[text] = await _customer(stage, step).says(text, quietly=True)


async def _sends(stage: Stage, step: Step, kind: str) -> None:
    await _customer(stage, step).sends(kind)


async def _enters(stage: Stage, step: Step, visit: dict[str, str] | None) -> None:
    await _customer(stage, step).enters(**(visit if isinstance(visit, dict) else {}))


async def _clicks(stage: Stage, step: Step, label: str) -> None:
    await _customer(stage, step).clicks(label)


async def _recalls(stage: Stage, step: Step, text: str) -> None:
    if text not in stage.said:
        raise ScenarioError(f"客人没说过「{text}」")
    await _customer(stage, step).recalls(stage.said[text])


async def _refuses(stage: Stage, step: Step, is_on: bool) -> None:
    await _customer(stage, step).refuses(10 if is_on else None)


async def _pays(stage: Stage, step: Step, how: dict[str, str] | str | None) -> None:
    """Pay what the newest link asks for; 再付 the last payment told again, 伪造 with another secret, or a sum."""
    customer, last = _customer(stage, step), stage.variables.get("付款号", "")
    if how in ("再报", "伪造"):
        paid = await customer.pays(id=last if how == "再报" else "", secret="x" * 20 if how == "伪造" else "")
    else:
        paid = await customer.pays(amount="" if how in (None, True, "应付") else str(how))
    stage.variables["付款号"] = str(paid["id"])
    if (paid["status"] == 200) != (how != "伪造"):
        raise UnmetError(f"付款通知得到 HTTP {paid['status']}")


async def _received(stage: Stage, step: Step, expected: list[str] | str) -> None:
    """Everything that reached the customer, exactly, and nothing more a moment later."""
    wanted = [expected] if isinstance(expected, str) else expected
    customer = _customer(stage, step)

    async def look() -> bool | None:
        received = await customer.received()
        if len(received) > len(wanted):
            raise UnmetError(f"应只收到 {wanted},却收到 {received}")
        return True if received == wanted else None

    try:
        await stage.play.until(look, _limit(step), "")
    except NothingCameError:
        raise UnmetError(f"应收到 {wanted},却收到 {await customer.received()}") from None
    await asyncio.sleep(SETTLES_IN)
    if (received := await customer.received()) != wanted:
        raise UnmetError(f"应只收到 {wanted},却收到 {received}")


async def _received_with(stage: Stage, step: Step, part: str) -> None:
    """The next reply has this in it."""
    reply = await _customer(stage, step).next_reply(_limit(step))
    if part not in reply:
        raise UnmetError(f"回复应含「{part}」,却是「{reply}」")


async def _received_nothing(stage: Stage, step: Step, seconds: float) -> None:
    """Nothing new reaches the customer for so many seconds."""
    customer = _customer(stage, step)
    before = await customer.received()
    await asyncio.sleep(float(seconds))
    if (received := await customer.received()) != before:
        raise UnmetError(f"不该收到 {received[len(before) :]}")


async def _session(stage: Stage, step: Step, state: int) -> None:
    """The session comes to this state."""
    customer = _customer(stage, step)

    async def look() -> bool | None:
        return True if await customer.session() == int(state) else None

    try:
        await stage.play.until(look, _limit(step), "")
    except NothingCameError:
        raise UnmetError(f"会话状态应是 {state},却是 {await customer.session()}") from None


# --- staff -----------------------------------------------------------------------------------------------------------
async def _gets_card(stage: Stage, step: Step, expected: dict[str, Any]) -> None:
    """The next open card, of one person or of whoever of several gets one first (接卡人, 另一位)."""
    names = step["店员"] if isinstance(step["店员"], list) else [step["店员"]]

    async def look() -> tuple[str, PlayedCard] | None:
        for name in names:
            if (card := await stage.play.staff(name).find_card()) is not None:
                return name, card
        return None

    holder, card = await stage.play.until(look, _limit(step), f"{'、'.join(names)} 没有收到新卡")
    stage.play.staff(holder).take(card)
    others = [name for name in names if name != holder]
    if others:
        stage.variables |= {"接卡人": holder, "另一位": others[0]}
    name = step.get("记作") or "卡"
    stage.cards.pop(name, None), stage.holders.pop(name, None)  # the latest comes last
    stage.cards[name], stage.holders[name] = card, holder
    _check_card(card, expected)


async def _presses(stage: Stage, step: Step, button: str) -> None:
    await stage.card(step).press(button, choice=step.get("选"))


async def _presses_anyway(stage: Stage, step: Step, button: str) -> None:
    """A tap that was under way when the card changed."""
    await stage.card(step).press(button, choice=step.get("选"), anyway=True)


async def _card_becomes(stage: Stage, step: Step, expected: dict[str, Any]) -> None:
    """The card shows something else, in place."""
    card = stage.card(step)

    async def look() -> bool | None:
        await card.refreshed()
        return None if card_problem(card, expected) else True

    try:
        await stage.play.until(look, _limit(step), "")
    except NothingCameError:
        raise UnmetError(card_problem(card, expected)) from None


async def _card_closes(stage: Stage, step: Step, part: str) -> None:
    line = await stage.card(step).closed(_limit(step))
    if part not in line:
        raise UnmetError(f"卡关了应写「{part}」,却写「{line}」")


async def _no_new_card(stage: Stage, step: Step, seconds: float) -> None:
    try:
        card = await _staff(stage, step).next_card(float(seconds))
    except NothingCameError:
        return
    raise UnmetError(f"不该有新卡,却收到「{card.title}」")


async def _open_cards(stage: Stage, step: Step, count: int) -> None:
    titles = [card.title for card in await _staff(stage, step).open_cards()]
    if len(titles) != int(count):
        raise UnmetError(f"应有 {count} 张开着的卡,却有 {titles}")


async def _gets_notice(stage: Stage, step: Step, part: str) -> None:
    staff = _staff(stage, step)

    async def look() -> bool | None:
        return True if any(part in notice for notice in await staff.notices()) else None

    try:
        await stage.play.until(look, _limit(step), "")
    except NothingCameError:
        raise UnmetError(f"应收到通知「{part}」,却有 {await staff.notices()}") from None


async def _types(stage: Stage, step: Step, text: str) -> None:
    await _staff(stage, step).types(step["给"], text, stage.variables.get("账号", ""))


async def _ends(stage: Stage, step: Step, customer: str) -> None:
    await _staff(stage, step).ends(customer, stage.variables.get("账号", ""))


async def _writes(stage: Stage, step: Step, text: str) -> None:
    await _staff(stage, step).writes(text)


async def _stops(stage: Stage, step: Step, status: str) -> None:
    await _staff(stage, step).serves(stage.variables["账号"], {"停止": "stopped", "接待": "receiving"}[status])


# --- everything else -------------------------------------------------------------------------------------------------
async def _waits(stage: Stage, step: Step, seconds: float) -> None:
    await asyncio.sleep(float(seconds))


async def _moves_clock(stage: Stage, step: Step, by: str) -> None:
    """「49小时」「3分钟」「1天2小时」."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(天|小时|分钟|秒)", by)
    if not parts or re.sub(r"[\d.\s]|天|小时|分钟|秒", "", by):
        raise ScenarioError(f"看不懂「{by}」,要像 49小时、3分钟")
    await stage.play.move_clock(**{_UNITS[unit]: float(number) for number, unit in parts})


async def _switches_fault(stage: Stage, step: Step, fault: dict[str, Any]) -> None:
    await stage.play.fault(
        str(fault["名"]), times=int(fault.get("次", 1)), path=str(fault.get("路径", "")), value=fault.get("值")
    )


async def _clears_faults(stage: Stage, step: Step, _: Any) -> None:
    await stage.play.no_faults()


async def _calls(stage: Stage, step: Step, expected: dict[str, Any]) -> None:
    """How often the service called one API so far: 次数 exactly or 至少; or 成功 exactly, counting errcode 0."""
    path = str(expected["路径"])
    ends_at = time.monotonic() + (_limit(step) or stage.play.patience)
    while problem := _calls_problem(await stage.play.calls(path), expected):
        if time.monotonic() > ends_at:
            raise UnmetError(f"{path}:{problem}")
        await asyncio.sleep(0.1)


def _calls_problem(calls: list[dict[str, Any]], expected: dict[str, Any]) -> str:
    codes = [call["errcode"] for call in calls]
    good = codes.count(0)
    if "次数" in expected and len(codes) != int(expected["次数"]):
        return f"应调用 {expected['次数']} 次,却有 {len(codes)} 次 {codes}"
    if len(codes) < int(expected.get("至少", 0)):
        return f"应至少调用 {expected['至少']} 次,却有 {len(codes)} 次"
    if "成功" in expected and good != int(expected["成功"]):
        return f"应成功 {expected['成功']} 次,却有 {good} 次 {codes}"
    return ""


CUSTOMER: dict[str, Play] = {
    "说": _says,
    "连说": _says_all,
    "悄悄说": _says_quietly,
    "发": _sends,
    "进入": _enters,
    "点菜单": _clicks,
    "撤回": _recalls,
    "拒收": _refuses,
    "付款": _pays,
    "收到": _received,
    "收到含": _received_with,
    "没收到": _received_nothing,
    "会话": _session,
}
STAFF: dict[str, Play] = {
    "收到卡": _gets_card,
    "点": _presses,
    "还是点": _presses_anyway,
    "卡变成": _card_becomes,
    "卡关了": _card_closes,
    "没有新卡": _no_new_card,
    "开着的卡": _open_cards,
    "收到通知": _gets_notice,
    "打字": _types,
    "结束": _ends,
    "写": _writes,
    "接待状态": _stops,
}
WORLD: dict[str, Play] = {
    "等": _waits,
    "快进": _moves_clock,
    "故障": _switches_fault,
    "清故障": _clears_faults,
    "调用": _calls,
}


def _customer(stage: Stage, step: Step) -> Any:
    return stage.play.customer(step["客人"], stage.variables.get("账号", ""))


def _staff(stage: Stage, step: Step) -> PlayedStaff:
    return stage.play.staff(step["店员"])


def _limit(step: Step) -> float | None:
    return float(step["时限"]) if "时限" in step else None


def _check_card(card: PlayedCard, expected: dict[str, Any]) -> None:
    if problem := card_problem(card, expected):
        raise UnmetError(problem)
