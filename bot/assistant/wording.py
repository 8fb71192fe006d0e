"""What a staff member's message wants. Pure.

停车怎么收费                        a question
客人问停车怎么说 · 怎么跟客人解释停车     a question, and the words for a customer are wanted
2 · 第二个 · 都不是                  a choice among what was offered
您好 · 好的谢谢 · 👌                 nothing to look up
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from unicodedata import category

from knowledge.text import normalise, strip_courtesy

TEXT_MOST = 300  #: characters of a question that are kept and looked at

# --- the words for a customer ----------------------------------------------------------------------------------------
_MARK = r"[\s,，、。.!！?？:：;；~…—「」『』“”\"'()（）]"
_GAP = rf"{_MARK}*+"
_NAMED = r"(?:客人|顾客|客户|住客|旅客|来宾|宾客)们?"
_WHO = rf"(?:(?:有|这|那|刚才|刚刚)*(?:一?[个位名])?(?:{_NAMED}|会员(?![卡价日码等积系])|人家|对方|有人))"
_GUEST = rf"(?:[这那]?[个位]?{_NAMED})"
_WHERE = r"在?(?:电话|微信|平台|前台|线上|店里|携程|美团)[里上中]?"
_BEFORE = (
    r"(?:请问|您好|你好|哈喽|在吗|店小二|小二|那个|那|麻烦|帮我|帮忙|教教?我|想?问一?下|问问?(?=[\s,，:：])|看一?下"
    rf"|如果|要是|万一|假如|比如|现在|今天|{_WHERE}|{_MARK})*+"
)
_MODES = (
    rf"(?:如果|要是|万一|打来?电话|发微信|发消息|{_WHERE}"
    r"|过来|来|会|又|刚才|刚刚?|老是?|总是?|都|一直|经常|在|想要?|就|还|突然)*+"
)
_ASKED = re.compile(
    rf"{_BEFORE}{_WHO}(?:{_MODES}(?:问(?![题询卷候])|(?<=[想要])知道|咨询(?![记台])|打听|了解)"
    rf"(?:我们?|起来|一下|了(?!解)|[到起过说](?=[\s,，:：「“]))*+{_GAP}|\s*[:：]\s*)"
)
_STATED = re.compile(
    rf"{_BEFORE}(?:有|这|那)?[个位]?{_NAMED}{_MODES}(?:(?:说|讲|反映|反馈|抱怨|嫌|觉得|要求)(?:我们?|了|过|道)*+)?{_GAP}"
)
_SAY = r"(?:回复|回答|答复|应答|解释|说明|介绍|告诉|告知|沟通|说(?!服)|回(?!访)|答(?!应|题)|讲)"
_HOW = r"(?:(?:我们?|应该|应|该|要|可以|得|需要|去|才|再)*+(?:怎么样?|如何|咋|怎样)(?:才|去)?)"
_TO = rf"(?:跟|和|给|对|向|同|与)(?:{_WHO}|[他她]们?)"
_TO_WHO = rf"(?:跟|和|给|对|向|同|与){_WHO}"
_ENDING = (
    r"(?:一下|才|比较|更|会|好一[点些]|好[点些]?|合适一[点些]|合适[点些]?|妥当|得体|专业|[吗嘛呢啊呀哈吧的]"
    rf"|谢谢[您你啦了]?|多谢|感谢|辛苦[您你啦了]?|{_MARK})*+$"
)
_THIS = rf"{_GAP}(?:这个(?:问题|情况|事))?{_GAP}"
_TAIL = re.compile(rf"{_THIS}(?:{_TO})?{_HOW}(?:{_TO})?{_SAY}(?:{_WHO}|[他她]们?)?{_ENDING}")
_TELL_TAIL = re.compile(
    rf"{_THIS}(?:{_HOW}(?:{_TO_WHO}{_SAY}|{_SAY}{_GUEST})|{_TO_WHO}{_HOW}{_SAY}"
    rf"|{_WHO}{_MODES}问(?:我们?|起来?|到|了)*+(?:的话)?{_GAP}{_HOW}{_SAY}){_ENDING}"
)
_TELL_HEAD = re.compile(
    rf"{_BEFORE}[写想给]?(?:一下|[个段])*+(?:{_HOW}(?:{_TO_WHO}{_SAY}|{_SAY}{_GUEST})|{_TO_WHO}{_HOW}{_SAY}"
    rf"|{_TO_WHO}{_SAY}(?=一下|清楚))(?:一下|清楚)?(?:说|问的?|关于|有关)?{_GAP}"
)
_ASK_FOR_WORDS = re.compile(
    rf"{_GAP}(?:麻烦|请|帮我|帮忙|求|想要|要|有没有|有|给我?|写|来|出)+(?:一?[个份段条句])?(?:标准|统一|官方|合适|客服|的)*"
    rf"(?:说法|话术|回复|答复|回答|文案){_ENDING}"
)
_VERSION = re.compile(
    rf"{_GAP}(?:[要给]?{_NAMED}[版看]的?(?:标准)?(?:答案|话术|说法|回复)?|的?(?:标准|统一|对客|客服)*话术(?:怎么说|是什么)?)"
    rf"{_ENDING}"
)
_VERSION_HEAD = re.compile(rf"{_BEFORE}(?:{_NAMED}版的?|(?:标准|统一|对客|客服)+的?(?:话术|说法)){_GAP}")
_ABOUT = re.compile(rf"的?(?:这个)?(?:问题|事情){_GAP}$")

# --- everything else -------------------------------------------------------------------------------------------------
_CHOICE = re.compile(r"(?:我|就|要|选|是)*(?:第)?([1-9一二两三])(?:个|条|号|项|种)?(?:吧|呀|啊|哈|的|就行|就好|谢谢)*")
_NUMBERS = {"一": 1, "二": 2, "两": 2, "三": 3}
_NONE = re.compile(
    r"0|其[他它]|总部|人工(?:客服|服务)?|(?:这|那)?(?:几|三|两)?(?:个|条)?(?:一个|一条)?(?:都|全)?(?:不是|不对|没有)(?:这个问题|这个|这些|的|啊|呀|我?(?:要|问|想要)的)*"
    r"|(?:都?不[是对])?(?:还是|那就?|帮我|帮忙|请|麻烦|给我)*(?:问问?|转|找|联系|咨询)(?:一?下)?(?:总部|人工|真人)(?:吧|问问|一?下|谢谢)*"
)
_HELP = frozenset({"帮助", "help", "怎么用", "你是谁", "能做什么", "你能做什么", "菜单", "功能", "测试", "test"})
_NODS = re.compile(
    r"(?:好[的嘞滴哒吧呀啊]?|收到了?|嗯|恩|哦|噢|喔|ok+|okay|知道了?|晓得了?|明白了?|清楚了?|行|可以了?|懂了?|了解了?|对的?|是的?|没事了?"
    r"|不用了|算了|哈|啦|的|取消|谢谢[您你]?|多谢|感谢[您你]?|谢了|谢|辛苦[您你]?|麻烦[您你]?|了|啊|呀|thanks?|thankyou|thx|3q)++"
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
    if _NONE.fullmatch(plain):
        return Request(Wants.NONE_OF_THEM)
    if _is_nod(text, plain):
        return Request(Wants.THANKS if re.search("谢|辛苦|麻烦|thank|thx|3q", plain) else Wants.NOTHING)
    if not strip_courtesy(text) or plain in _HELP or len(plain) < 2 or plain.isdecimal():
        return Request(Wants.HELP)
    rest, for_customer = _without_request(text)
    return Request(Wants.QUESTION, rest, for_customer) if normalise(rest) else Request(Wants.HELP)


def _is_nod(text: str, plain: str) -> bool:
    """收到, 好的谢谢, 👌; but not a lone question mark."""
    has_picture = any(category(letter) == "So" or letter == "[" for letter in text)
    return bool(_NODS.fullmatch(plain)) or (has_picture and not plain)


def _without_request(text: str) -> tuple[str, bool]:
    """客人问停车怎么说 → 停车, and that it is for a customer."""
    plain = "".join(map(_plain, text))  # a character for a character
    if asked := _ASKED.match(plain):
        ending = _first(plain, asked.end(), _VERSION, _TELL_TAIL, _TAIL, _ASK_FOR_WORDS)
        return text[asked.end() : ending].strip(), True
    if (ending := _first(plain, 0, _VERSION, _TELL_TAIL)) is not None:
        return text[:ending].strip(), True
    stated = _STATED.match(plain)
    if stated and (ending := _first(plain, stated.end(), _TAIL, _ASK_FOR_WORDS)) is not None:
        return text[stated.end() : ending].strip(), True
    if head := _TELL_HEAD.match(plain) or _VERSION_HEAD.match(plain):
        return text[head.end() : _first(plain, head.end(), _ABOUT)].strip(), True
    return text.strip(), False


def _first(plain: str, start: int, *endings: re.Pattern[str]) -> int | None:
    """Where the earliest of these endings begins."""
    return min((found.start() for ending in endings if (found := ending.search(plain, start))), default=None)


def _plain(letter: str) -> str:
    simple = normalise(letter)
    return simple if len(simple) == 1 else letter
