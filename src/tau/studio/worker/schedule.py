"""Which examples a step learns from, and how fast: functions of the document and the step alone.

So a run that goes on after any step does exactly what it would have done without the break.
"""

import hashlib
import math
from functools import lru_cache

from tau.studio.tuning.run_spec import PreferenceMethod, SupervisedMethod


class Schedule:
    """The steps of a run over a number of examples."""

    def __init__(
        self, method: SupervisedMethod | PreferenceMethod, examples: int, seed: int
    ) -> None:
        self._method = method
        self._examples = examples
        self._seed = seed
        self.steps_per_epoch = math.ceil(examples / method.batch_size)
        self.steps = self.steps_per_epoch * method.epochs
        self._order = lru_cache(maxsize=1)(self._shuffled)

    def batch(self, step: int) -> list[int]:
        """Return the examples of a step, counted from 1; each epoch has another order."""
        epoch, place = divmod(step - 1, self.steps_per_epoch)
        begin = place * self._method.batch_size
        return self._order(epoch)[begin : begin + self._method.batch_size]

    def _shuffled(self, epoch: int) -> list[int]:
        return sorted(range(self._examples), key=lambda one: self._rank(epoch, one))

    def _rank(self, epoch: int, example: int) -> bytes:
        return hashlib.sha256(f"{self._seed}/{epoch}/{example}".encode()).digest()

    def epoch(self, step: int) -> float:
        """Return how many epochs are done after a step."""
        return step / self.steps_per_epoch

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step: it rises, then falls as the document says."""
        rising = min(self.steps, math.ceil(self._method.warmup_share * self.steps))
        if step <= rising:
            return self._method.learning_rate * (step / rising)
        done = (step - rising - 1) / max(1, self.steps - rising)
        return self._method.learning_rate * self._share_left(done)

    def _share_left(self, done: float) -> float:
        if self._method.schedule == "constant":
            return 1.0
        if self._method.schedule == "linear":
            return 1.0 - done
        return 0.5 * (1.0 + math.cos(math.pi * done))
