"""Requests to forget in what a person says: "Forget what I said about Anna", 忘掉关于小美的事.

Rules for English and Chinese, in `forget_requests.toml`. They know nothing of memory, and nothing
is erased by them: a request leads to a proposal. "Forget it", "don't forget" and "I forgot" are
none.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from tau.journal.entries import Topic
from tau.text.scripts import HAN

MAX_REQUEST_CHARACTERS = 500
"""A longer message is no request to forget."""
MAX_TOPIC_CHARACTERS = 120

_NO_TOPIC = re.compile(
    r"(?:it|that|this|these|those|them|him|her|you|the (?:idea|plan|question|order)"
    r"|my (?:last )?(?:question|request|idea|plan|order|comment|previous .*|earlier .*|point))",
    re.IGNORECASE,
)
"""Words that don't say what is to be forgotten."""
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_QUOTED = re.compile(r"[\"“”「」『』«»>`]")
_HAN = re.compile(f"[{HAN}]")
_MACRO = re.compile(r"\{([A-Z_]+)\}")


class ForgetIntent(msgspec.Struct, frozen=True):
    """What a person asks to forget.

    `topic` is what it is about, in their words; empty for what they said last. `sure`: the words
    can hardly mean anything else.
    """

    topic: str
    sure: bool = True


class _Patterns(msgspec.Struct, frozen=True):
    """The patterns of one language."""

    patterns: list[re.Pattern[str]]
    vague: list[re.Pattern[str]]
    last: re.Pattern[str]
    means_memory: re.Pattern[str]
    no_request: re.Pattern[str]
    ending: re.Pattern[str]


def find_forget_intent(text: str) -> ForgetIntent | None:
    """Return what a message asks to forget, or None if it asks for no such thing."""
    if len(text) > MAX_REQUEST_CHARACTERS:
        return None
    for sentence in _SENTENCE.findall(text.replace("’", "'")):
        plain = " ".join(sentence.strip().strip(".!?。！？").split())
        if not plain or _QUOTED.search(plain):
            continue
        language = "chinese" if _HAN.search(plain) else "english"
        if found := _intent_of(plain, _patterns(language)):
            return found
    return None


def kind_of(topic: str) -> Topic | None:
    """Return the kind of facts that words like "my job" name, if they name one."""
    return next((kind for kind, words in _kinds().items() if words.fullmatch(topic)), None)


def _intent_of(sentence: str, words: _Patterns) -> ForgetIntent | None:
    sentence = words.ending.sub("", sentence)
    if words.no_request.search(sentence):
        return None
    if words.last.fullmatch(sentence):
        return ForgetIntent("")
    for pattern in words.patterns:
        if (found := pattern.fullmatch(sentence)) and (topic := _topic(found["topic"])):
            return ForgetIntent(topic, sure=words.means_memory.search(sentence) is not None)
    for pattern in words.vague:
        if (found := pattern.fullmatch(sentence)) and (topic := _topic(found["topic"])):
            return ForgetIntent(topic, sure=False)
    return None


def _topic(text: str) -> str:
    topic = text.strip(" ,;:，；：的")
    return "" if len(topic) > MAX_TOPIC_CHARACTERS or _NO_TOPIC.fullmatch(topic) else topic


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("tau.companion").joinpath("forget_requests.toml").read_text("utf-8"))


@cache
def _patterns(language: str) -> _Patterns:
    table = _table()
    found: dict[str, Any] = {}
    for name, value in table[language].items():
        several = isinstance(value, list)
        compiled = [_compile(one, table["macros"]) for one in (value if several else [value])]
        found[name] = compiled if several else compiled[0]
    return _Patterns(**found)


@cache
def _kinds() -> dict[Topic, re.Pattern[str]]:
    return {kind: re.compile(words, re.IGNORECASE) for kind, words in _table()["kinds"].items()}


def _compile(pattern: str, macros: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_MACRO.sub(lambda found: macros[found[1]], pattern), re.IGNORECASE)
