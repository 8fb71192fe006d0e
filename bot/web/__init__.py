"""aiohttp: the callback, the pages, health."""
