"""`tau run --workers`: several processes, one address."""

import asyncio
import errno
import os
import signal
import socket
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from tau.cli import workers as workers_module
from tau.cli.listening import listen, url_of
from tau.cli.workers import READY, Workers, require_shared_database
from tau.errors import BadInput, TauError
from tau.ids import new_id
from tau.people.opening import open_people
from tau.people.tokens import TAG_LENGTH
from tau.server.workers.connections import ConnectionRouter
from tau.settings import Settings

from ..patience import patient, until
from .conftest import Command, Start

pytestmark = pytest.mark.anyio

SILENT = "import time; time.sleep(600)"
ENDS = "import sys; sys.exit(3)"
READS_AND_ENDS = f"""
import socket, sys
control = socket.socket(fileno=int(sys.argv[2]))
control.recv(1 << 20)
control.sendall({READY!r})
"""
READS_AND_STAYS = f"""
import socket, sys
control = socket.socket(fileno=int(sys.argv[2]))
control.recv(1 << 20)
control.sendall({READY!r})
control.recv(1)
"""


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, workers=2)


def _program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(workers_module, "_PROGRAM", ("-c", code))


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Workers]:
    workers = Workers(settings)
    await workers.start()
    try:
        yield workers
    finally:
        workers.signal(signal.SIGKILL)
        await workers.close()


def test_a_sqlite_file_has_one_process(settings: Settings) -> None:
    with pytest.raises(BadInput, match="PostgreSQL"):
        require_shared_database(settings)


def test_a_sqlite_file_is_refused_in_one_sentence(tau: Command) -> None:
    refused = tau("run", "--port", "0", "--workers", "2")
    assert refused.exit_code == 1
    assert "Several workers need PostgreSQL" in refused.stderr


async def test_a_worker_that_cannot_start_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(monkeypatch, ENDS)
    with pytest.raises(TauError, match="couldn't start"):
        await Workers(settings).start()


async def test_a_start_that_is_given_up_leaves_no_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(monkeypatch, SILENT)
    started: list[int] = []
    create = asyncio.create_subprocess_exec

    async def noting(*words: str, **how: object) -> asyncio.subprocess.Process:
        process = await create(*words, **how)  # type: ignore[arg-type]
        started.append(process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noting)
    starting = asyncio.create_task(Workers(settings).start())
    await until(lambda: len(started) == 2)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_worker_that_dies_is_started_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _program(monkeypatch, READS_AND_STAYS)
    async with _running(settings) as workers:
        first, second = workers.pids
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(workers.pids) == 2 and first not in workers.pids)
        assert second in workers.pids
    assert "a worker ended with status -9; it is started again" in caplog.text


async def test_a_worker_is_started_later_if_the_system_has_no_room_for_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(monkeypatch, READS_AND_STAYS)
    monkeypatch.setattr(workers_module, "_FIRST_PAUSE_SECONDS", 0.0)
    create, refused = asyncio.create_subprocess_exec, list[str]()

    async def refusing(*words: str, **how: object) -> asyncio.subprocess.Process:
        if not refused:
            refused.append("once")
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return await create(*words, **how)  # type: ignore[arg-type]

    async with _running(settings) as workers:
        first, _ = workers.pids
        monkeypatch.setattr(asyncio, "create_subprocess_exec", refusing)
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(workers.pids) == 2 and first not in workers.pids)
    assert refused


async def test_one_that_dies_again_and_again_ends_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(monkeypatch, READS_AND_ENDS)
    monkeypatch.setattr(workers_module, "_FIRST_PAUSE_SECONDS", 0.0)
    workers = Workers(settings)
    await workers.start()
    async with asyncio.timeout(patient(60)):
        with pytest.raises(TauError, match="again and again"):
            await workers.ended()
        await workers.close()
    assert workers.pids == []


async def test_a_connection_of_a_worker_that_is_gone_goes_to_another(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(monkeypatch, READS_AND_STAYS)
    monkeypatch.setattr(workers_module, "_pause_seconds", lambda _: 600.0)
    async with _running(settings) as workers:
        os.kill(workers.pids[0], signal.SIGKILL)
        await until(lambda: len(workers.pids) == 1)
        for tag in (b"abc", b"abd", b"abe", b"", b""):
            ours, theirs = socket.socketpair()
            with theirs:
                workers.give(ours, tag)
                assert ours.fileno() == -1, "it was given away"
                theirs.setblocking(False)
                with pytest.raises(BlockingIOError):
                    theirs.recv(1)  # it's open elsewhere


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as listener:
        yield listener


@pytest.mark.slow
async def test_people_are_served_by_their_worker_and_one_that_dies_is_replaced(
    settings: Settings, shared_url: str, listener: socket.socket
) -> None:
    settings = Settings(
        home=settings.home,
        workers=2,
        database_url=shared_url,
        model="scripted",
        embedder="scripted-embedder",
        drain_seconds=5.0,
        log_level="error",
    )
    async with open_people(settings) as people:
        owner = await people.owner()
        key, _ = await people.credentials.new_api_key(owner, "tests")
    workers = Workers(settings)
    await workers.start()
    router = ConnectionRouter(listener, workers.give)
    router.start()
    try:
        conversation = await _say(url_of(listener), key, "My dog is called Bello.")
        pid = workers.pids[zlib.crc32(key.removeprefix("tau-")[:TAG_LENGTH].encode()) % 2]
        os.kill(pid, signal.SIGKILL)  # the owner's: another serves them, or the one in its place
        await _say(url_of(listener), key, "Hello", conversation)
        await until(partial(_is_replaced, workers, pid))
        await _say(url_of(listener), key, "Hello again", conversation)
        workers.signal(signal.SIGTERM)
        async with asyncio.timeout(patient(60)):
            await workers.ended()
    finally:
        router.stop()
        await workers.close()


def _is_replaced(workers: Workers, pid: int) -> bool:
    return len(workers.pids) == 2 and pid not in workers.pids


async def _say(url: str, key: str, words: str, conversation: str = "") -> str:
    """Say something on several new connections and return the conversation."""
    for _ in range(3):
        turn = new_id()
        async with asyncio.timeout(patient(60)):
            while True:
                try:
                    conversation = await _say_once(url, key, words, turn, conversation)
                    break
                except aiohttp.ClientError:  # a worker died with this connection: say it again
                    await asyncio.sleep(0.05)
    return conversation


async def _say_once(url: str, key: str, words: str, turn: str, conversation: str) -> str:
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as session:
        if not conversation:
            async with session.post("/api/conversations", json={}) as begun:
                conversation = (await begun.json())["id"]
        path = f"/api/conversations/{conversation}/turns"
        stream = {"Accept": "text/event-stream"}
        said = {"words": words, "turn": turn}
        async with session.post(path, json=said, headers=stream) as answer:
            assert answer.status == 200, await answer.text()
            assert b'"type":"done"' in await answer.read()
    return conversation


@pytest.mark.slow
async def test_the_command_says_what_it_says_with_one(
    start: Start, home: Path, shared_url: str
) -> None:
    running = start("run", "--port", "0", "--workers", "2", "--database-url", shared_url)
    link = running.wait_for(r"(http://127\.0\.0\.1:\d+)/welcome#key=(\S+)")
    running.wait_for("Ctrl-C to stop Tau")
    assert f"Your data is in {home}" in running.seen
    async with (
        aiohttp.ClientSession(link[1]) as session,
        session.post("/api/welcome", json={"key": link[2]}) as answer,
    ):
        assert answer.status == 200
    running.interrupt(signal.SIGTERM)
    assert running.end() == 0
    assert not (home / "server.json").exists()
    assert "Everything is saved" in running.seen
    assert "Traceback" not in running.seen
