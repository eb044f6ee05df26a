"""Texts in a form in which what differs only in case, spaces or punctuation is equal.

Signs beside digits stay: -5 isn't 5, and 12:15 isn't 1215.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tau.studio.examples.example import Example, ExampleMessage

MOST_CLASSES = 200
MOST_CLASS_CHARACTERS = 200

_PUNCTUATION = re.compile(
    r"[.,;:!?'\"`´()\[\]{}<>«»‹›„“”‚‘’…·–—―\-_*~¡¿、。，．；：！？「」『』（）《》〈〉【】〔〕・～]+(?!\d)"
)

RequestKey = tuple[tuple[str, str], ...]


def normalize(text: str) -> str:
    """Return a text without differences in case, width, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = " ".join(_PUNCTUATION.sub(" ", folded).split())
    # What is only punctuation says something, too.
    return plain or " ".join(folded.split())


def request_key(example: Example) -> RequestKey:
    """Return what two examples with the same request have in common."""
    return _chat_key(example.request)


def context_key(example: Example) -> RequestKey:
    """Return the key of the request without the last words of the user."""
    request = list(example.request)
    for place in reversed(range(len(request))):
        if request[place].role == "user":
            del request[place]
            break
    return _chat_key(request)


def answer_key(answer: str) -> str:
    """Return what equal answers have in common: JSON is equal whatever the order of its keys."""
    value = parsed_json(answer)
    if isinstance(value, dict | list):
        return msgspec.json.encode(value, order="deterministic").decode()
    return normalize(answer)


def parsed_json(text: str) -> Any:
    """Return the JSON value that a text is, or `None`."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None


def answer_classes(examples: Iterable[Example]) -> dict[str, tuple[Example, ...]] | None:
    """Return the examples by their answers if these are short and repeat, as names of classes do.

    There are at most 200 answers of at most 200 characters, each given twice on average.
    """
    classes: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        classes[example.answer.strip()].append(example)
    total = sum(map(len, classes.values()))
    if len(classes) > min(MOST_CLASSES, total // 2) or not classes:
        return None
    if max(map(len, classes)) > MOST_CLASS_CHARACTERS:
        return None
    return {answer: tuple(given) for answer, given in classes.items()}


def _chat_key(messages: Sequence[ExampleMessage]) -> RequestKey:
    return tuple((each.role, normalize(each.content)) for each in messages)
