"""Differences between two texts by words; Chinese, Japanese and Korean by characters.

Pure.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from tau.text.scripts import CJK

_TOKEN = re.compile(rf"[{CJK}]|(?:(?![{CJK}])\w)+|\s+|.", re.DOTALL)
_MOST_TOKENS = 4_000
"""Tokens that are compared, as the time grows with their square; more are one hunk."""


class Hunk(msgspec.Struct, frozen=True):
    """A replacement: the characters `start` to `end` of the old text become `text`."""

    start: int
    end: int
    text: str


def split_tokens(text: str) -> list[str]:
    """Return the words, spaces and signs of a text; joined, they're the text."""
    return _TOKEN.findall(text)


def diff_words(old: str, new: str) -> list[Hunk]:
    """Return the hunks that turn `old` into `new`, in order, not touching each other."""
    before, after = split_tokens(old), split_tokens(new)
    first = _common(before, after)
    last = _common(before[first:][::-1], after[first:][::-1])
    middle = before[first : len(before) - last], after[first : len(after) - last]
    if len(middle[0]) + len(middle[1]) > _MOST_TOKENS:
        opcodes = [("replace", 0, len(middle[0]), 0, len(middle[1]))]
    else:
        opcodes = list(SequenceMatcher(None, *middle, autojunk=False).get_opcodes())
    offsets = _offsets(before)
    found = [
        Hunk(offsets[first + i], offsets[first + j], "".join(middle[1][k:m]))
        for tag, i, j, k, m in opcodes
        if tag != "equal"
    ]
    return _merged(found, old)


def apply_hunks(text: str, hunks: Sequence[Hunk]) -> str:
    """Return `text` with every hunk applied."""
    for hunk in sorted(hunks, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: hunk.start] + hunk.text + text[hunk.end :]
    return text


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    return same


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets


def _merged(hunks: Sequence[Hunk], old: str) -> list[Hunk]:
    """Join hunks that only a space separates: people read them as one change."""
    joined: list[Hunk] = []
    for hunk in hunks:
        between = old[joined[-1].end : hunk.start] if joined else "."
        if between.strip(" ") == "" and joined:
            last = joined.pop()
            joined.append(Hunk(last.start, hunk.end, last.text + between + hunk.text))
        else:
            joined.append(hunk)
    return joined
