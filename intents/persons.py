"""Names of persons: 我叫张伟, 姓李, 王女士, 张伟13800138000."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib.resources import files

from intents.counts import Counted
from intents.slot import SlotName

_TITLES = {"先生": "先生", "女士": "女士", "小姐": "女士", "太太": "女士"}
_ENDS = (
    r"(?=$|,|\d|电话|手机|号码|订|预|的|想|要|来|住|[明今后][天早晚儿]|和|先生|女士|小姐|这个|入住|登记|联系|身份|:|、|到"
    r"|一[个间]|两|三|吧|呀)"
)
_ASKED_FOR = (
    r"(?:(?<![帮给让替能])我叫(?!人|个|了|的|外卖|车|过|一|服务|你|他|她)|(?<![能帮可以])叫我(?![起早醒们一在这来])|(?:名字|姓名)[是叫写填]?|(?:入住|预订|预定|联系|订房|登记|取餐|取货|收货)人(?:的?(?:名字|姓名))?[是叫写填]?"
    r"|登记(?:在|的是|成)?|[写填用以](?=[^,]{2,4}的名字))"
)


def find_persons(text: str) -> Iterator[Counted]:
    expression, surnames, no_names = _expression()
    for match in expression.finditer(text):
        group = match.lastgroup or ""
        name = match[group]
        if name[:2] in no_names:
            continue
        title = next((kind for word, kind in _TITLES.items() if text.startswith(word, match.end(group))), "")
        is_surname = name in surnames
        if not is_surname or title or group == "surname":
            value = name + title if is_surname else name
            upto = match.end(group) + (len(title) if value != name else 0)
            yield Counted(SlotName.NAME, value.title() if value.isascii() else value, match.start(group), upto)


@functools.cache
def _expression() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    """What finds names, all surnames, and what only begins like a name."""
    lines = (files("intents") / "surnames.txt").read_text(encoding="utf-8").splitlines()
    single = "".join(line for line in lines if line[0] not in "#-" and " " not in line)
    double = [word for line in lines if line[0] not in "#-" and " " in line for word in line.split()]
    no_names = frozenset(word for line in lines if line.startswith("-") for word in line.split()[1:])
    surname = rf"(?:{'|'.join(double)}|[{single}])"
    full = rf"{surname}[\u4e00-\u9fff]{{1,2}}"
    expression = re.compile(
        rf"{_ASKED_FOR}[:,]?(?P<given>[\u4e00-\u9fff·]{{2,4}}?){_ENDS}"
        rf"|(?:会员|客人|住客|旅客)(?P<guest>{full})(?=$|,|\d)|(?:我叫|叫我) ?(?P<called>[a-z]{{2,20}})(?![a-z])"
        rf"|(?:我是|这是|本人)(?P<self>{full}?)(?=$|,|\d|电话|手机|先生|女士|小姐)"
        rf"|(?:免贵|我)?姓(?P<surname>{surname})(?![\u4e00-\u9fff]?名)"
        rf"|(?<![\u4e00-\u9fff])(?P<whole>{full}?)(?:先生|女士|小姐|太太)"
        rf"|(?P<titled>{surname})(?:先生|女士|小姐|太太|老师|总)(?!傅|经理|共|是|体|台|数|额|价|结)"
        rf"|^(?P<ahead>{full}?)[, ]?(?=1[3-9]\d{{9}})|(?<=1\d{{10}})[, ]?(?P<behind>{full})(?=$|,)"
        r"|(?:my name is|name:|i am|i'm) ?(?P<latin>[a-z]{2,20}(?: [a-z]{2,20})?)"
    )
    return expression, frozenset((*single, *double)), no_names
