"""Words a reply: HQ's answer stays as it is, the persona's own sentences go around it when they fit."""

from __future__ import annotations

import re

from knowledge.chain import Store
from knowledge.persona import Persona
from knowledge.template import EmptyVariableError, render

_GREETS = re.compile(
    r"\W*(?:(?:您|你|大家)们?好|(?:早上|上午|中午|下午|晚上)好|早安|哈喽|嗨|亲(?=[\W爱])|(?:hi|hello)\b)", re.IGNORECASE
)
_EMOJI_CHAR = "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
#: A picture with skin tone or joined to others counts once; so does one of WeChat's own, such as [微笑].
_EMOJI = re.compile(
    rf"{_EMOJI_CHAR}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_EMOJI_CHAR}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    r"|\[[\u4e00-\u9fffA-Za-z]{1,4}\]"
)
_ENDS_OPEN = re.compile(r"\w$")


def word_answer(answer: str, persona: Persona, store: Store | None, *, is_first: bool) -> str:
    """HQ's rendered answer, whole, with the persona's opening and closing where they fit.

    The opening stands before the first answer of a day that does not greet by itself. Length and emoji limits bind our
    own words only: what does not fit beside the answer is left out.
    """
    text = answer
    if is_first and not _GREETS.match(answer):
        text = _if_fits(_join(own_sentence(persona.opening, persona, store), text), text, persona)
    closing = own_sentence(persona.closing, persona, store)
    if closing and not answer.rstrip().endswith(closing):
        text = _if_fits(_join(text, closing), text, persona)
    return text


def own_sentence(sentence: str, persona: Persona, store: Store | None) -> str:
    """One of the persona's own sentences; "" rather than one with a hole or a forbidden word."""
    try:
        text = render(sentence, store).strip()
    except EmptyVariableError:
        return ""
    return "" if find_forbidden(text, persona) else text


def find_forbidden(text: str, persona: Persona) -> tuple[str, ...]:
    """The forbidden words in `text`, in HQ's order."""
    folded = text.casefold()
    return tuple(word for word in persona.forbidden if word and word.casefold() in folded)


def count_emoji(text: str) -> int:
    return len(_EMOJI.findall(text))


def _if_fits(longer: str, text: str, persona: Persona) -> str:
    fits = len(longer) <= persona.longest and count_emoji(longer) <= max(persona.emoji_most, count_emoji(text))
    return longer if fits else text


def _join(first: str, second: str) -> str:
    """Both, with a comma where the first does not end by itself."""
    return f"{first}{',' if _ENDS_OPEN.search(first) else ''}{second}"
