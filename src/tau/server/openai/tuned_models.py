"""Tuned models in OpenAI's list of models."""

from tau.people import Unlocked
from tau.server.openai.schemas import OpenAIModel
from tau.server.state import AppState

PREFIX = "ft:"


async def tuned_models(app_state: AppState, unlocked: Unlocked) -> list[OpenAIModel]:
    """Return the models that a person's runs made, newest first."""
    return [
        OpenAIModel(id=name, object="model", created=int(made.at), owned_by=unlocked.person.name)
        for log in await app_state.studio.runs.all(unlocked)
        for name, made in log.state.models.items()
    ]
