"""Holds the sentence files against their proofs and against each other. What comes out is Chinese, for editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from intents.catalogue import load_catalogue
from intents.hearing import NONE
from intents.recogniser import TEMPLATE, Recogniser
from intents.samples import by_template

_SAMPLES = 24  #: sentences of each template
_SHOWN = 20  #: characters


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or may be."""

    name: str  #: of the file
    message: str
    is_error: bool

    def __str__(self) -> str:
        return f"{self.name}:{self.message}"


def check(
    files: Mapping[str, Mapping[str, Any]], proofs: Mapping[str, Sequence[Mapping[str, Any]]], recogniser: Recogniser
) -> list[Finding]:
    """Everything found, errors first. `files` and `proofs` by name; `recogniser` was made of these files."""
    findings = [
        *_against_proofs(files, proofs, recogniser),
        *_twice(files),
        *_conflicts(files, recogniser),
        *_dead_templates(files, recogniser),
    ]
    return sorted(findings, key=lambda finding: not finding.is_error)


def _against_proofs(
    files: Mapping[str, Mapping[str, Any]], proofs: Mapping[str, Sequence[Mapping[str, Any]]], recogniser: Recogniser
) -> Iterator[Finding]:
    for name, blocks in proofs.items():
        kind = files.get(name, {}).get("kind", "")
        for block in blocks:
            for said in map(str, block.get("said", ())):
                found = [(one.intent, one.kind) for one in recogniser.recognise(said)]
                if "intent" in block and (block["intent"], kind) not in found:
                    yield Finding(name, f"「{said}」没有认出来,认成了 {_names(found)}。请加一句例句或句式。", True)
                if "not" in block and (block["not"], kind) in found:
                    yield Finding(name, f"「{said}」认错了,它不是这个意思。请在「not」里挡住。", True)


def _twice(files: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name, data in files.items():
        for said in map(str, data.get("examples", ())):
            if said in seen:
                yield Finding(name, f"例句「{said}」在 {seen[said]} 里也有。请留一处。", True)
            seen[said] = name


def _conflicts(files: Mapping[str, Mapping[str, Any]], recogniser: Recogniser) -> Iterator[Finding]:
    """Examples that a template of another intent takes away."""
    for name, data in files.items():
        own = (data["intent"], data.get("kind", ""))
        for said in map(str, data.get("examples", ())):
            found = recogniser.recognise(said)
            others = [(one.intent, one.kind) for one in found if one.source == TEMPLATE and one.intent != NONE]
            if others and own not in [(one.intent, one.kind) for one in found]:
                yield Finding(name, f"例句「{said[:_SHOWN]}」被 {_names(others)} 的句式认走了。", False)


def _dead_templates(files: Mapping[str, Mapping[str, Any]], recogniser: Recogniser) -> Iterator[Finding]:
    """Templates none of whose sentences is recognised: a guard hides them, or another intent takes them."""
    catalogue = load_catalogue()
    for name, data in files.items():
        own = (catalogue[data["intent"]].name, data.get("kind", ""))
        for written, sentences in by_template(data, _SAMPLES, Random(name)):  # noqa: S311 (sentences to try)
            found = [[(one.intent, one.kind) for one in recogniser.recognise(said)] for said in sentences]
            if not any(own in each for each in found):
                taken = _names(sorted({one for each in found for one in each}))
                message = f"句式「{written[:60]}」一句也认不出来(例如「{sentences[0]}」认成了 {taken})。"
                yield Finding(name, message + "看看是不是被「not」挡住了。", False)


def _names(found: Sequence[tuple[str, str]]) -> str:
    return "、".join(f"{intent}({kind})" if kind else intent for intent, kind in dict.fromkeys(found))
