"""Settings: a bad value names its variable and what was expected, and nothing that is secret is ever shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SettingsError
from bot.settings import REAL_WECOM, Settings, load_settings

AES_KEY = "Tq4vXc81Lm0ZsRw7YbNd2EoUgHj5KpAiFt9VxC3Bn6M"
COMPLETE = {
    "WECOM_CORP_ID": "ww0123456789abcdef",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": "sesame-of-the-app",
    "WECOM_TOKEN": "Tok3nOfTheCallback",
    "WECOM_AES_KEY": AES_KEY,
}
HIDDEN = "sesame"  #: part of every secret below


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


# --- nothing set -----------------------------------------------------------------------------------------------------
def test_demo_runs_with_nothing_set() -> None:
    settings = load_settings(need_wecom=False)
    assert settings.wecom_api_base == REAL_WECOM
    assert settings.is_sqlite
    assert settings.content_dir.is_dir()
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)


def test_serving_asks_for_the_five_of_wecom_and_no_more() -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(need_wecom=True)
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == list(COMPLETE)


@pytest.mark.parametrize("missing", COMPLETE)
def test_one_missing_value_is_named_alone(complete: None, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(SettingsError, match=rf"\A{missing}: expected a value \(.+\), it is not set\Z"):
        load_settings(need_wecom=True)


def test_complete_settings_serve(complete: None) -> None:
    settings = load_settings(need_wecom=True)
    assert settings.wecom_agent_id == 1000002
    assert settings.wecom_secret.get_secret_value() == "sesame-of-the-app"


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    assert load_settings(need_wecom=False) == Settings()


def test_what_hangs_on_to_a_pasted_value_is_cut_off(complete: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WECOM_AES_KEY", f" {AES_KEY}\n")
    monkeypatch.setenv("WECOM_SECRET", "   ")
    with pytest.raises(SettingsError, match=r"\AWECOM_SECRET: .+ not set\Z"):
        load_settings(need_wecom=True)


# --- bad values ------------------------------------------------------------------------------------------------------
BAD = [
    ("WECOM_API_BASE", "http://10.0.0.1", "http is allowed on loopback only"),
    ("WECOM_API_BASE", "http://localhost.example.com", "http is allowed on loopback only"),
    ("WECOM_API_BASE", "http://127.0.0.1.example.com", "http is allowed on loopback only"),
    ("WECOM_API_BASE", "ftp://qyapi.weixin.qq.com", "expected a base address"),
    ("WECOM_API_BASE", "qyapi.weixin.qq.com", "expected a base address"),
    ("WECOM_API_BASE", "https://sesame:sesame@qyapi.weixin.qq.com", "expected a base address"),
    ("WECOM_API_BASE", "https://qyapi.weixin.qq.com?access_token=sesame", "expected a base address"),
    ("WECOM_AGENT_ID", "sesame", "expected a whole number"),
    ("WECOM_AGENT_ID", "-1", "expected a number not below 0"),
    ("WECOM_TOKEN", "sesame open", "expected at most 32 letters and digits"),
    ("WECOM_TOKEN", "sesame" * 6, "expected at most 32 letters and digits"),
    ("WECOM_AES_KEY", "sesame", "expected 43 letters and digits (EncodingAESKey from 接收消息服务器配置), got 6"),
    ("WECOM_AES_KEY", "sesame" + AES_KEY, "expected 43 letters and digits"),
    ("WECOM_AES_KEY", "sesame" + "+" * 37, "expected 43 letters and digits"),
    ("WECOM_AES_KEY", "sesame" + "١" * 37, "expected 43 letters and digits"),
    ("DATABASE_URL", "mysql://bot:sesame@db/bot", "expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://"),
    ("DATABASE_URL", "postgresql://bot:sesame@db/bot", "expected sqlite+aiosqlite:///PATH or postgresql+asyncpg://"),
    ("DATABASE_URL", "postgresql+asyncpg://bot:sesame@db", "expected sqlite+aiosqlite:///PATH"),
    ("DATABASE_URL", "postgresql+asyncpg://bot:sesame@db:port/bot", "expected sqlite+aiosqlite:///PATH"),
    ("DATABASE_URL", "postgresql+asyncpg://bot:sesame#1@db/bot", "# as %40 %3A %2F %23"),
    ("DATABASE_URL", "postgresql+asyncpg://bot:se/same@db/bot", "# as %40 %3A %2F %23"),
    ("DATABASE_URL", "sqlite+aiosqlite:///", "in memory"),
    ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "in memory"),
    ("REDIS_URL", "http://:sesame@redis:6379", "expected redis://"),
    ("REDIS_URL", "redis://:sesame@redis:port", "expected redis://"),
    ("REDIS_URL", "redis:6379", "expected redis://"),
    ("CONTENT_DIR", "/nowhere/sesame", "expected a folder that exists"),
    ("CONTENT_DIR", __file__, "expected a folder that exists"),
    ("PUBLIC_URL", "http://bot.example.com", "http is allowed on loopback only"),
    ("PUBLIC_URL", "https://bot:sesame@bot.example.com", "expected the address"),
    ("PUBLIC_URL", "https://[::1", "expected the address"),
    ("PUBLIC_URL", "https://bot.example.com:99999", "expected the address"),
    ("PORT", "sesame", "expected a whole number"),
    ("PORT", "0", "expected a number not below 1"),
    ("PORT", "65536", "expected a number not above 65535"),
    ("EMBEDDINGS_URL", "http://api.example.com/v1", "or http:// within your own network"),
    ("EMBEDDINGS_URL", "https://sesame@api.example.com/v1", "expected a base address"),
    ("SPEECH_URL", "http://asr.example.com/v1", "or http:// within your own network"),
    ("LOG_LEVEL", "sesame", "expected one of 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ("SECRET_KEY", "sesame", "expected at least 32 characters, got 6"),
]


@pytest.mark.parametrize(("name", "value", "expected"), BAD)
def test_bad_value_names_its_variable_and_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings(need_wecom=False)
    said = str(refused.value)
    assert said.startswith(f"{name}: expected")
    assert expected in said
    assert len(said.splitlines()) == 1
    assert HIDDEN not in said
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__  # pydantic's error, which knows the value, is not printed


def test_every_bad_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("CONTENT_DIR", "/nowhere")
    monkeypatch.setenv("WECOM_AES_KEY", "short")
    with pytest.raises(SettingsError) as refused:
        load_settings(need_wecom=False)
    assert {line.split(":")[0] for line in str(refused.value).splitlines()} == {"PORT", "CONTENT_DIR", "WECOM_AES_KEY"}


GOOD = [
    ("WECOM_API_BASE", "http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
    ("WECOM_API_BASE", "http://[::1]:9000", "http://[::1]:9000"),
    ("WECOM_API_BASE", "http://localhost:9000", "http://localhost:9000"),
    ("WECOM_API_BASE", "https://proxy.example.com/wecom/", "https://proxy.example.com/wecom"),
    ("PUBLIC_URL", "https://bot.example.com/", "https://bot.example.com"),
    ("DATABASE_URL", "sqlite+aiosqlite:////data/bot.db", "sqlite+aiosqlite:////data/bot.db"),
    ("DATABASE_URL", "postgresql+asyncpg://bot:a%40b@db:5432/bot", "postgresql+asyncpg://bot:a%40b@db:5432/bot"),
    ("LOG_LEVEL", "debug", "DEBUG"),
]


@pytest.mark.parametrize(("name", "value", "kept"), GOOD)
def test_good_value_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str, kept: str) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(need_wecom=False), name.lower()) == kept


@pytest.mark.parametrize(
    "url", ["https://api.example.com/v1/", "http://10.0.0.8:8000/v1", "http://ollama:11434/v1", "http://[::1]:9000/v1"]
)
@pytest.mark.parametrize("name", ["EMBEDDINGS", "SPEECH"])
def test_an_endpoint_needs_a_model(monkeypatch: pytest.MonkeyPatch, name: str, url: str) -> None:
    monkeypatch.setenv(f"{name}_URL", url)
    with pytest.raises(SettingsError, match=rf"\A{name}_MODEL: expected the name of a model[^\n]*\Z"):
        load_settings(need_wecom=False)
    monkeypatch.setenv(f"{name}_MODEL", "bge-m3")
    assert getattr(load_settings(need_wecom=False), f"{name.lower()}_url") == url.rstrip("/")


def test_value_given_in_code_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert load_settings(need_wecom=False, port=9001).port == 9001


# --- .env ------------------------------------------------------------------------------------------------------------
def test_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nHOST=0.0.0.0\nNOT_OURS=1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    monkeypatch.setenv("PORT", "9001")
    settings = load_settings(need_wecom=False)
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_env_file_in_another_encoding_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes("HOST=店小二".encode("gb18030"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    with pytest.raises(SettingsError, match=r"\A\.env: expected a text file in UTF-8\Z"):
        load_settings(need_wecom=False)


# --- secrets ---------------------------------------------------------------------------------------------------------
def test_settings_print_without_secrets(complete: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://bot:sesame@db/bot")
    monkeypatch.setenv("REDIS_URL", "redis://:sesame@redis:6379/0")
    monkeypatch.setenv("SECRET_KEY", "sesame" * 8)
    monkeypatch.setenv("METRICS_TOKEN", "sesame")
    shown = f"{load_settings(need_wecom=True)!r} {load_settings(need_wecom=True)}"
    assert HIDDEN not in shown
    assert AES_KEY not in shown
    assert COMPLETE["WECOM_TOKEN"] not in shown


def test_signing_key_is_derived_from_the_aes_key(complete: None) -> None:
    key = load_settings(need_wecom=True).signing_key("edit page")
    raw = base64.b64decode(AES_KEY + "=")
    assert key == HKDF(hashes.SHA256(), length=32, salt=b"dianxiaoer", info=b"edit page").derive(raw)
    assert len(key) == 32


def test_signing_keys_differ_by_purpose_and_secret_key(complete: None, monkeypatch: pytest.MonkeyPatch) -> None:
    derived = load_settings(need_wecom=True)
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    given = load_settings(need_wecom=True)
    keys = {settings.signing_key(purpose) for settings in (derived, given) for purpose in ("edit page", "scene")}
    assert len(keys) == 4


def test_signing_key_needs_a_source() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load_settings(need_wecom=False).signing_key("edit page")
