"""`kf/sync_msg`: what customers and servicers said, page by page (`facts/wecom.md` §2.2)."""

from __future__ import annotations

from bot.sandbox import fields
from bot.sandbox.faults import Fault
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox

MOST_ROWS = 1000


def sync_msg(sandbox: Sandbox, body: Body) -> Body:
    """One page after the cursor. Raises PlatformRefusal."""
    open_kfid = fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER)
    account = sandbox.world.managed_account(open_kfid)
    cursor = fields.text(body, "cursor", most_bytes=64, too_long=Code.BAD_PARAMETER)
    token = fields.text(body, "token", most_bytes=128, too_long=Code.BAD_MSG_TOKEN)
    limit = fields.whole(body, "limit", MOST_ROWS, low=1, high=MOST_ROWS)
    fields.whole(body, "voice_format", 0, low=0, high=1)
    if token and not sandbox.is_msg_token_good(token, open_kfid):
        raise PlatformRefusal(Code.BAD_MSG_TOKEN, "invalid msg token")
    if sandbox.faults.take({Fault.EMPTY_PAGE}, path=open_kfid):
        page = account.timeline.empty_page(cursor)
    else:
        short = sandbox.faults.take({Fault.PAGE_SIZE}, path=open_kfid)
        page = account.timeline.read(cursor, min(limit, short.value) if short else limit, sandbox.now())
    return {"next_cursor": page.next_cursor, "has_more": int(page.has_more), "msg_list": page.items}
