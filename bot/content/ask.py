"""`faq search` and `faq ask`: what a customer would be answered, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import SystemClock
from bot.content.inspect import find_store, load_or_explain
from bot.content.meaning import Waiting
from bot.errors import SettingsError
from knowledge.calibration import calibrate
from knowledge.chain import Store
from knowledge.content import Content
from knowledge.entry import Audience
from knowledge.index import Hit, Scope
from knowledge.policy import Outcome
from knowledge.template import EmptyVariableError, render
from knowledge.withheld import Withheld, find_withheld, level_of

_OUTCOMES = {
    Outcome.ANSWER: "作答",
    Outcome.OFFER: "拿不准,给店员这几条备选:",
    Outcome.NONE: "没有现成答案",
}
_ENDS = ("退出", "exit", "quit", "q")
_HELP = "直接写客人的话;@T001 换一家店,@ 不指定门店;退出 结束。"


@dataclass(frozen=True)
class Asking:
    """HQ's folder as it would serve a customer of one store, now."""

    content: Content
    store: Store | None
    meaning: Waiting | None  #: says what words mean, where an endpoint is set
    is_explained: bool  #: with each view's part, where the entry comes from, and what is kept back

    @classmethod
    def open(cls, path: Path, store: str, *, explain: bool, meaning: Waiting | None = None) -> Asking:
        """Load and calibrate. Raises SettingsError for a folder with errors, or a store that is not there."""
        content = load_or_explain(path)
        index = content.index.calibrated(calibrate(content.index))
        content = content.with_index(meaning.learn(index) if meaning else index)
        return cls(content, find_store(content, store) if store else None, meaning, explain)

    @property
    def where(self) -> str:
        """Whose customer asks, and by which lines it is judged."""
        policy = self.content.policy
        store = self.store.name if self.store else "未指定门店(只看不限门店的条目)"
        lines = f"作答线 {policy.answer_line:.2f} · 备选线 {policy.offer_line:.2f}"
        return f"{store} · {lines} · 版本 {self.content.version}{self._note}"

    @property
    def _note(self) -> str:
        return f"\n{self.meaning.note}" if self.meaning and self.meaning.note else ""

    def answer(self, question: str) -> str:
        """The hits, best first, and what becomes of the question."""
        now = SystemClock().now().astimezone(self.content.policy.zone)
        scope = Scope(Audience.CUSTOMER, self.store, now.date(), now.time())
        content = self.meaning.hear(self.content, (question,)) if self.meaning else self.content
        hits = content.index.search(question, scope)
        outcome = self.content.policy.outcome(hits[0].confidence if hits else 0.0)
        is_weak = outcome is Outcome.NONE and hits
        lines = [_OUTCOMES[outcome] + (",最接近的是:" if is_weak else "" if hits else "。")]
        lines += [self._describe(rank, hit) for rank, hit in enumerate(hits, start=1)]
        if self.is_explained:
            lines += [_kept_back(each) for each in find_withheld(content, question, scope, hits)]
        return "\n".join(lines)

    def _describe(self, rank: int, hit: Hit) -> str:
        entry = hit.entry
        reasons = [f"像「{hit.wording}」", f"命中:{' '.join(hit.words)}" if hit.words else ""]
        reasons += () if self.is_explained else hit.vetoes
        try:
            answer = render(entry.customer_answer, self.store)
        except EmptyVariableError:
            answer = entry.customer_answer
        lines = [
            f"{rank}. {entry.number} {entry.question} · 把握 {hit.confidence:.2f} · {entry.autonomy.value}",
            " · ".join(reason for reason in reasons if reason),
            *(self._explain(hit) if self.is_explained else ()),
            answer,
            f"({entry.place})",
        ]
        return "\n   ".join(lines)

    def _explain(self, hit: Hit) -> Iterator[str]:
        yield f"来自 {level_of(hit.entry, self.store)}"
        if hit.is_own_wording:
            yield "和写好的问法一字不差"
        if hit.parts:
            yield f"得分:{' + '.join(f'{name} {part:.2f}' for name, part in hit.parts)}"
        yield f"减分:{'；'.join(hit.vetoes)}" if hit.vetoes else "没有减分"


def converse(asking: Asking, lines: Iterable[str]) -> Iterator[str]:
    """What is said to each line that a person writes; ends at 退出 or after the last line."""
    yield f"{asking.where}\n{_HELP}"
    for line in lines:
        said = line.strip()
        if said.lower() in _ENDS:
            return
        if said.startswith(("@", "@")):
            asking, reply = _elsewhere(asking, said[1:].strip())
            yield reply
        elif said:
            yield asking.answer(said)


def _elsewhere(asking: Asking, store: str) -> tuple[Asking, str]:
    try:
        moved = replace(asking, store=find_store(asking.content, store) if store else None)
    except SettingsError as refusal:
        return asking, str(refusal).removeprefix("--store: ")
    return moved, moved.where


def _kept_back(withheld: Withheld) -> str:
    hit = withheld.hit
    return f"没有拿出来:{hit.entry.number} {hit.entry.question} · 把握 {hit.confidence:.2f} · {withheld.reason}"
