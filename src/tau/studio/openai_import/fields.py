"""Fields of a JSON object that may be missing, or of another type than is expected."""

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, Any]


def text_field(given: Fields, name: str) -> str:
    """Return a text; nothing if there is none."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def number_field(given: Fields, name: str) -> float:
    """Return a number; 0 if there is none."""
    value = given.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def count_field(given: Fields, name: str) -> int:
    """Return a whole number; 0 if there is none."""
    value = given.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def object_field(given: Fields, name: str) -> dict[str, Any]:
    """Return an object; an empty one if there is none."""
    value = given.get(name)
    return value if isinstance(value, dict) else {}


def objects_field(given: Fields, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    value = given.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts_field(given: Fields, name: str) -> dict[str, str]:
    """Return the texts of an object, such as metadata."""
    return {k: v for k, v in object_field(given, name).items() if isinstance(v, str)}
