"""Projects of the studio."""

from dataclasses import dataclass, field
from typing import Any, Literal

from tau.studio.events import FindingDecision
from tau.studio.examples.example import ExampleTrust, Role
from tau.studio.examples.findings import FindingKind, Severity
from tau.studio.results import MethodKind, VerdictKind


@dataclass(frozen=True, slots=True)
class ExampleMessageOut:
    """One message of an example; one with `weight` 0 isn't learned from."""

    role: Role
    content: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class ExampleOut:
    """An example: a chat that ends with the right answer.

    `line` is its line or row in the source. `decision` is what a person decided about it after a
    check found something. `in_test` means that it's in the frozen test. One that a model wrote is
    `waiting` until a person decided about it; `passage` is what it was written from.
    """

    id: str
    messages: list[ExampleMessageOut]
    source: str
    line: int | None
    trust: ExampleTrust
    in_test: bool
    decision: FindingDecision | None = None
    waiting: bool = False
    passage: str = ""


@dataclass(frozen=True, slots=True)
class ExampleList:
    """Examples in the order in which they were added; `next` continues after them."""

    examples: list[ExampleOut]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True)
class ColumnsOut:
    """The names of a table's columns in their order; none for a file of chats."""

    columns: list[str]


@dataclass(frozen=True, slots=True)
class ProblemOut:
    """A line of a file that isn't an example: the field that is wrong, and why."""

    line: int | None
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceOut:
    """A file that examples were read from, and the lines of it that could not be read."""

    id: str
    name: str
    sha256: str
    licence: str
    trust: ExampleTrust
    examples: int
    problems: list[ProblemOut]


@dataclass(frozen=True, slots=True)
class ProjectOut:
    """A project with its counts.

    `test` counts the examples of the frozen test, and `detectable` is the smallest difference in
    the share of right answers that it can show. `grader` is the one in use; `grader_chosen` says
    whether a person chose it. `waiting` counts the examples that a model wrote and nobody reviewed.
    """

    id: str
    name: str
    changed_at: float
    examples: int
    left_out: int
    test: int
    detectable: float | None
    test_sha256: str | None
    grader: dict[str, Any]
    grader_chosen: bool
    sources: list[SourceOut] = field(default_factory=list)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ProjectList:
    """Projects, the one that changed last first."""

    projects: list[ProjectOut]


@dataclass(frozen=True, slots=True)
class AddedFileOut:
    """What adding a file did: how many of its examples are new, and how many were known."""

    source: SourceOut
    added: int
    known: int


@dataclass(frozen=True, slots=True)
class FindingOut:
    """Something that a check found in examples.

    An `error` must be settled before they're used; a `warning` is for a person to look at. `detail`
    is a sentence. `source` is the id of the source that it's about, if it's about one.
    """

    kind: FindingKind
    severity: Severity
    detail: str
    examples: list[str]
    source: str


@dataclass(frozen=True, slots=True)
class CheckOut:
    """What a check found; `counts` are of examples, answers, and examples by kind of finding."""

    findings: list[FindingOut]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class IntervalOut:
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedTestOut:
    """How much better a method is than another on the same examples.

    `gained` and `lost` count the examples that only one of them got right. `p` is from an exact
    McNemar test, corrected for the number of methods.
    """

    other: str
    gained: int
    lost: int
    difference: IntervalOut
    p: float


@dataclass(frozen=True, slots=True)
class MethodOut:
    """How a method did on the test; `skipped` says why it wasn't tried."""

    name: str
    kind: MethodKind
    model: str
    passed: IntervalOut | None
    score: float
    seconds_per_answer: float
    prepare_seconds: float
    tokens_per_answer: float
    errors: int
    against_baseline: PairedTestOut | None
    against_best_cheaper: PairedTestOut | None
    skipped: str


@dataclass(frozen=True, slots=True)
class VerdictOut:
    """What to do, the method it's about, and a sentence with the reason."""

    kind: VerdictKind
    sentence: str
    method: str


@dataclass(frozen=True, slots=True)
class ComparisonOut:
    """Methods compared on the frozen test, cheapest first.

    `withdrawn` lists examples it was made with that have been withdrawn since.
    """

    id: str
    at: float
    test_sha256: str
    train_count: int
    test_count: int
    detectable: float
    methods: list[MethodOut]
    verdict: VerdictOut
    withdrawn: list[str]


@dataclass(frozen=True, slots=True)
class ComparisonJobOut:
    """A comparison that runs or ended: `comparison` is the id of its result."""

    id: str
    state: Literal["running", "done", "stopped", "failed"]
    sentence: str
    at: float
    done: int
    total: int
    comparison: str


@dataclass(frozen=True, slots=True)
class ComparisonList:
    """The comparisons of a project, newest first, and the jobs that make them."""

    comparisons: list[ComparisonOut]
    jobs: list[ComparisonJobOut]


@dataclass(frozen=True, slots=True)
class GradedAnswerOut:
    """What a method answered to an example of the test, and its score."""

    example: str
    answer: str
    expected: str
    score: float
    passed: bool
    error: str


@dataclass(frozen=True, slots=True)
class GradedAnswerList:
    """The answers of one method, in the order of the test."""

    method: str
    answers: list[GradedAnswerOut]
