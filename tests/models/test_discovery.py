"""Finding model servers on this machine, and never failing at it."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from tau.models import scripted_server
from tau.models.discovery import ServerKind, discover

from .upstream import Raw

pytestmark = pytest.mark.anyio


def server(answers: dict[str, Any]) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        if request.path not in answers:
            return web.Response(status=404)
        return web.json_response(answers[request.path])

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    return app


def port_of(url: str) -> int:
    return int(url.removesuffix("/v1").rsplit(":", 1)[1])


async def test_the_models_of_all_servers_are_found() -> None:
    ollama = {"/api/tags": {"models": [{"name": "llama3.2:3b"}, {"name": "nomic-embed-text"}]}}
    studio = {"/v1/models": {"data": [{"id": "qwen/qwen3-4b"}]}}
    llama = {"/v1/models": {"data": [{"id": "/m/Phi-4.gguf", "meta": {"n_ctx_train": 16384}}]}}
    vllm = {"/v1/models": {"data": [{"id": "mistral", "max_model_len": 32768}]}}
    async with (
        scripted_server.serving(server(ollama)) as a,
        scripted_server.serving(server(studio)) as b,
        scripted_server.serving(server(llama)) as c,
        scripted_server.serving(server(vllm)) as d,
    ):
        places = [
            ServerKind("Ollama", "ollama", port_of(a), tags=True),
            ServerKind("LM Studio", "lmstudio", port_of(b)),
            ServerKind("llama.cpp", "llamacpp", port_of(c)),
            ServerKind("vLLM", "vllm", port_of(d)),
        ]
        found = await discover(places, timeout_seconds=10)
    assert [(f.info.name, f.model, f.info.context_tokens) for f in found] == [
        ("ollama/llama3.2:3b", "llama3.2:3b", 8192),
        ("ollama/nomic-embed-text", "nomic-embed-text", 8192),
        ("lmstudio/qwen/qwen3-4b", "qwen/qwen3-4b", 8192),
        ("llamacpp/Phi-4", "/m/Phi-4.gguf", 16384),
        ("vllm/mistral", "mistral", 32768),
    ]
    assert found[0].info.origin == "found"
    assert found[1].info.capabilities == frozenset({"embed"})
    assert found[0].url == a


async def test_an_ollama_without_tags_is_asked_the_other_way() -> None:
    async with scripted_server.serving(server({"/v1/models": {"data": [{"id": "x"}]}})) as url:
        (found,) = await discover([ServerKind("Ollama", "ollama", port_of(url), tags=True)])
    assert found.info.name == "ollama/x"


@pytest.mark.parametrize(
    "answer",
    [[], "text", {"data": None}, {"data": [7, {"id": 7}, {}]}, {"data": [{"id": "x" * 999}]}],
)
async def test_odd_answers_are_no_servers(answer: Any) -> None:
    async with scripted_server.serving(server({"/v1/models": answer})) as url:
        assert await discover([ServerKind("vLLM", "vllm", port_of(url))]) == []


async def test_silence_garbage_and_nobody_are_no_servers(raw: Raw) -> None:
    async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def garbage(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n\xff\xfe")

    async with raw(silent) as a, raw(garbage) as b:
        places = [ServerKind("x", "x", port_of(url)) for url in (a, b)]
        assert await discover(places, timeout_seconds=0.2) == []
    assert await discover([ServerKind("x", "x", port_of(a), tags=True)]) == []
