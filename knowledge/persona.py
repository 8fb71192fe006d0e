"""How 店小二 speaks: `persona.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.fields import Fields
from knowledge.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class Persona:
    """The voice of the chain."""

    name: str = "店小二"
    greeting: str = "您好呀,我是店小二,有什么可以帮您?"
    thanks: str = "不客气,随时叫我~"
    opt_out: str = "好的,以后不再主动打扰您啦。"
    opening: str = ""  #: put before the first answer of a day
    closing: str = ""  #: put after an answer
    forbidden: tuple[str, ...] = ()  #: words that never go out
    longest: int = 200  #: characters of one reply
    emoji_most: int = 2  #: in one reply

    @classmethod
    def parse(cls, data: Mapping[str, object], place: Place) -> tuple[Persona, tuple[Problem, ...]]:
        fields, default = Fields(data, place), cls()
        persona = cls(
            name=fields.text("名字", default.name) or default.name,
            greeting=fields.sentence("问候", default.greeting) or default.greeting,
            thanks=fields.sentence("致谢回复", default.thanks) or default.thanks,
            opt_out=fields.sentence("退订回复", default.opt_out) or default.opt_out,
            opening=fields.sentence("开头", default.opening),
            closing=fields.sentence("结尾", default.closing),
            forbidden=fields.texts("禁用词", default.forbidden, most=2_000),
            longest=fields.whole("最长字数", default.longest, least=20, most=2_000),
            emoji_most=fields.whole("表情上限", default.emoji_most, least=0, most=20),
        )
        fields.check_keys()
        return persona, tuple(fields.problems)
