"""What a document says of the person otherwise than their facts do: “I live in Graz”.

The sentences are read by the rules that learn facts from talk, and what they claim is held against
the fact in the same slot.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo

from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import (
    Sentence,
    has_han,
    split_sentences,
    without_quotations,
)
from tau.experts.writing.statements import KnownStatement, message_of
from tau.facts import Fact, Facts
from tau.facts.rules import extract_claims
from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned
from tau.memory.scope import Scope

_MENTIONS_SELF = re.compile(r"\b(?:I|my|me|we|our)\b|[我本]", re.IGNORECASE)
_OTHER_TIME = re.compile(
    r"\b(?:was|were|used to|will|would(?! like)|if|moving|move[ds]?|until|former\w*|before|not)\b"
    r"|\bnever\b"
    r"|n['’]t\b|以前|曾|将|如果|不|搬",
    re.IGNORECASE,
)
_HELD = frozenset({"name", "birthday", "home", "work", "people", "other"})
_MOST_CHARACTERS = 400


def check_claims(
    text: str, facts: Facts, scope: Scope, now: float, zone: tzinfo | None = None
) -> Iterator[TextFinding]:
    """Yield the sentences of a text that claim something else than a fact that may be read."""
    for sentence in split_sentences(without_quotations(text)):
        plain = len(sentence.text) <= _MOST_CHARACTERS and _MENTIONS_SELF.search(sentence.text)
        if not plain or _OTHER_TIME.search(sentence.text):
            continue
        for claim in extract_claims(sentence.text, now, zone):
            fact = _contradicted(claim, facts, now) if claim.topic in _HELD else None
            if fact is not None and scope.reads_fact(fact):
                yield _finding(sentence, claim, fact, zone)


def _contradicted(claim: Claim, facts: Facts, now: float) -> Fact | None:
    if not claim.slot or claim.valid_to is not None:
        return None
    return facts.contradicted_by(ClaimLearned(at=now, id=new_id(), claim=claim))


def _finding(sentence: Sentence, claim: Claim, fact: Fact, zone: tzinfo | None) -> TextFinding:
    start = sentence.text.lower().find(claim.value.lower()) if claim.value else -1
    length = len(claim.value) if start >= 0 else len(sentence.text)
    statement = KnownStatement(fact.id, fact.text, fact.last_said_on)
    place = sentence.start + max(0, start)
    return TextFinding(
        "memory",
        "memory",
        message_of(statement, fact.text, zone, chinese=has_han(sentence.text)),
        start=place,
        end=place + length,
        by="memory",
        fact=fact.id,
        said_on=fact.last_said_on,
    )
