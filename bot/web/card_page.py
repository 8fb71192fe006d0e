"""The page of one kind of card: opened by its link, decided once, asked for again (`passes` says who gets in)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import NotFoundError, RefusedError
from bot.gate.links import EditPass
from bot.web.keys import SITE, Site
from bot.web.pages import page
from bot.web.passes import COOKIE, by_cookie, csrf, is_genuine, read_form, swap_for_cookie

Form = dict[str, str]  #: a form's fields

_CARD = "/cards/{task_id:[0-9A-Za-z-]{1,64}}/"


class CardPage(ABC):
    """What the pages have in common. A subclass says what is on its page, and what can be done there.

    Its verbs raise NotFoundError for what is absent or forbidden, RefusedError for what is too late or too much.
    """

    name: ClassVar[str]  #: last part of the address
    name_again: ClassVar[str]
    button: ClassVar[str]  #: of the card, that leads here
    text_most: ClassVar[int]  #: characters that the page takes

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get(_CARD + self.name, self.show, allow_head=False)
        router.add_post(_CARD + self.name, self.decide)
        router.add_post(_CARD + self.name_again, self.again)

    # --- what a page is about ----------------------------------------------------------------------------------------
    @abstractmethod
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
        """The page as the matter stands; `text` is what was typed, where it could not be sent."""

    @abstractmethod
    async def act(self, session: AsyncSession, site: Site, allowed: EditPass, form: Form, now: datetime) -> None:
        """Do what the form says, in one transaction."""

    async def act_between(self, site: Site, allowed: EditPass, form: Form, now: datetime) -> web.Response | None:
        """Do what cannot be done in one transaction; None when the form says nothing of the kind."""
        return None

    @abstractmethod
    async def use_link(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> bool:
        """Use the link up; False when it was used before."""

    @abstractmethod
    async def stand(self, session: AsyncSession, site: Site, allowed: EditPass) -> tuple[str, bool]:
        """Where the matter stands, and whether this person can still decide it."""

    @abstractmethod
    async def card_again(self, session: AsyncSession, site: Site, allowed: EditPass, now: datetime) -> str:
        """Send the same person a new card; what to tell them."""

    async def refused(
        self, site: Site, allowed: EditPass, cookie: str, form: Form, problem: str, now: datetime
    ) -> web.Response:
        """Say why, and keep the text."""
        text = form.get("text", "")
        return await self.render(site, allowed, cookie, now, text=text, problem=problem, status=409)

    # --- the requests ------------------------------------------------------------------------------------------------
    async def show(self, request: web.Request) -> web.Response:
        """The page; with `?t=` the link, which is swapped for a cookie at its first opening."""
        site, now = request.app[SITE], request.app[SITE].clock.now()
        task_id, token = request.match_info["task_id"], request.query.get("t", "")
        allowed = by_cookie(request, site, now)
        try:
            if token:
                named = site.links.read_late(token)
                if named is None or named.task_id != task_id:
                    return _absent()
                if allowed == named:
                    raise web.HTTPSeeOther(self._address(task_id))
                return await self._open_link(site, named, token, now)
            if allowed is None:
                line = f"请到企业微信里,点那张卡片上的「{self.button}」。"
                return page("gone.html", status=403, title="请从卡片打开", line=line)
            return await self.render(site, allowed, request.cookies[COOKIE], now)
        except NotFoundError:
            return _absent()

    async def decide(self, request: web.Request) -> web.Response:
        """A decision, once; what cannot be done is said on the page, and what was written stays there."""
        site, now = request.app[SITE], request.app[SITE].clock.now()
        allowed, cookie = by_cookie(request, site, now), request.cookies.get(COOKIE, "")
        form = await read_form(request)
        if form is None:
            return page("gone.html", status=413, title="太长了", line=f"最多 {self.text_most} 个字,没有发送。")
        if allowed is None or not is_genuine(site, cookie, form.get("csrf", "")):
            return page("gone.html", status=403, title="页面过期了", line="没有发送。请从企业微信里的卡片重新打开。")
        try:
            if (answer := await self.act_between(site, allowed, form, now)) is not None:
                return answer
            async with site.database.begin() as session:
                await self.act(session, site, allowed, form, now)
        except NotFoundError:
            return _absent()
        except RefusedError as refusal:
            try:
                return await self.refused(site, allowed, cookie, form, str(refusal), now)
            except NotFoundError:
                return _absent()
        await site.wakeups.wake("outbox")
        raise web.HTTPSeeOther(self._address(allowed.task_id))

    async def again(self, request: web.Request) -> web.Response:
        """再发一张卡给我: a new card for whoever the used or expired link names, sent to that person's WeCom only."""
        site, now = request.app[SITE], request.app[SITE].clock.now()
        form = await read_form(request) or {}
        allowed = site.links.read_late(form.get("t", ""))
        if allowed is None or allowed.task_id != request.match_info["task_id"]:
            return _absent()
        try:
            async with site.database.begin() as session:
                line = await self.card_again(session, site, allowed, now)
        except NotFoundError:
            return _absent()
        except RefusedError as refusal:
            return page("gone.html", status=409, title="不用再发了", line=str(refusal))
        await site.wakeups.wake("outbox")
        return page("gone.html", title="好的", line=line)

    async def _open_link(self, site: Site, named: EditPass, token: str, now: datetime) -> web.Response:
        allowed = site.links.read(token, now=now)
        if allowed is not None:
            async with site.database.begin() as session:
                is_first = await self.use_link(session, site, allowed, now)
            if is_first:
                return swap_for_cookie(site, allowed, self._address(allowed.task_id), now)
        async with site.database.read() as session:
            line, is_open = await self.stand(session, site, named)
        title = "这个链接已经打开过了" if allowed is not None else "这个链接过期了"
        why = "为了安全,每张卡的链接只能打开一次。" if allowed is not None else "为了安全,链接两小时后就打不开了。"
        return page(
            "gone.html",
            status=410,
            title=title,
            why=why,
            line=f"现在:{line}",
            again=is_open,
            again_to=self.name_again,
            token=token,
        )

    def form_values(self, site: Site, cookie: str) -> dict[str, object]:
        """What the template needs for its form."""
        return {"csrf": csrf(site, cookie), "text_most": self.text_most}

    def _address(self, task_id: str) -> str:
        return f"/cards/{task_id}/{self.name}"


def _absent() -> web.Response:
    return page("gone.html", status=404, title="没有找到这张卡片", line="请到企业微信里,点最新的那张卡片。")
