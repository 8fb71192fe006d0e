"""Puts what a message says of days, times and nights together: ranges, lists, corrections, 住三晚."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from intents.daytime import is_over, is_waking
from intents.joints import Joint, is_fix, is_leaving, is_refused, is_until
from intents.mention import Kind, Mention
from intents.scan import Place

_TOLD_TWICE = frozenset((Kind.WEEKDAY, Kind.OF_MONTH))  #: 周六28号
_SAID_PAST = re.compile("昨|前|上[个上周星礼月]|去年")
_LONGEST = 180  #: nights; a longer stay is a slip of the tongue


@dataclass(slots=True)
class Stay:
    """What belongs together, as far as it was read."""

    day: Mention | None
    at: int
    upto: int
    time: time | None = None
    time_at: int = 0
    time_upto: int = 0  #: where the time begins and ends in the text
    is_only_time: bool = False  #: no day was said: today is taken for it
    nights: Mention | None = None
    is_only_end: bool = False


def put_together(text: str, places: list[Place], now: datetime) -> list[Stay]:
    """In order of appearance; what was denied or corrected is left out."""
    stays = _days(text, places)
    _add_times(text, places, stays, now)
    _add_nights(text, places, stays)
    return [_checked(text, stay, now) for stay in stays]


def _days(text: str, places: list[Place]) -> list[Stay]:
    stays: list[Stay] = []
    days = [place for place in places if place.mention.kind not in (Kind.TIME, Kind.NIGHTS)]
    for number, place in enumerate(days):
        mention, last = place.mention, stays[-1] if stays else None
        is_followed = number + 1 < len(days)
        if place.is_denied or (is_followed and is_refused(text[mention.upto :])):
            continue
        if last is None or not _join(text, last, place):
            stay = Stay(mention, mention.at, mention.upto)
            if mention.time is not None:
                stay.time, stay.time_at, stay.time_upto = mention.time, mention.time_at, mention.upto
            stay.is_only_end = is_until(text[: mention.at]) and mention.end is None
            stays.append(stay)
        if place.joint is Joint.FIX and len(stays) > 1:
            del stays[-2]
    return stays


def _join(text: str, stay: Stay, place: Place) -> bool:
    """Whether the mention was made a part of the stay."""
    first, mention = stay.day, place.mention
    if first is None or first.start is None or mention.start is None or place.joint is Joint.FIX or stay.is_only_end:
        return False
    joined = _joined(first, mention, place.joint, text[stay.upto : mention.at])
    if joined is None:
        if place.joint is Joint.LIST and text[stay.upto : mention.at] != ",":
            stay.day = first.asking("说了几个不相连的日子")
        return False
    stay.day, stay.upto = joined, mention.upto
    if stay.time is None and mention.time and not is_leaving(text[mention.upto :]) and place.joint is not Joint.RANGE:
        stay.time, stay.time_at, stay.time_upto = mention.time, mention.time_at, mention.upto
    return True


def _joined(first: Mention, mention: Mention, how: Joint, gap: str) -> Mention | None:
    assert first.start is not None and mention.start is not None
    if (how in (Joint.RANGE, Joint.LEAVING) and first.end is None) or (how is Joint.RANGE and first.is_period):
        return _range(first, mention)
    if how is Joint.LEAVING:
        return first if mention.start == first.end else None
    if mention.start == first.start and mention.end in (None, first.end):
        return first
    if mention.start == first.start and first.end is None:
        return mention
    if _is_inside(first, mention):
        return mention
    if how is Joint.LIST:
        is_other_kind = first.kind is not mention.kind and _TOLD_TWICE & {first.kind, mention.kind}
        return _unlike(first, mention) if is_other_kind and gap in ("", "的") else _listed(first, mention)
    if how is Joint.OTHER:
        return first.asking("几个日子选哪一个要问一下")
    if how is Joint.SAME:
        return _unlike(first, mention)
    return None


def _range(first: Mention, mention: Mention) -> Mention:
    end = mention.end or mention.start
    assert first.start is not None and end is not None
    joined = replace(first, end=end, is_list=False, is_period=False, ask=first.ask and not first.is_period)
    joined = replace(joined, reason=joined.reason if joined.ask or not first.ask else "")
    if mention.ask:
        joined = joined.asking(mention.reason)
    if end < first.start:
        return joined.on(first.start).asking("离开的日子比到的日子早")
    if (end - first.start).days > _LONGEST:
        return joined.on(first.start).asking("住的时间太长了")
    return joined


def _is_inside(first: Mention, mention: Mention) -> bool:
    """12月中旬15号, 国庆3号: the second says which day of the first."""
    if first.start is None or mention.start is None:
        return False
    if first.is_period and first.end is not None:
        return first.start <= mention.start <= first.end
    is_exact = mention.kind in (Kind.OF_MONTH, Kind.DAY) and first.kind is Kind.FESTIVAL
    return is_exact and 0 <= (mention.start - first.start).days < 10


def _listed(first: Mention, mention: Mention) -> Mention | None:
    """周三周四 are two days; 周六28号 is one said twice."""
    assert first.start is not None and mention.start is not None
    last = first.end or first.start
    if mention.start == last + timedelta(1):
        return replace(first, end=mention.end or mention.start, is_list=True, ask=first.ask or mention.ask)
    if first.kind is not mention.kind and mention.end is None and first.end is None:
        return _unlike(first, mention)
    return None


def _unlike(first: Mention, mention: Mention) -> Mention | None:
    """The same day said twice, and not alike: the exact one counts, and is asked for."""
    if mention.end is not None or first.end is not None or first.kind is mention.kind:
        return None
    exact = first if mention.kind is Kind.WEEKDAY else mention
    return exact.asking("说的两个日子不是同一天")


def _add_times(text: str, places: list[Place], stays: list[Stay], now: datetime) -> None:
    loose: Mention | None = None
    for place in places:
        mention = place.mention
        if mention.kind is not Kind.TIME or mention.time is None or place.is_denied:
            continue
        stay = next((one for one in reversed(stays) if one.at <= mention.at), stays[0] if stays else None)
        if stay is None:
            loose = mention if loose is None or is_fix(text[loose.upto : mention.at]) else loose
        elif stay.time is None:
            if not (stay.day and stay.day.end and is_leaving(text[mention.upto :])):
                _take(stay, mention)
        elif is_fix(text[stay.time_upto : mention.at]):
            _take(stay, mention)
    if loose is not None:
        stays.append(_today(text, loose, now))


def _take(stay: Stay, mention: Mention) -> None:
    part = stay.day.part if stay.day else ""
    moment = mention.time
    if moment and part in ("晚上", "晚", "下午", "傍晚") and not mention.part and 1 <= moment.hour < 12:
        moment = moment.replace(hour=moment.hour + 12) if part in ("下午", "傍晚") or moment.hour > 4 else moment
    stay.time, stay.time_at, stay.time_upto = moment, mention.time_at, mention.upto


def _today(text: str, mention: Mention, now: datetime) -> Stay:
    """A time of day alone: today, or when that is over the next time it comes round."""
    moment = mention.time
    assert moment is not None
    day = now.date()
    is_evening = not mention.part and moment.hour < 12 and not is_waking(text)
    later = moment.replace(hour=moment.hour + 12) if is_evening else moment
    if moment <= now.time() < later:
        moment = later
    elif moment <= now.time() and moment != time(0):
        day += timedelta(1)
        if (
            mention.part not in ("早上", "早", "早晨", "凌晨", "清晨", "上午", "清早", "一大早", "大清早")
            and mention.part
        ):
            mention = mention.asking("今天的这个时间已经过了,是明天吗")
    return Stay(mention.on(day), mention.at, mention.upto, moment, mention.time_at, mention.upto, is_only_time=True)


def _add_nights(text: str, places: list[Place], stays: list[Stay]) -> None:
    said = [place for place in places if place.mention.kind is Kind.NIGHTS]
    said = [
        place
        for at, place in enumerate(said)
        if not place.is_denied
        and not (at + 1 < len(said) and is_fix(text[place.mention.upto : said[at + 1].mention.at]))
    ]
    for place in said:
        mention = place.mention
        stay = next((one for one in reversed(stays) if one.at <= mention.at), stays[0] if stays else None)
        if stay is None:
            stays.append(Stay(None, mention.at, mention.upto, nights=mention))
        elif stay.nights is None:
            stay.nights = mention
        elif stay.nights.nights != mention.nights and stay.day is not None:
            stay.day = stay.day.asking("住几晚说了两次,不一样")


def _checked(text: str, stay: Stay, now: datetime) -> Stay:
    """With the day of leaving, if nights were said, and with what contradicts itself."""
    day, nights = stay.day, stay.nights
    if day is None or day.start is None:
        return stay
    if day.start < now.date() and not _SAID_PAST.search(text):
        day = day.asking(f"{_written(day.start)}已经过了")
    if nights is not None:
        day = _with_nights(day, nights.nights)
        day = day.asking(nights.reason) if nights.ask else day
    if stay.time is None and day.part and day.start == now.date() and day.kind is Kind.TIME and is_over(day.part, now):
        day = day.on(day.start + timedelta(1))
    if day.end is not None and day.start is not None and day.end < day.start:
        day = day.on(day.start).asking("离开的日子比到的日子早")
    stay.day = day
    return stay


def _with_nights(day: Mention, nights: int) -> Mention:
    assert day.start is not None
    leaving = day.start + timedelta(nights)
    if day.end is None:
        return day.on(day.start, leaving)
    if day.is_period:
        return day
    span = (day.end - day.start).days
    if nights == span or (day.is_list and nights == span + 1) or (day.is_list and nights < span):
        return day.on(day.start, leaving)
    if day.kind is Kind.WEEKDAY and day.is_list:
        return day.on(day.start, leaving)
    return day.on(day.start).asking(f"{_written(day.start)}到{_written(day.end)}是{span}晚,和说的{nights}晚对不上")


def _written(day: date) -> str:
    return f"{day.month}月{day.day}日"
