"""Whatever a customer writes, in whatever order: nothing is raised, one question a turn at most, and it ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.replies.dialogue import is_expired
from bot.replies.frame import Frame
from bot.replies.heard import Weather
from bot.replies.persona import count_emoji, find_forbidden
from bot.replies.proposal import Offers, Proposal
from bot.replies.step import Ask, Closed
from knowledge.persona import Persona
from tests.unit.replies.counter import NOW, Counter, order
from tests.unit.replies.sums import amounts, sums_of

_WORDS = (
    "订一间大床房",
    "住两晚",
    "明天",
    "后天",
    "不是明天,后天",
    "过两天",
    "25号到27号",
    "三个人",
    "两间",
    "换成双床",
    "算了不要了",
    "好的",
    "不行",
    "第二个",
    "便宜的",
    "都行",
    "能停车吗",
    "一杯拿铁",
    "再加一杯美式",
    "大杯",
    "少冰",
    "美式不要了",
    "下午三点",
    "想再住一晚",
    "到周五",
    "取消订单",
    "确定",
    "我要退款",
    "查下订单",
    "送两瓶水",
    "8203房",
    "13912345678",
    "推荐一下",
    "400元以内",
    "100间",
    "0晚",
    "?",
    "。。。",
    "😀",
    "湖边店",
    "99999999999晚",
    "还有可颂吗",
    "三个可颂",
    "D1001",
    "那就这样",
    "第九个",
)
_INTENTS = (
    "stay.book",
    "stay.extend",
    "stay.cancel",
    "stay.change",
    "room.recommend",
    "order.place",
    "order.status",
    "order.cancel",
    "refund",
    "product.recommend",
    "product.stock",
    "room.service",
    "invoice",
    "parking",
    "thanks",
    "greet",
    "none",
    "complain",
)
_texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(",".join) | st.text(max_size=12)
_messages = st.tuples(
    _texts, st.lists(st.sampled_from(_INTENTS), max_size=2), st.booleans(), st.booleans(), st.integers(0, 12)
)
_lefts = st.dictionaries(
    st.tuples(st.sampled_from(["R1", "R2", "R3", "R4"]), st.integers(-1, 8)), st.integers(0, 3), max_size=12
)
_FORBIDDEN = ("常住", "家庭")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    messages=st.lists(_messages, min_size=1, max_size=12),
    lefts=_lefts,
    has_order=st.booleans(),
    refund=st.sampled_from(["0.00", "388.00", "776.00"]),
    longest=st.sampled_from([20, 60, 200]),
    usual=st.sampled_from([None, "R4", "gone"]),
)
def test_any_messages(
    messages: list[tuple[str, list[str], bool, bool, int]],
    lefts: dict[tuple[str, int], int],
    has_order: bool,
    refund: str,
    longest: int,
    usual: str | None,
) -> None:
    start = NOW.date()
    stays = (order("D1001", check_in=start + timedelta(days=1), check_out=start + timedelta(days=3), refund=refund),)
    persona = Persona(longest=longest, forbidden=_FORBIDDEN if longest == 60 else ())
    counter = Counter(
        profile={"room_type": usual} if usual else {},
        left={(room, start + timedelta(days=day)): left for (room, day), left in lefts.items()},
        orders=stays if has_order else (),
        weather=Weather(8.0, is_wet=True),
        persona=persona,
    )
    for text, means, is_voice, is_aside, minutes in messages:
        counter.later(minutes)
        asides = (text,) if is_aside else ()
        outcome = counter.take(counter.hear(text, means=means, is_voice=is_voice, asides=asides))
        said = outcome.text if isinstance(outcome, Ask | Proposal | Closed) else ""
        assert said.count("?") + said.count("？") <= 1
        assert len(said) <= longest
        assert not find_forbidden(said, persona)
        assert count_emoji(said) <= persona.emoji_most
        allowed = sums_of(counter.offers, outcome) if isinstance(outcome, Proposal) else _of_frame(counter.frame)
        assert amounts(said) <= allowed | amounts(text)
        if isinstance(outcome, Proposal) and outcome.order is not None:
            _check_order(outcome, counter.offers)
    _check_end(counter)


def _of_frame(frame: Frame | None) -> set[Decimal]:
    """What was offered before may be listed again."""
    return {one.price for one in frame.offered if one.price is not None} if frame else set()


def _check_order(proposal: Proposal, offers: Offers) -> None:
    """Never more than there is, and at the price that was looked up."""
    assert proposal.order is not None
    rooms = {one.product: one for found in offers.rooms.values() for one in found}
    items = {one.product: one for one in offers.items or ()}
    for line in proposal.order.lines:
        if line.days:
            assert any(
                one.product == line.product and one.price == line.unit_price and one.left >= line.quantity
                for found in offers.rooms.values()
                for one in found
            ), rooms
        else:
            offer = items[line.product]
            assert offer.price_with(line.options) == line.unit_price
            assert offer.left is None or offer.left >= line.quantity


def _check_end(counter: Counter) -> None:
    """Nothing more is said: by and by the frame is over."""
    frame = counter.frame
    assert frame is None or frame.turns <= counter.forms.turns_most
    counter.later(counter.forms.expires_in / timedelta(minutes=1))
    assert frame is None or is_expired(frame, counter.facts())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "intent",
                        "touched_at",
                        "slots",
                        "items",
                        "offered",
                        "asked",
                        "has_asked",
                        "misses",
                        "value",
                        "price",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_frame_or_none(data: object) -> None:
    frame = Frame.load(data)
    assert frame is None or Frame.load(frame.dump()) == frame
