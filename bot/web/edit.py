"""修改: the page of one customer's card for one clerk (`passes` says who gets in)."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.conversations import editing
from bot.errors import MatterClosedError, NotFoundError, RefusedError
from bot.gate.links import EditPass
from bot.web.keys import SITE, Site
from bot.web.pages import page
from bot.web.passes import COOKIE, by_cookie, csrf, is_genuine, put_cookie, read_form, seal, swap_for_cookie

PATH = "/cards/{task_id:[0-9A-Za-z-]{1,64}}/edit"
PATH_AGAIN = "/cards/{task_id:[0-9A-Za-z-]{1,64}}/again"


async def show(request: web.Request) -> web.Response:
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
                raise web.HTTPSeeOther(_address(task_id))
            return await _open_link(site, named, token, now)
        if allowed is None:
            return page("gone.html", status=403, title="请从卡片打开", line="请到企业微信里,点那张卡片上的「修改」。")
        return await _render(site, allowed, request.cookies[COOKIE], now)
    except NotFoundError:
        return _absent()


async def decide(request: web.Request) -> web.Response:
    """发送 or 不用回, once; what cannot be done is said on the page, and the clerk's text stays there."""
    site, now = request.app[SITE], request.app[SITE].clock.now()
    allowed, cookie = by_cookie(request, site, now), request.cookies.get(COOKIE, "")
    form = await read_form(request)
    if form is None:
        return page("gone.html", status=413, title="太长了", line=f"最多 {editing.TEXT_MOST} 个字,没有发送。")
    if allowed is None or not is_genuine(site, cookie, form.get("csrf", "")):
        return page("gone.html", status=403, title="页面过期了", line="没有发送。请从企业微信里的卡片重新打开。")
    text = form.get("text", "")
    try:
        try:
            await _do(site, allowed, form.get("action", ""), text, now)
        except RefusedError as refusal:
            return await _refused(site, allowed, cookie, text, str(refusal), now)
    except NotFoundError:
        return _absent()
    await site.wakeups.wake("outbox")
    raise web.HTTPSeeOther(_address(allowed.task_id))


async def _do(site: Site, allowed: EditPass, action: str, text: str, now: datetime) -> None:
    async with site.database.begin() as session:
        if action == "send":
            await editing.send(session, site.desk(), allowed, text, now)
        elif action.partition(":")[0] == "dismiss":
            await editing.dismiss(session, site.desk(), allowed, _reason(action), now)
        elif action != "follow":
            raise MatterClosedError("没有发送:请点「发送」或者「不用回」")
    if action == "follow":
        raise MatterClosedError("")  # nothing to do here but to go on to the newer card


async def again(request: web.Request) -> web.Response:
    """再发一张卡给我: a new card for whoever the used or expired link names, sent to that person's WeCom only."""
    site, now = request.app[SITE], request.app[SITE].clock.now()
    form = await read_form(request) or {}
    allowed = site.links.read_late(form.get("t", ""))
    if allowed is None or allowed.task_id != request.match_info["task_id"]:
        return _absent()
    try:
        async with site.database.begin() as session:
            line = await editing.send_card_again(session, site.desk(), allowed, now)
    except NotFoundError:
        return _absent()
    except RefusedError as refusal:
        return page("gone.html", status=409, title="不用再发了", line=str(refusal))
    await site.wakeups.wake("outbox")
    return page("gone.html", title="好的", line=line)


async def _open_link(site: Site, named: EditPass, token: str, now: datetime) -> web.Response:
    allowed = site.links.read(token, now=now)
    if allowed is not None:
        async with site.database.begin() as session:
            is_first = await editing.open_link(session, site.desk(), allowed, now)
        if is_first:
            return swap_for_cookie(site, allowed, _address(allowed.task_id), now)
    async with site.database.read() as session:
        stand = await editing.stand(session, site.desk(), named)
    title = "这个链接已经打开过了" if allowed is not None else "这个链接过期了"
    why = "为了安全,每张卡的链接只能打开一次。" if allowed is not None else "为了安全,链接两小时后就打不开了。"
    return page(
        "gone.html", status=410, title=title, why=why, line=f"现在:{stand.line}", again=stand.is_open, token=token
    )


async def _render(
    site: Site,
    allowed: EditPass,
    cookie: str,
    now: datetime,
    *,
    text: str | None = None,
    problem: str = "",
    status: int = 200,
) -> web.Response:
    """The page as the matter stands; `text` is what the clerk had typed, where it could not be sent."""
    async with site.database.read() as session:
        view = await editing.view(session, site.desk(), allowed, now)
    return page(
        "edit.html",
        status=status,
        view=view,
        kept=text,
        problem=problem,
        csrf=csrf(site, cookie),
        text_most=editing.TEXT_MOST,
        sources={"files": view.materials.files, "said": view.materials.said},
    )


async def _refused(site: Site, allowed: EditPass, cookie: str, text: str, problem: str, now: datetime) -> web.Response:
    """Say why, and keep the text. Where a newer card took this one's place, go on there with the same text."""
    async with site.database.begin() as session:
        newer = await editing.follow(session, site.desk(), allowed, now)
    if newer is None:
        return await _render(site, allowed, cookie, now, text=text, problem=problem, status=409)
    why = "客人又说话了,先看一眼新消息" if newer.has_new_words else "这张卡已经换成新的一张"
    cookie = seal(site, newer.allowed, now)
    problem = f"还没有发送:{why},要发就再点一次。"
    response = await _render(site, newer.allowed, cookie, now, text=text, problem=problem, status=409)
    put_cookie(response, site, newer.allowed, cookie)
    return response


def _reason(action: str) -> int | None:
    number = action.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None


def _address(task_id: str) -> str:
    return f"/cards/{task_id}/edit"


def _absent() -> web.Response:
    return page("gone.html", status=404, title="没有找到这张卡片", line="请到企业微信里,点最新的那张卡片。")
