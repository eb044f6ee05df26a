"""Keeps an erasure from making facts current that were not.

Erasing a claim erases what it did to others: it may have replaced an older value, ended it, or
stood in the way of a correction. A person who forgets their new home has not moved back to the
old one. So what held until some day before an erasure must not hold longer after it: the claims
concerned are written again with an end, and a rejection is moved to a claim that stays.
"""

import math
from collections.abc import Collection

import msgspec

from tau.facts import Fact, Facts
from tau.journal.entries import ClaimLearned, FactJudged
from tau.memory.memory import Memory

_NEVER = -math.inf
Rewritten = dict[int, ClaimLearned | FactJudged]
"""By the `seq` of an entry, the entry that is written in its place, at the end of the journal."""


def entries_to_rewrite(memory: Memory, seqs: Collection[int]) -> Rewritten:
    """Return the entries to write again so that erasing those at `seqs` makes no fact current."""
    facts = memory.facts
    erased = {seq for seq, _ in facts.entries() if seq in set(seqs)}
    if not erased:
        return {}
    places = {
        entry.id: (seq, entry) for seq, entry in facts.entries() if isinstance(entry, ClaimLearned)
    }
    rewritten: Rewritten = {}
    for _ in range(len(places) + 1):  # a claim is rewritten once, and each round rewrites one
        added = list(rewritten.values())
        after = facts.without({*erased, *rewritten}, added)
        claims: dict[str, list[str]] = {}
        for claim, fact in after.owners.items():
            claims.setdefault(fact, []).append(claim)
        found = _rewrite_returning(memory, after.facts, claims, places, rewritten)
        if not found:
            break
        rewritten |= found
    return rewritten


def _rewrite_returning(
    memory: Memory,
    after: list[Fact],
    claims: dict[str, list[str]],
    places: dict[str, tuple[int, ClaimLearned]],
    known: Rewritten,
) -> Rewritten:
    """Return what to write again, by this look at the facts after the erasure."""
    rewritten: Rewritten = {}
    for fact in after:
        before = [one for claim in claims[fact.id] if (one := memory.facts.find(claim))]
        allowed = max(map(_held_until, before), default=_NEVER)
        if _held_until(fact) <= allowed:
            continue
        if allowed == _NEVER:
            rewritten |= _moved_rejection(memory.facts, before, fact.id)
            continue
        left = [places[claim] for claim in claims[fact.id] if places[claim][0] not in known]
        rewritten |= {seq: _ended(memory, learned, allowed) for seq, learned in left[-1:]}
    return rewritten


def _held_until(fact: Fact) -> float:
    """Return until when a fact is believed to hold: for ever, to a time, or never."""
    if fact.state in ("waiting", "rejected"):
        return _NEVER
    if fact.valid_to is not None:
        return fact.valid_to
    return math.inf if fact.state == "current" else fact.last_said_on


def _ended(memory: Memory, learned: ClaimLearned, end: float) -> ClaimLearned:
    sources = (one for one in learned.sources if memory.messages.find(one) is not None)
    return msgspec.structs.replace(
        learned,
        claim=msgspec.structs.replace(learned.claim, valid_to=end),
        sources=tuple(sources),
        trust="own",  # it was believed, perhaps by an approval that stands before it now
    )


def _moved_rejection(facts: Facts, before: list[Fact], fact_id: str) -> Rewritten:
    """Return the last rejection of these facts, of what is left of them."""
    names = {one.id for fact in before for one in facts.claims_of(fact.id)}
    rejections = {
        seq: entry
        for seq, entry in facts.entries()
        if isinstance(entry, FactJudged) and entry.verdict == "rejected" and entry.fact in names
    }
    return {
        seq: msgspec.structs.replace(rejections[seq], fact=fact_id)
        for seq in sorted(rejections)[-1:]
    }
