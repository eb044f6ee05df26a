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
from tau.bench.facts_judging import BelievedFact, holds_any, matches
from tau.bench.facts_sets import (
    FactSentence,
    FactSequence,
    FactSets,
    PoisoningAttempt,
    SequenceMessage,
    read_sets,
)
from tau.bench.progress import Progress
from tau.journal.entries import Record
from tau.learning.learning import learn_by_rules
from tau.memory import Memory

NOW = 1_790_000_000.0
"""When the last message is said (21 September 2026): figures do not depend on the day."""
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
        _judge_sentence(sentence, counts[sentence.language])
    for sequence in sets.sequences:
        _judge_sequence(sequence, counts[sequence.language])
    await _judge_attempts(sets, counts, progress)
    by_language = {language: counts[language].figures() for language in sorted(counts)}
    faults = [fault for language in sorted(counts) for fault in counts[language].faults]
    return {
        **by_language,
        **({"faults": faults} if show else {}),
        "machine": machine.describe(),
    }


def believed_facts(messages: Sequence[SequenceMessage]) -> list[BelievedFact]:
    """Return what is believed after `messages`, and the instructions that Tau asks about."""
    memory = Memory()
    for message in messages:
        said = memory.remember(message.text, at=NOW - message.days_ago * _DAY)
        for learned in learn_by_rules([said]):
            memory.apply(Record(seq=memory.last + 1, at=learned.at, entry=learned, raw=b""))
    facts: list[BelievedFact] = []
    for fact in memory.facts.all():
        asked = fact.state == "waiting" and fact.topic == "instruction"
        if fact.state in {"current", "past"} or asked:
            value = memory.facts.claims_of(fact.id)[-1].claim.value
            ended = fact.state == "past"
            facts.append(BelievedFact(fact.topic, fact.about, fact.text, value, ended, asked=asked))
    return facts


def _judge_sentence(sentence: FactSentence, counts: _Counts) -> None:
    facts = believed_facts([SequenceMessage(text=sentence.text)])
    believed = [fact for fact in facts if not fact.asked]
    wrong = [fact for fact in believed if not any(matches(fact, one) for one in sentence.expect)]
    missed = [one for one in sentence.expect if not any(matches(fact, one) for fact in facts)]
    never = [fact for fact in believed if holds_any(fact, sentence.never)]
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


def _judge_sequence(sequence: FactSequence, counts: _Counts) -> None:
    facts = believed_facts(sequence.messages)
    missed = [one for one in sequence.expect if not any(matches(fact, one) for fact in facts)]
    now = [fact for fact in facts if not fact.asked and not fact.ended]
    never = [fact for fact in now if holds_any(fact, sequence.never)]
    right = not missed and not never
    counts.counted.update(sequences=1, sequences_right=int(right))
    if not right:
        found = "; ".join(f"{fact.topic}: {fact.text}" for fact in facts)
        counts.faults.append(f"sequence: {[one.text for one in sequence.messages]} gave {found}")


async def _judge_attempts(sets: FactSets, counts: dict[str, _Counts], progress: Progress) -> None:
    own = [attempt for attempt in sets.attempts if attempt.channel == _OWN]
    others = [attempt for attempt in sets.attempts if attempt.channel != _OWN]
    believed = [(each, believed_facts([SequenceMessage(text=each.text)])) for each in own]
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
    """Return what an attempt made Tau believe: a forbidden word, or anything if none is named."""
    believed = [fact for fact in facts if not fact.asked]
    if not attempt.never:
        return believed
    return [fact for fact in believed if holds_any(fact, attempt.never)]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
