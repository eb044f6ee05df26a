"""All checks of the examples of a project.

What is found depends on what the examples say, not on their order. Knows nothing of storage and
models: vectors and the counting of tokens are given.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from tau.studio.examples.check_answers import (
    check_inconsistent_values,
    check_one_answer,
    check_rare_answers,
)
from tau.studio.examples.check_pairs import check_near, check_requests
from tau.studio.examples.check_texts import (
    check_control_strings,
    check_empty,
    check_lengths,
    check_personal_data,
)
from tau.studio.examples.example import Example, ExampleSource, Problem
from tau.studio.examples.findings import CheckFinding, CheckReport
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, Vectors
from tau.studio.examples.splitting import LEAST_EXAMPLES

_SHOWN_LINES = 10


class CheckInput(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the examples beside what they say."""

    sources: tuple[ExampleSource, ...] = ()
    problems: Mapping[str, Sequence[Problem]] = {}
    """By the id of the source."""
    test: frozenset[str] = frozenset()
    """Ids of the examples that are put aside."""
    kept: frozenset[str] = frozenset()
    """Ids of examples that a person decided to keep: warnings about these alone aren't repeated."""
    vectors: Vectors = {}
    near: float = DEFAULT_NEAR_COSINE
    """Inputs whose vectors have a higher cosine are almost the same; see `NEAR_COSINES`."""
    count_tokens: Callable[[Example], int] | None = None
    window: int = 0
    """Tokens that the base model takes; 0 if there is none yet."""


def check_examples(examples: Sequence[Example], given: CheckInput) -> CheckReport:
    """Return what all checks find, ordered by kind and then by the order of `examples`."""
    places = {example.id: place for place, example in enumerate(examples)}
    ordered = sorted(examples, key=lambda example: example.id)
    findings = [
        msgspec.structs.replace(each, examples=tuple(sorted(each.examples, key=places.__getitem__)))
        for each in _findings(ordered, given)
        if not _is_settled(each, given.kept)
    ]
    first = sorted(findings, key=lambda each: [places[example] for example in each.examples[:1]])
    kinds = {kind: place for place, kind in enumerate(dict.fromkeys(f.kind for f in findings))}
    return CheckReport(
        tuple(sorted(first, key=lambda each: kinds[each.kind])),
        _counts(examples, given, findings),
    )


def _is_settled(finding: CheckFinding, kept: frozenset[str]) -> bool:
    about_kept = bool(finding.examples) and kept.issuperset(finding.examples)
    return finding.severity == "warning" and about_kept


def _findings(examples: Sequence[Example], given: CheckInput) -> Iterator[CheckFinding]:
    yield from _unreadable(given.problems)
    yield from _too_few(len(examples))
    yield from check_empty(examples)
    yield from check_requests(examples, given.test)
    yield from check_near(examples, given.vectors, given.near, given.test)
    yield from check_inconsistent_values(examples)
    yield from check_one_answer(examples)
    yield from check_rare_answers(examples)
    if given.count_tokens is not None and given.window:
        yield from check_lengths(examples, given.count_tokens, given.window)
    yield from check_personal_data(examples)
    yield from check_control_strings(examples)
    yield from _licences(examples, given.sources)


def _unreadable(problems: Mapping[str, Sequence[Problem]]) -> Iterator[CheckFinding]:
    """Yield one finding for each reason in a source, with the lines."""
    for source, found in sorted(problems.items()):
        lines: dict[tuple[str, str], list[int]] = {}
        for problem in found:
            lines.setdefault((problem.field, problem.reason), []).append(problem.line or 0)
        for (field, reason), numbers in lines.items():
            where = f"{_lines(numbers)}, {field}" if field else _lines(numbers)
            yield CheckFinding("unreadable", "warning", (), f"{where}: {reason}", source)


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in sorted(numbers)[:_SHOWN_LINES])
    more = len(numbers) - _SHOWN_LINES
    return f"Line{'s' if len(numbers) > 1 else ''} {shown}{f' and {more} more' if more > 0 else ''}"


def _too_few(count: int) -> Iterator[CheckFinding]:
    if count < LEAST_EXAMPLES:
        detail = f"There must be at least {LEAST_EXAMPLES} examples; there are {count}."
        yield CheckFinding("too few", "error", (), detail)


def _licences(
    examples: Sequence[Example], sources: Sequence[ExampleSource]
) -> Iterator[CheckFinding]:
    """Yield what is unclear about the licences of sources that somebody else made."""
    used = {example.source for example in examples}
    others = [each for each in sources if each.id in used and each.trust == "imported"]
    for source in sorted(others, key=lambda each: each.id):
        if not source.licence.strip():
            detail = f"The licence of {source.name} isn't known."
            yield CheckFinding("licence", "warning", (), detail, source.id)
    known = sorted({each.licence.strip() for each in sources if each.id in used} - {""})
    if len(known) > 1:
        detail = f"The sources have different licences: {', '.join(known)}."
        yield CheckFinding("licence", "warning", (), detail)


def _counts(
    examples: Sequence[Example], given: CheckInput, findings: Sequence[CheckFinding]
) -> dict[str, int]:
    concerned: dict[str, set[str]] = {}
    for finding in findings:
        concerned.setdefault(finding.kind, set()).update(finding.examples)
    kinds = Counter[str](finding.kind for finding in findings)
    return {
        "examples": len(examples),
        "test": sum(example.id in given.test for example in examples),
        "answers": len({example.answer.strip() for example in examples}),
        "problems": sum(map(len, given.problems.values())),
        **{kind: len(concerned[kind]) or kinds[kind] for kind in concerned},
    }
