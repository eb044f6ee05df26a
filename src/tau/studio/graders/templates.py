"""Templates in a grader's strings: `{{item.name}}` and `{{sample.output_text}}`.

They are replaced by values and nothing else: no expressions, no filters. A value is data, so
braces in it are not looked at again. `item` is what the test knows about the example, `sample` the
answer: `output_text`, or `output_json` and what is in it. Parts are reached by dots and brackets,
as in `{{item.orders[0].id}}` and `{{item["Order number"]}}`.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tau.studio.graders.grade import GradingFailed, Sample

Item = Mapping[str, Any]
"""What a test knows about an example, as JSON values by name."""
Writer = Callable[[str], str]

_TEMPLATE = re.compile(r"\{\{([^{}]{0,500})\}\}")
_STEP = re.compile(
    r"""\.(?P<name>[^\W\d][\w-]*)|\[(?P<number>\d{1,6})\]|\[(?P<quote>["'])(?P<key>[^"']+)(?P=quote)\]"""
)
_NAME = re.compile(r"""(item|sample)((?:\.[^\W\d][\w-]*|\[\d{1,6}\]|\["[^"']+"\]|\['[^"']+'\])+)""")
_SAMPLE_NAMES = ("output_text", "output_json")


def find_unknown_name(text: str, item_names: Collection[str] | None = None) -> str | None:
    """Return the first name in the templates of `text` that can't have a value, or `None`.

    With `item_names`, other names of an item are unknown as well.
    """
    return next((name for name in _names(text) if not _is_known(name, item_names)), None)


def render(text: str, item: Item, sample: Sample, write: Writer = str) -> str:
    """Return `text` with its templates replaced; `write` gets each value as text.

    Text stays as it is, other values are written as JSON. Raises `GradingFailed`.
    """
    return _TEMPLATE.sub(lambda found: write(_written_value(found[1].strip(), item, sample)), text)


def find_value(name: str, item: Item, sample: Sample) -> Any:
    """Return the value of a name such as `item.orders[0]`. Raises `GradingFailed`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise _unknown(name)
    first, *rest = _steps(found[2])
    if found[1] == "item":
        return _follow(item, [first, *rest], name)
    if first not in _SAMPLE_NAMES:
        raise _unknown(name)
    value = sample.output_text if first == "output_text" else sample.output_json
    return _follow(value, rest, name)


def _names(text: str) -> list[str]:
    return [name.strip() for name in _TEMPLATE.findall(text)]


def _is_known(name: str, item_names: Collection[str] | None) -> bool:
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    first, *rest = _steps(found[2])
    if found[1] == "sample":
        return first == "output_json" or (first == "output_text" and not rest)
    return isinstance(first, str) and (item_names is None or first in item_names)


def _steps(path: str) -> list[str | int]:
    return [
        int(step["number"]) if step["number"] else step["name"] or step["key"]
        for step in _STEP.finditer(path)
    ]


def _written_value(name: str, item: Item, sample: Sample) -> str:
    return _written(find_value(name, item, sample), name)


def _follow(value: Any, steps: list[str | int], name: str) -> Any:
    for step in steps:
        known = isinstance(value, Mapping if isinstance(step, str) else list)
        try:
            value = value[step] if known else None
        except (KeyError, IndexError):
            known = False
        if not known:
            raise _unknown(name)
    return value


def _written(value: Any, name: str) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        sentence = f"The value of {{{{{name}}}}} can't be written as JSON."
        raise GradingFailed("invalid_variable", sentence) from None


def _unknown(name: str) -> GradingFailed:
    return GradingFailed("invalid_variable", f"There is no value for {{{{{name}}}}}.")
