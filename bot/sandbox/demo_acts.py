"""What a visitor of the demo page can do: as the customer, as a clerk, and to the world."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from bot.sandbox import control_body as read
from bot.sandbox import customer_acts, staff_acts
from bot.sandbox.control_body import Body
from bot.sandbox.demo_setup import DemoSetup
from bot.sandbox.faults import Fault
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Staff, Thread

Act = Callable[[DemoSetup, Body], Awaitable[dict[str, Any] | None]]

REFUSES = 10  #: fail_type: the customer refuses messages (facts/wecom.md §2.2)
#: what each switch of the page does: the fault, how often, which call
FAULTS: dict[str, tuple[Fault, int, str]] = {
    "token": (Fault.TOKEN_EXPIRED, 1, "kf/send_msg"),
    "limit": (Fault.CONCURRENCY, 3, "kf/send_msg"),
    "cut": (Fault.CUT_AFTER, 1, "kf/send_msg"),
    "repeat": (Fault.CALLBACK_FIVE_TIMES, 1, ""),
}
_AHEAD = {"3min": timedelta(minutes=3, seconds=1), "49h": timedelta(hours=49)}
_NEXT = {"night": time(23, 30), "tomorrow": time(9, 0)}


def _thread(sandbox: Sandbox, body: Body) -> Thread:
    customer = customer_acts.add_customer(sandbox, read.text(body, "customer", required=True))
    return sandbox.world.played_thread(read.text(body, "account", required=True), customer.id)


def _staff(sandbox: Sandbox, body: Body) -> Staff:
    return sandbox.world.played_staff(read.text(body, "staff", required=True))


async def say(setup: DemoSetup, body: Body) -> None:
    customer_acts.say(setup.sandbox, _thread(setup.sandbox, body), read.text(body, "text", required=True))


async def send(setup: DemoSetup, body: Body) -> None:
    kind = read.text(body, "kind", required=True)
    customer_acts.send(setup.sandbox, _thread(setup.sandbox, body), kind, body={}, content=None, filename="")


async def enter(setup: DemoSetup, body: Body) -> None:
    param = read.text(body, "scene_param")
    customer_acts.enter(setup.sandbox, _thread(setup.sandbox, body), "door", param)


async def click(setup: DemoSetup, body: Body) -> None:
    customer_acts.click(setup.sandbox, _thread(setup.sandbox, body), read.text(body, "label"), read.text(body, "id"))


async def recall(setup: DemoSetup, body: Body) -> None:
    customer_acts.recall(setup.sandbox, _thread(setup.sandbox, body), read.text(body, "id", required=True))


async def pay(setup: DemoSetup, body: Body) -> None:
    """Pay what the newest pay link asks for."""
    till = setup.sandbox.till
    bill = till.find_bill(_thread(setup.sandbox, body))
    _, status = await till.pay(bill)
    if status != 200:
        raise ControlRefusal(f"店小二没有收下这笔付款(HTTP {status})", 409)


async def press(setup: DemoSetup, body: Body) -> dict[str, Any]:
    """Tap a card; the address when the button opens a page."""
    link = staff_acts.press(
        setup.sandbox,
        _staff(setup.sandbox, body),
        read.text(body, "task_id", required=True),
        read.text(body, "key", required=True),
        read.selection(body),
    )
    return {"link": link}


async def write(setup: DemoSetup, body: Body) -> None:
    """Write to the app: ask the assistant."""
    staff_acts.write(setup.sandbox, _staff(setup.sandbox, body), read.text(body, "text", required=True))


async def reply(setup: DemoSetup, body: Body) -> None:
    """Type to a customer whose session this person holds."""
    sandbox = setup.sandbox
    staff_acts.say(sandbox, _staff(sandbox, body), _thread(sandbox, body), read.text(body, "text", required=True))


async def end(setup: DemoSetup, body: Body) -> None:
    staff_acts.end(setup.sandbox, _staff(setup.sandbox, body), _thread(setup.sandbox, body))


async def fault(setup: DemoSetup, body: Body) -> None:
    """Switch one of the page's faults on or off."""
    name, is_on = read.text(body, "name", required=True), read.yes_no(body, "on", True)
    if name == "refuse":
        customer_acts.refuse(setup.sandbox, _thread(setup.sandbox, body), REFUSES if is_on else None)
        return
    if name not in FAULTS:
        raise ControlRefusal(f"没有「{name}」这种故障", 404)
    kind, times, path = FAULTS[name]
    setup.sandbox.faults.switch_off(kind)
    if is_on:
        setup.sandbox.faults.switch_on(kind, times, path, None)


async def clock(setup: DemoSetup, body: Body) -> None:
    """Move the clock forward; it keeps ticking from there."""
    to = read.text(body, "to", required=True)
    now = setup.clock.now()
    if to not in _AHEAD and to not in _NEXT:
        raise ControlRefusal("没有这个时间", 404)
    by = _AHEAD.get(to) or until(now, _NEXT[to], setup.zone, is_tomorrow=to == "tomorrow")
    setup.clock.move(by)
    setup.sandbox.feed.note("clock.moved", seconds=by.total_seconds())


def until(now: datetime, at: time, zone: tzinfo, *, is_tomorrow: bool) -> timedelta:
    """From now to the next such time in store time; tomorrow's, when asked for."""
    local = now.astimezone(zone)
    then = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if then <= local or is_tomorrow:
        then += timedelta(days=1)
    return then - local


async def restart(setup: DemoSetup, body: Body) -> None:
    """End the service as it stands and start it again: what was stored goes on, what was not is pulled again."""
    setup.steps.say("进程重启…", "start")
    started = stopwatch.perf_counter()
    await setup.restart()
    setup.steps.say(f"重新启动完成,用了 {(stopwatch.perf_counter() - started) * 1000:.0f} ms", "good")


ACTS: dict[str, Act] = {
    "say": say,
    "send": send,
    "enter": enter,
    "click": click,
    "recall": recall,
    "pay": pay,
    "press": press,
    "write": write,
    "reply": reply,
    "end": end,
    "fault": fault,
    "clock": clock,
    "restart": restart,
}
