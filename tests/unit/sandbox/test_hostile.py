"""Whatever a body holds, the platform answers with an errcode, never by falling over."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import ShiftedClock
from bot.sandbox.app_card_rules import check_card
from bot.sandbox.app_cards import face_of
from bot.sandbox.customer_acts import add_customer, say
from bot.sandbox.fields import Body, read_json
from bot.sandbox.media import Media
from bot.sandbox.platform import ENDPOINTS
from bot.sandbox.refusal import PlatformRefusal
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import make_seed
from tests.unit.sandbox.harness import HOTEL, SELECTION, card

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PLAUSIBLE = JSON | st.sampled_from(
    [HOTEL, "wmX", "text", "msgmenu", "image", "button_interaction", 1, 3, 1000002, ["wangjie"]]
)
NAMES = st.sampled_from(
    [
        *["open_kfid", "touser", "external_userid", "msgtype", "text", "msgmenu", "image", "link", "location", "code"],
        *["msgid", "cursor", "token", "limit", "service_state", "servicer_userid", "userid_list", "agentid"],
        *["template_card", "response_code", "button", "userids", "atall", "external_userid_list", "media_id"],
        *["enable_duplicate_check", "duplicate_check_interval", "toparty", "department_id_list", "offset"],
    ]
)
BODIES = st.dictionaries(NAMES, PLAUSIBLE, max_size=8)
PARTS = st.sampled_from(
    [*card(), "button_selection", "action_menu", "jump_list", "checkbox", "select_list", "submit_button"]
)
KINDS = st.sampled_from(
    ["button_interaction", "text_notice", "news_notice", "vote_interaction", "multiple_interaction"]
)


def _sandbox() -> Sandbox:
    sandbox = Sandbox(make_seed([(HOTEL, "店")], [("wangjie", "王洁")], callback_url=""), ShiftedClock())
    thread = sandbox.world.played_thread(HOTEL, add_customer(sandbox, "小林", "wmX").id)
    say(sandbox, thread, "在吗")
    return sandbox


@pytest.mark.parametrize("path", [path for path, endpoint in ENDPOINTS.items() if endpoint.method == "POST"])
@settings(max_examples=60, deadline=None)
@given(body=BODIES)
def test_any_body_gets_an_answer(path: str, body: Body) -> None:
    sandbox = _sandbox()
    try:
        answer = ENDPOINTS[path].answer(sandbox, body)
    except PlatformRefusal as refusal:
        assert refusal.code != 0 and refusal.errmsg
    else:
        assert isinstance(answer, dict | Media)


@settings(max_examples=400, deadline=None)
@given(kind=KINDS, changes=st.dictionaries(PARTS, JSON | st.lists(st.just(SELECTION), max_size=2), max_size=4))
def test_any_card_is_refused_or_can_be_shown(kind: str, changes: Body) -> None:
    wild = card() | changes | {"card_type": kind}
    try:
        check_card(wild)
    except PlatformRefusal as refusal:
        assert refusal.code != 0
    else:
        assert face_of(wild)["card_type"] == kind


def test_half_a_character_is_no_json() -> None:
    assert read_json(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}
    with pytest.raises(ValueError):
        read_json(b'{"a": "\\ud83d"}')
