"""Checks that look at one example at a time."""

from collections.abc import Callable, Iterator, Sequence

from tau.models.control_strings import break_text
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.examples.findings import CheckFinding
from tau.studio.examples.personal_data import find_personal_data


def check_empty(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield the examples whose answer or input says nothing."""
    for example in examples:
        if not example.answer.strip():
            yield CheckFinding("empty answer", "error", (example.id,), "The answer is empty.")
        elif not example.input.strip():
            yield CheckFinding("empty input", "warning", (example.id,), "The input is empty.")


def check_lengths(
    examples: Sequence[Example], count_tokens: Callable[[Example], int], window: int
) -> Iterator[CheckFinding]:
    """Yield the examples with more tokens than the window of the base model."""
    long = [example.id for example in examples if count_tokens(example) > window]
    if long and len(long) == len(examples):
        detail = (
            f"0 of {len(examples)} examples would teach anything: "
            f"all are longer than the model's window of {window:,} tokens."
        )
        yield CheckFinding("too long", "error", tuple(long), detail)
    elif long:
        detail = f"They're longer than the model's window of {window:,} tokens."
        yield CheckFinding("too long", "warning", tuple(long), detail)


def check_personal_data(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield the examples with personal data, and its kinds."""
    for example in examples:
        found = (place.kind for text in _texts(example) for place in find_personal_data(text))
        if kinds := sorted(set(found)):
            yield CheckFinding("personal data", "warning", (example.id,), f"{', '.join(kinds)}.")


def check_control_strings(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield the examples with strings that separate roles in chat templates."""
    detail = "It has control strings of chat templates. They're broken before a model sees them."
    for example in examples:
        if any(map(_has_control_strings, example.messages)):
            yield CheckFinding("control string", "warning", (example.id,), detail)


def _has_control_strings(message: ExampleMessage) -> bool:
    frames = message.role != "assistant"  # in an answer they may be the model's own
    return break_text(message.content, frames=frames) != message.content


def _texts(example: Example) -> list[str]:
    return [each.content for each in example.messages if each.role != "system"]
