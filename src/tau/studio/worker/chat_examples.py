"""The examples of a run: lines of `train.jsonl` or `valid.jsonl`, checked and tokenized.

For `supervised` a line is a chat that ends with an answer (`{"messages": [...]}`), for `dpo` a
request with two answers (`{"input": {"messages": [...]}, "preferred_output": [...],
"non_preferred_output": [...]}`), as in OpenAI's files. A line that can't be learned from is refused
with its number: nothing is left out silently.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tau.studio.worker.chat_template import ChatTemplate, Messages, TemplateRefused
from tau.studio.worker.failures import RunRefused
from tau.studio.worker.token_tree import TokenSequence

_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True)
class TrainingExample:
    """One line: the sequences to learn from (one, or the better and the worse answer)."""

    sequences: tuple[TokenSequence, ...]
    request: tuple[int, ...]
    """The tokens before the last answer."""

    @property
    def trained_count(self) -> int:
        """Number of tokens that carry a loss."""
        return sum(each.trained_count for each in self.sequences)

    @property
    def token_count(self) -> int:
        """Number of tokens of all sequences."""
        return sum(len(each.tokens) for each in self.sequences)


class _LineRefused(Exception):
    """What is wrong with a line, in a sentence that doesn't quote it."""


def read_examples(
    raw: bytes, template: ChatTemplate, *, is_paired: bool, window: int, param: str
) -> list[TrainingExample]:
    """Return the examples of a file. Raises `RunRefused` with the first line that is wrong."""
    found: list[TrainingExample] = []
    for line, text in _lines(raw):
        try:
            found.append(_example(text, template, is_paired=is_paired, window=window))
        except (_LineRefused, TemplateRefused) as refused:
            raise RunRefused(f"invalid_{param}", str(refused), line=line, param=param) from None
    if not found:
        raise RunRefused(f"invalid_{param}", "The file has no examples.", param=param)
    return found


def _lines(raw: bytes) -> Iterator[tuple[int, bytes]]:
    lines = enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
    return ((number, line) for number, line in lines if line.strip())


def _example(
    text: bytes, template: ChatTemplate, *, is_paired: bool, window: int
) -> TrainingExample:
    fields = _fields(text)
    chats = _pair(fields) if is_paired else [_messages(fields.get("messages"), "messages")]
    for chat in chats:
        if chat[-1]["role"] != "assistant":
            raise _LineRefused("the last message must be the assistant's.")
    tools = fields.get("tools") or fields.get("input", {}).get("tools") or None
    sequences = tuple(template.chat(chat, tools) for chat in chats)
    _check(sequences, window)
    return TrainingExample(sequences, template.request(chats[0][:-1], tools))


def _fields(text: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise _LineRefused("it isn't valid JSON in UTF-8.") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("input", {}), dict):
        raise _LineRefused("it isn't an object with messages.")
    return fields


def _pair(fields: dict[str, Any]) -> list[Messages]:
    asked = _messages(fields.get("input", {}).get("messages"), "input.messages")
    pair = [
        [*asked, *_messages(fields.get(name), name)]
        for name in ("preferred_output", "non_preferred_output")
    ]
    if pair[0] == pair[1]:
        raise _LineRefused("both answers are the same, so neither can be preferred.")
    # Only the two answers are compared, not what the assistant had said before.
    return [
        [{**each, "weight": 0} if each["role"] == "assistant" else each for each in chat[:-1]]
        + [chat[-1]]
        for chat in pair
    ]


def _messages(given: Any, field: str) -> Messages:
    if not isinstance(given, list) or not given:
        raise _LineRefused(f"{field} must be a list of messages.")
    return [_message(each, f"{field}[{at}]") for at, each in enumerate(given)]


def _message(given: Any, field: str) -> dict[str, Any]:
    if not isinstance(given, dict) or given.get("role") not in _ROLES:
        raise _LineRefused(f"{field} must be an object with a role and content.")
    if given.get("weight", 1) not in (0, 1, None):
        raise _LineRefused(f"{field}.weight must be 0 or 1.")
    content = _content(given.get("content"), f"{field}.content")
    if not content and not given.get("tool_calls"):
        raise _LineRefused(f"{field}.content is empty.")
    weight = 0 if given.get("weight", 1) == 0 else 1
    role = "system" if given["role"] == "developer" else given["role"]
    return {**given, "role": role, "content": content, "weight": weight}


def _content(given: Any, field: str) -> str:
    if given is None or isinstance(given, str):
        return given or ""
    texts = [each.get("text") if isinstance(each, dict) else None for each in _listed(given)]
    if not texts or not all(isinstance(each, str) for each in texts):
        raise _LineRefused(f"{field} must be text.")
    return "".join(each for each in texts if isinstance(each, str))


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _check(sequences: tuple[TokenSequence, ...], window: int) -> None:
    longest = max(len(each.tokens) for each in sequences)
    if longest > window:
        raise _LineRefused(f"it has {longest} tokens, and at most {window} can be learned from.")
    if not all(each.trained_count for each in sequences):
        raise _LineRefused("no answer in it has a weight, so there's nothing to learn.")
