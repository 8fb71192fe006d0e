"""The words in which staff are answered. Pure.

WeCom drops a text that equals another to the same person within four hours, so every answer names its second.
"""

from __future__ import annotations

from datetime import date, datetime

from bot.assistant.lookup import Answer

SURE = 0.8  #: confidence below which an answer says what to do when it is wrong

HELP = (
    "您好,有事直接打字问我,比如「发票怎么开」。要跟客人说的话,就问「客人问停车怎么说」。\n"
    "没有现成答案的,我帮您问总部;答得不对,回我「问总部」。"
)
THANKS = "不客气,随时问我~"
ONLY_TEXT = "我现在只看得懂文字,麻烦打字问我~"
NOTHING_OFFERED = "现在没有可选的答案了,把问题再打一遍发我吧。"
NO_SUCH_CHOICE = "没有可选的第 {} 条:点卡片上的一条,或者把问题再打一遍发我。"
TOO_FAST = "问得有点快,请歇一分钟再问;着急的事请直接打总部电话。"
TOO_MANY = "今天问得太多了,先记到这里,明天再问;着急的事请直接打总部电话。"
ASKED_ALREADY = "这个问题已经在问总部了,一有答复马上告诉您。"
NOBODY_AT_ALL = "这个还没有现成答案,总部名单里现在也没有人能接。已经记下来,会放进「待补充问答」。"
EXPIRED = "三天了,总部还没有答复您问的「{}」。已经记进「待补充问答」;着急的话请直接打总部电话。"
DISMISSED = "总部看过您问的「{}」,这次不单独答复了。还有疑问请再问我。"


def stamped(text: str, local: datetime) -> str:
    """A text that is said again and again, with its second."""
    return f"{text}({local:%H:%M:%S})"


def answer_texts(
    answer: Answer,
    published_on: date | None,
    local: datetime,
    *,
    wanted_for_customer: bool,
    instead_of: tuple[str, str] | None,
    is_repeated: bool,
) -> tuple[str, ...]:
    """The answer, which entry it is, of when, and when it was asked (store time).

    The words for a customer are a message of their own, to be copied whole; unless they were sent lately
    (`is_repeated`), when WeCom would drop them. `instead_of`: the store that was named, and the
    asker's, for which this answer holds.
    """
    ends = f" · 有效到 {answer.ends_on:%m-%d}" if answer.ends_on else ""
    dated = f" · 资料 {published_on:%Y-%m-%d}" if published_on else ""
    source = f"{answer.number} {answer.label}{dated}{ends} · {local:%H:%M:%S} 查"
    source += "\n不对的话,回我「问总部」" if answer.confidence < SURE else ""
    head = f"您问的好像是{instead_of[0]},我只能按{instead_of[1]}的资料答。\n" if instead_of else ""
    if answer.for_customer and not answer.is_reference:
        if is_repeated:
            return (f"{answer.text}\n\n{head}可以这样回客人 · {source}",)
        return f"{head}可以这样回客人,下一条整条复制就行:\n{source}", answer.text
    if answer.is_reference:
        head += "这条要您亲自跟客人说,下面是参考:\n"
    elif wanted_for_customer:
        head += "这条没有给客人的版本,下面是员工版,别直接转给客人:\n"
    return (f"{head}{answer.text}\n\n{source}",)


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


def human_answer_texts(
    name: str, asked: str, asked_at: datetime, answer: str, *, for_customer: bool, is_repeated: bool
) -> tuple[str, ...]:
    """What somebody at headquarters wrote; the words for a customer as in `answer_texts`."""
    head = f"总部{name}答复您 {asked_at:%m-%d %H:%M} 问的「{asked}」"
    if for_customer and not is_repeated:
        return f"{head},可以这样回客人,下一条整条复制就行:", answer
    return (f"{head}:{'可以这样回客人:' if for_customer else ''}\n{answer}",)
