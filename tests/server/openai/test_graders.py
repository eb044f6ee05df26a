"""Graders, tried with OpenAI's own unmodified client over a real socket."""

from functools import partial
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

pytestmark = pytest.mark.anyio
CHECK: Any = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
JUDGE: Any = {
    "type": "score_model",
    "name": "tone",
    "model": "scripted",
    "input": [{"role": "user", "content": '[[say {"score": 3}]] Score {{sample.output_text}}'}],
    "range": [2, 5],
}


async def run(client: AsyncOpenAI, grader: Any, sample: str, item: Any = None) -> Any:
    return await client.fine_tuning.alpha.graders.run(
        grader=grader, model_sample=sample, item=item or {"answer": "yes"}
    )


async def test_one_answer_is_graded(client: AsyncOpenAI) -> None:
    for sample, reward in (("yes", 1.0), ("no", 0.0)):
        result = await run(client, CHECK, sample)
        assert result.reward == reward
        assert (result.metadata.name, result.metadata.type) == ("same", "string_check")
        assert result.metadata.scores == {"same": reward}
        assert result.metadata.execution_time >= 0
        assert not any(v for k, v in result.metadata.errors.to_dict().items() if "details" not in k)


async def test_graders_are_combined(client: AsyncOpenAI) -> None:
    multi: Any = {
        "type": "multi",
        "name": "both",
        "graders": {"one": CHECK, "two": {**CHECK, "operation": "ilike", "name": "in"}},
        "calculate_output": "0.25 * one + 0.75 * two",
    }
    result = await run(client, multi, "YES sir", {"answer": "yes"})
    assert result.reward == 0.75
    assert result.sub_rewards == {"one": 0.0, "two": 1.0}


async def test_a_program_runs_in_the_sandbox(client: AsyncOpenAI) -> None:
    source = "def grade(sample, item):\n    return len(sample['output_text']) / item['most']"
    program: Any = {"type": "python", "name": "length", "source": source}
    assert (await run(client, program, "12345", {"most": 10})).reward == 0.5
    failed = await run(client, program, "12345", {})
    assert failed.metadata.errors.python_grader_runtime_error
    assert "KeyError" in (failed.metadata.errors.python_grader_runtime_error_details or "")
    assert failed.reward == 0.0


async def test_a_model_judges_and_its_tokens_are_counted(client: AsyncOpenAI) -> None:
    result = await run(client, JUDGE, "Good evening")
    assert result.reward == 3.0
    assert result.metadata.sampled_model_name == "scripted"
    usage = result.api_model_grader_token_usage_per_model
    assert usage["scripted"] == result.metadata.token_usage
    assert result.metadata.token_usage


async def test_why_an_answer_could_not_be_graded_is_said(client: AsyncOpenAI) -> None:
    unknown = await run(client, CHECK, "yes", {"other": 1})
    assert unknown.metadata.errors.invalid_variable_error
    json = await run(client, {**CHECK, "input": "{{sample.output_json.a}}"}, "no JSON")
    assert json.metadata.errors.sample_parse_error
    judge = await run(client, {**JUDGE, "model": "nothing"}, "x")
    assert judge.metadata.errors.api_model_grader_server_error
    assert judge.metadata.errors.api_model_grader_server_error_details


async def test_a_grader_is_validated(client: AsyncOpenAI) -> None:
    valid = await client.fine_tuning.alpha.graders.validate(grader=CHECK)
    assert valid.grader is not None
    assert valid.grader.to_dict() == CHECK
    for wrong, param in (
        ({**CHECK, "operation": "near"}, "grader.operation"),
        ({**CHECK, "reference": None}, "grader.reference"),
        ({"type": "multi", "name": "m", "graders": {}, "calculate_output": "1"}, "grader.graders"),
        ({}, "grader.type"),
    ):
        grader: Any = wrong
        graders = client.fine_tuning.alpha.graders
        for ask in (graders.validate, partial(graders.run, model_sample="x")):
            with pytest.raises(openai.BadRequestError) as refused:
                await ask(grader=grader)
            assert (refused.value.param, refused.value.code) == (param, "invalid_value")
