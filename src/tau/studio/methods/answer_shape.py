"""What the answers of a task look like: a closed set of short ones, JSON objects, or text.

Pure: it reads the training answers only.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

MOST_OPTIONS = 200
LONGEST_OPTION = 100
"""Characters of an answer that counts as a choice rather than a text."""
_SHARE_REPEATED = 0.8
_DEEPEST = 5
_JSON_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
    dict: "object",
}


def answer_options(answers: Sequence[str]) -> tuple[str, ...]:
    """Return the answers to choose from, the most frequent first; none if it's no such task.

    There must be 2 to 200 different ones, all short, and at least 80 % of the examples must have
    an answer that another example has too.
    """
    counts = Counter(each.strip() for each in answers)
    repeated = sum(count for count in counts.values() if count > 1)
    if not 2 <= len(counts) <= MOST_OPTIONS or repeated < _SHARE_REPEATED * len(answers):
        return ()
    if max(map(len, counts)) > LONGEST_OPTION:
        return ()
    return tuple(answer for answer, _ in counts.most_common())


def json_answers(answers: Sequence[str]) -> list[dict[str, Any]]:
    """Return the answers as JSON objects; none unless all of them are."""
    found = []
    for each in answers:
        try:
            value = json.loads(each)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict):
            return []
        found.append(value)
    return found


def json_schema(values: Sequence[Any], *, closed: bool = False) -> dict[str, Any]:
    """Return a JSON schema that all values satisfy, with the keys in the order they first appear.

    A key is required if every object has it. With `closed`, strings are those that were seen.
    """
    return _schema(values, closed, _DEEPEST)


def _schema(values: Sequence[Any], closed: bool, depth: int) -> dict[str, Any]:
    types = list(dict.fromkeys(_JSON_TYPES[type(each)] for each in values))
    if "number" in types:
        types = [each for each in types if each != "integer"]
    if not depth or len(types) != 1:
        return {"type": types} if types and not {"object", "array"} & set(types) else {}
    if types == ["object"]:
        return _object_schema(values, closed, depth - 1)
    if types == ["array"]:
        items = [item for value in values for item in value]
        return {"type": "array", "items": _schema(items, closed, depth - 1)}
    if closed and types == ["string"]:
        return {"type": "string", "enum": list(dict.fromkeys(values))}
    return {"type": types[0]}


def _object_schema(values: Sequence[dict[str, Any]], closed: bool, depth: int) -> dict[str, Any]:
    keys = list(dict.fromkeys(key for value in values for key in value))
    return {
        "type": "object",
        "properties": {
            key: _schema([value[key] for value in values if key in value], closed, depth)
            for key in keys
        },
        "required": [key for key in keys if all(key in value for value in values)],
        "additionalProperties": False,
    }


def most_answer_tokens(answers: Iterable[str]) -> int:
    """Return a bound for the tokens of an answer: no training answer has more than about half.

    Two bytes of UTF-8 a token is generous for every language (English has four).
    """
    return 16 + max((len(each.encode()) for each in answers), default=0) // 2
