"""Access tokens, and what stands before every call."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.play import Player
from tests.unit.sandbox.harness import HOTEL, Platform


async def test_a_token_is_given_for_the_right_corp_and_secret_only(wecom: Platform) -> None:
    seed = wecom.sandbox.seed
    right = await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret=seed.secret)
    assert (right["errcode"], right["expires_in"] > 7100) == (0, True)
    assert right["access_token"] == wecom.token, "the same one while it is valid"
    assert (await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret="x"))["errcode"] == 40001
    assert (await wecom.raw("GET", "gettoken", corpid="wwx", corpsecret=seed.secret))["errcode"] == 40013
    assert (await wecom.raw("GET", "gettoken", corpid=seed.corp_id))["errcode"] == 41004
    assert (await wecom.raw("GET", "gettoken"))["errcode"] == 41002


async def test_asking_with_a_wrong_secret_again_and_again_shuts_the_door_for_an_hour(wecom: Platform) -> None:
    seed = wecom.sandbox.seed
    codes = [(await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret="x"))["errcode"] for _ in range(21)]
    assert (codes[0], codes[-1]) == (40001, 45009)
    assert (await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret=seed.secret))["errcode"] == 45009
    wecom.clock.move(timedelta(minutes=61))
    assert (await wecom.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret=seed.secret))["errcode"] == 0


async def test_a_call_needs_a_living_token(wecom: Platform) -> None:
    assert (await wecom.post("kf/account/list"))["errcode"] == 0
    assert (await wecom.raw("POST", "kf/account/list", {}))["errcode"] == 41001
    assert (await wecom.raw("POST", "kf/account/list", {}, access_token="nonsense"))["errcode"] == 40014
    wecom.clock.move(timedelta(seconds=7200))
    assert (await wecom.post("kf/account/list"))["errcode"] == 42001
    old = wecom.token
    await wecom.log_in()
    assert wecom.token != old
    assert (await wecom.post("kf/account/list"))["errcode"] == 0


async def test_a_token_can_be_ended_early(wecom: Platform, play: Player) -> None:
    await play.fault("token_expired")
    assert (await wecom.post("kf/account/list"))["errcode"] == 42001
    await wecom.log_in()
    await play.fault("token_expired", path="kf/sync_msg")
    assert (await wecom.post("kf/account/list"))["errcode"] == 0, "until the call that the fault names"
    assert (await wecom.sync())["errcode"] == 42001
    assert (await wecom.post("kf/account/list"))["errcode"] == 42001, "the token is gone for all calls"


async def test_path_method_and_body_are_checked(wecom: Platform) -> None:
    assert (await wecom.post("kf/no_such_api"))["errcode"] == 48002
    assert (await wecom.get("kf/account/list"))["errcode"] == 40058
    body = await wecom.http.post(f"{wecom.base}/cgi-bin/kf/sync_msg?access_token={wecom.token}", data=b"{broken")
    assert (await body.json())["errcode"] == 40058
    assert (await wecom.sync(HOTEL))["errcode"] == 0


async def test_the_machines_own_addresses_and_the_app_are_told(wecom: Platform) -> None:
    assert (await wecom.get("getcallbackip"))["ip_list"]
    assert (await wecom.get("agent/get", agentid="1000002"))["name"] == "店小二"
    assert (await wecom.get("agent/get", agentid="1"))["errcode"] == 301002
