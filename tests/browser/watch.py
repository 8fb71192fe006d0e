"""A browser page under watch: no error in its console, no request off this machine, all of it readable and tappable."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Request

from bot.loopback import is_loopback_authority

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SIZES = {360: 780, 1280: 860}  #: widths and heights of the windows that the screenshots show
_LOOKS = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")
PATIENCE = 15_000  #: milliseconds


class Watched:
    """What went wrong so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.expected: tuple[str, ...] = ()  #: parts of console errors that a test brings about on purpose
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(part in message.text for part in self.expected):
            self.errors.append(message.text)

    def _asked(self, request: Request) -> None:
        authority = request.url.partition("://")[2].partition("/")[0]
        if not request.url.startswith(("data:", "blob:", "about:")) and not is_loopback_authority(authority):
            self.strangers.append(request.url)


@asynccontextmanager
async def watched(
    browser: Browser, width: int, *, scheme: str = "light", scripts: bool = True, touch: bool | None = None
) -> AsyncIterator[Watched]:
    """A page of this width; at the end nothing may have gone wrong."""
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": SIZES.get(width, 780)},
        "locale": "zh-CN",
        "color_scheme": scheme,
        "java_script_enabled": scripts,
        "has_touch": width < 600 if touch is None else touch,
        "device_scale_factor": 2 if width < 600 else 1,
        "reduced_motion": "reduce",
    }
    context = await browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    seen = Watched(page)
    yield seen
    await context.close()
    assert seen.errors == [], "\n".join(seen.errors)
    assert seen.strangers == [], "\n".join(seen.strangers)


async def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


async def small_targets(page: Page, least: float = 44) -> list[str]:
    """Everything visible to tap that is lower or narrower than `least` pixels."""
    return list(await page.evaluate(f"least => {{ {_LOOKS} return smallTargets(least); }}", least))


async def pale_texts(page: Page, least: float = 4.5) -> list[str]:
    """Every visible text whose contrast with what is behind it is below `least` (WCAG 2, relative luminance)."""
    return list(await page.evaluate(f"least => {{ {_LOOKS} return paleTexts(least); }}", least))


async def save(page: Page, name: str) -> None:
    """Keep what the page looks like in docs/images, if there is no such picture or TEST_IMAGES asks for new ones."""
    path = IMAGES / f"{name}.png"
    if os.environ.get("TEST_IMAGES") or not path.exists():
        await page.screenshot(
            path=path, scale="css" if page.viewport_size and page.viewport_size["width"] > 600 else "device"
        )
