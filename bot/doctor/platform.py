"""The way out: WeCom's address, our clock, the token, the trusted IP, the app (facts/wecom.md §1.8, §4.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, bad, good, listed, warn
from bot.doctor.patient import Patient
from bot.errors import MessengerError, OperatorError, TryLaterError
from bot.settings import REAL_WECOM
from bot.wecom.errcodes import BadSecretError, UntrustedIpError
from bot.wecom.probe import Trouble, UnreachableError, read_app

APP: Final = "管理后台 › 应用管理 › 店小二"
CLOCK_WRONG: Final = timedelta(minutes=5)  #: beyond it signatures, tokens and shifts go wrong
CLOCK_OFF: Final = timedelta(seconds=30)

_UNREACHABLE: Final = {
    Trouble.NO_SUCH_HOST: "域名解析不了:检查服务器的 DNS 设置",
    Trouble.REFUSED: "连不上:检查服务器能不能上网,防火墙要允许访问这个地址",
    Trouble.CERTIFICATE: "证书验证不过:先看本机时间对不对,再看网络里有没有代理替换了证书",
    Trouble.NO_ANSWER: "一直没有回答:检查服务器的网络和防火墙",
    Trouble.BROKEN: "连接中途断开:检查网络里的代理",
}


async def check_network(patient: Patient) -> Finding:
    """WeCom answers; what its clock says is kept for the next check."""
    base = patient.settings.wecom_api_base
    try:
        theirs = await patient.probe.clock_at(base)
    except UnreachableError as error:
        return bad(f"访问不了 {base}", _UNREACHABLE[error.trouble])
    patient.ahead = patient.clock.now() - theirs if theirs else None
    note = "" if base == REAL_WECOM else "(WECOM_API_BASE 指向的不是真的企业微信)"
    return good(f"能访问 {urlsplit(base).netloc}{note}")


async def check_clock(patient: Patient) -> Finding:
    """This machine's clock against WeCom's, which is told to the second."""
    ahead = patient.ahead
    if ahead is None:
        return warn("企业微信的回答里没有时间,没法比较", "自己看一眼服务器的时间对不对")
    seconds = round(abs(ahead).total_seconds())
    what = f"本机时间{'快' if ahead > timedelta() else '慢'}了 {_spell(seconds)}"
    step = "打开服务器的自动校时,例如运行 timedatectl set-ntp true,然后重启 dianxiaoer serve"
    if abs(ahead) > CLOCK_WRONG:
        return bad(f"{what},会误判时限和上班时间", step)
    if abs(ahead) > CLOCK_OFF:
        return warn(what, step)
    return good(f"与企业微信相差不到 {seconds + 1} 秒")


def _spell(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分 {seconds % 60} 秒"
    return f"{seconds // 3600} 小时 {seconds % 3600 // 60} 分"


async def check_token(patient: Patient) -> Finding:
    """One try only: repeated wrong secrets ban our address for an hour (§4.1)."""
    try:
        await patient.client.check_token()
    except BadSecretError as error:
        return bad(
            f"企业微信不认这组企业 ID 和 Secret({error.code})",
            what_to_do(error),
            "先改对再运行:反复用错的 Secret,本机 IP 会被封一小时",
        )
    except UntrustedIpError as error:
        return _untrusted(error)
    except MessengerError as error:
        return bad(*explain(error))
    return good("企业 ID 和 Secret 正确")


async def check_address(patient: Patient) -> Finding:
    """The first call with a token tells whether our address may call at all."""
    try:
        patient.app = await read_app(patient.client)
    except UntrustedIpError as error:
        return _untrusted(error)
    except OperatorError as error:
        patient.app = error  # the address was let through; the next check tells what is wrong
    except MessengerError as error:
        return bad(*explain(error))
    return good("企业微信接受本机的 IP")


def _untrusted(error: UntrustedIpError) -> Finding:
    source = f",来源 {error.address}" if error.address else ""
    return bad(
        f"企业微信拒绝了本机({error.code}{source})。请到 {APP} › 企业可信IP 添加它,一分钟后生效",
        "那一页要先存好接收消息的 URL 或可信域名,才能填 IP",
    )


async def check_app(patient: Patient) -> Finding:
    """The AgentId is of this secret's app, and the app is open."""
    app = patient.app
    if isinstance(app, MessengerError):
        return bad(*explain(app))
    if app is None or app.is_closed:
        return bad("应用被停用了", f"打开 {APP},点 启用")
    return good(f"「{app.name}」,AgentId {patient.settings.wecom_agent_id}")


async def check_visible_range(patient: Patient) -> Finding:
    """Cards reach only staff inside the app's visible range. Departments in it cannot be looked into."""
    app = patient.app
    if app is None or isinstance(app, MessengerError):
        raise RuntimeError("the app has not been read; the check lacks a need")
    staff = patient.content.staff
    outside = [f"{person.name}({person.account})" for key, person in staff.items() if key not in app.staff]
    if not staff:
        return warn("员工表里还没有人", "总部: 在 staff 表里填上员工账号")
    if app.has_groups:
        return good("按部门或标签设置;员工表里的人都要在这些部门里,才收得到卡片")
    if outside:
        return bad(
            f"{len(outside)} 名员工不在应用可见范围内,收不到卡片:{listed(outside)}",
            f"打开 {APP} › 可见范围,把他们或他们的部门加进来;账号写错了的,请总部改 staff 表",
        )
    return good(f"{len(staff)} 名员工都收得到卡片")


def explain(error: MessengerError) -> tuple[str, str]:
    """What WeCom answered, and what to do."""
    if error.code is None:
        return "没有得到企业微信的回答", f"{error.hint};再运行一次 dianxiaoer doctor"
    if isinstance(error, TryLaterError):
        return f"企业微信暂时答不了({error.code})", f"{error.hint};过几分钟再运行一次 dianxiaoer doctor"
    return f"企业微信拒绝了({error.code})", what_to_do(error)


def what_to_do(error: MessengerError) -> str:
    """The hint, addressed to its reader: whoever runs the doctor is the 管理员."""
    return error.hint.removeprefix("管理员:")
