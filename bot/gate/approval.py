"""The gate. Only these two functions make an ApprovedDraft; nothing else reaches a customer (HOUSE.md, five lines)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import MatterClosedError
from bot.model import Conversation, Draft, DraftState, Outcome, Question
from bot.ports import CustomerContent, SessionState, Text

BY_RULE = "rule"  #: who approved what HQ lets go out by itself


@dataclass(frozen=True, slots=True)
class ApprovedDraft:
    """Something that may go to one customer: confirmed by a person, or a text that HQ lets go out by itself.

    `key` makes enqueueing it twice harmless. Made by `approve_by_person` and `approve_by_rule` only.
    """

    conversation_id: int
    content: CustomerContent = field(repr=False)
    key: str
    approved_by: str  #: staff account, or BY_RULE
    approved_as: str  #: the entry or rule, with its version
    content_version: str  #: of HQ's content that the text, or what it is based on, comes from
    entry: str | None = None  #: number of the entry that it answers with
    entry_version: str | None = None
    question_id: int | None = None
    draft_id: int | None = None
    welcome_code: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HqText:
    """A text of HQ's at its version: an entry marked 自动, 安抚语, 欢迎语, 问门店."""

    name: str  #: "entry:Q-001", "soothing", "welcome", "ask_store"
    version: str
    content: CustomerContent
    goes_alone: bool  #: HQ allowed it to go out without a person
    content_version: str = ""  #: of HQ's content; "" when `version` is that
    entry: str | None = None  #: number of the entry that the text is the answer of


_NOT_OURS = {
    SessionState.POOL: "没有发送:客人正在排队等人接",
    SessionState.PERSON: "没有发送:这位客人正由同事接待",
    SessionState.ENDED: "没有发送:会话已结束,等客人再说话",
}


def approve_by_person(
    conversation: Conversation, question: Question, draft: Draft, *, by: str, text: str, now: datetime
) -> ApprovedDraft:
    """A person confirmed `text`: the draft as it is, or their own wording of it.

    Raises MatterClosedError when the question is closed, or the draft is not in force any more.
    """
    if not question.is_open:
        raise MatterClosedError(closed_line(question))
    if question.handing_to:
        raise MatterClosedError("正在转给同事接待,请稍等")
    if draft.question_id != question.id or draft.state != DraftState.OPEN:
        raise MatterClosedError("已过期:客人又发来新消息,看下一张卡")
    if conversation.session not in (SessionState.NEW, SessionState.ASSISTANT):
        raise MatterClosedError(_NOT_OURS[SessionState(conversation.session)])
    if not text.strip():
        raise MatterClosedError("内容是空的,没有发送")
    return ApprovedDraft(
        conversation_id=conversation.id,
        content=Text(text.strip()),
        key=f"question:{question.id}:draft:{draft.id}",
        approved_by=by,
        approved_as=f"entry:{draft.entry}@{draft.entry_version}" if draft.entry else draft.kind,
        content_version=draft.content_version,
        entry=draft.entry,
        entry_version=draft.entry_version,
        question_id=question.id,
        draft_id=draft.id,
    )


def approve_by_rule(
    conversation: Conversation,
    rule: HqText,
    *,
    key: str,
    question_id: int | None = None,
    draft_id: int | None = None,
    welcome_code: str | None = None,
    expires_at: datetime | None = None,
) -> ApprovedDraft:
    """HQ allowed this very text. Raises MatterClosedError if it did not, or while a complaint is open."""
    if not rule.goes_alone:
        raise MatterClosedError("总部没有允许这条自动发出")
    if conversation.complaint_at is not None:
        raise MatterClosedError("有投诉未处理,不自动发送")
    if welcome_code is None and conversation.session not in (SessionState.NEW, SessionState.ASSISTANT):
        raise MatterClosedError("这位客人正由同事接待")
    return ApprovedDraft(
        conversation_id=conversation.id,
        content=rule.content,
        key=key,
        approved_by=BY_RULE,
        approved_as=f"{rule.name}@{rule.version}",
        content_version=rule.content_version or rule.version,
        entry=rule.entry,
        entry_version=rule.version if rule.entry is not None else None,
        question_id=question_id,
        draft_id=draft_id,
        welcome_code=welcome_code,
        expires_at=expires_at,
    )


_LINES = {
    Outcome.SENT: "已发送",
    Outcome.EDITED: "已改后发送",
    Outcome.AUTO: "店小二已自动回复",
    Outcome.PERSON: "正在回",
    Outcome.DISMISSED: "不用回",
    Outcome.EXPIRED: "已过期",
}


def closed_line(question: Question) -> str:
    """What became of a question, for people: 已发送, 不用回:广告 …; without names."""
    line = _LINES[Outcome(question.outcome)] if question.outcome else "还没有人回"
    return f"{line}:{question.reason}" if question.reason else line
