"""Requests about models that a studio made, their releases and blind reviews."""

from typing import Annotated, Literal

from pydantic import Field

from tau.server.requests.fields import Id, RequestBody, ShortText
from tau.studio.releases.release_events import Reader

_Model = Annotated[ShortText, Field(max_length=128)]
_Alias = Annotated[ShortText, Field(max_length=64)]
_Share = Annotated[int, Field(ge=0, le=99)]


class KeepMethodRequest(RequestBody):
    """A classifier or prompt of the last comparison to keep as a model."""

    method: ShortText
    suffix: Annotated[str, Field(max_length=18)] = ""
    """A part of its name; by default from the project's."""


class GateRequest(RequestBody):
    """The model to try."""

    model: _Model


class ReleaseRequest(RequestBody):
    """A model to release under an alias: to everybody, or to `share` percent of the callers."""

    model: _Model
    alias: _Alias
    share: _Share = 0


class ChangeShareRequest(RequestBody):
    """Another share of the callers for a released model, in percent; 0 for all of them."""

    model: _Model
    share: _Share


class RollbackRequest(RequestBody):
    """An alias whose last release, or that of `model`, is taken back."""

    alias: _Alias
    model: Annotated[str, Field(max_length=128)] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


class StartReviewRequest(RequestBody):
    """Two methods to compare blind, by their names in a comparison, and how many pairs.

    With `outside_test`, they answer examples outside the test now, and votes become preferences.
    """

    first: ShortText
    second: ShortText
    count: Annotated[int, Field(ge=1, le=200)] = 12
    outside_test: bool = False


class VoteRequest(RequestBody):
    """Which answer of a pair is better."""

    example: Id
    choice: Literal["left", "right", "neither"]


class ReadAnswersRequest(RequestBody):
    """Examples of the test of which a model's answer was read: by a person, or as an example."""

    model: _Model
    examples: Annotated[list[Id], Field(min_length=1, max_length=10_000)]
    by: Reader = "person"
