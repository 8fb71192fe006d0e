"""The words in which staff are answered. Pure.

WeCom drops a text that equals another to the same person within four hours, so every answer names its second.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.assistant.lookup import Answer

HELP = (
    "您好,有事直接打字问我,比如「发票怎么开」。要跟客人说的话,就问「客人问停车怎么说」。没有现成答案的,我帮您问总部。"
)
THANKS = "不客气,随时问我~"
ONLY_TEXT = "我现在只看得懂文字,麻烦打字问我~"
NOTHING_OFFERED = "现在没有可选的答案了,把问题再打一遍发我吧。"
TOO_FAST = "问得有点快,请歇一分钟再问;着急的事请直接打总部电话。"
TOO_MANY = "今天问得太多了,先记到这里,明天再问;着急的事请直接打总部电话。"
ASKED_ALREADY = "这个问题已经在问总部了,一有答复马上告诉您。"
NOBODY_AT_ALL = "这个还没有现成答案,总部名单里现在也没有人能接。已经记下来,会放进「待补充问答」。"
EXPIRED = "三天了,总部还没有答复您问的「{}」。已经记进「待补充问答」;着急的话请直接打总部电话。"
DISMISSED = "总部看过您问的「{}」,这次不单独答复了。还有疑问请再问我。"


def stamped(text: str, local: datetime) -> str:
    """A text that is said again and again, with its second."""
    return f"{text}({local:%H:%M:%S})"


def answer_text(answer: Answer, published_on: date | None, local: datetime, *, wanted_for_customer: bool) -> str:
    """The answer, then which entry it is, of when, and when it was asked (store time)."""
    head = ""
    if answer.is_reference:
        head = "这条要您亲自跟客人说,下面是参考:\n"
    elif answer.for_customer:
        head = "可以这样回客人:\n"
    elif wanted_for_customer:
        head = "这条没有给客人的版本,下面是员工版,别直接转给客人:\n"
    ends = f" · 有效到 {answer.ends_on:%m-%d}" if answer.ends_on else ""
    dated = f" · 资料 {published_on:%Y-%m-%d}" if published_on else ""
    return f"{head}{answer.text}\n\n{answer.number} {answer.label}{dated}{ends} · {local:%H:%M:%S} 查"


def handed_text(name: str, asked: str) -> str:
    return f"「{asked}」还没有现成答案,已经转给总部{name},一有答复马上告诉您。"


def nobody_text(asked: str, next_at: datetime | None, local: datetime) -> str:
    """Honest: nobody is there, and when somebody will be (store time)."""
    if next_at is None:
        return NOBODY_AT_ALL
    days = (next_at.date() - local.date()).days
    day = {0: "今天", 1: "明天"}.get(days) or f"{next_at:%m-%d}"
    return (
        f"「{asked}」还没有现成答案,总部现在没有人值班。{day} {next_at:%H:%M} 有人上班,到时马上转过去,有答复就告诉您。"
    )


def human_answer_text(name: str, asked: str, asked_at: datetime, answer: str, *, for_customer: bool) -> str:
    what = "可以这样回客人:" if for_customer else ""
    return f"总部{name}答复您 {asked_at:%m-%d %H:%M} 问的「{asked}」:{what}\n{answer}"
