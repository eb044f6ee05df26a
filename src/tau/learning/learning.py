"""Learning in the background: claims about the person are extracted from their own new messages.

Rules read messages at once; a model, if the alias `learner` names a capable one, reads them later,
when nobody waits for a reply, and a model that can checks what rules found. Only the person's own
messages are read, and none while learning is paused. The position is a journal entry beside the
claims (`LearnedUpTo`), so that a crash neither loses nor repeats anything.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary

import anyio

from tau.care.signals import Level, assess
from tau.clock import local_now
from tau.facts.rules import ExtractedClaim, read_claims
from tau.journal.entries import ClaimLearned, LearnedUpTo, Method
from tau.learning.acceptance import SourceMessage, settle, to_entry
from tau.learning.extraction import MAX_MESSAGES, ExtractionInput, select_messages
from tau.learning.learner import Learner
from tau.learning.priority import ForegroundLoad
from tau.learning.verification import Statement, states_plainly
from tau.learning.verifier import ClaimVerification
from tau.learning.worker import BackgroundWorker
from tau.life.life import Life, LifeListener
from tau.memory import Memory, Message
from tau.models import Models

logger = logging.getLogger(__name__)

_BATCH = 400  # messages that rules read at once
_INLINE_CHARACTERS = 20_000  # more are read in a thread
_MAX_UNMARKED_ENTRIES = 200  # entries without a claim that are read again after a restart
_YIELD_SECONDS = 1.0  # that a large batch waits for replies in progress
_QUIET_SECONDS = 5.0  # before a model reads: several turns at once cost less
_MAX_UNREAD_ENTRIES = 64  # entries that a reply waits for
_READ_TIMEOUT_SECONDS = 0.5  # how long it waits

_RuleClaim = tuple[ExtractedClaim, SourceMessage]


class LearningWorker(LifeListener):
    """Extracts claims from the messages of every opened life, oldest first."""

    def __init__(self, models: Models, load: ForegroundLoad | None = None) -> None:
        self._foreground_load = load or ForegroundLoad()
        self._learner = Learner(models)
        self._verification = ClaimVerification(models, self._foreground_load)
        self._rules = BackgroundWorker("learning", self._read_by_rules)
        self._model = BackgroundWorker("learning by model", self._read_by_model)
        self._read_seqs: dict[Method, WeakKeyDictionary[Life, int]] = {
            "rules": WeakKeyDictionary(),
            "model": WeakKeyDictionary(),
        }
        self._wait_requested = asyncio.Event()

    async def wait_for_rules(self, life: Life) -> None:
        """Return when rules have read what was said until now, or at once if that is a lot."""
        if life.memory.last - self._cursor(life, "rules") > _MAX_UNREAD_ENTRIES:
            return
        with anyio.move_on_after(_READ_TIMEOUT_SECONDS):
            await self._rules.wait_until_done(life.person)

    async def wait_until_idle(self) -> None:
        """Return when every message is read, or can't be read now."""
        self._wait_requested.set()
        try:
            await self._rules.wait_until_idle()
            await self._model.wait_until_idle()
        finally:
            self._wait_requested.clear()

    async def close(self) -> None:
        """Stop once rules have read the last messages. The rest is read after the next start."""
        with anyio.move_on_after(_READ_TIMEOUT_SECONDS):
            await self._rules.wait_until_idle()
        await self._rules.close()
        await self._model.close()

    # --- following lives --------------------------------------------------------------------

    def opened(self, life: Life) -> None:
        """Read what was written since the last time."""
        self._verification.opened(life)
        self._rules.enqueue(life)

    def written(self, life: Life) -> None:
        """Read what was written."""
        self._rules.enqueue(life)

    def forgotten(self, life: Life) -> None:
        """Erase claims read at this very time, perhaps by another process, in what is gone."""
        self._rules.enqueue(life)

    def unloaded(self, person: str) -> None:
        """Read no more for a person until their life is opened again."""
        self._rules.discard(person)
        self._model.discard(person)

    async def removed(self, person: str) -> None:
        """Read no more for a person, and cancel what is being read."""
        await self._rules.cancel(person)
        await self._model.cancel(person)

    def is_working_on(self, person: str) -> bool:
        """Return whether something of a person's is being read now."""
        return self._rules.is_working_on(person) or self._model.is_working_on(person)

    # --- rules ----------------------------------------------------------------------------

    async def _read_by_rules(self, life: Life) -> bool:
        paused = life.memory.facts.paused
        batch = [] if paused else life.memory.messages.since(self._cursor(life, "rules"), _BATCH)
        if not batch:
            await _erase_claims(life, _orphaned_claims)
            available = self._learner.is_available or self._verification.is_pending(life)
            if available and not paused:
                self._model.enqueue(life)
            return False
        own = [message for message in batch if _is_learnable(message, life.memory)]
        drawn = await self._run_rules(own)
        learned = [_rule_entry(found, message) for found, message in drawn]
        await _erase_claims(life, lambda memory: _superseded_claims(memory, own))
        await self._write(life, "rules", batch[-1].seq, learned)
        return True

    async def _run_rules(self, messages: Sequence[Message]) -> list[_RuleClaim]:
        if sum(len(message.text) for message in messages) <= _INLINE_CHARACTERS:
            return _extract_by_rules(messages)
        with anyio.move_on_after(_YIELD_SECONDS):
            await self._foreground_load.wait_until_idle()
        return await asyncio.to_thread(_extract_by_rules, messages)

    # --- a model --------------------------------------------------------------------------

    async def _read_by_model(self, life: Life) -> bool:
        await self._wait_for_quiet()
        if self._learner.is_local or self._verification.is_local:
            # Otherwise it would start and be interrupted again and again.
            await self._foreground_load.wait_until_idle()
        facts = life.memory.facts
        if facts.paused:
            return False
        batch: list[Message] = []
        if self._learner.is_available:
            batch = life.memory.messages.since(self._cursor(life, "model"), _BATCH)
        if not batch:
            return await self._verification.verify(life)
        learnable = (each for each in batch if _is_learnable(each, life.memory))
        own = [each for each in learnable if each.imported is None]
        chosen = select_messages(own, life.memory, MAX_MESSAGES)
        upto = batch[-1].seq
        if not chosen:
            self._read_seqs["model"][life] = upto
            return True
        last = chosen[-1].message
        if own[-1] is not last:
            upto = last.seq
        readable = [each for each in chosen if not _is_in_danger(each.message)]
        learned = await self._ask_learner(readable) if readable else []
        if learned is not None:
            await self._write(life, "model", upto, learned, mark=True)
        return True

    async def _ask_learner(self, chosen: Sequence[ExtractionInput]) -> list[ClaimLearned] | None:
        """Return the claims that the learner finds; `None` if it was interrupted by a reply."""
        if not self._learner.is_local:
            return await self._read_and_verify(chosen)
        return await self._foreground_load.run_until_busy(self._read_and_verify(chosen))

    async def _read_and_verify(self, chosen: Sequence[ExtractionInput]) -> list[ClaimLearned]:
        """Return the claims that the learner finds; a second reading decides which count."""
        drawn = await self._learner.read(chosen)
        plain = [states_plainly(claim, sources[0]) for claim, sources, _ in drawn]
        asked = [
            Statement(sources[0].text, claim)
            for (claim, sources, _), is_plain in zip(drawn, plain, strict=True)
            if is_plain
        ]
        answers = iter(await self._verification.agree(asked))
        return [
            to_entry(claim, sources, by, verified=is_plain and next(answers) is True)
            for (claim, sources, by), is_plain in zip(drawn, plain, strict=True)
        ]

    async def _wait_for_quiet(self) -> None:
        """Return when nobody has waited for a reply for a while, or someone waits for learning."""
        while not self._wait_requested.is_set():
            with anyio.move_on_after(_QUIET_SECONDS):
                await self._wait_requested.wait()
            if not self._foreground_load.is_busy:
                return

    # --- writing --------------------------------------------------------------------------

    def _cursor(self, life: Life, method: Method) -> int:
        return max(life.memory.facts.learned_up_to(method), self._read_seqs[method].get(life, 0))

    async def _write(
        self,
        life: Life,
        method: Method,
        seq: int,
        learned: Sequence[ClaimLearned],
        *,
        mark: bool = False,
    ) -> None:
        """Write the claims found in the entries up to `seq`, and that position.

        Without claims the position is written seldom: rules find nothing there again.
        """
        facts = life.memory.facts
        async with life.transaction(catch_up=False) as transaction:
            if facts.paused:
                return
            kept = [
                settled
                for each in learned
                if _has_visible_sources(life.memory, each)
                for settled in settle(each, facts, life.memory)
            ]
            if kept or mark or seq - facts.learned_up_to(method) >= _MAX_UNMARKED_ENTRIES:
                marked = LearnedUpTo(at=time.time(), seq=seq, method=method)
                await transaction.append(*kept, marked)
            self._read_seqs[method][life] = seq


def learn_by_rules(messages: Sequence[SourceMessage]) -> list[ClaimLearned]:
    """Return the claims that rules find in the person's own messages."""
    return [_rule_entry(found, message) for found, message in _extract_by_rules(messages)]


def _rule_entry(found: ExtractedClaim, message: SourceMessage) -> ClaimLearned:
    return to_entry(found.claim, [message], "rules", certain=found.certain)


async def _erase_claims(life: Life, choose: Callable[[Memory], list[int]]) -> None:
    """Erase the claims that `choose` returns, if there are any."""
    async with life.transaction(catch_up=False) as transaction:
        if seqs := choose(life.memory):
            await transaction.erase(seqs)


def _extract_by_rules(messages: Sequence[SourceMessage]) -> list[_RuleClaim]:
    drawn: list[_RuleClaim] = []
    here = local_now().tzinfo
    for message in messages:
        try:
            claims = read_claims(message.text, message.at, here)
            if claims and not _is_in_danger(message):
                drawn += [(claim, message) for claim in claims]
        except Exception as error:  # noqa: BLE001 - the boundary of one message: others are read
            # Its text is left out: it may quote what was said.
            logger.error("a message could not be read: %s", type(error).__name__)  # noqa: TRY400
    return drawn


def _is_learnable(message: Message, memory: Memory) -> bool:
    """Return whether a message is learned from: the person's own, and not replaced.

    Nothing is learned from one with which help was named, nor from what was said to a specialist
    that isn't to learn.
    """
    own = message.is_from_person and message.visible and message.care is None
    return own and memory.scopes.of(message.expert).learns


def _is_in_danger(message: SourceMessage) -> bool:
    """Return whether a message says that somebody is in danger; imported ones have no mark."""
    return message.care is not None or assess(message.text).level >= Level.IDEATION


def _has_visible_sources(memory: Memory, learned: ClaimLearned) -> bool:
    """Return whether all source messages exist and are not replaced."""
    found = [memory.messages.find(source) for source in learned.sources]
    return all(message is not None and message.visible for message in found)


def _orphaned_claims(memory: Memory) -> list[int]:
    """Return the claims whose source messages were forgotten since.

    Forgetting a message erases its claims, but another process may read it at the same time.
    """
    return [
        seq
        for seq, learned in _extracted_claims(memory)
        if any(memory.messages.find(source) is None for source in learned.sources)
    ]


def _superseded_claims(memory: Memory, newer: Sequence[Message]) -> list[int]:
    """Return the claims of messages that an edit among `newer` replaced.

    Facts that the person has confirmed stay.
    """
    places = {(each.conversation, each.parent) for each in newer if each.imported is None}
    gone: list[int] = []
    for seq, learned in _extracted_claims(memory) if places else ():
        found = (memory.messages.find(source) for source in learned.sources)
        hidden = (message for message in found if message and not message.visible)
        replaced = any((each.conversation, each.parent) in places for each in hidden)
        if replaced and memory.facts.get(learned.id).trust != "confirmed":
            gone.append(seq)
    return gone


def _extracted_claims(memory: Memory) -> Iterator[tuple[int, ClaimLearned]]:
    """Yield the claims that were extracted: not added by the person, nor imported."""
    for seq, entry in memory.facts.entries():
        if isinstance(entry, ClaimLearned) and entry.by not in {"person", "import"}:
            yield seq, entry
