"""Requests about runs of training."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import RequestBody
from tau.studio.tuning.job_request import JobNumbers
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.training_lines import LineKind


class TuneModelRequest(RequestBody):
    """What a model is trained with; what is left out, Tau chooses.

    `learning_rate_multiplier` is a factor of the rate that Tau would choose. `suffix` becomes part
    of the model's name. `supervised` learns the answers of examples, `dpo` which answers you
    preferred.
    """

    base: Annotated[str, Field(max_length=128)] = ""
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    suffix: Annotated[str, Field(max_length=64)] = ""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 7
    method: LineKind = "supervised"

    def asked(self) -> TuneRequest:
        """Return it as the studio takes it."""
        numbers = JobNumbers(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate_multiplier=self.learning_rate_multiplier,
        )
        return TuneRequest(self.base, numbers, self.suffix, self.seed, self.method)


class PlanRunRequest(TuneModelRequest):
    """A run to plan. With `measure`, its first two steps are done, which takes up to minutes."""

    measure: bool = False
