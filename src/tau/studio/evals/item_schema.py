"""Check of items by the JSON schema of an eval.

The parts of JSON Schema (draft 2020-12) that describe data are checked: types, properties, items,
enumerations, bounds and combinations. `$ref` reaches `$defs` of the same schema. What isn't known
here, such as formats and patterns, accepts everything, as the standard says. Sentences name places
of the schema, never what an item says.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tau.errors import InvalidField

MAX_DEPTH = 40
MAX_STEPS = 100_000
"""Of the check of one item: schemas that refer to themselves could go on for ever."""
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: _is_number(value),  # noqa: PLW0108 - it's defined below
    "integer": lambda value: _is_number(value) and value % 1 == 0,
}
_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (lambda value, bound: value >= bound, "it's too small"),
    "maximum": (lambda value, bound: value <= bound, "it's too large"),
    "exclusiveMinimum": (lambda value, bound: value > bound, "it's too small"),
    "exclusiveMaximum": (lambda value, bound: value < bound, "it's too large"),
}
_LENGTHS = {
    "minLength": (str, 1, "it's too short"),
    "maxLength": (str, -1, "it's too long"),
    "minItems": (list, 1, "it has too few elements"),
    "maxItems": (list, -1, "it has too many elements"),
    "minProperties": (dict, 1, "it has too few properties"),
    "maxProperties": (dict, -1, "it has too many properties"),
}


class _Violation(Exception):
    """An item doesn't fit: where, and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def require_item_schema(schema: Any, param: str) -> Mapping[str, Any]:
    """Return a schema of objects. Raises `InvalidField` for anything else."""
    if not isinstance(schema, dict):
        raise InvalidField("The schema of an item is a JSON object.", param)
    if schema.get("type", "object") != "object":
        raise InvalidField("An item is an object: the schema's type must be `object`.", param)
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise InvalidField("The schema's `properties` must be an object.", f"{param}.properties")
    for name, each in properties.items():
        if not isinstance(each, dict | bool):
            sentence = "The schema of a property is an object."
            raise InvalidField(sentence, f"{param}.properties.{name[:64]}")
    return schema


def find_violation(item: Any, schema: Mapping[str, Any]) -> str | None:
    """Return why an item doesn't fit a schema, as a clause with its place; `None` if it does."""
    try:
        _SchemaCheck(schema).check(item, schema, "item", 0)
    except _Violation as violation:
        return f"`{violation.path[:200]}`: {violation.reason}"
    except (TypeError, AttributeError, ValueError, RecursionError, ArithmeticError):
        return "`item`: the schema can't be applied to it"
    return None


def known_names(schema: Mapping[str, Any]) -> list[str] | None:
    """Return the names that an item can have; `None` if it may have any."""
    is_closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    return list(schema.get("properties", {})) if is_closed else None


class _SchemaCheck:
    """Check of one item."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._steps = 0

    def check(self, value: Any, schema: Any, path: str, depth: int) -> None:
        """Raise `_Violation` if the value doesn't fit."""
        self._steps += 1
        if depth > MAX_DEPTH or self._steps > MAX_STEPS:
            raise RecursionError  # under a `not`, a violation would fit
        if isinstance(schema, bool):
            if not schema:
                raise _Violation(path, "nothing is allowed here")
            return
        if "$ref" in schema:
            self.check(value, _referred(schema["$ref"], self._root), path, depth + 1)
        _check_value(value, schema, path)
        self._check_combinations(value, schema, path, depth)
        if isinstance(value, dict):
            self._check_properties(value, schema, path, depth)
        if isinstance(value, list) and "items" in schema:
            for number, each in enumerate(value):
                self.check(each, schema["items"], f"{path}[{number}]", depth + 1)

    def _check_combinations(
        self, value: Any, schema: Mapping[str, Any], path: str, depth: int
    ) -> None:
        for each in schema.get("allOf", ()):
            self.check(value, each, path, depth + 1)
        if "anyOf" in schema and not self._count_fitting(value, schema["anyOf"], path, depth):
            raise _Violation(path, "it fits none of the possible schemas")
        if "oneOf" in schema and self._count_fitting(value, schema["oneOf"], path, depth) != 1:
            raise _Violation(path, "it must fit exactly one of the possible schemas")
        if "not" in schema and self._count_fitting(value, [schema["not"]], path, depth):
            raise _Violation(path, "it fits a schema that is ruled out")

    def _check_properties(
        self, value: dict[str, Any], schema: Mapping[str, Any], path: str, depth: int
    ) -> None:
        for name in schema.get("required", ()):
            if name not in value:
                raise _Violation(f"{path}.{name}", "it's missing")
        known = schema.get("properties", {})
        for name, inner in known.items():
            if name in value:
                self.check(value[name], inner, f"{path}.{name}", depth + 1)
        if "additionalProperties" in schema and "patternProperties" not in schema:
            for name in value.keys() - known.keys():
                # The name comes from the item, so it isn't repeated.
                self.check(value[name], schema["additionalProperties"], f"{path}.*", depth + 1)

    def _count_fitting(self, value: Any, schemas: list[Any], path: str, depth: int) -> int:
        count = 0
        for each in schemas:
            try:
                self.check(value, each, path, depth + 1)
            except _Violation:
                continue
            count += 1
        return count


def _check_value(value: Any, schema: Mapping[str, Any], path: str) -> None:
    kinds = schema.get("type")
    wanted = [kinds] if isinstance(kinds, str) else kinds or []
    if wanted and not any(kind in _TYPES and _TYPES[kind](value) for kind in wanted):
        raise _Violation(path, f"its type must be {' or '.join(map(str, wanted))[:100]}")
    if "enum" in schema and not any(_equal(value, each) for each in schema["enum"]):
        raise _Violation(path, "it isn't one of the possible values")
    if "const" in schema and not _equal(value, schema["const"]):
        raise _Violation(path, "it isn't the one possible value")
    if _is_number(value):
        for name, (holds, reason) in _BOUNDS.items():
            if name in schema and not holds(value, schema[name]):
                raise _Violation(path, reason)
    for name, (kind, sign, reason) in _LENGTHS.items():
        if name not in schema or not isinstance(value, kind):
            continue
        if sign * len(value) < sign * schema[name]:
            raise _Violation(path, reason)


def _referred(reference: str, root: Mapping[str, Any]) -> Any:
    if not reference.startswith("#"):
        return True  # elsewhere: nothing is fetched
    found: Any = root
    for step in reference[1:].strip("/").split("/"):
        if step:
            found = found.get(step.replace("~1", "/").replace("~0", "~"), True)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(one: Any, other: Any) -> bool:
    """Compare as JSON does: `true` isn't 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
