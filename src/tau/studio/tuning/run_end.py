"""How a run ends, wherever it was trained: its models are written down, its folder is cleaned."""

import logging

import anyio.to_thread

from tau.studio.tuning.log_events import ModelMade, RunMoved
from tau.studio.tuning.made_models import made_models
from tau.studio.tuning.run_files import delete_adapters, delete_data
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_outcome import failed
from tau.studio.tuning.run_parts import AfterMade, RunParts

logger = logging.getLogger(__name__)

_DAMAGED = "The last adapter is missing, or isn't what the program reported."


async def end_run(log: RunLog, folder: RunFolder, outcome: RunMoved) -> None:
    """Write down how a run ended, with the models that it made; without its result, it failed."""
    models: list[ModelMade] = []
    if outcome.status in {"succeeded", "failed"}:
        models = await anyio.to_thread.run_sync(made_models, log.state, folder)
    if outcome.status == "succeeded" and all(each.is_checkpoint for each in models):
        outcome = failed("adapter_damaged", _DAMAGED)
    await log.decide(lambda state: [] if state.is_over else [*models, outcome])


async def finish_run(parts: RunParts, log: RunLog) -> None:
    """Clean up after a run that is over, and do what depends on its models."""
    folder = parts.folder_of(log)
    kept = {each.file for each in log.state.models.values()}
    await anyio.to_thread.run_sync(delete_data, folder)
    await anyio.to_thread.run_sync(delete_adapters, folder, kept)
    if log.state.status == "succeeded":
        for follow in parts.after_made:
            await _follow_up(follow, log, folder)


async def _follow_up(follow: AfterMade, log: RunLog, folder: RunFolder) -> None:
    try:
        await follow(log, folder)
    except Exception as error:  # noqa: BLE001 - the boundary of what follows: recorded
        logger.warning("what follows a run failed: %s", type(error).__name__)
