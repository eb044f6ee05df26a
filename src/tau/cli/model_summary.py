"""The chat model in a sentence or two, with advice where it is the small built-in one."""

from tau.errors import ModelError
from tau.models import Models
from tau.models.catalog import BEST_CHAT_MODEL
from tau.models.types import ModelInfo


def current_chat_model(models: Models) -> ModelInfo | None:
    """Return the model that answers now, or `None` if none is ready."""
    try:
        return models.aliases.info(models.aliases.default_chat())
    except ModelError:
        return None


async def describe_chat_model(models: Models) -> list[str]:
    """Return sentences about the chat model, and how to get a better one."""
    now = current_chat_model(models)
    if now is None or not now.ready:
        return ["There's no chat model yet.", *await _suggest_models(models)]
    if now.origin == "scripted":
        return [f"Chat model: {now.name}, which follows a script, for tests."]
    if now.size == "capable":
        return [f"Chat model: {now.name}."]
    kind = "the built-in model" if now.name == BEST_CHAT_MODEL else "a small built-in model"
    return [
        f"Chat model: {now.name}, {kind} to get started with; expect simple answers.",
        *await _suggest_models(models),
    ]


async def _suggest_models(models: Models) -> list[str]:
    found = [info.name for info in await models.directory.discover() if "chat" in info.capabilities]
    if found:
        return [
            (
                f"Found on this machine: {', '.join(found)}. To use the first one: "
                f"`tau models use {found[0]}`."
            )
        ]
    return [
        (
            "For better answers, start Ollama, LM Studio or llama.cpp and run `tau models found`, "
            "or connect an endpoint with `tau models add NAME URL`."
        )
    ]
