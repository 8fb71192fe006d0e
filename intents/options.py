"""How a drink is wanted: size, sugar, and ice or heat."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files

import yaml

from intents.counts import Counted
from intents.slot import SlotName

_NO = "不另外加|不要加|不用加|不要放|不要|不加|不放|别加|别放"
_EXPRESSIONS = {
    SlotName.SIZE: (
        r"超大杯|特大杯|大杯|中杯|小杯|迷你杯|大份|中份|小份|大号|中号|小号|标准杯|(?:(?<=换成)|(?<=[要来换]))[大中小]的(?=,|$|吧)"
    ),
    SlotName.SUGAR: (
        rf"(?:全|正常|标准|满|多|少少|少|半|微|无|零|0|去|{_NO}|[一二三四五六七八九1-9]分)糖(?![果醋水浆尿炒葫])|糖(?:少|多)一?点"
        r"|少甜|微甜|不要太甜|别太甜|不要甜|半甜|不甜的?(?=,|$)|甜度?(?:减半|正常|低一?点)"
    ),
    SlotName.ICE: (
        rf"(?:全|正常|标准|满|多|少少|少|微|无|去|走|免|{_NO}|加)冰(?![箱淇激镇柜袋块糖])|冰(?:少|多)一?点|常温|室温|温热"
        r"|(?<=[要来做换是成喝,])(?:[冰热温冷凉]的|[热冰温](?=,|$|吧))|[冰热温](?:饮|一点的?(?=,|$))|[热冰温]的(?=,|$|吧|就)"
        r"|(?<=[杯份])[热冰温凉](?![狗带箱淇激水])|(?<=◇)[,]?[热冰温](?=,|$|的)"
    ),
}
_COMPILED = {name: re.compile(expression) for name, expression in _EXPRESSIONS.items()}


def find_options(text: str) -> Iterator[Counted]:
    """Each by the name in options.yaml; `text` has signs where names were taken."""
    for name, expression in _COMPILED.items():
        for match in expression.finditer(text):
            words = match.group().strip(",")
            start = match.end() - len(words)
            yield Counted(name, _canonical(name).get(words, words), start, match.end())


@functools.cache
def _canonical(name: SlotName) -> Mapping[str, str]:
    data = yaml.safe_load((files("intents") / "options.yaml").read_text(encoding="utf-8"))
    return {str(word): str(value) for value, said in data[name].items() for word in said}
