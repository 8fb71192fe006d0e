"""Words that an answer should not hold: claims that advertising law does not allow, and HQ's own 敏感词.

最佳 and 全国第一 are claims; 最近 and 最晚 are none.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from knowledge import template
from knowledge.entry import Audience, Entry
from knowledge.lexicon import Lexicon
from knowledge.problem import Problem, warning

_NAME_SHORTEST = 2  #: characters of a name that may hold such a word


def find_claims(entries: Iterable[Entry], names: Iterable[str] = ()) -> Iterator[Problem]:
    """One warning for each answer to customers with such words. `names`, of stores and products, may hold them."""
    proper = _names_pattern(names)
    for entry in entries:
        found = claims(entry.answer_for(Audience.CUSTOMER), proper)
        if found:
            said = "、".join(f"「{word}」" for word in found)
            yield warning(
                entry.place.at("客户版答案"),
                "absolute-word",
                f"{said}是广告法不允许的绝对化说法,发出去可能被罚。请换成具体的事实,比如「走路 5 分钟」「销量过万」。",
                found[0],
            )


def find_sensitive(entries: Iterable[Entry], lexicon: Lexicon) -> Iterator[Problem]:
    """One warning for each answer to customers with a 敏感词 of HQ's. Names of variables are no words."""
    for entry in entries:
        found = lexicon.sensitive_in(template.without_names(entry.answer_for(Audience.CUSTOMER)))
        if found:
            said = "、".join(f"「{word}」" for word in found)
            yield warning(
                entry.place.at("客户版答案"),
                "sensitive-word",
                f"答案里有敏感词{said},客人会看到。请换个说法;这个词没关系,就从敏感词里删掉。",
                found[0],
            )


def claims(text: str, proper: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The words in question as they stand in `text`, each once."""
    if not text:
        return ()
    forbidden, harmless = _patterns()
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    spans = [match.span() for pattern in (harmless, proper) if pattern for match in pattern.finditer(plain)]
    found = (match for match in forbidden.finditer(plain) if not _is_covered(match.span(), spans))
    return tuple(dict.fromkeys(match[0].rstrip("。,，!！~;；") for match in found))


def _is_covered(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and min(span[1], span[0] + 2) <= end for start, end in others)


def _names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Names that hold such a word themselves; the others need not be looked for."""
    plain = {"".join(unicodedata.normalize("NFKC", name).lower().split()) for name in names}
    risky = sorted((name for name in plain if len(name) >= _NAME_SHORTEST and claims(name)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, risky))) if risky else None


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is warned of, and what is not."""
    parts: dict[str, list[str]] = {"[说法]": [], "[例外]": []}
    part = parts["[说法]"]
    for line in (files("knowledge") / "absolute_words.txt").read_text(encoding="utf-8").splitlines():
        if line in parts:
            part = parts[line]
        elif line and not line.startswith("#"):
            part.append(line)
    forbidden, harmless = (re.compile("|".join(lines)) for lines in parts.values())
    return forbidden, harmless
