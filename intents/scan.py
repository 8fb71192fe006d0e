"""Finds the places of a message that speak of days, times of day and nights, from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from intents.anchors import grammar
from intents.calendar import Calendar
from intents.daytime import read_delta
from intents.joints import Joint, is_denied, joint
from intents.mention import Kind, Lean, Mention, Scope
from intents.numerals import read_whole
from intents.offsets import at_time, extend
from intents.readers import read_anchor

_LEFT = 12  #: characters before a place that are looked at
_LEANS = {
    Joint.RANGE: Lean.AFTER,
    Joint.LEAVING: Lean.AFTER,
    Joint.LIST: Lean.AFTER,
    Joint.OTHER: Lean.BESIDE,
    Joint.FIX: Lean.BESIDE,
    Joint.SAME: Lean.SAME,
}
_COUNTED = ("nights", "stay", "trip")
_PRICE_OF_A_NIGHT = re.compile(
    r"(?:多少|几[多元块]|什么价|怎么卖|怎么收|的价|的钱|[\d一二三四五六七八九十百]+[元块]|\d{3})"
)
#: 走路十分钟到, 二十分钟能到吗 speak of how far it is.
_DISTANCE = re.compile(r"(?:走路|步行|开车|打车|骑车|坐车|地铁|公交|车程|走过去).{0,6}$")
_IS_ASKED = re.compile(r"[^,]{0,3}[吗么]")
_PRICE_BEFORE = re.compile(r"(?:多少钱?|几[块元]钱?|价格?|[元块]钱?)$")
_STAYING = re.compile(r"(?:[住订定续待呆]|入住|预订|一共|总共)(?:了|上|个)?$")


@dataclass(frozen=True, slots=True)
class Place:
    mention: Mention
    joint: Joint  #: to the day before it
    is_denied: bool = False


def scan(text: str, now: datetime, calendar: Calendar) -> list[Place]:
    """`text` is that of Said."""
    anywhere, kinds = grammar(calendar.names)
    places: list[Place] = []
    day: Mention | None = None
    at = 0
    while match := anywhere.search(text, at):
        at = match.start() + 1
        kind = match.lastgroup or ""
        place = _place(text, kind, kinds[kind], match.start(), Scope(now, calendar, day))
        if place is not None:
            places.append(place)
            at = max(at, place.mention.upto)
            if place.mention.kind not in (Kind.TIME, Kind.NIGHTS):
                day = place.mention
    return places


def _place(text: str, kind: str, expression: re.Pattern[str], at: int, scope: Scope) -> Place | None:
    match = expression.match(text, at)
    if match is None:
        return None
    left = text[max(0, at - _LEFT) : at]
    if kind in ("time", "part", "delta") or kind in _COUNTED:
        mention = _moment(text, kind, match, scope)
        return None if mention is None else Place(mention, Joint.NONE, is_denied(left, text[mention.upto :]))
    how = Joint.NONE
    if scope.before is not None:
        how = joint(text[scope.before.upto : at], text[match.end() :])
    lean = _LEANS.get(how, Lean.NONE)
    if how is Joint.LIST and scope.before and scope.before.kind is not Kind.WEEKDAY and at - scope.before.upto < 2:
        lean = Lean.SAME
    mention = read_anchor(kind, match, replace(scope, lean=lean, left=left))
    if mention is None:
        return None
    mention = extend(text, mention, scope)
    if scope.before is not None and how is Joint.NONE:
        how = joint(text[scope.before.upto : at], text[mention.upto :])
    return Place(mention, how, is_denied(left, text[mention.upto :]))


def _moment(text: str, kind: str, match: re.Match[str], scope: Scope) -> Mention | None:
    at = match.start()
    if kind in _COUNTED:
        return _nights(text, kind, match)
    if kind == "delta":
        is_distance = _DISTANCE.search(text[max(0, at - _LEFT) : at]) or _IS_ASKED.match(text, match.end())
        moment = read_delta(match, scope.now) if not is_distance or "后" in match.group() else None
        if moment is None:
            return None
        return Mention(Kind.DAY, at, match.end(), moment.date(), time=moment.time(), time_at=at)
    mention = Mention(Kind.TIME, at, match.end())
    if kind == "part":
        return replace(mention, part=match["only"])
    return at_time(text, mention, match)


def _nights(text: str, kind: str, match: re.Match[str]) -> Mention | None:
    words = match["m"] if kind != "nights" and match["m"] else match["n"]
    is_vague = words == "几" or (len(words) == 2 and all(one in "二两三四五六七八九" for one in words))
    if words == "半":
        return Mention(Kind.NIGHTS, match.start(), match.end(), nights=15) if match["u"].endswith("月") else None
    number = read_whole(words[0] if is_vague and words != "几" else words) if words != "几" else 2
    if not number or number > 180:
        return None
    if _PRICE_BEFORE.search(text[: match.start()]):
        return None
    if _PRICE_OF_A_NIGHT.match(text, match.end()) and not _STAYING.search(text[: match.start()]):
        return None
    if kind == "stay" and not match["m"] and match["u"] != "天":
        number *= 7 if match["u"].endswith(("周", "期", "拜")) else 30
    mention = Mention(Kind.NIGHTS, match.start(), match.end(), nights=number)
    return mention.asking("住几晚要问一下") if is_vague else mention
