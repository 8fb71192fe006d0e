"""What the cards about a staff question say, cut to WeCom's limits (facts/wecom.md §3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.gate.cards import BODY, BUTTON, DESC, KEY, QUOTE, SOURCE, TITLE, VALUE, cut
from bot.ports import CardButton, CardFace


class StaffKey(StrEnum):
    """What a tap says."""

    PICK = "pick"  #: "pick:1", the first of those offered
    ASK = "ask_headquarters"
    ANSWER = "answer"  #: opens the page
    DISMISS = "dismiss"


def choose_card(task_id: str, *, store: str, asked: str, options: Sequence[tuple[str, str]]) -> CardFace:
    """您问的是哪一条? `options`: at most three pairs of label and question, best first."""
    lines = [f"{number} {cut(question, 30)}" for number, (_, question) in enumerate(options, start=1)]
    picks = [
        CardButton(cut(f"{number} {label}", BUTTON), f"{StaffKey.PICK}:{number}", 2)
        for number, (label, _) in enumerate(options, start=1)
    ]
    return CardFace(
        task_id=task_id,
        source=cut(f"店小二 · {store}", SOURCE),
        title=cut("您问的是哪一条?", TITLE),
        desc=cut("点一下,或者回复数字", DESC),
        quote=cut(asked, QUOTE),
        body="\n".join(lines)[:BODY],
        buttons=(*picks, CardButton("都不是,问总部", StaffKey.ASK, 4)),
    )


def answer_card(
    task_id: str, *, store: str, name: str, asked: str, when: str, for_customer: bool, nearest: str, url: str
) -> CardFace:
    """Asks somebody at headquarters to answer what no entry does."""
    what = "要给客人的说法" if for_customer else "要员工版答案"
    facts = (("最接近", nearest),) if nearest else ()
    return CardFace(
        task_id=task_id,
        source=cut(f"店员提问 · {store}", SOURCE),
        title=cut(name, TITLE - 11) + "的问题没有现成答案",
        desc=cut(f"{when} 问 · {what}", DESC),
        quote=cut(asked, QUOTE),
        facts=tuple((cut(key, KEY), cut(value, VALUE)) for key, value in facts),
        buttons=(CardButton("写答复", StaffKey.ANSWER, 1, url), CardButton("不用答", StaffKey.DISMISS, 4)),
    )
