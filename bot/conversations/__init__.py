"""The flow: inbox → pipeline → a card → confirm or handoff."""
