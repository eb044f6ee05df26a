"""The model that says what it is told to, in process and over HTTP."""

import asyncio
import json
import signal
import sys
from contextlib import aclosing

import aiohttp
import numpy as np
import openai
import pytest

from tau.errors import ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.models import scripted
from tau.models.http import GuardedClient
from tau.models.scripted import Gate, ScriptedChat, ScriptedEmbedder, script_for, split_tokens
from tau.models.types import Backend
from tests.patience import patient

from .upstream import asking, remote

pytestmark = pytest.mark.anyio
TIMEOUT = aiohttp.ClientTimeout(total=patient(20))


@pytest.fixture(params=["inside", "over HTTP"])
def chat(request: pytest.FixtureRequest, client: GuardedClient, scripted_url: str) -> Backend:
    if request.param == "inside":
        return ScriptedChat()
    return remote(client, scripted_url)


async def say(chat: Backend, *words: str, system: str = "") -> str:
    messages = [{"role": "system", "content": system}] if system else []
    messages += [{"role": "user", "content": text} for text in words]
    return "".join([chunk.text async for chunk in chat.stream({"messages": messages})])


async def test_it_repeats_the_last_words(chat: Backend) -> None:
    assert await say(chat, "one", "two words") == "You said: two words"
    assert await say(chat, "x" * 300) == "You said: " + "x" * 200


async def test_it_cites_the_first_recalled_passage(chat: Backend) -> None:
    system = "You are Tau.\n- [2026-03-01, you] My cat is called Miso.\n- [2026-03-02] No."
    expected = "I remember: [2026-03-01, you] My cat is called Miso."
    assert await say(chat, "What is my cat called?", system=system) == expected


async def test_it_says_what_it_is_told(chat: Backend) -> None:
    assert await say(chat, "please [[say A fine day, isn't it?]]") == "A fine day, isn't it?"
    assert await say(chat, "[[tokens 64]]") == "".join(f"word{n} " for n in range(1, 65))


async def test_a_whole_answer(chat: Backend) -> None:
    answer = await chat.complete(asking("hi"))
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "You said: hi"}
    assert answer["usage"]["completion_tokens"] == 3


async def test_it_dies_before_and_amid(chat: Backend) -> None:
    with pytest.raises(ModelUnavailable):
        await say(chat, "[[die]]")
    with pytest.raises(ModelInterrupted):
        await say(chat, "[[die after 3]]")


async def test_it_talks_nonsense(chat: Backend) -> None:
    with pytest.raises(ModelInvalidAnswer):
        await say(chat, "[[nonsense]]")


@pytest.mark.parametrize("words", ["[[hang]]", "[[hang after 2]]"])
async def test_it_hangs_until_it_is_cancelled(chat: Backend, words: str) -> None:
    task = asyncio.create_task(say(chat, words))
    done, _ = await asyncio.wait({task}, timeout=0.1)
    assert not done
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_it_waits_at_the_gate(chat: Backend) -> None:
    for words in ("[[pause]]", "[[pause after 2]]"):
        task = asyncio.create_task(say(chat, words))
        await scripted.gate.reached()
        assert not task.done()
        scripted.gate.release()
        assert await task == f"You said: {words}"


async def test_an_open_gate_holds_nobody() -> None:
    gate = Gate()
    gate.set()
    await gate.wait()
    gate.clear()
    waiting = asyncio.create_task(gate.wait())
    await gate.reached()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.release()  # nobody is left


def test_it_can_be_told_how_long_each_token_takes() -> None:
    script = script_for(asking("[[pace 20]] [[tokens 3]]"))
    assert (script.pace_seconds, len(script.tokens)) == (0.02, 3)
    assert script_for(asking("Hello")).pace_seconds == 0


def test_recalled_words_do_not_steer() -> None:
    script = script_for(asking("- [2026-01-01] once I said [[die]]\nHello"))
    assert script.fault is None


def test_odd_messages_are_read_as_far_as_they_go() -> None:
    assert script_for({}).tokens == ["You", " said:", " "]
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, 7]
    assert "".join(script_for({"messages": [{"role": "user", "content": parts}]}).tokens) == (
        "You said: a"
    )


@pytest.mark.parametrize("text", ["", "  two  spaces \n", "今日は 天気", "a\n\nb "])
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(split_tokens(text)) == text


async def test_vectors_tell_texts_that_share_words() -> None:
    texts = ["My cat is called Miso", "what is my cat called", "tax law of 1913", "", "猫が好き"]
    vectors = await ScriptedEmbedder().embed(texts)
    assert vectors.shape == (5, scripted.DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
    (japanese,) = await ScriptedEmbedder().embed(["猫が好きです"])
    assert vectors[4] @ japanese > 0.5
    assert np.array_equal(vectors, await ScriptedEmbedder().embed(texts))


async def test_each_refuses_what_it_is_not_for() -> None:
    with pytest.raises(ModelUnavailable):
        await ScriptedChat().embed(["x"])
    with pytest.raises(ModelUnavailable):
        await ScriptedEmbedder().complete({})
    async with aclosing(ScriptedEmbedder().stream({})) as chunks:
        with pytest.raises(ModelUnavailable):
            await anext(chunks)


async def test_the_openai_client_speaks_with_the_server(scripted_url: str) -> None:
    async with openai.AsyncOpenAI(base_url=scripted_url, api_key="none") as theirs:
        stream = await theirs.chat.completions.create(
            model="scripted", messages=[{"role": "user", "content": "hi"}], stream=True
        )
        text = "".join([c.choices[0].delta.content or "" async for c in stream])
        assert text == "You said: hi"
        names = [model.id async for model in theirs.models.list()]
        assert names == ["scripted", "scripted-embedder"]
        embedded = await theirs.embeddings.create(model="scripted-embedder", input="a cat")
        assert len(embedded.data[0].embedding) == scripted.DIMENSION


async def test_the_server_answers_bad_requests_with_a_sentence(
    client: GuardedClient, scripted_url: str
) -> None:
    for path, body in (("chat/completions", b"{"), ("embeddings", b"[]"), ("embeddings", b"{}")):
        async with client.request(
            "POST", f"{scripted_url}/{path}", body=body, timeout=TIMEOUT
        ) as response:
            assert response.status == 400
            assert (await response.json())["error"]["message"]


@pytest.mark.parametrize("how", ["SIGTERM", "stdin"])
async def test_it_runs_as_a_program(client: GuardedClient, how: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tau.models.scripted_server",
        "--tokens=64",
        "--until-stdin-closes",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    url = (await process.stdout.readline()).decode().strip()
    chunks = [c async for c in remote(client, url).stream(asking("hi"))]
    assert len("".join(chunk.text for chunk in chunks).split()) == 64
    assert chunks[-1].completion_tokens == 64
    if how == "SIGTERM":
        process.send_signal(signal.SIGTERM)
    else:
        process.stdin.close()
    assert await process.wait() == 0
    process._transport.close()  # type: ignore[attr-defined]


def test_where_json_is_asked_for_it_answers_the_least_that_the_schema_allows() -> None:
    schema = {
        "type": "object",
        "required": ["names", "sure", "count", "who", "kind", "place", "left"],
        "properties": {
            "names": {"type": "array", "items": {"type": "string"}},
            "sure": {"type": "boolean"},
            "count": {"type": "integer"},
            "who": {"type": "string"},
            "kind": {"enum": ["one", "two"]},
            "place": {"type": "object", "properties": {"x": {"type": "number"}}},
            "left": {"type": ["null", "string"]},
            "unwanted": {"type": "string"},
        },
    }
    asked = {"type": "json_schema", "json_schema": {"name": "it", "schema": schema}}

    def answer(words: str) -> str:
        body = {"messages": [{"role": "user", "content": words}], "response_format": asked}
        return "".join(scripted.script_for(body).tokens)

    least = {
        "names": [],
        "sure": False,
        "count": 0,
        "who": "",
        "kind": "one",
        "place": {},
        "left": None,
    }
    assert json.loads(answer("hi")) == least
    assert answer("[[say no]]") == "no"
