"""The pretend WeCom in a process of its own: `python -m tests.bench.pretend CONTENT PORT CALLBACK_PORT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.sandbox.seed import SandboxSeed
from bot.sandbox.server import running
from knowledge.content import load
from tests.house import files_below, seed_of


def seed_for(folder: Path, callback_port: int) -> SandboxSeed:
    """The chain's accounts and people; its entries are the service's business."""
    files = {name: data for name, data in files_below(folder).items() if "/" not in name}
    content = load(files).content
    assert content is not None
    return seed_of(content, callback_url=f"http://127.0.0.1:{callback_port}/wecom/callback")


async def serve(folder: Path, port: int, callback_port: int) -> None:
    """Serve until killed. Its clock is the machine's, so times can be compared with everybody's."""
    async with running(seed_for(folder, callback_port), port=port, clock=SystemClock()):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
