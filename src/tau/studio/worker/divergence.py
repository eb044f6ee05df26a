"""Whether a run diverges: its loss isn't a number, or has risen far above its best."""

import math

from tau.studio.worker.failures import RunRefused
from tau.studio.worker.run_progress import RunProgress

_WINDOW = 8  # steps of the moving mean
_RISE = 3.0
_FLOOR = 0.1  # share of the first mean: below it, a rise is noise


def note_loss(progress: RunProgress, loss: float, gradient_norm: float) -> None:
    """Count the loss of a step. Raises `RunRefused` with the code `diverged`."""
    if not (math.isfinite(loss) and math.isfinite(gradient_norm)):
        raise RunRefused("diverged", "The loss isn't a number any more; lower the learning rate.")
    progress.recent_losses = [*progress.recent_losses, loss][-_WINDOW:]
    if len(progress.recent_losses) < _WINDOW:
        return
    mean = sum(progress.recent_losses) / _WINDOW
    progress.first_loss = progress.first_loss or mean
    progress.best_loss = min(progress.best_loss or mean, mean)
    if mean > _RISE * max(progress.best_loss, _FLOOR * progress.first_loss):
        raise RunRefused(
            "diverged", "The loss rose to three times its best; lower the learning rate."
        )
