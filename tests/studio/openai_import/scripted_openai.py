"""A scripted OpenAI on loopback: it has files, jobs, evals, and failures on request."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

KEY = "sk-scripted"
PAGE = 3
"""It answers fewer at once than it's asked for."""


def page(items: list[dict[str, Any]], request: web.Request) -> web.Response:
    ids = [each["id"] for each in items]
    after = request.query.get("after")
    start = ids.index(after) + 1 if after else 0
    shown = items[start : start + PAGE]
    body = {"object": "list", "data": shown, "has_more": start + PAGE < len(items)}
    return web.json_response(body)


class ScriptedOpenAI:
    """What an organization has left at OpenAI, and how its API answers."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.failures: dict[str, list[str]] = {}
        """By path: what its next requests get instead of an answer: 429, 500, `cut`, `page`."""
        self.asked: Counter[str] = Counter()

    def add_file(self, file_id: str, content: bytes, purpose: str = "fine-tune") -> None:
        about = {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": 1_700_000_000 + len(self.files),
            "filename": f"{file_id}.jsonl",
            "purpose": purpose,
            "status": "processed",
        }
        self.files[file_id] = (about, content)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": f"Incorrect key {KEY}"}}, status=401)
        path = request.path.removeprefix("/v1")
        self.asked[path] += 1
        waiting = self.failures.get(path)
        if waiting:
            return await self._fail(waiting.pop(0), request)
        lists = {"/files": [about for about, _ in reversed(self.files.values())], **self.lists}
        if path in lists:
            return page(lists[path], request)
        if path.startswith("/files/"):
            return web.Response(body=self.files[path.split("/")[2]][1])
        return web.json_response(self.objects[path])

    async def _fail(self, how: str, request: web.Request) -> web.StreamResponse:
        if how == "429":
            return web.Response(status=429, headers={"Retry-After": "7"})
        if how == "page":
            return web.Response(text="<html>Sorry</html>", content_type="text/html")
        if how != "cut":
            return web.Response(status=int(how))
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        await response.prepare(request)
        await response.write(b'{"data": [')
        assert request.transport is not None
        request.transport.close()
        return response


@asynccontextmanager
async def serve(scripted: ScriptedOpenAI) -> AsyncIterator[str]:
    """Serve on loopback; yields the address of the API."""
    app = web.Application()
    app.router.add_get("/{path:.*}", scripted.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    host, port = site._server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


def stranded() -> ScriptedOpenAI:
    """Return what somebody has left there: five files, two jobs, an eval with two runs."""
    there = ScriptedOpenAI()
    for number in range(4):
        there.add_file(f"file-{number}", b'{"messages": []}\n' * (number + 1))
    there.add_file("file-results", b"step,train_loss\n1,2.0\n", "fine-tune-results")
    job = {
        "id": "ftjob-1",
        "object": "fine_tuning.job",
        "created_at": 1_700_000_100,
        "finished_at": 1_700_000_900,
        "model": "gpt-4o-mini-2024-07-18",
        "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:acme:desk:abc",
        "organization_id": "org-1",
        "status": "succeeded",
        "training_file": "file-0",
        "validation_file": "file-1",
        "result_files": ["file-results"],
        "trained_tokens": 1234,
        "error": {},
        "hyperparameters": {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 1.8},
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        "seed": 42,
        "metadata": {"team": "desk"},
    }
    running = job | {"id": "ftjob-2", "status": "running", "fine_tuned_model": None}
    there.lists["/fine_tuning/jobs"] = [running, job]
    there.lists["/fine_tuning/jobs/ftjob-1/events"] = [
        {
            "id": f"ftevent-{number}",
            "object": "fine_tuning.job.event",
            "created_at": 1_700_000_100 + number,
            "level": "info",
            "message": f"Step {number}",
            "type": "metrics",
            "data": {"step": number, "train_loss": 1.0},
        }
        for number in range(7, 0, -1)
    ]
    there.lists["/fine_tuning/jobs/ftjob-1/checkpoints"] = [
        {
            "id": "ftckpt_1",
            "object": "fine_tuning.job.checkpoint",
            "created_at": 1_700_000_500,
            "fine_tuned_model_checkpoint": "ft:gpt-4o-mini-2024-07-18:acme:desk:abc:ckpt-step-90",
            "fine_tuning_job_id": "ftjob-1",
            "metrics": {"step": 90, "train_loss": 0.5},
            "step_number": 90,
        }
    ]
    _add_evals(there)
    return there


def _add_evals(there: ScriptedOpenAI) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    there.lists["/evals"] = [
        {
            "id": "eval_1",
            "object": "eval",
            "created_at": 1_700_000_000,
            "name": "Queues",
            "metadata": {},
            "data_source_config": {
                "type": "custom",
                "schema": {"type": "object", "properties": {"item": schema, "sample": {}}},
            },
            "testing_criteria": [
                {
                    "id": "same-1",
                    "type": "string_check",
                    "name": "same",
                    "input": "{{sample.output_text}}",
                    "reference": "{{item.answer}}",
                    "operation": "eq",
                }
            ],
        },
        {
            "id": "eval_2",
            "object": "eval",
            "created_at": 1_700_000_001,
            "name": "Logs",
            "metadata": {},
            "data_source_config": {"type": "logs", "schema": {}},
            "testing_criteria": [{"type": "something new", "name": "x"}],
        },
    ]
    source = {"type": "file_content", "content": [{"item": {"answer": "yes"}}]}
    runs = [
        {
            "id": f"evalrun_{number}",
            "object": "eval.run",
            "created_at": 1_700_001_000 + number,
            "eval_id": "eval_1",
            "name": f"Run {number}",
            "metadata": {},
            "model": "gpt-4o-mini",
            "status": status,
            "data_source": {"type": "completions", "model": "gpt-4o-mini", "source": source},
            "error": None,
            "result_counts": {"total": 5, "passed": 3, "failed": 1, "errored": 1},
            "per_testing_criteria_results": [
                {"testing_criteria": "same", "passed": 3, "failed": 1}
            ],
            "per_model_usage": [
                {"model_name": "gpt-4o-mini", "invocation_count": 5, "total_tokens": 50}
            ],
        }
        for number, status in ((1, "completed"), (2, "in_progress"))
    ]
    there.lists["/evals/eval_1/runs"], there.lists["/evals/eval_2/runs"] = runs, []
    there.objects["/evals/eval_1/runs/evalrun_1"] = runs[0]
    there.lists["/evals/eval_1/runs/evalrun_1/output_items"] = [
        _output_item(number, status)
        for number, status in enumerate(("pass", "pass", "pass", "fail", "error"))
    ]


def _output_item(number: int, status: str) -> dict[str, Any]:
    return {
        "id": f"outputitem_{number}",
        "object": "eval.run.output_item",
        "created_at": 1_700_001_100,
        "run_id": "evalrun_1",
        "eval_id": "eval_1",
        "status": status,
        "datasource_item_id": number,
        "datasource_item": {"answer": "yes", "number": number},
        "results": [
            {"name": "same", "type": "string_check", "passed": status == "pass", "score": 1.0}
        ],
        "sample": {
            "input": [{"role": "user", "content": "Well?"}],
            "output": [{"role": "assistant", "content": json.dumps(status)}],
            "model": "gpt-4o-mini",
            "finish_reason": "stop",
            "usage": {"total_tokens": 10},
        },
    }
