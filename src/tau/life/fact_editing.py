"""A person's hands on what is known of them: look, correct, confirm, approve, reject, undo, forget.

Nothing is ever changed in place: each of these writes an entry, and what is known is a fold of all
of them. Only forgetting takes something away, and then for good (`tau.memory.erasure_plan`).
"""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from tau.clock import local_now
from tau.errors import BadInput, Conflict, NotFound
from tau.facts import Fact, Facts
from tau.facts.rules import claims as claims_in
from tau.ids import new_id
from tau.journal.entries import (
    Claim,
    Entry,
    Judged,
    Learned,
    LearnedUpTo,
    LearningChanged,
    Topic,
    Undone,
    Verdict,
)
from tau.life.life import Life
from tau.memory import Memory, Message
from tau.memory.erasure_plan import Erasure, Wish
from tau.text.words import folded, query_terms, terms

LONGEST_FACT = 1_000
"""Characters of what a person tells memory at once."""
HOUR_SECONDS = 3_600.0
_MOST_UNSAID = 5
_NEXT_MOMENT_SECONDS = 1e-6  # the least that a time of our days holds apart
State = Literal["current", "past", "waiting", "rejected"]
_CHANGED = "This memory was changed elsewhere in the meantime; look at it again, then decide."


class Known(msgspec.Struct, frozen=True):
    """A fact with everything that speaks for it.

    `history` is what it took the place of and what took its place, itself included, oldest first;
    `sources` are the messages that say so, as far as they are still there.
    """

    fact: Fact
    history: list[Fact]
    claims: list[Learned]
    sources: list[Message]


class Memories:
    """What is known in one life, in the hands of whose life it is."""

    def __init__(self, life: Life) -> None:
        self._life = life

    @property
    def _facts(self) -> Facts:
        return self._life.memory.facts

    @property
    def paused(self) -> bool:
        """Whether nothing is learned now."""
        return self._facts.paused

    # --- looking --------------------------------------------------------------------------

    def facts(
        self,
        *,
        state: State | Literal["all"] = "current",
        topic: Topic | None = None,
        query: str = "",
        message: str | None = None,
    ) -> list[Fact]:
        """Return facts, those said last first; for a `query`, those that say most of it first.

        `message` keeps those that a message is a source of.
        """
        now = time.time()
        found = [
            fact
            for fact in self._facts.all()
            if state in ("all", state_of(fact, now))
            and topic in (None, fact.topic)
            and (message is None or message in fact.sources)
        ]
        found.sort(key=lambda fact: (fact.last_said_on, fact.id), reverse=True)
        if not query.strip():
            return found
        if state != "current":
            return _matching(found, query)
        best = self._life.memory.search_facts(query, now, len(self._facts.all()))
        wanted = {fact.id for fact in found}
        ranked = {fact.id: fact for fact in best if fact.id in wanted}
        return [*(ranked | {fact.id: fact for fact in _matching(found, query)}).values()]

    def show(self, fact_id: str) -> Known:
        """Return a fact with its history, its claims and its source messages. Raises `NotFound`."""
        fact = self._facts.get(fact_id)
        return Known(
            fact=fact,
            history=self._facts.history(fact.id),
            claims=self._facts.claims_of(fact.id),
            sources=[said for one in fact.sources if (said := self._message(one)) is not None],
        )

    def revision(self, fact: Fact) -> int:
        """Return what tells whether a fact was changed since somebody looked at it."""
        newer = self._find(fact.superseded_by) if fact.superseded_by else None
        return max(fact.revision, newer.revision if newer else 0)

    # --- setting right --------------------------------------------------------------------

    async def correct(self, fact_id: str, text: str, *, revision: int | None = None) -> Fact:
        """Put `text` in the place of a fact and return what is held to be true now.

        Raises `NotFound`, `BadInput` for no text or a long one and, where `revision` is not that of
        the fact any more, `Conflict`.
        """
        text = _checked(text)
        async with self._life.changing:
            fact = await self._looked_at(fact_id, revision)
            claims = self._facts.claims_of(fact.id)
            if text == fact.text and fact.state != "past":
                await self._write(*self._approval(fact, time.time()))
                return self._facts.get(fact.id)
            learned = Learned(
                at=time.time(),
                id=new_id(),
                claim=_corrected(claims[-1].claim, text),
                by="person",
                corrects=fact.id,
            )
            # What waited would wait on beside what it should have said.
            waited = fact.state == "waiting"
            wrong = [_judged(fact.id, "rejected", learned.at)] if waited else []
            await self._write(*wrong, learned)
        return self._facts.get(learned.id)

    async def confirm(self, fact_id: str, *, revision: int | None = None) -> Fact:
        """Say that a fact is right; one that waited or was rejected counts from now on."""
        async with self._life.changing:
            fact = await self._looked_at(fact_id, revision)
            if not (fact.confirmed and fact.state == "current"):
                now = time.time()
                await self._write(*self._approval(fact, now), _judged(fact.id, "confirmed", now))
        return self._facts.get(fact.id)

    async def approve(self, ids: Sequence[str]) -> list[Fact]:
        """Let facts that waited count, all in one step. Raises `NotFound` if one is unknown."""
        async with self._life.changing:
            await self._life.journal.catch_up()
            facts = [self._facts.get(name) for name in ids]
            moments = _moments(time.time())
            await self._write(
                *(each for fact in facts for each in self._approval(fact, next(moments)))
            )
        return _once(self._facts.get(fact.id) for fact in facts)

    async def reject(self, ids: Sequence[str], *, revision: int | None = None) -> list[Fact]:
        """Say that facts are wrong: they are not believed, and not learned again from the same.

        Raises `NotFound` if one is unknown, then none is rejected.
        """
        async with self._life.changing:
            facts = [await self._looked_at(name, revision) for name in ids]
            wrong = [fact for fact in facts if fact.state != "rejected"]
            moments = _moments(time.time())
            await self._write(*(_judged(fact.id, "rejected", next(moments)) for fact in wrong))
        return _once(self._facts.get(fact.id) for fact in facts)

    async def undo(self, fact_id: str) -> Fact | None:
        """Take back the last thing the person did to a fact; return what stands in its place.

        Nothing may stand there: what was told and then undone is no fact any more. Raises
        `NotFound`, and `BadInput` if there is nothing to undo.
        """
        async with self._life.changing:
            await self._life.journal.catch_up()
            fact = self._facts.get(fact_id)
            steps, claims = self._steps(fact), self._claims(fact)
            if not steps:
                raise BadInput("There is nothing to undo: you have not changed this memory.")
            last = steps[-1]
            before = last.corrects if isinstance(last, Learned) else None
            # Judgements of one moment were one act, whatever became of the claims since.
            together = [
                each
                for _, each in self._facts.undoable()
                if each.at == last.at and (isinstance(each, Judged) or each in steps)
            ]
            await self._write(*(Undone(at=time.time(), target=each.id) for each in together))
        names = [before, fact.id, *(claim.id for claim in claims)]
        return next((one for name in names if name and (one := self._find(name))), None)

    async def tell(self, text: str) -> list[Fact]:
        """Tell memory something directly; return the facts that it became or joined."""
        text = _checked(text)
        now = time.time()
        claims = claims_in(text, now, local_now().tzinfo)
        if not claims or _leaves_much_out(text, claims):
            claims.append(Claim(topic="other", text=text, value=folded(text)))
        told = [Learned(at=now, id=new_id(), claim=claim, by="person") for claim in claims]
        await self._write(*told)
        return _once(self._facts.get(each.id) for each in told)

    # --- learning -------------------------------------------------------------------------

    async def pause(self) -> None:
        """Learn nothing from now on, until `resume`."""
        if not self.paused:
            await self._write(LearningChanged(at=time.time(), paused=True))

    async def resume(self) -> None:
        """Learn again, but never from what was said meanwhile."""
        async with self._life.changing:
            await self._life.journal.catch_up()
            if not self.paused:
                return
            now, last = time.time(), self._life.journal.last
            records = await self._life.journal.append(
                *_read_up_to(last, now), LearningChanged(at=now, paused=False)
            )
            if records[0].seq > last + 1:  # something was said at this very moment
                await self._write(*_read_up_to(records[0].seq, now))

    # --- forgetting -----------------------------------------------------------------------

    async def forget_fact(self, fact_id: str, *, dry_run: bool = False) -> Erasure:
        """Forget a fact, with the messages that say so. Raises `NotFound`."""
        return await self.forget_facts([fact_id], dry_run=dry_run)

    async def forget_facts(self, ids: Sequence[str], *, dry_run: bool = False) -> Erasure:
        """Forget several facts at once, with the messages that say so. Raises `NotFound`."""
        return await self._life.forget(lambda _: Wish(facts=tuple(ids)), dry_run=dry_run)

    async def forget_period(
        self, since: float, until: float | None = None, *, dry_run: bool = False
    ) -> Erasure:
        """Forget everything said, told and named from `since` up to `until` (now, if left out)."""
        end = time.time() if until is None else until
        if not since < end:
            raise BadInput("The time to forget ends before it begins.")
        # What is being said this very moment belongs to "now".
        last = float("inf") if until is None else end
        return await self._life.forget(
            lambda memory: _said_in(memory, since, last), dry_run=dry_run
        )

    async def forget_last_hour(self, *, dry_run: bool = False) -> Erasure:
        """Forget everything of the last sixty minutes."""
        return await self.forget_period(time.time() - HOUR_SECONDS, dry_run=dry_run)

    async def forget_conversation(self, conversation: str, *, dry_run: bool = False) -> Erasure:
        """Forget a conversation, name and all. Raises `NotFound`."""
        return await self._life.erase_conversation(conversation, dry_run=dry_run)

    async def forget_import(self, import_id: str, *, dry_run: bool = False) -> Erasure:
        """Forget everything that an import brought, and that it was. Raises `NotFound`."""
        return await self._life.forget(
            lambda memory: _brought_by(memory, import_id), dry_run=dry_run
        )

    # --- inside ---------------------------------------------------------------------------

    async def _looked_at(self, fact_id: str, revision: int | None) -> Fact:
        """Return a fact as it stands. Raises `Conflict` if it is not as it was looked at."""
        await self._life.journal.catch_up()
        fact = self._facts.get(fact_id)
        if revision is not None and self.revision(fact) != revision:
            raise Conflict(_CHANGED)
        return fact

    async def _write(self, *entries: Entry) -> None:
        if entries:
            await self._life.journal.append(*entries)

    def _approval(self, fact: Fact, at: float) -> list[Judged]:
        """Return the word that lets every claim of a waiting fact count."""
        if fact.state not in ("waiting", "rejected"):
            return []
        waiting = (claim for claim in self._claims(fact) if claim.trust == "waiting")
        return [_judged(claim.id, "approved", at) for claim in waiting]

    def _claims(self, fact: Fact) -> list[Learned]:
        return self._facts.claims_of(fact.id)

    def _steps(self, fact: Fact) -> list[Learned | Judged]:
        """Return what the person did to a fact and still counts, oldest first."""
        names = {claim.id for claim in self._claims(fact)}
        return [
            entry
            for _, entry in self._facts.undoable()
            if (isinstance(entry, Judged) and entry.fact in names)
            or (isinstance(entry, Learned) and (entry.id in names or entry.corrects in names))
        ]

    def _find(self, fact_id: str) -> Fact | None:
        try:
            return self._facts.get(fact_id)
        except NotFound:
            return None

    def _message(self, message: str) -> Message | None:
        try:
            return self._life.memory.message(message)
        except NotFound:  # forgotten since
            return None


def state_of(fact: Fact, now: float) -> State:
    """Return the state of a fact at `now`: one whose time is over is past."""
    return "past" if fact.state == "current" and not fact.holds(now) else fact.state


def _checked(text: str) -> str:
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise BadInput("There are no words in it.")
    if len(text) > LONGEST_FACT:
        raise BadInput(f"Tell memory at most {LONGEST_FACT:,} characters at once.")
    return text


def _leaves_much_out(text: str, claims: Sequence[Claim]) -> bool:
    """Tell whether claims say too little of what the person told: then it is kept whole besides."""
    told = terms(text)
    unsaid = told.keys() - terms(" ".join(claim.text for claim in claims)).keys()
    return len(unsaid) > max(_MOST_UNSAID, len(told) / 2)


def _corrected(old: Claim, text: str) -> Claim:
    """Return the claim that `text` makes in the place of `old`."""
    for claim in claims_in(text, time.time(), local_now().tzinfo):
        if (claim.slot, claim.topic) == (old.slot, old.topic):
            return msgspec.structs.replace(claim, about=old.about or claim.about)
    return msgspec.structs.replace(
        old, text=text, value=_value_in(text, old), valid_from=None, valid_to=None
    )


def _value_in(text: str, old: Claim) -> str:
    """Return what fills the slot in `text`, where it is written like the old claim."""
    new, before, value = folded(text), folded(old.text), folded(old.value)
    if value and value in before:
        start, _, end = before.partition(value)
        middle = new[len(start) : len(new) - len(end)]
        if middle and new == start + middle + end:
            return middle
    return new


def _moments(now: float) -> Iterator[float]:
    """Yield moments from now on that differ: a fact each, so that each can be undone by itself."""
    return (now + place * _NEXT_MOMENT_SECONDS for place in itertools.count())


def _judged(fact: str, verdict: Verdict, at: float) -> Judged:
    return Judged(at=at, id=new_id(), fact=fact, verdict=verdict)


def _read_up_to(seq: int, now: float) -> list[LearnedUpTo]:
    return [LearnedUpTo(at=now, seq=seq, method=method) for method in ("rules", "model")]


def _once(facts: Iterable[Fact]) -> list[Fact]:
    return [*{fact.id: fact for fact in facts}.values()]


def _matching(facts: list[Fact], query: str) -> list[Fact]:
    """Return the facts that share words with a question, those that share most first."""
    asked = query_terms(query)
    scored = [
        (sum(asked[term][0] for term in terms(f"{fact.text} {fact.about}") if term in asked), fact)
        for fact in facts
    ]
    scored = [each for each in scored if each[0] > 0]
    return [fact for _, fact in sorted(scored, key=lambda each: -each[0])]


def _said_in(memory: Memory, since: float, until: float) -> Wish:
    """Return everything said in a time, told to memory in it, or named in it."""
    messages = tuple(one.id for one in memory.everything() if since <= one.at < until)
    told = [
        seq
        for seq, entry in memory.facts.entries()
        if isinstance(entry, Learned) and entry.by == "person" and since <= entry.at < until
    ]
    named = [change.seq for _, change in memory.titles() if since <= change.at < until]
    return Wish(messages=messages, entries=(*told, *named), whole=True)


def _brought_by(memory: Memory, import_id: str) -> Wish:
    """Return what an import brought. Raises `NotFound` if there was none."""
    told = memory.import_entries(import_id)
    messages = tuple(one.id for one in memory.everything() if one.imported == import_id)
    claims = [
        seq
        for seq, entry in memory.facts.entries()
        if isinstance(entry, Learned) and entry.imported == import_id
    ]
    if not (told or messages or claims):
        raise NotFound("There was no such import.")
    return Wish(messages=messages, entries=(*told, *claims), whole=True)
