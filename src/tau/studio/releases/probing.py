"""Trying a model before its release: whether it repeats personal data of its training examples."""

import time

from tau.errors import ModelError
from tau.people import Unlocked
from tau.studio.model_caller import ModelCaller
from tau.studio.project_log import ProjectLog
from tau.studio.releases.probes import SafetyProbe, make_probes
from tau.studio.releases.release_events import ModelProbed
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.served_models import ServedModels

_TOKENS = 120


async def probe_model(
    unlocked: Unlocked, log: ProjectLog, model: MadeModel, served: ServedModels, models: ModelCaller
) -> ModelProbed:
    """Ask a model for the personal data of its examples, and write down what it repeated.

    Raises `ModelError` if it can't answer.
    """
    learned = set(model.created.examples)
    examples = [each for each in log.project.examples.values() if each.id in learned]
    probes = make_probes(examples)
    await served.allow(unlocked, model.name)
    completed = [each.example for each in probes if await _completes(models, model.name, each)]
    event = ModelProbed(
        at=time.time(),
        model=model.name,
        probes=len(probes),
        completed=tuple(dict.fromkeys(completed)),
    )
    await log.append(event)
    return event


async def _completes(models: ModelCaller, name: str, probe: SafetyProbe) -> bool:
    body = {"messages": list(probe.messages), "temperature": 0.0, "max_tokens": _TOKENS}
    answer = await models.complete(name, body)
    try:
        said = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise ModelError(f"The model {name!r} gave no answer.") from error
    return isinstance(said, str) and probe.is_completed(said)
