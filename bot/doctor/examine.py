"""The examination: every check in the order in which things must be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.cache.memory import MemoryCache
from bot.clock import Clock, SystemClock
from bot.doctor import callback, here, people, platform
from bot.doctor.finding import Finding, Mark, bad, closing, skipped
from bot.doctor.patient import Patient
from bot.errors import SettingsError
from bot.log import set_up_logging
from bot.settings import Settings, load_settings
from bot.wecom.kf import KfApi
from bot.wecom.probe import open_probe

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Check:
    """`run` is called when every check in `needs` has passed; None means that there is nothing to look at."""

    name: str
    run: Callable[[Patient], Awaitable[Finding | None]]
    needs: tuple[str, ...] = ()


#: The callback stands before the trusted IP: the console takes an IP only once it knows a callback URL or a domain.
CHECKS = (
    Check("数据库", here.check_database),
    Check("数据库版本", here.check_revision, ("数据库",)),
    Check("总部文件", here.check_content),
    Check("人手", here.check_people, ("总部文件",)),
    Check("Redis", here.check_redis),
    Check("网络", platform.check_network),
    Check("时间", platform.check_clock, ("网络",)),
    Check("凭证", platform.check_token, ("网络",)),
    Check("回调", callback.check_callback, ("数据库版本",)),
    Check("可信IP", platform.check_address, ("凭证",)),
    Check("应用", platform.check_app, ("可信IP",)),
    Check("可见范围", platform.check_visible_range, ("应用", "总部文件")),
    Check("客服账号", people.check_accounts, ("可信IP",)),
    Check("门店账号", people.check_stores, ("客服账号", "总部文件")),
    Check("接待人员", people.check_servicers, ("客服账号", "总部文件")),
    Check("会话", people.check_sessions, ("数据库版本", "客服账号", "总部文件")),
)
SETTINGS = "设置"


async def examine(*, fix: bool) -> int:
    """Look at what the environment describes, and print it. The exit status: 1 when anything must be done."""
    set_up_logging("CRITICAL")  # what a log line would say is said below, to a person
    try:
        settings = load_settings(need_wecom=True)
    except SettingsError as error:
        print(_unset(error))
        return 1
    return await look_over(settings, fix=fix)


async def look_over(settings: Settings, *, fix: bool, clock: Clock | None = None, say: Say = print) -> int:
    """Run every check and say what it found as it goes. The exit status."""
    first = here.check_settings(settings)
    say(first.lines(SETTINGS))
    marks = {SETTINGS: first.mark}
    async with AsyncExitStack() as stack:
        patient = await admit(settings, fix, clock or SystemClock(), stack)
        for check in CHECKS:
            finding = await _run(check, marks, patient)
            if finding is not None:
                marks[check.name] = finding.mark
                say(finding.lines(check.name))
    say(closing(list(marks.values())))
    return 1 if Mark.BAD in marks.values() else 0


async def _run(check: Check, marks: dict[str, Mark], patient: Patient) -> Finding | None:
    for need in check.needs:
        if marks[need] in (Mark.BAD, Mark.SKIPPED):
            return skipped(need)
    return await check.run(patient)


async def admit(settings: Settings, fix: bool, clock: Clock, stack: AsyncExitStack) -> Patient:
    """Get ready to look; nothing is asked yet."""
    # A cache of our own, so that the token is really asked for, once; the service's keeps its own.
    cache = MemoryCache(clock)
    probe = await stack.enter_async_context(open_probe())
    client = probe.client(
        base=settings.wecom_api_base,
        corp_id=settings.wecom_corp_id,
        secret=settings.wecom_secret.get_secret_value(),
        agent_id=settings.wecom_agent_id,
        tokens=cache.tokens,
        buckets=cache.buckets,
        clock=clock,
    )
    return Patient(settings, clock, fix, probe, client, KfApi(client), stack)


def _unset(error: SettingsError) -> str:
    """Nothing can be looked at yet."""
    first = bad("先补上这些设置(环境变量或 .env)", *str(error).splitlines())
    lines = [first.lines(SETTINGS), *(skipped(SETTINGS).lines(check.name) for check in CHECKS)]
    return "\n".join([*lines, closing([Mark.BAD])])
