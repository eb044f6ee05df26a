"""The brains: which there are, what they are called, and how to add, check and download one."""

from collections.abc import Iterable

from fastapi import APIRouter

from tau.models import ModelInfo
from tau.server.auth import ACredential, AHouse, AnOwner
from tau.server.responses import FAILURES
from tau.server.schemas.shapes import (
    AliasTargets,
    CheckOut,
    Download,
    EndpointToTry,
    EndpointTried,
    FoundModels,
    IdInPath,
    ModelList,
    ModelOut,
    NewModel,
)
from tau.server.state import House

router = APIRouter(tags=["models"], responses=FAILURES)


def _models_out(infos: Iterable[ModelInfo]) -> list[ModelOut]:
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
        )
        for info in infos
    ]


async def _list(house: House) -> ModelList:
    models = _models_out(await house.models.list())
    return ModelList(models=models, aliases=await house.models.aliases())


@router.get("/api/models", operation_id="listModels")
async def list_models(_opened: ACredential, house: AHouse) -> ModelList:
    """List the models and the aliases."""
    return await _list(house)


@router.post("/api/models", operation_id="addModel", status_code=201)
async def add_model(asked: NewModel, _opened: AnOwner, house: AHouse) -> ModelList:
    """Add an OpenAI-shaped endpoint under a name of one's own (owner only)."""
    details = asked.model_dump(
        include={"capabilities", "size", "context_tokens"}, exclude_none=True
    )
    await house.models.add(asked.name, asked.url, asked.model, key=asked.key, **details)
    return await _list(house)


@router.get("/api/models/found", operation_id="findModels")
async def find_models(_opened: AnOwner, house: AHouse) -> FoundModels:
    """Look for Ollama, LM Studio and llama.cpp on this machine (owner only)."""
    return FoundModels(models=_models_out(await house.models.found()))


@router.post("/api/models/try", operation_id="tryEndpoint")
async def try_endpoint(asked: EndpointToTry, _opened: AnOwner, house: AHouse) -> EndpointTried:
    """Ask an endpoint for its models and one of them a tiny question; keep nothing (owner only)."""
    tried = await house.models.try_endpoint(asked.url, asked.key, asked.model or "")
    return EndpointTried(
        ok=tried.ok,
        sentence=tried.sentence,
        models=tried.models,
        model=tried.model,
        first_token_seconds=tried.first_token_seconds,
        tokens_per_second=tried.tokens_per_second,
    )


@router.put("/api/models/aliases/{alias}", operation_id="useModels")
async def use_models(
    alias: IdInPath, asked: AliasTargets, _opened: AnOwner, house: AHouse
) -> ModelList:
    """Say which models answer to an alias, first one first (owner only)."""
    await house.models.use(alias, asked.names)
    return await _list(house)


@router.post("/api/models/{name:path}/check", operation_id="checkModel")
async def check_model(name: IdInPath, _opened: AnOwner, house: AHouse) -> CheckOut:
    """Send a model one tiny request and tell how it went (owner only)."""
    check = await house.models.check(name)
    return CheckOut(
        ok=check.ok,
        first_token_seconds=check.first_token_seconds,
        tokens_per_second=check.tokens_per_second,
        sentence=check.sentence,
    )


@router.post("/api/models/{name:path}/pull", operation_id="pullModel", status_code=202)
async def pull_model(name: IdInPath, _opened: AnOwner, house: AHouse) -> Download:
    """Begin to download a model (owner only); poll the same address to see how far it is."""
    return house.downloads.start(name)


@router.get("/api/models/{name:path}/pull", operation_id="getPull")
async def get_pull(name: IdInPath, _opened: AnOwner, house: AHouse) -> Download:
    """Tell how far the download of a model is (owner only)."""
    return house.downloads.of(name)


@router.delete("/api/models/{name:path}", operation_id="removeModel", status_code=204)
async def remove_model(name: IdInPath, _opened: AnOwner, house: AHouse) -> None:
    """Forget an endpoint (owner only)."""
    await house.models.remove(name)
