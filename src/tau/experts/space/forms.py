"""Filled exercises: what may be in one, and the words that a person wrote in it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tau.errors import BadInput
from tau.experts.space.exercises import FormField, exercise

MAX_TEXT_CHARACTERS = 10_000
MAX_LINE_CHARACTERS = 500
MAX_LINES = 30
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

FieldValue = str | int | list[str]
FieldValues = dict[str, FieldValue]


class FilledForm(msgspec.Struct, frozen=True):
    """What a person wrote in an exercise; fields that are empty are left out."""

    exercise: str
    values: FieldValues = {}
    rows: list[FieldValues] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self.values and not any(self.rows)


def filled(name: str, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> FilledForm:
    """Return a form with these values. Raises `NotFound`, or `BadInput` for what doesn't fit.

    Errors name a field of the exercise, and never what was written.
    """
    about = exercise(name)
    if len(rows) > about.max_rows:
        raise BadInput("This exercise doesn't have so many rows.")
    return FilledForm(
        about.name,
        _checked(about.fields, values),
        [_checked(about.row_fields, row) for row in rows],
    )


def encode_form(form: FilledForm) -> str:
    """Return a form as JSON."""
    return msgspec.json.encode(form).decode()


def decode_form(content: str) -> FilledForm:
    """Return the form that `encode_form` gave. Raises `BadInput` for anything else."""
    try:
        return msgspec.json.decode(content, type=FilledForm)
    except msgspec.MsgspecError as error:
        raise BadInput("This form can't be read.") from error


def words_of(form: FilledForm) -> list[str]:
    """Return every text of a form, in the order in which it was asked for."""
    about = exercise(form.exercise)
    texts = list(_texts(about.fields, form.values))
    for row in form.rows:
        texts += _texts(about.row_fields, row)
    return texts


def as_text(form: FilledForm, language: str) -> str:
    """Return a form as plain text: each question that was answered, and the answer."""
    about = exercise(form.exercise)
    parts = [about.title.in_(language), *_answers(about.fields, form.values, language)]
    for number, row in enumerate(form.rows, 1):
        name = about.row.in_(language) if about.row else ""
        parts += [f"{name} {number}", *_answers(about.row_fields, row, language)]
    return "\n\n".join(parts)


def planned(form: FilledForm) -> list[tuple[str, float]]:
    """Return the dated activities of an activity plan: what, and when (local time, UTC seconds).

    Without a time it's noon, as for other plans of which only the day is known.
    """
    found = []
    for row in form.rows:
        activity, day, time = (str(row.get(name, "")) for name in ("activity", "day", "time"))
        if activity and day:
            when = datetime.fromisoformat(f"{day}T{time or '12:00'}").astimezone()
            found.append((activity, when.timestamp()))
    return found


def _checked(fields: Sequence[FormField], values: Mapping[str, Any]) -> FieldValues:
    if not values.keys() <= {field.name for field in fields}:
        raise BadInput("This exercise has no such field.")
    found = {field.name: _value(field, values.get(field.name)) for field in fields}
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def _value(field: FormField, value: Any) -> FieldValue | None:
    if value is None or value == "":
        return None
    match field.type:
        case "number" | "scale":
            is_number = isinstance(value, int) and not isinstance(value, bool)
            if is_number and field.min <= value <= field.max:
                return int(value)
        case "lines":
            if isinstance(value, list) and len(value) <= MAX_LINES:
                lines = [_text(field, line, MAX_LINE_CHARACTERS) for line in value]
                while lines and not lines[-1]:
                    lines.pop()
                return lines
        case "date" | "time":
            if isinstance(value, str) and _is_moment(field.type, value):
                return value
        case "line":
            return _text(field, value, MAX_LINE_CHARACTERS)
        case _:
            return _text(field, value, MAX_TEXT_CHARACTERS)
    raise BadInput(f"`{field.name}` doesn't fit this exercise.")


def _text(field: FormField, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise BadInput(f"`{field.name}` has to be text.")
    if len(value) > most:
        raise BadInput(f"`{field.name}` can have at most {most} characters.")
    return value if value.strip() else ""


def _is_moment(kind: str, value: str) -> bool:
    if kind == "time":
        return _TIME.fullmatch(value) is not None
    if not _DATE.fullmatch(value):
        return False
    try:
        return 1970 <= datetime.fromisoformat(value).year <= 2200
    except ValueError:
        return False


def _texts(fields: Sequence[FormField], values: FieldValues) -> Iterator[str]:
    for field in fields:
        value = values.get(field.name)
        if field.type in {"text", "line"} and isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from filter(None, value)


def _answers(fields: Sequence[FormField], values: FieldValues, language: str) -> Iterator[str]:
    for field in fields:
        value = values.get(field.name)
        if value is not None:
            lines = [f"- {line}" for line in value if line] if isinstance(value, list) else [value]
            yield "\n".join([field.label.in_(language), *map(str, lines)])
