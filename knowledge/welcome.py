"""The first words a customer sees: `welcome.yaml`, by channel and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.cells import code
from knowledge.fields import Fields
from knowledge.problem import Place, Problem

_ITEMS_MOST = 10  # facts: WeCom 微信客服 menu messages, msgmenu.list
_TEXT_MOST = 1024  # bytes of head_content and tail_content
_LABEL_MOST = 128  # bytes of one line


@dataclass(frozen=True, slots=True)
class Greeting:
    """A text, and at most ten questions to tap."""

    text: str
    items: tuple[tuple[str, str], ...] = ()  #: (entry number, label)
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    default: Greeting | None = None
    by_scene: Mapping[str, Greeting] = field(default_factory=dict)
    by_store: Mapping[str, Greeting] = field(default_factory=dict)  #: store numbers

    def for_visit(self, scene: str | None, store: str | None) -> Greeting | None:
        """The greeting of the store, else of the channel, else the default."""
        return self.by_store.get(store or "") or self.by_scene.get(scene or "") or self.default

    @classmethod
    def parse(cls, data: Mapping[str, object], place: Place) -> tuple[Welcome, tuple[Problem, ...]]:
        """Stores are kept as written; `content` resolves them and looks the entries up."""
        fields = Fields(data, place)
        problems: list[Problem] = []

        def greetings(named: Mapping[str, object]) -> dict[str, Greeting]:
            found = {name: _greeting(value, _line(named, name, place), problems) for name, value in named.items()}
            return {name: greeting for name, greeting in found.items() if greeting}

        default = fields.block("默认")
        welcome = cls(
            default=_greeting(default, fields.place("默认"), problems) if default else None,
            by_scene=greetings(fields.block("渠道")),
            by_store=greetings(fields.block("门店")),
        )
        fields.check_keys()
        return welcome, (*fields.problems, *problems)


def _line(named: Mapping[str, object], name: str, place: Place) -> Place:
    return Place(place.file, row=getattr(named, "lines", {}).get(name, 0), column=name)


def _greeting(value: object, place: Place, problems: list[Problem]) -> Greeting | None:
    fields = Fields(value if isinstance(value, Mapping) else {"文字": value}, place)
    text = fields.sentence("文字", "")
    items = tuple(_item(Fields(item, place), problems) for item in fields.blocks("菜单"))
    tail = fields.sentence("结尾", "")
    if not text:
        fields.refuse("文字", "没有写文字。请写一句欢迎的话。")
    if len(items) > _ITEMS_MOST:
        fields.refuse("菜单", f"菜单最多 {_ITEMS_MOST} 项,现在有 {len(items)} 项。")
    for key, said in (("文字", text), ("结尾", tail)):
        if len(said.encode()) > _TEXT_MOST:
            fields.refuse(key, f"太长了,最多 {_TEXT_MOST // 3} 个汉字。", said)
    fields.check_keys()
    problems.extend(fields.problems)
    return None if fields.problems else Greeting(text, items, tail)


def _item(fields: Fields, problems: list[Problem]) -> tuple[str, str]:
    number, label = code(fields.text("编号", "")), fields.text("文字", "")
    if not number or not label:
        fields.refuse("编号", "菜单的每一项都要写 编号(问答的编号)和 文字(客人看到的字)。")
    if len(label.encode()) > _LABEL_MOST:
        fields.refuse("文字", f"菜单的字太长了,最多 {_LABEL_MOST // 3} 个汉字。", label)
    fields.check_keys()
    problems.extend(fields.problems)
    return number, label
