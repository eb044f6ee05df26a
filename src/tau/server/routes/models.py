"""Models: listing, adding, checking and downloading them, and their aliases."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter

from tau.jobs.job import Job
from tau.models import ModelInfo
from tau.models.engine import RunningModel
from tau.server.auth import AppStateDep, CredentialDep, OwnerActDep, OwnerCredentialDep
from tau.server.requests.models import AddModelRequest, ProbeRequest, SetAliasRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.models import (
    BuiltinOut,
    DiscoveredModels,
    DownloadOut,
    HealthCheckOut,
    ModelList,
    ModelOut,
    ProbeOut,
    RunningOut,
)
from tau.server.state import AppState

router = APIRouter(tags=["models"], responses=ERROR_RESPONSES)


def _models_out(
    infos: Iterable[ModelInfo], running: Mapping[str, RunningModel] | None = None
) -> list[ModelOut]:
    loaded = running or {}
    return [
        ModelOut(
            name=info.name,
            origin=info.origin,
            capabilities=sorted(info.capabilities),
            size=info.size,
            context_tokens=info.context_tokens,
            ready=info.ready,
            about=info.about,
            licence=info.licence,
            bytes=info.bytes,
            running=_running_out(loaded.get(info.name)),
        )
        for info in infos
    ]


def _running_out(model: RunningModel | None) -> RunningOut | None:
    if model is None:
        return None
    return RunningOut(
        threads=model.threads,
        memory_bytes=model.memory_bytes,
        tokens_per_second=model.tokens_per_second,
    )


def _download_out(name: str, job: Job | None) -> DownloadOut:
    if job is None:
        return DownloadOut(name=name, state="none", bytes_done=0, bytes_total=0, sentence="")
    return DownloadOut(
        name=name,
        state="failed" if job.state == "stopped" else job.state,
        bytes_done=job.done,
        bytes_total=job.total,
        sentence=job.message,
    )


async def _list(app_state: AppState) -> ModelList:
    models = app_state.models
    infos = await models.directory.list()
    builtin = BuiltinOut(
        names=models.builtin.names(),
        better=models.builtin.better,
        in_use=models.aliases.uses_builtin(),
    )
    return ModelList(
        models=_models_out(infos, models.directory.running()),
        aliases=await models.aliases.all(),
        builtin=builtin,
        shares=models.aliases.shares(),
    )


@router.get("/api/models", operation_id="listModels")
async def list_models(_opened: CredentialDep, app_state: AppStateDep) -> ModelList:
    """List the models and the aliases."""
    return await _list(app_state)


@router.post("/api/models", operation_id="addModel", status_code=201)
async def add_model(
    asked: AddModelRequest, _opened: OwnerActDep, app_state: AppStateDep
) -> ModelList:
    """Add an OpenAI-compatible endpoint under a name of one's choice (owner only)."""
    details = asked.model_dump(
        include={"capabilities", "size", "context_tokens"}, exclude_none=True
    )
    await app_state.models.directory.add(
        asked.name, asked.url, asked.model, key=asked.key, **details
    )
    return await _list(app_state)


@router.get("/api/models/found", operation_id="findModels")
async def find_models(_opened: OwnerCredentialDep, app_state: AppStateDep) -> DiscoveredModels:
    """Look for Ollama, LM Studio and llama.cpp on this machine (owner only)."""
    return DiscoveredModels(models=_models_out(await app_state.models.directory.discover()))


@router.post("/api/models/try", operation_id="tryEndpoint")
async def probe_endpoint(
    asked: ProbeRequest, _opened: OwnerActDep, app_state: AppStateDep
) -> ProbeOut:
    """List an endpoint's models and send one a tiny request; nothing is kept (owner only)."""
    tried = await app_state.models.directory.probe_endpoint(asked.url, asked.key, asked.model or "")
    return ProbeOut(
        ok=tried.ok,
        sentence=tried.sentence,
        models=tried.models,
        model=tried.model,
        first_token_seconds=tried.first_token_seconds,
        tokens_per_second=tried.tokens_per_second,
    )


@router.put("/api/models/aliases/{alias}", operation_id="useModels")
async def use_models(
    alias: PathId, asked: SetAliasRequest, _opened: OwnerActDep, app_state: AppStateDep
) -> ModelList:
    """Set the models behind an alias, in the order they are tried (owner only)."""
    app_state.studio.served.require_released(*asked.names)
    await app_state.models.aliases.use(alias, asked.names, asked.shares)
    return await _list(app_state)


@router.post("/api/models/{name:path}/check", operation_id="checkModel")
async def check_model(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> HealthCheckOut:
    """Send a model one tiny request and return the result (owner only)."""
    check = await app_state.models.check(name)
    return HealthCheckOut(
        ok=check.ok,
        first_token_seconds=check.first_token_seconds,
        tokens_per_second=check.tokens_per_second,
        sentence=check.sentence,
    )


@router.post("/api/models/{name:path}/pull", operation_id="pullModel", status_code=202)
async def pull_model(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> DownloadOut:
    """Begin to download a model (owner only); poll the same path for its progress."""
    return _download_out(name, app_state.downloads.start(name))


@router.get("/api/models/{name:path}/pull", operation_id="getPull")
async def get_pull(
    name: PathId, _opened: OwnerCredentialDep, app_state: AppStateDep
) -> DownloadOut:
    """Return the progress of a model's download (owner only)."""
    return _download_out(name, app_state.downloads.latest(name))


@router.delete("/api/models/{name:path}", operation_id="removeModel", status_code=204)
async def remove_model(name: PathId, _opened: OwnerActDep, app_state: AppStateDep) -> None:
    """Remove an endpoint (owner only)."""
    await app_state.models.directory.remove(name)
    await app_state.usage.prices.remove(name)
