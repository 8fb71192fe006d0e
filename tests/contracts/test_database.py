"""One contract, on SQLite and on PostgreSQL: leases, once-only inserts, group commit, migrations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, StatementError

from bot.db import Database, claims
from bot.db.claims import claim, claimable, held
from bot.db.intake import Intake, StoreError
from bot.db.migrate import current_revision, migrate, newest_revision
from bot.db.once import insert_once
from bot.model import Account, Base, Card, Customer, Event, Question, Slot

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
LEASE = timedelta(seconds=40)
DUE = claimable(Account, Account.pull_at <= claims.NOW, order_by=Account.id)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database.connect(database_url)
    await migrate(made)
    yield made
    await made.close()


async def _accounts(database: Database, count: int) -> None:
    async with database.begin() as session:
        session.add_all([Account(id=f"wk{number:03}", pull_at=NOW) for number in range(count)])


async def _claim(database: Database, limit: int, now: datetime = NOW) -> list[Account]:
    async with database.begin() as session:
        return await claim(session, DUE, now=now, lease=LEASE, limit=limit)


# --- leases ----------------------------------------------------------------------------------------------------------
async def test_a_lease_is_given_once(database: Database) -> None:
    await _accounts(database, 30)
    claimed = await asyncio.gather(*(_claim(database, 4) for _ in range(12)))
    ids = [row.id for rows in claimed for row in rows]
    assert len(ids) == len(set(ids))
    ids += [row.id for row in await _claim(database, 30)]  # whoever met locked rows left some for later
    assert sorted(ids) == sorted(set(ids)) and len(ids) == 30
    assert await _claim(database, 30, NOW + LEASE - timedelta(seconds=1)) == []


async def test_a_lease_that_ran_out_is_given_again_and_the_old_holder_changes_nothing(database: Database) -> None:
    await _accounts(database, 1)
    (old,) = await _claim(database, 1)
    (new,) = await _claim(database, 1, NOW + LEASE)
    assert (new.fence, new.attempts) == (old.fence + 1, old.attempts + 1)
    async with database.begin() as session:
        assert await held(session, Account, old.id, old.fence) is None
        assert await held(session, Account, "wkNobody", 1) is None
        row = await held(session, Account, new.id, new.fence)
        assert row is not None
        row.lease_until = None
    assert len(await _claim(database, 1, NOW + LEASE)) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_claim_does_not_wait_for_another(database: Database) -> None:
    await _accounts(database, 3)
    async with database.begin() as session:
        first = await claim(session, DUE, now=NOW, lease=LEASE, limit=2)
        async with asyncio.timeout(5):
            second = await _claim(database, 3)
    assert {row.id for row in first} == {"wk000", "wk001"} and [row.id for row in second] == ["wk002"]


# --- once ------------------------------------------------------------------------------------------------------------
async def test_of_64_at_once_one_wins(database: Database) -> None:
    async def take() -> bool:
        async with database.begin() as session:
            row = Slot(job="purge", slot="2026-11-22T00:00:00+00:00", taken_at=NOW)
            return await insert_once(session, row) is not None

    assert sum(await asyncio.gather(*(take() for _ in range(64)))) == 1


async def test_any_unique_key_counts_and_defaults_are_kept(database: Database) -> None:
    async with database.begin() as session:
        first = await insert_once(session, Card(task_id="card-1", conversation_id=1, staff="anan", created_at=NOW))
        again = await insert_once(session, Card(task_id="card-1", conversation_id=2, staff="beibei", created_at=NOW))
        other = await insert_once(session, Card(task_id="card-2", conversation_id=2, staff="beibei", created_at=NOW))
    assert first is not None and again is None and other is not None and other != first
    async with database.read() as session:
        row = await session.get_one(Card, first)
        assert (row.staff, row.purpose, row.closed_line, row.closed_at) == ("anan", "reply", "", None)


async def test_what_was_inserted_in_a_transaction_that_failed_is_not_there(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.begin() as session:
            await insert_once(session, Customer(id="wmA", created_at=NOW))
            raise ZeroDivisionError
    async with database.begin() as session:
        assert await insert_once(session, Customer(id="wmA", created_at=NOW)) is not None


async def test_a_conversation_has_one_open_question(database: Database) -> None:
    async with database.begin() as session:
        session.add(Question(conversation_id=1, opened_at=NOW, said_at=NOW, outcome="sent"))
        session.add(Question(conversation_id=1, opened_at=NOW, said_at=NOW))
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Question(conversation_id=1, opened_at=NOW, said_at=NOW))


# --- values ----------------------------------------------------------------------------------------------------------
async def test_an_instant_comes_back_as_it_was_in_utc(database: Database) -> None:
    china = NOW.astimezone(timezone(timedelta(hours=8)))
    async with database.begin() as session:
        session.add(Customer(id="wmA", created_at=china + timedelta(microseconds=123456)))
    async with database.read() as session:
        row = await session.get_one(Customer, "wmA")
        assert row.created_at == NOW + timedelta(microseconds=123456) and row.created_at.tzinfo is UTC
        assert await session.scalar(select(func.count()).where(Customer.created_at > NOW)) == 1


async def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.begin() as session:
            session.add(Customer(id="wmA", created_at=NOW.replace(tzinfo=None)))


async def test_words_of_every_kind_come_back_as_they_were(database: Database) -> None:
    words = "您好👨‍👩‍👧 '; DROP TABLE cards; -- \\ \" \u202e𠮷 \r\n\t"
    async with database.begin() as session:
        session.add(Customer(id="wmA", nickname=words, created_at=NOW))
    async with database.read() as session:
        assert (await session.get_one(Customer, "wmA")).nickname == words


async def test_a_reader_waits_for_no_writer(database: Database) -> None:
    await _accounts(database, 1)
    async with database.begin() as session:
        row = await session.get_one(Account, "wk000", with_for_update=True)
        row.name = "changed"
        await session.flush()
        async with asyncio.timeout(5), database.read() as reader:
            assert (await reader.get_one(Account, "wk000")).name == ""


# --- group commit ----------------------------------------------------------------------------------------------------
@pytest.fixture
async def intake(database: Database) -> AsyncIterator[Intake]:
    made = Intake(database)
    made.open()
    yield made
    await made.close()


async def _stored(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Event)) or 0


async def test_what_arrives_together_is_committed_together(database: Database, intake: Intake) -> None:
    commits = await _count(database)
    await asyncio.gather(*(intake.store(f"<xml>{number}</xml>", now=NOW) for number in range(300)))
    assert await _stored(database) == 300
    assert 1 <= commits() <= 30


async def test_a_repeat_is_stored_once(database: Database, intake: Intake) -> None:
    await asyncio.gather(*(intake.store("<xml>same</xml>", now=NOW) for _ in range(5)))
    await intake.store("<xml>same</xml>", now=NOW + timedelta(minutes=5))
    assert await _stored(database) == 1


async def test_it_is_there_when_the_call_returns(database: Database, intake: Intake) -> None:
    for number in range(5):
        await intake.store(f"<xml>{number}</xml>", now=NOW)
        assert await _stored(database) == number + 1


async def test_a_commit_that_fails_fails_its_callers_and_nobody_else(database: Database, intake: Intake) -> None:
    await intake.store("<xml>before</xml>", now=NOW)
    await _run(database, "ALTER TABLE events RENAME TO events_away")
    bad = await asyncio.gather(
        *(intake.store(f"<xml>{number}</xml>", now=NOW) for number in range(3)), return_exceptions=True
    )
    assert all(isinstance(failure, StoreError) for failure in bad)
    await _run(database, "ALTER TABLE events_away RENAME TO events")
    await intake.store("<xml>after</xml>", now=NOW)
    assert await _stored(database) == 2


async def test_whoever_hung_up_does_not_stop_the_others(database: Database, intake: Intake) -> None:
    gone = asyncio.create_task(intake.store("<xml>gone</xml>", now=NOW))
    stays = asyncio.create_task(intake.store("<xml>stays</xml>", now=NOW))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(5):
        await stays
    await intake.store("<xml>next</xml>", now=NOW)
    assert await _stored(database) >= 2


async def test_closing_stores_what_waits(database: Database) -> None:
    intake = Intake(database)
    intake.open()
    waiting = [asyncio.create_task(intake.store(f"<xml>{number}</xml>", now=NOW)) for number in range(50)]
    await asyncio.sleep(0)
    await intake.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)
    assert await _stored(database) == 50
    with pytest.raises(StoreError):
        await intake.store("<xml>late</xml>", now=NOW)


async def _count(database: Database) -> Callable[[], int]:
    """Counts what is committed from now on: SQLite tells of each statement, PostgreSQL's engine of each commit."""
    counted: list[object] = []
    if not database.is_sqlite:
        event.listen(database.intake_engine.sync_engine, "commit", counted.append)
        return lambda: len(counted)
    async with database.intake_engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.set_trace_callback(counted.append)
    return lambda: counted.count("COMMIT")


async def _run(database: Database, statement: str) -> None:
    async with database.begin() as session:
        await session.execute(text(statement))


# --- migrations ------------------------------------------------------------------------------------------------------
async def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await _accounts(database, 1)
    await migrate(database)
    assert await current_revision(database) == newest_revision() != ""
    assert len(await _claim(database, 1)) == 1


async def test_several_processes_migrate_at_once(new_postgres_database: Callable[[], str]) -> None:
    url = new_postgres_database()
    databases = [Database.connect(url) for _ in range(4)]
    try:
        await asyncio.gather(*(migrate(database) for database in databases))
        assert {await current_revision(database) for database in databases} == {newest_revision()}
    finally:
        for database in databases:
            await database.close()
