"""A card's face as WeCom's template_card JSON (facts/wecom.md §3.2)."""

from __future__ import annotations

from typing import Any, Final

from bot.ports import CardButton, CardFace

QUESTION: Final = "choice"  #: question_key of the drop-down; comes back in CardPressed.selected
NOWHERE: Final = "https://work.weixin.qq.com/"  #: a notice must lead somewhere (card_action is required)
RED, GREY = 2, 0


def card_of(face: CardFace) -> dict[str, Any]:
    """button_interaction when there are buttons, else text_notice. Empty parts are left out."""
    card: dict[str, Any] = {
        "card_type": "button_interaction" if face.buttons else "text_notice",
        "task_id": face.task_id,
        "source": {"desc": face.source, "desc_color": RED if face.alert else GREY},
        "main_title": _filled(title=face.title, desc=face.desc),
        "quote_area": {"type": 0, "quote_text": face.quote} if face.quote else None,
        "sub_title_text": face.body,
        "horizontal_content_list": [{"keyname": key, "value": value} for key, value in face.facts],
        "action_menu": _menu(face),
        "card_action": _action(face),
    }
    if face.buttons:
        card["button_list"] = [_button(button) for button in face.buttons]
        card["button_selection"] = _selection(face)
    return {name: value for name, value in card.items() if value}


def _button(button: CardButton) -> dict[str, Any]:
    base = {"text": button.text, "style": button.style, "key": button.key}
    return base | ({"type": 1, "url": button.url} if button.url else {"type": 0})


def _selection(face: CardFace) -> dict[str, Any] | None:
    if not face.choices:
        return None
    options = [{"id": choice.id, "text": choice.text} for choice in face.choices]
    return {"question_key": QUESTION, "title": "换一条", "option_list": options} | _filled(selected_id=face.chosen)


def _menu(face: CardFace) -> dict[str, Any] | None:
    if not face.menu:
        return None
    return {
        "desc": face.menu_title or "更多",
        "action_list": [{"text": line.text, "key": line.key} for line in face.menu],
    }


def _action(face: CardFace) -> dict[str, Any] | None:
    if face.url:
        return {"type": 1, "url": face.url}
    return None if face.buttons else {"type": 1, "url": NOWHERE}


def _filled(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
