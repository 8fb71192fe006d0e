"""Settings from the environment or `.env`. A bad value stops the start with the variable's name and no secret shown."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.loopback import is_loopback, is_own_network

REAL_WECOM = "https://qyapi.weixin.qq.com"
SAMPLE_CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "samples" / "hotel"


def _parse_url(value: str, expected: str) -> SplitResult:
    """Raises ValueError that says what was expected; what urllib would say may quote a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # parsed, and refused, only here
    except ValueError:
        raise ValueError(expected) from None
    return parts


def _check_web_url(value: str, expected: str) -> str:
    parts = _parse_url(value, expected)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(expected)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{expected}; http is allowed on loopback only")
    return value.rstrip("/")


def _check_sqlite_url(value: str, expected: str) -> str:
    path = value.removeprefix("sqlite+aiosqlite:///").partition("?")[0]
    if not path or path == ":memory:":
        raise ValueError(f"{expected}; a database in memory would lose customers' messages")
    return value


def _check_postgres_url(value: str, expected: str) -> str:
    expected = f"{expected}; in USER and PASSWORD write @ : / # as %40 %3A %2F %23"
    parts = _parse_url(value, expected)
    if not parts.path.strip("/") or parts.fragment:
        raise ValueError(expected)
    return value


class Settings(BaseSettings):
    """Everything that can be set; only the five of WeCom may be required, and only by `serve` and `doctor`."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # an empty variable is one that is not set: compose.yaml passes such
        extra="ignore",
        hide_input_in_errors=True,
    )

    wecom_api_base: str = REAL_WECOM
    wecom_corp_id: str = ""
    wecom_agent_id: int = Field(default=0, ge=0)
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    database_url: str = Field(default="sqlite+aiosqlite:///data/dianxiaoer.db", repr=False)  #: may hold a password
    redis_url: SecretStr = SecretStr("")
    content_dir: Path = Field(default=SAMPLE_CONTENT, validate_default=True)
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    secret_key: SecretStr = SecretStr("")
    metrics_token: SecretStr = SecretStr("")
    pms_url: str = ""  #: where rooms, goods and orders live; empty: in our own database
    pms_token: SecretStr = SecretStr("")
    exports_dir: Path | None = None  #: what another system exports, to be read only
    pay_secret: SecretStr = SecretStr("")  #: signs what a payment system posts to /pay/notify
    embeddings_url: str = ""  #: the base, to which /embeddings is added; "": words alone are searched
    embeddings_key: SecretStr = SecretStr("")
    embeddings_model: str = ""
    speech_url: str = ""  #: the base, to which /audio/transcriptions is added; "": staff listen to voices themselves
    speech_key: SecretStr = SecretStr("")
    speech_model: str = ""
    data_dir: Path = Path("data")  #: customers' media and the demo's database

    @field_validator("*", mode="before")
    @classmethod
    def _strip(cls, value: object) -> object:
        """Values are pasted from web pages, with what hangs on to them."""
        return value.strip() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("wecom_api_base")
    @classmethod
    def _api_base(cls, value: str) -> str:
        return _check_web_url(value, "expected a base address such as https://qyapi.weixin.qq.com")

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        expected = "expected the address under which staff reach this service, such as https://bot.example.com"
        return _check_web_url(value, expected) if value else ""

    @field_validator("pms_url")
    @classmethod
    def _pms_url(cls, value: str) -> str:
        expected = "expected the address of a PMS or POS such as https://pms.example.com/api (README.md)"
        return _check_web_url(value, expected) if value else ""

    @field_validator("exports_dir")
    @classmethod
    def _exports_dir(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError("expected a folder with rooms.csv, items.csv and orders.csv, or nothing")
        return value

    @field_validator("embeddings_url", "speech_url")
    @classmethod
    def _endpoint_url(cls, value: str) -> str:
        """Customers' words and voices go there: over TLS, or to a machine of one's own."""
        expected = "expected a base address such as https://api.example.com/v1, or http:// within your own network"
        if not value:
            return ""
        parts = _parse_url(value, expected)
        is_http = parts.scheme == "http" and bool(parts.hostname) and is_own_network(parts.hostname or "")
        checked = value if not is_http else value.replace("http://", "https://", 1)
        return value.rstrip("/") if _check_web_url(checked, expected) else ""

    @model_validator(mode="after")
    def _names_a_model(self) -> Settings:
        for url, model, name in (
            (self.embeddings_url, self.embeddings_model, "EMBEDDINGS"),
            (self.speech_url, self.speech_model, "SPEECH"),
        ):
            if url and not model:
                raise ValueError(f"{name}_MODEL: expected the name of a model, because {name}_URL is set")
        return self

    @field_validator("wecom_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"[A-Za-z0-9]{43}", text):
            raise ValueError(
                f"expected 43 letters and digits (EncodingAESKey from 接收消息服务器配置), got {len(text)} characters"
            )
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
        expected = "expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
        if value.startswith("sqlite+aiosqlite:///"):
            return _check_sqlite_url(value, expected)
        if value.startswith("postgresql+asyncpg://"):
            return _check_postgres_url(value, expected)
        raise ValueError(expected)

    @field_validator("redis_url")
    @classmethod
    def _redis_url(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        expected = "expected redis://HOST:PORT/NUMBER or rediss://…"
        if text and not text.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError(expected)
        _parse_url(text, expected)
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and len(text) < 32:
            raise ValueError(f"expected at least 32 characters, got {len(text)}")
        return value

    @field_validator("pay_secret")
    @classmethod
    def _pay_secret(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and len(text) < 16:
            raise ValueError(f"expected at least 16 characters, got {len(text)}")
        return value

    @field_validator("content_dir")
    @classmethod
    def _content_dir(cls, value: Path) -> Path:
        try:
            is_folder = value.is_dir()
        except OSError:  # a parent that we may not enter
            is_folder = False
        if not is_folder:
            raise ValueError("expected a folder that exists and can be read (HQ's stores, staff and faq files)")
        return value

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def signing_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from SECRET_KEY or else by HKDF-SHA256 (RFC 5869) from the AES key."""
        derived_from = base64.b64decode(self.wecom_aes_key.get_secret_value() + "=")
        given = self.secret_key.get_secret_value().encode() or derived_from
        if not given:
            raise SettingsError(
                "SECRET_KEY: expected at least 32 characters, or WECOM_AES_KEY to derive it from; both are empty"
            )
        return HKDF(hashes.SHA256(), length=32, salt=b"dianxiaoer", info=purpose.encode()).derive(given)


REQUIRED = ("wecom_corp_id", "wecom_agent_id", "wecom_secret", "wecom_token", "wecom_aes_key")


def load_settings(*, need_wecom: bool, **overrides: object) -> Settings:
    """Read the settings. Raises SettingsError with one line for each missing or bad variable."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError("\n".join(map(_explain, error.errors(include_input=False)))) from None
    except UnicodeDecodeError:
        raise SettingsError(".env: expected a text file in UTF-8") from None
    if need_wecom:
        missing = [name.upper() for name in REQUIRED if not _is_set(getattr(settings, name))]
        if missing:
            raise SettingsError(
                "\n".join(f"{name}: expected a value ({_WHERE[name]}), it is not set" for name in missing)
            )
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


def _explain(problem: ErrorDetails) -> str:
    """One line: the variable, and what was expected. Never what was given."""
    limits = problem.get("ctx", {})
    expected = {
        "int_parsing": "expected a whole number",
        "greater_than_equal": f"expected a number not below {limits.get('ge')}",
        "less_than_equal": f"expected a number not above {limits.get('le')}",
        "literal_error": f"expected one of {limits.get('expected')}",
    }.get(problem["type"], problem["msg"].removeprefix("Value error, "))
    return f"{str(problem['loc'][0]).upper()}: {expected}" if problem["loc"] else expected
