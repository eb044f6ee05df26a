"""What is exported, and what becomes of it: files, and sentences about what doesn't fit."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from tau.studio.examples.example import Example
from tau.studio.graders.grader import ANSWER, Grader
from tau.studio.tuning.run_spec import RunSpec

_TEMPLATES = re.compile(r"\{\{[^{}]*\}\}")
ChatLine = dict[str, Any]
"""A line of a training file in OpenAI's shape."""


class ExportData(NamedTuple):
    """The data of a project, or of a run."""

    name: str
    """Of the project, or the suffix of the run's model."""
    train: Sequence[ChatLine]
    valid: Sequence[ChatLine] = ()
    test: Sequence[Example] = ()
    grader: Grader | None = None
    spec: RunSpec | None = None
    """The document of the run, if there was one."""
    base: str = ""
    """The model that is trained further, or answers; empty if none was chosen."""

    @property
    def is_preferences(self) -> bool:
        """Whether its lines are pairs of answers (DPO)."""
        return bool(self.train) and "messages" not in self.train[0]


class Export(NamedTuple):
    """Files by their names, and what other programs can't take over."""

    files: dict[str, bytes]
    notes: tuple[str, ...] = ()


def chat_line(example: Example) -> ChatLine:
    """Return an example as a line of a training file."""
    return {
        "messages": [
            {
                "role": each.role,
                "content": each.content,
                **({} if each.weight else {"weight": 0}),
            }
            for each in example.messages
        ]
    }


def reads_plainly(grader: Grader) -> bool:
    """Return whether a grader compares the answer as it is with something known before."""
    reads, reference = getattr(grader, "input", ANSWER), getattr(grader, "reference", "")
    return reads == ANSWER and "sample" not in "".join(_TEMPLATES.findall(reference))


def json_lines(values: Sequence[Any]) -> bytes:
    """Return values as JSON Lines."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in values)


def json_text(value: Any) -> bytes:
    """Return a value as JSON for people."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def yaml_text(fields: dict[str, Any], comment: str = "") -> bytes:
    """Return a flat YAML file: each value is written as JSON, which YAML contains."""
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [f"{name}: {msgspec.json.encode(value).decode()}" for name, value in fields.items()]
    return ("\n".join(lines) + "\n").encode()
