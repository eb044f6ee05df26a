"""Snapshots: sealed parts of a person's projections, stored beside the journal.

A snapshot saves reading the whole log. Losing one costs time, never data.
"""

import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import anyio.to_thread
import msgspec

from tau.ids import new_id
from tau.journal.store import SealedSnapshot, SnapshotFence, Store
from tau.storage.sealing import SecretBox, UnsealError, snapshot_place

logger = logging.getLogger(__name__)

_MANIFEST = "manifest"
_ADDED = "added."
"""The beginning of the names of parts that were added beside the last snapshot."""


@dataclass(slots=True)
class Erasures:
    """What was erased from a journal: sequence numbers, and digests of imported identifiers."""

    seqs: set[int] = field(default_factory=set)
    tombstones: set[str] = field(default_factory=set)

    def copy(self) -> "Erasures":
        """Return what was erased until now."""
        return Erasures(set(self.seqs), set(self.tombstones))


class Snapshot(NamedTuple):
    """An opened snapshot of the entries up to `seq`."""

    seq: int
    erasures: Erasures
    parts: dict[str, bytes]


class _Part(msgspec.Struct, frozen=True):
    """Where a part is stored, and the digest that shows whether it has changed."""

    seq: int
    digest: bytes


class _Manifest(msgspec.Struct, frozen=True):
    seq: int
    erased: frozenset[int]
    parts: dict[str, _Part]
    kept_out: frozenset[str] = frozenset()


class Snapshots:
    """Saves and loads the snapshot of one person; only parts that changed are written again."""

    def __init__(
        self, store: Store, person: str, box: SecretBox, fence: SnapshotFence | None = None
    ) -> None:
        self._store = store
        self._person = person
        self._box = box
        self._fence = fence
        self._manifest: _Manifest | None = None
        self._sealed_manifest = b""
        self.added: list[bytes] = []
        """What was added beside the snapshot that was loaded, oldest first."""
        self.dropped = False
        """Whether what was saved may be deleted, and nothing was saved since."""

    def invalidate(self) -> None:
        """Write every part at the next save, because the stored ones may be deleted."""
        self._manifest = None
        self.dropped = True

    async def save(
        self,
        parts: Mapping[str, bytes],
        seq: int,
        erasures: Erasures,
        unchanged: Collection[str] = (),
    ) -> bool:
        """Store `parts`, a projection of the entries up to `seq`; parts `unchanged` stay.

        Returns False, and stores nothing, if more than `erasures` was erased, if another process
        replaced the parts that would be kept, if they aren't stored, or if this one may not save.
        """
        if not set(unchanged) <= (self._manifest.parts.keys() if self._manifest else set()):
            self._manifest = None
            return False
        fresh = _Manifest(seq, frozenset(erasures.seqs), {}, frozenset(erasures.tombstones))
        manifest, sealed = await anyio.to_thread.run_sync(
            self._seal_parts, parts, fresh, self._manifest, unchanged
        )
        kept = set(manifest.parts) - set(sealed)
        saved = await self._store.save_snapshot(
            self._person,
            sealed,
            kept,
            len(manifest.erased),
            unchanged={_MANIFEST: self._sealed_manifest} if kept else None,
            fence=self._fence,
        )
        self._manifest = manifest if saved else None
        self._sealed_manifest = sealed[_MANIFEST].sealed
        self.dropped = self.dropped and not saved
        return saved

    async def add(self, part: bytes, seq: int, erasures: Erasures) -> bool:
        """Store a part beside the snapshot, until the next one; return False as `save` does."""
        name = f"{_ADDED}{new_id()}"
        sealed = await anyio.to_thread.run_sync(self._seal_part, name, part, seq)
        return await self._store.add_to_snapshot(
            self._person, name, sealed, len(erasures.seqs), fence=self._fence
        )

    async def load(self) -> Snapshot | None:
        """Return the stored snapshot, or `None` if there is none or it is damaged."""
        rows = await self._store.load_snapshot(self._person)
        self.added = await anyio.to_thread.run_sync(self._open_added, rows)
        try:
            manifest, parts = await anyio.to_thread.run_sync(self._open_parts, rows)
        except (KeyError, UnsealError, msgspec.MsgspecError):
            if any(not name.startswith(_ADDED) for name in rows):
                logger.warning("a snapshot could not be read; the log is read instead")
            return None
        self._manifest = manifest
        self._sealed_manifest = bytes(rows[_MANIFEST].sealed)
        erasures = Erasures(set(manifest.erased), set(manifest.kept_out))
        return Snapshot(manifest.seq, erasures, parts)

    def _seal_parts(
        self,
        parts: Mapping[str, bytes],
        fresh: _Manifest,
        known: _Manifest | None,
        unchanged: Collection[str],
    ) -> tuple[_Manifest, dict[str, SealedSnapshot]]:
        previous = known.parts if known else {}
        seq = fresh.seq
        listed = {name: previous[name] for name in unchanged}
        sealed: dict[str, SealedSnapshot] = {}
        for name, plain in parts.items():
            digest = blake2b(plain, digest_size=16).digest()
            if name in previous and previous[name].digest == digest:
                listed[name] = previous[name]
                continue
            listed[name] = _Part(seq, digest)
            sealed[name] = self._seal_part(name, plain, seq)
        manifest = msgspec.structs.replace(fresh, parts=listed)
        sealed[_MANIFEST] = self._seal_part(_MANIFEST, msgspec.msgpack.encode(manifest), seq)
        return manifest, sealed

    def _seal_part(self, name: str, plain: bytes, seq: int) -> SealedSnapshot:
        # Arrays of numbers hardly compress, and opening them must be fast.
        place = snapshot_place(self._person, name, seq)
        return SealedSnapshot(seq, self._box.seal(plain, place, compress=False))

    def _open_parts(self, rows: Mapping[str, SealedSnapshot]) -> tuple[_Manifest, dict[str, bytes]]:
        manifest = msgspec.msgpack.decode(self._open_part(_MANIFEST, rows), type=_Manifest)
        for name, part in manifest.parts.items():
            if rows[name].seq != part.seq:
                raise UnsealError("its parts do not belong together")
        return manifest, {name: self._open_part(name, rows) for name in manifest.parts}

    def _open_added(self, rows: Mapping[str, SealedSnapshot]) -> list[bytes]:
        """Return what was added; a part that can't be read is left out."""
        opened: list[bytes] = []
        for name in sorted(rows, key=lambda name: rows[name].seq):
            if name.startswith(_ADDED):
                with suppress(UnsealError):
                    opened.append(self._open_part(name, rows))
        return opened

    def _open_part(self, name: str, rows: Mapping[str, SealedSnapshot]) -> bytes:
        row = rows[name]
        return self._box.open(row.sealed, snapshot_place(self._person, name, row.seq))
