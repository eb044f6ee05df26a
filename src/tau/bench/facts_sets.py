"""Sets of sentences for `tau bench facts`: what a person says, and what may be believed of it.

A file is TOML or JSON. Its keys `sentences`, `sequences` and `attempts` hold lists; a JSON file may
also be one list. Which kind an item is shows in its fields. `today` is the day of the last message.
"""

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from tau.errors import BadInput

DEFAULT_NOW = 1_790_000_000.0
"""21 September 2026: figures do not depend on the day on which they are measured."""
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
    """A message, the days since it was said by its own date, and whether its fact was confirmed.

    Days below 0 are of a clock that was wrong.
    """

    text: str
    said_days_ago: float = 0.0
    confirmed: bool = False


class ProfileItem(msgspec.Struct, frozen=True, kw_only=True, rename={"excluded": "not"}):
    """What must be known after a sequence: a current fact with `value`, none with an excluded word.

    `ended`: it is known to be over. `since`: it holds from then ("2024-03"). `asks`: what
    waits for the person's yes and has changed nothing.
    """

    slot: str
    value: str
    excluded: tuple[str, ...] = ()
    ended: bool = False
    since: str = ""
    asks: str = ""


class FactSequence(msgspec.Struct, frozen=True, kw_only=True):
    """Messages over days, and what must be known in the end."""

    messages: tuple[SequenceMessage, ...]
    profile: tuple[ProfileItem, ...]
    language: str = "en"
    template: str = ""


class PoisoningAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Words of somebody else, the channel they come through, and what must not be believed."""

    text: str
    channel: str = "own"
    language: str = "en"
    kind: str = "poisoning"
    bad: str = ""


class FactSets(msgspec.Struct, frozen=True):
    """Everything that is measured; `now` is when the last message is said."""

    now: float
    sentences: tuple[FactSentence, ...]
    sequences: tuple[FactSequence, ...]
    attempts: tuple[PoisoningAttempt, ...]


def read_sets(folder: Path | None) -> FactSets:
    """Return the sets in `folder`, or the built-in ones. Raises `BadInput`."""
    sentences: list[FactSentence] = []
    sequences: list[FactSequence] = []
    attempts: list[PoisoningAttempt] = []
    now = DEFAULT_NOW
    for file in _files(folder):
        held = _held(file)
        now = _noon(held, file.name) or now
        for item in _items(held):
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
    return FactSets(now, tuple(sentences), tuple(sequences), tuple(attempts))


def _files(folder: Path | None) -> list[Traversable]:
    parent: Traversable = files("tau.bench").joinpath("data") if folder is None else folder
    found = [file for file in parent.iterdir() if file.name.endswith(_SUFFIXES)]
    if folder is None:
        found = [file for file in found if file.name.startswith(("facts_", "poisoning_"))]
    return sorted(found, key=lambda file: file.name)


def _held(file: Traversable) -> Any:
    try:
        text = file.read_text("utf-8")
        return tomllib.loads(text) if file.name.endswith(".toml") else json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{file.name} cannot be read ({type(error).__name__}).") from error


def _noon(held: Any, name: str) -> float | None:
    """Return noon (UTC) of the day that a file calls `today`."""
    today = held.get("today") if isinstance(held, dict) else None
    if today is None:
        return None
    try:
        return datetime.fromisoformat(f"{today}T12:00:00+00:00").timestamp()
    except ValueError as error:
        raise BadInput(f"{name} names no day with today (such as 2026-11-27).") from error


def _items(held: Any) -> Iterator[dict[str, Any]]:
    lists = [held] if isinstance(held, list) else list(held.values())
    for each in lists:
        if isinstance(each, list):
            yield from (item for item in each if isinstance(item, dict))


def _attempt(item: dict[str, Any]) -> dict[str, Any]:
    """Return an attempt with `lang` read as `language`."""
    return {**item, "language": item["lang"]} if "lang" in item else item
