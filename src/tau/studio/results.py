"""Results of a comparison: what each method answered, how it was graded, and the verdict."""

import itertools
from collections.abc import Iterator, Set
from typing import Literal

import msgspec

MethodKind = Literal["baseline", "prompt", "nearest", "optimized", "classifier", "tuned", "strong"]
"""`baseline`: the most frequent answer. `prompt`: a model with the instructions. `nearest`: the
same with similar examples. `optimized`: with instructions that a capable model rewrote.
`classifier`: the embedder with logistic regression. `tuned`: a model trained on the examples.
`strong`: the most capable connected model."""
VerdictKind = Literal[
    "train",
    "prompt is enough",
    "classifier is enough",
    "too few examples",
    "examples contradict each other",
    "stronger model wins",
]


class GradedAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a method answered to one example of the test, and its score from 0 to 1."""

    example: str
    answer: str
    score: float
    passed: bool
    seconds: float = 0.0
    error: str = ""
    """Why there is no answer, or why it could not be graded."""


class Interval(msgspec.Struct, frozen=True):
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float


class PairedTest(msgspec.Struct, frozen=True):
    """How much better one method does than another on the same examples."""

    other: str
    """The name of the method it is compared with."""
    gained: int
    """Examples that only this method got right."""
    lost: int
    """Examples that only the other one got right."""
    difference: Interval
    """Of the mean score."""
    p: float
    """Exact McNemar, two-sided, after Holm's correction for all methods compared."""


class MethodResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one method did on the whole test."""

    name: str
    kind: MethodKind
    model: str = ""
    answers: tuple[GradedAnswer, ...] = ()
    passed: Interval | None = None
    """Share of the examples that passed (Wilson)."""
    score: float = 0.0
    """Mean of the scores."""
    seconds_per_answer: float = 0.0
    prepare_seconds: float = 0.0
    """Time before the first answer, such as for fitting."""
    tokens_per_answer: float = 0.0
    against_baseline: PairedTest | None = None
    against_best_cheaper: PairedTest | None = None
    """Compared with the best of the methods before it."""
    skipped: str = ""
    """Why it was not tried, as a sentence; empty if it was."""


class Verdict(msgspec.Struct, frozen=True):
    """What to do, and a sentence with the reason."""

    kind: VerdictKind
    sentence: str
    method: str = ""
    """The name of the method to use."""


class ComparisonResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Methods compared on one frozen test, cheapest first."""

    test_sha256: str
    train_count: int
    test_count: int
    detectable: float
    """The smallest difference in the share of right answers that this test can show."""
    methods: tuple[MethodResult, ...]
    verdict: Verdict
    withdrawn: tuple[str, ...] = ()
    """Examples it was made with that have been withdrawn since."""
    trained_on: tuple[str, ...] = ()
    """The examples that methods could learn from."""

    def answers(self) -> Iterator[GradedAnswer]:
        """Yield the answers of all methods."""
        return itertools.chain.from_iterable(method.answers for method in self.methods)

    def examples(self) -> tuple[str, ...]:
        """Return the examples it was made with."""
        return tuple({*self.trained_on, *(each.example for each in self.answers())})

    def without(self, examples: Set[str]) -> "ComparisonResult":
        """Return the result without the answers to examples that were withdrawn."""
        used = examples & set(self.examples())
        methods = [
            msgspec.structs.replace(
                method,
                answers=tuple(each for each in method.answers if each.example not in examples),
            )
            for method in self.methods
        ]
        return msgspec.structs.replace(
            self,
            methods=tuple(methods),
            trained_on=tuple(each for each in self.trained_on if each not in examples),
            withdrawn=tuple(sorted({*self.withdrawn, *used})),
        )
