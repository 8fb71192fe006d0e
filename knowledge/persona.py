"""How 店小二 speaks: `persona.yaml`."""

from __future__ import annotations

from dataclasses import dataclass


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
