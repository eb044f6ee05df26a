"""The models that a run made: the result, and the checkpoints that are kept."""

import time

from tau.studio.tuning.log_events import CHECKPOINT_MARK, ModelMade
from tau.studio.tuning.run_files import has_content
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_state import RunState

_HASH_CHARACTERS = 8


def model_name(base: str, suffix: str, sha256: str, checkpoint: int = 0) -> str:
    """Return the name of a model, which says what it was made of and ends in its content's hash."""
    name = f"ft:{base}:tau:{suffix}:{sha256[:_HASH_CHARACTERS]}"
    return f"{name}{CHECKPOINT_MARK}{checkpoint}" if checkpoint else name


def made_models(state: RunState, folder: RunFolder) -> list[ModelMade]:
    """Return the models of a run that is over, the result first; blocking.

    The result is the last step, if the run finished. Besides, the newest checkpoints are kept, as
    many as its document says, and the one with the best task score. A file whose content isn't what
    was reported makes no model.
    """
    finished = state.progress.finished
    adapters = {
        each.step: (each.adapter, each.adapter_sha256)
        for each in state.progress.checkpoints.values()
    }
    kept = kept_steps(state)
    models = []
    if finished is not None:
        adapters.pop(finished.step, None)
        models.append(_made(state, finished.step, finished.adapter, finished.adapter_sha256, True))
    steps = sorted(kept & adapters.keys(), reverse=True)
    models += [_made(state, step, *adapters[step], False) for step in steps]
    return [each for each in models if has_content(folder, each.file, each.content_sha256)]


def kept_steps(state: RunState) -> set[int]:
    """Return the checkpoints that stay: the newest, and the one with the best task score."""
    newest = sorted(state.progress.checkpoints, reverse=True)
    keep = state.planned.spec.checkpoint.keep if state.planned else 0
    best = state.best_step
    return {*newest[: keep + 1], *([best] if best is not None else [])}


def _made(state: RunState, step: int, file: str, sha256: str, is_result: bool) -> ModelMade:
    assert state.created is not None  # noqa: S101 - it ran
    assert state.planned is not None  # noqa: S101
    base = state.planned.spec.base
    checkpoint = 0 if is_result else step
    return ModelMade(
        at=time.time(),
        name=model_name(base.name, state.created.suffix, sha256, checkpoint),
        model_kind="adapter",
        base=base.name,
        base_sha256=base.sha256,
        content_sha256=sha256,
        step=step,
        file=file,
    )
