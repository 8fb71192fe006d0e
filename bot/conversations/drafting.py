"""Store what would be said, one version after the other, and show a version on a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import lifecycle
from bot.conversations.desk import Desk
from bot.conversations.ids import new_task_id
from bot.conversations.order_sheet import card_rows
from bot.conversations.voices import VOICE, voice_name
from bot.customers.profiles import shown_name
from bot.gate.cards import CardFacts, Style, reply_card
from bot.gate.outbox import StaffNotice, cancel_card, enqueue_to_staff
from bot.gate.quota import quota_line
from bot.model import Card, Conversation, Customer, Draft, DraftState, Message, Origin, Question
from bot.ports import CardFace
from bot.replies.place import NEAREST
from bot.replies.suggestion import SENSITIVE, Kind, OrderPlan, Suggestion
from bot.staff.access import may_see

BUBBLES_MOST = 50  #: of one question, the newest, are understood and shown: nobody floods us or a page
KIND_NAMES = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "file": "[文件]",
    "location": "[位置]",
    "link": "[链接]",
    "miniprogram": "[小程序]",
    "business_card": "[名片]",
    "merged_msg": "[聊天记录]",
}
_STYLES = {
    Kind.REFERENCE: Style.REFERENCE,
    Kind.CHOICES: Style.CHOOSE,
    Kind.COMPLAINT: Style.COMPLAINT,
    Kind.MEDIA: Style.ALONE,
    Kind.PERSON: Style.ALONE,
    Kind.CLERK: Style.ALONE,
}
_VERBS = {Kind.FAQ: "问", Kind.REFERENCE: "问", Kind.MEDIA: "发来"}  #: 小满 问停车
_BASES = {
    Kind.CHOICES: "没有找到合适的条目",
    Kind.MEDIA: "不是文字,请您看一眼",
    Kind.PERSON: "客人想和真人说",
    Kind.GREETING: "问候",
    Kind.THANKS: "致谢",
    Kind.OPT_OUT: "客人说别再发了,已停止主动联系",
    Kind.ASK_STORE: "还不知道是哪家店",
    Kind.COMPLAINT: "投诉由店长亲自回复",
    Kind.ORDER: "点发送就办理",
    Kind.ASK: "还差一样,先问客人",
    Kind.CLERK: "要您接着办",
}


AMENDED = "订单改过:"  #: how the reason of a draft begins whose order somebody changed; the name follows
CHOSEN = "店员选了这一条"  #: the one reason of a draft that somebody chose


def is_same(draft: Draft, suggestion: Suggestion) -> bool:
    """Whether the suggestion says what the draft says already."""
    if (draft.kind, draft.entry, draft.text) != (suggestion.kind, suggestion.entry_number, suggestion.text):
        return False
    if _care(suggestion.reasons) != _care(draft.reasons) and draft.reasons != [CHOSEN]:
        return False
    offered = [candidate["entry_number"] for candidate in draft.candidates]
    return draft.kind != Kind.CHOICES or offered == [candidate.entry_number for candidate in suggestion.candidates]


async def add_draft(
    session: AsyncSession, question: Question, suggestion: Suggestion, *, desk: Desk, now: datetime
) -> Draft:
    """Store the next version; the versions before it are superseded."""
    await supersede(session, question)
    return await _add(
        session,
        question,
        kind=suggestion.kind,
        text=suggestion.text,
        topic=suggestion.topic[:64],
        entry=suggestion.entry_number,
        entry_version=suggestion.entry_version,
        also=[list(each) for each in suggestion.also],
        confidence=suggestion.confidence,
        candidates=[asdict(candidate) for candidate in suggestion.candidates],
        reasons=list(suggestion.reasons),
        order=_order_json(suggestion.order),
        content_version=desk.content.version,
        created_at=now,
    )


async def add_chosen(session: AsyncSession, question: Question, shown: Draft, chosen: int, *, now: datetime) -> Draft:
    """Store another candidate as the next version; what others have on their cards stays good."""
    candidate = shown.candidates[chosen]
    is_reference = candidate["autonomy"] == "仅人工"
    return await _add(
        session,
        question,
        kind=Kind.REFERENCE if is_reference else Kind.FAQ,
        text=candidate["text"],
        topic=shown.topic,
        entry=candidate["entry_number"],
        entry_version=candidate["entry_version"],
        confidence=candidate["confidence"],
        candidates=list(shown.candidates),
        reasons=[CHOSEN],
        content_version=shown.content_version,  # the candidate's text was made then
        created_at=now,
    )


async def add_again(session: AsyncSession, question: Question, old: Draft, *, text: str, now: datetime) -> Draft:
    """What did not reach the customer of a text, once more."""
    names = (
        "kind",
        "topic",
        "entry",
        "entry_version",
        "also",
        "confidence",
        "candidates",
        "reasons",
        "order",
        "content_version",
    )
    values: dict[str, Any] = {name: getattr(old, name) for name in names}
    return await _add(session, question, text=text, created_at=now, **values)


async def supersede(session: AsyncSession, question: Question) -> None:
    """From now on no card of an older version sends anything."""
    if not question.version:
        return  # there is no draft yet
    is_older = (Draft.question_id == question.id, Draft.state == DraftState.OPEN)
    await session.execute(update(Draft).where(*is_older).values(state=DraftState.SUPERSEDED))


async def _add(session: AsyncSession, question: Question, **values: Any) -> Draft:
    draft = Draft(question_id=question.id, version=question.version + 1, state=DraftState.OPEN, **values)
    session.add(draft)
    await session.flush()
    question.version, question.draft_id = draft.version, draft.id
    return draft


async def show(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    staff: str,
    *,
    desk: Desk,
    now: datetime,
    due_at: datetime | None = None,
    note: str = "",
    can_take: bool = True,
    in_place_of: tuple[Card, str] | None = None,
) -> Card:
    """Make a card of this version for one receiver and queue it.

    `in_place_of` (an old card and the code of a tap on it) shows it where the old card was; the new card then inherits
    the old one's own code, with which it can be closed later.
    """
    card = Card(
        task_id=new_task_id(),
        conversation_id=conversation.id,
        question_id=question.id,
        draft_id=draft.id,
        staff=staff,
        created_at=now,
    )
    session.add(card)
    await session.flush()
    face = await compose(session, conversation, question, draft, card, desk=desk, now=now, note=note, can_take=can_take)
    code = None
    if in_place_of is not None:
        old, code = in_place_of
        card.response_code, card.response_code_at, card.tap_code = old.response_code, old.response_code_at, old.tap_code
        old.response_code = old.tap_code = None
        old.closed_at, old.closed_line, old.replaced_by = now, "已换成下一张卡", card.id
    notice = StaffNotice(
        staff,
        f"card:{card.id}",
        face,
        card_id=card.id,
        question_id=question.id,
        replaces=in_place_of is not None,
        response_code=code,
        due_at=due_at,
    )
    await enqueue_to_staff(session, notice, now=now)
    question.asked_at = max(now, due_at or now)
    question.first_asked_at = question.first_asked_at or now
    desk.journal.note(
        "card.queued",
        conversation=conversation.id,
        facts={"staff": staff, "card": card.id, "name": desk.staff_name(staff)},
    )
    return card


async def show_instead(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    old: Card,
    *,
    desk: Desk,
    now: datetime,
    note: str = "",
    can_take: bool = True,
) -> Card:
    """Show a version where a tapped card was; where no code is left for that, below it."""
    code = old.tap_code
    if code:
        old.tap_code = None
    elif old.response_code:
        code, old.response_code = old.response_code, None
    else:
        await lifecycle.close_card(session, old, "看下一张卡", now=now)
    place = (old, code) if code else None
    return await show(
        session,
        conversation,
        question,
        draft,
        old.staff,
        desk=desk,
        now=now,
        note=note,
        can_take=can_take,
        in_place_of=place,
    )


async def replace_cards(
    session: AsyncSession, conversation: Conversation, question: Question, draft: Draft, *, desk: Desk, now: datetime
) -> None:
    """Another suggestion: every open card gives way to one of the new version, at most every 20 s (policy)."""
    due_at = question.asked_at or now  # a card that is still waiting to go out gives its place to the next one
    if due_at <= now:
        due_at = max(now, due_at + desk.policy.replace_every)
    is_shown = False
    for card in await lifecycle.open_cards(session, question.id):
        await lifecycle.close_card(session, card, "已过期:客人又发来新消息,看下一张卡", now=now, shown_at=due_at)
        if may_see(desk.content, card.staff, question.store):
            await show(session, conversation, question, draft, card.staff, desk=desk, now=now, due_at=due_at)
            is_shown = True
    if not is_shown:  # whoever had it has left the store: it is asked anew
        question.level, question.first_asked_at, question.ask_at = 0, None, now


async def refresh_waiting(
    session: AsyncSession, conversation: Conversation, question: Question, draft: Draft, *, desk: Desk, now: datetime
) -> None:
    """Cards that wait for their 20 seconds show what has been added since; those that are out stay as they are."""
    due_at = question.asked_at
    for card in await lifecycle.open_cards(session, question.id):
        if due_at is None or due_at <= now or not await cancel_card(session, card.id, now=now, reason="more was said"):
            continue
        card.closed_at = now
        await show(session, conversation, question, draft, card.staff, desk=desk, now=now, due_at=due_at)


async def compose(
    session: AsyncSession,
    conversation: Conversation,
    question: Question,
    draft: Draft,
    card: Card,
    *,
    desk: Desk,
    now: datetime,
    note: str = "",
    can_take: bool = True,
) -> CardFace:
    """What the card of this version says to this receiver."""
    kind = Kind(draft.kind)
    style = _STYLES.get(kind, Style.SUGGEST if draft.text else Style.ALONE)
    customer = await session.get(Customer, conversation.customer_id)
    choices = tuple((str(index), candidate["label"]) for index, candidate in enumerate(draft.candidates, start=1))
    return reply_card(
        CardFacts(
            task_id=card.task_id,
            style=style,
            store=desk.store_name(question.store),
            nickname=shown_name(customer),
            topic=_VERBS.get(kind, "") + draft.topic,
            said_at=question.said_at,
            zone=desk.policy.zone,
            quote=await quote(session, question.id),
            text=draft.text,
            basis=_basis(draft, kind),
            order=card_rows(draft.order),
            quota=quota_line(conversation, now, desk.policy.zone),
            edit_url=desk.links.edit_url(card.task_id, card.staff, now=now),
            choices=choices if _may_choose(draft, style) else (),
            chosen=next(
                (str(index) for index, one in enumerate(draft.candidates, 1) if one["entry_number"] == draft.entry),
                None,
            ),
            dismiss_reasons=desk.policy.dismiss_reasons,
            note=note,
            before=await _before(session, conversation, question, desk) if style is Style.COMPLAINT else "",
            can_take=can_take,
            made_at=now,
        )
    )


def _may_choose(draft: Draft, style: Style) -> bool:
    """Whether the card has a drop-down; from a 仅人工 entry that the clerk chose there is a way back."""
    if style is Style.REFERENCE:
        return draft.reasons == [CHOSEN]
    return style is Style.CHOOSE or (style is Style.SUGGEST and draft.entry is not None)


async def bubbles(session: AsyncSession, question_id: int) -> list[Message]:
    """The customer's messages that make up the question, oldest first, without recalled ones; the newest fifty."""
    return list(await session.scalars(_BUBBLES, {"question": question_id}))[::-1]


_BUBBLES = (
    select(Message)
    .where(
        Message.question_id == bindparam("question"),
        Message.origin == Origin.CUSTOMER,
        Message.recalled_at.is_(None),
    )
    .order_by(Message.id.desc())
    .limit(BUBBLES_MOST)
)


async def quote(session: AsyncSession, question_id: int) -> str:
    """Their own words, bubbles joined with " / "."""
    return " / ".join(bubble_text(message) for message in await bubbles(session, question_id))


def bubble_text(message: Message) -> str:
    """A bubble in words: its text, or what kind of thing it is."""
    if message.kind == VOICE:
        return f"{voice_name(message)} {message.text}".strip()
    if message.text:
        return message.text
    inner = (message.body or {}).get(message.kind)
    shown = (inner.get("name") or inner.get("title") or "") if isinstance(inner, dict) else ""
    return KIND_NAMES.get(message.kind, "[消息]") + str(shown)


def _care(reasons: Sequence[str]) -> list[str]:
    """Why a message needs a person's care: HQ's 敏感词 in it."""
    return [str(reason) for reason in reasons if str(reason).startswith(SENSITIVE)]


def _basis(draft: Draft, kind: Kind) -> str:
    is_of_entry = draft.entry and kind in (Kind.FAQ, Kind.REFERENCE)
    why = f"{draft.entry} {draft.topic} · 把握 {draft.confidence:.0%}" if is_of_entry else _BASES.get(kind, draft.topic)
    why = next((str(reason) for reason in draft.reasons if str(reason).startswith(NEAREST)), why)
    return " · ".join([*_care(draft.reasons), why])


def _order_json(plan: OrderPlan | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    return asdict(plan) | {"until": plan.until.isoformat() if plan.until else None}


async def _before(session: AsyncSession, conversation: Conversation, question: Question, desk: Desk) -> str:
    """A line of what happened before, for whoever handles a complaint."""
    where = (Question.conversation_id == conversation.id, Question.id < question.id, Question.outcome.is_not(None))
    earlier = list(await session.scalars(select(Question).where(*where).order_by(Question.id.desc()).limit(20)))
    if not earlier:
        return "之前没有来往记录。请看上面客人的原话,点「修改」写回复,或点「我来回」直接聊。"
    last = earlier[0]
    when = f"{desk.local(last.opened_at):%m-%d %H:%M}"
    return f"之前来往 {len(earlier)} 次,上次{when}:{lifecycle.outcome_line(last, desk)}。"


def is_stale(question: Question, now: datetime, limit: timedelta) -> bool:
    """Whether the customer's newest bubble is too old to be answered without a person."""
    return now - question.said_at > limit
