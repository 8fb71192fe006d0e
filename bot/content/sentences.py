"""`intent check`, `try` and `sample`: what editors of sentences ask of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.content.figures_table import columns
from bot.errors import SettingsError
from intents.catalogue import load_catalogue
from intents.checking import check
from intents.hq import parse
from intents.library import merged
from intents.recogniser import EXAMPLE, NONE, Recogniser
from intents.samples import sample

_FOLDER = "intents"  #: in HQ's folder
_SOURCES = {"template": "句式", EXAMPLE: "例句"}


@dataclass(frozen=True, slots=True)
class Verdict:
    text: str
    is_refused: bool  #: something is wrong, not only doubtful


def read_additions(content: Path | None) -> dict[str, bytes]:
    """HQ's `intents/*.yaml`, by path within its folder; nothing for no folder.

    Raises SettingsError for a file that cannot be read.
    """
    if content is None:
        return {}
    try:
        paths = sorted(path for ending in ("*.yaml", "*.yml") for path in (content / _FOLDER).glob(ending))
        return {f"{_FOLDER}/{path.name}": path.read_bytes() for path in paths}
    except OSError as failure:
        raise SettingsError(f"--content: 读不了 {content}:{failure.strerror}") from None


def check_sentences(content: Path | None, proofs: Path | None) -> Verdict:
    """Ours with HQ's, against the proofs and against each other."""
    extra = read_additions(content)
    problems = [str(problem) for path, data in extra.items() for problem in parse(path, data)[1]]
    findings = check(merged(extra), _read_proofs(proofs), Recogniser.load(extra))
    errors = problems + [str(finding) for finding in findings if finding.is_error]
    doubts = [str(finding) for finding in findings if not finding.is_error]
    lines = [
        *([f"【错误】{len(errors)} 处,请改"] if errors else []),
        *errors,
        *([f"【提醒】{len(doubts)} 处,请看一眼"] if doubts else []),
        *doubts,
        f"共 {len(load_catalogue())} 种意思:{len(errors)} 处错误,{len(doubts)} 处提醒。",
    ]
    return Verdict("\n".join(lines), bool(errors))


def try_sentence(text: str, content: Path | None) -> str:
    """What a message is taken for, how sure, and by what."""
    catalogue = load_catalogue()
    rows = [["意思", "说明", "把握", "凭", "哪些字", "哪一句"]]
    found = Recogniser.load(read_additions(content)).recognise(text)
    for one in found:
        if one.intent != NONE:
            name = f"{one.intent}({one.kind})" if one.kind else one.intent
            words = " ".join(one.words)
            source = _SOURCES[one.source]
            rows.append([name, catalogue[one.intent].meaning, f"{one.confidence:.2f}", source, words, one.said])
    if len(rows) == 1:
        return f"{NONE}:{catalogue[NONE].meaning}"
    return columns(rows)


def sample_sentences(intent: str, count: int, content: Path | None) -> str:
    """Sentences that the templates of an intent stand for. Raises SettingsError for an unknown intent."""
    catalogue = load_catalogue()
    if intent not in catalogue:
        raise SettingsError(f"没有「{intent}」这个意思。可以写的有:{'、'.join(catalogue)}")
    files = [data for data in merged(read_additions(content)).values() if data["intent"] == intent]
    random = Random(intent)  # noqa: S311 (sentences to read)
    found = [said for data in files for said in sample(data, -(-count // len(files)), random)]
    return "\n".join(found[:count]) or f"「{intent}」没有句式,只有例句。"


def _read_proofs(folder: Path | None) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    if folder is None:
        return {}
    try:
        texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
        return {name: yaml.safe_load(text) for name, text in texts.items()}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as failure:
        raise SettingsError(f"--proofs: 读不了 {folder}:{failure}") from None
