"""Settings from the environment or `.env`. A bad value stops the start with the variable's name and no secret shown."""

from __future__ import annotations

import base64
import ipaddress
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

REAL_WECOM = "https://qyapi.weixin.qq.com"
SAMPLE_CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "samples" / "hotel"


def is_loopback(host: str) -> bool:
    """Whether a host name or address (with or without brackets) means this machine."""
    bare = host.strip("[]").lower()
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def _check_url(value: str, expected: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"expected {expected}, got something else")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"expected {expected}; http is allowed on loopback only")
    return value.rstrip("/")


class Settings(BaseSettings):
    """Everything that can be set; only the five of WeCom may be required, and only by `serve` and `doctor`."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True)

    wecom_api_base: str = REAL_WECOM
    wecom_corp_id: str = ""
    wecom_agent_id: int = 0
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    database_url: str = "sqlite+aiosqlite:///data/dianxiaoer.db"
    redis_url: SecretStr = SecretStr("")
    content_dir: Path = SAMPLE_CONTENT
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    secret_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    data_dir: Path = Path("data")  #: customers' media and the demo's database

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("wecom_api_base")
    @classmethod
    def _api_base(cls, value: str) -> str:
        return _check_url(value, "a base address such as https://qyapi.weixin.qq.com")

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        return _check_url(value, "the address under which staff reach this service, such as https://bot.example.com") if value else ""

    @field_validator("wecom_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"[A-Za-z0-9]{43}", text):
            raise ValueError(f"expected 43 letters and digits (EncodingAESKey from 接收消息服务器配置), got {len(text)} characters")
        return value

    @field_validator("wecom_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"[A-Za-z0-9]{1,32}", text):
            raise ValueError("expected at most 32 letters and digits (Token from 接收消息服务器配置)")
        return value

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER:PASSWORD@HOST/NAME")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not text.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("expected redis://HOST:PORT/NUMBER or rediss://…")
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and len(text) < 32:
            raise ValueError(f"expected at least 32 characters, got {len(text)}")
        return value

    @model_validator(mode="after")
    def _content_dir_exists(self) -> Self:
        if not self.content_dir.is_dir():
            raise ValueError("CONTENT_DIR: expected an existing folder (HQ's stores, staff and faq files)")
        return self

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def signing_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from SECRET_KEY or else by HKDF-SHA256 (RFC 5869) from the AES key."""
        given = self.secret_key.get_secret_value().encode() or base64.b64decode(self.wecom_aes_key.get_secret_value() + "=")
        if not given:
            raise SettingsError("SECRET_KEY: expected at least 32 characters, or WECOM_AES_KEY to derive it from; both are empty")
        return HKDF(hashes.SHA256(), length=32, salt=b"dianxiaoer", info=purpose.encode()).derive(given)


REQUIRED = ("wecom_corp_id", "wecom_agent_id", "wecom_secret", "wecom_token", "wecom_aes_key")


def load_settings(*, need_wecom: bool, **overrides: object) -> Settings:
    """Read the settings. Raises SettingsError with one line for each missing or bad variable."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(item["loc"], item["msg"]) for item in error.errors())) from None
    if need_wecom:
        missing = [name.upper() for name in REQUIRED if not _is_set(getattr(settings, name))]
        if missing:
            raise SettingsError("\n".join(f"{name}: expected a value ({_WHERE[name]}), it is not set" for name in missing))
    return settings


_WHERE = {
    "WECOM_CORP_ID": "我的企业 › 企业信息 › 企业ID",
    "WECOM_AGENT_ID": "应用管理 › 店小二 › AgentId",
    "WECOM_SECRET": "应用管理 › 店小二 › Secret",
    "WECOM_TOKEN": "应用管理 › 店小二 › 接收消息 › Token",
    "WECOM_AES_KEY": "应用管理 › 店小二 › 接收消息 › EncodingAESKey",
}


def _is_set(value: object) -> bool:
    return bool(value.get_secret_value()) if isinstance(value, SecretStr) else bool(value)


def _explain(location: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"{str(location[0]).upper()}: {text}" if location else text
