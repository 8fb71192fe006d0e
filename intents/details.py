"""Phones, numbers of orders, rooms and cars, budgets, names, breakfast, and what guests like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intents.counts import Counted
from intents.numerals import read_digits, read_number
from intents.persons import find_persons
from intents.slot import SlotName

_SPOKEN = "零〇一二三四五六七八九幺两"
_MOBILE = re.compile(r"(?<![\da-z])(?:\+?86[ -]?)?(1[3-9]\d(?:[ -]?\d){8})(?![\da-z])")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?[2-8]\d{6,7}(?:-\d{1,4})?(?!\d)")
_SAID_MOBILE = re.compile(rf"(?<![{_SPOKEN}\d])([幺一1][{_SPOKEN}\d](?:[、, -]?[{_SPOKEN}\d]){{9}})(?![{_SPOKEN}\d])")
_SHORT_PHONE = re.compile(r"(?:电话|手机号?|号码|联系方式)(?:号码?)?[是为:,]?(\d[\d -]{6,14}\d)(?!\d)")
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])([a-z])[·•. -]?"
    rf"((?:[a-z\d{_SPOKEN}][ -]?){{4,5}}[a-z\d{_SPOKEN}挂学警港澳]?)"
)
_ORDER = re.compile(
    r"(?:订单号?|单号|预订号|预定号|确认号|流水号|取餐码|取货码|编号)(?:码)?(?:后[四六]位)?[是为:#,]*([a-z]{0,4}\d[\da-z-]{3,31})"
)
_PICK_UP = re.compile(r"取[餐货单](?:码|号码?)[是为:,]*([a-z]{0,3}-?\d{1,8})(?![\da-z])")
_LONG_ORDER = re.compile(r"(?<![\da-z])([a-z]{1,4}\d{6,}|\d{12,32})(?![\da-z])")
_IDENTITY = re.compile(r"(?:身份证|证件|护照|银行卡|卡号)(?:号码?)?[是为:]?$")
_ROOM_DIGITS = rf"(?:[a-z]?\d{{3,4}}|[{_SPOKEN}]{{3,4}})"
_ROOM = re.compile(
    rf"(?:房间?号(?:码)?|门牌号?|房号)[是为:,]*({_ROOM_DIGITS})(?!\d)"
    rf"|(?:(?:我|我们)?(?:住在?|在|是)|帮|给|请给|麻烦给|送到?|来)({_ROOM_DIGITS})(?![\d元块米人年月日号度点折万个分到至~-]|毫升|ml|%|左右|以[内下]|多)(?:号?房间?|室)?"
    rf"|(?<![\d.¥:-])({_ROOM_DIGITS})(?:号?房间?(?!价|费|型)|室(?!内|外)|号客房)"
    r"|(?:^|(?<=,))([a-z]?\d{3,4})(?=的?(?:空调|电视|马桶|热水|灯|门|网|wifi|插座|花洒|窗|退房|续住|续房|打扫|卫生|房卡|客人)"
    r"|的?(?:洗手间|卫生间|浴室|床)"
    r"|[要需送拿加没缺请](?!折)|$)"
)
_AMOUNT = (
    r"(\d{2,5}(?:\.\d{1,2})?|[一二两三四五六七八九]?[百千][零一二三四五六七八九十百五]*|[二三四五六七八九]十|\d[百千])"
)
_YUAN = r"(?:元|块钱?|rmb|人民币|大洋)"
_BUDGET = re.compile(
    r"(?:预算|价位|价格|房价|单价|价钱|人均)(?:大概|大约|差不多|最多|控制|就|在|是|有|为|:|,|不超过|到|别超过)*"
    rf"{_AMOUNT}(?:多|来)?(?:(?:到|-|~|至){_AMOUNT})?{_YUAN}?(?:左右|上下|以[内下上]|之[内间])?"
    rf"|(?:不超过|不要超过|别超过|最多|最贵|顶多|控制在|不高于|低于){_AMOUNT}(?:多|来)?{_YUAN}?"
    r"(?![个间人位天晚杯点米号日月]|公里|分钟|小时)"
    rf"|(?<![\d.]){_AMOUNT}(?:(?:到|-|~|至){_AMOUNT})?(?:多|来)?{_YUAN}(?:钱)?"
    r"(?:左右|上下|以[内下上]|之内|内|封顶|这样|的价位|的预算|的房|档|[一每]晚的|的(?=$|,|有|那))"
    rf"|(?<![\d.房号]){_AMOUNT}(?:(?:到|-|~|至){_AMOUNT})?(?:多|来)?"
    r"(?:以内|之内|以下|封顶|出头|左右的房|的价位|价位)(?!的?分钟)"
)
_ASKED = re.compile(r"吃?的?(?:吗|么|嘛|不|没|几点|多少|怎么|有什么|在哪|好吃|是什么|需要钱|要钱|免费)")
_WHETHER = re.compile(r"(?:是不是|有没有|是否|上面还|还)$")
_BREAKFAST = (
    (re.compile(r"(?:不用|不要|不需要|不含|不带|无|别带)(?:含|带)?早(?:餐|饭)?"), "不含早餐"),
    (
        re.compile(r"(?:含|带|要|包)?双早|(?:含|带|要)?(?:两|2|二)份早(?:餐|饭)?|早(?:餐|饭)(?:要)?(?:两|2|二)[份个]"),
        "双早",
    ),
    (re.compile(r"(?:含|带|要|包)?单早|(?:含|带|要)?(?:一|1)份早(?:餐|饭)?|早(?:餐|饭)(?:要)?(?:一|1)[份个]"), "单早"),
    (re.compile(r"(?:含|带|要|包)?三早|(?:含|带|要)?(?:三|3)份早(?:餐|饭)?|早(?:餐|饭)(?:要)?(?:三|3)[份个]"), "三早"),
    (re.compile(r"(?<!不)(?:含|带|包|要|加|有)早(?:餐|饭)?(?![上晨一点])(?:的)?"), "含早餐"),
)
_LIKED = re.compile(
    r"(?:不要|别|不想|不喜欢|远离|离)(?:太)?(?:靠近?|挨着|临)?(?:电梯(?:口|间)?|马路|街|楼梯)(?:远一?点)?|"
    r"(?:靠近?|挨着|离)电梯(?:口|近)?(?:一点|近一点)?|(?:高|低|中)(?:楼层|层)(?:一点)?|楼层(?:高|低)(?:一?点|些)|(?:高|低)一点的?楼层|(?:一|顶|底)楼的|顶层|"
    r"安静(?:一?点|些)?|不吵|隔音好|无烟(?:房|楼层)?|禁烟|(?:可以?)?(?:吸烟|抽烟)房?|有窗|无窗|带窗|大窗户?|落地窗|飘窗|靠窗|"
    r"[海江湖山园河街城]景|看[海江湖山]|朝[南北东西阳]|向阳|带?(?:大)?阳台|(?:有|带)?(?:大)?浴缸|泡澡|(?:有|带)?投影|电竞|麻将房?|(?:有|带)?(?:厨房|洗衣机|沙发|露台|院子)|"
    r"连通房|相邻|(?:挨着|挨一起|挨在一起|连在一起|靠在一起|隔壁)|同一?(?:层|楼)|加(?:一?张)?床|婴儿床|(?:荞麦|硬|软|乳胶|高|低)枕头?|"
    r"(?:软|硬)一?点的床|性价比高?|便宜一?点|(?:带|有)?宠物|无障碍|轮椅|(?:布置|生日|蜜月|结婚纪念|求婚)(?:布置)?|"
    r"燕麦奶|豆奶|脱脂奶|全脂奶|低脂奶|加浓|双份浓缩|加一份浓缩|不要奶油|不加奶油|去奶油|打包|带走|外带|堂食|外送|少辣|微辣|不辣|不要辣|清淡|不要香菜|不要葱|素食|清真|低因|脱因"
)


def find_details(text: str) -> Iterator[Counted]:
    """In order of precedence: where two share a place, the first is meant."""
    yield from _phones(text)
    yield from _plates(text)
    yield from _orders(text)
    yield from _rooms(text)
    yield from _budgets(text)
    yield from find_persons(text)
    yield from _breakfast(text)
    for match in _LIKED.finditer(text):
        if not _ASKED.match(text, match.end()):
            yield Counted(SlotName.PREFERENCE, match.group(), *match.span())


def _phones(text: str) -> Iterator[Counted]:
    for match in _MOBILE.finditer(text):
        yield Counted(SlotName.PHONE, re.sub(r"\D", "", match[1]), *match.span())
    for match in _LANDLINE.finditer(text):
        yield Counted(SlotName.PHONE, match.group(), *match.span())
    for match in _SAID_MOBILE.finditer(text):
        digits = read_digits(match[1])
        if re.fullmatch(r"1[3-9]\d{9}", digits):
            yield Counted(SlotName.PHONE, digits, *match.span())
    for match in _SHORT_PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[1])
        reason = f"手机号应该是 11 位,现在是 {len(digits)} 位"
        yield Counted(SlotName.PHONE, digits, match.start(1), match.end(), True, reason)


def _plates(text: str) -> Iterator[Counted]:
    for match in _PLATE.finditer(text):
        rest = "".join(read_digits(one) if one in _SPOKEN else one for one in match[3] if one not in " -")
        if len(rest) in (5, 6) and any(one.isdecimal() for one in rest):
            yield Counted(SlotName.PLATE, (match[1] + match[2] + rest).upper(), *match.span())


def _orders(text: str) -> Iterator[Counted]:
    for expression in (_ORDER, _PICK_UP, _LONG_ORDER):
        for match in expression.finditer(text):
            if not _IDENTITY.search(text[: match.start()]):
                yield Counted(SlotName.ORDER_NUMBER, match[1].upper(), *match.span(1))


def _rooms(text: str) -> Iterator[Counted]:
    for match in _ROOM.finditer(text):
        group = next(number for number in range(1, 5) if match[number])
        words = match[group].upper()
        number = words if words.isascii() else read_digits(words)
        if int(number[-2:]) <= 60 and not number.startswith("0"):
            yield Counted(SlotName.ROOM_NUMBER, number, *match.span(group))


def _budgets(text: str) -> Iterator[Counted]:
    for match in _BUDGET.finditer(text):
        given = [read_number(one) for one in match.groups() if one]
        amounts = [amount for amount in given if amount is not None]
        if amounts and 10 <= max(amounts) < 100_000:
            is_open = match.group().endswith(("以上", "出头")) or "多" in match.group()
            reason = "预算上限要问一下" if is_open else ""
            yield Counted(SlotName.BUDGET, max(amounts), *match.span(), is_open, reason)


def _breakfast(text: str) -> Iterator[Counted]:
    for expression, value in _BREAKFAST:
        for match in expression.finditer(text):
            if not _ASKED.match(text, match.end()) and not _WHETHER.search(text[: match.start()]):
                yield Counted(SlotName.BREAKFAST, value, *match.span())
