"""What the doctor says of our own callback, asked from this machine and through whatever stands before it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.app import listening
from bot.clock import SystemClock
from tests.processes import find_free_port
from tests.unit.doctor.clinic import Clinic, answering, service, serving


async def test_no_service_is_running(clinic: Clinic) -> None:
    report = await clinic.look()
    assert report["回调"].startswith("✗ 回调: 服务没有在运行")
    assert "dianxiaoer serve" in report["回调"]


async def test_a_service_with_other_keys(clinic: Clinic) -> None:
    async with service(clinic.settings):
        assert (await clinic.look())["回调"].startswith("✓")
        for report in (await clinic.look(wecom_token="AnotherToken"), await clinic.look(wecom_aes_key="A" * 43)):
            assert "拒绝了验证(403)" in report["回调"]
            assert "WECOM_AES_KEY" in report["回调"]


async def test_another_program_on_the_port(clinic: Clinic) -> None:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with listening(answering("/wecom/callback", hello), "127.0.0.1", clinic.settings.port):
        assert "回答的不是店小二" in (await clinic.look())["回调"]


async def test_what_stands_between(clinic: Clinic) -> None:
    """A proxy in front of a service that is well: each way of spoiling it is told apart."""
    local = f"http://127.0.0.1:{clinic.settings.port}"

    def proxy(spoil: Callable[[bytes], web.StreamResponse], wait: float = 0) -> web.Application:
        async def handle(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(wait)
            async with aiohttp.ClientSession() as http, http.get(f"{local}{request.rel_url}") as answer:
                return spoil(await answer.read())

        return answering("/wecom/callback", handle)

    def plain(body: bytes) -> web.StreamResponse:
        return web.Response(body=body)

    spoilt: list[tuple[web.Application, str]] = [
        (proxy(lambda body: web.Response(body=b"\xef\xbb\xbf" + body)), "一字不差的明文"),
        (proxy(lambda body: web.Response(body=b'"' + body + b'"')), "一字不差的明文"),
        (proxy(lambda body: web.Response(body=body + b"\n")), "一字不差的明文"),
        (proxy(lambda _: web.Response(body=b"welcome")), "别的程序"),
        (proxy(lambda _: web.Response(status=301, headers={"Location": "https://elsewhere.invalid"})), "HTTP 301"),
        (proxy(lambda _: web.Response(status=502)), "反向代理连不上店小二(HTTP 502)"),
        (proxy(lambda _: web.Response(status=403)), "被拒绝(403)"),
        (web.Application(), "没有 /wecom/callback(HTTP 404)"),
    ]
    async with service(clinic.settings):
        for app, said in spoilt:
            async with serving(app) as base:
                report = await clinic.look(public_url=base)
            assert f"服务本身正常({local}),但经过 PUBLIC_URL 不行" in report["回调"], said
            assert said in report["回调"]
        async with serving(proxy(plain, wait=1.1)) as base:
            assert "企业微信只等 1 秒" in (await clinic.look(public_url=base))["回调"]
        async with serving(proxy(plain)) as base:
            assert "通过验证" in (await clinic.look(public_url=base))["回调"]
        nowhere = await clinic.look(public_url="https://bot.example.invalid")
        assert "bot.example.invalid 解析不了" in nowhere["回调"]
        closed = await clinic.look(public_url=f"http://127.0.0.1:{find_free_port()}")
        assert "反向代理(如 Nginx)是否在运行" in closed["回调"]
    both = await clinic.look(public_url=f"http://127.0.0.1:{find_free_port()}")
    assert "服务没有在运行" in both["回调"]


async def test_a_certificate_that_nobody_trusts(clinic: Clinic, tmp_path: Path) -> None:
    async def any_answer(_: web.Request) -> web.Response:
        return web.Response()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(_self_signed(tmp_path / "own.pem"))
    runner = web.AppRunner(answering("/wecom/callback", any_answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := find_free_port(), ssl_context=context).start()
    async with service(clinic.settings):
        report = await clinic.look(public_url=f"https://127.0.0.1:{port}")
    await runner.cleanup()
    assert "证书有问题" in report["回调"]


def _self_signed(path: Path) -> Path:
    """A certificate of our own making, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(pem))
    return path
