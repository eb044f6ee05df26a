"""What may go wrong with a node: nothing acknowledged is lost, nothing is doubled, all is told.

The second node's clock is a minute ahead, and its home is on a small disk, in all of these tests.
"""

import asyncio
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tau.bench.nodes_client import NodeAnswer, RetryingClient
from tau.ids import new_id
from tests.nodes.several import Nodes, until
from tests.nodes.talking import found

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
KILLS = 3
AHEAD = """
import time

_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + 60
time.time_ns = lambda: _time_ns() + 60 * 10**9
"""


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of 256 KiB for a home, where it may be mounted; else a folder."""
    folder = tmp_path_factory.mktemp("disk")
    options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", *options, folder], check=False, capture_output=True
        ).returncode
    )
    yield folder
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(scope="module")
def more(small_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What is different about each node."""
    clock = tmp_path_factory.mktemp("clock")
    (clock / "sitecustomize.py").write_text(AHEAD)
    path = os.pathsep.join(filter(None, [str(clock), os.environ.get("PYTHONPATH")]))
    return [{}, {"PYTHONPATH": path, "TAU_HOME": str(small_disk)}]


async def home(nodes: Nodes) -> int:
    """Return which node is the owner's home."""
    (number,) = nodes.homes().values()
    return number


async def settle(nodes: Nodes) -> int:
    """Let the owner have a home; return its node."""
    async with nodes.balanced() as client:
        assert (await client.insist("GET", "/api/life")).status == 200
    return await home(nodes)


async def first_words(client: RetryingClient, conversation: str, words: str, turn: str) -> None:
    """Send words, and return once the reply has begun; the stream ends with this."""
    path = f"/api/conversations/{conversation}/turns"
    async for event in client.events(path, body={"words": words, "turn": turn}):
        if event["type"] == "delta":
            return


async def once_each(client: RetryingClient, conversation: str, words: list[str]) -> None:
    """Check that all words were kept, each once, and that none has two replies."""
    kept = await client.messages(conversation)
    assert Counter(message["text"] for message in kept if message["by"] == "person") == Counter(
        words
    )
    replied = Counter(message["parent"] for message in kept if message["by"] == "tau")
    assert set(replied.values()) <= {1}


async def test_a_node_that_is_killed_in_mid_turn_loses_nothing_and_says_so(
    nodes: Nodes, balanced: RetryingClient
) -> None:
    conversation, said = await balanced.conversation(), []
    for number in range(KILLS):
        words, turn = f"[[pace 30]] [[tokens 200]] number {number}", new_id()
        await first_words(balanced, conversation, words, turn)
        killed = await home(nodes)
        await nodes[killed].kill()
        again = await balanced.send(conversation, words, turn)
        assert again.status == 201, again
        assert again.body["turn"] == turn
        end = await balanced.outcome(turn)
        assert (end["type"], end.get("code")) == ("failed", "interrupted"), end
        assert "interrupted" in end["sentence"]
        said.append(words)
        await nodes[killed].start()
    await once_each(balanced, conversation, said)


async def test_a_turn_sent_while_its_node_is_killed_is_kept_once(
    nodes: Nodes, balanced: RetryingClient
) -> None:
    """Whether it was acknowledged or not: sent again with the same id, it's there once."""
    conversation = await balanced.conversation()
    killed = await settle(nodes)
    turns = {new_id(): f"sent in the moment, {number}" for number in range(10)}
    sending = [
        asyncio.create_task(balanced.send(conversation, words, turn))
        for turn, words in turns.items()
    ]
    await nodes[killed].kill()
    assert {answer.status for answer in await asyncio.gather(*sending)} == {201}
    for turn in turns:
        assert (await balanced.outcome(turn))["type"] in {"done", "failed"}
    await once_each(balanced, conversation, list(turns.values()))


def told(answer: NodeAnswer) -> None:
    """Check that a request that can't be done is answered with one sentence."""
    assert answer.status in {200, 201, 503}, answer
    if answer.status == 503:
        assert answer.sentence.endswith("."), answer


async def test_a_database_that_does_not_answer_is_told_by_every_request(
    nodes: Nodes, one: RetryingClient, other: RetryingClient
) -> None:
    conversation, turn = await one.conversation(), new_id()
    for number in (0, 1):
        nodes.cut(number)
    path = f"/api/conversations/{conversation}/turns"
    body = {"words": "said during the cut", "turn": turn}
    requests = [
        (method, where, given)
        for method, where, given in (
            ("GET", "/status", None),
            ("GET", "/api/conversations", None),
            ("GET", f"/api/conversations/{conversation}/messages", None),
            ("POST", path, body),
        )
    ]
    answers = await asyncio.gather(
        *(client.ask(*request) for client in (one, other) for request in requests)
    )
    for answer in answers:
        told(answer)
    assert answers[3].status == 503
    for number in (0, 1):
        nodes.restore(number)
    again = await one.send(conversation, body["words"], turn)
    assert again.status == 201, again
    assert (await one.outcome(turn))["type"] in {"done", "failed"}
    await once_each(other, conversation, [body["words"]])


async def test_a_node_cut_off_from_the_database_is_replaced(
    nodes: Nodes, balanced: RetryingClient
) -> None:
    conversation = await balanced.conversation()
    lost = await settle(nodes)
    rest = 1 - lost
    nodes.cut(lost)
    async with nodes.client(rest) as there, nodes.client(lost) as here:
        turn = new_id()
        answer = await there.send(conversation, "said at the other node", turn)
        assert answer.status == 201, answer
        assert (await there.outcome(turn))["type"] == "done"
        assert await home(nodes) == rest
        told(await here.ask("GET", f"/api/conversations/{conversation}/messages"))
        refused = await here.ask("POST", f"/api/conversations/{conversation}/turns", {"words": "x"})
        assert refused.status == 503
        assert refused.sentence
        nodes.restore(lost)
        turn = new_id()
        assert (await here.send(conversation, "said after the cut", turn)).status == 201
        assert (await here.outcome(turn))["type"] == "done"
        await once_each(here, conversation, ["said at the other node", "said after the cut"])


async def test_a_home_that_is_taken_from_a_living_node_ends_what_it_did(
    nodes: Nodes, balanced: RetryingClient
) -> None:
    conversation, turn = await balanced.conversation(), new_id()
    words = "[[pace 30]] [[tokens 2000]] taken away"
    await first_words(balanced, conversation, words, turn)
    former = await home(nodes)
    nodes[former].freeze()
    async with nodes.client(1 - former) as there, nodes.client(former) as here:
        meanwhile = new_id()
        answer = await there.send(conversation, "meanwhile", meanwhile)
        assert answer.status == 201, answer
        assert await home(nodes) == 1 - former
        nodes[former].thaw()
        end = await here.outcome(turn)
        assert (end["type"], end.get("code")) == ("failed", "interrupted"), end
        await there.outcome(meanwhile)  # before its reply, the two could differ
        kept = await here.messages(conversation)
        assert kept == await there.messages(conversation)
        said = Counter(message["text"] for message in kept if message["by"] == "person")
        assert said == {words: 1, "meanwhile": 1}


async def test_a_node_that_is_asked_to_stop_ends_its_replies_first(
    nodes: Nodes, balanced: RetryingClient
) -> None:
    conversation, turn = await balanced.conversation(), new_id()
    words = "[[pace 50]] [[say one two three four five six seven eight nine ten]]"
    await first_words(balanced, conversation, words, turn)
    leaving = await home(nodes)
    nodes[leaving].ask_to_stop()
    end = await balanced.outcome(turn)
    assert (end["type"], end.get("status")) == ("done", "complete"), end
    assert await nodes[leaving].wait_until_ended() == 0
    kept = await balanced.messages(conversation)
    assert [message["text"] for message in kept][1:] == [
        "one two three four five six seven eight nine ten"
    ]
    assert await settle(nodes) == 1 - leaving


def refreshed_until(nodes: Nodes) -> dict[str, float]:
    """Return until when each node is valid now."""
    rows = nodes.query(
        "SELECT id, until FROM nodes WHERE until > extract(epoch FROM clock_timestamp())"
    )
    return {row.id: row.until for row in rows}


async def test_a_clock_that_is_wrong_moves_nobody(nodes: Nodes, balanced: RetryingClient) -> None:
    await settle(nodes)
    homes = nodes.query("SELECT person, node, epoch FROM homes")
    begun = refreshed_until(nodes)

    async def both_refreshed() -> bool:
        now = refreshed_until(nodes)
        return all(now.get(node, 0.0) > until for node, until in begun.items())

    for _ in range(2):
        assert len(begun) == 2
        await until(both_refreshed, "both nodes refreshed their rows")
        for number in (0, 1):
            async with nodes.client(number) as client:
                assert (await client.ask("GET", "/api/conversations")).status == 200
        begun = refreshed_until(nodes)
    assert nodes.query("SELECT person, node, epoch FROM homes") == homes


def is_mounted(folder: Path) -> bool:
    return folder.is_mount()


def fill(file: Path) -> None:
    """Write until the disk is full."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


async def test_a_full_disk_of_one_node_is_told_and_keeps_nobody_from_talking(
    nodes: Nodes, small_disk: Path
) -> None:
    if not is_mounted(small_disk):
        pytest.skip("a small disk can't be mounted here")
    await nodes[0].kill()
    async with nodes.client(1) as client:
        assert (await client.insist("GET", "/api/life")).status == 200
        fill(small_disk / "filler")
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{nodes[1].url}/api/attachments?name=notes.txt",
                data=b"Some notes about quokkas. " * 1000,
                headers={"Authorization": f"Bearer {nodes.key}"},
            ) as refused,
        ):
            error = (await refused.json())["error"]
            assert (refused.status, error["code"]) == (507, "store_full")
            assert error["sentence"] == "There isn't enough disk space for this file."
        turn = new_id()
        assert (await client.send(await client.conversation(), "wallaby", turn)).status == 201
        assert (await client.outcome(turn))["type"] == "done"
        assert "wallaby" in await found(client, "wallaby")
    (small_disk / "filler").unlink()
