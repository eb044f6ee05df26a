"""Items: what graders may name of an example as `{{item.name}}`."""

from typing import Any

from tau.studio.examples.example import Example

EXAMPLE_NAMES = ("input", "answer", "instructions", "messages")
"""What every example has; columns of its row come besides, unless they're named alike."""


def item_of(example: Example) -> dict[str, Any]:
    """Return the item of an example: its last question, its answer and all that was said."""
    return {
        **example.fields,
        "input": example.input,
        "answer": example.answer,
        "instructions": example.instructions,
        "messages": example.chat(),
    }
