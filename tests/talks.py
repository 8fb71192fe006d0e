"""Whole conversations, played at the front door: what each turn says, what must come back, what is left at the end.

`tests/scenarios/doing.yaml` has them. A turn is one of (`who`: 小满 when not given):

says      what the customer writes, a text or several in one go; then a card comes and the clerk does what `clerk` says:
          发送 (nothing said), 不用回, 我来回, 两次 (taps twice), 两人 (two clerks at once), 改 (sends another text),
          留着 (leaves the card open); 没有卡 when no card may come
taps      what the clerk does with the card left open: as `clerk`
pays      {} what the newest link asks for; amount, order, secret (forged); again: true tells the last one again
waits     how the clock moves, in minutes
others    somebody else buys: product, day (今天, 明天 …), nights, rooms
types     a clerk who holds the session writes by hand
hears     parts of what reached the customer in this turn; `not_hears` what must not be there
card      parts of what the card shows
told      parts of what one of the staff was told in this turn
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp

from bot.errors import SoldOutError
from bot.sandbox.play_customer import PlayedCustomer
from bot.sandbox.play_staff import PlayedCard
from bot.trade import Line, NewOrder, OrderView, RoomQuery
from knowledge.policy import CHINA
from tests.house import House
from tests.small_chain import open_small_house, until

SHOP: Mapping[str, str] = {
    "products.csv": """商品编号,名称,别名,类别,价格,标签,可住人数,床型,杯型,温度,糖度,适用门店
R1,大床房,大床间,客房,300,安静,2,大床 1.8 米,,,,
R2,家庭房,亲子房,客房,500,适合带孩子,4,大床加小床,,,,
R3,双床房,标间,客房,320,适合朋友,2,两张 1.2 米床,,,,
D1,拿铁,,饮品,26,奶咖,,,中杯/大杯+4,热/冰/少冰,无糖/半糖,
D2,美式,黑咖啡,饮品,20,提神,,,中杯/大杯+4,热/冰/少冰,,
D3,热可可,可可,饮品,28,不含咖啡因,,,,,,
F1,蛋糕,,甜品,38,,,,,,,
""",
    "stock.csv": """商品编号,门店编号,日期从,日期到,星期,数量,价格
R1,,,,,3,
R2,,,,,1,
R3,,,,,5,
F1,,,,,2,
D3,,,,,0,
""",
    "orders.yaml": """留房分钟: 15
付款分钟: 30
付款链接: https://pay.example.com/pay?order={订单号}&amount={金额}
入住时间: "14:00"
退订规则:
  客房:
    说明: 入住前一天 18:00 前取消全退,入住当天 12:00 前退一半,再晚不退。
    规则:
      - 入住前小时: 20
        退款: 100%
      - 入住当天: "12:00"
        退款: 50%
      - 入住当天: "23:59"
        退款: 0%
  饮品:
    说明: 下单 5 分钟内可以全退。
    规则:
      - 下单后分钟: 5
        退款: 100%
""",
}
PEOPLE = ("anan", "beibei", "dingdian", "cece", "dodo", "eve", "fang", "zong", "zhou")
DAYS = ("今天", "明天", "后天", "大后天", "第四天", "第五天")  #: from the Monday on which a conversation begins
PATIENCE = 8.0  #: seconds for what a turn expects
QUIET = 0.9  #: seconds in which whatever comes unasked would have come


@asynccontextmanager
async def open_shop(database_url: str, folder: Path, port: int, **changed: Any) -> AsyncIterator[House]:
    """The small chain with things to sell, at 10:00 on a Monday."""
    more = dict(SHOP) | changed.pop("more", {})
    changed = {"换卡间隔秒": "0"} | changed
    async with open_small_house(database_url, folder, port, more=more, **changed) as house:
        to_monday(house)
        yield house


def to_monday(house: House) -> None:
    """On to the next Monday, 10:00 in the stores; what came before has no stock and no session left."""
    house.clock.move(until(house, time(10, 0)))
    local = house.clock.now().astimezone(CHINA)
    house.clock.move(timedelta(days=(-local.weekday() - 1) % 7 + 1))


@dataclass
class Talk:
    """One conversation being played."""

    house: House
    told: dict[str, Any]  #: as the file has it
    store: str = "S1"
    heard: dict[str, int] = field(default_factory=dict)  #: customer → how many bubbles were there before this turn
    cards: dict[str, PlayedCard] = field(default_factory=dict)  #: customer → the card left open
    payment: str = ""
    turns: int = 0
    number: int = 0  #: of the conversation within its house

    def __post_init__(self) -> None:
        self.first = self.house.clock.now().astimezone(CHINA).date()

    def customer(self, name: str) -> PlayedCustomer:
        """小满 of this conversation."""
        return self.house.play.customer(f"{name}{self.number}")

    # --- turns --------------------------------------------------------------------------------------------------------
    async def play(self) -> None:
        """Every turn, then the end. Raises AssertionError with the conversation so far."""
        for turn in self.told["turns"]:
            self.turns += "says" in turn
            try:
                await self._turn(turn)
            except AssertionError as error:
                raise AssertionError(f"{self.told['name']}: {turn}\n{error}\n{await self._so_far()}") from None
        try:
            await self._end()
        except AssertionError as error:
            raise AssertionError(f"{self.told['name']}: the end\n{error}\n{await self._so_far()}") from None

    async def _turn(self, turn: dict[str, Any]) -> None:
        name = turn.get("who", "小满")
        customer = self.customer(name)
        if "account" in turn:
            self.house.play.written_to[customer.name] = turn["account"]
        before = len(await customer.received()) if name in self.heard else 0
        self.heard[name] = before
        notices = set(await self._notices()) if "told" in turn else set()
        if "waits" in turn:
            await self.house.play.move_clock(minutes=float(turn["waits"]))
        if "others" in turn:
            await self._others(**turn["others"])
        if "says" in turn:
            await self._says(customer, turn)
        if "taps" in turn:
            await self._taps(name, turn["taps"], turn)
        if "types" in turn:
            await self.house.play.staff(turn.get("by", "anan")).types(customer.name, turn["types"])
        if "pays" in turn:
            await self._pays(customer, turn["pays"])
        await self._hears(customer, turn, before)
        if "told" in turn:
            await self._until(lambda: self._is_told(turn["told"], notices), f"staff not told {turn['told']}")

    async def _says(self, customer: PlayedCustomer, turn: dict[str, Any]) -> None:
        said = [turn["says"]] if isinstance(turn["says"], str) else turn["says"]
        await customer.says_all([self._fill(text) for text in said])
        how = turn.get("clerk", "发送")
        if how == "没有卡":
            await asyncio.sleep(QUIET)
            assert await self._find_card() is None, "a card came"
            return
        name = turn.get("who", "小满")
        self.cards[name] = await self._card_of(name)
        shown = str(self.cards[name].face)
        for part in _list(turn.get("card")):
            assert self._fill(part) in shown, f"「{part}」 is not on the card: {shown}"
        await self._taps(name, how, turn)

    async def _taps(self, name: str, how: str, turn: dict[str, Any]) -> None:
        if how == "留着":
            return
        card = await self.cards[name].refreshed()
        shown = f"{card.title} {card.face['body']} {card.facts}"
        assert how in ("不用回", "我来回") or "发送" in card.buttons, f"nothing to send: {shown}"
        match how:
            case "两次":
                await asyncio.gather(card.press("发送"), card.press("发送", anyway=True))
            case "两人":
                other = await self._until(self._find_card, "no second card came")
                await asyncio.gather(card.press("发送"), other.press("发送", anyway=True))
            case "改":
                await edit(await card.press("修改"), turn["text"])
            case _:
                await card.press(how)

    async def _pays(self, customer: PlayedCustomer, how: dict[str, Any]) -> None:
        id = self.payment if how.get("again") else ""
        fields = {key: str(value) for key, value in how.items() if key != "again"}
        paid = await customer.pays(id=id, **fields)
        self.payment = str(paid["id"])
        assert (paid["status"] == 200) == ("secret" not in how), paid

    async def _others(self, product: str, day: str, nights: int = 1, rooms: int = 1, price: str = "300") -> None:
        first = self._day(day)
        days = tuple(first + timedelta(days=step) for step in range(nights))
        line = Line(product, rooms, Decimal(price) * nights, days)
        order = NewOrder(self.store, "somebody", (line,), check_in=first, check_out=first + timedelta(days=nights))
        orders, key = self.house.service.orders, f"others:{self.number}:{product}:{day}:{rooms}"

        async def is_held() -> bool | None:
            try:
                await orders.hold(key, order, until=self.house.clock.now() + timedelta(minutes=15))
            except SoldOutError:
                return None  # what has run out is given back any moment
            return True

        await self._until(is_held, f"{product} is sold out on {day}")
        await orders.place(key, staff=None)

    # --- what came back -----------------------------------------------------------------------------------------------
    async def _hears(self, customer: PlayedCustomer, turn: dict[str, Any], before: int) -> None:
        parts = [self._fill(part) for part in _list(turn.get("hears"))]
        is_sent = turn.get("clerk", "发送" if "says" in turn else turn.get("taps", "")) in (
            "发送",
            "两次",
            "两人",
            "改",
        )

        async def came() -> bool | None:
            new = (await customer.received())[before:]
            return (all(part in "\n".join(new) for part in parts) and len(new) >= is_sent) or None

        await self._until(came, f"not heard: {parts}")
        if not parts and not is_sent and ("pays" in turn or turn.get("clerk") or "waits" in turn):
            await asyncio.sleep(QUIET)
            new = (await customer.received())[before:]
            assert turn.get("any") or not new, f"heard unasked: {new}"
        new = (await customer.received())[before:]
        for part in _list(turn.get("not_hears")):
            assert self._fill(part) not in "\n".join(new), f"heard 「{part}」"

    async def _find_card(self) -> PlayedCard | None:
        for account in PEOPLE:
            staff = self.house.play.staff(account)
            if (card := await staff.find_card()) is not None:
                staff.take(card)
                return card
        return None

    async def _card_of(self, name: str) -> PlayedCard:
        """A new card, or the open one with something else on it."""
        known = self.cards.get(name)
        before = known.body if known is not None and known.is_open else None

        async def look() -> PlayedCard | None:
            if (new := await self._find_card()) is not None:
                return new
            if known is None or before is None:
                return None
            await known.refreshed()
            return known if known.is_open and known.body != before else None

        card: PlayedCard = await self._until(look, "no card came")
        return card

    async def _notices(self) -> list[str]:
        return [text for account in PEOPLE for text in await self.house.play.staff(account).notices()]

    async def _is_told(self, parts: Any, before: set[str]) -> bool | None:
        new = [text for text in await self._notices() if text not in before]
        ours = [text for text in new if f"小满{self.number}" in text or "的订单" not in text]
        return all(any(self._fill(part) in text for text in ours) for part in _list(parts)) or None

    async def _until(self, look: Callable[[], Awaitable[Any]], what: str) -> Any:
        return await self.house.play.until(look, PATIENCE, what)

    # --- the end ------------------------------------------------------------------------------------------------------
    async def _end(self) -> None:
        for account in PEOPLE:
            waiting = [card.title for card in await self.house.play.staff(account).open_cards()]
            assert not waiting or self.told.get("alone"), f"cards left open: {waiting}"
        await self._check_orders()
        for where, left in self.told.get("stock", {}).items():
            product, day = where.split()
            assert await self.left(product, day) == left, f"{where}: {await self.left(product, day)} left"
        received = await self.customer("小满").received()
        questions = sum(map(is_question, received))
        missing = self.told.get("missing", 0)
        assert questions <= missing, f"{questions} questions for {missing} missing facts"
        print(f"{self.told['name']}: {self.turns} turns, {questions} questions, {missing} facts missing")

    async def _check_orders(self) -> None:
        wanted = self.told.get("orders", [])
        by_name = wanted if isinstance(wanted, dict) else {"小满": wanted}
        for name, lines in by_name.items():
            expected = [self._fill(line) for line in lines]

            async def is_so(name: str = name, expected: list[str] = expected) -> bool | None:
                return await self.orders_of(name) == expected or None

            try:
                await self._until(is_so, "")
            except AssertionError:
                raise AssertionError(f"{name} has {await self.orders_of(name)}, not {expected}") from None

    async def orders_of(self, name: str) -> list[str]:
        """Each as one line, oldest first."""
        id = await self.customer(name).id()
        return [self._order(order) for order in reversed(await self.house.service.orders.of_customer(id))]

    def _order(self, order: OrderView) -> str:
        lines = "+".join(
            f"{line.product}x{line.quantity}" + (f"({'、'.join(line.options.values())})" if line.options else "")
            for line in order.lines
        )
        days = f" {_day(order.check_in)}-{_day(order.check_out)}" if order.check_in and order.check_out else ""
        return f"{order.state.value} {order.total} {lines}{days}"

    async def left(self, product: str, day: str) -> int | None:
        """In store S1."""
        catalog, on = self.house.service.catalog, self._day(day)
        if not product.startswith("R"):
            return next(item.left for item in await catalog.items(self.store, on) if item.product == product)
        (offer,) = await catalog.rooms(RoomQuery(self.store, on, on + timedelta(days=1), 1, product))
        return offer.left

    def _day(self, word: str) -> date:
        return self.first + timedelta(days=DAYS.index(word))

    def _fill(self, text: str) -> str:
        """{明天} becomes 12月8日."""
        return re.sub(r"\{(\w+)\}", lambda found: _day(self._day(found[1])), text)

    async def _so_far(self) -> str:
        talks = [(name, await self.customer(name).messages()) for name in self.heard]
        lines = [
            f"  {name if each['who'] == 'customer' else '店小二'}> {each['text']}"
            for name, said in talks
            for each in said
        ]
        cards = [(account, await self.house.play.staff(account).cards()) for account in PEOPLE]
        lines += [
            f"  [{account}] {card.title} | {card.buttons or card.line} | {card.body} | {card.facts}"
            for account, known in cards
            for card in known
        ]
        return "\n".join([*lines, *(f"  [told] {text}" for text in await self._notices())])


def is_question(text: str) -> bool:
    """Whether a reply asks the customer something: one of its lines ends in a question mark."""
    return any(line.rstrip("~ ").endswith(("?", "？")) for line in text.splitlines())


async def edit(link: str, text: str) -> None:
    """Send something of the clerk's own from the edit page."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(link) as answer:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', await answer.text())
        assert found is not None
        async with http.post(answer.url, data={"csrf": found[1], "text": text, "action": "send"}) as sent:
            assert sent.status == 200


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _list(given: Any) -> list[str]:
    return given if isinstance(given, list) else [] if given is None else [given]
