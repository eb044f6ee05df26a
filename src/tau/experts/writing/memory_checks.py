"""Contradictions between a document and what is known: dates, times, amounts, places, names.

Precision first. A sentence contradicts a statement only if it's about the same thing, in the same
words, and gives a value of the same kind that is another one. What a sentence proposes, asks,
denies or says of the past isn't held against anything.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import cached_property

from tau.experts.writing.blocks import Block
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.names import KnownPerson, check_names, find_people
from tau.experts.writing.sentences import Sentence, has_han, split_sentences
from tau.experts.writing.statements import (
    KnownStatement,
    content_terms,
    find_names,
    find_places,
    message_of,
    without_values,
)
from tau.experts.writing.values import Value, find_values

_SHARE = 0.6
"""Share of a statement's terms that a sentence must have to be about the same thing."""
_OTHER_SENSE = re.compile(
    r"\b(?:would|could|might|if|unless|instead|rather than|increas\w*|rais\w*|reduc\w*|lower\w*"
    r"|propos\w*|suggest\w*|request\w*|ask\w*|move[ds]?|moving|postpon\w*|reschedul\w*|chang\w*|new"
    r"|old|former\w*|previous\w*|last|next|earlier|originally|was|were|had been|used to|until now"
    r"|not|never|no longer|another|other|alternativ\w*|either|second|additional\w*|extra|example"
    r"|e\.g|maximum|at most|at least|minimum|up to|discount|remaining|rest|half|part)\b"
    r"|n['’]t\b|\?|如果|假如|建议|提议|申请|希望|改为|改到|推迟|提前到|调整|上调|下调|原来|原定|以前"
    r"|去年|上次|下次|另一|不是|没有|并非|至少|最多|例如|？|优惠|剩余",
    re.IGNORECASE,
)
_QUALIFIERS = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|first|second|third|fourth|\d(?:st|nd|rd|th)|spring|summer|autumn|fall|winter|deposit"
    r"|weekly|daily|hourly|quarterly)\b|[一二三四]季度|[\d一二三四五六七八九十]+月份|押金|定金",
    re.IGNORECASE,
)


class KnownMemory:
    """What is known, prepared once for all sentences that are held against it."""

    def __init__(self, statements: Iterable[KnownStatement]) -> None:
        self._statements = tuple(statements)

    @cached_property
    def people(self) -> list[KnownPerson]:
        """The people that statements name."""
        return find_people(self._statements)

    def sharing(self, terms: frozenset[str]) -> list[KnownStatement]:
        """Return the statements with a value that share one of the terms, in their order."""
        places = {place for term in terms for place in self._by_term.get(term, ())}
        return [self._statements[place] for place in sorted(places)]

    @cached_property
    def _by_term(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, statement in enumerate(self._statements):
            for term in statement.keys if statement.values else ():
                found.setdefault(term, []).append(place)
        return found


def check_memory(
    block: Block, known: KnownMemory, zone: tzinfo | None = None
) -> Iterator[TextFinding]:
    """Yield the places of a block that contradict what is known."""
    if block.kind == "code":
        return
    for sentence in split_sentences(block.text):
        values = [*find_values(sentence.text), *find_places(sentence.text)]
        if values and "?" not in sentence.text:
            yield from _contradictions(sentence, values, known, zone)
    yield from check_names(block.text, known.people, zone)


def _contradictions(
    sentence: Sentence, values: list[Value], known: KnownMemory, zone: tzinfo | None
) -> Iterator[TextFinding]:
    plain = without_values(sentence.text, values)
    terms, names = content_terms(plain), find_names(plain)
    near, senses = known.sharing(terms), _senses(plain)
    about = [one for one in near if _is_about(one, terms, names, senses, sentence.text)]
    for value in values if about else ():
        alike = [(one, other) for one in about for other in one.values if _alike(value, other)]
        if not alike or any(not _differs(value, other) for _, other in alike):
            continue  # it's as it was said at least once
        if any(not _differs(one, other) for one in values for _, other in alike if one != value):
            continue  # the sentence has the known value too: it compares
        statement, other = max(alike, key=lambda pair: pair[0].said_on)
        yield TextFinding(
            "memory",
            "memory",
            message_of(statement, other.text, zone, chinese=has_han(sentence.text)),
            start=sentence.start + value.start,
            end=sentence.start + value.end,
            replacements=(other.text,) if other.start >= 0 else (),
            by="memory",
            fact=statement.id,
            said_on=statement.said_on,
        )


def _senses(text: str) -> set[str]:
    """Return the words that make a sentence about something else: a proposal, the past, March."""
    found = (*_OTHER_SENSE.finditer(text), *_QUALIFIERS.finditer(text))
    return {match[0].lower() for match in found}


def _alike(value: Value, other: Value) -> bool:
    if value.kind == other.kind == "place":
        return True
    return (value.kind, value.unit) == (other.kind, other.unit)


def _differs(value: Value, other: Value) -> bool:
    if value.kind == other.kind == "place":
        return not set(value.unit.split()) & set(other.unit.split())
    return value.differs(other)


def _is_about(
    statement: KnownStatement,
    terms: frozenset[str],
    names: frozenset[str],
    senses: set[str],
    sentence: str,
) -> bool:
    """Return whether a sentence is about what a statement is about."""
    keys = statement.keys
    shared = keys & terms
    if not keys or not shared:
        return False
    if senses - _senses(statement.whole):
        return False
    # Other people, other companies: then it's another meeting.
    if names - statement.names and statement.names - names:
        return False
    if len(keys) == 1:
        return len(terms) <= 3 or _leads(sentence, next(iter(keys)))
    if shared == keys:
        return True
    enough = len(shared) / len(keys) >= _SHARE
    return enough and len(shared) >= (3 if has_han(sentence) else 2)


def _leads(sentence: str, key: str) -> bool:
    """Return whether a sentence begins with the one thing that a statement is about."""
    start = re.split(r"\b(?:is|are|of|:|at|on|amounts)\b|[：是为]", sentence, maxsplit=1)[0]
    return content_terms(start) == {key}
