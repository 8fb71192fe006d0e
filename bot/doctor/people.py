"""客服账号 and who serves them, against HQ's files (facts/wecom.md §2.0, §2.5–2.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.content.words import Content, Role, StaffMember
from bot.doctor.finding import Finding, bad, good, listed, warn
from bot.doctor.patient import Patient
from bot.doctor.platform import explain, what_to_do
from bot.errors import MessengerError, RejectedError
from bot.model import Conversation
from bot.ports import SessionState
from bot.wecom.kf import KfAccount

KF: Final = "管理后台 › 应用管理 › 微信客服"
_SESSIONS: Final = 5  #: the newest so many are looked at
_RECENT: Final = timedelta(hours=48)
_SHOWN: Final = 10  #: accounts that are listed one by one


async def check_accounts(patient: Patient) -> Finding:
    """The app may use 微信客服 at all, and there is an account."""
    try:
        found = await patient.kf.accounts()
    except MessengerError as error:
        return bad(*explain(error))
    patient.accounts = {account.id: account for account in found}
    if not found:
        return bad("企业里还没有客服账号", f"打开 {KF},新建一个,再到 {KF} › 通过API管理微信客服账号 勾选它")
    managed = [f"{account.name}({account.id})" for account in found if account.is_managed]
    if not managed:
        return bad("没有一个客服账号交给了店小二", f"打开 {KF} › 通过API管理微信客服账号,勾选要用的账号")
    return good(f"{len(managed)} 个交给了店小二:{listed(managed)}")


async def check_stores(patient: Patient) -> Finding:
    """Accounts in HQ's table against WeCom's."""
    content, known = patient.content, patient.accounts
    named = _stores_by_account(content)
    unknown = [f"{account}({listed(names)})" for account, names in named.items() if account not in known]
    withheld = [known[account] for account in named if account in known and not known[account].is_managed]
    loose = [account for account in known.values() if account.is_managed and account.id not in named]
    steps = [f"企业微信里没有 {account}:请总部核对 stores 表的「客服账号」" for account in _some(unknown)]
    steps += [
        f"{_spell(account)}没有交给店小二:打开 {KF} › 通过API管理微信客服账号,勾选它" for account in withheld[:_SHOWN]
    ]
    if withheld:
        steps.append("没勾选时,客人一来就直接分给接待人员(会话状态 3),店小二发消息会被拒绝(95018)")
    # All of them, however many: this is where an operator finds the ids for HQ's table.
    notes = [f"{_spell(account)}不在 stores 表里:客人写到这里会交给总部" for account in loose]
    if notes:
        notes.append("要归某家店,请总部把它填进 stores 表那家店的「客服账号」(多家店可以填同一个)")
    if unknown or withheld:
        return bad(f"{len(unknown) + len(withheld)} 个账号和企业微信对不上", *steps, *notes)
    if loose:
        return warn(f"{len(loose)} 个账号不属于任何门店", *notes)
    return good(f"stores 表里的 {len(named)} 个账号都能用")


def _some(texts: list[str]) -> list[str]:
    return texts if len(texts) <= _SHOWN else [*texts[:_SHOWN], f"… 等 {len(texts)} 个"]


def _stores_by_account(content: Content) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for store in content.stores.values():
        for account in store.accounts:
            named.setdefault(account, []).append(store.name)
    return named


def _spell(account: KfAccount) -> str:
    return f"「{account.name}」({account.id})"


# --- servicers -------------------------------------------------------------------------------------------------------
@dataclass
class _Gap:
    """Who of the stores' people cannot take over on one account."""

    account: KfAccount
    missing: list[StaffMember]
    is_certain: bool  #: no departments serve it, so whoever is not listed does not serve
    refused: dict[str, str] = field(default_factory=dict)  #: by account: why WeCom did not take them


async def check_servicers(patient: Patient) -> Finding:
    """我来回 needs the clerk to be a servicer of the account; the other buttons do not. `--fix` adds who is missing."""
    try:
        gaps = await _gaps(patient)
        if patient.fix:
            for gap in gaps:
                gap.refused = await _add(patient, gap)
    except MessengerError as error:
        return bad(*explain(error))
    if not gaps:
        return good("门店的人都是接待人员,「我来回」可以用")
    return _mended(gaps) if patient.fix else _gaping(gaps)


async def _gaps(patient: Patient) -> list[_Gap]:
    """Raises MessengerError."""
    gaps = []
    for account in patient.accounts.values():
        people = _people_of(patient.content, account.id)
        if not account.is_managed or not people:
            continue
        roster = await patient.kf.roster(account.id)
        missing = [person for person in people if person.account.lower() not in roster.staff]
        if missing:
            gaps.append(_Gap(account, missing, is_certain=not roster.has_departments))
    return gaps


def _people_of(content: Content, account: str) -> list[StaffMember]:
    """Clerks and managers of the stores that use this account."""
    stores = {store.number for store in content.store_by_account(account)}
    return [
        person for person in content.staff.values() if person.store in stores and person.role is not Role.HEADQUARTERS
    ]


async def _add(patient: Patient, gap: _Gap) -> dict[str, str]:
    """Who was refused, and why. Raises MessengerError, but not when WeCom refuses the whole list for one of them."""
    wanted = [person.account for person in gap.missing]
    try:
        return await patient.kf.add_servicers(gap.account.id, wanted)
    except RejectedError as error:
        return dict.fromkeys((account.lower() for account in wanted), what_to_do(error))


def _mended(gaps: list[_Gap]) -> Finding:
    added, refused = [], []
    for gap in gaps:
        for person in gap.missing:
            why = gap.refused.get(person.account.lower())
            if why is None:
                added.append(person.name)
            else:
                refused.append(f"{_name(person)}加不进{_spell(gap.account)}:{why.removeprefix('管理员:')}")
    done = f"已添加 {len(added)} 位:{listed(added)}" if added else ""
    if refused:
        return bad(f"{done};{len(refused)} 位没加上" if done else f"{len(refused)} 位没加上", *_some(refused))
    return good(done)


def _gaping(gaps: list[_Gap]) -> Finding:
    certain = [gap for gap in gaps if gap.is_certain]
    steps = [f"{_spell(gap.account)}:{listed(map(_name, gap.missing))}" for gap in gaps[:_SHOWN]]
    how = f"运行 dianxiaoer doctor --fix 添加,或打开 {KF} › 接待人员 添加"
    if not certain:
        return warn(
            "有账号按部门设了接待人员,看不到部门里有谁;下面的人不在单列的名单里,不在部门里的话用不了「我来回」",
            *steps,
            how,
        )
    count = len({person.account for gap in certain for person in gap.missing})
    return bad(f"{count} 位店员还不是接待人员,用不了「我来回」(其他按钮不受影响)", *steps, how)


def _name(person: StaffMember) -> str:
    return f"{person.name}({person.account})"


# --- sessions --------------------------------------------------------------------------------------------------------
async def check_sessions(patient: Patient) -> Finding:
    """95018 before it happens: sessions that a person or the queue holds although nobody took them over here."""
    async with patient.database.read() as session:
        newest = list(
            await session.scalars(
                select(Conversation)
                .where(Conversation.last_said_at > patient.clock.now() - _RECENT)
                .order_by(Conversation.last_said_at.desc())
                .limit(_SESSIONS)
            )
        )
    if not newest:
        return good("最近 48 小时没有客人来过;用微信给客服账号发一条消息,再来看一次")
    held: list[str] = []
    for each in newest:
        try:
            now = await patient.kf.session(each.account_id, each.customer_id)
        except RejectedError:  # an account or customer that is no more
            continue
        except MessengerError as error:
            return bad(*explain(error))
        if now.state in (SessionState.PERSON, SessionState.POOL) and each.session not in (
            SessionState.PERSON,
            SessionState.POOL,
        ):
            held.append(_holder(patient, each.account_id, now.servicer))
    if held:
        return bad(
            f"最近 {len(newest)} 个会话里,有 {len(held)} 个不归店小二管,发消息会被拒绝(95018)",
            *held,
            "请接待的人在 企业微信 › 微信客服 里点 结束会话;客人再说话时,店小二就能接",
            f"如果客人一来就这样:打开 {KF} › 通过API管理微信客服账号,确认勾选了这个账号",
        )
    return good(f"最近 {len(newest)} 个会话都正常")


def _holder(patient: Patient, account: str, servicer: str | None) -> str:
    known = patient.accounts.get(account)
    where = _spell(known) if known else account
    person = patient.content.staff.get(servicer) if servicer else None
    name = person.name if person else servicer
    return f"{where}有一位客人{f'正由{name}接待' if name else '在排队等接待人员'}"
