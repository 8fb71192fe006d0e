"""What it must never do (MISSION.md), where the source itself can show it; tests/scenarios plays the rest.

1. Never send what nobody confirmed: one maker of approvals (tests/test_house.py), one of deliveries, four texts of HQ's
   that may go alone, one caller of WeCom.
3. Never state what is not in HQ's files: whatever is said, each number in a suggestion stands in the files.
6. Never leave WeCom's official interfaces: one host, and paths that the facts name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.replies.router import suggest
from bot.replies.suggestion import Asked
from intents.recogniser import Recogniser
from knowledge.content import Content, load
from tests.house import sample_files

ROOT = Path(__file__).resolve().parents[2]
#: facts/wecom.md §2–§4 and §8; each is documented by WeCom.
OFFICIAL = frozenset(
    {
        "agent/get",
        "gettoken",
        "kf/account/list",
        "kf/customer/batchget",
        "kf/send_msg",
        "kf/send_msg_on_event",
        "kf/service_state/get",
        "kf/service_state/trans",
        "kf/servicer/add",
        "kf/servicer/list",
        "kf/sync_msg",
        "media/get",
        "message/send",
        "message/update_template_card",
    }
)


@cache
def trees() -> dict[str, ast.Module]:
    """The service's own source; the pretend WeCom is not part of it."""
    paths = (path for path in (ROOT / "bot").rglob("*.py") if "sandbox" not in path.parts)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Where `name` or `x.name` is called."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called == name:
                    yield path, node


def places(name: str) -> set[str]:
    return {path for path, _ in calls(name)}


# --- 1. what nobody confirmed ----------------------------------------------------------------------------------------
def test_only_the_outbox_makes_deliveries_and_only_one_module_sends_them() -> None:
    assert places("Delivery") == {"bot/gate/outbox.py"}
    assert places("send_to_customer") == {"bot/workers/sending.py"}
    assert {path for path in places("send_on_event") if not path.startswith("bot/wecom/")} == {"bot/workers/sending.py"}


def test_what_may_go_alone_is_these_texts_of_headquarters() -> None:
    made = {(path, ast.unparse(call.args[0])) for path, call in calls("HqText")}
    assert made == {
        ("bot/conversations/asking.py", "'soothing'"),
        ("bot/conversations/ordering.py", "'orders'"),  # orders.yaml, 通知: how to pay, that it is paid or cancelled
        ("bot/conversations/unattended.py", "'ask_store'"),
        ("bot/conversations/unattended.py", "f'entry:{entry.number}'"),
        ("bot/conversations/welcome.py", "'welcome'"),
    }
    assert places("approve_by_rule") == {path for path, _ in made}
    assert places("approve_by_person") == {"bot/conversations/confirm.py"}


# --- 3. what is not in the files -------------------------------------------------------------------------------------
@cache
def hotel() -> tuple[Content, Recogniser, frozenset[str]]:
    content = load(sample_files()).content
    assert content is not None
    texts = [entry.customer_answer for entry in content.entries.values()]
    texts += [cell for store in content.stores.values() for cell in store.cells.values()]
    texts += [content.persona.greeting, content.persona.thanks, content.persona.opt_out, content.policy.ask_store]
    texts += [content.persona.opening, content.persona.closing]
    return content, Recogniser.load(), frozenset(number for text in texts for number in numbers(text))


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.:]\d+)?", text)


INVENTED = ("888.8", "66699元", "13800000000", "7.7折")  #: by a customer, to have them repeated
SAID = "停车 早餐 几点 多少钱 退房 到 18点 一晚 WiFi 密码 是不是 吗 可以 发票 泳池 免费 对吧 电话 你好 谢谢 投诉 地铁"
WORDS = st.sampled_from([*INVENTED, *SAID.split(), "2号线", "{{门店.停车}}", "{{", ",", "。", "\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map("".join), st.integers(0, 8))
def test_no_number_is_said_that_stands_in_no_file(said: str, at: int) -> None:
    content, recogniser, known = hotel()
    assert known.isdisjoint(number for word in INVENTED for number in numbers(word))
    stores = [*content.stores.values(), None]
    asked = Asked(said, (said,), (), None, stores[min(at, len(stores) - 1)], date(2026, 11, 22), is_first_today=True)
    suggestion = suggest(asked, content, recogniser)
    for text in (suggestion.text, *(candidate.text for candidate in suggestion.candidates)):
        assert set(numbers(text)) <= known
        assert "{{" not in text


# --- 6. the official interfaces --------------------------------------------------------------------------------------
def constants() -> Iterator[tuple[str, str]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path, node.value


def test_wecom_is_asked_on_official_paths_only() -> None:
    shape = re.compile(r"gettoken|(?:agent|auth|cgi-bin|externalcontact|kf|media|menu|message|user)/[a-z_/]+")
    asked = {text for path, text in constants() if path.startswith("bot/wecom/") and shape.fullmatch(text)}
    assert asked == OFFICIAL


def test_the_service_knows_no_other_host() -> None:
    hosts = {host for _, text in constants() for host in re.findall(r"https?://([a-z0-9.-]+\.[a-z]{2,})", text)}
    examples = {"bot.example.com", "pms.example.com", "api.example.com"}  # in what a setting expected
    assert hosts == {"qyapi.weixin.qq.com", "work.weixin.qq.com", *examples}
