"""Reads settings that HQ wrote in Chinese: one key at a time, each with its range, and no key that nobody knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from knowledge import template
from knowledge.cells import did_you_mean, plain
from knowledge.problem import Place, Problem, cut, error

_YES = ("true", "yes", "on", "1", "是", "开", "开启", "启用")
_NO = ("false", "no", "off", "0", "否", "关", "关闭", "停用")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")


class Fields:
    """A mapping of HQ's, and what is wrong with it. A value that cannot be used gives way to the default."""

    def __init__(self, data: Mapping[str, object], place: Place) -> None:
        self._data = data
        self._place = place
        self._known: set[str] = set()
        self.problems: list[Problem] = []

    def text(self, key: str, default: str) -> str:
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, str | int | float):
            self.refuse(key, "这里要写一句话,不能是列表。")
            return default
        text = str(value).strip()
        if "{{" in text or "{%" in text:
            self.refuse(key, "这里不能用 {{…}},客人会看到花括号。请直接写文字。", text)
            return default
        return text

    def sentence(self, key: str, default: str) -> str:
        """A text that may name the store's columns, such as {{门店.名称}}; which there are is checked by `content`."""
        value = self._take(key)
        reasons = template.check(value, None) if isinstance(value, str) else []
        if reasons:
            self.refuse(key, reasons[0], str(value))
            return default
        return value.strip() if isinstance(value, str) else self.text(key, default)

    def texts(self, key: str, default: tuple[str, ...], *, most: int) -> tuple[str, ...]:
        value = self._take(key)
        if value is None:
            return default
        items = value if isinstance(value, list) else [value] if value != "" else []
        if not all(isinstance(item, str | int | float) for item in items):
            self.refuse(key, "这里要写一个列表,每行以「- 」开头。")
            return default
        texts = tuple(dict.fromkeys(text for item in items if (text := str(item).strip())))
        if len(texts) > most:
            self.refuse(key, f"最多写 {most} 个,现在有 {len(texts)} 个。")
            return default
        return texts

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        value = self._take(key)
        if value is None or value == "":
            return default
        try:
            number = float(unicodedata.normalize("NFKC", str(value)))
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            self.refuse(key, f"「{cut(str(value))}」不行,要写 {least:g} 到 {most:g} 之间的数字。", str(value))
            return default
        return number

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        number = self.number(key, default, least=least, most=most)
        if number != int(number):
            self.refuse(key, f"「{number:g}」不行,要写整数。", f"{number:g}")
            return default
        return int(number)

    def seconds(self, key: str, default: timedelta, *, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.number(key, default.total_seconds(), least=least, most=most))

    def minutes(self, key: str, default: timedelta, *, least: float, most: float) -> timedelta:
        return timedelta(minutes=self.number(key, default.total_seconds() / 60, least=least, most=most))

    def switch(self, key: str, default: bool) -> bool:
        value = self._take(key)
        said = plain(str(value)).lower()
        if value is None or said == "":
            return default
        if said not in _YES and said not in _NO:
            self.refuse(key, f"「{cut(str(value))}」不行,要写 是 或 否。", str(value))
            return default
        return said in _YES

    def clock_time(self, key: str, default: time) -> time:
        value = self._take(key)
        if value is None or value == "":
            return default
        match = _TIME.fullmatch(plain(str(value)))
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            self.refuse(key, f"「{cut(str(value))}」不是时间。请写成 21:00 这样。", str(value))
            return default
        return time(int(match[1]), int(match[2]))

    def zone(self, key: str, default: ZoneInfo) -> ZoneInfo:
        name = self._take(key)
        if name is None or name == "":
            return default
        try:
            return ZoneInfo(str(name))
        except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of zones
            self.refuse(key, f"没有「{cut(str(name))}」这个时区。请写 Asia/Shanghai 这样的名字。", str(name))
            return default

    def block(self, key: str) -> Mapping[str, object]:
        """What stands under `key`, by name; empty when nothing does."""
        value = self._take(key)
        if value is None or value == "":
            return {}
        if not isinstance(value, Mapping):
            self.refuse(key, "这里要写成「名字: 内容」,下面的行缩进两格。")
            return {}
        return value

    def blocks(self, key: str) -> list[Mapping[str, object]]:
        """A list of mappings."""
        value = self._take(key)
        if value is None or value == "":
            return []
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.refuse(key, "这里要写一个列表,每项以「- 」开头,里面是「名字: 内容」。")
            return []
        return value

    def refuse(self, key: str, message: str, quoted: str = "") -> None:
        self.problems.append(error(self.place(key), "bad-value", message, quoted))

    def place(self, key: str) -> Place:
        lines = getattr(self._data, "lines", {})
        return replace(self._place, row=lines.get(key, self._place.row), column=key)

    def check_keys(self) -> None:
        """Call last: a key that nobody took is refused, with the nearest that is known."""
        for key in self._data:
            if key not in self._known:
                hint = did_you_mean(key, self._known) or f"可以写的有:{'、'.join(sorted(self._known))}。"
                self.problems.append(error(self.place(key), "unknown-key", f"不认识「{cut(key)}」。{hint}", key))

    def _take(self, key: str) -> object:
        self._known.add(key)
        return self._data.get(key)
