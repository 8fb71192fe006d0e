"""What a short reply to our own words means: yes, no, the second one, the cheap one, never mind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from intents.message import read_clauses
from knowledge.text import normalise

_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
_LONGEST = 16  #: characters of a clause; a longer one says more than yes or no
_END = r"(?:的|了|吧|啊|呀|哦|喔|啦|嘛|呢|哈|滴|哒|得|嗯|谢谢|多谢|麻烦了|麻烦您|麻烦你)*"
_START = r"[那就嗯恩哦额我]*"
_YES = re.compile(
    rf"{_START}(?:好|好好|行|行行|可|可以|可以可以|对|对对|是|是是|没错|没问题|确定|确认|同意|成|中|妥|要|要要|"
    r"要得|就这样|就这么定|就这么办|就这个|就这间|就这款|就它|就要这个|要这个|要这间|这个好|这个行|这个可以|"
    r"这样可以|这样行|可以这样|订|下单|定|帮我订|帮我定|帮我留|帮我留一间|帮我留一份|留|留一间|留一份|来一份|来一杯|续|取消|退|"
    r"ok|okay|okk|yes|y|安排|办|麻烦|好滴|好哒|好嘞|好咧|没毛病|正确|是这样|"
    rf"订这个|定这个|订这间|选这个|来这个|来这间|恩恩|嗯嗯|嗯|恩){_END}"
)
_NO = re.compile(
    r"[那就嗯我]*(?:不|不了|不是|不对|不行|不可以|不好|不要|不用|不需要|不同意|不合适|错|错了|"
    rf"都不要|都不行|都不好|都不合适|不想要|没有|先不|不考虑|no|n){_END}"
)
_POSTPONED = (
    r"算|算了|算啦|算了算了|不(?:订|定|住|要|点|买|续|改|用|需要|弄|办|去|来|想订|想住|想要|取消|退)了|"
    r"先?不(?:订|定|续|点|买)了?|都?不要了|先这样|改天|下次|下回|改天再(?:说|订)|下次再(?:说|订)|再说|回头再说|先不用|不麻烦了|"
    r"先?别(?:订|定|弄|办|取消|退)了?|作罢|我?再?(?:考虑|想想|看看)(?:考虑|一下|下)?|等等再说"
)
_BEFORE = r"(?:那|就|嗯|我|还是|你|您|帮我|麻烦|请)*"
_DROP = re.compile(rf"{_BEFORE}(?:{_POSTPONED}|取消(?:吧|了吧|掉|掉吧|订单|预订)?){{1,3}}{_END}")
_DROP_A_CANCELLATION = re.compile(rf"{_BEFORE}(?:{_POSTPONED}){{1,3}}{_END}")  #: there, 取消 is a yes
_THUMB = re.compile(r"(?:[👌👍\U0001f197]|\[(?:强|好的|OK)\])+")
_NTH = re.compile(r"第([一二三四五1-5])|^[选要就]*([1-5])[号.、]?$|^[选要就]*([一二三])号?$")
_LAST = re.compile(r"最后(?:那|一)?(?:个|种|款|间)?|后面(?:那|一)?(?:个|种|款|间)|后者")
_FORMER = re.compile(r"前面(?:那|一)?(?:个|种|款|间)|前者|头一个")
_CHEAPEST = re.compile(r"便宜|省钱|划算|实惠|价低|最低价|低价")
_DEAREST = re.compile(r"最?贵(?:一?点|的)|最好的|好一?点的|高档|高级一?点|最大的")
_ANY = re.compile(
    rf"{_START}(?:都行|都可以|都好|都成|随便|随意|你定|您定|你看着办|您看着办|你推荐|您推荐|听你的|听您的|"
    rf"你选|您选|哪个都行|哪个都可以|无所谓|都ok){_END}"
)


class Meaning(StrEnum):
    YES = "yes"
    NO = "no"
    DROP = "drop"  #: never mind
    NTH = "nth"
    LAST = "last"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class ShortReply:
    meaning: Meaning
    position: int = 0  #: from 0; of NTH only


def read_reply(text: str, *, is_cancelling: bool = False) -> ShortReply | None:
    """What a message says to something that was offered or asked; None when it says nothing of the kind.

    Never mind goes before a choice, a choice before a plain yes: 好的,第二个 is the second. `is_cancelling`: the
    question was whether to cancel, so 取消 is a yes.
    """
    clauses = [clause.text for clause in read_clauses(text)] or [normalise(text).strip()]
    short = [clause for clause in clauses if len(clause) <= _LONGEST]
    if not "".join(short) or _THUMB.fullmatch(text.strip()):
        return ShortReply(Meaning.YES) if _THUMB.fullmatch(text.strip()) else None
    drop = _DROP_A_CANCELLATION if is_cancelling else _DROP
    if any(drop.fullmatch(clause) for clause in short):
        return ShortReply(Meaning.DROP)
    return next((found for read in (_choice, _plain) for clause in short if (found := read(clause))), None)


def _choice(clause: str) -> ShortReply | None:
    if match := _NTH.search(clause):
        digit = next(group for group in match.groups() if group)
        return ShortReply(Meaning.NTH, _NUMERALS[digit] - 1)
    for pattern, meaning in ((_LAST, Meaning.LAST), (_CHEAPEST, Meaning.CHEAPEST), (_DEAREST, Meaning.DEAREST)):
        if pattern.search(clause):
            return ShortReply(meaning)
    if _FORMER.search(clause):
        return ShortReply(Meaning.NTH, 0)
    return ShortReply(Meaning.ANY) if _ANY.fullmatch(clause) else None


def _plain(clause: str) -> ShortReply | None:
    if _YES.fullmatch(clause):
        return ShortReply(Meaning.YES)
    return ShortReply(Meaning.NO) if _NO.fullmatch(clause) else None
