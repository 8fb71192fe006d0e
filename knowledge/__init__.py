"""Pure: HQ's files become entries, entries become an index. No network, no database, no clock."""
