"""`tau run` as a person starts and ends it."""

import asyncio
import json
import os
import re
import signal
import socket
import stat
from pathlib import Path

import aiohttp
import pytest

from tau.cli import server_file
from tau.client.client import Client
from tau.companion.events import Delta, Done
from tau.people.opening import open_people
from tau.settings import Settings

from .conftest import Command, Start, Terminal

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def started(start: Start, *words: str) -> tuple[Terminal, str]:
    running = start("run", "--port", "0", *words)
    link = running.wait_for(r"http://127\.0\.0\.1:\d+/welcome#key=(\S+)")
    running.wait_for("Ctrl-C to stop Tau")
    return running, link[0]


async def redeem(link: str) -> int:
    base, _, key = link.partition("/welcome#key=")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base}/api/welcome", json={"key": key}) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_from_the_link_to_the_end(start: Start, home: Path, number: signal.Signals) -> None:
    running, link = started(start)
    told = json.loads((home / "server.json").read_text())
    assert link.startswith(told["url"])
    assert told["pid"] == running.process.pid
    assert stat.S_IMODE((home / "server.json").stat().st_mode) == 0o600
    status = await server_file.fetch_status(told["url"])
    assert status is not None
    assert status["status"] == "ok"
    assert await redeem(link) == 200
    assert await redeem(link) == 401, "a link opens once"
    running.interrupt(number)
    assert running.end() == 0
    assert not (home / "server.json").exists()
    assert "Everything is saved" in running.seen
    assert "Traceback" not in running.seen


async def begin_reply(link: str, words: str) -> tuple[Client, str, str]:
    """Sign in with `link` and say something; return the client, the conversation and the turn."""
    base, _, key = link.partition("/welcome#key=")
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{base}/api/welcome", json={"key": key}) as answer:
            token = answer.cookies["tau_session"].value
        cookie = {"Cookie": f"tau_session={token}"}
        made = session.post(f"{base}/api/keys", json={"label": "test"}, headers=cookie)
        async with made as answer:
            api_key = (await answer.json())["key"]
    client = await Client(base, api_key).__aenter__()
    conversation = (await client.conversations.begin()).id
    return client, conversation, (await client.turns.say(conversation, words)).turn


async def test_sigterm_lets_a_reply_end(start: Start, home: Path) -> None:
    running, link = started(start)
    client, _, turn = await begin_reply(link, "[[pace 200]] [[tokens 12]]")
    events = []
    async for event in client.turns.events(turn):
        events.append(event)
        if isinstance(event, Delta) and sum(isinstance(each, Delta) for each in events) == 1:
            running.interrupt(signal.SIGTERM)
    await client.__aexit__(None, None, None)
    assert isinstance(events[-1], Done)
    assert running.end() == 0
    assert "Everything is saved" in running.seen


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
async def test_a_reply_that_hangs_is_cut_off_by_a_second_signal_or_ctrl_c(
    start: Start, home: Path, first: signal.Signals
) -> None:
    running, link = started(start, "--drain-seconds", "1000")
    client, _, turn = await begin_reply(link, "[[hang after 2]]")
    async for event in client.turns.events(turn):
        if isinstance(event, Delta):
            break
    running.interrupt(first)
    if first is signal.SIGTERM:
        status = await server_file.fetch_status(client.http.url)
        while status is None or status["status"] == "ok":
            status = await server_file.fetch_status(client.http.url)
        assert status["status"] == "draining"
        running.interrupt(signal.SIGTERM)
    await client.__aexit__(None, None, None)
    assert running.end() == 0
    assert "Everything is saved" in running.seen
    assert "Traceback" not in running.seen


def test_with_postgresql_it_tells_where_other_nodes_reach_it(
    start: Start, environ: dict[str, str], shared_url: str
) -> None:
    environ["TAU_DATABASE_URL"] = shared_url
    running, _ = started(start)
    assert re.search(
        r"Other nodes of this Tau reach this one at https://127\.0\.0\.1:\d+; "
        r"no other node is running\.",
        " ".join(running.seen.split()),
    )
    running.interrupt(signal.SIGTERM)
    assert running.end() == 0


async def test_it_tells_where_the_data_lies_and_who_speaks(start: Start, home: Path) -> None:
    running, _ = started(start)
    assert f"Your data is in {home}" in running.seen
    assert "Chat model: scripted" in running.seen
    assert "Warning" not in running.seen
    assert "\x1b" not in running.seen, "no colours in a pipe"


async def test_a_second_one_gives_a_fresh_link_to_the_first(start: Start) -> None:
    _, link = started(start)
    second = start("run")
    fresh = second.wait_for(r"http://\S+/welcome#key=\S+")[0]
    assert second.end() == 0
    assert "already running" in second.seen
    assert fresh != link
    assert await redeem(fresh) == 200
    third = start("link")
    assert await redeem(third.wait_for(r"http://\S+/welcome#key=\S+")[0]) == 200


async def test_without_a_server_slot_it_starts_and_asks_nothing(start: Start, home: Path) -> None:
    settings = Settings(home=home)
    async with open_people(settings) as people:
        owner = await people.owner()
        await people.credentials.set_password(owner, "a long password")
        await people.credentials.set_server_slot(owner, False)
    running = start("run", "--port", "0")
    running.wait_for("Sign in there with your name and password")
    running.wait_for("Ctrl-C to stop Tau")
    again = start("run")
    assert again.end() == 0
    assert "already running" in again.seen
    running.interrupt(signal.SIGTERM)
    assert running.end() == 0


def test_a_port_of_another_program_is_told(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        running = start("run", "--port", str(other.getsockname()[1]))
        assert running.end() == 1
    assert "in use by another program" in running.seen
    assert "--port" in running.seen
    assert "Traceback" not in running.seen


def test_a_port_of_another_home_is_told(start: Start, tmp_path: Path) -> None:
    _, link = started(start)
    port = link.split(":")[2].split("/")[0]
    other = start("run", "--home", str(tmp_path / "other"), "--port", port)
    assert other.end() == 1
    assert "Another Tau" in other.seen


def test_without_a_model_it_starts_and_says_how_to_have_one(start: Start) -> None:
    running, _ = started(start, "--model", "companion", "--embedder", "embedder")
    assert "Tau can't chat yet" in running.seen
    assert "tau models pull" in running.seen
    assert "There's no chat model yet" in running.seen


def test_listening_without_https_is_warned_of(start: Start, tmp_path: Path) -> None:
    running = start("run", "--port", "0", "--host", "0.0.0.0")
    running.wait_for("Warning: Tau is listening on 0.0.0.0 without HTTPS")
    other = str(tmp_path / "other")
    behind = start(
        "run",
        "--port",
        "0",
        "--host",
        "0.0.0.0",
        "--home",
        other,
        "--public-url",
        "https://tau.test",
    )
    behind.wait_for("https://tau.test/welcome")
    behind.wait_for("Ctrl-C to stop Tau")
    assert "Warning" not in behind.seen


def test_a_file_that_a_killed_server_left_is_no_server(start: Start, home: Path) -> None:
    running, _ = started(start)
    running.interrupt(signal.SIGKILL)
    running.end()
    assert (home / "server.json").exists()
    again, _ = started(start)
    assert json.loads((home / "server.json").read_text())["pid"] == again.process.pid


def test_link_without_a_server(tau: Command) -> None:
    result = tau("link")
    assert result.exit_code == 1
    assert "not running" in result.output


def test_a_process_that_is_gone_is_not_running(home: Path) -> None:
    home.mkdir()
    assert asyncio.run(server_file.find_running(home)) is None
    with server_file.published(home, "http://127.0.0.1:1") as told:
        assert server_file.read(home) == told
        assert asyncio.run(server_file.find_running(home)) is None, "nobody answers there"
    assert server_file.read(home) is None
    (home / "server.json").write_text("no json")
    assert server_file.read(home) is None


def test_the_file_of_another_server_is_left_alone(home: Path) -> None:
    home.mkdir()
    with server_file.published(home, "http://127.0.0.1:1"):
        (home / "server.json").write_text(json.dumps({"url": "http://x", "pid": os.getpid() + 1}))
    assert (home / "server.json").exists()
