"""Lines of training and validation files in OpenAI's shapes, checked and written plainly.

Supervised lines are chats, `{"messages": [...]}`, whose answers are learned. Lines for `dpo` hold a
chat and two answers to it: `input`, `preferred_output`, `non_preferred_output`. The first line that
can't be used refuses the whole file, with line, field and reason and without what it says. Knows
nothing of where files are stored.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Literal, NamedTuple

import msgspec

from tau.errors import InvalidField
from tau.studio.examples.chat_lines import PREFERENCES, object_fields
from tau.studio.examples.chat_messages import (
    RefusedField,
    chat_messages,
    decoded,
    refuse_tools,
    require_user,
    whole_chat,
)
from tau.studio.examples.example import ExampleMessage
from tau.studio.examples.json_items import JsonItem, read_json_items
from tau.studio.examples.rows import row_messages

LineKind = Literal["supervised", "dpo"]
FileParam = Literal["training_file", "validation_file"]
LEAST_EXAMPLES = 10
"""In a training file, as at OpenAI."""
MOST_EXAMPLES = 100_000
MOST_BYTES = 256 * 2**20
"""Of all examples of a file, which are in memory while it's read."""
_SHOWN_LINES = 5
_NAMES = {"training_file": "training file", "validation_file": "validation file"}


class InvalidTrainingFile(InvalidField):
    """A training file can't be used; `line` counts from 1, and is 0 for the whole file."""

    code = "invalid_training_file"

    def __init__(self, message: str, param: str = "training_file", line: int = 0) -> None:
        super().__init__(message, param)
        self.line = line


class InvalidValidationFile(InvalidTrainingFile):
    """A validation file can't be used."""

    code = "invalid_validation_file"


class TrainingLine(NamedTuple):
    """An example of a file: its line, its JSON, and what identifies what it says."""

    line: int
    content: bytes
    sha256: str


def read_training_lines(
    file: BinaryIO, kind: LineKind, param: FileParam = "training_file"
) -> list[TrainingLine]:
    """Return the examples of a seekable file. Raises `InvalidTrainingFile`, which names the line.

    A training file needs ten examples, a validation file one.
    """
    lines: list[TrainingLine] = []
    size = 0
    for number, message in _messages(file, kind, param):
        content = msgspec.json.encode(message)
        size += len(content)
        if len(lines) == MOST_EXAMPLES or size > MOST_BYTES:
            reason = f"It has more than {MOST_EXAMPLES:,} examples or {MOST_BYTES >> 20} MB"
            raise invalid_file(reason, param)
        lines.append(TrainingLine(number, content, hashlib.sha256(content).hexdigest()))
    least = LEAST_EXAMPLES if param == "training_file" else 1
    if len(lines) < least:
        name = _NAMES[param].capitalize()
        sentence = f"{name} has {len(lines)} example(s), but must have at least {least} examples"
        raise invalid_file(sentence, param)
    return lines


def refuse_overlap(training: Sequence[TrainingLine], validation: Sequence[TrainingLine]) -> None:
    """Raise `InvalidValidationFile` if examples to validate with are trained on, too."""
    known = {each.sha256: each.line for each in training}
    both = [(each.line, known[each.sha256]) for each in validation if each.sha256 in known]
    if both:
        shown = ", ".join(f"{here} (line {there} there)" for here, there in both[:_SHOWN_LINES])
        more = f" and {len(both) - _SHOWN_LINES} more" if len(both) > _SHOWN_LINES else ""
        sentence = f"These lines of it are in the training file, too: {shown}{more}"
        raise invalid_file(sentence, "validation_file", both[0][0])


def joined_lines(lines: Sequence[TrainingLine]) -> bytes:
    """Return the content of `train.jsonl` or `valid.jsonl`."""
    return b"".join(each.content + b"\n" for each in lines)


def invalid_file(reason: str, param: str, line: int = 0) -> InvalidTrainingFile:
    """Return the error for a file, in OpenAI's words."""
    kind = InvalidTrainingFile if param == "training_file" else InvalidValidationFile
    name = _NAMES.get(param, param)
    sentence = f"The job failed due to an invalid {name}. {reason.rstrip('.')}."
    return kind(sentence, param, line)


def _messages(
    file: BinaryIO, kind: LineKind, param: FileParam
) -> Iterator[tuple[int, dict[str, Any]]]:
    read = _supervised if kind == "supervised" else _preference
    for item in read_json_items(file):
        try:
            yield item.line, read(_fields(item))
        except RefusedField as refused:
            where = f"Line {item.line}, field {refused.field}" if refused.field else ""
            reason = f"{where or f'Line {item.line}'}: {refused.reason}"
            raise invalid_file(reason, param, item.line) from None


def _fields(item: JsonItem) -> dict[str, msgspec.Raw]:
    if item.reason:
        raise RefusedField("", item.reason)
    return object_fields(item.text)


def _supervised(fields: dict[str, msgspec.Raw]) -> dict[str, Any]:
    for name in PREFERENCES:
        if name in fields:
            raise RefusedField(name, "Pairs of answers need the method dpo.")
    refuse_tools(fields)
    messages = _completion(fields) or whole_chat(decoded(fields.get("messages")))
    for at, each in enumerate(messages):
        if each.role == "assistant" and each.weight and not each.content.strip():
            raise RefusedField(f"messages[{at}].content", "The answer is empty.")
    return {"messages": _plain(messages)}


def _completion(fields: dict[str, msgspec.Raw]) -> tuple[ExampleMessage, ...] | None:
    """Return the chat of a line in the older shape, `{"prompt": ..., "completion": ...}`."""
    if "messages" in fields:
        return None
    asked, answer = decoded(fields.get("prompt")), decoded(fields.get("completion"))
    if not isinstance(asked, str) or not isinstance(answer, str):
        raise RefusedField("messages", "It's missing.")
    return row_messages(asked, answer.removeprefix(" "))


def _preference(fields: dict[str, msgspec.Raw]) -> dict[str, Any]:
    given = decoded(fields.get("input"))
    if not isinstance(given, dict):
        raise RefusedField("input", "It must be an object with messages.")
    refuse_tools(given)
    chat = chat_messages(given.get("messages"), "input.messages")
    require_user(chat, "input.messages")
    if chat[-1].role == "assistant":
        last = f"input.messages[{len(chat) - 1}].role"
        raise RefusedField(last, "The last message must not be the assistant's: it's answered.")
    answers = {name: _answer(fields, name) for name in PREFERENCES}
    if answers[PREFERENCES[0]] == answers[PREFERENCES[1]]:
        raise RefusedField(PREFERENCES[1], "Both answers are the same, so there's no preference.")
    return {"input": {"messages": _plain(chat)}, **answers}


def _answer(fields: dict[str, msgspec.Raw], name: str) -> list[dict[str, Any]]:
    messages = chat_messages(decoded(fields.get(name)), name)
    if len(messages) != 1 or messages[0].role != "assistant":
        raise RefusedField(name, "It must be one message of the assistant.")
    if not messages[0].content.strip():
        raise RefusedField(f"{name}[0].content", "The answer is empty.")
    return _plain(messages)


def _plain(messages: Sequence[ExampleMessage]) -> list[dict[str, Any]]:
    return [
        {"role": each.role, "content": each.content, **({} if each.weight else {"weight": 0})}
        for each in messages
    ]
