"""What the demo's two phones show, as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from bot.sandbox.demo_setup import DemoSetup
from bot.sandbox.kf_sessions import state_now
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import InboxItem, Shown, Staff, State, Thread

MOST_BUBBLES = 120
MOST_ITEMS = 40


@dataclass(frozen=True, slots=True)
class _Times:
    now: datetime
    zone: tzinfo

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def shown(self, moment: datetime) -> str:
        """14:02; on another day 11-24 14:02."""
        local = self.local(moment)
        return f"{local:%H:%M}" if local.date() == self.local(self.now).date() else f"{local:%m-%d %H:%M}"


def view(setup: DemoSetup, account: str, customer: str, staff: str) -> dict[str, Any]:
    """The chat of one customer with one account, and what one member of staff has. Raises ControlRefusal."""
    sandbox, when = setup.sandbox, _Times(setup.clock.now(), setup.zone)
    world = sandbox.world
    known = next((one.id for one in world.customers.values() if one.name == customer), None)
    thread = world.played_thread(account, known) if known else Thread(account, "")
    person = world.played_staff(staff)
    return {
        "local": f"{when.local(sandbox.now()):%Y-%m-%dT%H:%M:%S}",
        "customer": {
            "bubbles": [_bubble(sandbox, one, when) for one in thread.shown[-MOST_BUBBLES:] if one.fail_type is None],
            "refuses": thread.refuses_with is not None,
            "servicer": _name(sandbox, thread.servicer) if state_now(thread, sandbox.now()) is State.PERSON else "",
        },
        "inbox": _conversation(person, when),
        "held": [_held(sandbox, one, when) for one in _held_by(sandbox, person.key)],
        "badges": {
            each.account: sum(item.state == "open" for item in each.inbox)
            for each in world.staff.values()
            if each.inbox
        },
        "on_duty": sorted(setup.on_duty(sandbox.now())),
        "faults": sandbox.faults.as_json(),
    }


def _bubble(sandbox: Sandbox, shown: Shown, when: _Times) -> dict[str, Any]:
    return {
        "id": shown.msgid,
        "at": when.shown(shown.at),
        "who": shown.who,
        "kind": shown.kind,
        "text": "" if shown.is_recalled else shown.text,
        "menu": shown.menu,
        "staff": _name(sandbox, shown.staff) if shown.staff else "",
        "is_recalled": shown.is_recalled,
    }


def _conversation(person: Staff, when: _Times) -> list[dict[str, Any]]:
    """What the app and this person wrote to each other, oldest first."""
    items = [(item.received_at, _item(item, when)) for item in person.inbox[-MOST_ITEMS:]]
    items += [(at, {"kind": "mine", "task_id": "", "text": text, "at": when.shown(at)}) for at, text in person.written]
    return [shown for _, shown in sorted(items, key=lambda pair: pair[0])][-MOST_ITEMS:]


def _item(item: InboxItem, when: _Times) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "task_id": item.task_id,
        "face": item.face,
        "state": item.state,
        "line": item.line,
        "at": when.shown(item.received_at),
        "changes": len(item.history),
    }


def _held_by(sandbox: Sandbox, staff: str) -> list[Thread]:
    now = sandbox.now()
    return [
        thread
        for thread in sandbox.world.threads.values()
        if thread.servicer == staff and state_now(thread, now) is State.PERSON
    ]


def _held(sandbox: Sandbox, thread: Thread, when: _Times) -> dict[str, Any]:
    """A chat that this person holds: the last few bubbles, to type under."""
    return {
        "account": thread.account,
        "customer": sandbox.world.customers[thread.customer].name,
        "bubbles": [_bubble(sandbox, one, when) for one in thread.shown[-6:]],
    }


def _name(sandbox: Sandbox, account: str | None) -> str:
    staff = sandbox.world.staff.get((account or "").lower())
    return staff.name if staff else ""
