"""Facts: a fold of all claims, corrections and judgements of a journal.

Claims that say the same are one fact with several sources. In a slot, where values exclude each
other (`home`), a newer value closes the older one; both stay in the history. What does not come
from the person's own words waits, changes nothing and closes nothing until it is approved. This
module knows nothing of how claims are found in texts, and nothing of search.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

import msgspec

from tau.errors import NotFound
from tau.journal.entries import (
    Claim,
    Entry,
    Judged,
    Learned,
    LearnedUpTo,
    LearningChanged,
    Method,
    Record,
    Topic,
    Undone,
    Unknown,
)
from tau.memory.words import folded

State = Literal["current", "past", "waiting", "rejected"]
_Kept = Learned | Judged | Undone | LearningChanged | LearnedUpTo


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something held to be true, or once held so, with where it comes from.

    `said_on` is when it was first said, `valid_from` and `valid_to` when it holds (seconds since
    1970, UTC; `None`: unknown or still). `revision` is the `seq` of the entry that changed it last.
    """

    id: str
    topic: Topic
    about: str
    text: str
    slot: str
    state: State
    confirmed: bool
    said_on: float
    last_said_on: float
    valid_from: float | None
    valid_to: float | None
    due: float | None
    sources: tuple[str, ...]
    learned_by: str
    corrects: str | None
    superseded_by: str | None
    revision: int

    def holds(self, now: float) -> bool:
        """Tell whether it is believed and not over at `now`."""
        return self.state == "current" and (self.valid_to is None or self.valid_to > now)


class _Seen(msgspec.Struct, frozen=True):
    """A claim at its place in the journal."""

    seq: int
    learned: Learned

    @property
    def claim(self) -> Claim:
        return self.learned.claim

    @property
    def start(self) -> float:
        """When it began to hold, as far as is known."""
        begun = self.claim.valid_from
        return self.learned.at if begun is None else begun

    @property
    def open(self) -> bool:
        """Whether it still held when it was said."""
        return self.claim.valid_to is None or self.claim.valid_to > self.learned.at


class Facts:
    """All facts of one life. `apply` every record of the journal in order."""

    def __init__(self) -> None:
        self.paused = False
        """Whether the person wants nothing learned now."""
        self.changes = 0
        """Grows whenever facts may have changed, so that what is made of them can be kept."""
        self._entries: dict[int, _Kept] = {}
        self._facts: dict[str, Fact] | None = None
        self._claims: dict[str, str] = {}

    # --- the fold -------------------------------------------------------------------------

    def apply(self, record: Record) -> None:
        """Take in a record; one that tells nothing of facts is passed over."""
        entry: Entry | Unknown = record.entry
        if isinstance(entry, _Kept):
            self._keep(record.seq, entry)

    def forget(self, seqs: Iterable[int]) -> None:
        """Take the entries at `seqs` out, as if they had never been."""
        gone = [self._entries.pop(seq) for seq in seqs if seq in self._entries]
        if gone:
            self._changed()
        if any(isinstance(entry, LearningChanged) for entry in gone):
            switches = (e for e in self._entries.values() if isinstance(e, LearningChanged))
            self.paused = any(switch.paused for switch in [*switches][-1:])

    def dump(self) -> bytes:
        """Return everything as bytes."""
        return msgspec.msgpack.encode(list(self._entries.items()))

    def load(self, raw: bytes) -> None:
        """Take what `dump` gave. Raises `msgspec.MsgspecError` if it is something else."""
        for seq, entry in msgspec.msgpack.decode(raw, type=list[tuple[int, _Kept]]):
            self._keep(seq, entry)

    # --- reading --------------------------------------------------------------------------

    def all(self) -> list[Fact]:
        """Return every fact, past, waiting and rejected ones too, in the order first said."""
        return sorted(self._by_id().values(), key=lambda fact: (fact.said_on, fact.id))

    def current(self, now: float) -> list[Fact]:
        """Return what is believed and not over at `now`, in the order first said."""
        return [fact for fact in self.all() if fact.holds(now)]

    def waiting(self) -> list[Fact]:
        """Return what waits for the person's word."""
        return [fact for fact in self.all() if fact.state == "waiting"]

    def get(self, fact_id: str) -> Fact:
        """Return a fact by its own id or that of any of its claims. Raises `NotFound`."""
        facts = self._by_id()
        found = facts.get(fact_id) or facts.get(self._claims.get(fact_id, ""))
        if found is None:
            raise NotFound("There is no such fact.")
        return found

    def history(self, fact_id: str) -> list[Fact]:
        """Return a fact with what it took the place of and what took its place, oldest first.

        Raises `NotFound`.
        """
        chosen = self.get(fact_id)
        linked = {chosen.id}
        facts = self.all()
        grown = True
        while grown:
            before = len(linked)
            for fact in facts:
                ties = {fact.superseded_by, fact.corrects and self._owner(fact.corrects)}
                if fact.id in linked:
                    linked |= {tie for tie in ties if tie}
                elif ties & linked:
                    linked.add(fact.id)
            grown = len(linked) > before
        return [fact for fact in facts if fact.id in linked]

    def of_message(self, message_id: str) -> list[Fact]:
        """Return the facts that a message is a source of."""
        return [fact for fact in self.all() if message_id in fact.sources]

    def claims_of(self, fact_id: str) -> list[Learned]:
        """Return the claims that a fact is made of, in the order of the journal.

        Raises `NotFound`.
        """
        owner = self.get(fact_id).id
        return [e for e in self._learned() if self._claims.get(e.id) == owner]

    def entries(self) -> Iterator[tuple[int, Learned | Judged | Undone]]:
        """Yield everything claimed and judged with its `seq`, in the order of the journal."""
        for seq, entry in self._entries.items():
            if isinstance(entry, Learned | Judged | Undone):
                yield seq, entry

    def entries_of(self, fact_id: str) -> list[int]:
        """Return the `seq` of every entry that tells of a fact. Raises `NotFound`."""
        owner = self.get(fact_id).id
        named = {claim for claim, fact in self._claims.items() if fact == owner} | {owner}
        seqs: list[int] = []
        for seq, entry in self._entries.items():
            match entry:
                case Learned(id=name) | Judged(fact=name) if name in named:
                    seqs.append(seq)
                    named.add(entry.id)
                case Undone(target=name) if name in named:
                    seqs.append(seq)
        return seqs

    def entries_from(self, messages: Collection[str]) -> list[int]:
        """Return the `seq` of every claim that has one of these messages among its sources."""
        wanted = set(messages)
        return [
            seq
            for seq, entry in self._entries.items()
            if isinstance(entry, Learned) and not wanted.isdisjoint(entry.sources)
        ]

    def learned_up_to(self, method: Method) -> int:
        """Return the `seq` up to which the journal was read for claims by `method`."""
        read = (
            entry.seq
            for entry in self._entries.values()
            if isinstance(entry, LearnedUpTo) and entry.method == method
        )
        return max(read, default=0)

    def undoable(self) -> list[tuple[int, Learned | Judged]]:
        """Return the person's corrections and judgements that still count, oldest first."""
        undone = self._undone()
        return [
            (seq, entry)
            for seq, entry in self._entries.items()
            if isinstance(entry, Learned | Judged)
            and entry.id not in undone
            and (isinstance(entry, Judged) or entry.by == "person")
        ]

    # --- inside ---------------------------------------------------------------------------

    def _keep(self, seq: int, entry: _Kept) -> None:
        self._entries[seq] = entry
        if isinstance(entry, LearningChanged):
            self.paused = entry.paused
        elif not isinstance(entry, LearnedUpTo):
            self._changed()

    def _changed(self) -> None:
        self.changes += 1
        self._facts = None

    def _learned(self) -> Iterator[Learned]:
        return (entry for entry in self._entries.values() if isinstance(entry, Learned))

    def _undone(self) -> set[str]:
        return {e.target for e in self._entries.values() if isinstance(e, Undone)}

    def _owner(self, claim_id: str) -> str:
        return self._claims.get(claim_id, claim_id)

    def _by_id(self) -> dict[str, Fact]:
        if self._facts is None:
            self._facts = {fact.id: fact for fact in self._fold()}
        return self._facts

    def _fold(self) -> Iterator[Fact]:
        undone = self._undone()
        verdicts: dict[str, list[tuple[int, Judged]]] = defaultdict(list)
        series: dict[tuple[str, ...], list[_Seen]] = defaultdict(list)
        claims: list[_Seen] = []
        for seq, entry in self._entries.items():
            if isinstance(entry, Judged) and entry.id not in undone:
                verdicts[entry.fact].append((seq, entry))
            elif isinstance(entry, Learned) and not (entry.by == "person" and entry.id in undone):
                claims.append(_Seen(seq, entry))
        self._claims = {}
        for seen in claims:
            approved = any(v.verdict == "approved" for _, v in verdicts[seen.learned.id])
            believed = seen.learned.trust == "own" or approved
            series[(*_series(seen.claim), "" if believed else "waiting")].append(seen)
        corrections = {
            seen.learned.corrects: seen for seen in claims if seen.learned.corrects is not None
        }
        for key, seens in series.items():
            runs = _runs(sorted(seens, key=lambda seen: (seen.start, seen.seq)), corrections)
            yield from self._facts_of(runs, verdicts, corrections, waiting=key[-1] == "waiting")

    def _facts_of(
        self,
        runs: list[list[_Seen]],
        verdicts: dict[str, list[tuple[int, Judged]]],
        corrections: dict[str, _Seen],
        *,
        waiting: bool,
    ) -> Iterator[Fact]:
        for run in runs:
            for seen in run:
                self._claims[seen.learned.id] = run[0].learned.id
        rejected = {
            run[0].learned.id
            for run in runs
            if [v.verdict for _, v in _judgements(run, verdicts)][-1:] == ["rejected"]
        }
        standing = [run for run in runs if run[0].learned.id not in rejected]
        for run in runs:
            name = run[0].learned.id
            corrected = next(
                (corrections[s.learned.id] for s in run if s.learned.id in corrections), None
            )
            follower = None if waiting else _follower(run, standing)
            state: State = "waiting" if waiting else "current"
            if name in rejected:
                state, follower = "rejected", None
            yield _fact(run, _judgements(run, verdicts), state, corrected or follower)


def _series(claim: Claim) -> tuple[str, ...]:
    """Return what tells apart the claims that have to do with each other."""
    about = folded(claim.about)
    return (about, claim.slot) if claim.slot else (about, claim.topic, _value(claim))


def _value(claim: Claim) -> str:
    return folded(claim.value or claim.text).strip()


def _runs(seens: list[_Seen], corrections: dict[str, _Seen]) -> list[list[_Seen]]:
    """Return claims of one series in groups that say the same without a break.

    A claim that was over when it was said breaks nothing. What was corrected ends its group.
    """
    runs: list[list[_Seen]] = []
    latest: dict[str, list[_Seen]] = {}
    for seen in seens:
        value = _value(seen.claim)
        run = latest.get(value)
        ended = run is not None and any(
            correction.learned.at < seen.learned.at
            for each in run
            if (correction := corrections.get(each.learned.id)) is not None
        )
        if run is None or ended:
            run = latest[value] = []
            runs.append(run)
        run.append(seen)
        if seen.open:
            for other in [other for other in latest if other != value]:
                del latest[other]
    return runs


def _follower(run: list[_Seen], standing: list[list[_Seen]]) -> _Seen | None:
    """Return the first claim that took the place of `run` in its slot, if one did."""
    if not run[0].claim.slot:
        return None
    later = itertools.takewhile(lambda other: other is not run, reversed(standing))
    openers = [next((s for s in other if s.open), None) for other in later]
    return next((opener for opener in reversed(openers) if opener is not None), None)


def _judgements(
    run: list[_Seen], verdicts: dict[str, list[tuple[int, Judged]]]
) -> list[tuple[int, Judged]]:
    """Return what the person said of a run, in order."""
    found = (verdict for seen in run for verdict in verdicts.get(seen.learned.id, ()))
    return sorted(found, key=lambda verdict: verdict[0])


def _fact(
    run: list[_Seen],
    judgements: list[tuple[int, Judged]],
    state: State,
    successor: _Seen | None,
) -> Fact:
    first, last = run[0], run[-1]
    ends = [seen.claim.valid_to for seen in run if seen.claim.valid_to is not None]
    if successor is not None:
        corrected = successor.learned.corrects is not None
        ends.append(successor.learned.at if corrected else successor.start)
    valid_to = min(ends, default=None)
    past = state == "current" and (successor is not None or not last.open)
    begins = [seen.claim.valid_from for seen in run if seen.claim.valid_from is not None]
    said = [seen.learned.at for seen in run]
    return Fact(
        id=first.learned.id,
        topic=last.claim.topic,
        about=last.claim.about,
        text=last.claim.text,
        slot=last.claim.slot,
        state="past" if past else state,
        confirmed=any(verdict.verdict == "confirmed" for _, verdict in judgements),
        said_on=min(said),
        last_said_on=max(said),
        valid_from=min(begins, default=None),
        valid_to=valid_to,
        due=last.claim.due,
        sources=tuple(dict.fromkeys(source for s in run for source in s.learned.sources)),
        learned_by=first.learned.by,
        corrects=first.learned.corrects,
        superseded_by=successor.learned.id if successor is not None else None,
        revision=max([s.seq for s in run] + [seq for seq, _ in judgements]),
    )
