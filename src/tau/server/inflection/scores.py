"""Scoring a reply by attributes: the instruction for the model, and parsing its answer.

If a small model answers nonsense, the scores are `null`.
"""

import json
import math
import re
from typing import Any

from tau.server.inflection.schemas import Attribute, AttributesRequest

_INSTRUCTION = (
    "Score the last assistant message of this conversation. Answer with one JSON object and "
    "nothing else: each key the name of an attribute, each value a number from 0 (not at all) to 1 "
    "(entirely). The attributes:"
)


def selected_attributes(asked: AttributesRequest) -> list[Attribute]:
    """Return the attributes to score."""
    if not asked.filter_categories:
        return asked.attributes
    wanted = set(asked.filter_categories)
    return [one for one in asked.attributes if wanted & set(one.categories)]


def scoring_messages(asked: AttributesRequest) -> list[dict[str, Any]]:
    """Return the messages that ask a model for scores."""
    messages = [message.model_dump(exclude_unset=True) for message in asked.messages]
    if asked.disable_attributes_prompt:
        return messages
    attributes = "\n".join(f"- {one.name}: {one.definition}" for one in selected_attributes(asked))
    return [*messages, {"role": "user", "content": f"{_INSTRUCTION}\n{attributes}"}]


def parse_scores(content: str, asked: AttributesRequest) -> dict[str, Any]:
    """Return the scores in a model's answer: `{"attributes": [{name, score, ...}]}`."""
    found = _first_json_object(content)
    return {
        "attributes": [
            {
                "name": one.name,
                "score": _score(found.get(one.name)),
                "categories": one.categories,
            }
            for one in selected_attributes(asked)
        ]
    }


def _first_json_object(content: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    for start in re.finditer(r"\{", content):
        try:
            value, _ = decoder.raw_decode(content, start.start())
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else {}
    return {}


def _score(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("score")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
