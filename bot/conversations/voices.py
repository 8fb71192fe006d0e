"""Voices: their length once they are fetched, their words once they are written down. Each verb is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.db.claims import NOW, claim, claimable, held, is_free, lock
from bot.db.once import insert_once
from bot.errors import NotFoundError
from bot.gate.links import EditPass
from bot.model import Conversation, Media, Message, Transcript
from bot.staff.access import access_card

VOICE = "voice"  #: the kind of such a message
LEASE = timedelta(minutes=2)
TRIES = 5  #: at once, and after 5, 10, 20 and 40 seconds: an answer that comes later helps nobody


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A leased voice."""

    id: int
    fence: int
    conversation_id: int
    path: str
    store: str | None
    attempts: int  #: including this one


async def lock_conversation(session: AsyncSession, message_id: int) -> None:
    """Before anything of the message's is changed: whoever takes it back locks in the same order."""
    conversation_id = await session.scalar(_CONVERSATION, {"message": message_id})
    if conversation_id is not None:
        await lock(session, Conversation, conversation_id)


async def note_fetched(session: AsyncSession, media: Media, seconds: float, *, is_written: bool, now: datetime) -> None:
    """A file is here, and perhaps it is a voice: note its length (0: not known); `is_written`: it is written down."""
    message = await session.get(Message, media.message_id, populate_existing=True)
    if message is None or message.kind != VOICE or message.recalled_at is not None:
        return
    message.seconds = round(seconds) or None
    if is_written and not message.is_history:
        row = Transcript(message_id=message.id, conversation_id=message.conversation_id, path=media.path, due_at=now)
        await insert_once(session, row)


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> list[Unwritten]:
    """Lease voices that are to be written down."""
    rows = await claim(session, _DUE, now=now, lease=LEASE, limit=limit)
    stores = {row.id: await session.scalar(_STORE, {"conversation": row.conversation_id}) for row in rows}
    return [Unwritten(row.id, row.fence, row.conversation_id, row.path, stores[row.id], row.attempts) for row in rows]


async def put_off(session: AsyncSession, work: Unwritten, why: str, wait: timedelta, now: datetime) -> None:
    """The endpoint did not answer: ask again later, a few times."""
    row = await held(session, Transcript, work.id, work.fence)
    if row is None:
        return
    row.lease_until, row.failed = None, why[:64]
    retry_in = max(wait, timedelta(seconds=5 * 2 ** (work.attempts - 1)))
    row.due_at = now + retry_in if work.attempts < TRIES else None


async def write_down(session: AsyncSession, work: Unwritten, words: str, why: str, now: datetime) -> bool:
    """Keep the words with the message, or that there are none (`why`). Whether the conversation is understood anew."""
    conversation = await lock(session, Conversation, work.conversation_id)
    row = await held(session, Transcript, work.id, work.fence)
    if row is None or conversation is None:
        return False
    row.lease_until, row.due_at, row.failed = None, None, why[:64]
    message = await session.get(Message, row.message_id, populate_existing=True)
    if message is None or message.recalled_at is not None:
        return False
    message.text, message.is_unclear = words, not words
    question = await lifecycle.open_question(session, conversation.id)
    is_open = question is not None and message.question_id == question.id
    if not is_open and message.id <= conversation.understood_id:
        return False  # somebody has answered it by ear
    if conversation.burst_at is None:
        conversation.burst_at = conversation.due_at = now
    return True


async def recording_of(session: AsyncSession, desk: Desk, allowed: EditPass, message_id: int) -> str:
    """Where the file of a voice is, for whoever has the card of its question. Raises NotFoundError."""
    matter = await access_card(session, desk.content, allowed.staff, allowed.task_id)
    message = await session.get(Message, message_id)
    is_of_card = matter.question is not None and message is not None and message.question_id == matter.question.id
    if message is None or not is_of_card or message.kind != VOICE or message.recalled_at is not None:
        raise NotFoundError("没有找到这条语音")
    path: str | None = await session.scalar(select(Media.path).where(Media.message_id == message_id))
    if not path:
        raise NotFoundError("没有找到这条语音")
    return path


def voice_name(message: Message) -> str:
    """[语音 6″], with what is known about it."""
    seconds = f" {message.seconds}″" if message.seconds else ""
    return f"[语音{seconds}{' 没听清' if message.is_unclear else ''}]"


def words_of(desk: Desk, store: str | None) -> Sequence[str]:
    """Names that may be said: of the store that is talked to, of what is sold, of the other stores."""
    here = desk.store(store)
    stores = list(desk.content.stores.values())
    own = [here.name, *here.aliases] if here else []
    sold = [name for product in desk.content.products.values() for name in (product.name, *product.aliases)]
    return [*own, *sold, *(each.name for each in stores)]


_CONVERSATION = select(Message.conversation_id).where(Message.id == bindparam("message"))
_STORE = select(Conversation.store).where(Conversation.id == bindparam("conversation"))
_DUE = claimable(Transcript, Transcript.due_at.is_not(None), Transcript.due_at <= NOW, order_by=Transcript.due_at)
#: when the next voice is to be written down that nobody is at, at `:now`
NEXT_DUE = select(func.min(Transcript.due_at)).where(Transcript.due_at.is_not(None), is_free(Transcript))
