"""Grading: every answer gets a grade or an error, whatever happens to the others."""

import logging
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import UNEXPECTED, ModelUnavailable
from tau.studio.graders.default_grader import default_grader
from tau.studio.graders.grade import Grade, Sample
from tau.studio.graders.grading import GradingContext, grade, grade_all, grade_example
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.graders.texts import MAX_COMPARED_CHARACTERS
from tau.studio.graders.validation import validate_grader

from ..made_examples import example
from .judges import Judge, judgement

pytestmark = pytest.mark.anyio

TEXTS = {"input": "{{sample.output_text}}", "reference": "{{item.answer}}"}
MESSAGES = [{"role": "user", "content": "{{sample.output_text}}"}]
SCORE = {"type": "score_model", "model": "m", "input": MESSAGES, "range": [1, 5]}


async def _grade(
    grader: dict[str, Any], output: str, model: Judge | None = None, /, **item: Any
) -> Grade:
    async with PythonSandbox(processes=1) as sandbox:
        context = GradingContext(model or Judge(""), "embedder", sandbox)
        return await grade(validate_grader(grader), item, Sample(output), context)


@pytest.mark.parametrize(
    ("operation", "answer", "passed"),
    [
        ("eq", "Yes", True),
        ("eq", "yes", False),
        ("eq", "Yes ", False),
        ("ne", "yes", True),
        ("like", "Oh Yes!", True),
        ("like", "oh yes", False),
        ("ilike", "OH YES", True),
        ("ilike", "no", False),
    ],
)
async def test_string_checks(operation: str, answer: str, passed: bool) -> None:
    grader = {"type": "string_check", "operation": operation, **TEXTS}
    found = await _grade(grader, answer, answer="Yes")
    assert (found.passed, found.value, found.score) == (passed, passed, passed)


async def test_exact_ignores_white_space_at_the_ends() -> None:
    assert (await _grade({"type": "exact"}, " yes\n", answer="yes")).passed
    assert not (await _grade({"type": "exact"}, "Yes", answer="yes")).passed


async def test_json_is_compared_as_json() -> None:
    answer = '{"b": 2, "a": 1}'
    assert (await _grade({"type": "json_match"}, answer, answer='{"a": 1, "b": 2.0}')).passed
    half = await _grade({"type": "json_keys"}, answer, answer='{"a": 1, "b": 3}')
    assert (half.score, half.passed, half.details) == (0.5, False, "Wrong or missing: b.")


@pytest.mark.parametrize("metric", ["cosine", "fuzzy_match", "bleu", "gleu", "rouge_1", "rouge_l"])
async def test_similarity_of_equal_and_of_different_texts(metric: str) -> None:
    grader = {"type": "text_similarity", "evaluation_metric": metric, **TEXTS}
    same = await _grade(grader, "the cat sat here", answer="the cat sat here")
    assert same.value == pytest.approx(1)
    assert same.passed
    other = await _grade(grader, "xyz", answer="the cat sat here")
    assert other.value < 0.3
    assert not other.passed


async def test_a_text_too_long_to_be_compared_is_an_error() -> None:
    grader = {"type": "text_similarity", "evaluation_metric": "bleu", **TEXTS}
    found = await _grade(grader, "x" * (MAX_COMPARED_CHARACTERS + 1), answer="x")
    assert "longer than 50,000 characters" in found.error


@pytest.mark.parametrize(
    ("value", "score", "passed"), [(1, 0, False), (3, 0.5, True), (5, 1, True)]
)
async def test_a_score_is_scaled_and_passes_from_the_middle(
    value: float, score: float, passed: bool
) -> None:
    found = await _grade(SCORE, "x", Judge(judgement(score=value)))
    assert (found.value, found.score, found.passed) == (value, score, passed)


async def test_a_threshold_is_in_the_units_of_the_value() -> None:
    grader = {**SCORE, "pass_threshold": 4}
    assert not (await _grade(grader, "x", Judge(judgement(score=3.9)))).passed
    assert (await _grade(grader, "x", Judge(judgement(score=4)))).passed


async def test_a_value_outside_0_to_1_is_cut_off_in_the_score_only() -> None:
    grader = {"type": "python", "source": "def grade(sample, item): return item['value']"}
    high, low = await _grade(grader, "", value=7), await _grade(grader, "", value=-7)
    assert (high.value, high.score, high.passed) == (7, 1, True)
    assert (low.value, low.score, low.passed) == (-7, 0, False)


async def test_a_program_sees_the_answer_as_text_and_as_json() -> None:
    source = (
        "def grade(sample, item):\n"
        "    parsed = sample['output_json']\n"
        "    return 0.25 if parsed is None else parsed[item['key']]"
    )
    grader = {"type": "python", "source": source}
    assert (await _grade(grader, '{"a": 0.75}', key="a")).value == 0.75
    assert (await _grade(grader, "no JSON", key="a")).value == 0.25


async def test_graders_are_combined_by_their_formula() -> None:
    grader = {
        "type": "multi",
        "graders": {"text": {"type": "exact"}, "tone": SCORE},
        "calculate_output": "0.5 * text + 0.5 * (tone - 1) / 4",
    }
    found = await _grade(grader, "yes", Judge(judgement(score=3, reason="flat")), answer="yes")
    assert found.value == pytest.approx(0.75)
    assert found.parts == {"text": 1, "tone": 3}
    assert (found.details, found.tokens) == ("tone: flat", 10)


async def test_a_part_that_cannot_be_graded_leaves_the_whole_ungraded() -> None:
    grader = {
        "type": "multi",
        "graders": {"text": {"type": "exact"}, "tone": SCORE},
        "calculate_output": "max(text, tone)",
    }
    found = await _grade(grader, "yes", Judge(ModelUnavailable("It's off.")), answer="yes")
    assert (found.error, found.error_kind, found.passed) == ("It's off.", "model_server", False)


FAILURES: list[tuple[dict[str, Any], str]] = [
    ({"type": "exact", "reference": "{{item.missing}}"}, "invalid_variable"),
    ({"type": "exact", "input": "{{sample.output_json.a}}"}, "sample_parse"),
    ({"type": "json_match"}, "other"),
    ({"type": "python", "source": "def grade(s, i): return 1 / 0"}, "python_runtime"),
    (SCORE, "model_parse"),
    (
        {"type": "multi", "graders": {"a": {"type": "exact"}}, "calculate_output": "1 / a"},
        "formula",
    ),
]


@pytest.mark.parametrize(("grader", "kind"), FAILURES)
async def test_a_grader_that_fails_says_so_and_is_no_zero(grader: Any, kind: str) -> None:
    found = await _grade(grader, "secret words", Judge("no judgement"), answer="{")
    assert found.error_kind == kind
    assert found.error.endswith(".")
    assert "secret" not in found.error
    assert not found.passed


async def test_a_bug_in_a_grader_is_logged_without_the_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("secret words")

    monkeypatch.setattr("tau.studio.graders.grading._judge", broken)
    with caplog.at_level(logging.ERROR):
        found = await _grade({"type": "exact"}, "secret words", answer="")
    assert (found.error, found.error_kind) == (UNEXPECTED, "other")
    assert "LookupError" in caplog.text
    assert "secret" not in caplog.text


async def test_an_example_is_graded_by_what_it_says() -> None:
    context = GradingContext(Judge(""), "embedder")
    given = example(7, answer="yes")
    grader = default_grader([given.answer])
    assert (await grade_example(grader, given, "yes00007", context)).passed
    assert not (await grade_example(grader, given, "yes", context)).passed


async def test_one_bad_answer_of_many_leaves_the_others_graded() -> None:
    answers = [({"answer": "1"}, Sample("1")), ({}, Sample("2")), ({"answer": "3"}, Sample("x"))]
    seen: list[tuple[int, int]] = []
    grades = await grade_all(
        validate_grader({"type": "exact"}),
        answers,
        GradingContext(Judge(""), "embedder"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert [each.passed for each in grades] == [True, False, False]
    assert [bool(each.error) for each in grades] == [False, True, False]
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_models_are_asked_by_as_many_at_once_as_allowed() -> None:
    model = Judge(judgement(score=2))
    answers = [({}, Sample(str(number))) for number in range(20)]
    context = GradingContext(model, "embedder")
    await grade_all(validate_grader(SCORE), answers, context, concurrency=3)
    assert (model.most_busy, len(model.requests)) == (3, 20)


async def test_grading_can_be_cancelled() -> None:
    class Waiting(Judge):
        async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
            scope.cancel()
            await anyio.sleep_forever()
            raise AssertionError

    answers = [({}, Sample("x"))] * 10
    with anyio.CancelScope() as scope:
        await grade_all(validate_grader(SCORE), answers, GradingContext(Waiting(""), "e"))
    assert scope.cancelled_caught


GRADERS: list[dict[str, Any]] = [
    {"type": "exact"},
    {"type": "json_match"},
    {"type": "json_keys"},
    {"type": "string_check", "operation": "ilike", **TEXTS},
    {"type": "text_similarity", "evaluation_metric": "fuzzy_match", **TEXTS},
    {"type": "text_similarity", "evaluation_metric": "bleu", **TEXTS},
    {"type": "text_similarity", "evaluation_metric": "meteor", **TEXTS},
    {
        "type": "multi",
        "graders": {"a": {"type": "exact"}, "b": {"type": "json_keys"}},
        "calculate_output": "a - 3 * b",
    },
]


@pytest.mark.parametrize("grader", GRADERS, ids=lambda grader: str(grader["type"]))
@given(
    output=st.text() | st.just('{"a": 1}'),
    answer=st.text() | st.just('{"a": 1}') | st.none() | st.integers(),
)
async def test_any_answer_gets_a_score_from_0_to_1_or_an_error(
    grader: dict[str, Any], output: str, answer: Any
) -> None:
    context = GradingContext(Judge(""), "embedder")
    found = await grade(validate_grader(grader), {"answer": answer}, Sample(output), context)
    assert 0 <= found.score <= 1
    assert found.error != UNEXPECTED
    assert bool(found.error) == (found.error_kind is not None)
    assert not (found.error and found.passed)
    assert (
        await grade(validate_grader(grader), {"answer": answer}, Sample(output), context) == found
    )
