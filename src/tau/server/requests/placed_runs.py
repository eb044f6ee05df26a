"""Requests about runs that are trained elsewhere."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.runs import TuneModelRequest
from tau.studio.places.place import PlaceKind


class RenderRunRequest(TuneModelRequest):
    """A run to train elsewhere; what is left out, Tau chooses."""

    kind: PlaceKind
    place: Annotated[str, Field(max_length=100_000)]
    """The settings of the place, as TOML."""
    sealed: bool = False
    """Whether the folder will be sealed by who gets it; its scripts and its page say so."""
