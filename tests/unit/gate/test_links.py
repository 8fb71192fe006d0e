"""A link opens one card for one person for two hours; a scene names a store only when we signed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.links import LINK_LIFE, EditPass, Links

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
LINKS = Links(b"k" * 32, "https://bot.example.com")
OTHERS = Links(b"o" * 32, "https://bot.example.com")
PASS = EditPass("card-1", "anan")


def test_a_link_leads_to_its_card_and_says_nothing_else() -> None:
    url = LINKS.edit_url("card-1", "anan", now=NOW)
    address, _, token = url.partition("?t=")
    assert address == "https://bot.example.com/cards/card-1/edit"
    assert "anan" not in token and LINKS.read(token, now=NOW) == PASS
    assert len(url.encode()) < 1024


def test_a_link_lives_two_hours_at_most() -> None:
    token = LINKS.seal(PASS, now=NOW)
    assert timedelta(hours=2) >= LINK_LIFE
    assert LINKS.read(token, now=NOW + LINK_LIFE) == PASS
    assert LINKS.read(token, now=NOW + LINK_LIFE + timedelta(seconds=1)) is None
    assert LINKS.read_late(token) == PASS


def test_a_link_of_another_key_is_none() -> None:
    token = OTHERS.seal(PASS, now=NOW)
    assert LINKS.read(token, now=NOW) is None and LINKS.read_late(token) is None


@given(st.text(max_size=200))
def test_no_text_opens_anything(token: str) -> None:
    assert LINKS.read(token, now=NOW) is None and LINKS.read_late(token) is None


@given(st.integers(0, 99), st.sampled_from("AZaz09-_"))
def test_a_changed_link_opens_nothing(position: int, letter: str) -> None:
    token = LINKS.seal(PASS, now=NOW)
    position %= len(token)
    if token[position] != letter:
        changed = token[:position] + letter + token[position + 1 :]
        assert LINKS.read(changed, now=NOW) in (None, PASS)  # base64 ignores some bits of its last letter
        assert LINKS.read(changed, now=NOW) is None or position >= len(token) - 3


@pytest.mark.parametrize("store", ["T001", "a.b", "店", "1" * 32])
def test_a_signed_scene_names_its_store(store: str) -> None:
    scene = LINKS.scene_param(store)
    assert LINKS.store_of(scene) == store and len(scene.encode()) <= 128
    assert LINKS.store_of("T002" + scene[len(store) :]) is None
    assert OTHERS.store_of(scene) is None


@pytest.mark.parametrize("scene", ["", ".", "T001", "T001.", ".abc", "T001.abc", "T001.\ud800", "\ud800.abc"])
def test_what_we_did_not_sign_names_none(scene: str) -> None:
    assert LINKS.store_of(scene) is None
