"""Contradictions between a document and what is known: dates, times, amounts, places, names.

Precision first. A sentence contradicts a statement only if it's about the same thing, in the same
words, and gives a value of the same kind that is another one. What a sentence proposes, asks,
denies or says of the past isn't held against anything.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from functools import cached_property
from typing import NamedTuple

from tau.experts.writing.blocks import Block
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.names import KnownPerson, check_names, find_people
from tau.experts.writing.sentences import (
    Sentence,
    has_han,
    split_sentences,
    without_quotations,
)
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
_MOST_CHARACTERS = 2_000
"""Of a sentence that is checked."""
_OTHER_SENSE = re.compile(
    r"\b(?:would(?! like)|could|might|if|unless|instead|rather than|increas\w*|rais\w*|reduc\w*"
    r"|lower\w*|propos\w*|suggest\w*|request\w*|ask\w*|move[ds]?|moving|postpon\w*|reschedul\w*"
    r"|chang\w*|new|old|former\w*|previous\w*|last|next|earlier|originally|was|were|had|used to"
    r"|until now|not|never|no longer|another|other|her|his|their|alternativ\w*|either|second"
    r"|additional\w*|extra|example|e\.g|maximum|at most|at least|minimum|up to|discount|remaining"
    r"|rest|half|part)\b"
    r"|(?<!\bi )(?<!\bwe )(?<!\byou )\b(?:claim(?:s|ed)|says|said|wrote|writes|believes?|thinks?)\b"
    r"|\balleg\w*|\baccording to (?:him|her|them)\b"
    r"|(?<!\bit)(?<!\bthat)(?<!\bthere)(?<!\blet)['’]s\b|n['’]t\b|\?|声称|称[，：]|认为|表示|如果|假如|建议|提议|申请|希望|改为|改到|推迟|提前到|调整|上调|下调"
    r"|原来|原定|以前|去年|上一?[次届期]|下一?[次届期]|另一|不是|没有|并非|至少|最多|例如|？|优惠|剩余",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:ends?|ending|ended|finish\w*|clos(?:es?|ing|ed)|until|till|leav(?:es?|ing)|depart\w*"
    r"|check-?out|expir\w*|(?:runs?|valid) (?:to|through))\b"
    r"|结束|到期|截止|关门|打烊|离开|出发|下班|散会",
    re.IGNORECASE,
)
"""Words that make a time that of an end: other than that of a beginning."""
_CLAUSE = re.compile(
    r"[,;:，；：]|\b(?:since|because|while|whereas|although|though|and|but|so that|which|where)\b",
    re.IGNORECASE,
)
_QUALIFIERS = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|first|second|third|fourth|\d(?:st|nd|rd|th)|spring|summer|autumn|fall|winter|deposit"
    r"|(?:19|20)\d\d|weekly|daily|hourly|quarterly)\b|[一二三四]季度|(?:19|20)\d\d(?=年)|[\d一二三四五六七八九十]+月份|押金|定金",
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

    def about(self, plain: str, values: Sequence[Value]) -> Iterator[KnownStatement]:
        """Yield what a sentence without its values may be about, with a value to compare."""
        kinds, names, senses = set(map(_kind, values)), find_names(plain), _senses(plain)
        terms = content_terms(plain)
        for place in sorted({one for term in terms for one in self._by_term.get(term, ())}):
            known = self._prepared[place]
            if kinds & known.kinds and known.may_be_meant(names, senses):
                yield known.statement

    @cached_property
    def _prepared(self) -> list["_Prepared"]:
        return [
            _Prepared(one, frozenset(map(_kind, one.values)), _senses(one.text))
            for one in self._statements
        ]

    @cached_property
    def _by_term(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, known in enumerate(self._prepared):
            for term in known.statement.keys if known.kinds else ():
                found.setdefault(term, []).append(place)
        return found


class _Prepared(NamedTuple):
    """A statement, the kinds of its values, and what it says by its own sense."""

    statement: KnownStatement
    kinds: frozenset[tuple[str, str]]
    senses: set[str]

    def may_be_meant(self, names: frozenset[str], senses: set[str]) -> bool:
        """Return whether a sentence with these names and senses may be about the same."""
        if senses - self.senses:
            return False
        # Other people, other companies: then it's another meeting.
        return not (names - self.statement.names and self.statement.names - names)


def check_memory(
    block: Block, known: KnownMemory, zone: tzinfo | None = None
) -> Iterator[TextFinding]:
    """Yield the places of a block that contradict what is known."""
    if block.kind in {"code", "quote"}:
        return
    text = without_quotations(block.text)
    for sentence in split_sentences(text):
        if len(sentence.text) > _MOST_CHARACTERS:
            continue  # each value is held against all others in its sentence
        values = [*find_values(sentence.text), *find_places(sentence.text)]
        if values and "?" not in sentence.text:
            yield from _contradictions(sentence, values, known, zone)
    yield from check_names(text, known.people, zone)


def _contradictions(
    sentence: Sentence, values: list[Value], known: KnownMemory, zone: tzinfo | None
) -> Iterator[TextFinding]:
    plain = without_values(sentence.text, values)
    terms = content_terms(plain)
    about = [one for one in known.about(plain, values) if not _is_apart(one, values)]
    for value in values if about else ():
        alike = [
            (one, other)
            for one in about
            if _names_the_same(one, terms, plain, value)
            for other in one.values
            if _alike(value, other) and _is_same_end(one, sentence.text, value)
        ]
        if not alike or any(not _differs(value, other) for _, other in alike):
            continue  # it's as it was said at least once
        others = (one for one in values if one != value)
        if any(_is_same(one, other) for one in others for _, other in alike):
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


def _kind(value: Value) -> tuple[str, str]:
    """Return what two values share that can be compared; any two places can."""
    return value.kind, "" if value.kind == "place" else value.unit


def _alike(value: Value, other: Value) -> bool:
    return _kind(value) == _kind(other)


def _differs(value: Value, other: Value) -> bool:
    if value.kind == other.kind == "place":
        return not set(value.unit.split()) & set(other.unit.split())
    return value.differs(other)


def _is_same(value: Value, other: Value) -> bool:
    return _alike(value, other) and not _differs(value, other)


def _is_same_end(statement: KnownStatement, sentence: str, value: Value) -> bool:
    """Return whether both give the time of an end, or neither does."""
    if value.kind not in {"date", "time"}:
        return True
    return bool(_ENDS.search(sentence)) == bool(_ENDS.search(statement.text))


def _is_apart(statement: KnownStatement, values: Sequence[Value]) -> bool:
    """Return whether a sentence is about another place, with other values: another thing."""
    other = {
        "place" if one.kind == "place" else "value"
        for one in values
        for known in statement.values
        if _alike(one, known) and _differs(one, known)
    }
    return len(other) > 1


def _names_the_same(
    statement: KnownStatement, terms: frozenset[str], plain: str, value: Value
) -> bool:
    """Return whether a sentence names what a statement is about, where it gives a value.

    `plain` is the sentence without its values.
    """
    keys = statement.keys
    shared = keys & terms
    if len(keys) == 1:
        return _leads(_clause_of(plain, value), keys) or _touches(plain[: value.start], keys)
    if shared == keys:
        return True
    enough = len(shared) / len(keys) >= _SHARE
    return enough and len(shared) >= (3 if has_han(plain) else 2)


def _clause_of(plain: str, value: Value) -> str:
    """Return the clause of a sentence without its values in which a value was."""
    ends = [0, *(found.start() for found in _CLAUSE.finditer(plain)), len(plain)]
    start = max(one for one in ends if one <= value.start)
    return plain[start : min(one for one in ends if one >= value.end)]


def _touches(before: str, keys: frozenset[str]) -> bool:
    """Return whether the last thing that is named before a value is what a statement is about."""
    words = before.split()
    terms = (content_terms(word) for word in reversed(words))
    return next((found for found in terms if found), None) == keys


def _leads(clause: str, keys: frozenset[str]) -> bool:
    """Return whether a clause begins with the one thing that a statement is about."""
    start = re.split(r"\b(?:is|are|of|:|at|on|amounts)\b|[：是为]", clause, maxsplit=1)[0]
    return content_terms(start) == keys
