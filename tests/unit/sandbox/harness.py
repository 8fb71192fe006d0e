"""A service of paper that takes callbacks, and a plain client of the platform: a second opinion on the sandbox."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from lxml import etree

from bot.clock import ShiftedClock
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import SandboxSeed

HOTEL, CAFE, FOREIGN = "wkHotelFront", "wkCafe", "wkNotOurs"


class Service:
    """Takes callbacks. It opens them by the published steps, not by our own code."""

    def __init__(self, seed: SandboxSeed) -> None:
        self._seed = seed
        self.got: list[dict[str, Any]] = []  #: opened callbacks, in the order of arrival
        self.statuses: list[int] = []  #: what to answer next; 200 when empty
        self.delay = 0.0  #: seconds before an answer
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/wecom/callback", self._post)
        app.router.add_get("/wecom/callback", self._get)
        return app

    async def _post(self, request: web.Request) -> web.Response:
        outer = etree.fromstring(await request.read())
        encrypted = outer.findtext("Encrypt") or ""
        assert outer.findtext("ToUserName") == self._seed.corp_id
        self.got.append(_flat(etree.fromstring(self._open(request, encrypted))))
        if self.delay:
            await asyncio.sleep(self.delay)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def _get(self, request: web.Request) -> web.Response:
        return web.Response(text=self._open(request, request.query["echostr"]))

    def _open(self, request: web.Request, encrypted: str) -> str:
        query, seed = request.query, self._seed
        parts = sorted([seed.token, query["timestamp"], query["nonce"], encrypted])
        assert hashlib.sha1("".join(parts).encode()).hexdigest() == query["msg_signature"]
        key = base64.b64decode(seed.aes_key + "=")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        plain = plain[: -plain[-1]]
        end = 20 + int.from_bytes(plain[16:20], "big")
        assert plain[end:].decode() == seed.corp_id
        return plain[20:end].decode()

    def of(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.got if each.get("Event") == event]


def _flat(root: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {child.tag: child.text or "" for child in root if not len(child)}
    for item in root.iter("SelectedItem"):
        found.setdefault("selected", {})[item.findtext("QuestionKey")] = [id.text for id in item.iter("OptionId")]
    return found


@dataclass
class Platform:
    """A client that knows nothing but the published paths."""

    base: str
    http: aiohttp.ClientSession
    sandbox: Sandbox
    clock: ShiftedClock
    token: str = ""

    async def log_in(self) -> None:
        seed = self.sandbox.seed
        answer = await self.raw("GET", "gettoken", corpid=seed.corp_id, corpsecret=seed.secret)
        self.token = answer["access_token"]

    async def raw(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        async with self.http.request(method, f"{self.base}/cgi-bin/{path}", params=query, json=body) as answer:
            assert answer.status == 200, answer.status
            data: dict[str, Any] = await answer.json()
            return data

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self.raw("GET", path, None, access_token=self.token, **query)

    async def post(self, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        return await self.raw("POST", path, (body or {}) | more, access_token=self.token)

    async def sync(self, account: str = HOTEL, **more: Any) -> dict[str, Any]:
        return await self.post("kf/sync_msg", open_kfid=account, **more)

    async def send_text(self, customer: str, content: str, *, account: str = HOTEL, **more: Any) -> dict[str, Any]:
        body = {"touser": customer, "open_kfid": account, "msgtype": "text", "text": {"content": content}}
        return await self.post("kf/send_msg", body, **more)

    async def send_card(self, touser: str, card: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {
            "touser": touser,
            "agentid": self.sandbox.seed.agent_id,
            "msgtype": "template_card",
            "template_card": card,
        }
        return await self.post("message/send", body, **more)

    async def update(self, response_code: str, userids: list[str], **more: Any) -> dict[str, Any]:
        body = {"agentid": self.sandbox.seed.agent_id, "response_code": response_code, "userids": userids}
        return await self.post("message/update_template_card", body, **more)


def card(task_id: str = "task-1", **more: Any) -> dict[str, Any]:
    """A card like the ones our clerks get."""
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "source": {"desc": "店小二 · 西湖银泰店", "desc_color": 0},
        "main_title": {"title": "小满 问停车", "desc": "14:02 发来"},
        "quote_area": {"type": 0, "quote_text": "请问开车去你们那边好停车吗"},
        "sub_title_text": "楼下就是地下停车场",
        "horizontal_content_list": [{"keyname": "依据", "value": "Q-001 停车"}],
        "button_list": [
            {"text": "发送", "style": 1, "key": "send"},
            {"text": "修改", "style": 2, "key": "edit", "type": 1, "url": "http://127.0.0.1:8080/edit/x"},
        ],
        **more,
    }


SELECTION = {
    "question_key": "choice",
    "title": "换一条",
    "option_list": [{"id": "1", "text": "停车"}, {"id": "2", "text": "停车费"}],
    "selected_id": "1",
}
