"""What the doctor says when all is well, and of this machine: settings, database, HQ's files, Redis."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import text

from bot.clock import ShiftedClock
from bot.db import Database
from bot.doctor.examine import CHECKS, SETTINGS, admit
from bot.doctor.here import check_content
from bot.settings import REAL_WECOM, SAMPLE_CONTENT
from tests.house import SAMPLES, open_house
from tests.servers import PostgresServer
from tests.unit.doctor.clinic import Clinic, changed, look


# --- all is well -----------------------------------------------------------------------------------------------------
async def test_a_service_that_is_well(tmp_path: Path, free_port: int) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'well.db'}"
    async with open_house(database_url=url, folder=tmp_path, port=free_port, content=SAMPLES / "hotel") as house:
        first = await look(house.service.settings)
        assert first.names == [SETTINGS, *(check.name for check in CHECKS if check.name != "Redis")]
        assert (first.status, first.marked("✗"), first.marked("⚠")) == (0, [], [SETTINGS]), first.text
        assert "PUBLIC_URL" in first[SETTINGS]
        assert "8 家门店,20 名员工" in first["总部文件"]
        assert first.lines[-1] == "可以用了,另有 1 处提醒。"

        public = changed(house.service.settings, public_url=f"http://localhost:{free_port}")
        assert "还没收到过企业微信的回调" in (await look(public))["回调"]
        await house.play.customer("小林").says("请问好停车吗")
        await house.play.staff("linxiaoman").next_card()
        after = await look(public)
        assert after["回调"].endswith("最近一次收到企业微信的回调是刚才")
        assert after["会话"] == "✓ 会话: 最近 1 个会话都正常"
        assert "小林" not in after.text


async def test_https_is_what_the_edit_page_needs(clinic: Clinic) -> None:
    assert "不是 https" in (await clinic.look(public_url="http://127.0.0.1:1"))[SETTINGS]
    assert (await clinic.look(public_url="https://localhost:1"))[SETTINGS].startswith("✓")


# --- this machine ----------------------------------------------------------------------------------------------------
async def test_a_missing_database_file_is_not_made(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "new.db"
    report = await clinic.look(database_url=f"sqlite+aiosqlite:///{path}")
    assert report["数据库"].startswith(f"✗ 数据库: 还没有数据库文件 {path}")
    assert "dianxiaoer migrate" in report["数据库"]
    assert report["数据库版本"] == "– 数据库版本: 没有检查,先解决上一项(数据库)"
    assert report["回调"].startswith("–")
    assert report["总部文件"].startswith("✓")
    assert report.status == 1
    assert not path.parent.exists()


async def test_a_file_that_is_no_database(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "hq.db").write_bytes(b"stores, staff, questions\n" * 100)
    report = await clinic.look(database_url=f"sqlite+aiosqlite:///{tmp_path / 'hq.db'}")
    assert "不是 SQLite 数据库" in report["数据库"]


async def test_a_database_without_tables_or_from_the_future(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    empty = await clinic.look(database_url=f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    assert "还没有表" in empty["数据库版本"]
    assert "dianxiaoer migrate" in empty["数据库版本"]
    database = Database.connect(clinic.settings.database_url)
    async with database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    assert "数据库的版本(9999)比程序新" in (await clinic.look())["数据库版本"]


async def test_postgresql_that_cannot_be_used(clinic: Clinic, postgres: PostgresServer, free_port: int) -> None:
    admin = postgres.admin
    for url, said in (
        (admin.set(password="sesame"), "用户名或密码不对"),
        (admin.set(database="nowhere"), "没有这个数据库"),
        (admin.set(port=free_port), "连不上数据库"),
    ):
        report = await clinic.look(database_url=url.render_as_string(hide_password=False))
        assert report["数据库"].startswith(f"✗ 数据库: PostgreSQL {url.host}:{url.port}/{url.database} 用不了")
        assert said in report["数据库"]
        assert "sesame" not in report.text
        assert str(admin.password) not in report.text


async def test_postgresql_that_can(clinic: Clinic, postgres_url: str) -> None:
    report = await clinic.look(database_url=postgres_url)
    assert report["数据库"].startswith("✓ 数据库: PostgreSQL")
    assert "还没有表" in report["数据库版本"]


async def test_files_with_errors(clinic: Clinic, content: Path) -> None:
    (content / "faq" / "问答.csv").write_text(
        "编号,标准问题,客户版答案,失效日期\nK-1,能停车吗,能,2026-02-30\n", encoding="utf-8"
    )
    report = await clinic.look()
    assert "有 1 处错误,不能发布" in report["总部文件"]
    assert "第 2 行 · 失效日期" in report["总部文件"]
    assert report["人手"].startswith("–")
    assert report["客服账号"].startswith("✓")  # it needs no files
    assert report["接待人员"] == "– 接待人员: 没有检查,先解决上一项(总部文件)"


async def test_nobody_there(clinic: Clinic, content: Path) -> None:
    (content / "staff.csv").write_text("员工账号,姓名,门店编号,角色\nlinxia,林夏,A1,店员\n", encoding="utf-8")
    report = await clinic.look()
    assert report["人手"].startswith("⚠")
    assert "山脚店" in report["人手"]
    assert "角色是「总部」" in report["人手"]


async def test_the_sample_is_not_for_real_customers(clinic: Clinic) -> None:
    assert (await clinic.look(content_dir=SAMPLE_CONTENT))["总部文件"].startswith("✓")
    real = changed(clinic.settings, content_dir=SAMPLE_CONTENT, wecom_api_base=REAL_WECOM)
    async with AsyncExitStack() as stack:  # one check by itself: nothing here may call the real WeCom
        finding = await check_content(await admit(real, False, ShiftedClock(), stack))
    assert finding.text.startswith("用的是自带的示例")


async def test_redis(clinic: Clinic, redis_url: str, free_port: int) -> None:
    assert (await clinic.look(redis_url=redis_url))["Redis"].startswith("✓ Redis: 127.0.0.1:")
    away = await clinic.look(redis_url=f"redis://:sesame@127.0.0.1:{free_port}/0")
    assert away["Redis"].startswith("✗ Redis: 连不上 Redis")
    assert "sesame" not in away.text
    refused = await clinic.look(redis_url=redis_url.replace("redis://", "redis://nobody:sesame@"))
    assert "密码不对" in refused["Redis"]
