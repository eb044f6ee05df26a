"""Checks that compare examples with each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tau.studio.examples.example import Example
from tau.studio.examples.findings import CheckFinding
from tau.studio.examples.identity import content_sha256
from tau.studio.examples.normalization import (
    RequestKey,
    answer_classes,
    answer_key,
    request_key,
)
from tau.studio.examples.similarity import MOST_COMPARED, NearPair, Vectors, comparable, compare

_CONTRADICTION = "The same input has different answers."
_LEAK = "The same input is in the test and among the other examples."
_EXACT = "They say the same."
_ALMOST_EXACT = "They differ only in case, spaces or punctuation."
_NEAR = "Their inputs are almost the same, and the answer is."
_NEAR_CONTRADICTION = "Their inputs are almost the same, but their answers differ."
_NEAR_LEAK = "An example of the test is almost the same as another."
_NOT_COMPARED = (
    f"Only up to {MOST_COMPARED:,} examples are compared by meaning; for more, only "
    "those with the same words are found."
)


def check_requests(examples: Sequence[Example], test: frozenset[str]) -> Iterator[CheckFinding]:
    """Yield examples with the same request: duplicates, contradictions, and leaks into the test."""
    same: dict[RequestKey, list[Example]] = defaultdict(list)
    for example in examples:
        same[request_key(example)].append(example)
    for group in same.values():
        if len(group) < 2:
            continue
        ids = tuple(each.id for each in group)
        if 0 < sum(each in test for each in ids) < len(ids):
            yield CheckFinding("leak", "error", ids, _LEAK)
        if len({answer_key(each.answer) for each in group}) > 1:
            yield CheckFinding("contradiction", "warning", ids, _CONTRADICTION)
        yield from _duplicates(group)


def _duplicates(group: Sequence[Example]) -> Iterator[CheckFinding]:
    """Yield those of one request that have the same answer, too."""
    same: dict[str, list[Example]] = defaultdict(list)
    for example in group:
        same[answer_key(example.answer)].append(example)
    for members in same.values():
        exact: dict[str, list[str]] = defaultdict(list)
        for example in members:
            exact[content_sha256(example.messages)].append(example.id)
        for ids in exact.values():
            if len(ids) > 1:
                yield CheckFinding("duplicate", "warning", tuple(ids), _EXACT)
        if len(exact) > 1:
            ids = [each.id for each in members]
            yield CheckFinding("near duplicate", "warning", tuple(ids), _ALMOST_EXACT)


def check_near(
    examples: Sequence[Example], vectors: Vectors, near: float, test: frozenset[str]
) -> Iterator[CheckFinding]:
    """Yield examples whose inputs have near vectors, unless their words are the same.

    Where answers are the names of classes, two names for almost the same input are reported, too:
    other answers differ as often because the inputs do.
    """
    compared = comparable(examples, vectors)
    if compared is None:
        if len(vectors) > MOST_COMPARED:
            yield CheckFinding("not compared", "warning", (), _NOT_COMPARED)
        return
    found = compare(compared, near, test)
    for group in found.groups:
        if len({request_key(each) for each in group}) > 1:
            yield CheckFinding("near duplicate", "warning", tuple(each.id for each in group), _NEAR)
    if answer_classes(examples):
        for pair in found.differing:
            if request_key(pair.first) != request_key(pair.second):
                yield CheckFinding("near contradiction", "warning", _ids(pair), _NEAR_CONTRADICTION)
    for pair in found.across:
        yield CheckFinding("near leak", "warning", _ids(pair), _NEAR_LEAK)


def _ids(pair: NearPair) -> tuple[str, ...]:
    return pair.first.id, pair.second.id
