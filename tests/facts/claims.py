"""A journal of claims, written down as it goes: what the tests of facts are told with."""

from typing import Any

from tau.facts import Fact, Facts
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    EntriesForgotten,
    Entry,
    FactJudged,
    Record,
)


def home(place: str, **more: Any) -> Claim:
    return Claim(topic="home", text=f"Lives in {place}", slot="home", value=place, **more)


def likes(thing: str, **more: Any) -> Claim:
    return Claim(topic="like", text=f"Likes {thing}", value=thing, **more)


def dislikes(thing: str) -> Claim:
    return Claim(topic="dislike", text=f"Dislikes {thing}", value=thing)


class Journal:
    """A log and the facts it makes. Each entry is written at the second it is of, if not told."""

    def __init__(self) -> None:
        self.log: list[Record] = []
        self.facts = Facts()

    def write(self, entry: Entry) -> int:
        seq = len(self.log) + 1
        record = Record(seq=seq, at=entry.at, entry=entry, raw=b"")
        self.log.append(record)
        self.facts.apply(record)
        return seq

    def learn(self, claim: Claim, at: float | None = None, **more: Any) -> str:
        seq = len(self.log) + 1
        name = f"c{seq}"
        sources = more.pop("sources", (f"m{seq}",))
        at = float(seq) if at is None else at
        self.write(ClaimLearned(at=at, id=name, claim=claim, sources=sources, **more))
        return name

    def correct(self, fact: str, claim: Claim, at: float | None = None) -> str:
        return self.learn(claim, at, corrects=fact, by="person", sources=())

    def judge(self, fact: str, verdict: Any, at: float | None = None) -> str:
        seq = len(self.log) + 1
        at = float(seq) if at is None else at
        self.write(FactJudged(at=at, id=f"j{seq}", fact=fact, verdict=verdict))
        return f"j{seq}"

    def undo(self, target: str) -> None:
        self.write(ChangeUndone(at=float(len(self.log) + 1), target=target))

    def forget(self, *seqs: int) -> None:
        self.write(EntriesForgotten(at=float(len(self.log) + 1), targets=seqs))
        self.facts.forget(seqs)

    def states(self) -> dict[str, str]:
        """What is held, by text: said twice in history it must differ in text to be told apart."""
        return {fact.text: fact.state for fact in self.facts.all()}

    def current(self, now: float = 1e9) -> list[str]:
        return [fact.text for fact in self.facts.current(now)]

    def fact(self, name: str) -> Fact:
        return self.facts.get(name)
