"""修改: the page of one customer's card for one clerk."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import editing
from bot.errors import MatterClosedError
from bot.gate.links import EditPass
from bot.web.card_page import CardPage, Form
from bot.web.keys import Site
from bot.web.pages import page
from bot.web.passes import put_cookie, seal


class EditPage(CardPage):
    """发送 or 不用回; where a newer card took this one's place, it leads on there."""

    name, name_again, button, text_most = "edit", "again", "修改", editing.TEXT_MOST

    async def render(
        self,
        site: Site,
        allowed: EditPass,
        cookie: str,
        now: datetime,
        *,
        text: str | None = None,
        problem: str = "",
        status: int = 200,
    ) -> web.Response:
        async with site.database.read() as session:
            view = await editing.view(session, site.desk(), allowed, now)
        form = self.form_values(site, cookie)
        form["sources"] = {"files": view.materials.files, "said": view.materials.said}
        return page("edit.html", status=status, view=view, kept=text, problem=problem, **form)

    async def act(self, session: AsyncSession, site: Site, allowed: EditPass, form: Form, now: datetime) -> None:
        action, _, reason = form.get("action", "").partition(":")
        if action == "send":
            await editing.send(session, site.desk(), allowed, form.get("text", ""), now)
        elif action == "dismiss":
            await editing.dismiss(session, site.desk(), allowed, _number(reason), now)
        elif action == "follow":
            raise MatterClosedError("")  # nothing to do here but to go on to the newer card
        else:
            raise MatterClosedError("没有发送:请点「发送」或者「不用回」")

    async def use_link(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> bool:
        return await editing.open_link(session, site.desk(), allowed, now)

    async def stand(self, session: AsyncSession, site: Site, allowed: EditPass) -> tuple[str, bool]:
        stand = await editing.stand(session, site.desk(), allowed)
        return stand.line, stand.is_open

    async def card_again(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> str:
        return await editing.send_card_again(session, site.desk(), allowed, now)

    async def refused(
        self, site: Site, allowed: EditPass, cookie: str, text: str, problem: str, now: datetime
    ) -> web.Response:
        """Say why, and keep the text. Where a newer card took this one's place, go on there with the same text."""
        async with site.database.begin() as session:
            newer = await editing.follow(session, site.desk(), allowed, now)
        if newer is None:
            return await super().refused(site, allowed, cookie, text, problem, now)
        why = "客人又说话了,先看一眼新消息" if newer.has_new_words else "这张卡已经换成新的一张"
        cookie = seal(site, newer.allowed, now)
        problem = f"还没有发送:{why},要发就再点一次。"
        response = await self.render(site, newer.allowed, cookie, now, text=text, problem=problem, status=409)
        put_cookie(response, site, newer.allowed, cookie)
        return response


def _number(reason: str) -> int | None:
    return int(reason) if reason.isascii() and reason.isdigit() and len(reason) < 3 else None
