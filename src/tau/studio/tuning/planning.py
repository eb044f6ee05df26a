"""What a run is made of: its document, its files, and how checkpoints are graded. Pure functions.

From a project, a run learns from what isn't in the frozen test, and is validated with some of it.
From files, it learns from what they say.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tau.errors import BadInput, Conflict, InvalidField
from tau.studio.examples.check_pairs import check_requests
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.examples.leakage import refuse_leaks
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, Vectors
from tau.studio.examples.splitting import choose_test
from tau.studio.graders.default_grader import default_grader
from tau.studio.graders.grader import grader_json
from tau.studio.grading_answers import grader_of
from tau.studio.project import Project
from tau.studio.tuning.bases import TuningBase
from tau.studio.tuning.checkpoint_grading import GradingPlan
from tau.studio.tuning.job_request import JobLines, JobNumbers
from tau.studio.tuning.run_spec import RunBase, RunData, RunSpec
from tau.studio.tuning.suggestions import ExampleFigures, Machine, suggest, too_long
from tau.studio.tuning.training_lines import (
    LEAST_EXAMPLES,
    LineKind,
    TrainingLine,
    joined_lines,
)
from tau.text.excerpts import estimate_tokens

_MOST_VALIDATION = 50
_VALIDATION_SHARE = 7
"""One example of so many."""
_MOST_EPOCHS, _MOST_BATCH, _MOST_MULTIPLIER, _MOST_BETA = 50, 256, 10.0, 2.0
_TOKENS_OF_A_MARK = 4  # what a chat template writes around a message
_SHOWN = 5
FREEZE_FIRST = "Freeze a test first: it shows whether training helped."
MAX_SUFFIX_CHARACTERS = 64
_SUFFIX_OF_NAME_CHARACTERS = 32


class RunFiles(NamedTuple):
    """The files that a run begins with."""

    train: bytes
    valid: bytes
    grading: GradingPlan | None


class PlannedRun(NamedTuple):
    """A run that can begin."""

    spec: RunSpec
    files: RunFiles
    seconds: float
    memory_bytes: int
    examples: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    instructions: str = ""
    warnings: tuple[str, ...] = ()


class Chosen(NamedTuple):
    """What a person chose for a run; the rest is suggested."""

    base: TuningBase
    base_sha256: str
    machine: Machine
    numbers: JobNumbers = JobNumbers()
    seed: int = 7


def plan_run(
    project: Project,
    chosen: Chosen,
    vectors: Vectors | None = None,
    near: float = DEFAULT_NEAR_COSINE,
) -> PlannedRun:
    """Return a run that learns from a project.

    Raises `Conflict` before the test is frozen, `BadInput` for examples that can't be learned from,
    and `InvalidField` for numbers out of range.
    """
    if project.split is None or not project.test:
        raise Conflict(FREEZE_FIRST)
    examples = [each for each in project.train if each.answer.strip()]
    if len(examples) < LEAST_EXAMPLES:
        raise BadInput(
            f"There are {len(examples)} examples to learn from, and there must be at least "
            f"{LEAST_EXAMPLES}. 50 to 100 are a good start."
        )
    refuse_leaks(project.test, examples)
    refuse_long(examples, chosen.base)
    held = set(choose_validation(examples, chosen.seed, vectors, near))
    train = [each for each in examples if each.id not in held]
    valid = [each for each in examples if each.id in held]
    files = RunFiles(
        train=example_lines(train),
        valid=example_lines(valid),
        grading=GradingPlan(grader=grader_json(grader_of(project)), examples=tuple(valid)),
    )
    return planned_run(
        files, example_figures(map(_tokens, train), len(valid)), chosen, "supervised"
    )._replace(
        examples=tuple(each.id for each in train),
        validation=tuple(each.id for each in valid),
        instructions=same_instructions(train),
        warnings=_warnings(train),
    )


def plan_job(lines: JobLines, kind: LineKind, chosen: Chosen) -> PlannedRun:
    """Return a run that learns from files. Raises `InvalidField` for numbers out of range."""
    tokens = [estimate_tokens(each.content.decode()) for each in lines.training]
    grading = None
    if kind == "supervised" and lines.validation:
        examples = tuple(_example(each) for each in lines.validation)
        grader = default_grader(each.answer for each in examples)
        grading = GradingPlan(grader=grader_json(grader), examples=examples)
    files = RunFiles(joined_lines(lines.training), joined_lines(lines.validation), grading)
    return planned_run(files, example_figures(tokens, len(lines.validation)), chosen, kind)


def check_numbers(numbers: JobNumbers) -> None:
    """Raise `InvalidField` for a hyperparameter that makes no sense, with its name as `param`."""
    _require_range("epochs", numbers.epochs, 1, _MOST_EPOCHS)
    _require_range("batch_size", numbers.batch_size, 1, _MOST_BATCH)
    _require_range(
        "learning_rate_multiplier", numbers.learning_rate_multiplier, 0, _MOST_MULTIPLIER
    )
    _require_range("beta", numbers.beta, 0, _MOST_BETA)


def choose_validation(
    examples: Sequence[Example],
    seed: int,
    vectors: Vectors | None = None,
    near: float = DEFAULT_NEAR_COSINE,
) -> tuple[str, ...]:
    """Return the ids of examples to validate with; what says the same stays on one side.

    None where all examples are almost the same, or too few are a person's.
    """
    size = min(_MOST_VALIDATION, len(examples) // _VALIDATION_SHARE)
    try:
        return choose_test(examples, size=max(1, size), seed=seed, vectors=vectors, near=near)
    except BadInput:
        return ()


def example_lines(examples: Sequence[Example]) -> bytes:
    """Return examples as the training program reads them."""
    return joined_lines([_line(each) for each in examples])


def clean_suffix(suffix: str) -> str:
    """Return a suffix as it can be in a model's name. Raises `InvalidField`."""
    cleaned = suffix.strip().lower().replace(" ", "-")
    if len(cleaned) > MAX_SUFFIX_CHARACTERS:
        raise InvalidField(f"A suffix has at most {MAX_SUFFIX_CHARACTERS} characters.", "suffix")
    if not all(each.isascii() and (each.isalnum() or each in "-_.") for each in cleaned):
        raise InvalidField("A suffix has only letters, digits, hyphens, _ and dots.", "suffix")
    return cleaned


def suffix_of(name: str) -> str:
    """Return a suffix for the models of a project with this name; perhaps an empty one."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:_SUFFIX_OF_NAME_CHARACTERS].rstrip("-")


def planned_run(
    files: RunFiles, figures: ExampleFigures, chosen: Chosen, kind: LineKind
) -> PlannedRun:
    """Return a run with the numbers that were chosen, and suggestions for the others."""
    check_numbers(chosen.numbers)
    found = suggest(kind, chosen.numbers, figures, chosen.base, chosen.machine)
    spec = RunSpec(
        base=RunBase(name=chosen.base.name, sha256=chosen.base_sha256),
        data=RunData(train=_sha256(files.train), valid=_sha256(files.valid) if files.valid else ""),
        method=found.method,
        adapter=found.adapter,
        window=found.window,
        seed=chosen.seed,
        threads=found.threads,
        checkpoint=found.checkpoint,
    )
    return PlannedRun(spec, files, found.seconds, found.memory_bytes)


def _require_range(name: str, value: float | None, least: float, most: float) -> None:
    if value is None:
        return
    if not math.isfinite(value) or value > most or value < least or value == 0:
        bounds = f"from {least:g} to" if least else "above 0 and at most"
        raise InvalidField(f"{name} must be a number {bounds} {most:g}.", name)


def refuse_long(examples: Sequence[Example], base: TuningBase) -> None:
    """Raise `BadInput` for examples that can't fit into the base's window."""
    long = [each for each in examples if too_long(_tokens(each), base)]
    if not long:
        return
    fitting = len(examples) - len(long)
    if not fitting:
        raise BadInput(
            f"0 of {len(examples)} examples would teach anything: they're all longer than the "
            f"{base.context_tokens} tokens that {base.name} reads."
        )
    lines = ", ".join(f"line {each.line}" if each.line else each.id for each in long[:_SHOWN])
    more = f" and {len(long) - _SHOWN} more" if len(long) > _SHOWN else ""
    raise BadInput(
        f"These examples are longer than the {base.context_tokens} tokens that {base.name} reads: "
        f"{lines}{more}. Leave them out, or shorten them."
    )


def _warnings(examples: Sequence[Example]) -> tuple[str, ...]:
    found = check_requests(examples, frozenset())
    concerned = {each for one in found if one.kind == "contradiction" for each in one.examples}
    if not concerned:
        return ()
    sentence = (
        f"{len(concerned)} of the {len(examples)} examples contradict another one: the same "
        "request has different answers, and no model can learn both."
    )
    return (sentence,)


def example_figures(tokens: Iterable[int], validation: int) -> ExampleFigures:
    """Return the figures of examples, of which these are the estimated tokens."""
    counts = list(tokens)
    return ExampleFigures(len(counts), sum(counts), max(counts, default=0), validation)


def _tokens(example: Example) -> int:
    return sum(estimate_tokens(each.content) + _TOKENS_OF_A_MARK for each in example.messages)


def same_instructions(examples: Sequence[Example]) -> str:
    """Return the system message of all examples, if they have the same."""
    found = {each.instructions for each in examples}
    return found.pop() if len(found) == 1 else ""


def _line(example: Example) -> TrainingLine:
    messages = [msgspec.to_builtins(each) for each in example.messages]
    content = msgspec.json.encode({"messages": messages})
    return TrainingLine(example.line or 0, content, _sha256(content))


def _example(line: TrainingLine) -> Example:
    given = msgspec.json.decode(line.content, type=dict[str, list[ExampleMessage]])
    return Example(id=line.sha256, messages=tuple(given["messages"]), line=line.line)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
