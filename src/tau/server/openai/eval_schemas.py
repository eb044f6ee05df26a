"""Requests and responses of OpenAI's API for graders and evals."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

from tau.server.openai.schemas import ExtensibleSchema
from tau.server.requests.fields import check_characters

_MAX_PAIRS = 16
_EvalName = Annotated[str, Field(max_length=256), AfterValidator(check_characters)]
_MetadataKey = Annotated[str, Field(max_length=64), AfterValidator(check_characters)]
_MetadataValue = Annotated[str, Field(max_length=512), AfterValidator(check_characters)]
Metadata = Annotated[dict[_MetadataKey, _MetadataValue], Field(max_length=_MAX_PAIRS)]
RunStatus = Literal["queued", "in_progress", "completed", "canceled", "failed"]


class _JsonRequest(ExtensibleSchema):
    """A request that holds JSON of any shape, which is stored as it is."""

    @model_validator(mode="after")
    def _check_texts(self) -> "_JsonRequest":
        _check_json(self.model_dump())
        return self


def _check_json(value: Any) -> None:
    if isinstance(value, str):
        check_characters(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            check_characters(str(name))
            _check_json(each)
    elif isinstance(value, list):
        for each in value:
            _check_json(each)


class RunGraderRequest(_JsonRequest):
    """Grades one answer."""

    grader: dict[str, Any]
    model_sample: str
    item: dict[str, Any] | None = None


class ValidateGraderRequest(_JsonRequest):
    """Checks a grader."""

    grader: dict[str, Any]


class CreateEvalRequest(_JsonRequest):
    """Creates an eval."""

    data_source_config: dict[str, Any]
    testing_criteria: Annotated[list[dict[str, Any]], Field(max_length=1_000)]
    name: _EvalName | None = None
    metadata: Metadata | None = None


class UpdateEvalRequest(ExtensibleSchema):
    """Changes the name or the metadata of an eval."""

    name: _EvalName | None = None
    metadata: Metadata | None = None


class CreateEvalRunRequest(_JsonRequest):
    """Starts a run."""

    data_source: dict[str, Any]
    name: _EvalName | None = None
    metadata: Metadata | None = None


class GraderRunResult(BaseModel):
    """How one answer was graded."""

    reward: float
    metadata: dict[str, Any]
    sub_rewards: dict[str, float]
    model_grader_token_usage_per_model: dict[str, int]


class ValidatedGrader(BaseModel):
    """A grader that can be used."""

    grader: dict[str, Any]


class OpenAIEval(BaseModel):
    """An eval."""

    id: str
    object: Literal["eval"]
    created_at: int
    name: str
    metadata: dict[str, str]
    data_source_config: dict[str, Any]
    testing_criteria: list[dict[str, Any]]


class DeletedEval(BaseModel):
    """An eval that was erased."""

    object: Literal["eval.deleted"]
    deleted: bool
    eval_id: str


class ResultCounts(BaseModel):
    """How many items passed."""

    total: int
    passed: int
    failed: int
    errored: int


class OpenAIEvalRun(BaseModel):
    """A run of an eval."""

    id: str
    object: Literal["eval.run"]
    created_at: int
    eval_id: str
    name: str
    metadata: dict[str, str]
    model: str
    status: RunStatus
    report_url: str
    data_source: dict[str, Any]
    error: dict[str, str] | None
    result_counts: ResultCounts
    per_testing_criteria_results: list[dict[str, Any]]
    per_model_usage: list[dict[str, Any]]


class DeletedEvalRun(BaseModel):
    """A run that was erased."""

    object: Literal["eval.run.deleted"]
    deleted: bool
    run_id: str


class OpenAIOutputItem(BaseModel):
    """The result for one item of a run."""

    id: str
    object: Literal["eval.run.output_item"]
    created_at: int
    eval_id: str
    run_id: str
    status: Literal["pass", "fail", "error"]
    datasource_item: dict[str, Any]
    datasource_item_id: int
    results: list[dict[str, Any]]
    sample: dict[str, Any]


class _EvalPage(BaseModel):
    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OpenAIEvalList(_EvalPage):
    """A page of evals."""

    data: list[OpenAIEval]


class OpenAIEvalRunList(_EvalPage):
    """A page of runs."""

    data: list[OpenAIEvalRun]


class OpenAIOutputItemList(_EvalPage):
    """A page of results."""

    data: list[OpenAIOutputItem]
