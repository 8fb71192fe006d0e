"""What several workers need."""

from __future__ import annotations

from collections.abc import Callable

from bot.conversations.desk import Desk

DeskMaker = Callable[[], Desk]  #: the content as of now, with the tools of the verbs
