"""Nothing is approved but what a person, or HQ, may approve now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import MatterClosedError
from bot.gate.approval import BY_RULE, HqText, approve_by_person, approve_by_rule, closed_line
from bot.model import Conversation, Draft, DraftState, Outcome, Question
from bot.ports import SessionState, Text

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def _conversation(session: SessionState = SessionState.ASSISTANT, *, complains: bool = False) -> Conversation:
    return Conversation(
        id=7,
        account_id="wkA",
        customer_id="wmA",
        created_at=NOW,
        session=session,
        sent_since=0,
        last_said_at=NOW,
        complaint_at=NOW if complains else None,
    )


def _question(outcome: Outcome | None = None, *, handing_to: str | None = None, reason: str = "") -> Question:
    return Question(
        id=3,
        conversation_id=7,
        opened_at=NOW,
        said_at=NOW,
        outcome=outcome,
        handing_to=handing_to,
        reason=reason,
    )


def _draft(state: DraftState = DraftState.OPEN, *, question: int = 3) -> Draft:
    return Draft(
        id=5,
        question_id=question,
        version=1,
        kind="faq",
        text="您好",
        entry="Q-1",
        entry_version="abc",
        state=state,
        created_at=NOW,
    )


def test_a_person_approves_the_text_under_one_key_for_the_draft() -> None:
    first = approve_by_person(_conversation(), _question(), _draft(), by="anan", text=" 您好 \n", now=NOW)
    again = approve_by_person(_conversation(), _question(), _draft(), by="beibei", text="别的", now=NOW)
    assert first.content == Text("您好") and first.approved_by == "anan" and first.approved_as == "entry:Q-1@abc"
    assert first.key == again.key


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_closed_question_is_not_approved_again(outcome: Outcome) -> None:
    with pytest.raises(MatterClosedError):
        approve_by_person(_conversation(), _question(outcome), _draft(), by="anan", text="您好", now=NOW)


@pytest.mark.parametrize("state", [DraftState.SUPERSEDED, DraftState.CLOSED, DraftState.APPROVED])
def test_a_draft_not_in_force_is_not_approved(state: DraftState) -> None:
    with pytest.raises(MatterClosedError, match="看下一张卡"):
        approve_by_person(_conversation(), _question(), _draft(state), by="anan", text="您好", now=NOW)


def test_a_draft_of_another_question_is_not_approved() -> None:
    with pytest.raises(MatterClosedError):
        approve_by_person(_conversation(), _question(), _draft(question=4), by="anan", text="您好", now=NOW)


@pytest.mark.parametrize(
    ("session", "words"),
    [(SessionState.POOL, "排队"), (SessionState.PERSON, "同事接待"), (SessionState.ENDED, "会话已结束")],
)
def test_what_wecom_would_refuse_is_not_approved(session: SessionState, words: str) -> None:
    with pytest.raises(MatterClosedError, match=words):
        approve_by_person(_conversation(session), _question(), _draft(), by="anan", text="您好", now=NOW)


def test_while_somebody_takes_over_nobody_sends() -> None:
    with pytest.raises(MatterClosedError, match="转给同事"):
        approve_by_person(_conversation(), _question(handing_to="beibei"), _draft(), by="anan", text="好", now=NOW)


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_nothing_is_not_sent(text: str) -> None:
    with pytest.raises(MatterClosedError, match="空"):
        approve_by_person(_conversation(), _question(), _draft(), by="anan", text=text, now=NOW)


def test_headquarters_text_goes_alone_only_where_it_said_so() -> None:
    rule = HqText("entry:Q-1", "v1", Text("您好"), goes_alone=True)
    approved = approve_by_rule(_conversation(), rule, key="k", expires_at=NOW + timedelta(minutes=10))
    assert (approved.approved_by, approved.approved_as) == (BY_RULE, "entry:Q-1@v1")
    for conversation, text in (
        (_conversation(), HqText("entry:Q-1", "v1", Text("您好"), goes_alone=False)),
        (_conversation(complains=True), rule),
        (_conversation(SessionState.PERSON), rule),
        (_conversation(SessionState.POOL), rule),
        (_conversation(SessionState.ENDED), rule),
    ):
        with pytest.raises(MatterClosedError):
            approve_by_rule(conversation, text, key="k")


def test_a_welcome_needs_its_code_and_no_session_but_never_greets_into_a_complaint() -> None:
    rule = HqText("welcome", "v1", Text("欢迎"), goes_alone=True)
    approved = approve_by_rule(_conversation(SessionState.ENDED), rule, key="k", welcome_code="c")
    assert approved.welcome_code == "c"
    with pytest.raises(MatterClosedError):
        approve_by_rule(_conversation(complains=True), rule, key="k", welcome_code="c")


def test_what_became_of_a_question_in_words() -> None:
    assert closed_line(_question(Outcome.DISMISSED, reason="广告")) == "不用回:广告"
    assert closed_line(_question(Outcome.SENT)) == "已发送"
    assert closed_line(_question()) == "还没有人回"
