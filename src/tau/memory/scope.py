"""Scopes: what each specialist may read, and whether facts are learned from what is said to it.

A message belongs to the specialist it was said with. What is said to `care` is read by nobody else:
no scope can change that. A fact that was learned there waits, and only `care` reads it, until the
person approves it for the others.
"""

from collections.abc import Iterable

import msgspec

from tau.facts import Fact
from tau.facts.resolution import CARE, TALK
from tau.journal.entries import ScopeChanged, SkillJudged, Topic

EXPERTS = ("writing", "sketch", CARE)
"""The specialists that ship with Tau."""
_COMMON = (TALK, "writing", "sketch")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What one specialist may read: facts of `topics` (`None`: of all), messages of `experts`."""

    expert: str = TALK
    topics: tuple[Topic, ...] | None = None
    experts: tuple[str, ...] = _COMMON
    learns: bool = True
    enabled: bool = True

    def reads_from(self, expert: str | None) -> bool:
        """Return whether what was said with a specialist may be read; `None` is plain talk."""
        name = expert or TALK
        return name == self.expert or (name != CARE and name in self.experts)

    def reads_fact(self, fact: Fact) -> bool:
        """Return whether a fact may be read, if it is believed."""
        if fact.expert == CARE and fact.state == "waiting":
            return self.expert == CARE
        return self.topics is None or fact.topic in self.topics


def default_scope(expert: str | None = None) -> Scope:
    """Return the scope of a specialist that the person hasn't changed."""
    name = expert or TALK
    return Scope(expert=name, experts=(TALK,) if name == CARE else _COMMON)


class ScopeHistory:
    """The person's changes of scopes, and the skills of their own that they approved."""

    def __init__(self) -> None:
        self.by_seq: dict[int, ScopeChanged | SkillJudged] = {}

    def add(self, seq: int, entry: ScopeChanged | SkillJudged) -> None:
        """Keep a change or an approval."""
        self.by_seq[seq] = entry

    def forget(self, seqs: Iterable[int]) -> None:
        """Remove the changes at `seqs`."""
        for seq in seqs:
            self.by_seq.pop(seq, None)

    def load(self, raw: bytes) -> None:
        """Add entries that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        self.by_seq.update(
            msgspec.msgpack.decode(raw, type=list[tuple[int, ScopeChanged | SkillJudged]])
        )

    def of(self, expert: str | None, default: Scope | None = None) -> Scope:
        """Return the scope of a specialist; `default` is that of one never changed."""
        name = expert or TALK
        for change in reversed(self.by_seq.values()):
            if isinstance(change, ScopeChanged) and change.expert == name:
                return Scope(
                    expert=name,
                    topics=change.topics,
                    experts=tuple(each for each in change.experts if each != CARE),
                    learns=change.learns,
                    enabled=change.enabled,
                )
        return default or default_scope(name)

    def is_approved(self, skill: str, digest: str) -> bool:
        """Return whether the person approved a skill with exactly these files."""
        for judged in reversed(self.by_seq.values()):
            if isinstance(judged, SkillJudged) and judged.skill == skill:
                return judged.approved and judged.digest == digest
        return False
