"""What stands between two days, and so how the second belongs to the first."""

from __future__ import annotations

import re
from enum import StrEnum

from intents.daytime import PART


class Joint(StrEnum):
    NONE = "none"
    RANGE = "range"  #: 3号到5号
    LEAVING = "leaving"  #: 3号入住,5号退房
    LIST = "list"  #: 周三和周四
    OTHER = "other"  #: 周三或者周四
    SAME = "same"  #: 28号也就是周六
    FIX = "fix"  #: 明天,不对,后天


_ARRIVE = r"(?:入住|住进去|住店|住下|住|来|到店|到达|到|进店|进|开始|起|出发|过来|抵达|入店)"
_RANGE = re.compile(
    rf"(?:的|号)?(?:{PART}|[早晚])?{_ARRIVE}{{0,2}}(?:的|算)?[,]?(?:我|想|要|一直|就|打算|准备|需要|可能|大概|预计)*"
    r"(?:住到|住至|到|至|-+|~+|直到|待到|呆到|玩到|续到|到的)(?:了)?"
)
_LIST = re.compile(
    r"(?:的?(?:晚上|晚|早上)?)?(?:、|,|/|\+|&)?(?:和|跟|及|与|以及|还有|加上?|再加上?|连着|然后)?[,]?|(?:都|也)?(?:要|住)?(?:和|还有|、)|(?:都|也)?(?:要|住)"
)
_OTHER = re.compile(
    r".{0,6}(?:或者?是?|还是|要么|要不|要不然|不行就|不行的话|没有就|没房就|没房的话|没有的话|也行|也可以).{0,6}"
)
_SAME = re.compile(r".{0,6}(?:也就是|就是|即|正好是?|刚好是?|是|[(（]|,就)[,]?|[(（]")
_FIX = re.compile(
    r"不对|不不|说错|写错|打错|错了|口误|[哦啊噢哎额]不|不是(?:,|$)|改成|改到|改为|改在|改期到?|改约|改订|换成|换到|换为|提前到|提早到|推迟到|延后到|延到|"
    r"挪到|调到|调整到|调成|变成|应该是|而是|算了|更正|纠正|不要了|取消了"
)
_FIX_SHORT = re.compile(r"[,吧的啊呢]*不[,是]*")
_DENIED = re.compile(r"(?<!是)(?<!要)(?:不是|并非|而非|不要|不订|不定|不住|不去|不选|不用|别订|别选|别|非)(?:的)?$")
_ASKED = re.compile(r"(?:的)?(?:吗|么|嘛|吧|\?)")
_REFUSED = re.compile(
    r"(?:的)?(?:那天)?(?:不行|不要了?|不去了?|来不了|去不了|没空|不方便|不住了?|赶不上|有事|没房|不合适)(?!的话|就)"
)
_LEAVING = re.compile(
    r".{0,8}?(?:退房|离店|离开|撤|走(?![廊到路])|退(?!款|订|钱|票|单|掉)|回(?![复来信电馈])|返程|check ?out)"
)
_LEAVING_ON = re.compile(r"(?:离店|退房|离开|返程|check ?out)(?:日期|时间|日|时)?[是为:在]*\s*$")
_UNTIL = re.compile(
    r"(?:住到|住至|续到|续住到|续住至|延到|延住到|延长到|待到|呆到|玩到|留到|住满到|住直到|续房到|房间?续到|住到了)(?:了)?$"
)
_ANY_ARRIVAL = re.compile(_ARRIVE)


def joint(gap: str, after: str) -> Joint:
    """`gap`: between two days; `after`: what follows the second."""
    if _FIX_SHORT.fullmatch(gap) or (len(gap) <= 16 and _FIX.search(gap)):
        return Joint.FIX
    if _RANGE.fullmatch(gap) or _UNTIL.search(gap):
        return Joint.RANGE
    if _LEAVING_ON.search(gap) and len(gap) <= 20:
        return Joint.LEAVING
    if _LEAVING.match(after) and len(gap) <= 20 and not _OTHER.fullmatch(gap):
        return Joint.LEAVING
    if gap and _LIST.fullmatch(gap) and gap not in ("的", ","):
        return Joint.LIST
    if gap in ("", "的", ",", "(", "（"):
        return Joint.LIST if gap != "(" and gap != "（" else Joint.SAME
    if len(gap) <= 14 and _OTHER.fullmatch(gap):
        return Joint.OTHER
    return Joint.SAME if _SAME.fullmatch(gap) else Joint.NONE


def is_denied(before: str, after: str) -> bool:
    """不是明天; but 不是明天吗 asks."""
    return bool(_DENIED.search(before)) and not _ASKED.match(after)


def is_refused(after: str) -> bool:
    """明天不行: counts when another day follows."""
    return bool(_REFUSED.match(after))


def is_leaving(after: str) -> bool:
    return bool(_LEAVING.match(after))


def is_until(before: str) -> bool:
    """住到周五, with nothing said of the first day."""
    return bool(_UNTIL.search(before))


def is_fix(gap: str) -> bool:
    return bool(_FIX_SHORT.fullmatch(gap) or (len(gap) <= 16 and _FIX.search(gap)))
