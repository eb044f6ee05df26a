"""Validation of graders: JSON from a person or a client becomes a `Grader`."""

import math
import re
from collections.abc import Collection, Iterator
from typing import Any, get_args

import msgspec

from tau.errors import InvalidField
from tau.studio.graders.formula import FUNCTIONS, FormulaError, find_names, parse_formula
from tau.studio.graders.grader import (
    Grader,
    LabelModelGrader,
    MultiGrader,
    PythonGrader,
    ScoreModelGrader,
    SingleGrader,
)
from tau.studio.graders.templates import find_unknown_name

MAX_TEXT_CHARACTERS = 100_000
MAX_SOURCE_BYTES = 256 * 1024
MAX_GRADERS = 50
MAX_LABELS = 200
MAX_MESSAGES = 50

_NAME = re.compile(r"[^\W\d]\w{0,63}")
_WHERE = re.compile(r" - at `\$\.?(.*)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_EXPECTED = re.compile(r"Expected `(\w+)")
_CLAUSES = {
    "str": "it must be text",
    "int": "it must be a whole number",
    "float": "it must be a number",
    "array": "it must be a list of the right length",
    "object": "it must be an object",
}
_TYPES = ", ".join(sorted(str(kind.__struct_config__.tag) for kind in get_args(Grader)))


class InvalidGrader(InvalidField):
    """A grader can't be used; `param` is the path of the field, such as `graders.tone.model`."""

    def __init__(self, param: str, sentence: str) -> None:
        super().__init__(sentence, param)


def validate_grader(value: Any, item_names: Collection[str] | None = None) -> Grader:
    """Return the grader that a JSON value describes. Raises `InvalidGrader`.

    With `item_names`, templates may name nothing else of an item.
    """
    if not isinstance(value, dict):
        raise InvalidGrader("", "A grader is a JSON object.")
    if value.get("type") == "multi" and isinstance(value.get("graders"), dict):
        return _multi(value, item_names)
    grader: SingleGrader = _convert(value, Grader, "")
    _check(grader, "", item_names)
    return grader


def _multi(value: dict[str, Any], item_names: Collection[str] | None) -> MultiGrader:
    """Read each of the named graders by itself, so that an error has its path."""
    inner = value["graders"]
    if isinstance(inner.get("type"), str):  # one grader, as OpenAI's client types have it
        inner = {str(inner.get("name", "grader")): inner}
    if not 1 <= len(inner) <= MAX_GRADERS:
        raise InvalidGrader("graders", f"A `multi` grader combines 1 to {MAX_GRADERS} graders.")
    parts: dict[str, SingleGrader] = {}
    for name, part in inner.items():
        path = f"graders.{name}"[:80]
        if not _NAME.fullmatch(name) or name in FUNCTIONS:
            raise InvalidGrader(path, "A grader's name in a formula is letters, digits and _.")
        if not isinstance(part, dict):
            raise InvalidGrader(path, "A grader is a JSON object.")
        parts[name] = _convert(part, SingleGrader, f"{path}.")
        _check(parts[name], f"{path}.", item_names)
    empty: MultiGrader = _convert({**value, "graders": {}}, MultiGrader, "")
    grader = msgspec.structs.replace(empty, graders=parts)
    _check_threshold(grader, "")
    _check_formula(grader)
    return grader


def _convert(value: dict[str, Any], kind: Any, path: str) -> Any:
    given = {name: each for name, each in value.items() if each is not None}
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), path) from None
    except RecursionError:
        raise InvalidGrader(path, "The grader is nested too deeply.") from None


def _invalid(message: str, path: str) -> InvalidGrader:
    """Turn msgspec's message into a sentence that doesn't quote the value."""
    where = _WHERE.search(message)
    param = path + (where[1] if where else "")
    if missing := _MISSING.match(message):
        param = param + "." * bool(where) + missing[1]
        return InvalidGrader(param, f"The grader's `{param}` is missing.")
    if ".content" in param and message.startswith("Invalid value"):
        return InvalidGrader(param, "Graders read text only: a part has the type `input_text`.")
    if message.startswith("Invalid value"):
        return InvalidGrader(param, f"There is no such type of grader here. There are {_TYPES}.")
    expected = _EXPECTED.match(message)
    clause = _CLAUSES.get(expected[1] if expected else "", "it isn't one of the possible values")
    return InvalidGrader(param, f"The grader's `{param}` can't be used: {clause}.")


def _check_threshold(grader: Grader, path: str) -> None:
    if grader.pass_threshold is not None and not math.isfinite(grader.pass_threshold):
        raise InvalidGrader(f"{path}pass_threshold", "The threshold must be a finite number.")


def _check_formula(grader: MultiGrader) -> None:
    try:
        names = set(find_names(parse_formula(grader.calculate_output)))
    except FormulaError as error:
        sentence = f"The formula can't be read: {error}."
        raise InvalidGrader("calculate_output", sentence) from None
    unknown = sorted(names - grader.graders.keys())
    if unknown:
        sentence = f"The formula names a grader that isn't there: {unknown[0][:64]}."
        raise InvalidGrader("calculate_output", sentence)


def _check(grader: SingleGrader, path: str, item_names: Collection[str] | None) -> None:
    _check_threshold(grader, path)
    if isinstance(grader, PythonGrader):
        _check_source(grader, path)
    if isinstance(grader, ScoreModelGrader | LabelModelGrader):
        _check_messages(grader, path)
    if isinstance(grader, ScoreModelGrader):
        _check_range(grader, path)
    if isinstance(grader, LabelModelGrader):
        _check_labels(grader, path)
    for param, text in _templates(grader):
        _check_text(f"{path}{param}", text, item_names)


def _check_source(grader: PythonGrader, path: str) -> None:
    if len(grader.source.encode("utf-8", "replace")) > MAX_SOURCE_BYTES:
        raise InvalidGrader(f"{path}source", "The program is longer than 256 kB.")
    if not re.search(r"^[ \t]*def[ \t]+grade[ \t]*\(", grader.source, re.MULTILINE):
        raise InvalidGrader(f"{path}source", "The program has no function `grade(sample, item)`.")


def _check_messages(grader: ScoreModelGrader | LabelModelGrader, path: str) -> None:
    if not 1 <= len(grader.input) <= MAX_MESSAGES:
        raise InvalidGrader(f"{path}input", f"A judging model gets 1 to {MAX_MESSAGES} messages.")
    if not grader.model:
        raise InvalidGrader(f"{path}model", "The grader's model has no name.")


def _check_range(grader: ScoreModelGrader, path: str) -> None:
    least, most = grader.range
    if not (least < most and math.isfinite(most - least)):
        raise InvalidGrader(f"{path}range", "The range is two numbers, the smaller one first.")


def _check_labels(grader: LabelModelGrader, path: str) -> None:
    if not 1 <= len(grader.labels) <= MAX_LABELS or len(set(grader.labels)) < len(grader.labels):
        sentence = f"The labels are 1 to {MAX_LABELS} different texts."
        raise InvalidGrader(f"{path}labels", sentence)
    if not grader.passing_labels or not set(grader.passing_labels) <= set(grader.labels):
        raise InvalidGrader(f"{path}passing_labels", "The passing labels are some of the labels.")


def _templates(grader: SingleGrader) -> Iterator[tuple[str, str]]:
    """Yield the path and text of each string that may hold templates."""
    if isinstance(grader, ScoreModelGrader | LabelModelGrader):
        for number, message in enumerate(grader.input):
            yield from ((f"input[{number}].content", text) for text in message.texts)
    elif not isinstance(grader, PythonGrader):
        yield "input", grader.input
        yield "reference", grader.reference


def _check_text(param: str, text: str, item_names: Collection[str] | None) -> None:
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InvalidGrader(param, f"A text is longer than {MAX_TEXT_CHARACTERS:,} characters.")
    unknown = find_unknown_name(text, item_names)
    if unknown is not None:
        raise InvalidGrader(param, f"There is nothing named {{{{{unknown[:80]}}}}} in a test.")
