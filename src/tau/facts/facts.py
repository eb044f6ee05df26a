"""Facts: a fold of all claims, corrections and judgements of a journal.

Facts are derived and never stored. What does not come from the person's own words waits, changes
nothing and closes nothing until it is approved. How claims become facts is in `resolution`;
this module knows nothing of how claims are found in texts, and nothing of search.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from tau.errors import NotFound
from tau.facts.resolution import Fact, content_of, resolve, series_of
from tau.journal.entries import (
    ChangeUndone,
    ClaimLearned,
    Entry,
    FactJudged,
    LearnedUpTo,
    LearningChanged,
    Method,
    Record,
    UnknownEntry,
)

__all__ = ["Fact", "Facts", "claims_after", "find_replaced", "undoable"]

_FactEntry = ClaimLearned | FactJudged | ChangeUndone | LearningChanged | LearnedUpTo


class _DerivedFacts(NamedTuple):
    """Facts derived from all entries, kept until the next entry."""

    facts: list[Fact]
    by_id: Mapping[str, Fact]
    owners: Mapping[str, str]
    standing: Mapping[tuple[str, ...], tuple[str, str]]
    of_message: Mapping[str, list[Fact]]
    replaced_by: Mapping[str, list[Fact]]


class Facts:
    """All facts of one person. `apply` every record of the journal in order."""

    def __init__(self) -> None:
        self.paused = False
        """Whether the person wants nothing learned now."""
        self.changes = 0
        """Grows whenever facts may have changed, so that what is made of them can be kept."""
        self._entries: dict[int, _FactEntry] = {}
        self._derived: _DerivedFacts | None = None

    # --- the fold -------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Apply a record; one that is not about facts is skipped."""
        entry: Entry | UnknownEntry = record.entry
        if isinstance(entry, _FactEntry):
            self._add(record.seq, entry)

    def forget(self, seqs: Iterable[int]) -> None:
        """Remove the entries at `seqs`, as if they had never been."""
        gone = [self._entries.pop(seq) for seq in seqs if seq in self._entries]
        if gone:
            self.changes += 1
            self._derived = None
        if any(isinstance(entry, LearningChanged) for entry in gone):
            switches = (e for e in self._entries.values() if isinstance(e, LearningChanged))
            self.paused = any(switch.paused for switch in [*switches][-1:])

    def kept(self) -> list[tuple[int, _FactEntry]]:
        """Return every entry about facts with its `seq`."""
        return list(self._entries.items())

    def load(self, raw: bytes) -> None:
        """Add entries that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        for seq, entry in msgspec.msgpack.decode(raw, type=list[tuple[int, _FactEntry]]):
            self._add(seq, entry)

    # --- reading --------------------------------------------------------------------------

    def all(self) -> list[Fact]:
        """Return every fact, past, waiting and rejected ones too, in the order first said."""
        return list(self._derive().facts)

    def current(self, now: float) -> list[Fact]:
        """Return what is believed and not over at `now`, in the order first said."""
        return [fact for fact in self._derive().facts if fact.is_current(now)]

    def waiting(self) -> list[Fact]:
        """Return what waits for the person's approval."""
        return [fact for fact in self._derive().facts if fact.state == "waiting"]

    def find(self, fact_id: str) -> Fact | None:
        """Return a fact by its own id or that of any of its claims, or None."""
        known = self._derive()
        return known.by_id.get(known.owners.get(fact_id, fact_id))

    def get(self, fact_id: str) -> Fact:
        """Return a fact by its own id or that of any of its claims. Raises `NotFound`."""
        found = self.find(fact_id)
        if found is None:
            raise NotFound("There is no such fact.")
        return found

    def history(self, fact_id: str) -> list[Fact]:
        """Return a fact with those it replaced and those that replaced it, oldest first.

        Raises `NotFound`.
        """
        chosen = self.get(fact_id)
        known = self._derive()
        ties: dict[str, set[str]] = defaultdict(set)
        for fact in known.facts:
            corrected = known.owners.get(fact.corrects or "")
            for other in (fact.superseded_by, corrected):
                if other is not None:
                    ties[fact.id].add(other)
                    ties[other].add(fact.id)
        linked, reached = {chosen.id}, [chosen.id]
        while reached:
            near = ties[reached.pop()] - linked
            linked |= near
            reached += near
        return [fact for fact in known.facts if fact.id in linked]

    def of_message(self, message_id: str) -> list[Fact]:
        """Return the facts that a message is a source of."""
        return list(self._derive().of_message.get(message_id, ()))

    def replaced_by(self, fact_id: str) -> list[Fact]:
        """Return the facts that a fact took the place of, in the order first said."""
        return list(self._derive().replaced_by.get(fact_id, ()))

    def contradicted_by(self, learned: ClaimLearned) -> Fact | None:
        """Return the current fact that a claim would replace or end if it were believed now."""
        known, claim = self._derive(), learned.claim
        content, fact_id = known.standing.get(series_of(claim), ("", ""))
        ends = claim.valid_to is not None and claim.valid_to <= learned.at
        if not fact_id or ends != (content == content_of(claim)):
            return None
        return known.by_id[fact_id]

    def claims_of(self, fact_id: str) -> list[ClaimLearned]:
        """Return the claims that a fact is made of, in the order of the journal.

        Raises `NotFound`.
        """
        owner, owners = self.get(fact_id).id, self._derive().owners
        learned = (entry for _, entry in self.entries() if isinstance(entry, ClaimLearned))
        return [entry for entry in learned if owners.get(entry.id) == owner]

    def entries(self) -> Iterator[tuple[int, ClaimLearned | FactJudged | ChangeUndone]]:
        """Yield everything claimed and judged with its `seq`, in the order of the journal."""
        for seq, entry in self._entries.items():
            if isinstance(entry, ClaimLearned | FactJudged | ChangeUndone):
                yield seq, entry

    def entries_of(self, fact_id: str) -> list[int]:
        """Return the `seq` of every entry about a fact, undone corrections of it too.

        Raises `NotFound`.
        """
        owner, owners = self.get(fact_id).id, self._derive().owners
        named = {claim for claim, fact in owners.items() if fact == owner}
        undone = _undone(self._entries.values())
        seqs: list[int] = []
        for seq, entry in self._entries.items():
            match entry:
                case ClaimLearned(id=name) | FactJudged(fact=name) | ChangeUndone(target=name) if (
                    name in named
                ):
                    pass
                case ClaimLearned(id=name, corrects=str(target)) if (
                    name in undone and target in named
                ):
                    pass
                case _:
                    continue
            seqs.append(seq)
            if not isinstance(entry, ChangeUndone):
                named.add(entry.id)
        return seqs

    def learned_up_to(self, method: Method) -> int:
        """Return the `seq` up to which the journal was read for claims by `method`."""
        read = (
            entry.seq
            for entry in self._entries.values()
            if isinstance(entry, LearnedUpTo) and entry.method == method
        )
        return max(read, default=0)

    # --- inside ---------------------------------------------------------------------------

    def _add(self, seq: int, entry: _FactEntry) -> None:
        self._entries[seq] = entry
        if isinstance(entry, LearningChanged):
            self.paused = entry.paused
        elif not isinstance(entry, LearnedUpTo):
            self.changes += 1
            self._derived = None

    def _derive(self) -> _DerivedFacts:
        if self._derived is None:
            facts, owners, standing = resolve(self._entries)
            of_message: dict[str, list[Fact]] = defaultdict(list)
            replaced_by: dict[str, list[Fact]] = defaultdict(list)
            for fact in facts:
                if fact.superseded_by is not None:
                    replaced_by[fact.superseded_by].append(fact)
                for source in fact.sources:
                    of_message[source].append(fact)
            by_id = {fact.id: fact for fact in facts}
            self._derived = _DerivedFacts(facts, by_id, owners, standing, of_message, replaced_by)
        return self._derived


def _undone(entries: Iterable[_FactEntry]) -> set[str]:
    return {entry.target for entry in entries if isinstance(entry, ChangeUndone)}


def claims_after(facts: Facts, seq: int) -> list[tuple[int, ClaimLearned]]:
    """Return the claims written after the entry `seq` with theirs, in that order."""
    return [
        (place, entry)
        for place, entry in facts.entries()
        if place > seq and isinstance(entry, ClaimLearned)
    ]


def find_replaced(facts: Facts, fact: Fact) -> Fact | None:
    """Return the current fact that a waiting one would replace or end once approved."""
    claims = facts.claims_of(fact.id) if fact.state == "waiting" else []
    return facts.contradicted_by(claims[-1]) if claims else None


def undoable(facts: Facts) -> list[tuple[int, ClaimLearned | FactJudged]]:
    """Return the person's corrections and judgements that still count, oldest first."""
    entries = list(facts.entries())
    undone = _undone(entry for _, entry in entries)
    return [
        (seq, entry)
        for seq, entry in entries
        if not isinstance(entry, ChangeUndone) and entry.id not in undone and _is_persons(entry)
    ]


def _is_persons(entry: ClaimLearned | FactJudged) -> bool:
    return entry.by == "person" if isinstance(entry, ClaimLearned) else entry.verdict != "doubted"
