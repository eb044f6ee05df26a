"""Measuring whether a model is served as it was trained, and writing that into its run's log."""

import asyncio
import time

from tau.errors import BadInput
from tau.models.adapters import AdapterModel
from tau.people import Unlocked
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.parity import measure_parity, read_reference
from tau.studio.serving.served_models import ServedModels
from tau.studio.serving.token_answers import LlamaTokens
from tau.studio.tuning.log_events import ModelMeasured
from tau.studio.tuning.run_folder import PARITY


async def measure_model(unlocked: Unlocked, model: MadeModel, served: ServedModels) -> None:
    """Measure the parity of a trained model, and write down how it went.

    Raises `BadInput` if its run left no reference, such as for a checkpoint, and `ModelError` if it
    can't answer.
    """
    await served.allow(unlocked, model.name)
    backend = served.backend_of(model.name)
    if not isinstance(backend, AdapterModel):
        return
    if not model.is_result:
        raise BadInput(f"{model.name} is a checkpoint: only the result of a run can be measured.")
    keys = await served.runs.keys(unlocked, model.run.id)
    raw = await asyncio.to_thread(served.read_file, model.run.id, PARITY, keys)
    if raw is None:
        raise BadInput(f"The run of {model.name} left nothing to compare it with; train it again.")
    result = await measure_parity(LlamaTokens(backend), read_reference(raw))
    measured = ModelMeasured(
        at=time.time(),
        name=model.name,
        engine=result.engine,
        figures=result.figures,
        passed=result.passed,
        sentence=result.sentence,
    )
    await served.runs.append(unlocked, model.run.id, measured)
