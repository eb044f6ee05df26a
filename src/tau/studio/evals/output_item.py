"""Results of a run: what came out for each item, and how often it passed."""

from typing import Any, Literal

import msgspec

ItemStatus = Literal["pass", "fail", "error"]


class TokenCounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Tokens that a model read and wrote, as its endpoint says."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    total: int = 0

    def __add__(self, other: "TokenCounts") -> "TokenCounts":
        return TokenCounts(
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.cached + other.cached,
            self.total + other.total,
        )


class ModelUsage(msgspec.Struct, frozen=True):
    """What a run took of one model: to answer, or to judge."""

    model: str
    invocations: int
    tokens: TokenCounts


class SampleMessage(msgspec.Struct, frozen=True):
    """A message that a model got or wrote."""

    role: str
    content: str


class RunSample(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that is graded: given with the item, or a model's."""

    input: tuple[SampleMessage, ...] = ()
    output: tuple[SampleMessage, ...] = ()
    model: str = ""
    finish_reason: str = ""
    tokens: TokenCounts = TokenCounts()
    error_code: str = ""
    error: str = ""
    """Why there is no answer."""

    @property
    def output_text(self) -> str:
        """What was answered."""
        return self.output[-1].content if self.output else ""


class CriterionResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one criterion says of an answer."""

    name: str
    type: str
    passed: bool = False
    score: float = 0.0
    error_code: str = ""
    error: str = ""
    """Why it says nothing."""
    details: str = ""
    """A label or a reason; it may quote the answer."""
    parts: dict[str, float] = {}


class OutputItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result for one item; `number` counts from 0 in the data source."""

    number: int
    at: float
    item: dict[str, Any]
    sample: RunSample | None = None
    results: tuple[CriterionResult, ...] = ()

    @property
    def status(self) -> ItemStatus:
        """`error` if there is no answer or a criterion says nothing, else whether all pass."""
        if (self.sample is not None and self.sample.error) or any(r.error for r in self.results):
            return "error"
        return "pass" if all(each.passed for each in self.results) else "fail"


class CriterionCounts(msgspec.Struct, frozen=True):
    """How often one criterion passed and failed."""

    name: str
    passed: int
    failed: int


class RunFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of a run."""

    total: int = 0
    """Items of the data source."""
    passed: int = 0
    failed: int = 0
    errored: int = 0
    criteria: tuple[CriterionCounts, ...] = ()
    usage: tuple[ModelUsage, ...] = ()

    def plus(self, item: OutputItem) -> "RunFigures":
        """Return the figures with one more item. An error counts neither as passed nor failed."""
        results = {each.name: each for each in item.results if not each.error}
        criteria = tuple(
            CriterionCounts(
                each.name,
                each.passed + (each.name in results and results[each.name].passed),
                each.failed + (each.name in results and not results[each.name].passed),
            )
            for each in self.criteria
        )
        return msgspec.structs.replace(
            self,
            passed=self.passed + (item.status == "pass"),
            failed=self.failed + (item.status == "fail"),
            errored=self.errored + (item.status == "error"),
            criteria=criteria,
        )
