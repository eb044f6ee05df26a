"""Evals and runs for tests, made with OpenAI's client."""

import asyncio
from typing import Any

from openai import AsyncOpenAI

from ...patience import patient

EXACT: Any = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
SCHEMA: Any = {
    "type": "object",
    "properties": {"question": {"type": "string"}, "answer": {"type": "string"}},
    "required": ["question", "answer"],
}
ASK: Any = {
    "type": "template",
    "template": [
        {"role": "developer", "content": "Answer."},
        {"role": "user", "content": {"type": "input_text", "text": "{{item.question}}"}},
    ],
}


def row(question: str, answer: str, said: str | None = None) -> dict[str, Any]:
    """Return a row, with an answer that was given if `said` is."""
    item = {"question": question, "answer": answer}
    return {"item": item} if said is None else {"item": item, "sample": {"output_text": said}}


def content(*rows: dict[str, Any]) -> Any:
    return {"type": "file_content", "content": list(rows)}


def given(*rows: dict[str, Any]) -> Any:
    return {"type": "jsonl", "source": content(*rows)}


def asking(*rows: dict[str, Any], model: str = "scripted", **rest: Any) -> Any:
    return {
        "type": "completions",
        "model": model,
        "source": content(*rows),
        "input_messages": ASK,
        **rest,
    }


async def make_eval(client: AsyncOpenAI, *criteria: Any, **rest: Any) -> Any:
    return await client.evals.create(
        data_source_config={"type": "custom", "item_schema": SCHEMA, "include_sample_schema": True},
        testing_criteria=list(criteria) or [EXACT],
        **rest,
    )


async def run_to_end(client: AsyncOpenAI, eval_id: str, data_source: Any, **rest: Any) -> Any:
    """Start a run and return it once it's over."""
    begun = await client.evals.runs.create(eval_id, data_source=data_source, **rest)
    return await wait_for_end(client, eval_id, begun.id)


async def wait_for_end(client: AsyncOpenAI, eval_id: str, run_id: str) -> Any:
    async with asyncio.timeout(patient(20)):
        while True:
            run = await client.evals.runs.retrieve(run_id, eval_id=eval_id)
            if run.status not in {"queued", "in_progress"}:
                return run
            await asyncio.sleep(0)


async def results(client: AsyncOpenAI, run: Any, **rest: Any) -> list[Any]:
    listed = client.evals.runs.output_items.list(run.id, eval_id=run.eval_id, **rest)
    return [each async for each in listed]
