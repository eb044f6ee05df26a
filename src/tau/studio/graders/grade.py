"""The grade of one answer, and why an answer could not be graded."""

from functools import cached_property
from typing import Any, Literal

import msgspec

from tau.errors import TauError

GradeErrorKind = Literal[
    "formula",
    "invalid_variable",
    "model_parse",
    "model_server",
    "python_runtime",
    "python_server",
    "sample_parse",
    "other",
]
"""Why an answer could not be graded: a formula could not be calculated; a template names something
that isn't there; a judging model's answer could not be read, or the model could not be reached; a
Python program failed, or the sandbox did; the answer isn't the JSON that a template reads."""


class GradingFailed(TauError):
    """An answer could not be graded. The message is a sentence without what the answer says.

    `details` may quote it: they're for the people of the project only.
    """

    def __init__(self, kind: GradeErrorKind, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind
        self.details = details


class Grade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one answer was judged. With an `error` there is no judgement: the rest means nothing."""

    value: float = 0.0
    """What the grader says, such as a score within the range of a `score_model`."""
    score: float = 0.0
    """The value from 0 to 1."""
    passed: bool = False
    error: str = ""
    error_kind: GradeErrorKind | None = None
    details: str = ""
    """A label, or why: it may quote the answer, so it's for the people of the project only."""
    parts: dict[str, float] = {}
    """The values of the graders that a `multi` combines."""
    model: str = ""
    """The model that judged."""
    tokens: int = 0
    """What judging took, if the endpoint says so."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What a grader of any type returns: its value, before it is compared with a threshold."""

    value: float
    details: str = ""
    parts: dict[str, float] = {}
    model: str = ""
    tokens: int = 0


class Sample:
    """An answer that is graded. Its JSON is read when it's first needed, and only then.

    With `None` there is no answer: graders that don't read it work, and others fail.
    """

    def __init__(self, output_text: str | None) -> None:
        self._output_text = output_text

    @property
    def is_given(self) -> bool:
        """Whether there is an answer."""
        return self._output_text is not None

    @property
    def output_text(self) -> str:
        """The answer. Raises `GradingFailed` if there is none."""
        if self._output_text is None:
            raise GradingFailed("invalid_variable", "There is no answer to this item.")
        return self._output_text

    @cached_property
    def output_json(self) -> Any:
        """The answer as JSON. Raises `GradingFailed`."""
        try:
            return msgspec.json.decode(self.output_text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise GradingFailed("sample_parse", "The answer isn't JSON.") from None
