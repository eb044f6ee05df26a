"""Models, their aliases, checks and downloads."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class RunningOut:
    """What a loaded model takes; `tokens_per_second` is of its last reply, none before the first.

    `memory_bytes` is none where the system does not report it.
    """

    threads: int
    memory_bytes: int | None
    tokens_per_second: float | None


@dataclass(frozen=True, slots=True)
class ModelOut:
    """What Tau knows about one model; `running` is none unless the local engine has loaded it."""

    name: str
    origin: Literal["pack", "endpoint", "found", "scripted"]
    capabilities: list[str]
    size: Literal["small", "medium", "capable"]
    context_tokens: int
    ready: bool
    about: str
    licence: str
    bytes: int
    running: RunningOut | None = None


@dataclass(frozen=True, slots=True)
class BuiltinOut:
    """The built-in chat models, in the order in which they answer.

    `better` is the one that takes over once it is downloaded; none if only the small one fits this
    machine. `in_use` is whether they answer, because nobody chose another model.
    """

    names: list[str]
    better: str | None
    in_use: bool


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models, and the aliases with the models behind each, in the order they are tried.

    `shares` are of the models of an alias that answer only some callers, in percent.
    """

    models: list[ModelOut]
    aliases: dict[str, list[str]]
    builtin: BuiltinOut
    shares: dict[str, dict[str, int]] = field(default_factory=dict)


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
