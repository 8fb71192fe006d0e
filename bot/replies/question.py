"""A question cut into the things it asks."""

from __future__ import annotations

import re

from knowledge.text import strip_courtesy

MOST_PIECES = 6  #: that are looked up; who asks more gets a person's eye anyway
_BORDER = re.compile(r"[,，。;；!！~～\n]+|(?<=[?？])|(?<=[吗嘛])(?=\w)|(?=另外|顺便|对了)")
_LINK = re.compile(r"^(?:(?:另外|顺便|对了|还有|然后|那)(?:我)?(?:再)?(?:想)?(?:请?问一?下|请?问|问问)?)+(?=\w{2})")
#: 多少钱一晚 asks, but does not say about what. Possessive, so that no text makes it try twice.
_LEANS = re.compile(
    r"(?:那|都|大概|一般|是|要|需要|可以|能|还|请问|的话|一晚上?|一天|一个|一位|一小时|现在|今天|明天|周末|"
    r"多少钱?|怎么(?:收费|卖|算|走|去|弄|办|用|收|订|预约)?|收费|收钱|免费|钱|价格|价位|贵|几点|几楼|什么(?:时候|时间|价格|价|位置|地方)|"
    r"在?哪[里儿边]?|多[久远大长]|有|没有|行|好|吗|呢|吧|啊|呀|么|嘛|不|[?？])++"
)
_ASKS = re.compile(
    r"[吗嘛呢?？什啥怎几哪谁何帮请要想给送订退换换续]|多[少久大远长]|是否|可以|可不|能不|能否|有没|有无|好不|行不|麻烦|取消|发票|开票|需要"
)


def split(bubbles: tuple[str, ...]) -> tuple[str, ...]:
    """The pieces that say something, in order."""
    pieces = (_LINK.sub("", piece.strip()) for bubble in bubbles for piece in _BORDER.split(bubble))
    return tuple(dict.fromkeys(piece for piece in pieces if len(strip_courtesy(piece)) > 1))


def join_leaning(pieces: tuple[str, ...]) -> tuple[str, ...]:
    """A piece that names nothing, such as 多少钱, belongs to the one before it."""
    joined: list[str] = []
    for piece in pieces:
        if joined and _LEANS.fullmatch(piece):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def asks(piece: str) -> bool:
    """Whether a piece asks or wants something. Errs towards yes: then a person looks before anything goes out."""
    return _ASKS.search(piece) is not None


def shorten(question: str, most: int) -> str:
    """A question as a short name: without courtesies, at most so many characters."""
    return strip_courtesy(question)[:most]
