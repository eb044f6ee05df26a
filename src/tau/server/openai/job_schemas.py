"""Requests and responses of OpenAI's API for fine-tuning jobs."""

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from tau.server.openai.eval_schemas import Metadata
from tau.server.openai.file_schemas import ObjectId
from tau.server.openai.schemas import ExtensibleSchema
from tau.server.requests.fields import Id, check_characters

MOST_EPOCHS, MOST_EXAMPLES_IN_A_BATCH, HIGHEST_MULTIPLIER, HIGHEST_BETA = 50, 256, 10.0, 2.0
_MOST_SUFFIX_CHARACTERS = 64
Auto = Literal["auto"]
JobStatus = Literal[
    "validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled"
]


def _count(most: int) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value is None or value == "auto":
            return "auto"
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ValueError(f'it must be "auto" or a whole number from 1 to {most}')
        return value

    return BeforeValidator(check)


def _factor(most: float) -> BeforeValidator:
    def check(value: Any) -> Any:
        if value is None or value == "auto":
            return "auto"
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not 0 < value <= most:
            raise ValueError(f'it must be "auto" or a number above 0, at most {most:g}')
        return value

    return BeforeValidator(check)


class JobHyperparameters(ExtensibleSchema):
    """How a job learns; `auto` leaves it to Tau."""

    n_epochs: Annotated[Auto | int, _count(MOST_EPOCHS)] = "auto"
    batch_size: Annotated[Auto | int, _count(MOST_EXAMPLES_IN_A_BATCH)] = "auto"
    learning_rate_multiplier: Annotated[Auto | float, _factor(HIGHEST_MULTIPLIER)] = "auto"
    """Of the learning rate that Tau chooses."""


class PreferenceHyperparameters(JobHyperparameters):
    """How a job with the method `dpo` learns."""

    beta: Annotated[Auto | float, _factor(HIGHEST_BETA)] = "auto"


class SupervisedSettings(ExtensibleSchema):
    """The method `supervised`."""

    hyperparameters: JobHyperparameters | None = None


class PreferenceSettings(ExtensibleSchema):
    """The method `dpo`."""

    hyperparameters: PreferenceHyperparameters | None = None


class JobMethod(ExtensibleSchema):
    """The method of a job."""

    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: SupervisedSettings | None = None
    dpo: PreferenceSettings | None = None


class CreateJobRequest(ExtensibleSchema):
    """Starts a job. `hyperparameters` is the older form of those in `method`."""

    model: Id
    training_file: ObjectId
    validation_file: ObjectId | None = None
    method: JobMethod | None = None
    hyperparameters: JobHyperparameters | None = None
    suffix: (
        Annotated[
            str,
            AfterValidator(check_characters),
            Field(min_length=1, max_length=_MOST_SUFFIX_CHARACTERS),
        ]
        | None
    ) = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    metadata: Metadata | None = None
    integrations: list[Any] | None = None


class JobError(BaseModel):
    """Why a job failed."""

    code: str
    message: str
    param: str | None


class OpenAIJob(BaseModel):
    """A fine-tuning job."""

    id: str
    object: Literal["fine_tuning.job"]
    created_at: int
    finished_at: int | None
    model: str
    fine_tuned_model: str | None
    organization_id: str
    status: JobStatus
    training_file: str
    validation_file: str | None
    result_files: list[str]
    trained_tokens: int | None
    estimated_finish: int | None
    error: JobError | None
    hyperparameters: dict[str, Any]
    method: dict[str, Any]
    seed: int
    integrations: list[Any]
    metadata: dict[str, str] | None
    user_provided_suffix: str | None
    imported_from: str | None = None
    """The address that a record of a job was imported from; such a job can't be run here."""


class OpenAIJobEvent(BaseModel):
    """Something that happened to a job; `metrics` have their figures in `data`."""

    id: str
    object: Literal["fine_tuning.job.event"]
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str
    type: Literal["message", "metrics"]
    data: dict[str, Any] | None


class OpenAICheckpoint(BaseModel):
    """A model as it was after a step of a job."""

    id: str
    object: Literal["fine_tuning.job.checkpoint"]
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    metrics: dict[str, float]
    step_number: int


class _JobPage(BaseModel):
    object: Literal["list"]
    first_id: str | None
    last_id: str | None
    has_more: bool


class OpenAIJobList(_JobPage):
    """A page of jobs, the newest first."""

    data: list[OpenAIJob]


class OpenAIJobEventList(_JobPage):
    """A page of events, the newest first."""

    data: list[OpenAIJobEvent]


class OpenAICheckpointList(_JobPage):
    """A page of checkpoints, the newest first."""

    data: list[OpenAICheckpoint]


class CheckpointPermissionList(_JobPage):
    """The projects that may use a checkpoint: none, since Tau has no such projects."""

    data: list[dict[str, Any]]


class DeletedModel(BaseModel):
    """A model that was deleted."""

    id: str
    object: Literal["model"]
    deleted: bool
