"""The floor that verbs stand on: engine, sessions, once-only insert, leases, group-commit intake."""

from bot.db.engine import Database

__all__ = ["Database"]
