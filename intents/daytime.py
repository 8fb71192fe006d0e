"""Times of day: 下午三点半, 晚8点, 15:30, 3pm, 半小时后. A part of the day alone (晚上) is no time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal

from intents.numerals import COUNT, read_number, read_whole

PART = (
    r"(?:凌晨|半夜|深夜|午夜|后半夜|大?清早|一大早|清晨|早上|早晨|早间|上午|午前|中午|正午|晌午|下午|午后|傍晚|黄昏|"
    r"晚上|晚间|夜里|夜晚|夜间|当晚|大晚上|(?<=天)(?:早|晚|夜)(?!餐|饭|点|上|班|安|市|景|宵|茶)|(?<=[今明后昨])[早晚夜]|"
    r"[早晚](?=\d{1,2}[点:]|(?!一点(?![半钟]))[一二三四五六七八九十]{1,2}点))"
)
_HOUR = r"(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_MINUTE = r"(?:[0-5]?\d|[零〇一二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九])"
#: What makes 一点 and 三点 something else than a time of day: 一点点, 三点五折, 四点八分.
_NO_CLOCK = (
    r"(?![点儿心餐单菜评赞击睛头水]|[\d零一二三四五六七八九]+(?:折|公里|米|升|倍|斤|元|块|万|km|kg)"
    r"|之间|一线|钟?方向|式|不同|建议|意见|要求|需求|问题|疑问|原因)"
)
_CLOCK = (
    rf"(?:(?<![\d:])(?P<h1>{_HOUR}):(?P<m1>[0-5]\d)(?::\d\d)?(?![\d:])\s?(?P<ap1>[ap]\.?m)?"
    rf"|(?<![\d:])(?P<h2>1[0-2]|[1-9])\s?(?P<ap2>[ap]\.?m)(?![a-z])"
    rf"|差(?P<less>{_MINUTE}|[一二两三四五六七八九]|一刻)分?(?:钟)?(?:到|就)?(?P<h3>{_HOUR})点"
    rf"|(?<![\d:.几零〇幺])(?P<h4>{_HOUR})(?P<h5>(?:-|~|到|至|、|或者?){_HOUR}|[二三四五六七八九])?点{_NO_CLOCK}(?:钟|整|来钟|多钟?)?"
    rf"(?P<m4>半|[一三]刻|过?{_MINUTE}分?(?!钟后|[间个位杯份元块折天晚月号日]))?(?:钟|整|多)?"
    rf"|(?<![\d:.小])(?P<h6>2[0-3]|1\d|\d)时(?![候间段尚令常差光期])(?P<m6>半|{_MINUTE}分?)?)"
)
CLOCK = rf"(?:(?P<part>{PART})的?(?:大概|大约|差不多|约|是|在|,)?)?{_CLOCK}"
_ONE = re.compile(r"^(?:一|两|三)点$")
_ONE_AFTER = re.compile(
    r"钟|整|半|左右|前|之前|以前|到|来|退|入住|取|送|叫|吧|多|-|~|开|后|以后|之后|的|可以|能|有|行|,|$"
)
_ADJECTIVE = re.compile(
    r"[快早晚慢宜大小多少高低好差近远静点净贵热冷甜淡浓亮暗软硬有厚薄长短松紧这那差细深浅重轻实惠]$"
)
_WAKING = re.compile(r"叫醒|叫早|起床|早餐|早饭|赶飞机|赶火车|晨跑|早起|morning")
_NIGHT = frozenset(("凌晨", "后半夜"))
_LATE = frozenset(("半夜", "深夜", "午夜"))
_MORNING = frozenset(("早", "上午", "午前", "清早", "大清早", "一大早", "清晨", "早上", "早晨", "早间"))
_NOON = frozenset(("中午", "正午", "晌午"))
_EVENING = frozenset(("晚", "夜", "晚上", "晚间", "夜里", "夜晚", "夜间", "当晚", "大晚上"))
_AMOUNT = rf"(?:半个?|{COUNT}个半|{COUNT}|\d+\.5|[一二三]刻)"
_SPAN = (
    rf"(?P<n1>{_AMOUNT})个?多?(?P<u1>小时|钟头|h(?![a-z])|分钟|分|刻?钟)(?:零?(?P<n2>\d{{1,2}}|{_MINUTE})(?:分钟|分))?"
)
DELTA = (
    rf"(?<![超每过停满第\d])(?:(?P<pre>再过|再有|还有|还要|还得|过|大概|大约|约)?{_SPAN}(?:左右|多|不到)?"
    r"(?P<post>后|以后|之后|过后|(?:之?内)?(?:就|能|可以|会)?(?:到达|到|过来|来取|来拿|来|去取|过去|取)))"
    rf"|(?:再?过|再等)(?P<n3>{_AMOUNT})个?(?P<u3>小时|钟头|分钟|刻?钟)"
)


class Clock:
    """What the groups of CLOCK say."""

    def __init__(self, match: re.Match[str], part: str, left: str, right: str) -> None:
        """`part`: of the day, said before. `left` and `right`: what stands around it."""
        self._match = match
        self.part = match["part"] or part
        self._right = right
        self._is_anchored = bool(self.part) or left.endswith(("天", "号", "日", "周", "的", ",")) or left == ""
        self._left = left

    def read(self) -> tuple[int, int] | None:
        """Hour and minute as said, the hour not yet by the part of the day; None when it is no time after all."""
        groups = self._match
        if groups["less"]:
            minutes = 15 if groups["less"] == "一刻" else read_whole(groups["less"]) or 0
            return ((read_whole(groups["h3"]) or 0) - 1) % 24, 60 - minutes
        hour_words = groups["h1"] or groups["h2"] or groups["h4"] or groups["h6"]
        hour = read_whole(hour_words or "")
        if hour is None or not self._is_time():
            return None
        return hour, self._minute()

    def _is_time(self) -> bool:
        words = self._match.group().removeprefix(self._match["part"] or "")
        if not _ONE.match(words) or self.part:
            return True
        if _ADJECTIVE.search(self._left):
            return False
        return bool(_ONE_AFTER.match(self._right)) or (words != "一点" and self._is_anchored)

    def _minute(self) -> int:
        words = self._match["m1"] or self._match["m4"] or self._match["m6"] or ""
        if words.endswith("刻"):
            return 15 if words.startswith("一") else 45
        return 30 if words == "半" else read_whole(words.strip("过分")) or 0

    @property
    def is_afternoon(self) -> bool | None:
        mark = self._match["ap1"] or self._match["ap2"]
        return mark.startswith("p") if mark else None


def hour_of_day(hour: int, part: str, *, is_afternoon: bool | None = None, text: str = "") -> int:
    """The hour on the 24-hour clock. Without a part of the day the hours that a shop sees: 3点 is 15, 8点 is 8."""
    if hour > 12:
        return hour % 24
    if is_afternoon is not None:
        return hour % 12 + (12 if is_afternoon else 0)
    if part in _NIGHT or (part in _LATE and hour < 6):
        return hour % 12
    if part in _LATE or part in _EVENING:
        return (hour + 12) % 24 if hour > 4 else hour
    if part in _MORNING:
        return hour
    if part in _NOON:
        return hour + 12 if hour < 10 else hour
    if part:
        return hour % 12 + 12
    return hour if hour == 0 or hour > 6 or _WAKING.search(text) else hour + 12


def is_waking(text: str) -> bool:
    """Whether it speaks of what happens in the morning."""
    return bool(_WAKING.search(text))


def is_over(part: str, now: datetime) -> bool:
    """Whether that part of today is behind us."""
    ends = 10 if part in _MORNING else 14 if part in _NOON else 24 if part in _EVENING | _LATE else 19 if part else 24
    return now.hour >= (5 if part in _NIGHT else 12 if part in ("上午", "午前") else ends)


def read_delta(match: re.Match[str], now: datetime) -> datetime | None:
    """The moment that DELTA speaks of, without seconds."""
    units: dict[str, Callable[[Decimal], timedelta]] = {"小时": _hours, "钟头": _hours, "h": _hours}
    words, unit = match["n1"] or match["n3"], match["u1"] or match["u3"]
    if unit in ("刻钟", "钟") and not words.endswith("刻") and unit != "刻钟":
        return None
    amount = read_number(words.removesuffix("刻") if words != "半个" else "半")
    if amount is None:
        return None
    span = units.get(unit, _minutes)(amount * (15 if "刻" in words + unit else 1))
    if match["n2"]:
        span += timedelta(minutes=read_whole(match["n2"]) or 0)
    moment = now + span
    return moment.replace(second=0, microsecond=0) if span < timedelta(days=3) else None


def _hours(amount: Decimal) -> timedelta:
    return timedelta(minutes=int(amount * 60))


def _minutes(amount: Decimal) -> timedelta:
    return timedelta(minutes=int(amount))


def clock_time(hour: int, minute: int) -> time:
    return time(hour % 24, minute % 60)
