"""Hashed n-grams of characters: which rows of the classifier's table a text uses.

One form for all languages: n-grams of six characters hold short English words with what stands
beside them, those of one to three hold Chinese words.
"""

import re

import numpy as np
import numpy.typing as npt

BITS = 18
"""The table has 2 ** BITS rows."""
LONGEST = 6
HEAD_CHARACTERS = 450
TAIL_CHARACTERS = 250
"""Of a longer text only its beginning and its end are read."""

_APART = re.compile(r"[^\w?!]+")
_PRIME = np.uint64(0x100000001B3)  # of FNV-1
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 / the golden ratio: Fibonacci hashing
_SHIFT = np.uint64(64 - BITS)


def ngram_rows(text: str) -> npt.NDArray[np.int64]:
    """Return the rows of the n-grams of a normalised text, each once, in order."""
    text = _APART.sub(" ", text).strip()
    if len(text) > HEAD_CHARACTERS + TAIL_CHARACTERS:
        text = f"{text[:HEAD_CHARACTERS]} | {text[-TAIL_CHARACTERS:]}"
    codes = np.frombuffer(f" {text} ".encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    hashed = np.zeros(len(codes), np.uint64)
    found: list[npt.NDArray[np.uint64]] = []
    for size in range(1, min(LONGEST, len(codes)) + 1):
        hashed = hashed[: len(codes) - size + 1] * _PRIME + codes[size - 1 :] + np.uint64(1)
        found.append((hashed * _SPREAD ^ np.uint64(size)) >> _SHIFT)
    rows = np.sort(np.concatenate(found).astype(np.uint32))
    distinct: npt.NDArray[np.int64] = rows[np.append(True, rows[1:] != rows[:-1])].astype(np.int64)
    return distinct
