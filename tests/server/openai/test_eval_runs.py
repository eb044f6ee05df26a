"""Runs of evals, used by OpenAI's own unmodified client over a real socket."""

import json
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tau.app import App
from tau.models.scripted import gate
from tau.studio.evals import running
from tau.studio.evals.run_jobs import MAX_WAITING

from ..conftest import Person
from .made_evals import (
    ASK,
    EXACT,
    asking,
    content,
    given,
    make_eval,
    results,
    row,
    run_to_end,
    wait_for_end,
)

pytestmark = pytest.mark.anyio


async def test_given_answers_are_graded(client: AsyncOpenAI) -> None:
    contains = {**EXACT, "name": "contains", "operation": "ilike"}
    made = await make_eval(client, EXACT, contains)
    rows = [row("1", "yes", "yes"), row("2", "yes", "YES!"), row("3", "yes", "no")]
    begun = await client.evals.runs.create(
        made.id, data_source=given(*rows), name="First", metadata={"commit": "abc"}
    )
    assert begun.id.startswith("evalrun_")
    assert begun.status in {"queued", "in_progress", "completed"}
    run = await wait_for_end(client, made.id, begun.id)
    assert (run.object, run.eval_id, run.name) == ("eval.run", made.id, "First")
    assert (run.status, run.error, run.metadata) == ("completed", None, {"commit": "abc"})
    counts = run.result_counts
    assert (counts.total, counts.passed, counts.failed, counts.errored) == (3, 1, 2, 0)
    by_criterion = {each.testing_criteria: each for each in run.per_testing_criteria_results}
    assert (by_criterion["same"].passed, by_criterion["same"].failed) == (1, 2)
    assert (by_criterion["contains"].passed, by_criterion["contains"].failed) == (2, 1)
    assert run.per_model_usage == []
    assert [each.item for each in run.data_source.source.content] == [each["item"] for each in rows]


async def test_results_say_what_was_graded(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    rows = [row(str(number), "yes", "yes" if number % 3 else "no") for number in range(45)]
    run = await run_to_end(client, made.id, given(*rows))
    items = await results(client, run)
    assert [each.datasource_item for each in items] == [each["item"] for each in rows]
    assert [each.datasource_item_id for each in items] == list(range(45))
    first = items[0]
    assert first.id.startswith("outputitem_")
    assert (first.object, first.status, first.run_id) == ("eval.run.output_item", "fail", run.id)
    (result,) = first.results
    assert (result.name, result.type, result.passed) == ("same", "string_check", False)
    assert result.score == 0.0
    assert [each.content for each in first.sample.output] == ["no"]
    one = await client.evals.runs.output_items.retrieve(first.id, eval_id=made.id, run_id=run.id)
    assert one.to_dict() == first.to_dict()
    failed = await results(client, run, status="fail", limit=4)
    assert [each.datasource_item_id for each in failed] == list(range(0, 45, 3))
    assert len(await results(client, run, status="pass")) == 30
    backwards = await results(client, run, order="desc", limit=7)
    assert [each.id for each in backwards] == [each.id for each in reversed(items)]
    with pytest.raises(openai.NotFoundError):
        await client.evals.runs.output_items.retrieve("other", eval_id=made.id, run_id=run.id)


async def test_a_model_is_asked(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    rows = [row("[[say yes]]", "yes"), row("[[say no]]", "yes"), row("[[say Yes]]", "yes")]
    run = await run_to_end(client, made.id, asking(*rows, sampling_params={"temperature": 0.5}))
    assert run.model == "scripted"
    assert (run.result_counts.passed, run.result_counts.failed) == (1, 2)
    (usage,) = run.per_model_usage
    assert (usage.run_model_name, usage.invocation_count) == ("scripted", 3)
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0
    first = (await results(client, run))[0]
    assert [(each.role, each.content) for each in first.sample.input] == [
        ("system", "Answer."),
        ("user", "[[say yes]]"),
    ]
    assert (first.sample.model, first.sample.finish_reason) == ("scripted", "stop")
    assert first.sample.temperature == 0.5
    assert first.sample.usage.total_tokens > 0


async def test_a_model_is_asked_as_the_api_for_responses_does(client: AsyncOpenAI) -> None:
    made = await make_eval(client, {**EXACT, "input": "{{sample.output_json.answer}}"})
    shape = {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": ["yes"]}},
        "required": ["answer"],
    }
    source = {
        **asking(row("Well?", "yes")),
        "type": "responses",
        "sampling_params": {
            "max_completion_tokens": 100,
            "text": {"format": {"type": "json_schema", "name": "answer", "schema": shape}},
        },
    }
    run = await run_to_end(client, made.id, source)
    assert run.result_counts.passed == 1, (await results(client, run))[0].to_dict()
    assert run.data_source.type == "responses"


async def test_an_item_may_hold_the_messages(client: AsyncOpenAI) -> None:
    made = await client.evals.create(
        data_source_config={"type": "custom", "item_schema": {"type": "object"}},
        testing_criteria=[{**EXACT, "reference": "yes"}],
    )
    messages = [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "[[say yes]]"},
    ]
    rows = [{"item": {"chat": messages}}, {"item": {"chat": "[[say yes]]"}}, {"item": {"chat": 5}}]
    reference = {"type": "item_reference", "item_reference": "item.chat"}
    run = await run_to_end(client, made.id, asking(*rows, input_messages=reference))
    assert [each.status for each in await results(client, run)] == ["pass", "pass", "error"]


async def test_a_file_gives_the_items(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    lines = "\n".join(json.dumps(row("q", "yes", said)) for said in ("yes", "no"))
    file = await client.files.create(file=("a.jsonl", lines.encode()), purpose="evals")
    source: Any = {"type": "jsonl", "source": {"type": "file_id", "id": file.id}}
    run = await run_to_end(client, made.id, source)
    assert run.data_source.to_dict() == source
    assert (run.result_counts.passed, run.result_counts.failed) == (1, 1)


async def test_somebody_elses_file_is_no_file(
    client: AsyncOpenAI, guest_client: AsyncOpenAI
) -> None:
    made = await make_eval(client)
    theirs = await guest_client.files.create(
        file=("a.jsonl", json.dumps(row("q", "a", "a")).encode()), purpose="evals"
    )
    with pytest.raises(openai.BadRequestError) as refused:
        await client.evals.runs.create(
            made.id, data_source={"type": "jsonl", "source": {"type": "file_id", "id": theirs.id}}
        )
    assert refused.value.param == "data_source.source.id"


async def test_what_cannot_be_answered_or_graded_is_an_error(client: AsyncOpenAI) -> None:
    """Nothing passes or fails silently where there is no judgement."""
    made = await make_eval(client)
    rows = [row("[[nonsense]]", "a"), row("[[say a]]", "a"), row("[[die]]", "a")]
    run = await run_to_end(client, made.id, asking(*rows))
    counts = run.result_counts
    assert (run.status, counts.passed, counts.failed, counts.errored) == ("completed", 1, 0, 2)
    items = await results(client, run, status="error")
    assert [each.datasource_item_id for each in items] == [0, 2]
    assert all(each.sample.error.message for each in items)
    assert run.per_testing_criteria_results[0].failed == 0


@pytest.mark.parametrize(
    ("criterion", "code"),
    [
        (
            {"type": "python", "source": "def grade(sample, item):\n    return 1 / 0"},
            "python_runtime",
        ),
        (
            {
                "type": "label_model",
                "model": "nothing",
                "input": [{"role": "user", "content": "{{sample.output_text}}"}],
                "labels": ["a", "b"],
                "passing_labels": ["a"],
            },
            "model_server",
        ),
        ({**EXACT, "reference": "{{item.missing}}"}, "invalid_variable"),
        ({**EXACT, "input": "{{sample.output_json.a}}"}, "sample_parse"),
    ],
)
async def test_a_grader_that_fails_is_an_error_of_the_item(
    client: AsyncOpenAI, criterion: Any, code: str
) -> None:
    made = await make_eval(client, {**criterion, "name": "breaks"}, EXACT)
    run = await run_to_end(client, made.id, given(row("q", "a", "a")))
    assert (run.result_counts.errored, run.result_counts.passed) == (1, 0)
    (item,) = await results(client, run)
    broken, right = item.results
    assert broken.passed is False
    assert broken.to_dict()["error"]["code"] == code  # type: ignore[index]
    assert right.passed
    by_criterion = {each.testing_criteria: each for each in run.per_testing_criteria_results}
    assert (by_criterion["breaks"].passed, by_criterion["breaks"].failed) == (0, 0)
    assert by_criterion["same"].passed == 1


async def test_an_item_without_an_answer_is_an_error(client: AsyncOpenAI) -> None:
    program = {
        "type": "python",
        "name": "program",
        "source": "def grade(sample, item):\n    return 1.0 if not sample else 0.0",
    }
    made = await make_eval(client, program)
    without = await run_to_end(client, made.id, given(row("q", "a")))
    assert without.result_counts.passed == 1  # it reads no answer
    made = await make_eval(client)
    run = await run_to_end(client, made.id, given(row("q", ""), row("q", "", "")))
    assert [each.status for each in await results(client, run)] == ["error", "pass"]


async def test_a_judging_model_is_counted(client: AsyncOpenAI) -> None:
    judge = {
        "type": "score_model",
        "name": "tone",
        "model": "scripted",
        "range": [0, 10],
        "pass_threshold": 4,
        "input": [{"role": "user", "content": '[[say {"score": 5}]] {{sample.output_text}}'}],
    }
    made = await make_eval(client, judge)
    run = await run_to_end(client, made.id, given(row("q", "a", "a"), row("q", "a", "b")))
    assert run.result_counts.passed == 2
    (usage,) = run.per_model_usage
    assert usage.invocation_count == 2
    assert usage.completion_tokens > 0
    (first, _) = await results(client, run)
    assert first.results[0].score == 5.0


@pytest.mark.parametrize(
    ("source", "param"),
    [
        ({}, "data_source.type"),
        ({"type": "magic", "source": content(row("q", "a"))}, "data_source.type"),
        ({"type": "jsonl"}, "data_source.source"),
        ({"type": "jsonl", "source": {"type": "stored_completions"}}, "data_source.source.type"),
        ({"type": "responses", "source": {"type": "responses"}}, "data_source.source.type"),
        ({"type": "jsonl", "source": {"type": "file_id", "id": "x"}}, "data_source.source.id"),
        ({"type": "jsonl", "source": content()}, "data_source.source.content"),
        (given({"item": {"question": "q"}}), "data_source.source.content"),
        (given({"item": {"question": 5, "answer": "a"}}), "data_source.source.content"),
        (given({"sample": {}}), "data_source.source.content[0].item"),
        (
            {"type": "completions", "source": content(row("q", "a")), "model": "scripted"},
            "data_source.input_messages",
        ),
        (
            {"type": "completions", "source": content(row("q", "a")), "input_messages": ASK},
            "data_source.model",
        ),
        (
            asking(row("q", "a"), input_messages={"type": "template", "template": []}),
            "data_source.input_messages.template",
        ),
        (
            asking(row("q", "a"), input_messages={"type": "item_reference", "item_reference": "x"}),
            "data_source.input_messages",
        ),
        (
            asking(row("q", "a"), sampling_params={"tools": [{"type": "web_search"}]}),
            "data_source.sampling_params.tools[0].type",
        ),
    ],
)
async def test_what_is_wrong_with_a_run_is_named(
    client: AsyncOpenAI, source: Any, param: str
) -> None:
    made = await make_eval(client)
    with pytest.raises(openai.BadRequestError) as refused:
        await client.evals.runs.create(made.id, data_source=source)
    assert (refused.value.param, refused.value.code) == (param, "invalid_value")
    assert not [each async for each in client.evals.runs.list(made.id)]


async def test_a_file_with_a_wrong_line_names_it_and_not_what_it_says(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    right = json.dumps(row("q", "a", "a"))
    for wrong in ("a secret", '{"item": "a secret"}', '{"a secret": 1}'):
        file = await client.files.create(
            file=("a.jsonl", f"{right}\n\n{wrong}\n".encode()), purpose="evals"
        )
        with pytest.raises(openai.BadRequestError, match="Line 3") as refused:
            await client.evals.runs.create(
                made.id, data_source={"type": "jsonl", "source": {"type": "file_id", "id": file.id}}
            )
        assert "secret" not in str(refused.value)


async def test_a_model_that_is_not_there_is_named(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    with pytest.raises(openai.NotFoundError) as unknown:
        await client.evals.runs.create(made.id, data_source=asking(row("q", "a"), model="gpt-4o"))
    assert unknown.value.code == "model_not_found"


@pytest.mark.parametrize("at_its_address", [False, True])
async def test_a_run_is_canceled(
    client: AsyncOpenAI, owner: Person, at_its_address: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ITEMS", 1)
    made = await make_eval(client)
    rows = [row("[[say a]]", "a"), *[row("[[pause]]", "a")] * 9]
    begun = await client.evals.runs.create(made.id, data_source=asking(*rows))
    await gate.reached()
    now = await client.evals.runs.retrieve(begun.id, eval_id=made.id)
    assert now.status == "in_progress"
    assert now.result_counts.total == 10
    if at_its_address:
        answer = await owner.client.post(f"/v1/evals/{made.id}/runs/{begun.id}")
        assert answer.json()["status"] == "canceled"
    else:
        canceled = await client.evals.runs.cancel(begun.id, eval_id=made.id)
        assert (canceled.status, canceled.id) == ("canceled", begun.id)
    run = await client.evals.runs.retrieve(begun.id, eval_id=made.id)
    assert (run.status, run.result_counts.passed) == ("canceled", 1)
    assert len(await results(client, run)) == 1
    with pytest.raises(openai.BadRequestError):
        await client.evals.runs.cancel(begun.id, eval_id=made.id)


async def test_runs_wait_for_each_other_and_are_listed_by_status(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    runs = [
        await client.evals.runs.create(made.id, data_source=asking(row("[[pause]]", "x")))
        for _ in range(4)
    ]
    done = await make_eval(client)
    await gate.reached()
    waiting = [each.id async for each in client.evals.runs.list(made.id, status="queued")]
    assert waiting == [each.id for each in runs[2:]]
    active = [each.id async for each in client.evals.runs.list(made.id, status="in_progress")]
    assert active == [each.id for each in runs[:2]]
    await client.evals.runs.cancel(runs[3].id, eval_id=made.id)
    gate.set()
    for each in runs[:3]:
        assert (await wait_for_end(client, made.id, each.id)).status == "completed"
    listed = [
        each.id async for each in client.evals.runs.list(made.id, status="completed", limit=2)
    ]
    assert listed == [each.id for each in runs[:3]]
    backwards = [each.id async for each in client.evals.runs.list(made.id, order="desc")]
    assert backwards == [each.id for each in reversed(runs)]
    assert not [each async for each in client.evals.runs.list(done.id)]


async def test_too_many_runs_at_once_are_refused(client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    for _ in range(MAX_WAITING):
        await client.evals.runs.create(made.id, data_source=asking(row("[[pause]]", "x")))
    with pytest.raises(openai.RateLimitError):
        await client.evals.runs.create(made.id, data_source=asking(row("q", "x")))
    await client.evals.delete(made.id)
    made = await make_eval(client)
    run = await run_to_end(client, made.id, given(row("q", "a", "a")))
    assert run.status == "completed"


async def test_a_failure_of_the_disk_fails_the_run(
    client: AsyncOpenAI, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tau.errors import StoreFull
    from tau.studio.evals.eval_logs import EvalRunLog

    made = await make_eval(client)
    append = EvalRunLog.append

    async def full(self: EvalRunLog, event: Any) -> None:
        if type(event).__name__ == "ItemsGraded":
            raise StoreFull("The disk is full.")
        await append(self, event)

    monkeypatch.setattr(EvalRunLog, "append", full)
    run = await run_to_end(client, made.id, given(row("q", "a", "a")))
    assert (run.status, run.error.code) == ("failed", "store_full")
    assert run.error.message == "The disk is full."
