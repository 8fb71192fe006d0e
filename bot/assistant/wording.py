"""What a staff member's message wants. Pure.

停车怎么收费            a question
客人问停车怎么说         a question, and the words for a customer are wanted
2 · 第二个 · 都不是      a choice among what was offered
您好 · 谢谢 · 收到        nothing to look up
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from knowledge.text import normalise, strip_courtesy

TEXT_MOST = 300  #: characters of a question that are kept and looked at

_WHO = r"(?:客人|顾客|客户|住客|旅客|会员|人家|有人)们?"
_ASKED = re.compile(
    rf"^(?:如果|要是|万一|刚才|现在)?(?:有个?)?{_WHO}(?:来|会|又|刚才?|老|总|都|一直)*(?:在|想)?"
    r"(?:问|知道|咨询|打听)(?:我们?|起|到|了|过|一下|说)*[\s,，:：「“\"]*"
)
_SAY = r"(?:说|回|答|讲|回复|回答|答复|解释|介绍|告诉)"
_HOW = r"(?:该|要|应该|我们?|可以)*(?:怎么|如何|咋|怎样)"
_TAIL = re.compile(
    rf"[\s,，」”\"]*{_HOW}(?:跟|和|给|对|向)?(?:{_WHO}|[他她]们?)?{_SAY}(?:{_WHO}|[他她]们?)?[呢啊呀好\s?？。]*$"
)
_TELL_CUSTOMER = re.compile(rf"[\s,，」”\"]*{_HOW}(?:(?:跟|和|给|对|向){_WHO}{_SAY}|{_SAY}{_WHO})[呢啊呀好\s?？。]*$")
_VERSION = re.compile(r"[\s,，(（]*(?:要|给)?(?:客人|客户|顾客)(?:版|看)的?(?:答案|话术|说法|回复)?[)）\s?？。]*$")
_CHOICE = re.compile(r"(?:我?选|第)?([123一二三])(?:个|条|号|项)?")
_NUMBERS = {"一": 1, "二": 2, "三": 3}
_NONE = frozenset({"0", "都不是", "都不对", "不是", "都没有", "没有", "问总部", "转总部", "转人工", "其他", "其它"})
_HELP = frozenset({"帮助", "help", "怎么用", "你是谁", "能做什么", "说明"})
_NODS = frozenset(
    {"好", "好的", "收到", "嗯", "嗯嗯", "ok", "okk", "知道了", "明白", "明白了", "行", "懂了", "了解", "了解了"}
)


class Wants(Enum):
    QUESTION = auto()
    CHOICE = auto()
    NONE_OF_THEM = auto()
    HELP = auto()
    THANKS = auto()
    NOTHING = auto()  #: 收到


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted; `text` of a question without the words around it."""

    wants: Wants
    text: str = ""
    for_customer: bool = False
    choice: int = 0  #: from 1


def read_request(said: str) -> Request:
    """Read one message."""
    text = " ".join(said.split())[:TEXT_MOST]
    plain = normalise(text)
    if choice := _CHOICE.fullmatch(plain):
        return Request(Wants.CHOICE, choice=_NUMBERS.get(choice[1]) or int(choice[1]))
    if plain in _NONE:
        return Request(Wants.NONE_OF_THEM)
    if plain in _NODS:
        return Request(Wants.NOTHING)
    if not strip_courtesy(text):
        return Request(Wants.THANKS if "谢" in plain or "thank" in plain else Wants.HELP)
    if plain in _HELP or len(plain) < 2:
        return Request(Wants.HELP)
    rest, for_customer = _without_request(text)
    return Request(Wants.QUESTION, rest, for_customer) if normalise(rest) else Request(Wants.HELP)


def _without_request(text: str) -> tuple[str, bool]:
    """客人问停车怎么说 → 停车, and that it is for a customer."""
    asked = _ASKED.match(text)
    rest = text[asked.end() :] if asked else text
    for ending in (_VERSION, _TELL_CUSTOMER, *((_TAIL,) if asked else ())):
        if found := ending.search(rest):
            return rest[: found.start()].strip(), True
    return rest.strip(), asked is not None
