"""What a card says (SCREENS.md, the clerk's card), cut to WeCom's limits (facts/wecom.md §3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from bot.gate.quota import clock_time
from bot.ports import CardButton, CardChoice, CardFace

SOURCE, TITLE, DESC, BODY, KEY, VALUE, QUOTE, OPTION, BUTTON = 13, 26, 30, 112, 5, 26, 120, 10, 10
_MORE = "…(全文见修改)"
_NOTE_LINES = 3
_ORDER_LINES, _ROWS = 4, 6  #: of at most six lines, two say why and until when


class Key(StrEnum):
    """What a tap says."""

    SEND = "send"
    SHOW = "show"  #: 看所选
    EDIT = "edit"
    TAKE = "take"
    DISMISS = "dismiss"
    REASON = "reason"  #: corner menu, "reason:0"
    GIVE_BACK = "give_back"
    STAY = "stay"
    SETTLED = "settled"  #: the complaint is dealt with


class Style(StrEnum):
    """Which card: what may be done with the draft."""

    SUGGEST = "suggest"  #: a text that 发送 sends
    REFERENCE = "reference"  #: 仅人工: the text as 参考
    CHOOSE = "choose"  #: no entry; the nearest ones to choose from
    ALONE = "alone"  #: nothing to send: media, asks for a person
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """Everything that a reply card is composed of; times aware, texts uncut."""

    task_id: str
    style: Style
    store: str
    nickname: str
    topic: str
    said_at: datetime
    zone: tzinfo
    quote: str
    text: str
    basis: str  #: "Q-001 停车 · 把握 92%"
    quota: str
    edit_url: str
    choices: tuple[tuple[str, str], ...] = ()  #: (id, label)
    chosen: str | None = None
    dismiss_reasons: tuple[str, ...] = ()
    note: str = ""  #: one more line that matters: why a handover failed, that a colleague has waited
    before: str = ""  #: what happened before, on a complaint
    can_take: bool = True
    order: tuple[tuple[str, str], ...] = ()  #: what is to be ordered, the weightiest first
    made_at: datetime | None = None  #: when the card was made; None: the day it was said


def reply_card(facts: CardFacts) -> CardFace:
    """The card that asks a clerk what to do with a draft."""
    return CardFace(
        task_id=facts.task_id,
        source=cut(_source(facts), SOURCE),
        alert=facts.style is Style.COMPLAINT,
        title=cut(_title(facts), TITLE),
        desc=cut(_desc(facts), DESC),
        quote=cut(facts.quote, QUOTE),
        body=_body(facts),
        facts=tuple((cut(key, KEY), cut(value, VALUE)) for key, value in _rows(facts) if value),
        choices=tuple(CardChoice(id, cut(label, OPTION)) for id, label in facts.choices)
        if len(facts.choices) > 1 or _is_choosing(facts)
        else (),
        chosen=facts.chosen,
        buttons=_buttons(facts),
        menu=tuple(
            CardButton(cut(reason, BUTTON), f"{Key.REASON}:{index}")
            for index, reason in enumerate(facts.dismiss_reasons[:3])
        ),
        menu_title="不用回的理由",
    )


def finished_card(task_id: str, *, store: str, nickname: str, minutes: int) -> CardFace:
    """聊完了吗: asked when a person has held a session in silence."""
    return CardFace(
        task_id=task_id,
        source=cut(f"店小二 · {store}", SOURCE),
        title=cut(f"和{nickname}聊完了吗?", TITLE),
        desc=cut(f"已安静 {minutes} 分钟", DESC),
        body="交回之后,客人再来问,店小二会继续帮您准备回复。",
        buttons=(CardButton("交回店小二", Key.GIVE_BACK, 1), CardButton("还在聊", Key.STAY, 2)),
    )


def complaint_settled_card(task_id: str, *, store: str, nickname: str) -> CardFace:
    """Asks the manager to say when a complaint is dealt with; until then nothing goes out by itself."""
    return CardFace(
        task_id=task_id,
        source=cut("投诉还没有结", SOURCE),
        alert=True,
        title=cut(f"{nickname}的投诉处理好了吗?", TITLE),
        desc=cut(store, DESC),
        body="处理好之前,店小二不会自动给这位客人发任何消息。处理好了点一下,就恢复正常。",
        buttons=(CardButton("已处理好", Key.SETTLED, 1),),
    )


def cut(text: str, most: int) -> str:
    """`text` in one line of at most `most` characters, the last one an ellipsis when something is missing."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _body(facts: CardFacts) -> str:
    if facts.note and not facts.text:
        return cut(facts.note, BODY)
    if facts.style is Style.COMPLAINT:
        return cut(facts.before, BODY)
    text = facts.text.strip()
    return text if len(text) <= BODY else text[: BODY - len(_MORE)] + _MORE


def _is_choosing(facts: CardFacts) -> bool:
    return facts.style is Style.CHOOSE and bool(facts.choices)


def _source(facts: CardFacts) -> str:
    return "需要您亲自处理" if facts.style is Style.COMPLAINT else f"店小二 · {facts.store}"


def _title(facts: CardFacts) -> str:
    """A long nickname gives way to what the matter is."""
    what = {Style.COMPLAINT: " 投诉", Style.CHOOSE: "的问题没有现成答案"}.get(facts.style, f" {facts.topic}")
    return cut(facts.nickname, max(TITLE - len(what), 4)) + what


def _desc(facts: CardFacts) -> str:
    said = f"{_said_when(facts)} 发来"
    if facts.style is Style.COMPLAINT:
        return f"{said} · {facts.store}"
    if facts.style is Style.REFERENCE:
        return f"{said} · 请您亲自回,下面是参考"
    return said


def _said_when(facts: CardFacts) -> str:
    """14:02; with its date when the card is made on another day."""
    said = facts.said_at.astimezone(facts.zone)
    is_today = facts.made_at is None or said.date() == facts.made_at.astimezone(facts.zone).date()
    return clock_time(facts.said_at, facts.zone) if is_today else f"{said:%m-%d %H:%M}"


def _rows(facts: CardFacts) -> list[tuple[str, str]]:
    rows = [*facts.order[:_ORDER_LINES], ("依据", facts.basis), ("时限", facts.quota)]
    if facts.note and facts.text:
        lines = _wrap(facts.note, VALUE, _NOTE_LINES)
        rows = [*zip(("提醒", "…", "…"), lines, strict=False), *rows]
    return rows[:_ROWS]


def _wrap(text: str, width: int, most: int) -> list[str]:
    """`text` in at most so many lines, broken behind punctuation where that leaves no line half empty."""
    lines: list[str] = []
    rest = " ".join(text.split())
    while len(rest) > width and len(lines) < most - 1:
        at = max(rest.rfind(mark, width // 2, width) for mark in ",;。、:") + 1
        lines.append(rest[: at or width])
        rest = rest[at or width :].lstrip()
    return [*lines, cut(rest, width)] if rest else lines


def _buttons(facts: CardFacts) -> tuple[CardButton, ...]:
    first = {
        Style.SUGGEST: (CardButton("发送", Key.SEND, 1),),
        Style.CHOOSE: (CardButton("看所选", Key.SHOW, 1),) if facts.choices else (),
        Style.REFERENCE: (CardButton("看所选", Key.SHOW, 2),) if facts.choices else (),
    }.get(facts.style, ())
    take = (CardButton("我来回", Key.TAKE, 2),) if facts.can_take else ()
    return (*first, CardButton("修改", Key.EDIT, 2, facts.edit_url), *take, CardButton("不用回", Key.DISMISS, 4))
