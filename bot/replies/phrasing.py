"""Puts sentences together within the persona's limits."""

from __future__ import annotations

from dataclasses import dataclass

from bot.replies.persona import count_emoji, find_forbidden
from knowledge.persona import Persona


@dataclass(frozen=True, slots=True)
class Said:
    """A text that may be sent, or none and why."""

    text: str
    reasons: tuple[str, ...] = ()


def say(persona: Persona, needed: str, *more: str) -> Said:
    """`needed`, and of `more` what fits beside it, in order. Without a text when HQ would not let `needed` out."""
    reasons = _reasons(needed, persona)
    if reasons:
        return Said("", reasons)
    text = needed
    for sentence in more:
        if sentence and not _reasons(text + sentence, persona):
            text += sentence
    return Said(text)


def with_lead(persona: Persona, lead: str, needed: str, *more: str) -> Said:
    """As `say`, and `lead` before it where that fits too."""
    if lead and not _reasons(lead + needed, persona):
        return say(persona, lead + needed, *more)
    return say(persona, needed, *more)


def beside(answer: str, text: str, persona: Persona) -> str | None:
    """HQ's answer to a question in between, and below it how the matter goes on.

    None when both together are too much for the persona, or would ask twice.
    """
    both = f"{answer}\n{text}"
    asks_twice = sum(both.count(mark) for mark in "?？") > 1
    return None if not answer or not text or asks_twice or _reasons(both, persona) else both


def _reasons(text: str, persona: Persona) -> tuple[str, ...]:
    reasons = [f"答案里有禁用词「{word}」" for word in find_forbidden(text, persona)]
    if len(text) > persona.longest:
        reasons.append(f"写全了要 {len(text)} 个字,超过人设的 {persona.longest} 个,请您来写")
    if count_emoji(text) > persona.emoji_most:
        reasons.append("表情超过人设的上限,请您来写")
    return tuple(reasons)
