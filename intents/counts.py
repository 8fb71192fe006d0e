"""How many: people, children, rooms, cups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from intents.numerals import COUNT, read_whole
from intents.slot import SlotName

_MORE = rf"(?:{COUNT}|[两三四五六七八][三四五六七八九]|\d-\d|\d到\d|几|十[来几多]|\d+[来多几]|俩|仨)"
_NOT_FIRST = r"(?<![第\d.零一二三四五六七八九十百千万初])"
_UNSURE = "到底几{}要问一下"
_KIDS = r"(?:小孩子?|孩子|儿童|小朋友|宝宝|婴儿|娃娃?|宝贝|小娃|小学生)"
_GROWN = r"(?:大人|成人|成年人|老人)"
_SPOUSE = r"(?:老公|老婆|女朋友|男朋友|对象|爱人|女友|男友|媳妇)"
_PAIR = rf"(?:(?:我们?|咱们?|他们)俩|俩(?:大)?人|两口子|小两口|夫妻俩?|夫妇|情侣|[和跟]我?{_SPOUSE})"
#: Measures that goods are ordered by; 个 counts only with a product.
MEASURE = (
    r"(?:杯|份|瓶|罐|盒|袋|包|条|双|张|件|箱|支|只|碗|壶|扎|打|听|把|片|桶|斤|块|枚|串|卷|根|束|对|床|副|台|套|个)"
)
_STRONG = r"(?:杯|份|瓶|罐|盒|袋|箱|支|壶|扎|听|桶|束|条|卷|双(?![床人早标]))"


@dataclass(frozen=True, slots=True)
class Counted:
    """Positions in the text of Said."""

    name: SlotName
    value: int | str | Decimal
    start: int
    end: int
    ask: bool = False
    reason: str = ""


def number_of(words: str) -> tuple[int, bool] | None:
    """The number, and whether it is vague: 三四, 十来, 几, 3-4. Of a range the larger one."""
    if words == "几":
        return 2, True
    if pair := re.fullmatch(r"(\d)[-到](\d)|([两三四五六七八])([三四五六七八九])", words):
        return read_whole(pair[2] or pair[4]) or 0, True
    bare = words.rstrip("来多几")
    value = read_whole(bare)
    return None if value is None or value > 500 else (value, bare != words)


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: SlotName
    expression: re.Pattern[str]
    unit: str


_COUNTS = tuple(
    _Pattern(name, re.compile(expression), unit)
    for name, expression, unit in (
        (SlotName.PEOPLE, rf"{_NOT_FIRST}(?P<n>{_MORE})个?(?:大(?=[带和加,]?(?:{COUNT})个?小)|{_GROWN})", "个人"),
        (SlotName.CHILDREN, rf"(?<=大)[带和加,]?(?P<n>{COUNT})个?小(?![时杯份床房套])", "个孩子"),
        (SlotName.CHILDREN, rf"{_NOT_FIRST}(?P<n>{_MORE})(?:个|位|名)?(?:\d+岁的?)?{_KIDS}", "个孩子"),
        (SlotName.CHILDREN, rf"{_KIDS}(?:有|是)?(?P<n>{_MORE})[个位名](?!月)", "个孩子"),
        (SlotName.PEOPLE, rf"{_GROWN}(?:有|是)?(?P<n>{_MORE})[个位名]", "个人"),
        (
            SlotName.PEOPLE,
            rf"{_NOT_FIRST}(?P<n>{_MORE})(?:个|位|名)?人(?![间房床份餐民行桌座套早称脸生家均次]|的?标|家|数)",
            "个人",
        ),
        (SlotName.PEOPLE, rf"{_NOT_FIRST}(?P<n>{_MORE})[位名](?![数置])", "个人"),
        (
            SlotName.PEOPLE,
            rf"(?:我们|咱们?|一共|总共|一家|一行|共)(?:有|是)?(?P<n>{_MORE})(?:口人?|个(?=,|$|住|来|都))",
            "个人",
        ),
        (SlotName.PEOPLE, r"(?:我们|咱们?|他们|我|咱|兄弟|姐妹|闺蜜|母子|母女|父子|父女|爷|娘)(?P<n>俩|仨)", "个人"),
        (SlotName.ROOMS, rf"{_NOT_FIRST}(?P<n>{_MORE})间(?!隔|距)", "间"),
        (
            SlotName.ROOMS,
            rf"{_NOT_FIRST}(?P<n>{_MORE})[个套](?=[^,]{{0,6}}?(?:房(?![卡费价号])|大床|双床|标间|单间|套间|▣))",
            "间",
        ),
        (SlotName.ROOMS, rf"(?<=[订开定要])(?P<n>{COUNT})套(?![餐票票装])", "间"),
        (SlotName.ROOMS, rf"{_NOT_FIRST}(?P<n>{COUNT})件(?=大床|双床|标间|标准间|家庭房|套房|房)", "间"),
        (
            SlotName.QUANTITY,
            rf"{_NOT_FIRST}(?P<n>{_MORE})(?:{_STRONG}(?!半价|起送|咖啡馆)|{MEASURE}(?=[^,一二两三四五六七八九十\d]{{0,4}}◇))"
            rf"|(?<=◇)(?P<m>{_MORE}){MEASURE}|(?<=◇)[x*×](?P<x>\d{{1,2}})",
            "份",
        ),
    )
)  # fmt: skip
#: Where adults are counted, whoever else is counted are all: 一家四口,两个大人两个小孩.
_ADULTS = re.compile(rf"{_MORE}个?(?:大(?=[带和加,]?{COUNT}个?小)|{_GROWN})|{_GROWN}(?:有|是)?{_MORE}[个位名]")
_ALONE = re.compile(r"(?:我|就)(?:自己)?(?:一|1)个人|就我自己|我自己(?:一个)?住|单独一个人|独自")
_TWO = re.compile(_PAIR)
_WITH_CHILD = re.compile(rf"(?:带着?|还有|加上?|和)(?:个|我的?|我家|自己的?)*(?P<k>{_KIDS})(?!房|床|餐|票|牙|用|乐|游)")
_ODD = re.compile(r"第.{0,3}$|[每限派叫找喊让]$|最多$|可住$|能住$|安排$|多少钱?$|几[块元]钱?$")


def find_counts(text: str) -> Iterator[Counted]:
    """People, children, rooms, quantity; places may overlap, the first in this order is meant."""
    has_adults = bool(_ADULTS.search(text))
    for pattern in _COUNTS:
        for match in pattern.expression.finditer(text):
            number = number_of(next(words for words in match.groupdict().values() if words))
            if number is None or not number[0] or _ODD.search(text[: match.start()][-5:]):
                continue
            if has_adults and pattern.name is SlotName.PEOPLE and not _ADULTS.match(text, match.start()):
                continue
            reason = _UNSURE.format(pattern.unit) if number[1] else ""
            yield Counted(pattern.name, number[0], match.start(), match.end(), number[1], reason)
    yield from _people_in_words(text)


def _people_in_words(text: str) -> Iterator[Counted]:
    for match in _ALONE.finditer(text):
        yield Counted(SlotName.PEOPLE, 1, *match.span())
    for match in _TWO.finditer(text):
        yield Counted(SlotName.PEOPLE, 2, *match.span())
    for match in _WITH_CHILD.finditer(text):
        yield Counted(SlotName.CHILDREN, 1, match.start("k"), match.end(), True, "几个孩子要问一下")
