"""`dianxiaoer demo` as a whole: one address, nothing of a real corp, and a restart that loses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.demo import DATABASE, Demo, demo_running
from bot.errors import SettingsError
from bot.settings import Settings, load_settings


def settings(folder: Path, **more: object) -> Settings:
    return load_settings(need_wecom=False, data_dir=folder, **more)


async def test_nothing_of_a_real_corp_is_touched(tmp_path: Path) -> None:
    real = settings(
        tmp_path,
        wecom_corp_id="wwreal",
        wecom_secret="a-real-secret",
        redis_url="redis://192.0.2.1:6379",
        database_url="postgresql+asyncpg://u:p@192.0.2.1/real",
        public_url="https://bot.example.com",
        host="0.0.0.0",
    )
    async with demo_running(real, 0) as demo:
        own = demo.service.settings
        assert own.wecom_corp_id != "wwreal" and own.wecom_secret != SecretStr("a-real-secret")
        assert own.redis_url == SecretStr("") and own.is_sqlite and own.host == "127.0.0.1"
        assert own.wecom_api_base.startswith("http://127.0.0.1:") and own.public_url == demo.url


async def test_taken_port_leaves_the_other_demo_alone(tmp_path: Path) -> None:
    async with demo_running(settings(tmp_path), 0) as demo:
        before = (tmp_path / DATABASE).stat().st_ino
        with pytest.raises(SettingsError, match="PORT"):
            async with demo_running(settings(tmp_path), int(demo.url.rpartition(":")[2])):
                pass
        assert (tmp_path / DATABASE).stat().st_ino == before
        assert demo.service.service is not None


async def test_folder_without_stores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CONTENT_DIR"):
        async with demo_running(settings(tmp_path, content_dir=tmp_path), 0):
            pass


async def test_what_was_said_during_a_restart_is_answered(tmp_path: Path) -> None:
    who = {"account": "wkXD_T001_xihuyintai", "customer": "阿宁"}
    async with (
        demo_running(settings(tmp_path), 0) as demo,
        aiohttp.ClientSession(demo.url, headers={"X-Demo": "1"}) as http,
    ):
        await demo.service.stop()
        async with http.post("/demo/say", json=who | {"text": "请问开车去你们那边好停车吗"}) as response:
            assert response.status == 200
        async with http.get("/healthz") as response:
            assert response.status == 503
        async with http.post("/demo/restart", json={}) as response:
            assert response.status == 200
        async with http.get("/healthz") as response:
            assert response.status == 200
        assert await _card_came(demo, http, who)


async def test_a_clerk_asks_the_assistant_on_the_demo_page(tmp_path: Path) -> None:
    async with (
        demo_running(settings(tmp_path), 0) as demo,
        aiohttp.ClientSession(demo.url, headers={"X-Demo": "1"}) as http,
    ):
        async with http.post("/demo/write", json={"staff": "linxiaoman", "text": "停车方便吗"}) as response:
            assert response.status == 200
        look = {"account": "wkXD_T001_xihuyintai", "customer": "阿宁", "staff": "linxiaoman"}
        for _ in range(100):
            async with http.get("/demo/view", params=look) as response:
                shown = (await response.json())["inbox"]
            if len(shown) > 1:
                break
            await asyncio.sleep(0.1)
        assert shown[0]["kind"] == "mine" and len(shown) == 2


async def _card_came(demo: Demo, http: aiohttp.ClientSession, who: dict[str, str]) -> bool:
    for _ in range(100):
        async with http.get("/demo/view", params=who | {"staff": "linxiaoman"}) as response:
            if (await response.json())["inbox"]:
                return True
        await asyncio.sleep(0.1)
    return False
