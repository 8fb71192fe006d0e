"""kf/sync_msg."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.play import Player
from tests.unit.sandbox.harness import CAFE, FOREIGN, HOTEL, Platform, Service


def _texts(page: dict[str, object]) -> list[str]:
    rows = page["msg_list"]
    assert isinstance(rows, list)
    return [row["text"]["content"] for row in rows if row["msgtype"] == "text"]


async def test_rows_come_in_order_page_by_page(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    msgids = await lin.says_all(["一", "二", "三", "四", "五"])
    first = await wecom.sync(limit=2)
    second = await wecom.sync(cursor=first["next_cursor"], limit=2)
    third = await wecom.sync(cursor=second["next_cursor"], limit=2)
    assert [_texts(page) for page in (first, second, third)] == [["一", "二"], ["三", "四"], ["五"]]
    assert [page["has_more"] for page in (first, second, third)] == [1, 1, 0]
    again = await wecom.sync(cursor=third["next_cursor"])
    assert (again["msg_list"], again["has_more"]) == ([], 0)
    row = first["msg_list"][0]
    assert row["msgid"] == msgids[0]
    assert (row["open_kfid"], row["external_userid"], row["origin"]) == (HOTEL, await lin.id(), 3)


async def test_each_account_has_its_own_rows_and_cursors(wecom: Platform, play: Player) -> None:
    await play.customer("小林").says("酒店的")
    await play.customer("小陈", account=CAFE).says("咖啡店的")
    hotel, cafe = await wecom.sync(HOTEL), await wecom.sync(CAFE)
    assert (_texts(hotel), _texts(cafe)) == (["酒店的"], ["咖啡店的"])
    assert (await wecom.sync(CAFE, cursor=hotel["next_cursor"]))["errcode"] == 40058


async def test_three_days_can_be_read_and_no_more(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("很早", ago=timedelta(days=3, hours=1))
    await lin.says("昨天", ago=timedelta(days=1))
    assert _texts(await wecom.sync()) == ["昨天"]
    wecom.clock.move(timedelta(days=3))
    await wecom.log_in()
    assert _texts(await wecom.sync()) == []


async def test_what_the_api_sent_does_not_come_back(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    await lin.says("在吗")
    assert (await wecom.send_text(await lin.id(), "在的"))["errcode"] == 0
    assert _texts(await wecom.sync()) == ["在吗"]
    assert await lin.received() == ["在的"]


async def test_a_callbacks_token_lives_ten_minutes_and_for_its_account(
    wecom: Platform, play: Player, service: Service
) -> None:
    await play.customer("小林").says("在吗")
    await _arrived(play, service, 1)
    signal = service.of("kf_msg_or_event")[0]
    assert signal["OpenKfId"] == HOTEL
    assert (await wecom.sync(HOTEL, token=signal["Token"]))["errcode"] == 0
    assert (await wecom.sync(CAFE, token=signal["Token"]))["errcode"] == 95007
    wecom.clock.move(timedelta(minutes=10))
    assert (await wecom.sync(HOTEL, token=signal["Token"]))["errcode"] == 95007
    assert (await wecom.sync(HOTEL))["errcode"] == 0, "without it the call still works"


async def test_arguments_are_checked(wecom: Platform) -> None:
    assert (await wecom.post("kf/sync_msg"))["errcode"] == 40058
    assert (await wecom.sync("wkNobody"))["errcode"] == 95004
    assert (await wecom.sync("xx"))["errcode"] == 95000
    assert (await wecom.sync(FOREIGN))["errcode"] == 48007
    assert (await wecom.sync(limit=1001))["errcode"] == 40058
    assert (await wecom.sync(limit=1000, voice_format=1))["errcode"] == 0


async def test_an_empty_page_and_short_pages_are_legal(wecom: Platform, play: Player) -> None:
    await play.customer("小林").says_all(["一", "二", "三"])
    await play.fault("empty_page")
    await play.fault("page_size", times=2, value=1)
    empty = await wecom.sync()
    assert (empty["msg_list"], empty["has_more"]) == ([], 1)
    first = await wecom.sync(cursor=empty["next_cursor"])
    second = await wecom.sync(cursor=first["next_cursor"])
    rest = await wecom.sync(cursor=second["next_cursor"])
    assert [_texts(page) for page in (first, second, rest)] == [["一"], ["二"], ["三"]]


async def test_a_customers_acts_are_rows_too(wecom: Platform, play: Player) -> None:
    lin = play.customer("小林")
    picture = await lin.sends("image")
    await lin.sends("location", {"name": "西湖"})
    await lin.recalls(picture)
    image, place, recall = (await wecom.sync())["msg_list"]
    assert image["msgtype"] == "image"
    assert place["location"]["name"] == "西湖"
    assert recall["event"]["recall_msgid"] == picture
    assert "open_kfid" not in recall, "account and customer stand inside the event"
    assert recall["event"]["open_kfid"] == HOTEL


async def _arrived(play: Player, service: Service, count: int) -> None:
    async def look() -> bool | None:
        return True if len(service.got) >= count else None

    await play.until(look, 3, f"{count} callbacks, got {len(service.got)}")
