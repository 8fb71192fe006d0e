"""写答复: the page on which headquarters answers a staff question."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.assistant import page as verbs
from bot.errors import MatterClosedError
from bot.gate.links import EditPass
from bot.web.card_page import CardPage, Form
from bot.web.keys import Site
from bot.web.pages import page


class AnswerPage(CardPage):
    """发送 or 不用答."""

    name, name_again, button, text_most = "answer", "answer-again", "写答复", verbs.TEXT_MOST

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
            view = await verbs.view(session, site.desk(), allowed, now)
        form = self.form_values(site, cookie)
        return page("answer.html", status=status, view=view, kept=text or "", problem=problem, **form)

    async def act(self, session: AsyncSession, site: Site, allowed: EditPass, form: Form, now: datetime) -> None:
        action = form.get("action", "")
        if action == "send":
            await verbs.answer(session, site.desk(), allowed, form.get("text", ""), now)
        elif action == "dismiss":
            await verbs.dismiss(session, site.desk(), allowed, now)
        else:
            raise MatterClosedError("没有发送:请点「发送」或者「不用答」")

    async def use_link(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> bool:
        return await verbs.open_link(session, site.desk(), allowed, now)

    async def stand(self, session: AsyncSession, site: Site, allowed: EditPass) -> tuple[str, bool]:
        return await verbs.stand(session, site.desk(), allowed)

    async def card_again(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> str:
        return await verbs.send_card_again(session, site.desk(), allowed, now)
