"""Requests of the sketch specialist."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from tau.experts.plans import MOST_VARIANTS
from tau.experts.sketch.geometry import Side
from tau.server.requests.fields import Id, NonEmptyText, RequestBody, ShortText, check_characters

_Words = Annotated[NonEmptyText, Field(max_length=20_000)]
_Name = Annotated[str, AfterValidator(check_characters), Field(max_length=60)]
_Metres = Annotated[float, Field(allow_inf_nan=False)]


class CreatePlanRequest(RequestBody):
    """What a plan is made from: `words`, or a `brief` as docs/sketch.md describes it."""

    words: _Words | None = None
    brief: dict[str, Any] | None = None
    variants: Annotated[int, Field(ge=1, le=MOST_VARIANTS)] = 1
    title: ShortText | None = None
    conversation: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "CreatePlanRequest":
        if (self.words is None) == (self.brief is None):
            raise ValueError("either words or a brief is needed")
        return self


class PlanEditBody(RequestBody):
    """An edit: `type`, and the fields that this type needs.

    `resize` (`room`, `area`), `swap` (`room`, `other`), `entrance` (`side`), `side` (`room`,
    `side`), `add` (`kind`, `name`, `area`), `remove` (`room`), `accessible` (`room`), `mirror`
    (`axis`), `wall` (`room`, `side`, `by` metres, outwards above zero).
    """

    type: Literal[
        "resize", "swap", "entrance", "side", "add", "remove", "accessible", "mirror", "wall"
    ]
    room: Id | None = None
    other: Id | None = None
    side: Side | None = None
    kind: _Name | None = None
    name: _Name | None = None
    area: _Metres | None = None
    by: _Metres | None = None
    axis: Literal["east-west", "north-south"] | None = None


class EditPlanRequest(RequestBody):
    """A change to the version `after`, which must be the newest: `words`, or an `edit`."""

    after: Id
    words: _Words | None = None
    edit: PlanEditBody | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "EditPlanRequest":
        if (self.words is None) == (self.edit is None):
            raise ValueError("either words or an edit is needed")
        return self


class ChoosePlanRequest(RequestBody):
    """The variant that becomes the newest version, after the version `after`."""

    after: Id
    version: Id
