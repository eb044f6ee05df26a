"""Requests about runs that are trained elsewhere."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import RequestBody
from tau.studio.places.place import PlaceKind
from tau.studio.tuning.job_request import JobNumbers
from tau.studio.tuning.run_creation import TuneRequest


class RenderRunRequest(RequestBody):
    """A run to train elsewhere; what is left out, Tau chooses."""

    kind: PlaceKind
    place: Annotated[str, Field(max_length=100_000)]
    """The settings of the place, as TOML."""
    sealed: bool = False
    """Whether the folder will be sealed by who gets it; its scripts and its page say so."""
    base: Annotated[str, Field(max_length=128)] = ""
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    suffix: Annotated[str, Field(max_length=64)] = ""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 7

    def asked(self) -> TuneRequest:
        """Return what the studio is asked for."""
        numbers = JobNumbers(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate_multiplier=self.learning_rate_multiplier,
        )
        return TuneRequest(self.base, numbers, self.suffix, self.seed)
