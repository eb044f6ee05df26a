"""Keeps an erasure from making facts current that were not.

Erasing a claim erases what it did to others: it may have replaced an older value, ended it, or
stood in the way of a correction. A person who forgets their new home has not moved back to the
old one. So what held until some day before an erasure must not hold longer after it, and what was
rejected stays rejected: the claims concerned are written again with an end, and a fact that comes
apart from a rejected one gets a rejection of its own. Nor may an older end reach what was said
again later: that end is written again too, before the later claim.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from tau.facts import Fact
from tau.facts.resolution import Resolution, find_related, resolve
from tau.ids import new_id
from tau.journal.entries import ClaimLearned, FactJudged
from tau.memory.memory import Memory

_NEVER = -math.inf
_MAX_ROUNDS = 16
"""Most searches end after two or three: each round resolves the related claims."""


class Rewritten(NamedTuple):
    """What an erasure writes again: claims by the `seq` of the old entry, rejections by fact."""

    claims: dict[int, ClaimLearned]
    rejections: dict[str, FactJudged]

    @property
    def entries(self) -> list[ClaimLearned | FactJudged]:
        """What is written at the end of the journal: rejections come after what they reject."""
        return [*self.claims.values(), *self.rejections.values()]


def entries_to_rewrite(memory: Memory, seqs: Collection[int]) -> Rewritten:
    """Return the entries to write again so that erasing those at `seqs` makes no fact current."""
    entries = dict(memory.facts.entries())
    erased = entries.keys() & set(seqs)
    known = Rewritten({}, {})
    if not erased:
        return known
    related = {seq: entries[seq] for seq in sorted(find_related(entries, erased))}
    search = _Search(memory, related)
    for _ in range(_MAX_ROUNDS):
        left = {seq: one for seq, one in related.items() if seq not in erased | known.claims.keys()}
        added = enumerate(known.entries, max(entries) + 1)
        found = search.run(resolve(left | dict(added)), known)
        if not (found.claims or found.rejections):
            break
        known.claims.update(found.claims)
        known.rejections.update(found.rejections)
    return known


class _Search:
    """A search for what to write again, among the claims that an erasure bears on."""

    def __init__(self, memory: Memory, related: Mapping[int, object]) -> None:
        self._memory = memory
        self._places: dict[str, tuple[int, ClaimLearned]] = {}
        self._rejections: dict[str, FactJudged] = {}
        """The last rejection of each fact, by the fact's id before the erasure."""
        for seq, entry in related.items():
            if isinstance(entry, ClaimLearned):
                self._places[entry.id] = (seq, entry)
            elif (
                isinstance(entry, FactJudged)
                and entry.verdict == "rejected"
                and (fact := memory.facts.find(entry.fact))
            ):
                self._rejections[fact.id] = entry

    def run(self, after: Resolution, known: Rewritten) -> Rewritten:
        """Return what else to write again, by these facts as they are after the erasure."""
        claims: dict[str, list[str]] = {}
        for claim, fact_id in after.owners.items():
            claims.setdefault(fact_id, []).append(claim)
        found = Rewritten({}, {})
        for fact in after.facts:
            before = {c: one for c in claims[fact.id] if (one := self._memory.facts.find(c))}
            allowed = max(map(_held_until, before.values()), default=_NEVER)
            held = _held_until(fact)
            placed = [self._places[claim] for claim in claims[fact.id]]
            left = [(seq, learned) for seq, learned in placed if seq not in known.claims]
            if held > allowed == _NEVER:
                if fact.id not in known.rejections:
                    found.rejections.update(self._rejection(fact, before.values()))
            elif held > allowed:
                found.claims.update({s: self._ended(one, allowed) for s, one in left[-1:]})
            elif held < allowed == math.inf:
                found.claims.update(self._ended_before(left, before))
        return found

    def _rejection(self, fact: Fact, before: Iterable[Fact]) -> dict[str, FactJudged]:
        """Return a rejection of what has come apart from facts that were rejected."""
        rejections = [self._rejections[one.id] for one in before if one.id in self._rejections]
        if not rejections:
            return {}
        return {fact.id: msgspec.structs.replace(rejections[-1], id=new_id(), fact=fact.id)}

    def _ended_before(
        self, left: list[tuple[int, ClaimLearned]], before: Mapping[str, Fact]
    ) -> dict[int, ClaimLearned]:
        """Return older claims with an end, ended before what was current begins."""
        current = {c for c, fact in before.items() if _held_until(fact) == math.inf}
        starts = [
            one.at if one.claim.valid_from is None else one.claim.valid_from
            for _, one in map(self._places.__getitem__, current)
        ]
        ended = {}
        for seq, one in left:
            if one.claim.valid_to is not None and one.id in before and one.id not in current:
                end = min(one.claim.valid_to, *starts)
                until = _held_until(before[one.id])
                ended[seq] = self._ended(one, end if until == _NEVER else min(end, until))
        return ended

    def _ended(self, learned: ClaimLearned, end: float) -> ClaimLearned:
        messages = self._memory.messages
        sources = (one for one in learned.sources if messages.find(one) is not None)
        return msgspec.structs.replace(
            learned,
            claim=msgspec.structs.replace(learned.claim, valid_to=end),
            sources=tuple(sources),
            # It was believed, perhaps by an approval that stands before it now.
            trust="own",
            expert=None,
        )


def _held_until(fact: Fact) -> float:
    """Return until when a fact is believed to hold: for ever, to a time, or never."""
    if fact.state in ("waiting", "rejected"):
        return _NEVER
    if fact.valid_to is not None:
        return fact.valid_to
    return math.inf if fact.state == "current" else fact.last_said_on
