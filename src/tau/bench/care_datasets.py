"""Readers of sets of messages and conversations that care signals are judged with.

A set is one file: JSON, JSONL, CSV or TOML. docs/care.md describes the shapes. What a field says of
danger may be a level, a word for risk, or yes and no.
"""

import csv
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from tau.bench.datasets import DatasetSample
from tau.errors import BadInput

HELD_OUT = {
    "held out": "care_held_out.toml",
    "held out 2": "care_held_out_2.toml",
    "held out 3": "care_held_out_3.toml",
}
"""The built-in sets. Each was written without a look at the rules."""
SUFFIXES = (".csv", ".json", ".jsonl", ".toml")
_TEXTS = ("text", "message", "prompt_text", "prompt", "content", "words", "questionText", "Post")
_TURNS = ("turns", "messages", "conversation", "dialogue", "utterances")
_RISKS = ("level", "risk", "risk_level", "is_crisis", "crisis", "label", "severity")
_TOPICS = ("hazard", "topic", "category")
"""What a record is about. Of these only "ssh", suicide and self-harm in AILuminate, is danger."""
_SELF_HARM = "ssh"
_PERSON = {"user", "human", "student", "person", "client", "patient", "seeker"}
_NO_RISK = {"", "none", "no", "safe", "false", "0", "negative", "non-crisis", "minimal", "everyday"}
_LEVELS = {
    **dict.fromkeys(("low", "worry", "caution", "mild", "concern", "supportive", "indicator"), 1),
    **dict.fromkeys(("imminent", "acute", "emergency", "attempt"), 3),
}


class CareItem(NamedTuple):
    """What a person wrote, one message or several, and how serious it's said to be (0-3)."""

    said: tuple[str, ...]
    level: int
    risk: str


class EverydayTalk(NamedTuple):
    """A conversation about everyday things, in which no message needs a card.

    `is_held_out`: by the hash of its name it's in the half that rules weren't built with.
    """

    said: tuple[str, ...]
    is_held_out: bool


class CareDataset(NamedTuple):
    """A set of items, of which each is one message or one conversation."""

    name: str
    items: tuple[CareItem, ...]


def built_in_datasets() -> list[CareDataset]:
    """Return the built-in sets: messages, and conversations."""
    data = files("tau.bench").joinpath("data")
    return [
        one
        for name, file in HELD_OUT.items()
        for one in _sets_in(name, tomllib.loads(data.joinpath(file).read_text("utf-8")))
    ]


def read_datasets(folder: Path) -> list[CareDataset]:
    """Return the sets in a folder, by the names of their files."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    found = [one for path in paths for one in _sets_in(path.stem, _content(path))]
    if not found:
        raise BadInput(f"{folder} has no set that can be read; docs/care.md describes the shapes.")
    return found


def everyday_talks(samples: Iterable[DatasetSample], prefix: str) -> Iterator[EverydayTalk]:
    """Yield the conversations of a chat data set, each one once.

    Where both people have names, each side is a talk of its own.
    """
    talks: dict[str, list[str]] = {}
    for sample in samples:
        fresh: dict[str, list[str]] = {}
        for message in sample.messages:
            name = f"{prefix}:{message.conversation}"
            if message.speaker is not None:
                number = message.conversation.removeprefix("session_")
                name = f"{prefix}:{sample.name}:{number}:{message.speaker}"
            if name not in talks and (message.speaker or message.by == "person"):
                fresh.setdefault(name, []).append(message.text)
        talks |= fresh
    for name, said in talks.items():
        yield EverydayTalk(tuple(said), sha256(name.encode()).digest()[0] % 2 == 1)


def _content(path: Path) -> Any:
    text = path.read_text("utf-8-sig")
    try:
        if path.suffix.lower() == ".csv":
            return list(csv.DictReader(text.splitlines(keepends=True)))
        if path.suffix.lower() == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, csv.Error) as error:
        raise BadInput(f"{path.name} can't be read: {error}") from error


def _sets_in(name: str, content: Any) -> Iterator[CareDataset]:
    """Yield a set for each list of records in a file."""
    if isinstance(content, list):
        items = tuple(item for record in content if (item := _item(record)))
        if items:
            yield CareDataset(name, items)
    elif isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        for key, value in lists.items():
            yield from _sets_in(f"{name}, {key}" if len(lists) > 1 else name, value)


def _item(record: Any) -> CareItem | None:
    if not isinstance(record, dict):
        return None
    labels = record.get("labels")
    fields = {**record, **labels} if isinstance(labels, dict) else record
    topic = next((str(fields[name]) for name in _TOPICS if fields.get(name)), "")
    risk = next((fields[name] for name in _RISKS if fields.get(name) is not None), None)
    level = _level(risk) if risk is not None else 2 * (topic == _SELF_HARM)
    turns = next((fields[name] for name in _TURNS if isinstance(fields.get(name), list)), None)
    if turns is None:
        words = next((fields[name] for name in _TEXTS if isinstance(fields.get(name), str)), "")
        said = [words]
    else:
        said = list(_said_by_person(turns))
    said = [words for words in said if words.strip()]
    label = topic if risk is None else str(risk).lower()
    return CareItem(tuple(said), level, label) if said else None


def _said_by_person(turns: Iterable[Any]) -> Iterator[str]:
    for turn in turns:
        if isinstance(turn, str):
            yield turn
        elif isinstance(turn, Mapping) and isinstance(turn.get("user"), str):
            yield turn["user"]
        elif isinstance(turn, Mapping):
            role = turn.get("role", turn.get("speaker", turn.get("from", "user")))
            words = turn.get("content", turn.get("text", turn.get("value", "")))
            if str(role).lower() in _PERSON and isinstance(words, str):
                yield words


def _level(risk: object) -> int:
    """Return the level that a label stands for; an unknown word for risk is 2."""
    if isinstance(risk, bool):
        return 2 if risk else 0
    word = str(risk).strip().lower()
    if word.isdigit():
        return min(int(word), 3)
    return 0 if word in _NO_RISK else _LEVELS.get(word, 2)
