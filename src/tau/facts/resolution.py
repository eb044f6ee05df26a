"""Resolution of claims into facts: a pure function of their entries.

Claims of one series (a slot, or the same thing said again) are put in order of the time of which
they say that they hold: when they were stated, not the date from which they hold. Those that say
the same without a break are one fact. In a slot a newer value closes the older one. A claim that
was over when it was said ends the fact that it is about. What the person corrected or rejected is
set aside, and the rest is put in order without it.
"""

import bisect
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tau.facts.types import FactState, TrustLevel
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    DatePrecision,
    FactJudged,
    Topic,
)
from tau.text.tokenization import fold_text

TALK = "talk"
"""The name of plain talk, whose messages name no specialist."""
CARE = "care"
"""The specialist whose claims wait until the person approves them for the others."""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something believed to be true, or once believed, with its sources.

    `said_on` is when it was first said, `valid_from` and `valid_to` when it holds (seconds since
    1970, UTC; `None`: unknown or still). `superseded_by` is the fact that replaced it. `asks`: it
    waits because the person is asked before it counts.
    `expert` is the specialist it was learned with; none in plain talk.
    `revision` is the `seq` of the newest entry that counts for it: an undo restores the old one.
    """

    id: str
    topic: Topic
    about: str
    text: str
    slot: str
    state: FactState
    confirmed: bool
    trust: TrustLevel
    asks: bool
    said_on: float
    last_said_on: float
    valid_from: float | None
    valid_from_precision: DatePrecision | None
    valid_to: float | None
    due: float | None
    sources: tuple[str, ...]
    learned_by: str
    corrects: str | None
    superseded_by: str | None
    revision: int
    expert: str | None = None

    @property
    def is_of_care(self) -> bool:
        """Whether only `care` reads it, until the person approves it."""
        return self.expert == CARE and self.state in ("waiting", "rejected")

    def at(self, now: float) -> "Fact":
        """Return the fact as it is at `now`: one whose time is over is past."""
        over = self.state == "current" and not self.is_current(now)
        return msgspec.structs.replace(self, state="past") if over else self

    def is_current(self, now: float) -> bool:
        """Return whether it is believed and not over at `now`."""
        return self.state == "current" and (self.valid_to is None or self.valid_to > now)


class Resolution(NamedTuple):
    """All facts, and which of them each claim belongs to.

    `standing` holds for each series the content and the id of its current fact.
    """

    facts: list[Fact]
    owners: dict[str, str]
    standing: dict[tuple[str, ...], tuple[str, str]]


class _PlacedClaim(msgspec.Struct, frozen=True):
    """A claim at its place in the journal.

    `start` is when it began to hold as far as is known, `stated` when it was said to hold: for a
    correction, when what it corrects was said.
    """

    seq: int
    learned: ClaimLearned
    start: float
    stated: float
    series: "_Series"
    content: str

    @property
    def claim(self) -> Claim:
        return self.learned.claim

    @property
    def id(self) -> str:
        return self.learned.id

    @property
    def at(self) -> float:
        return self.learned.at

    @property
    def open(self) -> bool:
        """Whether it still held when it was said."""
        return self.claim.valid_to is None or self.claim.valid_to > self.at

    @property
    def written_when_said(self) -> bool:
        """Whether its place in the journal says when it was said."""
        return self.learned.said_seq is not None and self.learned.corrects is None

    @property
    def said_seq(self) -> int:
        """The `seq` before which it was said."""
        return self.learned.said_seq or self.seq

    @property
    def place(self) -> tuple[float, int]:
        """The sort key in its series: one that is over is placed where it ended."""
        ended = None if self.open else self.claim.valid_to
        return (self.stated if ended is None else min(ended, self.stated), self.seq)


_Series = tuple[str, ...]
_Run = list[_PlacedClaim]
_Verdict = tuple[int, FactJudged]


class _Excluded(NamedTuple):
    """Claims that the person corrected (`by` is the correction) or rejected."""

    run: _Run
    by: _PlacedClaim | None


def resolve(entries: Mapping[int, object]) -> Resolution:
    """Return the facts that entries make, in the order first said; other kinds are skipped."""
    undone = {entry.target for entry in entries.values() if isinstance(entry, ChangeUndone)}
    verdicts: dict[str, list[_Verdict]] = defaultdict(list)
    doubts: dict[str, int] = {}
    claims: list[_PlacedClaim] = []
    for seq, entry in sorted(entries.items()):
        if isinstance(entry, FactJudged):
            if entry.verdict == "doubted":
                doubts[entry.fact] = seq
            elif entry.id not in undone:
                verdicts[entry.fact].append((seq, entry))
        elif isinstance(entry, ClaimLearned) and not (entry.by == "person" and entry.id in undone):
            claims.append(_placed_claim(seq, entry))
    return _Resolver(claims, verdicts, doubts).folded()


def find_related(entries: Mapping[int, object], seqs: Collection[int]) -> set[int]:
    """Return the `seq` of each entry about the facts that those at `seqs` may bear on.

    Those are the entries about claims of the same series, and of series that corrections tie to
    it. Resolved alone, they give the same facts as among all others.
    """
    learned = {one.id: one for one in entries.values() if isinstance(one, ClaimLearned)}
    judged = {one.id: one.fact for one in entries.values() if isinstance(one, FactJudged)}
    series = {name: series_of(one.claim) for name, one in learned.items()}
    places: dict[_Series, set[int]] = defaultdict(set)
    for seq, entry in entries.items():
        match entry:
            case ClaimLearned(id=name) | FactJudged(fact=name):
                pass
            case ChangeUndone(target=target):
                name = judged.get(target, target)
            case _:
                continue
        if name in series:
            places[series[name]].add(seq)
    named = set(seqs)
    reached = [one for one, found in places.items() if not named.isdisjoint(found)]
    linked = set(reached)
    ties = _ties(learned.values(), series)
    while reached:
        near = ties[reached.pop()] - linked
        linked |= near
        reached += near
    return {seq for one in linked for seq in places[one]}


def _ties(
    claims: Iterable[ClaimLearned], series: Mapping[str, _Series]
) -> dict[_Series, set[_Series]]:
    """Return for each series those that a correction ties to it."""
    ties: dict[_Series, set[_Series]] = defaultdict(set)
    for learned in claims:
        if learned.corrects is not None and learned.corrects in series:
            one, other = series[learned.id], series[learned.corrects]
            ties[one].add(other)
            ties[other].add(one)
    return ties


class _Resolver:
    """One pass over all entries. Claims wait, are in order in their series, or are set aside."""

    def __init__(
        self,
        claims: list[_PlacedClaim],
        verdicts: dict[str, list[_Verdict]],
        doubts: Mapping[str, int],
    ) -> None:
        self.verdicts = verdicts
        self.doubts = doubts
        self.waiting: list[_Run] = []
        self.excluded: list[_Excluded] = []
        self.series: dict[_Series, list[_PlacedClaim]] = defaultdict(list)
        self.by_id = {seen.id: seen for seen in claims}
        self.replaced: dict[str, str] = {}
        """Claims that were corrected, and the correction."""
        believed = self._trusted_claims(claims)
        for seen in believed:
            if seen.learned.corrects is None:
                self.series[seen.series].append(seen)
        self._apply_judgements([seen for seen in believed if seen.learned.corrects is not None])

    def folded(self) -> Resolution:
        facts: list[Fact] = []
        owners: dict[str, str] = {}
        standing: dict[_Series, tuple[str, str]] = {}
        for run in self.waiting:
            facts.append(self._fact(run, self._state(run)))
            owners.update((seen.id, run[0].id) for seen in run)
        for aside in self.excluded:
            by = aside.by
            state: FactState = "current" if by else "rejected"
            facts.append(self._fact(aside.run, state, by, by.at if by else None))
            owners.update((seen.id, aside.run[0].id) for seen in aside.run)
        for series, seens in self.series.items():
            runs = _split_into_runs(seens)
            for run, follower in zip(runs, _successors(runs), strict=True):
                end = None if follower is None else max(follower.start, _last_stated(run))
                facts.append(self._fact(run, "current", follower, end))
                owners.update((seen.id, run[0].id) for seen in run)
                if facts[-1].state == "current":
                    standing[series] = (run[0].content, run[0].id)
        linked = (
            fact
            if fact.superseded_by is None
            else msgspec.structs.replace(fact, superseded_by=owners[fact.superseded_by])
            for fact in facts
        )
        ordered = sorted(linked, key=lambda fact: (fact.said_on, fact.id))
        return Resolution(ordered, owners, standing)

    def _trusted_claims(self, claims: list[_PlacedClaim]) -> list[_PlacedClaim]:
        """Return the claims that count; keep the others as runs that wait.

        An approval covers what said the same until then: the person saw all of it.
        """
        believed: list[_PlacedClaim] = []
        groups: dict[tuple[str, ...], _Run] = defaultdict(list)
        for seen in claims:
            # An erasure writes a claim that was believed again, behind an old doubt.
            private = seen.learned.expert == CARE
            own = seen.learned.trust == "own" and self.doubts.get(seen.id, 0) < seen.seq
            if own and not private:
                believed.append(seen)
            else:
                shared = () if private else ("shared",)
                groups[(*seen.series, seen.content, *shared)].append(seen)
        for group in groups.values():
            approved = [
                seq for seq, v in self._judgements(group) if v.verdict in {"approved", "confirmed"}
            ]
            until = max(approved, default=0)
            believed += (seen for seen in group if seen.seq < until)
            if left := [seen for seen in group if seen.seq >= until]:
                self.waiting.append(left)
        return sorted(believed, key=lambda seen: seen.seq)

    def _state(self, run: _Run) -> FactState:
        verdicts = self._judgements(run)
        return "rejected" if verdicts and verdicts[-1][1].verdict == "rejected" else "waiting"

    def _apply_judgements(self, corrections: list[_PlacedClaim]) -> None:
        """Set aside what was corrected or rejected, in the order in which that was said."""
        steps: list[tuple[int, _PlacedClaim | FactJudged]] = [
            (seen.seq, seen) for seen in corrections
        ]
        steps += (step for judged in self.verdicts.values() for step in judged)
        for seq, step in sorted(steps, key=lambda step: step[0]):
            if isinstance(step, _PlacedClaim):
                self._correct(step)
            elif step.verdict == "rejected":
                run = self._run_of(step.fact)
                if run and self._judgements(run)[-1][0] == seq:
                    self._exclude(run, None)

    def _correct(self, correction: _PlacedClaim) -> None:
        """Replace the run that a correction corrects, as far as it was said until then.

        It holds since the corrected did, so that what is newer than that stays newer. A
        correction of what was corrected already corrects what is there now.
        """
        target = correction.learned.corrects or ""
        while target in self.replaced:
            target = self.replaced[target]
        taken = [seen for seen in self._run_of(target) if seen.at <= correction.at]
        if taken:
            self._exclude(taken, correction)
            self.replaced.update((seen.id, correction.id) for seen in taken)
            dated = correction.claim.valid_from is not None
            correction = msgspec.structs.replace(
                correction,
                start=correction.start if dated else taken[0].start,
                stated=taken[0].place[0],
            )
        self.series[correction.series].append(correction)

    def _run_of(self, claim_id: str) -> _Run:
        """Return the run of a claim in its series, or None."""
        seen = self.by_id.get(claim_id)
        series = self.series.get(seen.series, []) if seen else []
        return next(
            (run for run in _split_into_runs(series) if any(s.id == claim_id for s in run)), []
        )

    def _exclude(self, taken: _Run, by: _PlacedClaim | None) -> None:
        gone = {seen.id for seen in taken}
        if taken:
            series = self.series[taken[0].series]
            series[:] = [seen for seen in series if seen.id not in gone]
            self.excluded.append(_Excluded(taken, by))

    def _judgements(self, run: _Run) -> list[_Verdict]:
        """Return what the person said of a run, in order."""
        if not self.verdicts:
            return []
        found = (verdict for seen in run for verdict in self.verdicts.get(seen.id, ()))
        return sorted(found, key=lambda verdict: verdict[0])

    def _fact(
        self,
        run: _Run,
        state: FactState,
        successor: _PlacedClaim | None = None,
        succeeded_on: float | None = None,
    ) -> Fact:
        first, last = run[0], run[-1]
        ends = [seen.claim.valid_to for seen in run if seen.claim.valid_to is not None]
        ends += [] if succeeded_on is None else [succeeded_on]
        judgements = self._judgements(run)
        seqs = [seen.seq for seen in run] + [seq for seq, _ in judgements]
        seqs += [] if successor is None else [successor.seq]
        over = successor is not None or not last.open
        begins = [seen.claim for seen in run if seen.claim.valid_from is not None]
        begun = min(begins, key=lambda claim: claim.valid_from or 0.0, default=None)
        said = [seen.at for seen in run]
        return Fact(
            id=first.id,
            topic=last.claim.topic,
            about=last.claim.about,
            text=last.claim.text,
            slot=last.claim.slot,
            state="past" if over and state == "current" else state,
            confirmed=any(verdict.verdict == "confirmed" for _, verdict in judgements),
            trust=_trust_level(run, judgements, state),
            asks=state == "waiting" and any(seen.learned.asks for seen in run),
            said_on=min(said),
            last_said_on=max(said),
            valid_from=begun.valid_from if begun else None,
            valid_from_precision=begun.valid_from_precision if begun else None,
            valid_to=min(ends, default=None),
            due=last.claim.due,
            sources=tuple(dict.fromkeys(source for s in run for source in s.learned.sources)),
            learned_by=first.learned.by,
            corrects=first.learned.corrects,
            superseded_by=successor.id if successor is not None else None,
            revision=max(seqs),
            expert=first.learned.expert,
        )


def _placed_claim(seq: int, learned: ClaimLearned) -> _PlacedClaim:
    begun, claim = learned.claim.valid_from, learned.claim
    start = learned.at if begun is None else begun
    return _PlacedClaim(seq, learned, start, learned.at, series_of(claim), content_of(claim))


def _trust_level(run: _Run, judgements: list[_Verdict], state: FactState) -> TrustLevel:
    if any(verdict.verdict in {"approved", "confirmed"} for _, verdict in judgements):
        return "confirmed"
    if any(seen.learned.by == "person" for seen in run):
        return "confirmed"
    believed = state != "waiting" and any(seen.learned.trust == "own" for seen in run)
    return "stated" if believed else "suggested"


def series_of(claim: Claim) -> tuple[str, ...]:
    """Return the key of the series that a claim belongs to.

    Likes and dislikes of one thing exclude each other as values of a slot do.
    """
    about = _normalized(claim.about)
    if claim.slot:
        return (about, "slot", claim.slot)
    if claim.topic in {"like", "dislike"}:
        return (about, "taste", _value(claim))
    return (about, claim.topic, _value(claim))


def content_of(claim: Claim) -> str:
    """Return what excludes another content in the same series."""
    if claim.slot:
        return _value(claim)
    return claim.topic if claim.topic in {"like", "dislike"} else ""


def _value(claim: Claim) -> str:
    return _normalized(claim.value or claim.text)


@lru_cache(maxsize=8_192)
def _normalized(text: str) -> str:
    return " ".join(fold_text(text).split()).strip(" .。!！")


def _split_into_runs(seens: Iterable[_PlacedClaim]) -> list[_Run]:
    """Return the claims of one series as runs that say the same without a break, oldest first."""
    runs: list[_Run] = []
    latest: dict[str, _Run] = {}
    standing: _Run | None = None
    for seen in sorted(_by_journal(seens), key=lambda seen: seen.place):
        content = seen.content
        run = latest.get(content)
        joins = run is not None and (not seen.open or run is standing)
        if run is None or not joins or (seen.open and _ended_before(run, seen.start)):
            run = latest[content] = []
            runs.append(run)
        run.append(seen)
        if seen.open:
            standing = run
        elif standing is run:
            standing = None
    return runs


def _by_journal(seens: Iterable[_PlacedClaim]) -> Iterator[_PlacedClaim]:
    """Yield claims of one series with the time of statement that the journal allows.

    What stands before a claim that was written when it was said, was said before it: a time after
    it comes from a clock that was wrong.
    """
    latest = math.inf
    for seen in sorted(seens, key=lambda seen: (seen.said_seq, seen.seq), reverse=True):
        stated = min(seen.stated, latest)
        yield seen if stated == seen.stated else msgspec.structs.replace(seen, stated=stated)
        if seen.written_when_said:
            latest = stated


def _last_stated(run: _Run) -> float:
    """Return when what a run says was last said to hold."""
    return max((seen.stated for seen in run if seen.open), default=-math.inf)


def _ended_before(run: _Run, start: float) -> bool:
    """Return whether a run was to end before `start`."""
    ends = [seen.claim.valid_to for seen in run if seen.claim.valid_to is not None]
    return bool(ends) and min(ends) <= start


def _successors(runs: list[_Run]) -> Iterator[_PlacedClaim | None]:
    """Yield for each run what opens the next one, if anything does."""
    opening = [run[0] for run in runs if run[0].open]
    places = [seen.place for seen in opening]
    for run in runs:
        after = bisect.bisect_right(places, run[0].place)
        yield opening[after] if after < len(opening) else None
