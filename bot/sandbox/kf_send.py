"""`kf/send_msg` and `kf/send_msg_on_event` (`facts/wecom.md` §2.3, §2.4)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from bot.sandbox import fields
from bot.sandbox.codes import Occasion
from bot.sandbox.fields import Body
from bot.sandbox.kf_content import read_content
from bot.sandbox.kf_sessions import move_to
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import KfAccount, Shown, State, Thread

WINDOW = timedelta(hours=48)  #: from the customer's last message
MOST_MESSAGES = 5  #: since the customer's last message


def send_msg(sandbox: Sandbox, body: Body) -> Body:
    """Send within the rules. Raises PlatformRefusal.

    Undocumented, and chosen: a used msgid is found before the session and the quota are looked at; a message that was
    refused leaves its msgid free.
    """
    account = sandbox.world.managed_account(fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER))
    thread = sandbox.world.known_thread(account.id, fields.text(body, "touser", missing=Code.BAD_PARAMETER))
    msgid = _msgid(body)
    shown = read_content(sandbox, body, msgid)
    _check_unused(account, msgid)
    if thread.state not in {State.NEW, State.ASSISTANT}:
        raise PlatformRefusal(Code.STATE_FORBIDS, "send msg session state invalid")
    if thread.last_said_at is None or sandbox.now() - thread.last_said_at >= WINDOW:
        raise PlatformRefusal(Code.FORTY_EIGHT_HOURS, "out of 48 hours since the customer's last message")
    if thread.sent_since >= MOST_MESSAGES:
        raise PlatformRefusal(Code.FIVE_MESSAGES, "send msg count limit")
    thread.sent_since += 1
    if thread.state is State.NEW:
        move_to(sandbox, thread, State.ASSISTANT, None)  # §2.3; the automatic move is unverified
    return _accept(sandbox, account, thread, shown)


def send_msg_on_event(sandbox: Sandbox, body: Body) -> Body:
    """Use up a welcome or message code. Raises PlatformRefusal. Does not count towards the five (§2.4, unverified)."""
    code = sandbox.event_codes.check(fields.text(body, "code", missing=Code.BAD_EVENT_CODE), sandbox.now())
    account = sandbox.world.managed_account(code.thread.account)
    if fields.text(body, "msgtype", missing=Code.BAD_MSGTYPE) not in code.occasion.msgtypes:
        raise PlatformRefusal(Code.BAD_MSGTYPE, "invalid message type for this code")
    msgid = _msgid(body)
    shown = read_content(sandbox, body, msgid)
    _check_unused(account, msgid)
    code.is_used = True
    if code.occasion is Occasion.ENTERED:
        code.thread.last_welcome_at = sandbox.now()
    return _accept(sandbox, account, code.thread, shown)


def _msgid(body: Body) -> str:
    given = fields.text(body, "msgid", most_bytes=32, pattern=r"[0-9a-zA-Z_-]*", too_long=Code.BAD_PARAMETER)
    return given or secrets.token_hex(16)


def _check_unused(account: KfAccount, msgid: str) -> None:
    if msgid in account.used_msgids:
        raise PlatformRefusal(Code.SAME_MSGID, "msgid duplicated")


def _accept(sandbox: Sandbox, account: KfAccount, thread: Thread, shown: Shown) -> Body:
    account.used_msgids.add(shown.msgid)
    shown.fail_type = thread.refuses_with
    sandbox.show(thread, shown)
    if shown.fail_type is not None:  # errcode 0 is not delivery
        sandbox.add_event(thread, "msg_send_fail", fail_msgid=shown.msgid, fail_type=shown.fail_type)
    return {"msgid": shown.msgid}
