"""Days that are said by their number: 2026-12-31, 12月3号到5号, 25、26号, 12.24, and months and parts of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

from intents.anchors import DAY, DAYS_OF_MONTH, SPAN
from intents.mention import Kind, Lean, Mention, Scope, add_months, day_or_none, last_day
from intents.numerals import read_whole

Match = re.Match[str]
_DAYS_AFTER_MONTH = re.compile(rf"的?(?P<days>{DAYS_OF_MONTH})")
_ONE_DAY = re.compile(DAY)
_SPAN = re.compile(SPAN)
_YEARS_ON = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2, "大后": 3}
_CUE_LEFT = re.compile(r"[住订定到从来想约]$|入住|预订|日期是?$")
_CUE_RIGHT = re.compile(r"(?:号|日)?(?:入住|[住到至来的有去离退订]|[-~]\d{1,2}[./]\d|[,]?还?有|早|晚|[上下中]午|$)")
_NO_DATE_AFTER = re.compile(
    r"元|块|¥|升|折|倍|米|寸|斤|度|%|分(?!店)|点|个|人|公里|平|kg|km|ml|g|l|版|版本|的?版|万|间|楼|号楼|岁|位|层|小时|天|杯|份|晚|折"
)
_NO_DATE_BEFORE = re.compile(
    r"(?:¥|\$|价格?|版本?|v|密码|评分|分数|打了|编号|尾号|单号|订单号?|电话|手机号?|微信号?|房号|房间号?|折扣|比例|门牌)[是为:]?$"
)


def spoken_year(match: Match, scope: Scope) -> int | None:
    if written := match["y"]:
        year = read_whole(written) or 0
        return year if year >= 100 else 2000 + year
    return scope.today.year + _YEARS_ON[match["ry"]] if match["ry"] else None


def iso(match: Match, scope: Scope) -> Mention | None:
    if _NO_DATE_BEFORE.search(scope.left):
        return None
    month, day = (match["m"], match["d"]) if match["m"] else (match["c"][:2], match["c"][2:])
    found = day_or_none(int(match["y"]), int(month), int(day))
    if found is None:
        return None
    mention = Mention(Kind.DAY, match.start(), match.end(), found)
    return mention.asking(f"{found}已经过了") if found < scope.today else mention


def forward(scope: Scope, year: int | None, month: int, day: int) -> tuple[date | None, str]:
    """A month and a day, in the year that is meant, with a doubt if there is one."""
    if year is not None:
        found = day_or_none(year, month, day)
        return found, f"{found}已经过了" if found and found < scope.today else ""
    base = scope.base() if scope.lean is not Lean.BESIDE else scope.today
    days = (day_or_none(base.year + on, month, day) for on in range(9))
    found = next((one for one in days if one is not None and one >= base), None)
    if found and scope.lean is Lean.AFTER and (found - base).days > 300:
        return day_or_none(found.year - 1, month, day), "结束的日子比开始的早"
    if found and not scope.lean and (found - base).days > 335:
        return found, f"{month}月{day}日刚过,是明年的吗"
    return found, ""


def month(match: Match, scope: Scope) -> Mention | None:
    year = spoken_year(match, scope)
    if match["m"]:
        month = 1 if match["m"] == "元" else read_whole(match["m"])
        if month is None or not 1 <= month <= 12:
            return None
    else:
        first = add_months(scope.today.replace(day=1), steps(match["rm"]))
        year, month = first.year, first.month
    if days := _DAYS_AFTER_MONTH.match(match.string, match.end()):
        return _days_of_month(match.start(), days.end(), days["days"], scope, year, month)
    return _whole_month(match, scope, year, month)


def _whole_month(match: Match, scope: Scope, year: int | None, month: int) -> Mention:
    if year is None:
        base = scope.base()
        year = base.year + (month < base.month)
    start, end = date(year, month, 1), last_day(year, month)
    mention = Mention(Kind.MONTH, match.start(), match.end(), start, end, is_period=True)
    return mention.asking(f"{month}月的哪一天")


def steps(words: str) -> int:
    """下 is one on, 下下 two, 上 one back."""
    return words.count("下") - words.count("上")


def _days_of_month(at: int, upto: int, words: str, scope: Scope, year: int | None, month: int) -> Mention | None:
    numbers, is_range = _count_out(words)
    first, doubt = forward(scope, year, month, numbers[0])
    if first is None:
        return None
    mention = Mention(Kind.DAY, at, upto, first)
    mention = mention.asking(doubt) if doubt else mention
    return _with_last(mention, numbers, is_range=is_range)


def _count_out(words: str) -> tuple[list[int], bool]:
    """3号到5号 → [3, 5] and true; 25、26号 → [25, 26] and false."""
    found: list[int] = []
    upto = -1
    for one in _ONE_DAY.finditer(words):
        number = read_whole(one.group()) or 0
        if one.start() == upto and number < 10 < found[-1]:
            number += found[-1] // 10 * 10  # 十五六号
        found.append(number)
        upto = one.end()
    return found, bool(_SPAN.search(words))


def _with_last(mention: Mention, numbers: list[int], *, is_range: bool) -> Mention:
    """The end of a range, or the last of days counted out, which begins at mention.start."""
    start = mention.start
    if len(numbers) < 2 or start is None:
        return mention
    ends = [start]
    for number in numbers[1:]:
        end = _next_of_month(ends[-1], number)
        if end is None:
            return mention.asking("没有这一天")
        ends.append(end)
    mention = Mention(
        mention.kind,
        mention.at,
        mention.upto,
        start,
        ends[-1],
        ask=mention.ask,
        reason=mention.reason,
        is_list=not is_range,
    )
    if is_range and (ends[-1] - start).days > 20:
        return mention.on(start).asking("结束的日子比开始的早")
    apart = any((later - sooner).days != 1 for sooner, later in pairwise(ends))
    return mention.on(start).asking("说了几个不相连的日子") if not is_range and apart else mention


def _next_of_month(base: date, number: int) -> date | None:
    """The first day with that number on or after `base`, within three months."""
    for months in range(4):
        first = add_months(base.replace(day=1), months)
        found = day_or_none(first.year, first.month, number)
        if found is not None and found >= base:
            return found
    return None


def days(match: Match, scope: Scope) -> Mention | None:
    numbers, is_range = _count_out(match.group())
    if any(one not in range(1, 32) for one in numbers) or _NO_DATE_BEFORE.search(scope.left):
        return None
    base = scope.base()
    if scope.before is not None and scope.before.start is not None and scope.lean is Lean.NONE:
        base = max(base, scope.before.start)
    first = _next_of_month(base, numbers[0])
    if first is None:
        return None
    return _with_last(Mention(Kind.OF_MONTH, match.start(), match.end(), first), numbers, is_range=is_range)


def month_and_day(match: Match, scope: Scope) -> Mention | None:
    """12.24, 12/31, 12-24: only where nothing else is likelier."""
    text, month, day = match.string, int(match["m"]), int(match["d"])
    after = text[match.end() : match.end() + 6]
    if scope.left.endswith("-") and scope.lean is not Lean.AFTER:
        return None
    if _NO_DATE_AFTER.match(after) or _NO_DATE_BEFORE.search(scope.left):
        return None
    has_cue = bool(_CUE_LEFT.search(scope.left) or _CUE_RIGHT.match(after)) or scope.lean is Lean.AFTER
    is_plain = len(match["d"]) == 2 and (len(match["m"]) == 2 or match["sep"] == "/" or int(match["d"]) > 12)
    if not (is_plain if match["sep"] != "-" else is_plain and has_cue) and not (has_cue and match["sep"] != "-"):
        return None
    found, doubt = forward(scope, None, month, day)
    if found is None:
        return None
    upto = match.end() + (after[:1] in ("号", "日"))
    mention = Mention(Kind.DAY, match.start(), upto, found)
    if tail := re.compile(rf"{SPAN}({DAY})[号日]?(?![\d./点月]|{_NO_DATE_AFTER.pattern})").match(text, upto):
        mention = Mention(Kind.DAY, match.start(), tail.end(), found)
        mention = _with_last(mention, [day, read_whole(tail[1]) or 0], is_range=True)
    return mention.asking(doubt) if doubt else mention


def tens(match: Match, scope: Scope) -> Mention | None:
    """十二月二十几号: ten days, one of which is meant."""
    number = read_whole(match["n"]) or 0
    first = number if number >= 10 else number * 10
    month = read_whole(match["m"]) if match["m"] else None
    start = forward(scope, None, month, first)[0] if month else _next_of_month(scope.base(), first)
    if start is None or first > 30:
        return None
    end = min(start + timedelta(9), last_day(start.year, start.month))
    return Mention(Kind.MONTH, match.start(), match.end(), start, end, is_period=True).asking("哪一天要问一下")


def part_alone(match: Match, scope: Scope) -> Mention | None:
    if match["p"] is None:
        return year_part(match.start(), match.end(), match.group()[1:], scope.today)
    return month_part(match.start(), match.end(), match["p"], scope.today.replace(day=1), scope.today)


def year_part(at: int, upto: int, words: str, today: date) -> Mention:
    year = today.year + (words == "初")
    start, end = (date(year, 1, 1), date(year, 1, 31)) if words == "初" else (date(year, 12, 20), date(year, 12, 31))
    return Mention(Kind.MONTH, at, upto, max(start, min(today, end)), end, is_period=True).asking("哪一天要问一下")


def month_part(at: int, upto: int, words: str, first: date, today: date) -> Mention:
    """月初, 中旬, 月底 of the month that begins with `first`; of the next one when this month's is over."""
    for month in (first, add_months(first, 1)):
        last = last_day(month.year, month.month)
        days = {
            "初": (1, 5), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20), "下旬": (21, last.day), "上半月": (1, 15),
            "下半月": (16, last.day),
        }.get(words, (25, last.day))  # fmt: skip
        start, end = month.replace(day=days[0]), month.replace(day=days[1])
        if end >= today:
            break
    return Mention(Kind.MONTH, at, upto, max(start, min(today, end)), end, is_period=True).asking("哪一天要问一下")
