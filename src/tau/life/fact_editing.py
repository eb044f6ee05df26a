"""Editing of facts: list, correct, confirm, approve, reject, undo, add; pausing of learning.

Nothing is changed in place: each change is an entry, and facts are a fold of all entries.
"""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from tau.clock import local_now
from tau.errors import BadInput, Conflict
from tau.facts import Fact, Facts
from tau.facts.facts import undoable
from tau.facts.resolution import CARE
from tau.facts.rules import extract_claims
from tau.facts.types import FactState
from tau.ids import new_id
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    FactJudged,
    LearnedUpTo,
    LearningChanged,
    Topic,
    Verdict,
)
from tau.life.life import Life
from tau.memory import Message
from tau.text.tokenization import fold_text, query_terms, terms

MAX_FACT_CHARACTERS = 1_000
"""Characters of a fact that a person adds or corrects."""
_MAX_OMITTED_TERMS = 5
_TIME_STEP_SECONDS = 1e-6  # the smallest difference that a float of today keeps
_CONFLICT = "This memory was changed elsewhere in the meantime; look at it again, then decide."


class FactEvidence(msgspec.Struct, frozen=True):
    """A fact with its evidence.

    `history` holds the facts it replaced and those that replaced it, itself included, oldest first;
    `sources` are its source messages that still exist.
    """

    fact: Fact
    history: list[Fact]
    claims: list[ClaimLearned]
    sources: list[Message]


class FactEditor:
    """Lists and edits the facts of one person."""

    def __init__(self, life: Life) -> None:
        self._life = life

    @property
    def _facts(self) -> Facts:
        return self._life.memory.facts

    @property
    def paused(self) -> bool:
        """Whether learning is paused."""
        return self._facts.paused

    # --- reading --------------------------------------------------------------------------

    def facts(
        self,
        *,
        state: FactState | Literal["all"] = "current",
        topic: Topic | None = None,
        query: str = "",
        message: str | None = None,
    ) -> list[Fact]:
        """Return facts, newest first; for a `query`, best match first.

        With `message`, only those that it is a source of.
        """
        now = time.time()
        found = [
            fact
            for fact in (each.at(now) for each in self._facts.all())
            if state in ("all", fact.state)
            and topic in (None, fact.topic)
            and (message is None or message in fact.sources)
        ]
        found.sort(key=lambda fact: (fact.last_said_on, fact.id), reverse=True)
        if not query.strip():
            return found
        if state != "current":
            return _search(found, query)
        best = self._life.memory.search_facts(query, now, len(self._facts.all()))
        wanted = {fact.id for fact in found}
        ranked = {fact.id: fact.at(now) for fact in best if fact.id in wanted}
        return [*(ranked | {fact.id: fact for fact in _search(found, query)}).values()]

    def evidence_for(self, fact_id: str) -> FactEvidence:
        """Return a fact with its history, its claims and its source messages. Raises `NotFound`."""
        now = time.time()
        fact = self._facts.get(fact_id).at(now)
        return FactEvidence(
            fact=fact,
            history=[each.at(now) for each in self._facts.history(fact.id)],
            claims=self._facts.claims_of(fact.id),
            sources=[
                said
                for one in fact.sources
                if (said := self._life.memory.messages.find(one)) is not None
            ],
        )

    def revision(self, fact: Fact) -> int:
        """Return a number that changes whenever the fact does."""
        newer = self._facts.find(fact.superseded_by) if fact.superseded_by else None
        return max(fact.revision, newer.revision if newer else 0)

    # --- editing --------------------------------------------------------------------

    async def correct(self, fact_id: str, text: str, *, revision: int | None = None) -> Fact:
        """Replace a fact by `text` and return the fact that is current now.

        Raises `NotFound`, `BadInput` for an empty or long text and `Conflict` if `revision` isn't
        that of the fact any more.
        """
        text = _validated_text(text)
        async with self._life.transaction() as transaction:
            fact = self._load_fact(fact_id, revision)
            claims = self._facts.claims_of(fact.id)
            if text == fact.text and fact.state != "past":
                await transaction.append(*self._approval_entries(fact, time.time()))
                return self._get(fact.id)
            learned = ClaimLearned(
                at=time.time(),
                id=new_id(),
                claim=_corrected_claim(claims[-1].claim, text),
                by="person",
                corrects=fact.id,
                trust="waiting" if fact.is_of_care else "own",
                expert=CARE if fact.is_of_care else None,
            )
            # A waiting fact would go on waiting beside its correction.
            waited = fact.state == "waiting"
            wrong = [_judgement(fact.id, "rejected", learned.at)] if waited else []
            await transaction.append(*wrong, learned)
        return self._get(learned.id)

    async def confirm(self, fact_id: str, *, revision: int | None = None) -> Fact:
        """Confirm a fact; one that was waiting or rejected is believed from now on."""
        async with self._life.transaction() as transaction:
            fact = self._load_fact(fact_id, revision)
            if not (fact.confirmed and fact.state == "current"):
                now = time.time()
                await transaction.append(
                    *self._approval_entries(fact, now), _judgement(fact.id, "confirmed", now)
                )
        return self._get(fact.id)

    async def approve(self, ids: Sequence[str]) -> list[Fact]:
        """Approve waiting facts, all in one step. Raises `NotFound` if one is unknown."""
        async with self._life.transaction() as transaction:
            facts = [self._facts.get(name) for name in ids]
            moments = _distinct_times(time.time())
            await transaction.append(
                *(each for fact in facts for each in self._approval_entries(fact, next(moments)))
            )
        return _unique(self._get(fact.id) for fact in facts)

    async def reject(self, ids: Sequence[str], *, revision: int | None = None) -> list[Fact]:
        """Reject facts: they aren't believed, nor learned again from the same messages.

        Raises `NotFound`, and rejects none, if one is unknown.
        """
        async with self._life.transaction() as transaction:
            facts = [self._load_fact(name, revision) for name in ids]
            wrong = [fact for fact in facts if fact.state != "rejected"]
            moments = _distinct_times(time.time())
            await transaction.append(
                *(_judgement(fact.id, "rejected", next(moments)) for fact in wrong)
            )
        return _unique(self._get(fact.id) for fact in facts)

    async def undo(self, fact_id: str) -> Fact | None:
        """Undo the person's last change to a fact; return the fact as it is then.

        `None` if there is none: a fact that was added and then undone is gone. Raises `NotFound`,
        and `BadInput` if there is nothing to undo.
        """
        async with self._life.transaction() as transaction:
            fact = self._facts.get(fact_id)
            steps, claims = self._user_actions(fact), self._claims_of(fact)
            if not steps:
                raise BadInput("There is nothing to undo: you have not changed this memory.")
            last = steps[-1]
            before = last.corrects if isinstance(last, ClaimLearned) else None
            # Judgements of the same time were one action, whatever became of the claims since.
            together = [
                each
                for _, each in undoable(self._facts)
                if each.at == last.at and (isinstance(each, FactJudged) or each in steps)
            ]
            await transaction.append(
                *(ChangeUndone(at=time.time(), target=each.id) for each in together)
            )
        names = [before, fact.id, *(claim.id for claim in claims)]
        found = (self._facts.find(name) for name in names if name)
        return next((fact.at(time.time()) for fact in found if fact), None)

    async def add_fact(self, text: str) -> list[Fact]:
        """Add what a person writes to memory; return the facts that it became or joined."""
        text = _validated_text(text)
        now = time.time()
        claims = extract_claims(text, now, local_now().tzinfo)
        if not claims or _is_incomplete(text, claims):
            claims.append(Claim(topic="other", text=text, value=fold_text(text)))
        added = [ClaimLearned(at=now, id=new_id(), claim=claim, by="person") for claim in claims]
        async with self._life.transaction() as transaction:
            await transaction.append(*added)
            return _unique(self._get(each.id) for each in added)

    # --- learning -------------------------------------------------------------------------

    async def pause(self) -> None:
        """Pause learning until `resume`."""
        async with self._life.transaction() as transaction:
            if not self.paused:
                await transaction.append(LearningChanged(at=time.time(), paused=True))

    async def resume(self) -> None:
        """Resume learning, but never from what was said while it was paused."""
        async with self._life.transaction() as transaction:
            if not self.paused:
                return
            now, last = time.time(), transaction.last
            records = await transaction.append(
                *_mark_as_read(last, now), LearningChanged(at=now, paused=False)
            )
            if records[0].seq > last + 1:  # something was said at this very time
                await transaction.append(*_mark_as_read(records[0].seq, now))

    # --- inside ---------------------------------------------------------------------------

    def _get(self, fact_id: str) -> Fact:
        return self._facts.get(fact_id).at(time.time())

    def _load_fact(self, fact_id: str, revision: int | None) -> Fact:
        """Return a fact. Raises `Conflict` if its revision isn't the one that was looked at."""
        fact = self._facts.get(fact_id)
        if revision is not None and self.revision(fact) != revision:
            raise Conflict(_CONFLICT)
        return fact

    def _approval_entries(self, fact: Fact, at: float) -> list[FactJudged]:
        """Return the judgements that approve every claim of a waiting fact."""
        if fact.state not in ("waiting", "rejected"):
            return []
        claims = self._claims_of(fact)
        waiting = (each for each in claims if each.trust == "waiting" or each.expert == CARE)
        return [_judgement(claim.id, "approved", at) for claim in waiting]

    def _claims_of(self, fact: Fact) -> list[ClaimLearned]:
        return self._facts.claims_of(fact.id)

    def _user_actions(self, fact: Fact) -> list[ClaimLearned | FactJudged]:
        """Return the person's changes to a fact that aren't undone, oldest first."""
        names = {claim.id for claim in self._claims_of(fact)}
        return [
            entry
            for _, entry in undoable(self._facts)
            if (isinstance(entry, FactJudged) and entry.fact in names)
            or (isinstance(entry, ClaimLearned) and (entry.id in names or entry.corrects in names))
        ]


def _validated_text(text: str) -> str:
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise BadInput("There is nothing to add: the text is empty.")
    if len(text) > MAX_FACT_CHARACTERS:
        raise BadInput(f"A memory can have at most {MAX_FACT_CHARACTERS:,} characters.")
    return text


def _is_incomplete(text: str, claims: Sequence[Claim]) -> bool:
    """Return whether claims omit so much of a text that it is kept whole, too."""
    given = terms(text)
    unsaid = given.keys() - terms(" ".join(claim.text for claim in claims)).keys()
    return len(unsaid) > max(_MAX_OMITTED_TERMS, len(given) / 2)


def _corrected_claim(old: Claim, text: str) -> Claim:
    """Return the claim that `text` makes in the place of `old`."""
    for claim in extract_claims(text, time.time(), local_now().tzinfo):
        if (claim.slot, claim.topic) == (old.slot, old.topic):
            return msgspec.structs.replace(claim, about=old.about or claim.about)
    return msgspec.structs.replace(
        old, text=text, value=_corrected_value(text, old), valid_from=None, valid_to=None
    )


def _corrected_value(text: str, old: Claim) -> str:
    """Return what fills the slot in `text`, where it is written like the old claim."""
    new, before, value = fold_text(text), fold_text(old.text), fold_text(old.value)
    if value and value in before:
        start, _, end = before.partition(value)
        middle = new[len(start) : len(new) - len(end)]
        if middle and new == start + middle + end:
            return middle
    return new


def _distinct_times(now: float) -> Iterator[float]:
    """Yield distinct times, one per fact, so that each can be undone by itself."""
    return (now + place * _TIME_STEP_SECONDS for place in itertools.count())


def _judgement(fact: str, verdict: Verdict, at: float) -> FactJudged:
    return FactJudged(at=at, id=new_id(), fact=fact, verdict=verdict)


def _mark_as_read(seq: int, now: float) -> list[LearnedUpTo]:
    return [LearnedUpTo(at=now, seq=seq, method=method) for method in ("rules", "model")]


def _unique(facts: Iterable[Fact]) -> list[Fact]:
    return [*{fact.id: fact for fact in facts}.values()]


def _search(facts: list[Fact], query: str) -> list[Fact]:
    """Return the facts that share words with a query, those that share most first."""
    asked = query_terms(query)
    scored = [
        (sum(asked[term][0] for term in terms(f"{fact.text} {fact.about}") if term in asked), fact)
        for fact in facts
    ]
    scored = [each for each in scored if each[0] > 0]
    return [fact for _, fact in sorted(scored, key=lambda each: -each[0])]
