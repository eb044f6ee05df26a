"""Sets of sentences for `tau bench facts`: what a person says, and what may be believed of it.

A file is TOML or JSON. Its tables or keys `sentence`, `sequence` and `attempt` hold lists; a JSON
file may also be a list of one kind. Which kind an item is shows in its fields.
"""

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from tau.errors import BadInput

_SUFFIXES = (".toml", ".json")


class ExpectedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a sentence states: its slot, its value, whom it is about, whether it is over."""

    slot: str
    value: str
    about: str = ""
    ended: bool = False


class FactSentence(msgspec.Struct, frozen=True, kw_only=True):
    """A message, what it plainly states, and words that must not be believed of the person."""

    text: str
    language: str = "en"
    kind: str = "plain"
    template: str = ""
    expect: tuple[ExpectedFact, ...] = ()
    never: tuple[str, ...] = ()


class SequenceMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a sequence, said `days_ago` before now."""

    text: str
    days_ago: float = 0.0


class FactSequence(msgspec.Struct, frozen=True, kw_only=True):
    """Messages over days, what is believed in the end, and what must not be."""

    messages: tuple[SequenceMessage, ...]
    language: str = "en"
    kind: str = "sequence"
    template: str = ""
    expect: tuple[ExpectedFact, ...] = ()
    never: tuple[str, ...] = ()


class PoisoningAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Words of somebody else, the channel they come through, and what must not be believed."""

    text: str
    channel: str = "own"
    language: str = msgspec.field(default="en")
    kind: str = "poisoning"
    template: str = ""
    never: tuple[str, ...] = ()


class FactSets(msgspec.Struct, frozen=True):
    """Everything that is measured."""

    sentences: tuple[FactSentence, ...]
    sequences: tuple[FactSequence, ...]
    attempts: tuple[PoisoningAttempt, ...]


def read_sets(folder: Path | None) -> FactSets:
    """Return the sets in `folder`, or the built-in ones. Raises `BadInput`."""
    sentences: list[FactSentence] = []
    sequences: list[FactSequence] = []
    attempts: list[PoisoningAttempt] = []
    for file in _files(folder):
        for item in _items(file):
            try:
                if "messages" in item:
                    sequences.append(msgspec.convert(item, FactSequence, strict=False))
                elif "channel" in item:
                    attempts.append(msgspec.convert(_attempt(item), PoisoningAttempt))
                else:
                    sentences.append(msgspec.convert(item, FactSentence))
            except msgspec.ValidationError as error:
                raise BadInput(f"{file.name} is no file of sentences ({error}).") from error
    if not sentences and not sequences and not attempts:
        raise BadInput("There are no sentences. Put TOML or JSON files into the folder.")
    return FactSets(tuple(sentences), tuple(sequences), tuple(attempts))


def _files(folder: Path | None) -> list[Traversable]:
    parent: Traversable = files("tau.bench").joinpath("data") if folder is None else folder
    found = [file for file in parent.iterdir() if file.name.endswith(_SUFFIXES)]
    if folder is None:
        found = [file for file in found if file.name.startswith(("facts_", "poisoning_"))]
    return sorted(found, key=lambda file: file.name)


def _items(file: Traversable) -> Iterator[dict[str, Any]]:
    try:
        text = file.read_text("utf-8")
        held = tomllib.loads(text) if file.name.endswith(".toml") else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{file.name} cannot be read ({type(error).__name__}).") from error
    lists = [held] if isinstance(held, list) else list(held.values())
    for each in lists:
        if isinstance(each, list):
            yield from (item for item in each if isinstance(item, dict))


def _attempt(item: dict[str, Any]) -> dict[str, Any]:
    """Return an attempt with the names of fields that other sets use (`lang`, `bad`) replaced."""
    renamed = {"language": item["lang"]} if "lang" in item else {}
    if "bad" in item:
        renamed["never"] = [item["bad"]]
    return {**item, **renamed}
