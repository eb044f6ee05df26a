"""The training corpus: sentences and conversations of our own, with what they say of danger.

A file in `corpus/` is a list of groups. The sentences of a group are close to each other in what
they mean, so that a group is never split between training and judging.
"""

import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).resolve().parent / "corpus"


class Sentence(NamedTuple):
    """A message and its level (0-3), as `tau.care.signals.Level` defines it."""

    text: str
    level: int
    group: str


class Conversation(NamedTuple):
    """What a person says in a conversation, and the highest level that it comes to."""

    said: tuple[str, ...]
    level: int
    group: str


def sentences() -> list[Sentence]:
    """Return all sentences of the corpus, each once."""
    found: dict[str, Sentence] = {}
    for group in _groups("group"):
        for text in _lines(group["text"]):
            found.setdefault(text, Sentence(text, group["level"], group["name"]))
    return list(found.values())


def conversations() -> list[Conversation]:
    """Return all conversations of the corpus."""
    return [
        Conversation(tuple(_lines(said)), group["level"], group["name"])
        for group in _groups("conversations")
        for said in group["said"]
    ]


def _groups(kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.toml")):
        yield from tomllib.loads(path.read_text("utf-8")).get(kind, [])


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def corpus_hash() -> str:
    """Return a hash of the corpus, which the weights keep: they're those of this corpus."""
    digest = sha256()
    for path in sorted(FOLDER.glob("*.toml")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:32]
