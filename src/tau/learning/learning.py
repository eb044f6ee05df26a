"""Learning behind the reply: what the person's own new messages tell of them, read and written.

Rules read at once; a model, where the alias `learner` means a capable one, reads behind them when
it is quiet. Only what the person said themselves is read, and never while learning is paused. What
was read is a journal entry beside the claims of it (`LearnedUpTo`), so that a crash loses nothing
and repeats nothing.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary

import anyio

from tau.clock import local_now
from tau.errors import NotFound
from tau.facts.rules import claims as claims_by_rules
from tau.facts.trust import learnable, trust_of
from tau.ids import new_id
from tau.journal.entries import Claim, Learned, LearnedUpTo, Method, Said, Trust
from tau.learning.extraction import MOST_MESSAGES, Reading, readings
from tau.learning.learner import Claimed, Learner
from tau.learning.priority import Waiting
from tau.learning.worker import Worker
from tau.life.life import Life
from tau.memory import Memory, Message
from tau.models import Models

logger = logging.getLogger(__name__)

_BATCH = 400  # messages that rules read at once
_FEW = 20_000  # characters; more are read in a thread
_MOST_UNMARKED = 200  # entries without a claim that are read again after a restart
_PATIENCE_SECONDS = 1.0  # of a large batch, for those who are being answered
_QUIET_SECONDS = 5.0  # before a model reads: several turns together cost less
_SOON = 64  # entries that rules read while a reply waits for them
_READY_SECONDS = 0.5  # that it waits at most

_Words = Message | Said
_Drawn = tuple[Claim, _Words]


class Learning:
    """Reads the person's own messages of every opened life, oldest first."""

    def __init__(self, models: Models, waiting: Waiting | None = None) -> None:
        self._waiting = waiting or Waiting()
        self._learner = Learner(models)
        self._rules = Worker("learning", self._read_by_rules)
        self._model = Worker("learning by model", self._read_by_model)
        self._read: dict[Method, WeakKeyDictionary[Life, int]] = {
            "rules": WeakKeyDictionary(),
            "model": WeakKeyDictionary(),
        }
        self._wanted = asyncio.Event()

    def poke(self, life: Life) -> None:
        """Say that something was said or forgotten in `life`."""
        self._rules.poke(life)

    async def ready(self, life: Life) -> None:
        """Return when rules have read what was said until now; where that is much, do not wait."""
        if life.memory.last - self._cursor(life, "rules") > _SOON:
            return
        with anyio.move_on_after(_READY_SECONDS):
            await self._rules.done_with(life.person)

    async def caught_up(self) -> None:
        """Return when everything that was said is read, or cannot be read now."""
        self._wanted.set()
        try:
            await self._rules.caught_up()
            await self._model.caught_up()
        finally:
            self._wanted.clear()

    def busy_with(self, person: str) -> bool:
        """Whether something of that person's is being read now."""
        return self._rules.busy_with(person) or self._model.busy_with(person)

    def leave(self, person: str) -> None:
        """Read no more for a person until they are poked again."""
        self._rules.leave(person)
        self._model.leave(person)

    async def put_away(self, person: str) -> None:
        """Read no more for a person, and break off what is being read."""
        await self._rules.put_away(person)
        await self._model.put_away(person)

    async def close(self) -> None:
        """Stop, when rules have read what was said last. The rest is read when Tau runs again."""
        with anyio.move_on_after(_READY_SECONDS):
            await self._rules.caught_up()
        await self._rules.close()
        await self._model.close()

    # --- rules ----------------------------------------------------------------------------

    async def _read_by_rules(self, life: Life) -> bool:
        paused = life.memory.facts.paused
        batch = [] if paused else life.memory.since(self._cursor(life, "rules"), _BATCH)
        if not batch:
            await _forget(life, _sourceless)
            if self._learner.able and not paused:
                self._model.poke(life)
            return False
        own = [message for message in batch if _is_read(message)]
        drawn = await self._drawn_by_rules(own)
        learned = [_learned(claim, [message], "rules") for claim, message in drawn]
        await _forget(life, lambda memory: _replaced(memory, own))
        await self._write(life, "rules", batch[-1].seq, learned)
        return True

    async def _drawn_by_rules(self, messages: Sequence[Message]) -> list[_Drawn]:
        if sum(len(message.text) for message in messages) <= _FEW:
            return _by_rules(messages)
        with anyio.move_on_after(_PATIENCE_SECONDS):
            await self._waiting.nobody_waits()
        return await asyncio.to_thread(_by_rules, messages)

    # --- a model --------------------------------------------------------------------------

    async def _read_by_model(self, life: Life) -> bool:
        await self._quiet()
        if self._learner.shares_the_machine:
            await self._waiting.nobody_waits()  # else it would begin and give way without end
        facts = life.memory.facts
        if facts.paused or not self._learner.able:
            return False
        batch = life.memory.since(self._cursor(life, "model"), _BATCH)
        if not batch:
            return False
        own = [each for each in batch if _is_read(each) and each.imported is None]
        chosen = readings(own, life.memory, MOST_MESSAGES)
        upto = batch[-1].seq
        if not chosen:
            self._read["model"][life] = upto
            return True
        last = chosen[-1].message
        if own[-1] is not last:
            upto = last.seq
        learned = await self._asked(chosen)
        if learned is not None:
            await self._write(life, "model", upto, learned, mark=True)
        return True

    async def _asked(self, chosen: Sequence[Reading]) -> list[Learned] | None:
        """Return what the learner draws from messages; `None` if it had to give way."""
        if not self._learner.shares_the_machine:
            return _all_learned(await self._learner.read(chosen))
        asking = asyncio.ensure_future(self._learner.read(chosen))
        disturbed = asyncio.ensure_future(self._waiting.somebody_waits())
        both = {asking, disturbed}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            return _all_learned(asking.result()) if asking.done() else None
        finally:
            for task in both:
                task.cancel()
            await asyncio.wait(both)

    async def _quiet(self) -> None:
        """Return when it is quiet, or when somebody wants to know what is learned."""
        while not self._wanted.is_set():
            with anyio.move_on_after(_QUIET_SECONDS):
                await self._wanted.wait()
            if not self._waiting.anybody:
                return

    # --- writing --------------------------------------------------------------------------

    def _cursor(self, life: Life, method: Method) -> int:
        return max(life.memory.facts.learned_up_to(method), self._read[method].get(life, 0))

    async def _write(
        self,
        life: Life,
        method: Method,
        seq: int,
        learned: Sequence[Learned],
        *,
        mark: bool = False,
    ) -> None:
        """Write down what was learned from the entries up to `seq`, and that they were read.

        Where nothing was learned the mark is written seldom: rules find nothing there again.
        """
        facts = life.memory.facts
        async with life.changing:
            if facts.paused:
                return  # meanwhile
            kept = [each for each in learned if _stands(life.memory, each)]
            if kept or mark or seq - facts.learned_up_to(method) >= _MOST_UNMARKED:
                marked = LearnedUpTo(at=time.time(), seq=seq, method=method)
                await life.journal.append(*kept, marked)
            self._read[method][life] = seq


def learned_by_rules(messages: Sequence[_Words]) -> list[Learned]:
    """Return what rules learn from these words of the person's own."""
    return [_learned(claim, [message], "rules") for claim, message in _by_rules(messages)]


async def _forget(life: Life, choose: Callable[[Memory], list[int]]) -> None:
    """Erase claims for good, if there are such."""
    async with life.changing:
        if seqs := choose(life.memory):
            await life.journal.forget(seqs, time.time())


def _by_rules(messages: Sequence[_Words]) -> list[_Drawn]:
    drawn: list[_Drawn] = []
    here = local_now().tzinfo
    for message in messages:
        try:
            drawn += [(claim, message) for claim in claims_by_rules(message.text, message.at, here)]
        except Exception as error:  # noqa: BLE001 - the boundary of one message: others are read
            # Its text is left out: it may quote what was said.
            logger.error("a message could not be read: %s", type(error).__name__)  # noqa: TRY400
    return drawn


def _all_learned(drawn: Sequence[Claimed]) -> list[Learned]:
    return [_learned(claim, sources, by) for claim, sources, by in drawn]


def _learned(claim: Claim, sources: Sequence[_Words], by: str) -> Learned:
    """Return a claim as the journal keeps it; the first of its sources is where it was said."""
    trust: Trust = "own"  # rules claim what stands in the words, and nothing suspicious
    if by != "rules" or claim.topic == "instruction":
        trust = trust_of(claim, "\n".join(learnable(source.text) for source in sources))
    return Learned(
        at=sources[0].at,
        id=new_id(),
        claim=claim,
        sources=tuple(source.id for source in sources),
        trust=trust,
        by=by,
    )


def _is_read(message: Message) -> bool:
    """Tell whether a message is learned from: the person's own words, and not replaced."""
    return message.own_words and message.visible


def _stands(memory: Memory, learned: Learned) -> bool:
    """Tell whether the messages that say so are still there, and not replaced."""
    found = [_found(memory, source) for source in learned.sources]
    return all(message is not None and message.visible for message in found)


def _found(memory: Memory, message_id: str) -> Message | None:
    try:
        return memory.message(message_id)
    except NotFound:
        return None


def _sourceless(memory: Memory) -> list[int]:
    """Return the claims that were read in messages which are forgotten since.

    Who forgets a message erases what was read in it; but another node may read it meanwhile.
    """
    return [
        seq
        for seq, learned in _read_in_messages(memory)
        if any(_found(memory, source) is None for source in learned.sources)
    ]


def _replaced(memory: Memory, newer: Sequence[Message]) -> list[int]:
    """Return the claims that were read in messages which an edit among `newer` took the place of.

    What the person confirmed meanwhile stays.
    """
    places = {(each.conversation, each.parent) for each in newer if each.imported is None}
    gone: list[int] = []
    for seq, learned in _read_in_messages(memory) if places else ():
        found = (_found(memory, source) for source in learned.sources)
        hidden = (message for message in found if message and not message.visible)
        replaced = any((each.conversation, each.parent) in places for each in hidden)
        if replaced and not memory.facts.get(learned.id).confirmed:
            gone.append(seq)
    return gone


def _read_in_messages(memory: Memory) -> Iterator[tuple[int, Learned]]:
    """Yield the claims that were not told by the person to memory itself, or by a file."""
    for seq, entry in memory.facts.entries():
        if isinstance(entry, Learned) and entry.by not in {"person", "import"}:
            yield seq, entry
