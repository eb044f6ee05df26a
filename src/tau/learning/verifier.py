"""Verifier: has a model check what rules extracted, after the reply.

Where the model disagrees, the claim waits for the person. Where no model answers in time, the rules
alone decide: a claim counts from the moment it was learned.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from weakref import WeakKeyDictionary

import anyio

from tau.errors import ModelError
from tau.facts.facts import claims_after
from tau.ids import new_id
from tau.journal.entries import ClaimLearned, FactJudged, LearnedUpTo
from tau.learning.priority import ForegroundLoad
from tau.learning.verification import MAX_STATEMENTS, Statement, build_request, parse_answers
from tau.life.life import Life
from tau.models import Models

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 60.0  # of one answer, on a machine without a GPU
_MAX_ANSWER_CHARACTERS = 2_000


class ClaimVerification:
    """Second reading of claims by the models that are capable of it."""

    def __init__(self, models: Models, load: ForegroundLoad) -> None:
        self._models = models
        self._foreground_load = load
        self._read_seqs: WeakKeyDictionary[Life, int] = WeakKeyDictionary()

    @property
    def is_local(self) -> bool:
        """Whether the model runs on this machine and so slows down replies."""
        info = self._models.aliases.info
        return any(info(name).origin == "pack" for name in self._ready())

    def opened(self, life: Life) -> None:
        """Check what is learned from now on; what was learned before keeps its meaning."""
        if not life.memory.facts.learned_up_to("verification"):
            self._read_seqs[life] = life.memory.last

    def is_pending(self, life: Life) -> bool:
        """Whether there is something to check, and a model to check it."""
        return bool(self._ready() and self._unchecked(life))

    async def verify(self, life: Life) -> bool:
        """Check a few claims; return whether there may be more."""
        batch = self._unchecked(life)[:MAX_STATEMENTS] if self._ready() else []
        if not batch:
            return False
        statements = [self._statement(life, learned) for _, learned in batch]
        work = self.agree([one for one in statements if one is not None])
        found = await (self._foreground_load.run_until_busy(work) if self.is_local else work)
        if found is None:
            return True  # somebody waits for a reply
        answers = iter(found)
        doubted = [
            learned.id
            for (_, learned), statement in zip(batch, statements, strict=True)
            if statement is not None and next(answers) is False
        ]
        await self._write(life, batch[-1][0], doubted)
        return True

    async def agree(self, statements: Sequence[Statement]) -> list[bool | None]:
        """Return for each statement whether a model agrees; `None` where none said."""
        answers: list[bool | None] = []
        for start in range(0, len(statements), MAX_STATEMENTS):
            answers += await self._ask(statements[start : start + MAX_STATEMENTS])
        return answers

    async def _ask(self, statements: Sequence[Statement]) -> list[bool | None]:
        for name in self._ready():
            try:
                with anyio.fail_after(_TIMEOUT_SECONDS):
                    return parse_answers(await self._answer(name, statements), len(statements))
            except (ModelError, TimeoutError) as error:
                logger.info("a claim isn't checked: %s", type(error).__name__)
        return [None] * len(statements)

    async def _answer(self, name: str, statements: Sequence[Statement]) -> str:
        pieces: list[str] = []
        size = 0
        async with aclosing(self._models.stream(name, build_request(statements))) as chunks:
            async for chunk in chunks:
                pieces.append(chunk.text)
                size += len(chunk.text)
                if size > _MAX_ANSWER_CHARACTERS:
                    break
        return "".join(pieces)

    async def _write(self, life: Life, seq: int, doubted: Sequence[str]) -> None:
        facts, now = life.memory.facts, time.time()
        async with life.transaction(catch_up=False) as transaction:
            left = [name for name in doubted if facts.find(name) is not None]
            await transaction.append(
                *(FactJudged(at=now, id=new_id(), fact=name, verdict="doubted") for name in left),
                LearnedUpTo(at=now, seq=seq, method="verification"),
            )

    def _ready(self) -> list[str]:
        aliases = self._models.aliases
        return [name for name in aliases.verifiers() if aliases.info(name).ready]

    def _unchecked(self, life: Life) -> list[tuple[int, ClaimLearned]]:
        """Return the claims of rules that count and weren't checked, oldest first."""
        facts = life.memory.facts
        checked = max(facts.learned_up_to("verification"), self._read_seqs.get(life, 0))
        return [
            (seq, learned)
            for seq, learned in claims_after(facts, checked)
            if learned.by == "rules" and learned.trust == "own"
        ]

    @staticmethod
    def _statement(life: Life, learned: ClaimLearned) -> Statement | None:
        message = life.memory.messages.find(learned.sources[0]) if learned.sources else None
        return None if message is None else Statement(message.text, learned.claim)
