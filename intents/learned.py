"""Keeps what was learned from examples, so that the same examples are learned from once: in memory, and in a file.

What is kept goes by the features of the examples: another synonym, another dictionary, another line, and it is learned
anew. The file holds numbers and text only; one that cannot be read is written again.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from intents.certainty import Certainty
from intents.classifier import Classifier
from intents.least_squares import SMOOTHNESS
from intents.sparse import Vocabulary
from intents.views import WEIGHTS, look

_FORM = 2  #: of the file, and of what is done with features
_KEPT = 2  #: classifiers in memory: the one in service, and the one that takes its place


def learn(examples: Sequence[tuple[str, str]], cache: Path | None = None) -> Classifier | None:
    """What the examples teach; None without any. `cache`: a folder, which need not exist."""
    return _learn(tuple(examples), cache) if examples else None


@lru_cache(maxsize=_KEPT)
def _learn(examples: tuple[tuple[str, str], ...], cache: Path | None) -> Classifier:
    if cache is None:
        return Classifier.train(examples)
    path = cache / f"intents-{_digest(examples)}.npz"
    kept = _read(path)
    if kept is None:
        kept = Classifier.train(examples)
        _write(path, kept)
    return kept


def _digest(examples: Sequence[tuple[str, str]]) -> str:
    digest = hashlib.sha256(repr((_FORM, SMOOTHNESS, WEIGHTS)).encode())
    for text, intent in examples:
        digest.update(repr((intent, look(text))).encode())
    return digest.hexdigest()[:16]


def _read(path: Path) -> Classifier | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            return _unpack({name: kept[name] for name in kept.files})
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _unpack(kept: Mapping[str, np.ndarray]) -> Classifier:
    words = json.loads(kept["words"].tobytes())
    columns = [
        dict(zip(names, places, strict=True)) for names, places in zip(words["names"], words["places"], strict=True)
    ]
    vocabulary = Vocabulary(columns, kept["used"].tolist(), int(words["count"]))
    certainty = Certainty(tuple(kept["certainty"].tolist()))
    return Classifier(tuple(words["intents"]), vocabulary, kept["weights"], kept["bias"], certainty)


def _write(path: Path, classifier: Classifier) -> None:
    """Beside the others, and those go: they belong to examples of before. A folder that cannot be written is left."""
    vocabulary = classifier.vocabulary
    words = {
        "names": vocabulary.features,
        "places": vocabulary.places,
        "count": vocabulary.count,
        "intents": classifier.intents,
    }
    stream = io.BytesIO()
    np.savez(
        stream,
        words=np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), np.uint8),
        used=vocabulary.used,
        weights=classifier.weights,
        bias=classifier.bias,
        certainty=np.array(classifier.certainty.weights),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.with_suffix(".tmp")
        whole.write_bytes(stream.getvalue())
        whole.replace(path)
        for other in path.parent.glob("intents-*.npz"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return
