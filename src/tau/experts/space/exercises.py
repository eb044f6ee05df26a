"""Exercises of reflective support: what they ask and say, in English and Chinese.

They are data, one file each, and need no model. This module knows nothing of journals or of where a
filled form is kept.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tau.errors import NotFound

SAFETY_PLAN = "safety_plan"
_ORDER = (
    "grounding",
    "box_breathing",
    "thought_record",
    "activity_plan",
    "worry_time",
    "sleep_diary",
    "gratitude",
    SAFETY_PLAN,
)
"""The exercises in the order in which they are listed."""
FieldType = Literal["text", "line", "lines", "number", "scale", "date", "time"]
Language = Literal["en", "zh"]


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same words in each language."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """Return the words in a language; in English where there is no other."""
        return self.zh if language.lower().startswith("zh") else self.en


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words in each language, in small letters, with which an exercise may be offered."""

    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """The words of all languages: people don't keep to that of the page."""
        return (*self.en, *self.zh)


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of a form. `count`: how many lines it offers; `min` and `max` bound a number."""

    name: str
    type: FieldType
    label: Wording
    hint: Wording | None = None
    count: int = 1
    min: int = 0
    max: int = 100


class BreathPhase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a breath."""

    name: Literal["in", "hold", "out", "rest"]
    seconds: int
    label: Wording


class Exercise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exercise. `steps` are shown one at a time; `breathing` has phases instead of fields."""

    name: str
    kind: Literal["steps", "breathing", "form"]
    minutes: int
    title: Wording
    summary: Wording
    intro: Wording
    closing: Wording
    cues: Cues = Cues()
    fields: tuple[FormField, ...] = ()
    row_fields: tuple[FormField, ...] = ()
    """Fields that are asked once for each row, of at most `max_rows`."""
    max_rows: int = 0
    row: Wording | None = None
    add_row: Wording | None = None
    phases: tuple[BreathPhase, ...] = ()
    rounds: int = 0

    def __post_init__(self) -> None:
        """Raise `ValueError` if the parts don't fit together."""
        for fields in (self.fields, self.row_fields):
            names = [field.name for field in fields]
            if len(set(names)) != len(names):
                raise ValueError("two fields have the same name")
        if (self.kind == "breathing") != bool(self.phases and self.rounds):
            raise ValueError("breathing has phases and rounds, other exercises have none")
        if (self.kind == "breathing") == bool(self.fields or self.row_fields):
            raise ValueError("breathing has no fields, other exercises have some")
        rows = (self.row_fields, self.max_rows, self.row, self.add_row)
        if any(rows) != all(rows):
            raise ValueError("rows need fields, a number and names")


@cache
def exercises() -> Mapping[str, Exercise]:
    """Return all exercises by name, in the order in which they are listed."""
    return {name: parse_exercise(name, _text(name)) for name in _ORDER}


def exercise(name: str) -> Exercise:
    """Return one exercise. Raises `NotFound`."""
    found = exercises().get(name)
    if found is None:
        raise NotFound("There is no such exercise.")
    return found


def parse_exercise(name: str, text: str) -> Exercise:
    """Return the exercise that a file describes. Raises `ValueError` with what is wrong."""
    try:
        return msgspec.convert({"name": name, **tomllib.loads(text)}, Exercise)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{name}.toml: {error}") from error


def _text(name: str) -> str:
    return files("tau.experts.space").joinpath("exercises", f"{name}.toml").read_text("utf-8")
