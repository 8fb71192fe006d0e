"""What counts as this machine, and what only looks like it."""

from __future__ import annotations

import pytest

from bot.loopback import is_loopback, is_loopback_authority


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


@pytest.mark.parametrize(
    ("authority", "is_ours"),
    [
        ("127.0.0.1:8080", True),
        ("localhost", True),
        ("[::1]:8080", True),
        ("bot.example.com", False),
        ("127.0.0.1.example.com:8080", False),
        ("127.0.0.1@example.com", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_host_header_of_this_machine_is_told_from_the_rest(authority: str, is_ours: bool) -> None:
    assert is_loopback_authority(authority) is is_ours
