"""OpenAI's API for fine-tuning jobs. Every job is looked up through the caller."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request

from tau.errors import BadInput, Conflict, InvalidField, NotFound, UnknownModel
from tau.people import Unlocked
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.job_events import events_out
from tau.server.openai.job_history import JobHistory, history_of
from tau.server.openai.job_presenters import checkpoints_out, job_id, job_out, result_csv
from tau.server.openai.job_requests import (
    base_of,
    hyperparameters_of,
    job_record,
    method_of,
    numbers_of,
    suffix_of,
)
from tau.server.openai.job_schemas import (
    CreateJobRequest,
    OpenAICheckpointList,
    OpenAIJob,
    OpenAIJobEventList,
    OpenAIJobList,
)
from tau.server.openai.lists import PageLimit, list_page
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.server.routes.parameters import Cursor, PathId
from tau.server.state import AppState
from tau.studio.files.file_reader import buffered_file
from tau.studio.files.stored_file import FileRecord
from tau.studio.tuning.bases import find_base
from tau.studio.tuning.job_request import JobLines, JobRequest
from tau.studio.tuning.job_results import result_file
from tau.studio.tuning.log_events import RunRequest
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.training_lines import (
    FileParam,
    LineKind,
    TrainingLine,
    read_training_lines,
    refuse_overlap,
)

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_PURPOSE = "fine-tune"
_PATH = "/v1/fine_tuning/jobs"
_ONE = _PATH + "/{fine_tuning_job_id}"
_METADATA = "metadata["
_NO_JOB = "There is no such job."


class _Job(NamedTuple):
    log: RunLog
    history: JobHistory


@router.post(_PATH, operation_id="createFineTuningJob")
async def create_job(
    given: CreateJobRequest, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIJob:
    """Create a job. Its files are validated in a moment: it may fail then, and says where."""
    unlocked, kind, record = opened.unlocked, method_of(given), job_record(given)
    base = _base(app_state, given.model)
    training = await _file(app_state, unlocked, given.training_file, "training_file")
    validation = None
    if given.validation_file is not None:
        if given.validation_file == given.training_file:
            raise InvalidField("The files must be two different ones.", "validation_file")
        validation = await _file(app_state, unlocked, given.validation_file, "validation_file")
    asked = JobRequest(
        base=base,
        read=partial(_read, app_state, kind, training, validation),
        kind=kind,
        numbers=numbers_of(hyperparameters_of(given)),
        suffix=suffix_of(given.suffix),
        seed=record["seed"],
        job=record,
    )
    log = await app_state.studio.runs.creation.from_files(unlocked, asked)
    return await _shown(app_state, unlocked, _job(log))


@router.get(_PATH, operation_id="listFineTuningJobs")
async def list_jobs(
    request: Request,
    opened: CredentialDep,
    app_state: AppStateDep,
    limit: PageLimit = 20,
    after: Cursor = None,
    metadata: Annotated[
        str | None,
        Query(description="`null` for jobs without metadata; or `metadata[key]=value`."),
    ] = None,
) -> OpenAIJobList:
    """List your jobs, newest first; with `metadata[key]=value`, those that have it."""
    wanted = dict(_metadata(request))
    jobs = [
        job
        for job in await _all(app_state, opened.unlocked)
        if _has_metadata(job.history, wanted, only_without=metadata == "null")
    ]
    page = list_page(jobs, lambda job: job_id(job.history), after, limit)
    shown = [await _shown(app_state, opened.unlocked, each) for each in page.items]
    return OpenAIJobList(data=shown, **page.frame)


@router.get(_ONE, operation_id="getFineTuningJob")
async def get_job(
    fine_tuning_job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIJob:
    """Return a job: its status, and its model once it has succeeded."""
    job = await _find(app_state, opened.unlocked, fine_tuning_job_id)
    return await _shown(app_state, opened.unlocked, job)


@router.post(f"{_ONE}/cancel", operation_id="cancelFineTuningJob")
async def cancel_job(
    fine_tuning_job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIJob:
    """Stop a job for good; what it has learned is kept as checkpoints."""
    return await _ask(app_state, opened.unlocked, fine_tuning_job_id, "cancel")


@router.post(f"{_ONE}/pause", operation_id="pauseFineTuningJob")
async def pause_job(
    fine_tuning_job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIJob:
    """Let a job write a checkpoint and stop, until it's resumed."""
    return await _ask(app_state, opened.unlocked, fine_tuning_job_id, "pause")


@router.post(f"{_ONE}/resume", operation_id="resumeFineTuningJob")
async def resume_job(
    fine_tuning_job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIJob:
    """Let a paused job go on from its last checkpoint."""
    return await _ask(app_state, opened.unlocked, fine_tuning_job_id, "resume")


@router.get(f"{_ONE}/events", operation_id="listFineTuningEvents")
async def list_events(
    fine_tuning_job_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    limit: PageLimit = 20,
    after: Cursor = None,
) -> OpenAIJobEventList:
    """List what happened to a job, newest first."""
    job = await _find(app_state, opened.unlocked, fine_tuning_job_id)
    page = list_page(events_out(job.history), lambda each: each.id, after, limit)
    return OpenAIJobEventList(data=list(page.items), **page.frame)


@router.get(f"{_ONE}/checkpoints", operation_id="listFineTuningCheckpoints")
async def list_checkpoints(
    fine_tuning_job_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    limit: PageLimit = 10,
    after: Cursor = None,
) -> OpenAICheckpointList:
    """List the checkpoints of a job whose models can be asked, newest first."""
    job = await _find(app_state, opened.unlocked, fine_tuning_job_id)
    page = list_page(checkpoints_out(job.history), lambda each: each.id, after, limit)
    return OpenAICheckpointList(data=list(page.items), **page.frame)


def _base(app_state: AppState, model: str) -> str:
    """Return the model to tune by the name that a job gives it. Raises `InvalidField`."""
    try:
        name = base_of(model, app_state.settings.studio_models)
        return find_base(app_state.settings.models_path, name).name
    except (UnknownModel, BadInput) as error:
        raise InvalidField(str(error), "model") from None


async def _file(
    app_state: AppState, unlocked: Unlocked, file_id: str, param: FileParam
) -> FileRecord:
    files = app_state.studio.files
    try:
        record = await files.find(unlocked, file_id)
    except NotFound:
        raise InvalidField(f"There is no file {file_id!r}.", param) from None
    if record.file.purpose != _PURPOSE:
        raise InvalidField(f"The file's purpose must be {_PURPOSE}.", param)
    if not files.is_readable(record):
        raise InvalidField("The file's content isn't on this machine any more.", param)
    return record


def _read(
    app_state: AppState, kind: LineKind, training: FileRecord, validation: FileRecord | None
) -> JobLines:
    """Read the files of a job; blocking. Raises `InvalidTrainingFile`."""

    def lines(record: FileRecord, param: FileParam) -> list[TrainingLine]:
        file = buffered_file(lambda: app_state.studio.files.read(record))
        return read_training_lines(file, kind, param)

    learned = lines(training, "training_file")
    held = lines(validation, "validation_file") if validation else []
    refuse_overlap(learned, held)
    return JobLines(learned, held)


def _job(log: RunLog) -> _Job:
    history = history_of(log.state)
    if history is None:
        raise NotFound(_NO_JOB)
    return _Job(log, history)


async def _all(app_state: AppState, unlocked: Unlocked) -> list[_Job]:
    """Return the jobs of a person, newest first, without the runs of projects."""
    jobs = [_job(log) for log in await app_state.studio.runs.all(unlocked)]
    return [each for each in jobs if each.history.created.job]


async def _find(app_state: AppState, unlocked: Unlocked, wanted: str) -> _Job:
    for each in await _all(app_state, unlocked):
        if job_id(each.history) == wanted:
            return each
    raise NotFound(_NO_JOB)


async def _ask(
    app_state: AppState, unlocked: Unlocked, wanted: str, request: RunRequest
) -> OpenAIJob:
    job = await _find(app_state, unlocked, wanted)
    if job.history.imported:
        raise Conflict("This is the record of a job that ran elsewhere.")
    log = await app_state.studio.runs.request(unlocked, job.log.id, request)
    return await _shown(app_state, unlocked, _job(log))


async def _shown(app_state: AppState, unlocked: Unlocked, job: _Job) -> OpenAIJob:
    history = job.history
    results: list[str] = []
    if history.state.status == "succeeded" and not history.imported:
        content = partial(result_csv, history)
        results = [await result_file(app_state.studio.files, unlocked, job.log, content)]
    return job_out(history, results)


def _metadata(request: Request) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a filter in the form `metadata[key]=value`."""
    for name, value in request.query_params.multi_items():
        if name.startswith(_METADATA) and name.endswith("]"):
            yield name.removeprefix(_METADATA).removesuffix("]"), value


def _has_metadata(history: JobHistory, wanted: dict[str, str], *, only_without: bool) -> bool:
    imported = history.imported
    held = (imported["job"] if imported else history.created.job).get("metadata") or {}
    if only_without:
        return not held
    return all(held.get(name) == value for name, value in wanted.items())
