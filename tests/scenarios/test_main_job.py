"""One message → one card → one tap → one reply."""

from __future__ import annotations

from tests.house import House


async def test_nothing_reaches_the_customer_before_staff_confirms(house: House) -> None:
    lin = house.play.customer("小林")
    await lin.says("请问开车去你们那边好停车吗")
    card = await house.play.staff("linxiaoman").next_card()
    assert await lin.received() == []
    assert card.buttons == ["发送", "修改", "我来回", "不用回"]
    assert "停车" in card.body
    await card.press("发送")
    assert await lin.next_reply() == card.body
    assert await lin.received() == [card.body]
    assert (await card.closed()).startswith("已发送 · 林小满")
