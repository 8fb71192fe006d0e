"""HQ's entries for 微信客服's own robot, as its knowledge interface takes them, and what did not fit and why.

The robot knows no stores, no dates and no levels of autonomy, and nobody confirms what it says: so only what every
customer may read at any time goes in. Limits are those of `kf/knowledge` (add_group, add_intent).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from knowledge import template
from knowledge.chain import Store
from knowledge.entry import Audience, Autonomy, Channel, Entry, Status
from knowledge.text import key

GROUPS_MOST = 100
GROUP_NAME_MOST = 12  #: characters
GROUP_MOST = 200  #: questions of one group
QUESTION_MOST = 200  #: characters, also of a similar question
SIMILAR_MOST = 100  #: of one question
ANSWER_MOST = 500  #: characters

_NO_CATEGORY, _OTHERS = "未分类", "其他"
_STORES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with its answer, as the robot gets it."""

    number: str
    group: str
    question: str
    similar: tuple[str, ...]
    answer: str  #: as sent, without variables


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that HQ should know of one entry."""

    number: str
    question: str
    is_left_out: bool  #: else it went in, but not quite as HQ has it
    reason: str  #: Chinese: why, and what to do


@dataclass(frozen=True, slots=True)
class Robot:
    """What goes in, and what did not."""

    pairs: tuple[Pair, ...]  #: those of one group in a row
    remarks: tuple[Remark, ...]  #: in the order of the entries

    def as_json(self) -> dict[str, object]:
        """Groups with their intents, each intent as `add_intent` takes it."""
        groups: dict[str, list[dict[str, object]]] = {}
        for pair in self.pairs:
            groups.setdefault(pair.group, []).append(
                {
                    "question": _text(pair.question),
                    "similar_questions": {"items": [_text(said) for said in pair.similar]},
                    "answers": [_text(pair.answer)],
                }
            )
        return {"groups": [{"name": name, "intents": intents} for name, intents in groups.items()]}

    def report(self) -> list[list[str]]:
        """A table for people, headers first."""
        rows = [
            [one.number, one.question, "没放进去" if one.is_left_out else "放进去了", one.reason]
            for one in self.remarks
        ]
        return [["编号", "标准问题", "结果", "原因和怎么办"], *rows]


class _LeftOutError(Exception):
    """The entry cannot go in; the message says why, in Chinese."""


def to_robot(
    entries: Iterable[Entry], stores: Sequence[Store], now: datetime, store: Store | None, *, only_auto: bool = False
) -> Robot:
    """For one store's robot, or with `store` None for one that answers for the whole chain.

    `now`: naive, in store time. `only_auto` leaves out what somebody has to confirm.
    """
    return _Filling(stores, now, store, only_auto=only_auto).fill(list(entries))


class _Filling:
    """One pass over the entries."""

    def __init__(self, stores: Sequence[Store], now: datetime, store: Store | None, *, only_auto: bool) -> None:
        self._stores = stores
        self._now = now
        self._store = store
        self._only_auto = only_auto
        self._taken: dict[str, str] = {}  # by key of a question: the entry that has it
        self._remarks: list[Remark] = []

    def fill(self, entries: Sequence[Entry]) -> Robot:
        pairs: list[Pair] = []
        fitting: list[tuple[Entry, str]] = []
        for entry in self._nearest(entries):
            try:
                fitting.append((entry, self._answer(entry)))
            except _LeftOutError as reason:
                self._leave_out(entry, str(reason))
        for entry, _ in fitting:
            self._taken.setdefault(key(entry.question), entry.number)
        for entry, answer in fitting:
            owner = self._taken[key(entry.question)]
            if owner != entry.number:
                self._leave_out(entry, f"和 {owner} 的标准问题相同,机器人里一个问题只能有一条。请合并。")
            else:
                pairs.append(Pair(entry.number, "", entry.question, self._similar(entry), answer))
        return self._grouped(pairs, {entry.number: entry for entry, _ in fitting})

    def _nearest(self, entries: Sequence[Entry]) -> list[Entry]:
        """As the store has them; of one question, the entry that is nearest to the store comes first."""
        here = [replace(entry.in_store(self._store), category=entry.category) for entry in entries]
        return sorted(here, key=lambda entry: -_nearness(entry, self._store)) if self._store else here

    def _answer(self, entry: Entry) -> str:
        """The answer as sent. Raises _LeftOutError."""
        self._check_permission(entry)
        self._check_time(entry)
        if self._store and not entry.holds_in(self._store):
            raise _LeftOutError(f"不适用于 {self._store.name}。")
        if not entry.holds_in(self._store):
            where = "、".join(sorted(entry.stores | entry.cities)[:_STORES_NAMED])
            raise _LeftOutError(f"只适用于 {where} 等,机器人分不清是哪家店。可以用 --store 给一家店单独导。")
        answer = self._rendered(entry)
        if len(answer) > ANSWER_MOST:
            raise _LeftOutError(f"答案有 {len(answer)} 字,机器人最多 {ANSWER_MOST} 字。请写短一些,或者拆成几条。")
        if len(entry.question) > QUESTION_MOST:
            raise _LeftOutError(f"标准问题有 {len(entry.question)} 字,机器人最多 {QUESTION_MOST} 字。请写短一些。")
        return answer

    def _check_permission(self, entry: Entry) -> None:
        if not entry.answer_for(Audience.CUSTOMER):
            raise _LeftOutError("只给员工看,不能交给回客人的机器人。")
        if entry.status is not Status.ACTIVE:
            raise _LeftOutError(f"状态是 {entry.status.value}。")
        if entry.autonomy is Autonomy.PERSON:
            raise _LeftOutError("自主级别是 仅人工,不能让机器人自己回。")
        if self._only_auto and entry.autonomy is not Autonomy.AUTO:
            raise _LeftOutError("自主级别是 确认,这次只导了 自动 的。")
        if entry.channels and Channel.KF.value not in entry.channels:
            raise _LeftOutError(f"渠道里没有 {Channel.KF.value}。")

    def _check_time(self, entry: Entry) -> None:
        if entry.ends_at and entry.ends_at < self._now:
            raise _LeftOutError(f"已经在 {entry.ends_on} 过期。")
        if entry.starts_at and entry.starts_at > self._now:
            raise _LeftOutError(f"{entry.starts_on} 才开始,机器人不会等。到那天再导一次。")

    def _rendered(self, entry: Entry) -> str:
        """Raises _LeftOutError where the stores would say different things."""
        names = "、".join(template.variables(entry.customer_answer))
        try:
            where = [self._store] if self._store or not self._stores else self._stores
            said = {template.render(entry.customer_answer, store) for store in where}
        except template.EmptyVariableError as hole:
            raise _LeftOutError(f"「{hole.name}」没有填全,答案会缺一块。") from hole
        if len(said) > 1:
            raise _LeftOutError(f"「{names}」每家店不一样,机器人只能有一个答案。可以用 --store 给一家店单独导。")
        return said.pop()

    def _similar(self, entry: Entry) -> tuple[str, ...]:
        """The other wordings that fit; what is left behind is remarked."""
        kept: list[str] = []
        lost: Counter[str] = Counter()
        for said in entry.similar:
            owner = self._taken.setdefault(key(said), entry.number)
            if len(said) > QUESTION_MOST:
                lost[f"超过 {QUESTION_MOST} 字"] += 1
            elif owner != entry.number:
                lost[f"和 {owner} 的问法相同"] += 1
            elif len(kept) == SIMILAR_MOST:
                lost[f"最多放 {SIMILAR_MOST} 句"] += 1
            else:
                kept.append(said)
        if lost:
            told = ";".join(f"{count} 句{reason}" for reason, count in lost.items())
            self._remark(entry, f"相似问题少放了几句:{told}。")
        return tuple(kept)

    def _grouped(self, pairs: Sequence[Pair], entries: dict[str, Entry]) -> Robot:
        by_group: dict[str, list[Pair]] = {}
        for pair, name in zip(pairs, _group_names([entries[pair.number].category for pair in pairs]), strict=True):
            by_group.setdefault(name, []).append(replace(pair, group=name))
        kept: list[Pair] = []
        for at, group in enumerate(by_group.values()):
            for pair in group:
                if at < GROUPS_MOST:
                    kept.append(pair)
                    self._remark_of_use(entries[pair.number])
                else:
                    reason = f"机器人最多 {GROUPS_MOST} 个分组、每组 {GROUP_MOST} 条,已经放满了。"
                    self._leave_out(entries[pair.number], reason)
        order = {entry: at for at, entry in enumerate(entries)}
        remarks = sorted(self._remarks, key=lambda one: (not one.is_left_out, order.get(one.number, -1)))
        return Robot(tuple(kept), tuple(remarks))

    def _remark_of_use(self, entry: Entry) -> None:
        if entry.ends_on:
            self._remark(entry, f"机器人不会自己停用,请在 {entry.ends_on} 之后从机器人里删掉它。")
        if entry.overlaid and self._store is None:
            stores = "、".join(sorted(entry.overlaid)[:_STORES_NAMED])
            self._remark(entry, f"{stores} 等门店有自己的说法,放进去的是总部的。")

    def _leave_out(self, entry: Entry, reason: str) -> None:
        self._remarks.append(Remark(entry.number, entry.question, True, reason))

    def _remark(self, entry: Entry, reason: str) -> None:
        self._remarks.append(Remark(entry.number, entry.question, False, reason))


def _nearness(entry: Entry, store: Store | None) -> int:
    """A store's own entry before its city's, that before HQ's."""
    if store is not None and store.number in entry.stores:
        return 2
    return 1 if store is not None and store.city in entry.cities else 0


def _group_names(categories: Sequence[str]) -> list[str]:
    """For each question the name of its group: its category, in as many groups of `GROUP_MOST` as it takes.

    With too many categories, the smallest share the group 其他.
    """
    names = [(" ".join(category.split()) or _NO_CATEGORY)[:GROUP_NAME_MOST] for category in categories]
    sizes = Counter(names)
    while sum(-(-size // GROUP_MOST) for size in sizes.values()) > GROUPS_MOST and len(sizes) > 1:
        smallest = min((name for name in sizes if name != _OTHERS), key=lambda name: (sizes[name], name))
        sizes[_OTHERS] += sizes.pop(smallest)
    counted: Counter[str] = Counter()
    numbered = []
    for name in (name if name in sizes else _OTHERS for name in names):
        part = counted[name] // GROUP_MOST + 1
        counted[name] += 1
        numbered.append(name if part == 1 else f"{name[: GROUP_NAME_MOST - len(str(part))]}{part}")
    return numbered


def _text(content: str) -> dict[str, object]:
    return {"text": {"content": content}}
