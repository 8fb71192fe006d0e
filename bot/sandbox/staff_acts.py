"""What a pretend member of staff does in WeCom: taps cards, writes to the app, serves customers."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox import callback_xml
from bot.sandbox.codes import Occasion
from bot.sandbox.kf_sessions import move_to, state_now
from bot.sandbox.refusal import ControlRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import InboxItem, Servicer, Shown, Staff, State, Thread

PICKED_UP, TRANSFERRED, ENDED, REOPENED = 1, 2, 3, 4  #: change_type of session_status_change


def press(
    sandbox: Sandbox, staff: Staff, task_id: str, key: str, selected: dict[str, list[str]], *, anyway: bool = False
) -> str:
    """Tap a button or a corner-menu line. Returns the address when the button opens a page, else "".

    `anyway`: a tap that was already under way when the card changed, so older faces count too. Raises ControlRefusal.
    """
    item, face = _find_face(staff, task_id, key, anyway=anyway)
    button = next((each for each in face["buttons"] if key in {each["key"], each["text"]}), None)
    if button is not None and button["url"]:
        return str(button["url"])
    line = button or next(each for each in face["menu"] if key in {each["key"], each["text"]})
    choices = _selected(face, selected)
    if not anyway:
        item.face = face | {
            "choices": [each | {"chosen": choices[each["question_key"]][0]} for each in face["choices"]]
        }
    sandbox.feed.note("card.pressed", staff=staff.account, task_id=task_id, key=line["key"], text=line["text"])
    xml = callback_xml.template_card_event(
        sandbox.seed.corp_id,
        sandbox.unix(),
        agent_id=sandbox.seed.agent_id,
        staff=staff.account,
        task_id=task_id,
        card_type=face["card_type"],
        key=line["key"],
        response_code=sandbox.response_codes.give(item.task_id, sandbox.now()),
        selected=choices,
        is_menu=button is None,
    )
    sandbox.callbacks.post(xml, f"template_card_event {line['text']}")
    return ""


def write(sandbox: Sandbox, staff: Staff, text: str) -> None:
    """Write a text to the app (§3.5)."""
    if not text or len(text.encode()) > 2048:
        raise ControlRefusal("要写点什么,最多 2048 字节", 400)
    xml = callback_xml.staff_text(
        sandbox.seed.corp_id,
        sandbox.unix(),
        agent_id=sandbox.seed.agent_id,
        staff=staff.account,
        content=text,
        msg_id=secrets.randbelow(2**62),
    )
    staff.written.append((sandbox.now(), text))
    sandbox.feed.note("staff.wrote", staff=staff.account, text=text)
    sandbox.callbacks.post(xml, f"text from {staff.account}")


def say(sandbox: Sandbox, staff: Staff, thread: Thread, text: str) -> str:
    """Type to the customer: in a session that this person holds, or one that ended and opens again (change_type 4)."""
    if not text or len(text) > 4000:
        raise ControlRefusal("要说点什么,最多 4000 个字", 400)
    state = state_now(thread, sandbox.now())
    if state is State.ENDED and staff.key in _servicers(sandbox, thread):
        old = thread.last_servicer or staff.key
        move_to(sandbox, thread, State.PERSON, staff.key)
        _tell(sandbox, thread, REOPENED, old, staff.key)
    elif state is not State.PERSON or thread.servicer != staff.key:
        raise ControlRefusal(f"{staff.name}没有在接待这位客人,先点「我来回」")
    msgid = sandbox.add_item(
        thread, {"origin": 5, "servicer_userid": staff.account, "msgtype": "text", "text": {"content": text}}
    )
    sandbox.show(thread, Shown(sandbox.now(), "staff", "text", text, msgid, staff=staff.account))
    return msgid


def end(sandbox: Sandbox, staff: Staff, thread: Thread) -> None:
    """End the session in the client; a message code for the goodbye comes with the event."""
    _check_holds(sandbox, staff, thread)
    move_to(sandbox, thread, State.ENDED, None)
    _tell(sandbox, thread, ENDED, staff.key, None, code=Occasion.ENDED)


def pick(sandbox: Sandbox, staff: Staff, thread: Thread) -> None:
    """Take the customer out of the waiting pool."""
    if state_now(thread, sandbox.now()) is not State.POOL or staff.key not in _servicers(sandbox, thread):
        raise ControlRefusal("客人不在排队,或者这位店员不是接待人员")
    move_to(sandbox, thread, State.PERSON, staff.key)
    _tell(sandbox, thread, PICKED_UP, None, staff.key, code=Occasion.PICKED_UP)


def transfer(sandbox: Sandbox, staff: Staff, thread: Thread, to: Staff) -> None:
    """Hand the customer to a colleague."""
    _check_holds(sandbox, staff, thread)
    if to.key not in _servicers(sandbox, thread):
        raise ControlRefusal(f"{to.name}不是这个客服账号的接待人员")
    move_to(sandbox, thread, State.PERSON, to.key)
    _tell(sandbox, thread, TRANSFERRED, staff.key, to.key)


def set_receiving(sandbox: Sandbox, staff: Staff, account: str, status: str) -> None:
    """Serve an account (receiving), pause (stopped), or leave it (none). A change of status is an event (§2.2)."""
    kf = sandbox.world.accounts.get(account)
    if kf is None or status not in {"receiving", "stopped", "none"}:
        raise ControlRefusal("要写客服账号,和 receiving、stopped 或 none", 400)
    if status == "none":
        kf.servicers.pop(staff.key, None)
        return
    servicer = kf.servicers.setdefault(staff.key, Servicer(staff.account))
    if servicer.is_receiving == (status == "receiving"):
        return
    servicer.is_receiving = status == "receiving"
    event: dict[str, Any] = {
        "event_type": "servicer_status_change",
        "servicer_userid": staff.account,
        "open_kfid": account,
        "status": 1 if servicer.is_receiving else 2,  # 1 and 2 here, 0 and 1 in servicer/list
    }
    if not servicer.is_receiving:
        event["stop_type"] = servicer.stop_type
    sandbox.add_item(Thread(account, ""), {"origin": 4, "msgtype": "event", "event": event})


def _find_face(staff: Staff, task_id: str, key: str, *, anyway: bool) -> tuple[InboxItem, dict[str, Any]]:
    """The item and the face that has the button. Raises ControlRefusal."""
    items = [item for item in staff.inbox if task_id in {item.task_id, *(face["task_id"] for face in item.history)}]
    if not task_id or not items:
        raise ControlRefusal(f"{staff.name}没有收到这张卡", 404)
    for item in reversed(items):
        faces = [item.face, *reversed(item.history)] if anyway else [item.face] * (item.state == "open")
        for face in faces:
            if any(key in {each["key"], each["text"]} for each in [*face["buttons"], *face["menu"]]):
                return item, face
    latest = items[-1]
    if latest.state == "closed":
        raise ControlRefusal(f"这张卡已经关了:{latest.line}")
    raise ControlRefusal(f"卡上没有「{key}」这个按钮", 404)


def _selected(face: dict[str, Any], selected: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the drop-downs stand on when the tap comes: chosen now, else as shown. Raises ControlRefusal."""
    chosen: dict[str, list[str]] = {}
    for question in face["choices"]:
        ids = selected.get(question["question_key"]) or [question["chosen"]]
        if not {option["id"] for option in question["options"]}.issuperset(ids):
            raise ControlRefusal(f"没有这个选项:{'、'.join(ids)}", 404)
        chosen[question["question_key"]] = ids
    if set(selected) - set(chosen):
        raise ControlRefusal("卡上没有这个下拉框", 404)
    return chosen


def _servicers(sandbox: Sandbox, thread: Thread) -> dict[str, Servicer]:
    return sandbox.world.accounts[thread.account].servicers


def _check_holds(sandbox: Sandbox, staff: Staff, thread: Thread) -> None:
    if state_now(thread, sandbox.now()) is not State.PERSON or thread.servicer != staff.key:
        raise ControlRefusal(f"{staff.name}没有在接待这位客人")


def _tell(
    sandbox: Sandbox, thread: Thread, change: int, old: str | None, new: str | None, *, code: Occasion | None = None
) -> None:
    """session_status_change: for what happens in the client; what the API did brings no event (§11.8)."""
    fields: dict[str, Any] = {"change_type": change}
    if old is not None:
        fields["old_servicer_userid"] = _spelled(sandbox, old)
    if new is not None:
        fields["new_servicer_userid"] = _spelled(sandbox, new)
    if code is not None:
        fields["msg_code"] = sandbox.event_codes.give(code, thread, sandbox.now())
    sandbox.add_event(thread, "session_status_change", **fields)


def _spelled(sandbox: Sandbox, key: str) -> str:
    staff = sandbox.world.staff.get(key)
    return staff.account if staff else key
