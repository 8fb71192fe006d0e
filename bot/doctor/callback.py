"""The way in: our own callback address, asked as WeCom asks it when the address is saved (facts/wecom.md §1.2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from bot.db import trouble
from bot.doctor.finding import Finding, bad, good, warn
from bot.doctor.patient import Patient
from bot.model import Event
from bot.settings import Settings
from bot.wecom.crypto import Envelope
from bot.wecom.probe import Echo, Trouble, UnreachableError, Verdict

PATH: Final = "/wecom/callback"
ALLOWED: Final = 1.0  #: seconds that WeCom gives us
CONSOLE: Final = "管理后台 › 应用管理 › 店小二 › 接收消息 › 设置API接收"
_ANY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}  # noqa: S104  (read, not bound)

Outcome = Echo | Trouble


async def check_callback(patient: Patient) -> Finding:
    """PUBLIC_URL when it is set, else this machine; on trouble both, to tell a dead service from a wrong proxy."""
    settings = patient.settings
    local = local_base(settings)
    base = settings.public_url or local
    outcome = await _ask(patient, base)
    if isinstance(outcome, Echo) and outcome.verdict is Verdict.PLAIN:
        return await _passed(patient, base, outcome.seconds)
    if base == local:
        return bad(*_explain_local(local, outcome))
    inside = await _ask(patient, local)
    if isinstance(inside, Echo) and inside.verdict is Verdict.PLAIN:
        return bad(*_explain_public(settings, base, local, outcome))
    what, do = _explain_local(local, inside)
    return bad(f"{base} 没有通过验证;{what}", do)


def local_base(settings: Settings) -> str:
    """How this machine reaches the service."""
    host = _ANY_ADDRESS.get(settings.host, settings.host)
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{settings.port}"


async def _ask(patient: Patient, base: str) -> Outcome:
    settings = patient.settings
    envelope = Envelope(
        settings.wecom_token.get_secret_value(), settings.wecom_aes_key.get_secret_value(), settings.wecom_corp_id
    )
    try:
        return await patient.probe.echo(f"{base}{PATH}", envelope, patient.clock.now())
    except UnreachableError as error:
        return error.trouble


async def _passed(patient: Patient, base: str, seconds: float) -> Finding:
    if seconds > ALLOWED:
        return bad(
            f"{base} 回答用了 {seconds:.1f} 秒,企业微信只等 {ALLOWED:.0f} 秒",
            "看看服务器是不是太忙、网络是不是太慢;反向代理和店小二放在同一个地方",
        )
    took = f"{base}{PATH} 通过验证({seconds * 1000:.0f} 毫秒)"
    try:
        last = await _last_event(patient)
    except trouble.TROUBLES:
        return good(took)
    if last is not None:
        return good(f"{took},最近一次收到企业微信的回调是{_ago(last)}")
    if not patient.settings.public_url:
        return good(f"{took};只在本机试过")
    return warn(
        f"{took},但还没收到过企业微信的回调",
        f"打开 {CONSOLE}:URL 填 {base}{PATH},Token 和 EncodingAESKey 与 WECOM_TOKEN、WECOM_AES_KEY 一致,保存",
        "已经存过的,用微信给客服账号发一条消息再看",
    )


async def _last_event(patient: Patient) -> timedelta | None:
    async with patient.database.read() as session:
        at = await session.scalar(select(func.max(Event.received_at)))
    return patient.clock.now() - at if at is not None else None


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return "刚才"
    if minutes < 60:
        return f" {minutes} 分钟前"
    return f" {minutes // 60} 小时前" if minutes < 48 * 60 else f" {minutes // 1440} 天前"


def _explain_local(local: str, outcome: Outcome) -> tuple[str, str]:
    """What is wrong when the service itself is asked, and what to do."""
    match outcome:
        case Echo(verdict=Verdict.REFUSED):
            return (
                f"{local} 的服务拒绝了验证(403):它用的 Token、EncodingAESKey 或企业 ID 和这里的设置不同",
                f"核对 WECOM_TOKEN、WECOM_AES_KEY、WECOM_CORP_ID 和 {CONSOLE} 里的一致,然后重启 dianxiaoer serve",
            )
        case Echo(status=status):
            return (
                f"{local} 上回答的不是店小二(HTTP {status})",
                "HOST、PORT: 这个端口被别的程序占了。换一个端口,或停掉那个程序,再启动 dianxiaoer serve",
            )
        case Trouble.NO_ANSWER:
            return f"服务没有回答({local}),可能卡住了", "看看日志,然后重启 dianxiaoer serve"
    return f"服务没有在运行({local} 连不上)", "另开一个终端运行 dianxiaoer serve,再来检查"


def _explain_public(settings: Settings, base: str, local: str, outcome: Outcome) -> tuple[str, str]:
    """The service is well, but not through PUBLIC_URL: what lies between, and what to do."""
    what, do = (
        _explain_trouble(base, outcome) if isinstance(outcome, Trouble) else _explain_echo(settings, base, outcome)
    )
    return f"服务本身正常({local}),但经过 PUBLIC_URL 不行:{what}", do


def _explain_trouble(base: str, outcome: Trouble) -> tuple[str, str]:
    host = urlsplit(base).hostname
    match outcome:
        case Trouble.NO_SUCH_HOST:
            return f"域名 {host} 解析不了", f"到域名服务商那里给 {host} 加一条解析,指向本机的公网 IP"
        case Trouble.REFUSED:
            return f"{base} 连不上", "检查反向代理(如 Nginx)是否在运行,云服务器的安全组和防火墙是否放行了这个端口"
        case Trouble.CERTIFICATE:
            return (
                f"{base} 的证书有问题",
                "证书可能过期、域名不符或缺少中间证书,企业微信也不会接受:换上有效的证书(含完整证书链)",
            )
        case Trouble.NO_ANSWER:
            return (
                f"{base} 一直没有回答",
                f"检查安全组和防火墙;有的机房不能访问自己的公网地址,那就用手机打开 {base}/healthz,能看到 alive 就没事",
            )
    return f"{base} 中途断开了", "检查反向代理的配置和日志"


def _explain_echo(settings: Settings, base: str, echo: Echo) -> tuple[str, str]:
    match echo.verdict:
        case Verdict.WRAPPED:
            return (
                "回答里多了别的内容,企业微信要一字不差的明文",
                f"检查反向代理有没有改写 {PATH} 的内容(加引号、换行、BOM、注入脚本),让它原样转发",
            )
        case Verdict.MOVED:
            return (
                f"被转到了别的地址(HTTP {echo.status}),企业微信不会跟过去",
                "PUBLIC_URL: 直接写最终的地址(https 和域名都要对)",
            )
        case Verdict.REFUSED:
            return (
                "被拒绝(403)",
                f"PUBLIC_URL: 可能指到了另一套店小二,或防火墙(WAF)拦下了请求;也检查代理有没有改动 {PATH} 后面的参数",
            )
        case Verdict.FAILED if echo.status >= 500:
            return f"反向代理连不上店小二(HTTP {echo.status})", f"让反向代理转发到 {local_base(settings)}"
        case Verdict.FAILED:
            return (
                f"这个地址上没有 {PATH}(HTTP {echo.status})",
                f"让反向代理把 {PATH} 转发到 {local_base(settings)},PUBLIC_URL 指向这个代理",
            )
    return f"{base} 上回答的是别的程序", f"让反向代理把 {PATH} 转发到 {local_base(settings)}"
