"""Alembic migrations. Expand first, contract in a later release: two versions run side by side during a roll-out."""
