"""What a scenario expects of a card, and in what the card differs."""

from __future__ import annotations

from typing import Any

from bot.sandbox.play_staff import PlayedCard

EXPECTATIONS = {
    "标题含",
    "说明含",
    "正文",
    "正文含",
    "正文不是",
    "原话含",
    "来源含",
    "按钮",
    "有按钮",
    "没有按钮",
    "换一条含",
    "红色",
    "角标",
}


def card_problem(card: PlayedCard, expected: dict[str, Any]) -> str:
    """In what a card differs from what is expected; "" when in nothing."""
    shown = {"标题": card.title, "说明": card.desc, "正文": card.body, "原话": card.quote, "来源": card.source}
    for word, wanted in expected.items():
        part = word.removesuffix("含").removesuffix("不是")
        parts = [wanted] if isinstance(wanted, str) else wanted
        if word.endswith("含") and part in shown and not all(each in shown[part] for each in parts):
            return f"{part}应含「{wanted}」,却是「{shown[part]}」"
        if word == "正文" and shown["正文"] != wanted:
            return f"正文应是「{wanted}」,却是「{shown['正文']}」"
        if word == "正文不是" and shown["正文"] == wanted:
            return f"正文不该还是「{wanted}」"
        if word == "换一条含" and not all(any(each in text for text in card.choices.values()) for each in parts):
            return f"换一条应有「{wanted}」,却有 {list(card.choices.values())}"
        if word == "红色" and card.face["alert"] is not wanted:
            return "来源那行应是红色" if wanted else "来源那行不该是红色"
        if problem := _button_problem(word, wanted, card):
            return problem
    return ""


def _button_problem(word: str, wanted: Any, card: PlayedCard) -> str:
    listed = [wanted] if isinstance(wanted, str) else wanted
    if word == "按钮" and card.buttons != listed:
        return f"按钮应是 {listed},却是 {card.buttons}"
    if word == "有按钮" and not set(listed) <= set(card.buttons):
        return f"应有按钮 {listed},却是 {card.buttons}"
    if word == "没有按钮" and set(listed) & set(card.buttons):
        return f"不该有按钮 {listed},却是 {card.buttons}"
    if word == "角标" and card.menu != listed:
        return f"右上角菜单应是 {listed},却是 {card.menu}"
    return ""
