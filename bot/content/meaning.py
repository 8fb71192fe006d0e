"""What HQ's questions and customers' mean, beside their words: where an endpoint of embeddings is set (`bot.sources`).

HQ's texts are looked up in the background once a version is in force; until then, and whenever the endpoint is down,
words alone are searched, as if there were none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog

from bot.errors import EmbeddingsError
from bot.ports import Embedder
from knowledge.content import Content
from knowledge.index import Index
from knowledge.masking import mask
from knowledge.meaning import texts_of, understood

log = structlog.get_logger(__name__)

T = TypeVar("T")
AGAIN_AFTER = 60.0  #: seconds before an endpoint that failed is asked for HQ's texts again


async def learn(index: Index, embedder: Embedder) -> Index:
    """The index with the view of vectors. Raises EmbeddingsError."""
    given = await embedder.learn(texts_of(index))
    try:
        return await asyncio.to_thread(understood, index, given)
    except ValueError as error:
        raise EmbeddingsError(str(error)) from None


async def hear(content: Content, texts: Sequence[str], embedder: Embedder | None) -> Content:
    """The content for one piece of work, which knows what these texts mean if the endpoint says so in time.

    What names a person does not leave the house.
    """
    if embedder is None or content.index.vectors is None or not texts:
        return content
    masked = {text: mask(text) for text in texts}
    found = await embedder.hear(tuple(dict.fromkeys(masked.values())))
    heard = {text: found[said] for text, said in masked.items() if said in found}
    return content.with_index(content.index.hearing(heard)) if heard else content


class Waiting:
    """The same for commands, which wait for it. What cannot be had is said once, and words alone are searched."""

    def __init__(self, embedder: Embedder, run: Callable[[Coroutine[Any, Any, T]], T]) -> None:
        """`run`: runs a coroutine to its end, always in the same loop."""
        self._embedder = embedder
        self._run: Callable[[Coroutine[Any, Any, Any]], Any] = run
        self.note = ""  #: Chinese: what went wrong, or ""

    def learn(self, index: Index, asked: Sequence[str] = ()) -> Index:
        """The index with the view of vectors, which knows what the texts `asked` mean."""
        try:
            view: Index = self._run(learn(index, self._embedder))
            return view.hearing(self._run(self._embedder.learn(list(dict.fromkeys(asked))))) if asked else view
        except EmbeddingsError as error:
            self.note = f"向量没有取到({error}),这次只按字词找。"
            return index

    def hear(self, content: Content, texts: Sequence[str]) -> Content:
        """The content, which knows what these texts mean if the endpoint says so in time."""
        heard: Content = self._run(hear(content, texts, self._embedder))
        return heard


class Meaning:
    """Has the texts of what is in force looked up: once for each version, and for each calibration of it."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._task: asyncio.Task[Index] | None = None
        self._wanted: tuple[object, ...] = ()  #: what the task is for
        self._known: tuple[object, ...] = ()
        self._not_before = 0.0

    def look(self, content: Content) -> Content | None:
        """The content with its further view, once that is ready; None while nothing is new. Quick."""
        if self._embedder is None:
            return None
        wanted, now = (content.version, content.index.calibration), time.monotonic()
        if self._task is not None and self._task.done():
            return self._take(content, wanted, now)
        if self._task is not None and self._wanted[0] != content.version:
            self._task.cancel()  # of what has gone; what was learnt is kept
        if self._task is None and wanted != self._known and now >= self._not_before:
            self._wanted, self._task = wanted, asyncio.create_task(learn(content.index, self._embedder))
        return None

    async def close(self) -> None:
        """Break off what is under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _take(self, content: Content, wanted: tuple[object, ...], now: float) -> Content | None:
        task, self._task = self._task, None
        if task is None or task.cancelled():
            return None
        try:
            index = task.result()
        except EmbeddingsError as error:
            self._not_before = now + AGAIN_AFTER
            log.warning("content.not_understood", version=content.version, reason=str(error))
            return None
        if self._wanted != wanted:
            return None  # calibrated, or swapped, meanwhile
        self._known = wanted
        blend = index.vectors.blend if index.vectors else None
        log.info("content.understood", version=content.version, rehearsed=blend.questions if blend else 0)
        return content.with_index(content.index.with_vectors(index.vectors))
