"""On this machine: settings, database, HQ's folder, Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.cache.ping import ping
from bot.content.inspect import look
from bot.content.words import Content, Role
from bot.db import Database, trouble
from bot.db.migrate import current_revision, is_known, newest_revision
from bot.doctor.finding import Finding, bad, good, listed, warn
from bot.doctor.patient import Patient
from bot.errors import SettingsError
from bot.settings import REAL_WECOM, SAMPLE_CONTENT, Settings

_DATABASE_SECONDS: Final = 15  #: SQLite waits up to ten for another writer
_PROBLEMS_SHOWN: Final = 5


def check_settings(settings: Settings) -> Finding:
    """The five are there, or we would not be here; whether 修改 opens on a phone is another matter."""
    summary = f"五项都有(企业 {settings.wecom_corp_id},AgentId {settings.wecom_agent_id})"
    if not settings.public_url:
        return warn(
            f"{summary};PUBLIC_URL 没有设置,店员手机上打不开「修改」",
            "PUBLIC_URL: 填店员手机能打开的 https 地址,例如 https://bot.example.com",
        )
    if not settings.public_url.startswith("https://"):
        return warn(
            f"{summary};PUBLIC_URL 不是 https,店员手机上打不开「修改」",
            "PUBLIC_URL: 换成 https 开头、店员手机能打开的地址;只在本机试用可以先不管",
        )
    return good(summary)


async def check_database(patient: Patient) -> Finding:
    """It answers. A SQLite file that does not exist is not made here: the folder may be the wrong one."""
    url = patient.settings.database_url
    where = trouble.place(url)
    if patient.settings.is_sqlite and (missing := _missing_file(url)):
        return bad(f"还没有数据库文件 {missing}", "运行 dianxiaoer migrate 建好它(serve 启动时也会自动建)")
    database = Database.connect(url)
    patient.stack.push_async_callback(database.close)
    try:
        async with asyncio.timeout(_DATABASE_SECONDS), database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except trouble.TROUBLES as error:
        return bad(f"{where} 用不了", f"DATABASE_URL: {trouble.explain(error)}")
    patient.database = database
    return good(where)


def _missing_file(url: str) -> str:
    """The absolute path of a SQLite file that is not there; "" when it is."""
    path = Path(make_url(url).database or "")
    return "" if path.exists() else str(path.resolve())


async def check_revision(patient: Patient) -> Finding:
    """The tables are those that this program was written for."""
    try:
        found = await current_revision(patient.database)
    except trouble.TROUBLES as error:
        return bad("读不出数据库的版本", f"DATABASE_URL: {trouble.explain(error)}")
    if found == newest_revision():
        return good(f"已是最新({found})")
    if found and not is_known(found):
        return bad(f"数据库的版本({found})比程序新", "换回较新的程序,或检查 DATABASE_URL 是不是指到了别的环境")
    return bad(
        f"数据库的版本是 {found},程序要 {newest_revision()}" if found else "数据库里还没有表",
        "运行 dianxiaoer migrate(serve 启动时也会自动做)",
    )


async def check_content(patient: Patient) -> Finding:
    """HQ's folder as it is now, whatever is in service."""
    folder = patient.settings.content_dir
    try:
        loaded = await asyncio.to_thread(look, folder)
    except (OSError, SettingsError) as error:
        return bad(f"{folder} 读不出来({type(error).__name__})", "CONTENT_DIR: 检查文件夹是否存在、有没有读的权限")
    errors = [problem for problem in loaded.problems if problem.is_error]
    if loaded.content is None:
        more = [f"… 还有 {len(errors) - _PROBLEMS_SHOWN} 处"] if len(errors) > _PROBLEMS_SHOWN else []
        shown = [line for problem in errors[:_PROBLEMS_SHOWN] for line in str(problem).splitlines()]
        return bad(
            f"{folder} 有 {len(errors)} 处错误,不能发布;门店用的还是上一个好的版本",
            *shown,
            *more,
            "请总部改好;改完运行 dianxiaoer faq check 再看",
        )
    patient.content = content = loaded.content
    summary = f"{len(content.stores)} 家门店,{len(content.staff)} 名员工,{loaded.usable} 条问答"
    steps = [f"{len(loaded.problems)} 处提醒,运行 dianxiaoer faq check 看"] if loaded.problems else []
    if folder == SAMPLE_CONTENT and patient.settings.wecom_api_base == REAL_WECOM:
        return warn(f"用的是自带的示例({summary})", "CONTENT_DIR: 指向总部的文件夹", *steps)
    return good(f"{summary}(版本 {content.version})", *steps)


async def check_people(patient: Patient) -> Finding:
    """Every card finds somebody: questions go to the store, what nobody takes goes to 总部."""
    content = patient.content
    manned = {person.store for person in content.staff.values()}
    alone = [store.name for store in content.stores.values() if store.number not in manned]
    steps = []
    if alone:
        steps.append(f"员工表里没有这些门店的人,客人的问题会直接交给总部:{listed(alone)}")
    if not _with_role(content, Role.HEADQUARTERS):
        steps.append("员工表里没有角色是「总部」的人:没有门店接的问题、超时的问题发不到人")
    if steps:
        return warn("有的问题会没有人接", *steps, "在 staff 表里补上,保存后自动生效")
    roles = "、".join(f"{len(_with_role(content, role))} 名{role}" for role in Role)
    return good(f"每家门店都有人({roles})")


def _with_role(content: Content, role: Role) -> Collection[str]:
    return [account for account, person in content.staff.items() if person.role is role]


async def check_redis(patient: Patient) -> Finding | None:
    """Only when it is set; the service goes on without it, slower."""
    url = patient.settings.redis_url.get_secret_value()
    if not url:
        return None
    wrong = await ping(url)
    if wrong:
        return bad(wrong, "REDIS_URL: 改对或清空;没有 Redis 也能用,只是多个进程之间会慢一些")
    parts = urlsplit(url)
    return good(f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else "在本机")
