"""What a pretend corp consists of when the sandbox starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SeedAccount:
    """One 客服账号. `servicers` are staff accounts; empty means every member of staff."""

    id: str  #: wk…
    name: str
    servicers: tuple[str, ...] = ()
    is_managed: bool = True  #: manage_privilege: whether our app may drive it


@dataclass(frozen=True, slots=True)
class SeedStaff:
    """One member of staff; accounts are case-insensitive."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class SandboxSeed:
    """The corp, its app, its 客服账号 and its staff. The secrets are fixed, for trying out: they guard nothing."""

    corp_id: str = "ww5a4db0c5d1a0e001"
    agent_id: int = 1000002
    secret: str = field(default="sandbox-secret-for-trying-out-0000000000001", repr=False)
    token: str = field(default="SandboxToken0001", repr=False)
    aes_key: str = field(default="SandboxAesKeyForTryingOutOnLoopback00000001", repr=False)
    pay_secret: str = field(default="SandboxPaySecret0001", repr=False)  #: signs what the pretend till tells
    callback_url: str = "http://127.0.0.1:8080/wecom/callback"  #: loopback only; "" sends no callbacks
    app_name: str = "店小二"
    accounts: tuple[SeedAccount, ...] = ()
    staff: tuple[SeedStaff, ...] = ()


def make_seed(
    accounts: Iterable[tuple[str, str]],
    staff: Iterable[tuple[str, str]],
    *,
    base: SandboxSeed | None = None,
    callback_url: str | None = None,
) -> SandboxSeed:
    """A seed from (open_kfid, name) and (staff account, name) pairs; everybody may serve every account."""
    base = base or SandboxSeed()
    return SandboxSeed(
        corp_id=base.corp_id,
        agent_id=base.agent_id,
        secret=base.secret,
        token=base.token,
        aes_key=base.aes_key,
        pay_secret=base.pay_secret,
        callback_url=base.callback_url if callback_url is None else callback_url,
        app_name=base.app_name,
        accounts=tuple(SeedAccount(id, name) for id, name in accounts),
        staff=tuple(SeedStaff(account, name) for account, name in staff),
    )


def describe(seed: SandboxSeed, base_url: str) -> str:
    """Lines for the terminal: how to point a service at this sandbox."""
    return "\n".join(
        [
            f"假企业微信已启动:{base_url}(只在本机,数据不保存)",
            f"回调发往:{seed.callback_url or '(不发)'}",
            "另开一个终端,这样让店小二连上它:",
            f"  export WECOM_API_BASE={base_url}",
            f"  export WECOM_CORP_ID={seed.corp_id}",
            f"  export WECOM_AGENT_ID={seed.agent_id}",
            f"  export WECOM_SECRET={seed.secret}",
            f"  export WECOM_TOKEN={seed.token}",
            f"  export WECOM_AES_KEY={seed.aes_key}",
            f"  export PAY_SECRET={seed.pay_secret}",
            "  dianxiaoer serve",
        ]
    )
