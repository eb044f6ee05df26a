"""Answers in tokens, from the local engine with a tiny base, and from endpoints."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tau.errors import ModelInvalidAnswer, ModelUnavailable
from tau.models.adapter_processes import AdapterProcesses
from tau.models.adapters import Adapter, AdapterModel
from tau.models.http import AddressGuard, GuardedClient
from tau.models.remote import RemoteModel
from tau.models.scripted import ScriptedChat
from tau.models.scripted_server import serving
from tau.models.types import ModelInfo
from tau.settings import Settings
from tau.studio.serving.parity import ParityReference, ReferencePrompt, measure_parity
from tau.studio.serving.token_answers import EndpointTokens, LlamaTokens, TokenAnswer
from tests.models.tiny_llama import sha256, write_adapter, write_llama

pytestmark = pytest.mark.anyio
PROMPT = list(b"user:hello")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("tiny") / "model.gguf")


@pytest.fixture
async def processes(tmp_path: Path, base: Path) -> AsyncIterator[AdapterProcesses]:
    made = AdapterProcesses(Settings(home=tmp_path, threads=1), base, 256, lambda: 1)
    yield made
    await made.close()


def tuned(processes: AdapterProcesses, content: bytes) -> AdapterModel:
    async def load() -> bytes:
        return content

    adapter = Adapter(f"ft:tiny:{sha256(content)[:8]}", sha256(content), load)
    return AdapterModel(processes, ScriptedChat(), adapter, 30.0)


def as_reference(answer: TokenAnswer, base_answer: list[int]) -> ReferencePrompt:
    logprobs = [place.logprobs[place.token] for place in answer.places]
    return ReferencePrompt(PROMPT, answer.tokens, logprobs, base_answer)


async def test_the_local_engine_passes_its_own_answers_and_no_other_adapter_s(
    processes: AdapterProcesses, base: Path
) -> None:
    adapter = write_adapter(base, 1)
    engine = LlamaTokens(tuned(processes, adapter))
    answer = await engine.answer(PROMPT, 30)
    assert len(answer.places) == 30
    assert not answer.ended
    assert all(max(p.logprobs, key=p.logprobs.__getitem__) == p.token for p in answer.places)
    other = LlamaTokens(tuned(processes, write_adapter(base, 2)))
    nothing = LlamaTokens(tuned(processes, write_adapter(base, 1, strength=0.0)))
    of_base = (await nothing.answer(PROMPT, 30)).tokens
    reference = ParityReference([as_reference(answer, of_base)])
    figures = [(await measure_parity(each, reference)).figures for each in (engine, other, nothing)]
    assert [each["next_token"] == 1 for each in figures] == [True, False, False]
    assert figures[0]["largest_difference"] < 1e-3
    assert [each["differs_from_base"] for each in figures] == [1, 1, 0]


Completion = Callable[[dict[str, Any]], dict[str, Any]]


@asynccontextmanager
async def endpoint(complete: Completion) -> AsyncIterator[RemoteModel]:
    """A model behind an endpoint whose `/v1/completions` a test writes."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(complete(await request.json()))

    app = web.Application()
    app.router.add_post("/v1/completions", answer)
    client = GuardedClient(AddressGuard("127.0.0.1"))
    info = ModelInfo(name="vllm", origin="endpoint")
    async with serving(app) as url:
        yield RemoteModel(info, client, url=url, model="desk", key=None, timeout_seconds=10.0)
    await client.close()


def vllm_answer(
    tokens: list[int], logprob: float = -0.5, finish: str = "stop", form: str = "token_id:{}"
) -> dict[str, Any]:
    """An answer as vLLM writes it."""
    named = [form.format(token) for token in tokens]
    logprobs = {
        "tokens": named,
        "token_logprobs": [logprob] * len(tokens),
        "top_logprobs": [{name: logprob, form.format(99): -3.0} for name in named],
    }
    return {"choices": [{"index": 0, "finish_reason": finish, "logprobs": logprobs}]}


async def test_an_endpoint_is_asked_for_tokens_and_nothing_it_has_kept() -> None:
    asked: list[dict[str, Any]] = []

    def complete(body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body)
        return vllm_answer([5, 6, 2])

    async with endpoint(complete) as model:
        engine = EndpointTokens(model)
        answer = await engine.answer([1, 2], 8)
        await engine.answer([1, 2], 8)
    assert (answer.tokens, answer.ended) == ([5, 6, 2], True)
    assert answer.places[0].logprobs == {5: -0.5, 99: -3.0}
    assert (asked[0]["model"], asked[0]["prompt"], asked[0]["max_tokens"]) == ("desk", [1, 2], 8)
    assert (asked[0]["temperature"], asked[0]["repetition_penalty"]) == (0, 1)
    assert asked[0]["cache_salt"] != asked[1]["cache_salt"]


async def test_an_endpoint_that_serves_the_base_instead_fails() -> None:
    reference = ParityReference([ReferencePrompt([1], [5, 6, 2], [-0.5, -0.5, -0.5], [7, 2])])
    async with endpoint(lambda _: vllm_answer([5, 6, 2])) as model:
        assert (await measure_parity(EndpointTokens(model), reference)).passed
    async with endpoint(lambda _: vllm_answer([7, 2])) as model:
        result = await measure_parity(EndpointTokens(model), reference)
    assert not result.passed
    assert "its base" in result.sentence


@pytest.mark.parametrize(
    "answer",
    [
        vllm_answer([5], form="word{}"),
        vllm_answer([5], form="token_id:x{}"),
        {"choices": []},
        {"choices": [{"finish_reason": "stop", "logprobs": None}]},
        {"choices": [{"logprobs": {"tokens": ["token_id:1"], "token_logprobs": []}}]},
        vllm_answer([5]) | {"choices": [{"logprobs": {"tokens": 5}}]},
        {"choices": {"a": 1}},
    ],
)
async def test_an_endpoint_that_does_not_name_its_tokens_says_so(answer: dict[str, Any]) -> None:
    async with endpoint(lambda _: answer) as model:
        with pytest.raises(ModelInvalidAnswer, match="'vllm' doesn't say which tokens"):
            await EndpointTokens(model).answer([1], 8)


async def test_an_endpoint_that_refuses_is_unavailable() -> None:
    def complete(_: dict[str, Any]) -> dict[str, Any]:
        raise web.HTTPServiceUnavailable

    async with endpoint(complete) as model:
        with pytest.raises(ModelUnavailable, match="503"):
            await EndpointTokens(model).answer([1], 8)
