"""A counter with a small catalogue, at which a customer talks: what the pipeline does, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.replies.dialogue import turn
from bot.replies.forms import Forms
from bot.replies.frame import Frame
from bot.replies.heard import Facts, Heard, Weather, expects
from bot.replies.offering import offer
from bot.replies.proposal import Offers, Outcome, Proposal
from bot.replies.step import Ask, Closed, HandOver, NeedItems, NeedOrders, NeedRooms, Ready, Step
from bot.trade import ItemOffer, Night, Option, OrderState, OrderView, RoomOffer, RoomQuery
from intents.calendar import Calendar
from intents.recogniser import Recognised
from intents.slots import Names, read_items, read_slots
from knowledge.persona import Persona
from knowledge.policy import CHINA

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=CHINA)  # a Sunday
STORE = "A1"
_LOOK_UPS = 6  #: more than one message may ever need

NAMES = Names(
    rooms={
        "高级大床房": "R1",
        "高级大床": "R1",
        "大床房": "R1",
        "大床": "R1",
        "双床房": "R2",
        "双床": "R2",
        "标间": "R2",
        "家庭房": "R3",
        "豪华大床房": "R4",
        "豪华大床": "R4",
    },
    products={"拿铁": "C1", "美式": "C2", "热可可": "C3", "可可": "C3", "可颂": "P1", "冰柠檬茶": "C4", "柠檬茶": "C4"},
    stores={"湖边店": "A1", "江边店": "B2"},
    cities={"杭州": "杭州"},
)
#: number → name, price on weekdays, price on Friday and Saturday, tags, guests, bed
_ROOMS = {
    "R1": ("高级大床房", "388", "428", ("大床", "安静"), 2, "大床 1.8 米"),
    "R2": ("高级双床房", "398", "438", ("双床",), 2, "双床 1.2 米"),
    "R3": ("家庭房", "528", "588", ("亲子", "家庭"), 4, "大床加单床"),
    "R4": ("豪华大床房", "488", "548", ("大床", "高楼层", "湖景"), 2, "大床 1.8 米"),
}
_SIZES = (Option("中杯"), Option("大杯", Decimal("4.00")))
_HEAT = (Option("热"), Option("少冰"), Option("去冰"))
_SUGAR = (Option("全糖"), Option("半糖"), Option("无糖"))
ITEMS = (
    ItemOffer(
        "C1", "拿铁", "饮品", Decimal("28.00"), None, {"杯型": _SIZES, "温度": _HEAT, "糖度": _SUGAR}, tags=("招牌",)
    ),
    ItemOffer("C2", "美式", "饮品", Decimal("22.00"), None, {"杯型": _SIZES, "温度": _HEAT}),
    ItemOffer("C3", "热可可", "饮品", Decimal("30.00"), 5, {"糖度": _SUGAR}, tags=("热饮",)),
    ItemOffer("C4", "冰柠檬茶", "饮品", Decimal("24.00"), None, {"糖度": _SUGAR}, tags=("冰饮",)),
    ItemOffer("P1", "可颂", "烘焙", Decimal("18.00"), 2),
)


@dataclass
class Counter:
    """One customer and what the store has. `left` says what is left of a room on a day where it is not five."""

    profile: Mapping[str, str] = field(default_factory=dict)
    left: dict[tuple[str, date], int] = field(default_factory=dict)
    items_left: dict[str, int] = field(default_factory=dict)
    orders: tuple[OrderView, ...] = ()
    weather: Weather | None = None
    persona: Persona = field(default_factory=Persona)
    forms: Forms = field(default_factory=Forms.load)
    store: str | None = STORE
    now: datetime = NOW
    frame: Frame | None = None
    offers: Offers = field(default_factory=Offers)

    def facts(self) -> Facts:
        return Facts(
            now=self.now,
            forms=self.forms,
            persona=self.persona,
            customer="7",
            store=self.store,
            store_name="湖边店",
            profile=self.profile,
            weather=self.weather,
            products=NAMES.products,
            rooms=NAMES.rooms,
        )

    def hear(
        self,
        text: str,
        *,
        means: Sequence[str] = (),
        is_voice: bool = False,
        asides: tuple[str, ...] = (),
        menu_id: str | None = None,
        source: str = "template",
    ) -> Heard:
        expected = expects(self.frame)
        local = self.now.astimezone(CHINA)
        slots = read_slots(text, local, NAMES, CALENDAR, expects=expected)
        items = read_items(text, NAMES)
        recognised = tuple(_recognised(meaning, source) for meaning in means)
        return Heard(text, recognised or (Recognised("none", 0.0),), slots, items, is_voice, asides, menu_id)

    def take(self, heard: Heard) -> Step | Outcome:
        """What comes of a message, with everything looked up that it needs; keeps the frame for the next one."""
        facts = self.facts()
        if self.frame is not None:
            self.frame = Frame.load(self.frame.dump())  # every message may find another process
        step: Step | Outcome = turn(self.frame, heard, facts)
        self.offers = Offers()
        for _ in range(_LOOK_UPS):
            if isinstance(step, NeedRooms | NeedItems | NeedOrders | Ready):
                self._look_up(step)
                step = offer(step.frame, self.offers, facts)
        assert not isinstance(step, NeedRooms | NeedItems | NeedOrders | Ready)
        if isinstance(step, Proposal):
            self.frame = None if step.is_over else step.frame
        elif isinstance(step, Ask):
            self.frame = step.frame
        elif isinstance(step, HandOver | Closed):
            self.frame = None
        return step

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def _look_up(self, need: Step | Outcome) -> None:
        if isinstance(need, NeedRooms):
            assert need.query not in self.offers.rooms
            self.offers = self.offers.with_rooms(need.query, self.rooms(need.query))
        elif isinstance(need, NeedItems):
            self.offers = replace(self.offers, items=self.items())
        elif isinstance(need, NeedOrders):
            self.offers = replace(self.offers, orders=self.orders)

    def rooms(self, query: RoomQuery) -> tuple[RoomOffer, ...]:
        days = [query.check_in + timedelta(days=n) for n in range((query.check_out - query.check_in).days)]
        return tuple(self._room(number, days, query.rooms) for number in _ROOMS)

    def _room(self, number: str, days: Sequence[date], rooms: int) -> RoomOffer:
        name, weekday, weekend, tags, guests, bed = _ROOMS[number]
        nights = tuple(
            Night(day, Decimal(weekend if day.weekday() in (4, 5) else weekday), self.left.get((number, day), 5))
            for day in days
        )
        total = sum((night.price for night in nights), Decimal("0.00")) * rooms
        return RoomOffer(number, name, nights, min(night.left for night in nights), total, tags, guests, bed)

    def items(self) -> tuple[ItemOffer, ...]:
        return tuple(replace(one, left=self.items_left.get(one.product, one.left)) for one in ITEMS)


def order(
    number: str,
    *,
    state: str = "paid",
    check_in: date | None = None,
    check_out: date | None = None,
    product: str = "R1",
    name: str = "高级大床房",
    total: str = "776.00",
    refund: str | None = None,
    may_cancel: bool = True,
    rule: str = "",
    quantity: int = 1,
) -> OrderView:
    """An order of the customer's; whole refund unless `refund` says another sum."""
    from bot.trade import Line

    days = (
        tuple(check_in + timedelta(days=n) for n in range((check_out - check_in).days))
        if check_in and check_out
        else ()
    )
    line = Line(product, quantity, Decimal(total) / quantity, days, name=name)
    is_paid = state == "paid"
    back = Decimal(refund) if refund is not None else Decimal(total) if is_paid else Decimal("0.00")
    return OrderView(
        number,
        OrderState(state),
        STORE,
        "7",
        (line,),
        check_in,
        check_out,
        None,
        Decimal(total),
        NOW - timedelta(days=1),
        NOW if is_paid else None,
        Decimal("0.00"),
        may_cancel,
        back,
        rule,
        stay_until=check_out,
    )


def _recognised(meaning: str, source: str) -> Recognised:
    """`meaning` is an intent, and its kind after a slash: room.service/送物."""
    intent, _, kind = meaning.partition("/")
    return Recognised(intent, 0.9, kind=kind, source=source)


CALENDAR = Calendar.load()
