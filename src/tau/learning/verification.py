"""Verification of claims by a model: what it is asked, and how its answer is read. Pure.

A second reading of what was extracted. It can hold a claim back; it can't add one. A claim that no
rule found needs it to count, and then only if its message has no trace of anybody else's words.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from tau.facts.trust import OMISSION, strip_untrusted
from tau.facts.unicode_cleaning import clean_unicode
from tau.journal.entries import Claim, MessageAdded
from tau.memory import Message

MAX_STATEMENTS = 4
"""Statements that are checked with one request."""
MAX_MESSAGE_CHARACTERS = 600
"""Characters of a message that are shown, from its start."""
MAX_ANSWER_TOKENS = 120

_SENTENCE_END = re.compile(r"[.!?。！？…\n]+")
_OPENS_IN_FIRST_PERSON = re.compile(
    r"\W*(?:(?:well|oh|hi|hello|hey|yes|no|ok|okay|also|and|but|so|actually|by the way|btw)\W+)*"
    r"(?:i|i'm|i've|my|we|we're|we've|our)\b"
    r"|\W*(?:(?:你好|嗨|嗯|对了|其实|另外|还有|而且)\W*)*[我俺咱]",
    re.IGNORECASE,
)
_NOT_PLAIN = re.compile(
    r"[^\w\s,.!?'%&/，。！？、-]"
    r"|\b(?:if|would|could|should|wish|hope|might|maybe|perhaps|said|says?|saying|thinks?|thought"
    r"|told|tells?|wrote|writes|asked|asks|sent|read|heard|lol|jk|kidding|joking|pretend\w*"
    r"|imagine\w*|suppose\w*|quote\w*|translat\w*|character|novel|story|via|he|she|they)\b"
    r"|说|讲|写|问|听|如果|要是|假如|假设|希望|想要|可能|也许|大概|就好|玩笑|开玩笑|他|她|原话|转自",
    re.IGNORECASE,
)
"""Marks and words of quotations, reports, hopes, jokes and lists."""


class Statement(msgspec.Struct, frozen=True):
    """A claim, and the message that is said to state it."""

    message: str
    claim: Claim


class _Answer(msgspec.Struct, frozen=True):
    item: int
    answer: Literal["yes", "no"]


class _Answers(msgspec.Struct, frozen=True):
    answers: list[_Answer]


def build_request(statements: Sequence[Statement]) -> dict[str, Any]:
    """Return the OpenAI-shaped request that has a model check statements."""
    shown = [
        {"item": number, "message": one.message[:MAX_MESSAGE_CHARACTERS], "note": _note(one.claim)}
        for number, one in enumerate(statements, start=1)
    ]
    return {
        "messages": [
            {"role": "system", "content": _system_prompt()},
            {"role": "user", "content": msgspec.json.encode(shown).decode()},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answers", "schema": _schema(len(statements))},
        },
        "max_tokens": MAX_ANSWER_TOKENS,
        "temperature": 0.0,
        "stream": True,
    }


def parse_answers(answer: str, count: int) -> list[bool | None]:
    """Return for each of `count` statements whether the model agrees; `None`: it didn't say."""
    found: list[bool | None] = [None] * count
    start, end = answer.find("{"), answer.rfind("}")
    try:
        answers = msgspec.json.decode(answer[start : end + 1], type=_Answers).answers
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return found
    for one in answers:
        if 1 <= one.item <= count:
            found[one.item - 1] = one.answer == "yes"
    return found


def states_plainly(claim: Claim, message: Message | MessageAdded) -> bool:
    """Return whether a message is nothing but a person's plain words about themselves.

    Nothing in it may look like somebody else's, and each of its sentences begins with the speaker.
    """
    text = clean_unicode(message.text).replace("’", "'")
    words = strip_untrusted(message.text)
    if claim.topic == "instruction" or OMISSION in words or words.split() != text.split():
        return False
    sentences = [one for one in _SENTENCE_END.split(words) if one.strip()]
    if not sentences or _NOT_PLAIN.search(words):
        return False
    return all(map(_OPENS_IN_FIRST_PERSON.match, sentences))


def _note(claim: Claim) -> str:
    return f"{claim.about}: {claim.text}" if claim.about else claim.text


@cache
def _system_prompt() -> str:
    return files("tau.learning").joinpath("verification.md").read_text("utf-8").strip()


def _schema(count: int) -> dict[str, Any]:
    item = {
        "type": "object",
        "properties": {
            "item": {"type": "integer", "enum": list(range(1, count + 1))},
            "answer": {"type": "string", "enum": ["yes", "no"]},
        },
        "required": ["item", "answer"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "answers": {"type": "array", "items": item, "minItems": count, "maxItems": count}
        },
        "required": ["answers"],
        "additionalProperties": False,
    }
