"""Requests about models."""

from typing import Annotated, Literal

from pydantic import Field

from tau.server.requests.fields import RequestBody, Secret, ShortText


class SetAliasRequest(RequestBody):
    """The models behind an alias, in the order they are tried."""

    names: Annotated[list[ShortText], Field(max_length=20)]
    """Empty: the alias gets its default, which for `learner` is no model."""
    shares: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=99)]], Field(default_factory=dict, max_length=20)
    ]
    """Models that answer only a share of the callers, in percent."""


class AddModelRequest(RequestBody):
    """An OpenAI-compatible endpoint to add under `name`."""

    name: Annotated[ShortText, Field(max_length=128)]
    url: Annotated[ShortText, Field(max_length=2000)]
    model: ShortText
    key: Secret | None = None
    capabilities: list[Literal["chat", "embed", "learn", "tools", "vision"]] | None = None
    size: Literal["small", "medium", "capable"] | None = None
    context_tokens: Annotated[int, Field(ge=256, le=100_000_000)] | None = None


class ProbeRequest(RequestBody):
    """An OpenAI-compatible endpoint to try; nothing about it is kept."""

    url: Annotated[ShortText, Field(max_length=2000)]
    key: Secret | None = None
    model: ShortText | None = None
    """Which of its models to ask; an endpoint's only model is asked anyway."""
