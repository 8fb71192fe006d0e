"""The XML that WeCom posts to an app's callback URL, before it is sealed (`facts/wecom.md` §2.1, §3.3, §3.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cdata(text: str) -> str:
    """The text as CDATA; what XML 1.0 cannot hold is dropped."""
    return "<![CDATA[" + _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def element(name: str, text: str | int) -> str:
    return f"<{name}>{text if isinstance(text, int) else cdata(text)}</{name}>"


def kf_msg_or_event(corp_id: str, at: int, token: str, open_kfid: str) -> str:
    """Something is new for this account."""
    return _event(corp_id, at, "kf_msg_or_event", element("Token", token), element("OpenKfId", open_kfid))


def kf_account_auth_change(corp_id: str, at: int, added: Sequence[str], removed: Sequence[str]) -> str:
    """An administrator granted or withdrew accounts."""
    ids = [element("AuthAddOpenKfId", id) for id in added] + [element("AuthDelOpenKfId", id) for id in removed]
    return _event(corp_id, at, "kf_account_auth_change", *ids)


def template_card_event(
    corp_id: str,
    at: int,
    *,
    agent_id: int,
    staff: str,
    task_id: str,
    card_type: str,
    key: str,
    response_code: str,
    selected: Mapping[str, Sequence[str]],
    is_menu: bool,
) -> str:
    """Somebody tapped a button, or a line of the corner menu."""
    items = "".join(
        "<SelectedItem>"
        + element("QuestionKey", question)
        + "<OptionIds>"
        + "".join(element("OptionId", id) for id in ids)
        + "</OptionIds></SelectedItem>"
        for question, ids in selected.items()
    )
    return _event(
        corp_id,
        at,
        "template_card_menu_event" if is_menu else "template_card_event",
        element("FromUserName", staff),
        element("EventKey", key),
        element("TaskId", task_id),
        element("CardType", card_type),
        element("ResponseCode", response_code),
        element("AgentID", agent_id),
        f"<SelectedItems>{items}</SelectedItems>" if items else "",
    )


def staff_text(corp_id: str, at: int, *, agent_id: int, staff: str, content: str, msg_id: int) -> str:
    """A member of staff wrote to the app."""
    return _document(
        element("ToUserName", corp_id),
        element("FromUserName", staff),
        element("CreateTime", at),
        element("MsgType", "text"),
        element("Content", content),
        element("MsgId", msg_id),
        element("AgentID", agent_id),
    )


def envelope(corp_id: str, agent_id: int, encrypted: str) -> str:
    """The outer document that is posted."""
    return _document(element("ToUserName", corp_id), element("AgentID", str(agent_id)), element("Encrypt", encrypted))


def _event(corp_id: str, at: int, name: str, *more: str) -> str:
    head = (
        element("ToUserName", corp_id),
        element("CreateTime", at),
        element("MsgType", "event"),
        element("Event", name),
    )
    return _document(*head, *more)


def _document(*elements: str) -> str:
    return "<xml>" + "".join(elements) + "</xml>"
