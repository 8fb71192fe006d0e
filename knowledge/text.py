"""What people write, brought to one form. The only importer of jieba. (Being filled in: the signatures stand.)"""

from __future__ import annotations

import unicodedata


def normalise(text: str) -> str:
    """One spelling for what reads the same: width, case, traditional characters, emoji, punctuation."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def strip_courtesy(text: str) -> str:
    """Normalised text without greetings and fillers; "" when nothing else is left."""
    return normalise(text)


def words(text: str) -> list[str]:
    """Words of the text, in order."""
    return normalise(text).split()


def warm_up() -> None:
    """Load the dictionary now (about 2 s), so that the first question does not wait for it."""
