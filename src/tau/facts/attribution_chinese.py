"""Attribution in Chinese: signs in a message that its words are somebody else's, or not meant.

A message with such a sign is not learned from at all: where somebody else's words end cannot be
known. The signs are in `attribution_chinese.toml`, in simplified characters.
"""

import re
from collections.abc import Mapping
from functools import cache

from tau.facts.patterns import load_rules
from tau.text.character_forms import unify_characters
from tau.text.scripts import HAN

_CHINESE = re.compile(f"[{HAN}]")
_SIGNS = ("saying", "found", "task", "role", "jest", "signed", "shared", "open_quote")


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return load_rules("attribution_chinese.toml", {"H": HAN}).patterns


def is_attributed(text: str) -> bool:
    """Return whether a message in Chinese holds words of somebody else, or words not meant."""
    if not _CHINESE.search(text):
        return False
    plain = as_own_news(unify_characters(text))
    patterns = _patterns()
    return (
        any(patterns[sign].search(plain) for sign in _SIGNS)
        or _quotes_speech(plain)
        or _has_label(plain)
        or _names_source(plain)
    )


def as_own_news(text: str) -> str:
    """Return `text` with what a doctor says of the speaker as the speaker's own words."""
    return _patterns()["diagnosed"].sub("我", text)


def _quotes_speech(text: str) -> bool:
    patterns = _patterns()
    quoted = (found[0] for found in patterns["quote"].finditer(text))
    return any(patterns["first_person"].search(words) for words in quoted)


def _has_label(text: str) -> bool:
    """Return whether a line starts with a label that is not the speaker's own."""
    patterns = _patterns()
    return any(
        not patterns["own_label"].match(text, found.start())
        for found in patterns["line_label"].finditer(text)
    )


def _names_source(text: str) -> bool:
    """Return whether a text names where words are from, other than as the speaker's pastime."""
    patterns = _patterns()
    return patterns["source"].search(patterns["own_source"].sub("", text)) is not None
