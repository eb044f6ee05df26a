"""The balancer keeps a tag on a node that is there; a wire that is cut tells nobody."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tau.bench.nodes_processes import free_port
from tau.bench.nodes_proxies import TagBalancer, Wire, listening
from tests.patience import patient

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def _answering(name: str) -> AsyncIterator[int]:
    """Serve a node that answers with its name and closes."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + name.encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _ask(port: int, header: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET / HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
    async with asyncio.timeout(patient(30)):
        answer = (await reader.read()).decode()
    writer.close()
    return answer


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def test_a_tag_stays_on_a_node_however_it_is_sent() -> None:
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(_answering(name)) for name in ("one", "two")]
        balancer = TagBalancer([_url(port) for port in ports])
        front = await stack.enter_async_context(listening(balancer))
        reached = set()
        for number in range(12):
            tag = f"a{number:02}"
            ways = (f"Authorization: Bearer tau-{tag}XXX", f"Cookie: tau_session={tag}YYY")
            answers = {(await _ask(front, way)).rpartition("\n")[2] for way in ways}
            assert len(answers) == 1
            reached |= answers
        assert reached == {"one", "two"}


async def test_a_node_that_is_away_is_passed_over_and_none_is_told() -> None:
    async with _answering("there") as port:
        urls = [_url(free_port()), _url(port)]
        async with listening(TagBalancer(urls)) as front:
            for number in range(8):
                header = f"Authorization: Bearer tau-b{number:02}X"
                assert (await _ask(front, header)).endswith("there")
    async with listening(TagBalancer([_url(free_port())])) as front:
        assert (await _ask(front, "Accept: */*")).startswith("HTTP/1.1 503 ")


async def test_a_wire_that_is_cut_holds_everything_back() -> None:
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(_answering("the database"))
        wire = Wire(("127.0.0.1", port))
        through = await stack.enter_async_context(listening(wire))
        assert (await _ask(through, "Accept: */*")).endswith("the database")
        wire.cut()
        asking = asyncio.create_task(_ask(through, "Accept: */*"))
        direct = [await _ask(port, "Accept: */*") for _ in range(5)]
        assert len(direct) == 5
        assert not asking.done()
        wire.restore()
        assert (await asking).endswith("the database")
