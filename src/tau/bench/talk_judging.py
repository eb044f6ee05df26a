"""Conversations for `tau bench talk`, and the rules that judge each reply. Pure."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tau.errors import BadInput
from tau.text.scripts import HAN

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_HAN_SHARE = 0.3
"""Of the words of a reply in Chinese. Names and numbers may be written otherwise."""


class SameAs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Demands that what `pattern` finds in a reply is in the reply to an earlier turn, too."""

    pattern: str
    turn: int = msgspec.field(name="as")
    """Counted from 1."""


class TalkTurn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the person writes, and what is demanded of the reply."""

    user: str
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    max_words: int | None = None
    language: str | None = None
    new_conversation: bool = False
    same: SameAs | None = None
    why: str = ""


class Talk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One conversation, which begins in an empty home."""

    name: str
    language: str
    turns: tuple[TalkTurn, ...]


class TalkSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conversations, and what no reply may contain."""

    conversations: tuple[Talk, ...]
    must_not: tuple[str, ...] = ()


def read_talks(path: Path | Any) -> TalkSet:
    """Return the conversations of a TOML file. Raises `BadInput`."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), TalkSet)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path} isn't a file of conversations: {error}.") from error


def judge(
    turn: TalkTurn, replies: Sequence[str], *, forbidden: Sequence[str], language: str
) -> list[str]:
    """Return what is wrong with the last of `replies`; nothing, if it passes."""
    reply = replies[-1]
    faults = [f"lacks {pattern}" for pattern in turn.must if not _found(pattern, reply)]
    faults += [
        f"has {pattern}" for pattern in (*forbidden, *turn.must_not) if _found(pattern, reply)
    ]
    words = count_words(reply)
    if turn.max_words is not None and words > turn.max_words:
        faults.append(f"has {words} words")
    wanted = turn.language or language
    if not _is_in(wanted, reply):
        faults.append(f"isn't in the language {wanted}")
    if turn.same is not None and not _is_same(turn.same, reply, replies[turn.same.turn - 1]):
        faults.append(f"differs from reply {turn.same.turn}")
    return faults


def count_words(text: str) -> int:
    """Return how many words a text has; a Han character counts as one."""
    return len(_HAN.findall(text)) + len(_WORD.findall(_HAN.sub(" ", text)))


def _is_in(language: str, reply: str) -> bool:
    han = len(_HAN.findall(reply)) / max(count_words(reply), 1)
    return han >= _HAN_SHARE if language == "zh" else han < _HAN_SHARE


def _is_same(same: SameAs, reply: str, earlier: str) -> bool:
    found = re.search(same.pattern, reply, re.IGNORECASE)
    return found is not None and found[0].casefold() in earlier.casefold()


def _found(pattern: str, reply: str) -> bool:
    return re.search(pattern, reply, re.IGNORECASE) is not None
