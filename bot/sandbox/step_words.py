"""Which words the demo page has for which step. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

Facts = Mapping[str, object]
Names = Mapping[str, str]
Lines = Iterator[tuple[str, str]]

_KEYS = {
    "send": "发送",
    "show": "看所选",
    "take": "我来回",
    "dismiss": "不用回",
    "give_back": "交回店小二",
    "stay": "还在聊",
    "settled": "已处理好",
    "pick": "选一条",
    "ask_headquarters": "都不是,问总部",
}
_KINDS = {
    "greeting": "听懂:打招呼",
    "thanks": "听懂:道谢",
    "opt_out": "听懂:别再发了(记下,以后不主动打扰)",
    "person": "听懂:想找真人",
    "complaint": "听懂:投诉,请店长亲自处理",
    "media": "不是文字,请店员看一眼",
    "ask_store": "还不知道问的是哪家店",
    "choices": "没有现成的答案,请店员来选",
}
_DOING = {
    "order": "查好价格和库存,写好草稿",
    "ask": "还差一样,写好要问的话",
    "clerk": "要店员接着办",
}
_OUTCOMES = {
    "sent": ("已确认", "good"),
    "edited": ("改过,已确认", "good"),
    "auto": ("总部允许这条自动回,不用等人点", "good"),
    "person": ("店员接过去聊了", ""),
    "dismissed": ("不用回", ""),
    "expired": ("已过期", "bad"),
}
_ERRCODES = {
    42001: "令牌过期",
    40014: "令牌无效",
    45009: "限流",
    45033: "限流",
    95001: "5 条已用完",
    95002: "超过 48 小时",
    95018: "会话状态不允许",
    95014: "不是接待人员",
    95019: "接待人员已停止接待",
    -1: "系统繁忙",
}
_FAULTS = {
    "token_expired": "令牌过期",
    "rate_limit": "限流",
    "concurrency": "限流",
    "cut_after": "做完了,但断线没有回音",
    "cut_before": "断线",
    "callback_five_times": "同一个回调送五遍",
    "callback_twice": "同一个回调送两遍",
    "callback_lost": "回调丢了",
}


def of_service(step: str, facts: Facts, names: Names) -> Lines:
    """Lines for a step that the service noted."""
    match step:
        case "page.stored":
            history = f",其中 {facts['history']} 条是旧记录" if facts.get("history") else ""
            yield f"拉取 {facts['new']} 条{history}", ""
        case "question.understood":
            yield from _understood(facts)
        case "card.sent":
            yield f"发卡给{_name(facts, names)}", ""
        case "edit.opened":
            yield f"{_name(facts, names)}打开修改页", ""
        case "card.pressed":
            key = str(facts.get("key", "")).partition(":")[0]
            yield f"{_name(facts, names)}点了「{_KEYS.get(key, '不用回')}」", ""
        case "question.closed":
            yield _OUTCOMES.get(str(facts.get("outcome")), ("已关闭", ""))
        case "reply.sent":
            yield "已送达", "good"
        case "customer.soothed":
            yield "暂时没人回,先安抚客人一句", ""
        case "store.asked":
            yield "问客人是哪家店", ""
        case "handover.refused":
            yield f"没接上:{facts.get('reason', '')}", "bad"
        case "question.reopened":
            yield f"没发出去:{facts.get('reason', '')}。重新请店员看", "bad"
        case "assistant.heard":
            yield f"{_name(facts, names)}问店小二", "start"
        case "assistant.offered":
            yield "拿不准,给店员几条来选", ""
        case "assistant.handed_over":
            yield "没有现成答案,转给总部值班的人", ""
        case "assistant.answered":
            entry = facts.get("entry")
            yield (f"找到 {entry},已答复店员" if entry else f"{_name(facts, names)}写了答复,已转给店员"), "good"
        case "order.placed":
            yield f"订单 {facts['number']} 已生成", "good"
        case "order.paid":
            yield f"收到付款({facts['number']})", "good"
        case "order.cancelled":
            yield f"订单 {facts['number']} 已取消", "good"
        case "order.lapsed":
            yield f"订单 {facts['number']} 没有按时付款,已取消", ""
        case "complaint.settled":
            yield "投诉已结,恢复正常", "good"


def _understood(facts: Facts) -> Lines:
    kind, topic, entry = str(facts.get("kind", "")), facts.get("topic") or "", facts.get("entry")
    raw = facts.get("confidence")
    confidence = f" {raw:.2f}" if isinstance(raw, float) and raw else ""
    if kind in _KINDS:
        yield _KINDS[kind], ""
        if kind in ("greeting", "thanks", "opt_out"):
            yield "写好草稿", ""
        return
    if kind in _DOING:
        yield f"听懂:{topic}", ""
        yield _DOING[kind], ""
        return
    reasons = facts.get("reasons")
    listed = reasons if isinstance(reasons, list | tuple) else ()
    hits = [str(reason) for reason in listed if str(reason).startswith(("命中", "和现成"))]
    why = f"({';'.join(hits)})" if hits else ""
    yield f"听懂:问{topic}{confidence}{why}", ""
    yield f"找到 {entry}{confidence}", ""
    yield ("只给店员参考,要由人来回" if kind == "reference" else "写好草稿"), ""


def of_platform(kind: str, facts: Facts, names: Names) -> Lines:
    """Lines for something that happened in the pretend WeCom."""
    match kind:
        case "callback.delivered":
            what = "收到点击" if str(facts["what"]).startswith("template_card") else "收到回调"
            again = f"(第 {facts['attempt']} 次)" if facts.get("attempt") != 1 else ""
            yield f"{what} {float(str(facts['ms'])):.0f} ms{again}", "start"
        case "callback.failed":
            yield f"回调没有送到(第 {facts.get('attempt')} 次)", "bad"
        case "callback.lost":
            yield "回调丢了,等定时拉取补上", "bad"
        case "fault.switched_on":
            yield f"备好故障:{_fault(facts)}", "bad"
        case "fault.fired":
            yield f"故障:{_fault(facts)}", "bad"
        case "platform.called":
            yield from _called(facts)
        case "customer.refused":
            yield ("客人开始拒收消息" if facts.get("fail_type") is not None else "客人不再拒收"), "bad"
        case "customer.recalled":
            yield "客人撤回了一句", ""
        case "clock.moved":
            yield f"时钟拨快 {_long(float(str(facts.get('seconds', 0))))}", "start"


def _called(facts: Facts) -> Lines:
    code = facts.get("errcode")
    if facts.get("path") == "gettoken" and code == 0:
        yield "取到新令牌", ""
    elif isinstance(code, int) and code != 0:
        yield f"企业微信答 {code}({_ERRCODES.get(code, '出错')})", "bad"


def _fault(facts: Facts) -> str:
    name = str(facts.get("name", ""))
    return _FAULTS.get(name, name)


def _name(facts: Facts, names: Names) -> str:
    account = str(facts.get("staff", ""))
    return str(facts.get("name") or names.get(account.lower()) or account)


def _long(seconds: float) -> str:
    whole = timedelta(seconds=round(seconds))
    hours, minutes = whole.seconds // 3600 + whole.days * 24, whole.seconds % 3600 // 60
    return f"{hours} 小时" if hours >= 10 else f"{hours} 小时 {minutes} 分钟" if hours else f"{max(1, minutes)} 分钟"
