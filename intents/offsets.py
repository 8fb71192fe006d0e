"""What may follow a day and move it: 第二天, 前一周, 后的第一个周末, 最后一天, 假期, 三天, 前后, 晚上八点."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from intents.anchors import UNIT, WEEK, WEEKDAYS
from intents.daytime import CLOCK, PART, Clock, clock_time, hour_of_day
from intents.festivals import nth_weekday
from intents.mention import Kind, Mention, Scope, add_months, last_day, monday_of
from intents.monthly import month_part
from intents.numerals import COUNT, read_whole
from intents.readers import in_units, weekday_number

Match = re.Match[str]
Mover = Callable[[Mention, Match, Scope], Mention | None]
_WEEKDAY_OR_END = rf"(?:{WEEK}(?P<w>{WEEKDAYS})|(?P<we>周末|双休日?))"
_STAY = r"(?:的?(?:连续|连着|一共|总共|一起|一连|全部)?(?:都)?)"


def extend(text: str, mention: Mention, scope: Scope) -> Mention:
    """The day that is meant in the end, with what belongs to it taken in."""
    for _ in range(6):
        moved = next((found for found in _moved(text, mention, scope) if found is not None), None)
        if moved is None:
            break
        mention = moved
    return with_time(text, mention)


def _moved(text: str, mention: Mention, scope: Scope) -> list[Mention | None]:
    for expression, mover in _MOVERS:
        if match := expression.match(text, mention.upto):
            found = mover(mention, match, scope)
            if found is not None:
                return [replace(found, upto=match.end())]
    return []


# --- the movers: a day, what follows it -> another day, or None when it does not concern this kind of day -------------
def _days_off(mention: Mention, _: Match, scope: Scope) -> Mention | None:
    if mention.kind is not Kind.FESTIVAL or mention.start is None:
        return None
    if off := scope.calendar.days_off(mention.name, mention.start):
        return replace(mention.on(off.start, off.end), is_period=True)
    return mention.asking("放假哪几天还不知道,要问一下")


def _last(mention: Mention, _: Match, scope: Scope) -> Mention | None:
    if mention.start is None:
        return None
    if mention.kind is Kind.FESTIVAL:
        off = scope.calendar.days_off(mention.name, mention.start)
        day = off.end if off else mention.start + timedelta(_USUAL_DAYS.get(mention.name, 3) - 1)
        moved = replace(mention, kind=Kind.DAY).on(day)
        return moved if off else moved.asking(f"{day.year}年的放假安排还没公布")
    return _settled(mention, mention.end) if mention.is_period and mention.end else None


_USUAL_DAYS = {"国庆": 7, "春节": 8, "劳动节": 5}


def _settled(mention: Mention, day: date | None, end: date | None = None) -> Mention:
    """One day of a period, said exactly, or a weekend."""
    is_list = end is not None
    return replace(mention, kind=Kind.DAY, start=day, end=end, is_period=False, is_list=is_list, ask=False, reason="")


def _number(match: Match) -> int:
    return read_whole(match["n"]) or 0


def _nth_day(mention: Mention, match: Match, _: Scope) -> Mention | None:
    if mention.start is None or not 1 <= _number(match) <= 31:
        return None
    day = mention.start + timedelta(_number(match) - 1)
    return _settled(mention, day) if mention.is_period else replace(mention, kind=Kind.DAY).on(day)


def _eve(mention: Mention, _: Match, __: Scope) -> Mention | None:
    return (
        None if mention.start is None else replace(mention, kind=Kind.DAY, reason="").on(mention.start - timedelta(1))
    )


def _before(mention: Mention, match: Match, _: Scope) -> Mention | None:
    if mention.start is None:
        return None
    found = in_units(date(2000, 1, 3), match["n"], match["u"])
    if found is None:
        return None
    start = mention.start - (found[0] - date(2000, 1, 3))
    if match["u"].endswith("月"):
        start = add_months(mention.start, -(read_whole(match["n"]) or 1))
    moved = replace(mention, kind=Kind.DAY, reason="").on(start)
    is_double = mention.kind is Kind.FESTIVAL and match["u"] == "天" and _number(match) > 1
    return moved.asking("是节前几天,还是节日的头几天") if is_double else moved


def _first_days(mention: Mention, match: Match, _: Scope) -> Mention | None:
    if mention.start is None or mention.kind not in (Kind.FESTIVAL, Kind.WEEK, Kind.MONTH):
        return None
    return replace(mention, kind=Kind.DAY, is_period=False).on(
        mention.start, mention.start + timedelta(_number(match) - 1)
    )


def _later(mention: Mention, match: Match, scope: Scope) -> Mention | None:
    if mention.start is None:
        return None
    base = mention.end or mention.start
    off = (
        scope.calendar.days_off(mention.name, mention.start)
        if mention.kind is Kind.FESTIVAL and "第" in match[0]
        else None
    )
    found = in_units(off.end if off else base, match["n"], match["u"])
    if found is None:
        return None
    return replace(mention, kind=Kind.DAY, is_period=False, reason="").on(found[0])


def _weekday_beside(mention: Mention, match: Match, _: Scope) -> Mention | None:
    """元旦前的周六, 国庆后第一个周末."""
    if mention.start is None:
        return None
    weekday = 5 if match["we"] else weekday_number(match["w"])
    if match["side"].endswith("前"):
        back = (mention.start.weekday() - weekday) % 7 or 7
        day = mention.start - timedelta(back)
    else:
        base = mention.end or mention.start
        day = base + timedelta((weekday - base.weekday()) % 7 or 7)
    return _settled(mention, day, day + timedelta(1) if match["we"] else None)


def _weekday_within(mention: Mention, match: Match, _: Scope) -> Mention | None:
    """两周后的周六, 春节那周的周末."""
    if mention.start is None or (mention.kind is not Kind.WEEK and not match["that"]):
        return None
    monday = monday_of(mention.start)
    if not match["w"] and not match["we"]:
        return (
            replace(mention, kind=Kind.WEEK, is_period=True).on(monday, monday + timedelta(6)).asking("哪一天要问一下")
        )
    day = monday + timedelta(5 if match["we"] else weekday_number(match["w"]))
    return _settled(mention, day, day + timedelta(1) if match["we"] else None)


def _same_weekday(mention: Mention, match: Match, scope: Scope) -> Mention | None:
    if mention.kind is not Kind.WEEK or mention.start is None:
        return None
    on = scope.today + timedelta({"今": 0, "明": 1}[match["d"]])
    return _settled(mention, monday_of(mention.start) + timedelta(on.weekday()))


def _nth_in_month(mention: Mention, match: Match, _: Scope) -> Mention | None:
    """12月第一个周末, 这个月最后一个周五."""
    if mention.kind is not Kind.MONTH or mention.start is None:
        return None
    year, month = mention.start.year, mention.start.month
    weekday = 5 if match["we"] else weekday_number(match["w"])
    if match["n"]:
        day = nth_weekday(year, month, weekday, _number(match)) if _number(match) else None
    else:
        last = last_day(year, month)
        day = last - timedelta((last.weekday() - weekday) % 7)
    return None if day is None else _settled(mention, day, day + timedelta(1) if match["we"] else None)


def _nth_week(mention: Mention, match: Match, _: Scope) -> Mention | None:
    """12月第二周: the week that holds the eighth day; 最后一周: the one that holds the last."""
    if mention.kind is not Kind.MONTH or mention.start is None:
        return None
    last = last_day(mention.start.year, mention.start.month)
    day = mention.start.replace(day=1) + timedelta(7 * (_number(match) - 1)) if match["n"] else last
    monday = monday_of(min(day, last))
    return replace(mention, kind=Kind.WEEK, start=monday, end=monday + timedelta(6)).asking("哪一天要问一下")


def _part_of_month(mention: Mention, match: Match, scope: Scope) -> Mention | None:
    if mention.kind is not Kind.MONTH or mention.start is None:
        return None
    words = match["part"].removeprefix("月").removeprefix("的").removesuffix("份")
    if words.startswith("最后") or mention.start > scope.today:
        return month_part(mention.at, match.end(), words, mention.start.replace(day=1), scope.today)
    return month_part(mention.at, match.end(), words, mention.start.replace(day=1), scope.today)


def _around(mention: Mention, _: Match, __: Scope) -> Mention | None:
    return mention.asking("大概的日子,哪一天要问一下")


def _same(mention: Mention, _: Match, __: Scope) -> Mention | None:
    return mention


def _lasting(mention: Mention, match: Match, _: Scope) -> Mention | None:
    """元旦三天, 明天起三天; 三天两晚 is read by the nights."""
    if mention.start is None or not 1 <= _number(match) <= 90:
        return None
    last = mention.start + timedelta(_number(match) - 1)
    if mention.end is not None and not mention.is_period:
        return mention if mention.end == last else mention.asking("天数和日子对不上")
    if mention.is_period and mention.kind is not Kind.FESTIVAL:
        return mention
    return replace(mention, is_period=False).on(mention.start, last)


def _bound(mention: Mention, _: Match, __: Scope) -> Mention | None:
    """元旦前, 周三以后: a day is bounded, not named. 周五前 is a date to keep and stays as it is."""
    is_loose = mention.kind is Kind.FESTIVAL or mention.is_period
    return mention.asking("哪一天要问一下") if is_loose else mention


def _open(mention: Mention, _: Match, __: Scope) -> Mention | None:
    return mention.asking("之后的哪一天要问一下")


_MOVERS: tuple[tuple[re.Pattern[str], Mover], ...] = tuple(
    (re.compile(expression), mover)
    for expression, mover in (
        (r"的?(?:小长假|长假|假期|放假|假日|法定假日?)(?:期间|的?时候)?", _days_off),
        (r"的?(?:节|假期)?的?(?:最后一?天|末尾那天)", _last),
        (rf"的?(?:前|之前|以前)(?:的|那|这)?(?P<n>(?!一天){COUNT}|半)(?P<u>{UNIT})", _before),
        (r"的?节?(?:前一天|头一天|头天|前一晚上?|前一夜|前夕|前夜|前一日|头一晚|头天晚上|前天(?=晚))", _eve),
        (rf"的?(?:头|开头)(?P<n>{COUNT})天", _first_days),
        (rf"的?第(?P<n>{COUNT})[天日]", _nth_day),
        (
            rf"的?(?P<side>之前|以前|节?前|之后|以后|过后|节?后)的?(?:那|这|上|下)?(?:第?一|头一)?个?{_WEEKDAY_OR_END}",
            _weekday_beside,
        ),
        (rf"的?(?:之后|以后|过后|节?后)的?第?(?P<n>{COUNT}|半)(?P<u>{UNIT})", _later),
        (rf"的?(?:节)?(?P<n>{COUNT}|半)(?P<u>{UNIT})(?:之后|以后|过后|后)", _later),
        (rf"的?第(?P<n>[一二三四五1-5])个?{_WEEKDAY_OR_END}", _nth_in_month),
        (rf"的?(?P<n>(?!))?最后(?:一个?|的)?{_WEEKDAY_OR_END}", _nth_in_month),
        (rf"的?第(?P<n>[一二三四五1-5])个?{WEEK}(?![一二三四五六日天末])", _nth_week),
        (rf"的?(?P<n>(?!))?最后一个?{WEEK}(?![一二三四五六日末])", _nth_week),
        (
            rf"的?(?P<that>那|所在的?|当|那个?)一?个?(?:周|星期|礼拜)(?![一二三四五六日末天])的?(?:{_WEEKDAY_OR_END})?",
            _weekday_within,
        ),
        (rf"的?(?P<that>那|这)?个?{_WEEKDAY_OR_END}(?![杰围岁边])", _weekday_within),
        (r"的(?P<d>[今明])天", _same_weekday),
        (
            r"的?(?P<part>月?(?:初(?![一二三四五六七八九十])|中旬|上旬|下旬|底(?!下)|末|中(?![午国文式餐餐班秋])|上半月|下半月|月末|最后几天))",
            _part_of_month,
        ),
        (r"的?(?:前后|左右|期间|附近|那几天|那段时间|那阵子?|这几天|前后几天|那会儿?)", _around),
        (r"的?(?:当天|当日|那天|那日|这天|那一天|正日子|本日)|(?:的?(?=当晚))|的?那(?=晚)", _same),
        (rf"(?:起|开始|这|那)?{_STAY}(?P<n>{COUNT})天(?![后前内以之]|[一二两三四五六七八九]?[晚夜])", _lasting),
        (r"(?:之前|以前|前)(?![台面厅往天的排一二两三几\d去])", _bound),
        (r"(?:之后|以后|过后|后)(?![台面勤天\d一二两三第])", _open),
    )
)
_SHORT_PART = r"[早晚夜](?![餐饭班安市景宵茶场宴会到点])"
_GAP = r"的?(?:大概|大约|差不多|约|是|在|就|,)?"
_LINKS = "的大概约差不多是在就,"
_TIME = re.compile(rf"(?:{_GAP}{CLOCK}|的?(?P<only>{PART}|{_SHORT_PART}))")
_TO_TIME = re.compile(rf"(?:-|~|到|至){re.sub('[?]P<[a-z0-9]+>', '?:', CLOCK)}")


def with_time(text: str, mention: Mention) -> Mention:
    """The same day with the part of the day and the time that stand right behind it."""
    for _ in range(2):
        match = _TIME.match(text, mention.upto)
        if match is None:
            break
        if match["only"]:
            mention = replace(mention, part=match["only"], upto=match.end())
            continue
        timed = at_time(text, mention, match)
        if timed is None:
            break
        mention = timed
    return mention


def at_time(text: str, mention: Mention, match: Match) -> Mention | None:
    """The mention at the time that a match of CLOCK says; None when it says none."""
    clock = Clock(match, mention.part, text[: match.start()][-2:] if match["part"] is None else "", text[match.end() :])
    read = clock.read()
    if read is None:
        return None
    part = match["part"] or mention.part
    hour = hour_of_day(read[0], part, is_afternoon=clock.is_afternoon, text=text)
    upto = to_time.end() if (to_time := _TO_TIME.match(text, match.end())) else match.end()
    words = match.group()
    begin = match.start("part") if match["part"] else match.end() - len(words.lstrip(_LINKS))
    timed = replace(mention, time=clock_time(hour, read[1]), part=part, time_at=begin, upto=upto)
    is_night = mention.part in ("晚", "晚上", "夜") and 0 < hour < 5
    return timed.asking("是夜里过了十二点吗,算哪一天要问一下") if is_night else timed
