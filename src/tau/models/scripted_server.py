"""The scripted model over HTTP, OpenAI-shaped: the upstream of tests and benchmarks.

    python -m tau.models.scripted_server --port 0 --tokens 64

prints its address as the first line and serves until SIGTERM (or, with `--until-stdin-closes`,
until its standard input ends). With `--tokens` every answer that nothing steers has that many
tokens. Each token is one server-sent event and one write, made as cheaply as possible.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvloop
from aiohttp import web

from tau.errors import ModelError, ModelInvalidAnswer
from tau.ids import new_id
from tau.models import scripted

BODY_LIMIT = 64_000_000  # bytes
_TOKENS = web.AppKey("tokens", int)
_KEY = web.AppKey("key", str)
_END = b'{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'


def create_app(*, tokens: int = 0, key: str = "") -> web.Application:
    """Return the server; with `key`, requests must carry it as their bearer token."""
    app = web.Application(client_max_size=BODY_LIMIT)
    app[_TOKENS] = tokens
    app[_KEY] = key
    app.router.add_post("/v1/chat/completions", _chat)
    app.router.add_post("/v1/embeddings", _embeddings)
    app.router.add_get("/v1/models", _models)
    return app


@asynccontextmanager
async def serving(app: web.Application, port: int = 0) -> AsyncIterator[str]:
    """Serve on loopback while the context lasts; yield the address that ends in `/v1`."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        yield f"http://{host}:{bound}/v1"
    finally:
        await runner.cleanup()


async def _chat(request: web.Request) -> web.StreamResponse:
    body = await _body(request)
    if isinstance(body, web.Response):
        return body
    script = scripted.script_for(body, request.app[_TOKENS])
    if body.get("stream"):
        return await _stream(request, body, script)
    try:
        tokens = [token async for token in scripted.play_script(script)]
    except ModelInvalidAnswer:
        return web.Response(text="<html>nonsense</html>", content_type="text/html")
    except ModelError:
        _hang_up(request)
        return web.Response(status=500)
    message = {"role": "assistant", "content": "".join(tokens)}
    return _json(
        {
            "id": f"chatcmpl-{new_id()}",
            "object": "chat.completion",
            "created": 0,
            "model": scripted.CHAT,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": scripted.usage(scripted.count_tokens(body), len(tokens)),
        }
    )


async def _stream(
    request: web.Request, body: dict[str, Any], script: scripted.Script
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    frame = msgspec.json.encode(
        {
            "id": f"chatcmpl-{new_id()}",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": scripted.CHAT,
        }
    )
    start = b"data: " + frame[:-1] + b',"choices":['
    before = start + b'{"index":0,"delta":{"content":'
    try:
        if not script.after and script.fault:  # the fault comes before the first byte
            await _first_fault(script)
            script = scripted.Script(script.tokens)
        await response.prepare(request)
        if script.reasoning:
            thought = msgspec.json.encode(script.reasoning)
            delta = b'{"index":0,"delta":{"reasoning_content":' + thought + b"}}"
            await response.write(start + delta + b"]}\n\n")
        async for token in scripted.play_script(script):
            await response.write(
                before + msgspec.json.encode(token) + b'},"finish_reason":null}]}\n\n'
            )
    except ModelInvalidAnswer:
        return web.Response(text="<html>nonsense</html>", content_type="text/html")
    except ModelError:
        _hang_up(request)
        return response if response.prepared else web.Response(status=500)
    counted = scripted.usage(scripted.count_tokens(body), len(script.tokens))
    end = start + _END
    if (body.get("stream_options") or {}).get("include_usage"):
        usage = msgspec.json.encode(counted)
        end += start + b'],"usage":' + usage + b"}\n\n"
    await response.write(end + b"data: [DONE]\n\n")
    await response.write_eof()
    return response


async def _first_fault(script: scripted.Script) -> None:
    async for _ in scripted.play_script(scripted.Script(["."], script.fault)):
        return


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _embeddings(request: web.Request) -> web.Response:
    body = await _body(request)
    if isinstance(body, web.Response):
        return body
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return _error(400, "invalid_request_error", "`input` is a text or a list of texts.")
    rows = scripted.hashed_vectors(texts).tolist()
    data = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(rows)]
    counted = scripted.usage(sum(len(text.split()) for text in texts), 0)
    return _json({"object": "list", "data": data, "model": scripted.EMBEDDER, "usage": counted})


async def _models(_: web.Request) -> web.Response:
    names = (scripted.CHAT, scripted.EMBEDDER)
    data = [{"id": n, "object": "model", "created": 0, "owned_by": "tau"} for n in names]
    return _json({"object": "list", "data": data})


async def _body(request: web.Request) -> dict[str, Any] | web.Response:
    key = request.app[_KEY]
    if key and request.headers.get("Authorization") != f"Bearer {key}":
        return _error(401, "invalid_api_key", "That key is not known here.")
    try:
        body = msgspec.json.decode(await request.read())
    except msgspec.DecodeError:
        return _error(400, "invalid_request_error", "The body is not JSON.")
    if not isinstance(body, dict):
        return _error(400, "invalid_request_error", "The body is not an object.")
    return body


def _json(content: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(content), status=status, content_type="application/json"
    )


def _error(status: int, code: str, message: str) -> web.Response:
    return _json({"error": {"message": message, "type": code, "code": code}}, status)


async def _serve(port: int, tokens: int, *, until_stdin_closes: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with serving(create_app(tokens=tokens), port) as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        if until_stdin_closes:
            loop.add_reader(sys.stdin.fileno(), _watch_stdin, stop)
        await stop.wait()


def _watch_stdin(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


def main() -> None:
    """Run the server from the command line."""
    parser = argparse.ArgumentParser(description="The scripted model over HTTP, OpenAI-shaped.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tokens", type=int, default=0, help="tokens of every answer")
    parser.add_argument("--until-stdin-closes", action="store_true")
    given = parser.parse_args()
    uvloop.run(_serve(given.port, given.tokens, until_stdin_closes=given.until_stdin_closes))


if __name__ == "__main__":
    main()
