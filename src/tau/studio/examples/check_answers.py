"""Checks of the answers of all examples."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tau.studio.examples.example import Example
from tau.studio.examples.findings import CheckFinding
from tau.studio.examples.normalization import answer_classes, answer_key, parsed_json

FEWEST_OF_A_CLASS = 5
_WORDS = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")
_DIGITS = re.compile(r"\d+")
_MOST_WORDS_AROUND = 3
_MOST_OCCURRENCES = 20

Shape = tuple[str, ...]


class _Value(NamedTuple):
    """A value of a JSON answer that was copied from the input, and longer ones beside it there."""

    key: str
    shape: Shape
    longer: frozenset[Shape]
    example: str


def check_one_answer(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield a finding if all examples have the same answer."""
    if len(examples) > 1 and len({answer_key(each.answer) for each in examples}) == 1:
        yield CheckFinding("one answer", "error", (), "All examples have the same answer.")


def check_rare_answers(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield the answers with few examples, where answers are the names of classes."""
    for given in (answer_classes(examples) or {}).values():
        if len(given) < FEWEST_OF_A_CLASS:
            count = "1 example has" if len(given) == 1 else f"{len(given)} examples have"
            detail = f"Only {count} this answer; {FEWEST_OF_A_CLASS} are the least."
            yield CheckFinding("rare answer", "warning", tuple(each.id for each in given), detail)


def check_inconsistent_values(examples: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield fields of JSON answers that are copied from the input now in full, now cut short.

    Such as "12:15 PM" in one answer and "12:15" in another although the input goes on with "PM".
    Numbers count as equal: what matters is their form.
    """
    values = [value for example in examples for value in _copied_values(example)]
    written: dict[tuple[str, Shape], set[str]] = defaultdict(set)
    for value in values:
        written[value.key, value.shape].add(value.example)
    short: dict[tuple[str, Shape], set[str]] = defaultdict(set)
    for value in values:
        for longer in value.longer:
            if (value.key, longer) in written:
                short[value.key, longer].add(value.example)
    for place, cut in sorted(short.items()):
        full = written[place] - cut
        if full:
            detail = (
                f"The field {place[0]!r} is copied from the input in full by {len(full)} of "
                f"these examples and cut short by {len(cut)}."
            )
            yield CheckFinding("inconsistent value", "warning", tuple(sorted(full | cut)), detail)


def _copied_values(example: Example) -> Iterator[_Value]:
    answer = parsed_json(example.answer)
    if not isinstance(answer, dict):
        return
    text = example.input.casefold()
    words = list(_WORDS.finditer(text))
    starts = {word.start(): place for place, word in enumerate(words)}
    ends = {word.end(): place for place, word in enumerate(words)}
    shapes = [_DIGITS.sub("0", word[0]) for word in words]
    for key, value in answer.items():
        if not isinstance(value, str) or not (copied := value.casefold().strip()):
            continue
        for found in _occurrences(text, copied):
            first, last = starts.get(found), ends.get(found + len(copied))
            if first is not None and last is not None:
                longer = frozenset(_longer(shapes, first, last))
                yield _Value(key, tuple(shapes[first : last + 1]), longer, example.id)


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    for _ in range(_MOST_OCCURRENCES):
        if at < 0:
            return
        yield at
        at = text.find(part, at + 1)


def _longer(shapes: Sequence[str], first: int, last: int) -> Iterator[Shape]:
    """Yield the shapes of the input that have up to three words more than this part of it."""
    for before in range(_MOST_WORDS_AROUND + 1):
        for after in range(_MOST_WORDS_AROUND + 1 - before):
            start, end = first - before, last + after
            if before + after and start >= 0 and end < len(shapes):
                yield tuple(shapes[start : end + 1])
