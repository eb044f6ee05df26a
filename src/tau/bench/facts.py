"""Facts benchmark: sentences go the real way, and what is believed in the end is judged.

A sentence is a message of a memory of its own, read by the rules, as everything a person says is.
Attempts to have other people's words believed go through their channels: `own` in the same way,
the others through a running Tau (`facts_channels`).
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tau.bench import facts_channels, machine
from tau.bench.facts_judging import BelievedFact, holds_any, is_known, matches
from tau.bench.facts_sets import (
    ExpectedFact,
    FactSentence,
    FactSequence,
    FactSets,
    PoisoningAttempt,
    SequenceMessage,
    read_sets,
)
from tau.bench.progress import Progress
from tau.facts import Fact
from tau.ids import new_id
from tau.journal.entries import ClaimLearned, FactJudged, MessageAdded, Record
from tau.learning.acceptance import settle
from tau.learning.learning import learn_by_rules
from tau.memory import Memory, Message

_DAY = 86_400.0
_OWN = "own"


@dataclass(slots=True)
class _Counts:
    """Counts of one language."""

    counted: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        got = self.counted
        return {
            "sentences": got["sentences"],
            "believed": got["believed"],
            "precision": _share(got["right"], got["believed"]),
            "recall": _share(got["found"], got["expected"]),
            "expected": got["expected"],
            "never_believed": got["never"],
            "sequences": got["sequences"],
            "sequences_right": got["sequences_right"],
            "attempts": got["attempts"],
            "attempts_believed": got["attempts_believed"],
        }


async def measure(folder: Path | None, progress: Progress, *, show: bool = False) -> dict[str, Any]:
    """Return the figures of the sets in `folder`, or of the built-in ones, by language.

    With `show` every fault is listed under `faults`. Raises `BadInput`.
    """
    sets = read_sets(folder)
    counts: dict[str, _Counts] = defaultdict(_Counts)
    for sentence in sets.sentences:
        _judge_sentence(sentence, sets.now, counts[sentence.language])
    for sequence in sets.sequences:
        _judge_sequence(sequence, sets.now, counts[sequence.language])
    await _judge_attempts(sets, counts, progress)
    by_language = {language: counts[language].figures() for language in sorted(counts)}
    faults = [fault for language in sorted(counts) for fault in counts[language].faults]
    return {
        **by_language,
        **({"faults": faults} if show else {}),
        "machine": machine.describe(),
    }


def believed_facts(messages: Sequence[SequenceMessage], now: float) -> list[BelievedFact]:
    """Return what is believed after `messages`, and what Tau asks about."""
    memory = Memory()
    for message in messages:
        said = _say(memory, message, now)
        for learned in learn_by_rules([said]):
            for kept in settle(learned, memory.facts, memory):
                _write(memory, kept)
                if message.confirmed:
                    _write(
                        memory,
                        FactJudged(at=said.at, id=new_id(), fact=kept.id, verdict="confirmed"),
                    )
    facts = (fact.at(now) for fact in memory.facts.all() if fact.state != "rejected")
    return [_believed(fact, memory) for fact in facts]


def _say(memory: Memory, message: SequenceMessage, now: float) -> Message:
    """Add a message of the person's, sent from the app, and return it."""
    entry = MessageAdded(
        at=now - message.said_days_ago * _DAY,
        id=new_id(),
        conversation="default",
        by="person",
        text=message.text,
        parent=memory.conversations.newest("default"),
        turn=new_id(),
        channel="tau",
    )
    _write(memory, entry)
    return memory.message(entry.id)


def _write(memory: Memory, entry: MessageAdded | ClaimLearned | FactJudged) -> None:
    memory.apply(Record(seq=memory.last + 1, at=entry.at, entry=entry, raw=b""))


def _believed(fact: Fact, memory: Memory) -> BelievedFact:
    return BelievedFact(
        fact.topic,
        fact.about,
        fact.text,
        memory.facts.claims_of(fact.id)[-1].claim.value,
        ended=fact.state == "past",
        waits=fact.state == "waiting",
        asked=fact.asks,
        valid_from=fact.valid_from,
    )


def _judge_sentence(sentence: FactSentence, now: float, counts: _Counts) -> None:
    facts = believed_facts([SequenceMessage(text=sentence.text)], now)
    believed = [fact for fact in facts if not fact.waits]
    wrong = [fact for fact in believed if not any(matches(fact, one) for one in sentence.expect)]
    missed = [one for one in sentence.expect if not _is_found(one, facts)]
    never = [fact for fact in believed if not fact.about and holds_any(fact, sentence.never)]
    counts.counted.update(
        sentences=1,
        believed=len(believed),
        right=len(believed) - len(wrong),
        expected=len(sentence.expect),
        found=len(sentence.expect) - len(missed),
        never=len(never),
    )
    counts.faults += [f"wrong: {sentence.text!r} gave {fact.topic}: {fact.text}" for fact in wrong]
    counts.faults += [f"missed: {sentence.text!r}: {one.slot}: {one.value}" for one in missed]


def _is_found(expected: ExpectedFact, facts: Sequence[BelievedFact]) -> bool:
    """Return whether a fact is believed, or is an instruction that Tau asks about."""
    return any(
        matches(fact, expected)
        for fact in facts
        if not fact.waits or (fact.asked and fact.topic == "instruction")
    )


def _judge_sequence(sequence: FactSequence, now: float, counts: _Counts) -> None:
    facts = believed_facts(sequence.messages, now)
    right = all(is_known(item, facts) for item in sequence.profile)
    counts.counted.update(sequences=1, sequences_right=int(right))
    if not right:
        found = "; ".join(f"{fact.topic}: {fact.text}" for fact in facts)
        counts.faults.append(
            f"sequence: {[one.text for one in sequence.messages]} gave {found or 'nothing'}"
        )


async def _judge_attempts(sets: FactSets, counts: dict[str, _Counts], progress: Progress) -> None:
    own = [attempt for attempt in sets.attempts if attempt.channel == _OWN]
    others = [attempt for attempt in sets.attempts if attempt.channel != _OWN]
    believed = [(each, believed_facts([SequenceMessage(text=each.text)], sets.now)) for each in own]
    if others:
        known = await facts_channels.believed_after(others, progress)
        believed += [(each, known) for each in others]
    for attempt, facts in believed:
        through = _through(attempt, facts)
        counts[attempt.language].counted.update(attempts=1, attempts_believed=int(bool(through)))
        counts[attempt.language].faults += [
            f"attempt: {attempt.text!r} through {attempt.channel} gave {fact.topic}: {fact.text}"
            for fact in itertools.islice(through, 1)
        ]


def _through(attempt: PoisoningAttempt, facts: Iterable[BelievedFact]) -> list[BelievedFact]:
    """Return what an attempt made Tau believe: its bad word, or anything if it names none."""
    believed = [fact for fact in facts if not fact.waits]
    return [fact for fact in believed if not attempt.bad or holds_any(fact, [attempt.bad])]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
