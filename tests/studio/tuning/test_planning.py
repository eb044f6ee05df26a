"""What a run is made of: laws of the split, numbers that are refused, and suggestions."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, Conflict, InvalidField
from tau.studio.events import ExamplesAdded, SourceAdded, SplitFrozen
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource
from tau.studio.examples.normalization import request_key
from tau.studio.project import Project
from tau.studio.tuning.bases import TuningBase
from tau.studio.tuning.job_request import JobLines, JobNumbers
from tau.studio.tuning.planning import (
    Chosen,
    check_numbers,
    choose_validation,
    clean_suffix,
    plan_job,
    plan_run,
    suffix_of,
)
from tau.studio.tuning.run_spec import PreferenceMethod, decode_run, encode_run
from tau.studio.tuning.suggestions import ExampleFigures, Machine, suggest
from tau.studio.tuning.training_lines import LineKind, TrainingLine
from tests.studio.desk import requests

SMALL = TuningBase("small", Path("small.gguf"), 93_000_000, 8192, "Apache-2.0", True)
LARGE = SMALL._replace(name="large", bytes=2_500_000_000)
MACHINE = Machine(8_000_000_000, 2.0)
CHOSEN = Chosen(SMALL, "ab" * 32, MACHINE)


def example(number: int, asked: str, answer: str, line: int | None = None) -> Example:
    messages = (
        ExampleMessage("system", "Name the desk."),
        ExampleMessage("user", asked),
        ExampleMessage("assistant", answer),
    )
    return Example(id=f"e{number}", messages=messages, source="s", line=line or number + 1)


def project_of(examples: list[Example], test: int = 10) -> Project:
    """Return a project whose last examples are its frozen test."""
    project = Project("p")
    project.apply(SourceAdded(at=1.0, source=ExampleSource(id="s", name="desk")), 1)
    project.apply(ExamplesAdded(at=1.0, examples=tuple(examples)), 2)
    if test:
        ids = tuple(each.id for each in examples[-test:])
        project.apply(SplitFrozen(at=1.0, examples=ids, sha256="x"), 3)
    return project


def made(count: int) -> list[Example]:
    return [example(number, *one) for number, one in enumerate(requests(count))]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["yes", "no"])),
        min_size=10,
        max_size=60,
    ),
    st.integers(0, 3),
)
def test_what_asks_the_same_is_on_one_side(asked: list[tuple[str, str]], seed: int) -> None:
    examples = [
        example(number, f"{word * 5}{'!' * (number % 2)}", answer)
        for number, (word, answer) in enumerate(asked)
    ]
    held = set(choose_validation(examples, seed))
    sides = [{request_key(e) for e in examples if (e.id in held) is side} for side in (True, False)]
    assert sides[0].isdisjoint(sides[1])
    assert len(held) <= max(1, len(examples) // 7)
    assert held == set(choose_validation(examples[::-1], seed)), "their order doesn't matter"


def test_the_documents_files_are_what_it_says() -> None:
    planned = plan_run(project_of(made(60)), CHOSEN)
    assert decode_run(encode_run(planned.spec)) == planned.spec
    train = planned.files.train.splitlines()
    assert len(train) == len(planned.examples) == 43
    assert len(planned.files.valid.splitlines()) == len(planned.validation) == 7
    first = json.loads(train[0])
    assert [each["role"] for each in first["messages"]] == ["system", "user", "assistant"]
    assert planned.instructions == "Name the desk."
    assert planned.files.grading is not None
    assert [each.id for each in planned.files.grading.examples] == list(planned.validation)


def test_the_same_project_is_planned_the_same() -> None:
    plans = [plan_run(project_of(made(60)), CHOSEN) for _ in range(2)]
    assert plans[0].spec == plans[1].spec
    other = plan_run(project_of(made(60)), CHOSEN._replace(seed=8))
    assert other.spec.data != plans[0].spec.data


def test_what_cannot_be_learned_from_is_refused() -> None:
    with pytest.raises(Conflict, match="Freeze a test"):
        plan_run(project_of(made(60), test=0), CHOSEN)
    with pytest.raises(BadInput, match="There are 5 examples"):
        plan_run(project_of(made(15)), CHOSEN)
    leaking = [*made(50), *(example(100 + n, *one) for n, one in enumerate(requests(10)))]
    with pytest.raises(BadInput, match="shares 10 of its 10 inputs"):
        plan_run(project_of(leaking), CHOSEN)


def test_long_examples_are_named_by_their_lines() -> None:
    long = "word " * 20_000
    some = [*made(50), example(50, long, "yes", line=77), *made(70)[60:]]
    with pytest.raises(BadInput, match=r"line 77\. Leave them out"):
        plan_run(project_of(some), CHOSEN)
    every = [example(number, f"{number} {long}", "yes") for number in range(30)]
    with pytest.raises(BadInput, match="0 of 20 examples would teach anything"):
        plan_run(project_of(every), CHOSEN)


def test_contradictions_are_only_warned_of() -> None:
    assert plan_run(project_of(made(60)), CHOSEN).warnings == ()
    examples = [*made(40), example(200, requests(1)[0][0].upper(), "accounts"), *made(60)[50:]]
    (warning,) = plan_run(project_of(examples), CHOSEN).warnings
    assert warning.startswith("2 of the ")


@pytest.mark.parametrize(
    ("numbers", "param"),
    [
        (JobNumbers(epochs=0), "epochs"),
        (JobNumbers(epochs=10**9), "epochs"),
        (JobNumbers(batch_size=-1), "batch_size"),
        (JobNumbers(learning_rate_multiplier=float("nan")), "learning_rate_multiplier"),
        (JobNumbers(learning_rate_multiplier=float("inf")), "learning_rate_multiplier"),
        (JobNumbers(learning_rate_multiplier=0.0), "learning_rate_multiplier"),
        (JobNumbers(beta=-0.1), "beta"),
    ],
)
def test_absurd_numbers_are_refused_by_their_names(numbers: JobNumbers, param: str) -> None:
    with pytest.raises(InvalidField) as refused:
        check_numbers(numbers)
    assert refused.value.param == param
    assert param in str(refused.value)


def test_files_are_planned_line_by_line() -> None:
    lines = [
        TrainingLine(
            number + 1,
            json.dumps(
                {
                    "messages": [
                        {"role": "user", "content": asked},
                        {"role": "assistant", "content": answer},
                    ]
                }
            ).encode(),
            f"{number}",
        )
        for number, (asked, answer) in enumerate(requests(30))
    ]
    planned = plan_job(JobLines(lines[:20], lines[20:]), "supervised", CHOSEN)
    assert planned.files.train == b"".join(each.content + b"\n" for each in lines[:20])
    assert planned.files.grading is not None
    assert [each.answer for each in planned.files.grading.examples] == [
        answer for _, answer in requests(30)[20:]
    ]
    pairs = plan_job(JobLines(lines, []), "dpo", CHOSEN._replace(numbers=JobNumbers(beta=0.3)))
    assert isinstance(pairs.spec.method, PreferenceMethod)
    assert pairs.spec.method.beta == 0.3
    assert pairs.files.grading is None
    assert pairs.spec.data.valid == ""


@given(
    kind=st.sampled_from(["supervised", "dpo"]),
    count=st.integers(10, 100_000),
    tokens=st.integers(10, 2_000),
    memory=st.integers(10**9, 10**12),
    cores=st.floats(0.1, 128.0),
    base=st.sampled_from([SMALL, LARGE]),
)
def test_suggestions_make_sense_for_any_data_and_machine(
    kind: LineKind, count: int, tokens: int, memory: int, cores: float, base: TuningBase
) -> None:
    figures = ExampleFigures(count, count * tokens, tokens)
    found = suggest(kind, JobNumbers(), figures, base, Machine(memory, cores))
    assert 1 <= found.method.epochs <= 8
    assert found.checkpoint.every_steps >= 1
    assert 1 <= found.threads <= 8
    assert tokens <= found.window <= base.context_tokens
    assert found.seconds > 0
    assert found.memory_bytes > base.memory_bytes
    assert found.memory_bytes < 0.7 * memory or found.method.micro_tokens == 128


@given(count=st.integers(10, 5_000), tokens=st.integers(10, 500), more=st.integers(2, 10))
def test_more_takes_longer(count: int, tokens: int, more: int) -> None:
    def seconds(epochs: int, factor: int) -> float:
        figures = ExampleFigures(count, count * tokens * factor, tokens * factor)
        return suggest("supervised", JobNumbers(epochs=epochs), figures, SMALL, MACHINE).seconds

    start = seconds(1, 0)
    once = seconds(1, 1) - start
    assert seconds(1, more) - start == pytest.approx(more * once)
    assert seconds(more, 1) - start == pytest.approx(more * once)


def test_suggestions_for_the_data_they_come_from() -> None:
    """240 short examples and a model of 135 million weights: as they were measured."""
    figures = ExampleFigures(240, 19_800, 160, 36)
    found = suggest("supervised", JobNumbers(), figures, SMALL, MACHINE)
    assert (found.method.epochs, found.method.batch_size) == (3, 8)
    assert found.method.learning_rate == 8e-4
    assert found.checkpoint.every_steps == 10
    assert found.window == 256
    assert 200 < found.seconds < 600
    assert 1.2e9 < found.memory_bytes < 2.0e9


def test_suffixes() -> None:
    assert clean_suffix(" Front Desk ") == "front-desk"
    assert suffix_of("Anfragen: Hotel & Bar (2026)") == "anfragen-hotel-bar-2026"
    assert suffix_of("餐厅") == ""
    for bad in ("a:b", "../x", "ü", "x" * 65):
        with pytest.raises(InvalidField):
            clean_suffix(bad)
