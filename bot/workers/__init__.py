"""Loops that claim one thing, call one verb, and mark it. Killing a worker at any point loses nothing."""
