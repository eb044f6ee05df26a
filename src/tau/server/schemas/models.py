"""Models, their aliases, checks and downloads."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelOut:
    """What Tau knows about one model."""

    name: str
    origin: Literal["pack", "endpoint", "found", "scripted"]
    capabilities: list[str]
    size: Literal["small", "medium", "capable"]
    context_tokens: int
    ready: bool
    about: str
    licence: str
    bytes: int


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models, and the aliases with the models behind each, in the order they are tried."""

    models: list[ModelOut]
    aliases: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DiscoveredModels:
    """Models of servers that run on this machine."""

    models: list[ModelOut]


@dataclass(frozen=True, slots=True)
class HealthCheckOut:
    """The result of one tiny request to a model."""

    ok: bool
    first_token_seconds: float | None
    tokens_per_second: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ProbeOut(HealthCheckOut):
    """What an endpoint answered.

    `models` are those it lists. `model` is the one that got a tiny request; it is none if there are
    several to choose from, and then `ok` only means that the endpoint lists them.
    """

    models: list[str]
    model: str | None


@dataclass(frozen=True, slots=True)
class DownloadOut:
    """The progress of a model's download; `none` if none was started since Tau started."""

    name: str
    state: Literal["none", "running", "done", "failed"]
    bytes_done: int
    bytes_total: int
    sentence: str
