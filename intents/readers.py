"""Makes a day of each place that anchors.py finds. Bare days go forward; a year or 上 says otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from intents import monthly
from intents.anchors import SPAN
from intents.lunar import solar_day
from intents.mention import Kind, Lean, Mention, Scope, add_months, monday_of
from intents.monthly import spoken_year, steps
from intents.numerals import read_number, read_whole

Match = re.Match[str]
Reader = Callable[[Match, Scope], Mention | None]
_SPAN = re.compile(SPAN)
_WEEKDAY = {
    character: at for at, row in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for character in row
}
_AFTER_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六]$")  #: 周五周六, but not 五周
_SOME = ("几", "些", "一段", "阵")
_LUNAR_MONTH = {"正": 1, "冬": 11, "腊": 12}
_DAYS_ON = {"today": 0, "tonight": 0, "tomorrow": 1, "听日": 1, "今": 0, "明": 1, "昨": -1}
_NIGHT_REASON = "现在是凌晨,今天、今晚指哪一天要问一下"


def weekday_number(word: str) -> int:
    """Monday is 0: 一 and 1."""
    return _WEEKDAY[word]


def read_anchor(kind: str, match: Match, scope: Scope) -> Mention | None:
    """The day that begins here; None when it is none after all."""
    return _READERS[kind](match, scope)


def _day(match: Match, scope: Scope) -> Mention | None:
    words = match["w"]
    if words.startswith("今明") or words.startswith("明后"):
        first = scope.today + timedelta(_DAYS_ON[words[0]])
        last = scope.today + timedelta(2 if "后" in words else 1)
        mention = Mention(Kind.DAY, match.start(), match.end(), first, last, is_list=True)
        nights = words.endswith("两晚")
        mention = mention.on(first, first + timedelta(2)) if nights else mention
        return mention.asking(_NIGHT_REASON) if scope.now.hour < 5 else mention
    if words.startswith("今后"):
        return None
    on = _DAYS_ON.get(words, _DAYS_ON.get(words[0]))
    if on is None:
        big = words.count("大")
        on = 2 + big if "后" in words else -2 - big
    mention = Mention(Kind.DAY, match.start(), match.end(), scope.today + timedelta(on))
    if words == "tonight":
        mention = Mention(Kind.DAY, match.start(), match.end(), mention.start, part="晚上")
    return mention.asking(_NIGHT_REASON) if scope.now.hour < 5 and on >= 0 else mention


def _next_day(match: Match, scope: Scope) -> Mention | None:
    """第二天, of the day said before; nothing when none was."""
    before = scope.before
    if before is None or before.start is None:
        return None
    return Mention(Kind.DAY, match.start(), match.end(), before.start + timedelta(1))


def _week_of(prefix: str | None, scope: Scope) -> date | None:
    """The Monday that 这周, 下周, 上周 begin with; None for a bare weekday."""
    return None if not prefix or prefix.startswith("每") else monday_of(scope.today) + timedelta(7 * steps(prefix))


def _weekday(match: Match, scope: Scope) -> Mention | None:
    if match["p"] is None and match["l"] is None and not _AFTER_WEEKDAY.search(scope.left):
        return None
    weekday, monday = _WEEKDAY[match["w"]], _week_of(match["p"], scope)
    mention = Mention(Kind.WEEKDAY, match.start(), match.end())
    if monday is not None:
        mention = mention.on(monday + timedelta(weekday))
        mention = _not_past(_after_start(mention, scope), scope, match["p"] or "")
    else:
        mention = _bare_weekday(mention, weekday, scope)
    return _more_weekdays(mention, match["more"])


def _after_start(mention: Mention, scope: Scope) -> Mention:
    """周五到下周一, said on a Sunday: the Monday after that Friday."""
    start, base = mention.start, scope.base()
    if scope.lean is not Lean.AFTER or scope.before is None or start is None or start >= base:
        return mention
    later = mention.on(base + timedelta((start.weekday() - base.weekday()) % 7))
    return later if scope.before.kind is Kind.WEEKDAY else later.asking("是哪一个星期要问一下")


def _not_past(mention: Mention, scope: Scope, prefix: str) -> Mention:
    """这周三 said on a Sunday: perhaps the next one; nobody knows."""
    if prefix.startswith("上") or mention.start is None or mention.start >= scope.today:
        return mention
    return mention.on(mention.start + timedelta(7)).asking("这周的那天已经过了,是说下周吗")


def _bare_weekday(mention: Mention, weekday: int, scope: Scope) -> Mention:
    base = scope.base()
    if scope.lean is Lean.BESIDE and scope.before is not None and scope.before.start is not None:
        same = monday_of(scope.before.start) + timedelta(weekday)
        return mention.on(same if same > scope.today else same + timedelta(7))
    on = (weekday - base.weekday()) % 7
    if on == 0 and scope.lean is Lean.SAME:
        return mention.on(base)
    found = mention.on(base + timedelta(on or 7))
    if scope.lean is Lean.NONE and on == 0:
        return found.asking("是今天,还是下周的同一天")
    return found


def _more_weekdays(mention: Mention, more: str) -> Mention:
    """周五六日, 周五、六, 周一到五."""
    if not more or mention.start is None:
        return mention
    ends = [mention.start]
    for character in more:
        if character in _WEEKDAY:
            ends.append(ends[-1] + timedelta((_WEEKDAY[character] - ends[-1].weekday()) % 7))
    if len(ends) == 1:
        return mention
    is_range = bool(_SPAN.search(more))
    found = Mention(
        mention.kind,
        mention.at,
        mention.upto,
        ends[0],
        ends[-1],
        ask=mention.ask,
        reason=mention.reason,
        is_list=not is_range,
    )
    apart = any((later - sooner).days != 1 for sooner, later in pairwise(ends))
    return found.on(ends[0]).asking("说了几个不相连的日子") if apart and not is_range else found


def _weekend(match: Match, scope: Scope) -> Mention | None:
    prefix = match["p"] or ""
    if prefix.startswith("每"):
        return None
    monday = _week_of(prefix, scope)
    saturday = (monday or monday_of(scope.base())) + timedelta(5)
    mention = Mention(Kind.WEEKDAY, match.start(), match.end())
    is_sunday = scope.today == saturday + timedelta(1) and not prefix.startswith(("下", "再", "上"))
    if is_sunday or (saturday < scope.base() and not prefix.startswith("上")):
        saturday += timedelta(7)
    mention = replace(mention, start=saturday, end=saturday + timedelta(1), is_list=True)
    return mention.asking("是今天,还是下个周末") if is_sunday else mention


def _week(match: Match, scope: Scope) -> Mention | None:
    monday = monday_of(scope.today) + timedelta(7 * steps(match["p"]))
    end = monday + timedelta(6)
    start = max(monday, scope.today) if end >= scope.today else monday
    return Mention(Kind.WEEK, match.start(), match.end(), start, end, is_period=True).asking(f"{match.group()}的哪一天")


def _festival(match: Match, scope: Scope) -> Mention | None:
    name, year = scope.calendar.name_of(match["f"]), spoken_year(match, scope)
    found = scope.calendar.in_year(name, year) if year else scope.calendar.next(name, scope.base())
    if found is None:
        return None
    mention = Mention(Kind.FESTIVAL, match.start(), match.end(), found, name=name)
    if year and found < scope.today and match["ry"] in ("今", "本"):
        later = scope.calendar.next(name, scope.today)
        return mention.on(later or found).asking(f"今年的{match['f']}已经过了")
    if scope.calendar.is_unpublished(name, found):
        mention = Mention(
            Kind.FESTIVAL, match.start(), match.end(), found, name=name, reason=f"{found.year}年的放假安排还没公布"
        )
    return mention


def _lunar_day(words: str) -> int:
    words = words.removeprefix("初")
    return read_whole(words) or 0


def _lunar(match: Match, scope: Scope) -> Mention | None:
    words, day_words = match["m1"] or match["m2"] or match["m3"], match["d1"] or match["d3"]
    month = _LUNAR_MONTH.get(words) or read_whole(words) or 0
    year, day = spoken_year(match, scope), _lunar_day(day_words) if day_words else 1
    found = _next_lunar(scope, month, day, year)
    if found and found < scope.today and match["ry"] in ("今", "本"):
        found = _next_lunar(scope, month, day, None)  # 今年腊月 begins this year and ends in the next
    if found is None:
        return None
    mention = Mention(Kind.DAY, match.start(), match.end(), found)
    if day_words:
        return mention
    return replace(mention, kind=Kind.MONTH, end=found + timedelta(28), is_period=True).asking("哪一天要问一下")


def _next_lunar(scope: Scope, month: int, day: int, year: int | None) -> date | None:
    base = scope.base()
    years = range(base.year - 1, base.year + 3) if year is None else (year, year - 1)
    days = [found for one in years if (found := solar_day(one, month, day))]
    if year is not None:
        return next((found for found in days if found.year == year), None)
    return next((found for found in days if found >= base), None)


def _new_year(match: Match, scope: Scope) -> Mention | None:
    found = _next_lunar(scope, 1, _lunar_day(match["ld"]), None)
    return None if found is None else Mention(Kind.DAY, match.start(), match.end(), found)


def in_units(base: date, words: str, unit: str) -> tuple[date, bool] | None:
    """Some days, weeks or months on, and whether that is vague; None for what cannot be read."""
    is_pair = len(words) == 2 and all(one in "二两三四五六七八九" for one in words)
    is_vague = is_pair or words in _SOME or words.endswith(("来", "多", "几"))
    amount = read_number("3" if words in _SOME else words[0] if is_pair else words.removesuffix("个") or words)
    if amount is None or amount > 1000:
        return None
    if unit.endswith("月") or unit == "年":
        months = amount * (12 if unit == "年" else 1)
        return add_months(base, int(months)) + timedelta(15 if months % 1 else 0), is_vague
    return base + timedelta(int(amount * (1 if unit in ("天", "日", "子") else 7))), is_vague


def _after(match: Match, scope: Scope) -> Mention | None:
    if re.search(r"(?:入住|退房|付款|下单|到店|购买|离店|充值|使用|收到|送达)(?:的)?$", scope.left):
        return None
    found = in_units(scope.today, match["n"], match["u"])
    if found is None:
        return None
    kind = Kind.WEEK if match["u"].endswith(("周", "星期", "礼拜")) else Kind.DAY
    mention = Mention(kind, match.start(), match.end(), found[0])
    return mention.asking("哪一天要问一下") if found[1] else mention


def _pass(match: Match, scope: Scope) -> Mention | None:
    found = in_units(scope.today, match["n"], match["u"])
    if found is None:
        return None
    kind = Kind.WEEK if match["u"].endswith(("周", "星期", "礼拜")) else Kind.DAY
    mention = Mention(kind, match.start(), match.end(), found[0])
    is_vague = found[1] or (match["n"] in ("两", "一两") and match["u"] == "天")
    return mention.asking("哪一天要问一下") if is_vague else mention


def _ago(match: Match, scope: Scope) -> Mention | None:
    found = in_units(date(2000, 1, 1), match["n"], match["u"])
    if found is None:
        return None
    return Mention(Kind.DAY, match.start(), match.end(), scope.today - (found[0] - date(2000, 1, 1)))


def _vague(match: Match, scope: Scope) -> Mention | None:
    words = match["v"]
    if match["n"] and match["n"] != "几":
        found = in_units(scope.today, match["n"], match["u"])
        return (
            None
            if found is None
            else Mention(Kind.DAY, match.start(), match.end(), scope.today, found[0] - timedelta(1))
        )
    start = scope.today + timedelta(3 if words == "过阵子" else 0)
    return Mention(Kind.DAY, match.start(), match.end(), start, is_period=True).asking("哪一天要问一下")


_READERS: dict[str, Reader] = {
    "iso": monthly.iso,
    "month": monthly.month,
    "days": monthly.days,
    "md": monthly.month_and_day,
    "month_part": monthly.part_alone,
    "tens": monthly.tens,
    "day": _day,
    "next": _next_day,
    "weekday": _weekday,
    "weekend": _weekend,
    "week": _week,
    "festival": _festival,
    "lunar": _lunar,
    "newyear": _new_year,
    "after": _after,
    "pass": _pass,
    "ago": _ago,
    "vague": _vague,
}
