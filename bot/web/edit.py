"""修改: the page of one customer's card for one clerk."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import amending, editing
from bot.conversations.order_sheet import FIELD
from bot.errors import MatterClosedError, RefusedError
from bot.gate.links import EditPass
from bot.web.card_page import CardPage, Form
from bot.web.keys import Site
from bot.web.pages import page
from bot.web.passes import put_cookie, seal


class EditPage(CardPage):
    """发送, 不用回 or 重新算; where a newer card took this one's place, it leads on there."""

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
        typed: Form | None = None,
        done: str = "",
        own: str = "",
    ) -> web.Response:
        """`typed` holds what rows of the order were changed to, `done` says what was, `own` is the clerk's old text."""
        async with site.database.read() as session:
            view = await editing.view(session, site.desk(), allowed, now)
        form = self.form_values(site, cookie)
        form["sources"] = {"files": view.materials.files, "said": view.materials.said}
        form |= {"typed": typed or {}, "done": done, "own": own, "field": FIELD}
        return page("edit.html", status=status, view=view, kept=text, problem=problem, **form)

    async def act(self, session: AsyncSession, site: Site, allowed: EditPass, form: Form, now: datetime) -> None:
        action, _, reason = form.get("action", "").partition(":")
        if action == "send":
            await editing.send(session, site.desk(), allowed, form.get("text", ""), now, form=form)
        elif action == "dismiss":
            await editing.dismiss(session, site.desk(), allowed, _number(reason), now)
        elif action == "follow":
            raise MatterClosedError("")  # nothing to do here but to go on to the newer card
        else:
            raise MatterClosedError("没有发送:请点「发送」或者「不用回」")

    async def act_between(self, site: Site, allowed: EditPass, form: Form, now: datetime) -> web.Response | None:
        """重新算: the page of the new version. A text of the clerk's own is laid beside the new one."""
        if form.get("action") != "amend" or site.trade is None:
            return None
        async with site.database.read() as session:
            old = await editing.view(session, site.desk(), allowed, now)
            change = await amending.load(session, site.desk(), allowed, form, now)
        reckoned = await amending.work_out(change, site.desk(), site.trade, now)
        try:
            async with site.database.begin() as session:
                following = await amending.store(session, site.desk(), allowed, reckoned, now)
        except RefusedError:
            await amending.settle(reckoned, site.desk(), site.trade, now, is_stored=False)
            raise
        await amending.settle(reckoned, site.desk(), site.trade, now, is_stored=True)
        await site.wakeups.wake("outbox")
        text = form.get("text", "").strip()
        own = text if text != old.text.strip() else form.get("own", "")
        cookie = seal(site, following, now)
        response = await self.render(site, following, cookie, now, done="已按新的订单重新写好", own=own)
        put_cookie(response, site, following, cookie)
        return response

    async def use_link(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> bool:
        return await editing.open_link(session, site.desk(), allowed, now)

    async def stand(self, session: AsyncSession, site: Site, allowed: EditPass) -> tuple[str, bool]:
        stand = await editing.stand(session, site.desk(), allowed)
        return stand.line, stand.is_open

    async def card_again(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> str:
        return await editing.send_card_again(session, site.desk(), allowed, now)

    async def refused(
        self, site: Site, allowed: EditPass, cookie: str, form: Form, problem: str, now: datetime
    ) -> web.Response:
        """Say why, and keep what was typed. Where a newer card took this one's place, go on there."""
        text, typed = form.get("text", ""), {name: value for name, value in form.items() if name.startswith(FIELD)}
        async with site.database.begin() as session:
            newer = await editing.follow(session, site.desk(), allowed, now)
        own = form.get("own", "")
        if newer is None:
            return await self.render(
                site, allowed, cookie, now, text=text, problem=problem, status=409, typed=typed, own=own
            )
        why = "这张卡已经换成新的一张"
        if newer.is_amended:
            why = "同事改了订单,先看一眼"
        elif newer.has_new_words:
            why = "客人又说话了,先看一眼新消息"
        cookie = seal(site, newer.allowed, now)
        problem, kept = f"还没有发送:{why},要发就再点一次。", text or None
        if form.get("action") == "amend":  # the old text says the old order
            async with site.database.read() as session:
                old = await editing.view(session, site.desk(), allowed, now)
            problem, kept = f"没有改:{why},要改就在这里再改一次。", None
            own = text if text.strip() != old.text.strip() else own
        response = await self.render(site, newer.allowed, cookie, now, text=kept, problem=problem, status=409, own=own)
        put_cookie(response, site, newer.allowed, cookie)
        return response


def _number(reason: str) -> int | None:
    return int(reason) if reason.isascii() and reason.isdigit() and len(reason) < 3 else None
