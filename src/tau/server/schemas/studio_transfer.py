"""What the studio takes over from elsewhere, and hands over."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class OpenAIImportOut:
    """An import from an OpenAI-shaped API: how far it is, and what it has added.

    `known` counts what was here already, and `notes` say what couldn't be read.
    """

    id: str
    state: Literal["running", "done", "stopped", "failed"]
    sentence: str
    at: float
    address: str
    files: int
    jobs: int
    evals: int
    runs: int
    items: int
    known: int
    notes: list[str]


@dataclass(frozen=True, slots=True)
class OpenAIImportList:
    """Imports since Tau started, newest first."""

    imports: list[OpenAIImportOut]
