"""Which model speaks, told honestly: the built-in one is a stand-in."""

from tau.errors import ModelError
from tau.models import Models
from tau.models.types import ModelInfo


def current_chat_model(models: Models) -> ModelInfo | None:
    """Return the model that answers now, or `None` if none is ready."""
    try:
        return models.aliases.info(models.aliases.default_chat())
    except ModelError:
        return None


async def describe_chat_model(models: Models) -> list[str]:
    """Return sentences about who speaks and how to have somebody stronger."""
    now = current_chat_model(models)
    if now is None or not now.ready:
        return ["No model speaks yet.", *await _suggest_models(models)]
    if now.origin == "scripted":
        return [f"The model {now.name} speaks: it follows a script, for tests."]
    if now.size == "capable":
        return [f"The model {now.name} speaks."]
    return [
        (
            f"The model {now.name} speaks: a small stand-in that runs here, so that everything "
            "works at once; expect simple answers."
        ),
        *await _suggest_models(models),
    ]


async def _suggest_models(models: Models) -> list[str]:
    found = [info.name for info in await models.directory.discover() if "chat" in info.capabilities]
    if found:
        return [
            (
                f"Found on this machine: {', '.join(found)}; `tau models use {found[0]}` "
                "lets the first speak."
            )
        ]
    return [
        (
            "For a stronger one, start Ollama, LM Studio or llama.cpp and type `tau models found`, "
            "or connect an endpoint: `tau models add NAME URL`."
        )
    ]
