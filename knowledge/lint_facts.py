"""Phone numbers and prices in an answer that say something else than the tables of stores and products.

Only what is surely about the same thing counts: a phone in an answer for certain stores, or another store's phone; an
amount in yuan right behind the name of a product, or of a column of the stores' table such as 早餐价格.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from knowledge.chain import Store
from knowledge.entry import Entry
from knowledge.problem import Problem, warning
from knowledge.products import Product

_PHONE = re.compile(
    r"(?<![\d.-])(?:\+?86[- ]?)?"
    r"(?:1[3-9]\d(?:[- ]?\d{4}){2}|[48]00[- ]?\d{3}[- ]?\d{4}|[48]00[- ]?\d{4}[- ]?\d{3}"
    r"|\(?0\d{2,3}\)?[- ]?\d{3,4}[- ]?\d{4}|0\d{2,3}[- ]\d{4}[- ]?\d{3})(?![\d.])"
)
_LOCAL_PHONE = re.compile(
    r"(?:电话|座机|拨打|致电|打)(?:是|为|号码)?[:\s]{0,2}([2-8]\d{3}[- ]?\d{4}|[2-8]\d{6})(?![\d.-])"
)
_OWN_PHONE = re.compile(r"(?:前台|门店|本店|店里|我们店|咱们店|酒店)的?(?:联系)?(?:电话|座机|号码)?(?:是|为)?[:\s]*$")
_HOTLINE = ("400", "800")  #: such numbers are a chain's
#: Whose number it is when it is not the store's.
_ELSEWHERE = re.compile(
    r"医院|急救|药店|派出所|报警|消防|机场|车站|高铁|出租|打车|的士|景区|景点|快递|总部|银行|平台|物业|商场"
)
_LOOK_BACK = 10  #: characters before a number in which `_ELSEWHERE` is looked for

_AMOUNT = re.compile(
    r"[¥\u00a5]\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:元|块(?!状)|rmb)(?!\s*(?:以[上下内]|起送|代金|券|红包|优惠))"
)
#: What may stand between a name and its price: nothing that begins another thought.
_BETWEEN = re.compile(
    r"[\"'“”‘’「」『』()\[\]【】<>《》:,、\s]*(?:的|是|每|一|单|现|售|只|仅|卖|要|为|价|格|钱|收费|费用|杯|份|个|位|人|晚|天|次|张|间|约|共|大|中|小|成|[\"'”’」』()\[\]:,\s])*"
)
#: Then the amount is not the thing's price: a surcharge, a discount, a special offer, one of several sizes.
_OTHER_PRICE = re.compile(
    r"(?:[两二三四五六七八九十]|(?<!\d)[2-9]|\d{2,})\s*[杯份个张瓶盒]$|[加减省返送抵满超过立降补退赔扣付另从到至]|会员|活动|优惠|特价|折|券|第二|半价|套餐|组合|原价|生日|团购|外带|升级|押"
)
_AFTER = re.compile(r"\s*(?:起|以上|以下|以内|左右|[-~到至]|代金|券|抵|[/、]\s*\d)")
_MAY_PRECEDE = frozenset("的是和与及或有点喝杯份款个来买要卖如另吃")  #: one letter that is not part of the name
_PRICE_COLUMN = re.compile(r"(.{2,}?)(?:的?(?:价格|价钱|单价|售价|收费|费用|价|费))")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables say."""

    stores: Sequence[Store] = ()
    products: Sequence[Product] = ()


def find_contradictions(entries: Iterable[Entry], facts: Facts) -> Iterator[Problem]:
    """One warning for each number that the tables have otherwise."""
    phones, prices = _Phones(facts.stores), _Prices(facts)
    for entry in entries:
        for column, answer in (("客户版答案", entry.customer_answer), ("员工版答案", entry.staff_answer)):
            if any(char.isdigit() for char in answer):
                plain = unicodedata.normalize("NFKC", answer)
                yield from phones.problems(entry, column, plain)
                yield from prices.problems(entry, column, plain)


class _Phones:
    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = stores
        self._owners: dict[str, list[Store]] = {}
        self._known: dict[str, set[str]] = {}  # by store: every number in its row
        for store in stores:
            for number in _numbers(store.phone):
                self._owners.setdefault(number, []).append(store)
            self._known[store.number] = {number for cell in store.cells.values() for number in _numbers(cell)}

    def problems(self, entry: Entry, column: str, answer: str) -> Iterator[Problem]:
        mine = [store for store in self._stores if entry.holds_in(store)]
        for match in itertools.chain(_PHONE.finditer(answer), _LOCAL_PHONE.finditer(answer)):
            said = (match[1] if match.re is _LOCAL_PHONE else match[0]).strip()
            number = _with_area(_digits(said), mine) if match.re is _LOCAL_PHONE else _digits(said)
            reason = self._reason(
                number, mine, entry, answer[max(0, match.start() - _LOOK_BACK) : match.start()], answer
            )
            if reason:
                yield warning(entry.place.at(column), "phone-differs", f"「{said}」{reason}", said)

    def _reason(self, number: str, mine: Sequence[Store], entry: Entry, before: str, answer: str) -> str:
        """Why the number is wrong; "" when it may be right."""
        if any(number in self._known[store.number] for store in mine) and (
            not entry.is_everywhere or len(self._stores) == 1
        ):
            return ""
        owners = self._owners.get(number, ())
        if owners:
            is_said = any(name in answer for owner in owners for name in (owner.name, *owner.aliases) if name)
            return "" if is_said else _other_stores(owners[0], entry)
        if _ELSEWHERE.search(before):
            return ""
        if entry.is_everywhere and len(self._stores) > 1:
            is_own = self._owners and not number.startswith(_HOTLINE) and _OWN_PHONE.search(before)
            return "不是门店表里任何一家店的电话,客人可能打不通。请改成 {{门店.电话}},或者改门店表。" if is_own else ""
        theirs = next((store for store in mine if _numbers(store.phone)), None)
        if theirs is None or len({store.phone for store in mine}) > 1:
            return ""
        if number.startswith(_HOTLINE) != theirs.phone.startswith(_HOTLINE):
            return ""  # the chain's own number beside the store's
        return (
            f"和门店表里{theirs.name}的电话 {theirs.phone} 不一样,客人可能打不通。"
            "请改成 {{门店.电话}};如果确实是另一个号码,可以在门店表加一列写它。"
        )


def _with_area(local: str, stores: Sequence[Store]) -> str:
    """A number without an area as that of the store where it is one, or with the area of the first."""
    known = [number for store in stores for number in _numbers(store.phone) if number.startswith("0")]
    same = next((number for number in known if number.endswith(local)), None)
    return same or next((number[: len(number) - len(local)] + local for number in known), local)


def _other_stores(owner: Store, entry: Entry) -> str:
    for_whom = "所有门店的客人" if entry.is_everywhere else "别的门店的客人"
    return f"是{owner.name}的电话,这条却会发给{for_whom}。请改成 {{{{门店.电话}}}},或者写清适用门店。"


class _Prices:
    def __init__(self, facts: Facts) -> None:
        self._stores = facts.stores
        self._products = {
            unicodedata.normalize("NFKC", name): product
            for product in facts.products
            for name in (*product.aliases, product.name)
            if len(name) > 1
        }
        self._columns = _price_columns(facts.stores)
        names = sorted({*self._products, *self._columns}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, names))) if names else None

    def problems(self, entry: Entry, column: str, answer: str) -> Iterator[Problem]:
        for name, said, amount in self._mentions(answer):
            if product := self._products.get(name):
                yield from _product_problem(product, entry, column, said, amount)
            else:
                yield from self._column_problem(self._columns[name], entry, column, said, amount)

    def _mentions(self, answer: str) -> Iterator[tuple[str, str, Decimal]]:
        """Each name with a price of its own right behind it: name, both as written, amount."""
        for match in self._pattern.finditer(answer) if self._pattern else ():
            if not _stands_alone(answer, match.start()):
                continue
            between = _BETWEEN.match(answer, match.end())
            amount = _AMOUNT.match(answer, between.end() if between else match.end())
            if (
                amount is None
                or _OTHER_PRICE.search(answer[match.end() : amount.start()])
                or _AFTER.match(answer, amount.end())
            ):
                continue
            clause = re.split(r"[。;!?\n,]", answer[: match.start()])[-1]
            if not _OTHER_PRICE.search(clause):
                yield match[0], answer[match.start() : amount.end()], Decimal(amount[1] or amount[2])

    def _column_problem(self, header: str, entry: Entry, column: str, said: str, amount: Decimal) -> Iterator[Problem]:
        for store in self._stores:
            amounts = _amounts(store.cells.get(header, ""))
            if entry.holds_in(store) and amounts and amount not in amounts:
                yield warning(
                    entry.place.at(column),
                    "price-differs",
                    f"「{said}」和门店表里{store.name}的{header}「{store.cells[header]}」不一样。"
                    f"请改成 {{{{门店.{header}}}}},或者改门店表。",
                    said,
                )
                return


def _product_problem(product: Product, entry: Entry, column: str, said: str, amount: Decimal) -> Iterator[Problem]:
    if product.prices and amount not in product.prices:
        price = product.cells.get("价格") or str(product.prices[0])
        yield warning(
            entry.place.at(column),
            "price-differs",
            f"「{said}」和商品表里{product.name}的价格 {price} 不一样,客人会问到底多少。请改掉其中一个。",
            said,
        )


def _price_columns(stores: Sequence[Store]) -> Mapping[str, str]:
    """What a price column is about, by name: 早餐 for 早餐价格. Only where cells hold an amount."""
    headers = dict.fromkeys(header for store in stores for header in store.cells)
    columns: dict[str, str] = {}
    for header in headers:
        match = _PRICE_COLUMN.fullmatch(header)
        if match and any(_amounts(store.cells.get(header, "")) for store in stores):
            columns[match[1]] = columns[header] = header
    return columns


def _amounts(text: str) -> set[Decimal]:
    plain = unicodedata.normalize("NFKC", text)
    if re.fullmatch(r"\d+(?:\.\d+)?", plain.strip()):
        return {Decimal(plain.strip())}
    return {Decimal(match[1] or match[2]) for match in _AMOUNT.finditer(plain)}


def _stands_alone(text: str, start: int) -> bool:
    """Whether the name begins here and is no part of a longer one: 拿铁 in 烤栗子拿铁 is not meant."""
    return start == 0 or not text[start - 1].isalnum() or text[start - 1] in _MAY_PRECEDE


def _numbers(text: str) -> set[str]:
    return {_digits(match[0]) for match in _PHONE.finditer(unicodedata.normalize("NFKC", text))}


def _digits(text: str) -> str:
    """A phone number as it is dialled in China."""
    digits = "".join(char for char in text if char.isdigit())
    return digits[2:] if digits.startswith("86") and len(digits) > 11 else digits
