"""Vectors of the sentences of people's own skills, made once while nobody waits for them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from tau.errors import TauError
from tau.experts.own_routing import SkillSentences, read_sentences, sentences_of
from tau.experts.routing import routing_weights
from tau.experts.skills.skill import Skill
from tau.models.types import Embedded

logger = logging.getLogger(__name__)

_MOST_KEPT = 200
EmbedQueries = Callable[[str, Sequence[str]], Awaitable[Embedded]]
"""Returns the vectors that an embedder, by name, makes of texts as of questions."""


class SkillVectors:
    """Keeps the sentences of skills with their vectors, by the digest of the skills' files."""

    def __init__(self, embed: EmbedQueries) -> None:
        self._embed = embed
        self._known: dict[str, SkillSentences] = {}
        self._missing: dict[str, Skill] = {}
        self._task: asyncio.Task[None] | None = None

    def of(self, skills: Sequence[Skill]) -> dict[str, SkillSentences]:
        """Return what is known of skills by name; what isn't is made for the next time."""
        missing = {each.digest: each for each in skills if each.digest not in self._known}
        if missing and (self._task is None or self._task.done()):
            self._missing = missing
            self._task = asyncio.create_task(self._make())
        return {
            each.name: self._known[each.digest] for each in skills if each.digest in self._known
        }

    async def wait_until_idle(self) -> None:
        """Return when nothing is being made."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Stop making vectors."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _make(self) -> None:
        for digest, skill in self._missing.items():
            texts = sentences_of(skill)
            try:
                found = await self._embed(routing_weights().embedder, texts)
            except TauError as error:
                logger.warning("the vectors of a skill weren't made: %s", type(error).__name__)
                return
            if found.model != routing_weights().embedder:
                return
            if len(self._known) >= _MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[digest] = read_sentences(texts, np.asarray(found.vectors))
