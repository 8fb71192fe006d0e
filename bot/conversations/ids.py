"""Ids of our own that WeCom sees."""

from __future__ import annotations

from ulid import ULID


def new_task_id() -> str:
    """A card's task id: unique within the app, and no secret (facts/wecom.md §3.2: ≤ 128 bytes, letters and digits)."""
    return f"card-{ULID()}"
