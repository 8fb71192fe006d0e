"""Session states and who may move them where (`facts/wecom.md` §2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox import fields
from bot.sandbox.codes import Occasion
from bot.sandbox.faults import Fault
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import KfAccount, State, Thread

CONSULT = timedelta(hours=48)  #: "one consult = up to 48 h"; counted here from the customer's last message

#: where the API may move a session. 1→4 is commonly done but unverified.
MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.ASSISTANT, State.POOL, State.PERSON}),
    State.ASSISTANT: frozenset({State.POOL, State.PERSON, State.ENDED}),
    State.POOL: frozenset({State.PERSON}),
    State.PERSON: frozenset({State.PERSON, State.ENDED}),
    State.ENDED: frozenset(),
}
_OCCASIONS = {State.POOL: Occasion.POOLED, State.PERSON: Occasion.PICKED_UP, State.ENDED: Occasion.ENDED}


def state_now(thread: Thread, now: datetime) -> State:
    """The state, where a consult that has run out counts as ended."""
    if thread.last_said_at is not None and now - thread.last_said_at >= CONSULT:
        return State.ENDED
    return thread.state


def get(sandbox: Sandbox, body: Body) -> Body:
    """`service_state/get`."""
    thread = _thread(sandbox, body)
    state = state_now(thread, sandbox.now())
    if state is State.PERSON and thread.servicer is not None:
        return {"service_state": int(state), "servicer_userid": _spelled(sandbox, thread.servicer)}
    return {"service_state": int(state)}


def trans(sandbox: Sandbox, body: Body) -> Body:
    """`service_state/trans`. Raises PlatformRefusal 95013, 95016, 95014, 95019."""
    thread = _thread(sandbox, body)
    wanted = State(fields.whole(body, "service_state", -1, low=0, high=4))
    if state_now(thread, sandbox.now()) is State.ENDED:
        raise PlatformRefusal(Code.SESSION_ENDED, "session has ended")
    if wanted not in MOVES[thread.state]:
        raise PlatformRefusal(Code.BAD_TRANSITION, f"can not trans state from {thread.state} to {int(wanted)}")
    servicer = None
    if wanted is State.PERSON:
        account = sandbox.world.accounts[thread.account]
        name = fields.text(body, "servicer_userid", missing=Code.BAD_PARAMETER)
        servicer = _receiving_servicer(sandbox, account, name)
    move_to(sandbox, thread, wanted, servicer)
    occasion = _OCCASIONS.get(wanted)
    return {"msg_code": sandbox.event_codes.give(occasion, thread, sandbox.now())} if occasion else {}


def move_to(sandbox: Sandbox, thread: Thread, state: State, servicer: str | None) -> None:
    """Change the state without asking; message codes of the state before die with it."""
    thread.changes += 1
    thread.state = state
    thread.servicer = servicer
    if servicer is not None:
        thread.last_servicer = servicer
    sandbox.feed.note(
        "session.changed", account=thread.account, customer=thread.customer, state=int(state), servicer=servicer
    )


def _receiving_servicer(sandbox: Sandbox, account: KfAccount, name: str) -> str:
    key = name.lower()
    servicer = account.servicers.get(key)
    staff = sandbox.world.staff.get(key)
    if servicer is None or staff is None or not staff.is_valid:
        raise PlatformRefusal(Code.NOT_A_SERVICER, "not a servicer of the account, or not activated")
    if not servicer.is_receiving or sandbox.faults.take({Fault.SERVICER_STOPPED}, value=key):
        raise PlatformRefusal(Code.SERVICER_STOPPED, "servicer has stopped receiving")
    return key


def _spelled(sandbox: Sandbox, key: str) -> str:
    staff = sandbox.world.staff.get(key)
    return staff.account if staff else key


def _thread(sandbox: Sandbox, body: Body) -> Thread:
    account = sandbox.world.managed_account(fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER))
    customer = fields.text(body, "external_userid", missing=Code.BAD_PARAMETER)
    return sandbox.world.known_thread(account.id, customer)
