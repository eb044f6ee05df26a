"""One file over HTTP: gone on with only where that is safe, verified, its faults told."""

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web

from tau.errors import DownloadFailed, HashMismatch
from tau.models import scripted_server
from tau.models.download import HubFileInfo, fetch, fetch_hub_info, network_and_disk_errors, verify
from tau.models.http import GuardedClient

from .upstream import Raw

pytestmark = pytest.mark.anyio
DATA = bytes(range(256)) * 8
SHA256 = hashlib.sha256(DATA).hexdigest()
HALF = len(DATA) // 2
REST = f"bytes {HALF}-{len(DATA) - 1}/{len(DATA)}"


class Source:
    """A web server that answers as told, and remembers what it was asked."""

    def __init__(self, answer: Callable[[web.Request], web.Response]) -> None:
        self.answer = answer
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        return self.answer(request)


@asynccontextmanager
async def source(answer: Callable[[web.Request], web.Response]) -> AsyncIterator[Source]:
    made = Source(answer)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", made.handle)
    async with scripted_server.serving(app) as url:
        made.url = url.removesuffix("/v1") + "/m.gguf"
        yield made


def whole(_: web.Request) -> web.Response:
    return web.Response(body=DATA, headers={"ETag": '"one"'})


def rest(_: web.Request) -> web.Response:
    return web.Response(status=206, body=DATA[HALF:], headers={"Content-Range": REST})


def half_there(target: Path, url: str, version: str = '"one"', sha256: str = SHA256) -> None:
    """Leave what an earlier attempt would have left."""
    target.with_name(target.name + ".part").write_bytes(DATA[:HALF])
    note = {"url": url, "version": version, "sha256": sha256}
    target.with_name(target.name + ".part.json").write_bytes(msgspec.json.encode(note))


def lying_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def fetched(
    client: GuardedClient, url: str, target: Path, size: int = len(DATA)
) -> list[int]:
    """Fetch, and return how many bytes were told to be there, in turn."""
    told: list[tuple[int, int]] = []
    await fetch(client, url, target, SHA256, size, lambda *now: told.append(now))
    assert {total for _, total in told} == {len(DATA)}
    return [done for done, _ in told]


async def test_a_download_leaves_the_file_and_nothing_else(
    client: GuardedClient, tmp_path: Path
) -> None:
    target = tmp_path / "m.gguf"
    async with source(whole) as server:
        told = await fetched(client, server.url, target)
    assert (told[0], told[-1]) == (0, len(DATA))
    assert target.read_bytes() == DATA
    assert lying_in(tmp_path) == ["m.gguf"]
    assert server.asked[0]["Accept-Encoding"] == "identity"  # the hash is that of the very bytes


async def test_the_size_is_told_by_the_source_when_the_catalog_is_wrong(
    client: GuardedClient, tmp_path: Path
) -> None:
    async with source(whole) as server:
        assert (await fetched(client, server.url, tmp_path / "m", size=7))[-1] == len(DATA)


async def test_only_the_rest_is_asked_for(client: GuardedClient, tmp_path: Path) -> None:
    target = tmp_path / "m.gguf"
    async with source(rest) as server:
        half_there(target, server.url)
        told = await fetched(client, server.url, target)
    assert server.asked[0]["Range"] == f"bytes={HALF}-"
    assert server.asked[0]["If-Range"] == '"one"'
    assert told[0] == HALF
    assert target.read_bytes() == DATA


async def test_a_source_that_sends_all_again_is_not_appended(
    client: GuardedClient, tmp_path: Path
) -> None:
    target = tmp_path / "m.gguf"
    async with source(whole) as server:
        half_there(target, server.url)
        told = await fetched(client, server.url, target)
    assert told[0] == 0
    assert target.read_bytes() == DATA


async def test_another_part_than_the_one_asked_for_is_refused_and_ours_is_kept(
    client: GuardedClient, tmp_path: Path
) -> None:
    target = tmp_path / "m.gguf"
    shifted = {"Content-Range": f"bytes {HALF + 1}-{len(DATA) - 1}/{len(DATA)}"}
    async with source(lambda _: web.Response(status=206, body=b"x", headers=shifted)) as server:
        half_there(target, server.url)
        with pytest.raises(DownloadFailed, match="another part"):
            await fetched(client, server.url, target)
    assert (tmp_path / "m.gguf.part").read_bytes() == DATA[:HALF]
    assert not target.exists()


@pytest.mark.parametrize("left", ["no tag", "another hash", "another address", "no note"])
async def test_what_may_be_of_another_file_is_not_gone_on_with(
    client: GuardedClient, tmp_path: Path, left: str
) -> None:
    target = tmp_path / "m.gguf"
    async with source(whole) as server:
        url = server.url + ("?other" if left == "another address" else "")
        version = "" if left == "no tag" else '"one"'
        half_there(target, url, version, "0" * 64 if left == "another hash" else SHA256)
        if left == "no note":
            (tmp_path / "m.gguf.part.json").write_bytes(b'{"url": 7')
        await fetched(client, server.url, target)
    assert "Range" not in server.asked[0]
    assert target.read_bytes() == DATA


@pytest.mark.parametrize(("tag", "resumed"), [('W/"one"', False), ('"one"', True), ("", False)])
async def test_only_a_strong_tag_makes_going_on_safe(
    client: GuardedClient, tmp_path: Path, raw: Raw, tag: str, resumed: bool
) -> None:
    heads: list[bytes] = []

    async def break_off(asked: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(asked)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(DATA)}\r\nETag: {tag}\r\n\r\n"
        writer.write(head.encode() + DATA[:HALF])

    async with raw(break_off) as url:
        for _ in range(2):
            with pytest.raises(DownloadFailed, match="try again"):
                await fetched(client, f"{url}/m", tmp_path / "m")
    assert b"Range" not in heads[0]
    assert (b"If-Range: " + tag.encode() in heads[-1]) is resumed


async def test_a_whole_part_is_verified_and_not_fetched_again(
    client: GuardedClient, tmp_path: Path
) -> None:
    target = tmp_path / "m.gguf"
    async with source(lambda _: web.Response(status=416)) as server:
        half_there(target, server.url)
        (tmp_path / "m.gguf.part").write_bytes(DATA)
        await fetch(client, server.url, target, SHA256, len(DATA), lambda *_: None)
        assert target.read_bytes() == DATA
        with pytest.raises(DownloadFailed, match="416"):  # now nothing is there to go on with
            await fetch(client, server.url, tmp_path / "n", SHA256, len(DATA), lambda *_: None)


async def test_a_part_that_went_bad_is_deleted_with_its_note(
    client: GuardedClient, tmp_path: Path
) -> None:
    target = tmp_path / "m.gguf"
    async with source(rest) as server:
        half_there(target, server.url)
        (tmp_path / "m.gguf.part").write_bytes(b"\x00" * HALF)
        with pytest.raises(HashMismatch, match="doesn't match its pinned hash"):
            await fetched(client, server.url, target)
        assert lying_in(tmp_path) == []
        server.answer = whole
        await fetched(client, server.url, target)
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("status", [204, 304, 403, 404, 410, 500, 503])
async def test_a_refusal_names_its_number_and_leaves_the_old_file(
    client: GuardedClient, tmp_path: Path, status: int
) -> None:
    target = tmp_path / "m.gguf"
    target.write_bytes(b"old")
    async with source(lambda _: web.Response(status=status)) as server:
        with pytest.raises(DownloadFailed, match=f"HTTP {status}"):
            await fetched(client, server.url, target)
    assert target.read_bytes() == b"old"


def test_a_hash_may_be_written_in_capitals_and_a_wrong_file_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(DATA)
    verify(path, SHA256.upper())
    assert path.exists()
    with pytest.raises(HashMismatch):
        verify(path, "0" * 64)
    assert not path.exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (TimeoutError(), "doesn't answer"),
        (aiohttp.ServerTimeoutError(), "doesn't answer"),
        (aiohttp.ClientPayloadError("https://secret"), "interrupted or the source can't"),
        (aiohttp.InvalidURL("https://secret"), "interrupted or the source can't"),
        (OSError(errno.ENOSPC, "secret"), "disk is full"),
        (OSError(errno.EDQUOT, "secret"), "disk is full"),
        (PermissionError(errno.EACCES, "secret"), "can't be written to"),
        (DownloadFailed("Its own words."), "Its own words"),
    ],
)
def test_every_fault_has_its_sentence_and_repeats_nothing(fault: Exception, sentence: str) -> None:
    with pytest.raises(DownloadFailed, match=sentence) as told, network_and_disk_errors():
        raise fault
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ({"X-Linked-Etag": f'"{SHA256}"'}, HubFileInfo(SHA256, "", 0)),
        ({"X-Linked-Etag": f'W/"{SHA256.upper()}"'}, HubFileInfo(SHA256, "", 0)),
        (
            {"X-Linked-Etag": SHA256, "X-Linked-Size": "12", "X-Repo-Commit": "abc"},
            HubFileInfo(SHA256, "abc", 12),
        ),
        ({"X-Linked-Etag": SHA256, "X-Linked-Size": "-1"}, HubFileInfo(SHA256, "", 0)),
        ({"X-Linked-Etag": SHA256[:40]}, None),  # that of git, which is no SHA-256
        ({"X-Linked-Etag": "z" * 64}, None),
        ({"ETag": f'"{SHA256}"'}, None),
        ({}, None),
    ],
)
async def test_only_a_hash_that_the_hub_really_tells_is_taken(
    client: GuardedClient, head: dict[str, str], answer: HubFileInfo | None
) -> None:
    async with source(lambda _: web.Response(headers=head)) as server:
        assert await fetch_hub_info(client, server.url) == answer


async def test_the_hub_is_heard_before_it_sends_us_on_to_its_store(client: GuardedClient) -> None:
    def answer(request: web.Request) -> web.Response:
        if request.path == "/moved":
            away = {"Location": "https://store.invalid/blob", "X-Linked-Etag": SHA256}
            return web.Response(status=302, headers=away)
        return web.Response(status=307, headers={"Location": "/moved"})

    async with source(answer) as server:
        assert await fetch_hub_info(client, server.url) == HubFileInfo(SHA256, "", 0)
    assert len(server.asked) == 2


async def test_a_hub_that_refuses_is_told(client: GuardedClient) -> None:
    async with source(lambda _: web.Response(status=401)) as server:
        with pytest.raises(DownloadFailed, match="HTTP 401"):
            await fetch_hub_info(client, server.url)
    with pytest.raises(DownloadFailed, match="can't be reached"):
        await fetch_hub_info(client, server.url)  # nobody listens there any more
