"""Embedding of any number of texts of any length with one backend."""

from collections.abc import Sequence

import numpy as np

from tau.models.errors import InputTooLong
from tau.models.types import Backend, EmbeddingKind, Vectors

BATCH = 64
"""Texts per request."""
_LETTERS_PER_TOKEN = 4
_MIN_LETTERS = 32  # characters; a text this short is not cut further


async def embed_all(
    backend: Backend, texts: Sequence[str], kind: EmbeddingKind = "passage"
) -> Vectors:
    """Return one unit vector per text; texts are cut to the model's window."""
    info = backend.info
    prefix = info.prefix(kind)
    cut = [truncate(prefix + text, info.context_tokens) for text in texts]
    parts = [await _batch(backend, cut[i : i + BATCH]) for i in range(0, len(cut), BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)


async def _batch(backend: Backend, texts: list[str]) -> Vectors:
    try:
        return await backend.embed(texts)
    except InputTooLong:
        if len(texts) == 1 and len(texts[0]) <= _MIN_LETTERS:
            raise
    if len(texts) == 1:  # the estimate was too low
        return await _batch(backend, [texts[0][: len(texts[0]) // 2]])
    return np.concatenate([await _batch(backend, [text]) for text in texts])


def truncate(text: str, window_tokens: int) -> str:
    """Return the beginning of a text that should fit a window.

    A token is estimated as 4 ASCII letters or digits, or one other character; spaces cost nothing.
    Two tokens are reserved for the special tokens around a text.
    """
    if len(text) <= window_tokens - 2:
        return text
    budget = float(window_tokens - 2)
    for position, character in enumerate(text):
        if character.isspace():
            continue
        word = character.isascii() and character.isalnum()
        budget -= 1 / _LETTERS_PER_TOKEN if word else 1
        if budget < 0:
            return text[:position]
    return text
