"""Excerpts of long texts, and estimates of their tokens."""

import re
from collections.abc import Iterable

from tau.text.scripts import EAST_ASIAN_WIDE
from tau.text.tokenization import fold_text

CHARACTERS_PER_TOKEN = 4
_WIDE_CHARACTERS = re.compile(f"[{EAST_ASIAN_WIDE}]")
_ELLIPSIS = "…"


def estimate_tokens(text: str) -> int:
    """Estimate tokens: 4 characters each, but one character each for Chinese and its neighbours."""
    wide = 0 if text.isascii() else sum(1 for _ in _WIDE_CHARACTERS.finditer(text))
    return wide + -(-(len(text) - wide) // CHARACTERS_PER_TOKEN)


def excerpt(text: str, tokens: int, words: Iterable[str]) -> str:
    """Return a part of `text` of at most `tokens` estimated tokens, around the first of `words`.

    A quarter of it comes before that word. An ellipsis marks where text is left out.
    """
    low = fold_text(text)
    # Folding may change lengths; then the place is only approximate, which is enough.
    places = [place for place in map(low.find, words) if place >= 0]
    limit = max(tokens - 2, 1) * CHARACTERS_PER_TOKEN
    start = max(min(places, default=0) - limit // 4, 0)
    part = text[start : start + limit]
    while estimate_tokens(part) > max(tokens - 2, 1):
        part = part[: len(part) * 3 // 4]
    end = start + len(part)
    return (_ELLIPSIS if start else "") + part + (_ELLIPSIS if end < len(text) else "")
