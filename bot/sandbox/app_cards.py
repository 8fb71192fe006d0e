"""Cards in the staff's hands: what they show, and `message/update_template_card` (`facts/wecom.md` §3.2, §3.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import fields
from bot.sandbox.app_card_rules import INTERACTIVE, check_card
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import InboxItem


@dataclass(slots=True)
class Task:
    """One sent card that can be updated: one task_id, one copy for each receiver."""

    task_id: str
    copies: dict[str, InboxItem] = field(default_factory=dict)  #: by lower-cased staff account


def face_of(card: Body) -> dict[str, Any]:
    """What a person sees of a card, in the words of our own cards."""
    source, title = card.get("source") or {}, card.get("main_title") or {}
    quote, menu = card.get("quote_area") or {}, card.get("action_menu") or {}
    return {
        "card_type": card["card_type"],
        "task_id": card.get("task_id") or "",
        "source": source.get("desc", ""),
        "alert": source.get("desc_color") == 2,
        "title": title.get("title", ""),
        "desc": title.get("desc", ""),
        "quote": quote.get("quote_text", ""),
        "quote_title": quote.get("title", ""),
        "body": card.get("sub_title_text") or "",
        "facts": [[fact["keyname"], fact.get("value", "")] for fact in card.get("horizontal_content_list") or []],
        "choices": [_choices(question) for question in _questions(card)],
        "buttons": _buttons(card),
        "menu_title": menu.get("desc", ""),
        "menu": [{"text": line["text"], "key": line["key"]} for line in menu.get("action_list") or []],
        "url": (card.get("card_action") or {}).get("url", ""),
    }


def _questions(card: Body) -> list[Body]:
    """What a card of its type asks; fields of other types are ignored, as on the platform."""
    kind = card["card_type"]
    if kind == "multiple_interaction":
        return list(card["select_list"])
    single = card.get({"button_interaction": "button_selection", "vote_interaction": "checkbox"}.get(kind, ""))
    return [single] if single else []


def _choices(question: Body) -> dict[str, Any]:
    options = [{"id": option["id"], "text": option["text"]} for option in question["option_list"]]
    return {
        "question_key": question["question_key"],
        "title": question.get("title", ""),
        "options": options,
        "chosen": question.get("selected_id") or options[0]["id"],
    }


def _buttons(card: Body) -> list[dict[str, Any]]:
    if card["card_type"] not in INTERACTIVE:
        return []
    listed = card["button_list"] if card["card_type"] == "button_interaction" else [card["submit_button"]]
    return [
        {
            "text": button["text"],
            "key": button.get("key", ""),
            "style": button.get("style", 1),
            "url": button.get("url", "") if button.get("type") == 1 else "",
        }
        for button in listed
    ]


def is_open(face: dict[str, Any]) -> bool:
    """Whether there is anything to tap that comes back."""
    return face["card_type"] in INTERACTIVE or bool(face["menu"])


def check_task_id(sandbox: Sandbox, task_id: str) -> None:
    """Raises PlatformRefusal 42014 when the app has used this id before."""
    if task_id and task_id in sandbox.sent_cards:
        raise PlatformRefusal(Code.BAD_TASK_ID, "task_id duplicated")


def update_template_card(sandbox: Sandbox, body: Body) -> Body:
    """Grey the buttons, or put another card in place of this one. Raises PlatformRefusal.

    Unverified, and chosen: a full card may bring a task_id of its own, which must be new; codes of the
    old one stay good.
    """
    check_agent(sandbox, body)
    now = sandbox.now()
    code = sandbox.response_codes.check(fields.text(body, "response_code", missing=Code.BAD_PARAMETER), now)
    task: Task | None = sandbox.sent_cards.get(code.task_id)
    if task is None:
        raise PlatformRefusal(Code.UNKNOWN_TASK_ID, "task_id not exist")
    named, invalid = _receivers(body, task)
    button, card = fields.table(body, "button"), fields.table(body, "template_card")
    if bool(button) == bool(card):
        raise PlatformRefusal(Code.BAD_PARAMETER, "give either button or template_card")
    if button:
        line = fields.text(button, "replace_name", missing=Code.NO_BUTTON_NAME)
        code.is_used = True
        for copy in named:
            _close(sandbox, copy, line)
    else:
        check_card(card)
        _take_new_id(sandbox, task, card)
        code.is_used = True
        for copy in named:
            _replace(sandbox, copy, card)
    return {"invaliduser": invalid}


def _receivers(body: Body, task: Task) -> tuple[list[InboxItem], list[str]]:
    if fields.whole(body, "atall", 0, low=0, high=1):
        return list(task.copies.values()), []
    names = fields.texts(body, "userids", most=1000)
    if not names:
        raise PlatformRefusal(Code.BAD_PARAMETER, "userids, partyids, tagids and atall are all empty")
    found = [task.copies[name.lower()] for name in names if name.lower() in task.copies]
    return found, [name.lower() for name in names if name.lower() not in task.copies]


def _take_new_id(sandbox: Sandbox, task: Task, card: Body) -> None:
    """The id that the new card brings, if any, names the task as well from now on."""
    wanted = card.get("task_id") or task.task_id
    if sandbox.sent_cards.get(wanted) is not task:
        check_task_id(sandbox, wanted)
        sandbox.sent_cards[wanted] = task


def _close(sandbox: Sandbox, copy: InboxItem, line: str) -> None:
    copy.history.append(copy.face)
    copy.face = copy.face | {"buttons": [], "choices": [], "menu": []}
    copy.state, copy.line, copy.updated_at = "closed", line, sandbox.now()
    sandbox.feed.note("card.updated", task_id=copy.task_id, line=line)


def _replace(sandbox: Sandbox, copy: InboxItem, card: Body) -> None:
    copy.history.append(copy.face)
    copy.face = face_of(card)
    copy.task_id = copy.face["task_id"] = card.get("task_id") or copy.task_id
    copy.state = "open" if is_open(copy.face) else "closed"
    copy.line = "" if copy.state == "open" else copy.face["title"] or copy.face["body"]
    copy.updated_at = sandbox.now()
    sandbox.feed.note("card.updated", task_id=copy.task_id, line=copy.line)


def check_agent(sandbox: Sandbox, body: Body) -> None:
    """Raises PlatformRefusal 41011, 40056, 301002."""
    agent = body.get("agentid")
    if agent is None:
        raise PlatformRefusal(Code.NO_AGENTID, "agentid missing")
    if isinstance(agent, bool) or not isinstance(agent, int):
        raise PlatformRefusal(Code.BAD_AGENTID, "invalid agentid")
    if agent != sandbox.seed.agent_id:
        raise PlatformRefusal(Code.WRONG_AGENT, "no permission to this agentid")
