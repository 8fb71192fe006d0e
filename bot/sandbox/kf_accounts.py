"""Accounts, their servicers, and who the customers are (`facts/wecom.md` §2.6–2.8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox import fields
from bot.sandbox.fields import Body
from bot.sandbox.refusal import Code, PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Entered, KfAccount, Servicer

CONSULTED_WITHIN = timedelta(hours=48)


def account_list(sandbox: Sandbox, body: Body) -> Body:
    """`kf/account/list`."""
    offset = fields.whole(body, "offset", 0, low=0, high=100_000)
    limit = fields.whole(body, "limit", 100, low=1, high=100)
    listed = [
        {"open_kfid": account.id, "name": account.name, "avatar": "", "manage_privilege": account.is_managed}
        for account in sandbox.world.accounts.values()
    ]
    return {"account_list": listed[offset : offset + limit]}


def servicer_list(sandbox: Sandbox, query: Body) -> Body:
    """`kf/servicer/list` (GET). Status only with the management privilege, as on the platform."""
    account = _account(sandbox, query)
    listed: list[Body] = []
    for servicer in account.servicers.values():
        row: Body = {"userid": servicer.account}
        if account.is_managed:
            row["status"] = 0 if servicer.is_receiving else 1  # 0 receiving here, 1 in events
            if not servicer.is_receiving:
                row["stop_type"] = servicer.stop_type
        listed.append(row)
    return {"servicer_list": listed}


def servicer_add(sandbox: Sandbox, body: Body) -> Body:
    """`kf/servicer/add`."""
    account = sandbox.world.managed_account(fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER))
    return {"result_list": [_add(sandbox, account, name) for name in _named(body, most_departments=20)]}


def servicer_del(sandbox: Sandbox, body: Body) -> Body:
    """`kf/servicer/del`."""
    account = sandbox.world.managed_account(fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER))
    results: list[Body] = []
    for name in _named(body, most_departments=100):
        was_there = account.servicers.pop(name.lower(), None) is not None
        results.append({"userid": name, "errcode": 0, "errmsg": "ok" if was_there else "ignored"})
    return {"result_list": results}


def customer_batchget(sandbox: Sandbox, body: Body) -> Body:
    """`kf/customer/batchget`; who did not consult within 48 h counts as invalid (95031's scope is unverified)."""
    ids = fields.texts(body, "external_userid_list", least=1, most=100)
    wants_context = fields.whole(body, "need_enter_session_context", 0, low=0, high=1)
    customers: list[Body] = []
    invalid: list[str] = []
    for id in ids:
        customer = sandbox.world.customers.get(id)
        if customer is None or not _has_consulted(sandbox, id):
            invalid.append(id)
            continue
        row: Body = {"external_userid": id, "nickname": customer.name, "avatar": "", "gender": 0}
        entered = _last_entry(sandbox, id) if wants_context else None
        if entered is not None:
            row["enter_session_context"] = {"scene": entered.scene, "scene_param": entered.scene_param}
        customers.append(row)
    return {"customer_list": customers, "invalid_external_userid": invalid}


def _account(sandbox: Sandbox, body: Body) -> KfAccount:
    open_kfid = fields.text(body, "open_kfid", missing=Code.BAD_PARAMETER)
    account = sandbox.world.accounts.get(open_kfid)
    return account if account is not None else sandbox.world.managed_account(open_kfid)


def _named(body: Body, *, most_departments: int) -> list[str]:
    staff = fields.texts(body, "userid_list", most=100)
    departments = body.get("department_id_list") or []
    if not isinstance(departments, list) or len(departments) > most_departments:
        raise PlatformRefusal(Code.BAD_PARAMETER, f"department_id_list should hold at most {most_departments}")
    if departments:
        raise PlatformRefusal(Code.BAD_PARAMETER, "the sandbox has no departments")
    if not staff:
        raise PlatformRefusal(Code.BAD_PARAMETER, "userid_list and department_id_list are both empty")
    return staff


def _add(sandbox: Sandbox, account: KfAccount, name: str) -> Body:
    staff = sandbox.world.staff.get(name.lower())
    if staff is None or not staff.is_valid:
        return {"userid": name, "errcode": int(Code.BAD_USERID), "errmsg": "invalid userid"}
    if staff.key in account.servicers:
        return {"userid": name, "errcode": 0, "errmsg": "ignored"}
    account.servicers[staff.key] = Servicer(staff.account)
    return {"userid": name, "errcode": 0, "errmsg": "ok"}


def _has_consulted(sandbox: Sandbox, customer: str) -> bool:
    threads = sandbox.world.threads_of(customer)
    times = [at for thread in threads for at in (thread.last_said_at, thread.entered and thread.entered.at) if at]
    return any(_is_recent(at, sandbox.now()) for at in times)


def _last_entry(sandbox: Sandbox, customer: str) -> Entered | None:
    entries = [
        thread.entered
        for thread in sandbox.world.threads_of(customer)
        if thread.entered and _is_recent(thread.entered.at, sandbox.now())
    ]
    return max(entries, key=lambda entered: entered.at, default=None)


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at < CONSULTED_WITHIN
