"""Words of time that were misheard or mistyped by one character: 后添 as 后天, 二十五好 as 二十五号.

A word is mended when one of its characters was replaced by one that sounds the same and the result is no word that
customers use. Names of rooms, products and stores are mended against HQ's own words: names.py.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files

import yaml

from knowledge.pinyin import sound

_DAY = r"(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|[12]?\d|3[01])"
_AFTER_DAY = r"(?=到|至|-|~|、|,|入|住|来|有|的|晚|早|上|下|中|两|三|一|还|订|定|能|可|想|我|去|走|退|离|大|双|$)"
#: (what is written, what was meant); both have the same length, so that places stay right.
_RULES = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (rf"(?<=月)({_DAY})[好浩毫豪耗皓](?![吃看喝])", r"\1号"),
        (
            r"(?<![点第共钱\d一二三四五六七八九十])([二三]?十[一二三四五六七八九十]?|[12]\d|3[01])[好浩毫豪耗皓]"
            rf"{_AFTER_DAY}(?!的吗|吗)",
            r"\1号",
        ),
        (rf"((?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九]))[越悦阅](?={_DAY})", r"\1月"),
        (r"(?<=[上下中]午|晚上|早上|凌晨)([0-9]{1,2}|[一二两三四五六七八九十]{1,2})[店典](?![员长])", r"\1点"),
        (r"(?<=[0-9一二两三四五六七八九十]点)[伴般](?=到|来|左|前|$|,|退|入|取)", "半"),
        (r"(?<=[住订定续])([一二两三四五六七八九1-9])[碗玩完万湾](?![元块多分])", r"\1晚"),
        (r"(?<=[0-9一二两三四五六七八九十]天)[候厚](?!鸟)", "后"),
        (r"(?<=[0-9一二两三四五六七八九十]周)[候厚]", "后"),
        (r"[新行心]期(?=[一二三四五六日天])", "星期"),
        (r"星[其七气起](?=[一二三四五六日天])", "星期"),
        (r"[里李]拜(?=[一二三四五六日天])|礼[败白](?=[一二三四五六日天])", "礼拜"),
        (r"下[州洲粥舟](?=[一二三四五六日天末])", "下周"),
        (r"这[州洲粥舟](?=[一二三四五六日天末])", "这周"),
        (r"(?<![0-9一二三四五六七八九十])大[厚候]天", "大后天"),
        (r"下五(?=[0-9一二两三四五六七八九十]{1,2}点)", "下午"),
        (r"上五(?=[0-9一二两三四五六七八九十]{1,2}点)", "上午"),
        (r"今[玩碗完](?=住|入|有|还|到|来|的房|$)", "今晚"),
        (r"明[玩碗完](?=住|入|有|还|到|来|的房|$)", "明晚"),
        (r"[园圆原]旦|元[蛋诞]", "元旦"),
        (r"[初出]夕|除西", "除夕"),
        (r"[短断]午|端[舞武]|端五(?=节)", "端午"),
        (r"元霄", "元宵"),
        (r"入[驻注主](?=$|,|[一二两三四五六七八九]|的|时|酒)", "入住"),
    )
)  # fmt: skip
#: A text without any of these needs none of the rules.
_HINT = re.compile("[好浩毫豪耗皓越悦阅店典伴般碗玩完万湾候厚期星里李礼州洲粥舟五园圆原蛋诞初出西短断舞武霄驻注主]")


def mend(text: str) -> str:
    """As long as before; `text` is folded already."""
    pairs = _pairs()
    for at in range(len(text) - 1):
        if meant := pairs.get(text[at : at + 2]):
            text = text[:at] + meant + text[at + 2 :]
    if _HINT.search(text):
        for wrong, right in _RULES:
            text = wrong.sub(right, text)
    return text


@functools.cache
def _pairs() -> Mapping[str, str]:
    """Two characters, one of them wrong → the word that was meant."""
    data = yaml.safe_load((files("intents") / "misheard.yaml").read_text(encoding="utf-8"))
    others, words, real = _by_sound(), data["words"], frozenset(data["real"])
    found: dict[str, str] = {}
    for word in words:
        for at, character in enumerate(word):
            for other in others.get(sound(character), ()):
                found.setdefault(word[:at] + other + word[at + 1 :], word)
    return {wrong: word for wrong, word in found.items() if wrong not in real and wrong not in words}


def _by_sound() -> Mapping[str, Iterable[str]]:
    """The characters that people use (the first level of GB 2312), by how they sound."""
    groups: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            character = bytes((high, low)).decode("gb2312", errors="ignore")
            if character and (heard := sound(character)):
                groups.setdefault(heard, []).append(character)
    return groups
