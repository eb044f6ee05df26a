"""The specialists as turns use them: who they are, and what they do besides talking.

Turns don't know this package; `tau.app` hands it to them.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from tau.experts.experts import Expert, Experts
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life
from tau.memory import Memory, Message

NewVersion = Callable[[], ArtifactRevised | None]
"""Returns the version to write, as things are then. Raises `Conflict` and `NotFound`."""


class SpecialistAct(msgspec.Struct, frozen=True, kw_only=True):
    """A step of an act: a piece of the reply, data for the prompt, a version to be written."""

    text: str = ""
    context: str = ""
    version: NewVersion | None = None
    facts: tuple[str, ...] = ()


class Occasion(Protocol):
    """What an act goes by, as a turn gives it."""

    @property
    def life(self) -> Life:
        """Whose words they are."""
        ...

    @property
    def words(self) -> Message:
        """The person's words."""
        ...

    @property
    def before(self) -> Sequence[Message]:
        """The thread that may be read, oldest first."""
        ...

    @property
    def artifact(self) -> str | None:
        """What is open beside the conversation."""
        ...

    @property
    def replaced(self) -> Message | None:
        """An earlier reply that made something, to the same words or to those they replace."""
        ...

    @property
    def private(self) -> bool:
        """Whether nothing may be kept."""
        ...

    @property
    def progress(self) -> Callable[[str], None]:
        """Shows the person what is being done."""
        ...


class Acts(Protocol):
    """What one specialist does."""

    def act(self, occasion: Occasion) -> AsyncIterator[SpecialistAct]:
        """Do what the words ask for, step by step; nothing if they ask for talk alone."""
        ...


class ActingExperts:
    """Specialists that talk, and act where there's an act for them."""

    def __init__(self, experts: Experts, acts: Mapping[str, Acts]) -> None:
        self._experts = experts
        self._acts = acts

    async def get(self, memory: Memory, name: str) -> Expert:
        """Return a specialist that can reply. Raises `NotFound` and `BadInput`."""
        return await self._experts.get(memory, name)

    async def suggest(self, memory: Memory, words: str) -> str | None:
        """Return the specialist that words in plain talk ask for, if one clearly is."""
        return await self._experts.suggest(memory, words)

    async def act(self, name: str, occasion: Occasion) -> AsyncIterator[SpecialistAct]:
        """Do what words ask of a specialist, step by step."""
        if (acts := self._acts.get(name)) is not None:
            async for step in acts.act(occasion):
                yield step
