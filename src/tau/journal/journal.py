"""One person's log: typed entries in, typed entries out, sealed in between.

Sequence numbers are handed out here before anything is written, so that one person's appends ride
in one commit with everybody else's; the store refuses what another writer overtook, and then this
module re-reads and tries again. It knows nothing of what entries mean.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import anyio.to_thread
import msgspec

from tau.errors import Conflict, DamagedEntry, NotFound, SequenceConflict
from tau.journal.entries import EntriesForgotten, Entry, Record, UnknownEntry, decode, encode
from tau.journal.store import SealedEntry, SealedSnapshot, Store, Write
from tau.storage.sealing import SecretBox, UnsealError, entry_place, snapshot_place

logger = logging.getLogger(__name__)

_READ_BATCH = 2_000  # entries read at once
_ATTEMPTS = 20  # of an append that another writer keeps overtaking
_MANIFEST = "manifest"
_BATCH = 250  # records told to the listener before others get their turn

Listener = Callable[[Record], None]


class RawEntry(msgspec.Struct, frozen=True):
    """An entry as it was encoded elsewhere, byte for byte, whatever its kind.

    `raw` is `None` where it was erased there: its place is kept. `at` is when it was written first.
    """

    raw: bytes | None
    at: float | None = None


class _Part(msgspec.Struct, frozen=True):
    """Where a part of a snapshot lies, and the digest that tells whether it has changed."""

    seq: int
    digest: bytes


class _Manifest(msgspec.Struct, frozen=True):
    seq: int
    erased: frozenset[int]
    parts: dict[str, _Part]
    kept_out: frozenset[str] = frozenset()


class Journal:
    """The log of one person, open with that person's data key.

    `listener` is called with every record in order of `seq`, each once: those appended here and
    those that other writers appended, as soon as this journal learns of them.
    """

    def __init__(
        self, store: Store, person: str, data_key: bytes, listener: Listener | None = None
    ) -> None:
        self.person = person
        self.last = 0
        """Sequence number of the newest record that the listener was told of."""
        self.erased: set[int] = set()
        """Which of the entries up to `last` are erased."""
        self._tombstones: set[str] = set()
        self.damaged: dict[int, DamagedEntry] = {}
        """Entries that could not be read, by sequence number."""
        self._store = store
        self._box = SecretBox(data_key)
        self.listener = listener
        self._reserved = 0
        self._in_flight = 0
        self._undelivered: deque[Record] = deque()
        self._submitting = asyncio.Lock()
        self._stale = True  # until `catch_up` has read what is there already
        self._writes_done = asyncio.Event()
        self._writes_done.set()
        self._catching_up = asyncio.Lock()
        self._manifest: _Manifest | None = None

    async def append(
        self, *entries: Entry | RawEntry, erase: Sequence[int] = (), after: int | None = None
    ) -> list[Record]:
        """Write `entries`, all or none; return them as records once they are on the disk.

        With `after`, only where that is the newest entry: `Conflict` otherwise. Raises
        `SequenceConflict` if other writers overtook it many times over, and `StoreFull`; then
        nothing was written. After `StoreUnavailable` something may have been, where the database
        went away as it was to answer: then the journal is `behind`, and `catch_up` tells.
        """
        for _ in range(_ATTEMPTS):
            if self._stale:
                await self.catch_up()
            try:
                records = await self._submit(entries, erase, after)
            except SequenceConflict:
                continue
            while records and records[-1].seq > self.last:
                await (self._writes_done.wait() if self._undelivered else self.catch_up())
            return records
        raise SequenceConflict("Too much is being written at once; try again.")

    @property
    def box(self) -> SecretBox:
        """Seals and opens what else is kept of this person."""
        return self._box

    @property
    def is_stale(self) -> bool:
        """Whether there may be entries that the listener was not told of."""
        return self._stale

    async def catch_up(self) -> None:
        """Take in what other writers appended since."""
        self._stale = True
        async with self._catching_up:
            if not self._stale:
                return
            await self._writes_done.wait()
            async for record in self.read(self.last):
                self._deliver(record)
            self._reserved = self.last
            self._stale = False

    async def read(self, after: int = 0) -> AsyncIterator[Record | DamagedEntry]:
        """Yield every entry after `after`, in order.

        An erased entry comes as an `UnknownEntry` of kind `erased`. One that was altered, moved,
        cut short or taken away comes as a `DamagedEntry` that names it; the rest stays readable.
        """
        while rows := await self._store.read(self.person, after, _READ_BATCH):
            for opened in await anyio.to_thread.run_sync(self._open_all, rows, after):
                yield opened
            after = rows[-1].seq

    async def forget(self, seqs: Sequence[int], at: float) -> Record:
        """Erase the entries `seqs` for good, with every snapshot that may hold them.

        Raises `NotFound` if one of them is not in this journal.
        """
        targets = tuple(sorted(set(seqs)))
        if not targets or targets[0] < 1 or targets[-1] > self.last:
            raise NotFound("There is no such entry in this journal.")
        (record,) = await self.append(EntriesForgotten(at=at, targets=targets), erase=targets)
        return record

    def digest(self, name: str) -> str:
        """Return what `EntriesForgotten.kept_out` holds of something that is named so."""
        return self._box.digest(name)

    def has_tombstone(self, name: str) -> bool:
        """Tell whether a file had brought what is named so, and it was forgotten."""
        return bool(self._tombstones) and self.digest(name) in self._tombstones

    async def save_snapshot(self, parts: Mapping[str, bytes], seq: int) -> bool:
        """Keep `parts`, a projection of the entries up to `seq`, sealed beside the log.

        Parts that have not changed since the last snapshot stay as they are. Returns False, and
        keeps nothing, if something was forgotten meanwhile.
        """
        fresh = _Manifest(seq, frozenset(self.erased), {}, frozenset(self._tombstones))
        manifest, sealed = await anyio.to_thread.run_sync(
            self._seal_parts, parts, fresh, self._manifest
        )
        kept = set(manifest.parts) - set(sealed)
        saved = await self._store.save_snapshot(self.person, sealed, kept, len(manifest.erased))
        self._manifest = manifest if saved else None
        return saved

    async def load_snapshot(self) -> tuple[int, dict[str, bytes]] | None:
        """Return the newest snapshot and the entry it reaches to; `None` if there is none whole.

        The journal goes on from there: `last` moves to that entry. A snapshot that was damaged is
        passed over.
        """
        rows = await self._store.load_snapshot(self.person)
        try:
            manifest, parts = await anyio.to_thread.run_sync(self._open_parts, rows)
        except (KeyError, UnsealError, msgspec.MsgspecError):
            if rows:
                logger.warning("a snapshot could not be read; the log is read instead")
            return None
        self._manifest = manifest
        self.last = self._reserved = manifest.seq
        self.erased = set(manifest.erased)
        self._tombstones = set(manifest.kept_out)
        return manifest.seq, parts

    def reset(self) -> None:
        """Go back to before the first entry, as when no snapshot is to be trusted."""
        self.last = self._reserved = 0
        self.erased = set()
        self._tombstones = set()
        self._manifest = None
        self._stale = True

    async def _submit(
        self, entries: Sequence[Entry | RawEntry], erase: Sequence[int], after: int | None
    ) -> list[Record]:
        async with self._submitting:  # who asks first has the lower numbers
            expected = self._reserved
            if after is not None and after != expected:
                raise Conflict("Something else was written here meanwhile.")
            if len(entries) > _BATCH:
                sealed = await anyio.to_thread.run_sync(self._seal_all, entries, expected)
            else:
                sealed = self._seal_all(entries, expected)
            if self._reserved != expected:
                raise SequenceConflict("Something else was written here meanwhile.")
            self._reserved += len(entries)
            self._in_flight += 1
            self._writes_done.clear()
            write = Write(
                person=self.person,
                expected=expected,
                sealed=[box for _, box in sealed],
                erase=erase,
                written=[each.at if isinstance(each, RawEntry) else None for each in entries],
            )
            future = self._store.append(write)
        records: list[Record] = []

        def landed(done: asyncio.Future[float]) -> None:
            self._in_flight -= 1
            if done.exception() is None:
                raws = (raw for raw, _ in sealed)
                records.extend(_records(entries, raws, expected, done.result()))
            # Where an earlier append was overtaken, another writer's entry may stand before these:
            # `catch_up` takes them in, in order.
            if records and expected == (
                self._undelivered[-1].seq if self._undelivered else self.last
            ):
                self._undelivered.extend(records)
            else:
                self._stale = True
            self._deliver_batch()

        future.add_done_callback(landed)  # before the await below, so that it runs first
        await asyncio.shield(future)
        return records

    def _seal_all(
        self, entries: Sequence[Entry | RawEntry], expected: int
    ) -> list[tuple[bytes, bytes | None]]:
        """Return every entry as it is encoded, and sealed for its place."""
        sealed: list[tuple[bytes, bytes | None]] = []
        for seq, entry in enumerate(entries, start=expected + 1):
            raw = entry.raw if isinstance(entry, RawEntry) else encode(entry)
            box = None if raw is None else self._box.seal(raw, entry_place(self.person, seq))
            sealed.append((raw or b"", box))
        return sealed

    def _deliver_batch(self) -> None:
        """Tell the listener of what was written; of much, a part now and the rest soon."""
        for _ in range(min(_BATCH, len(self._undelivered))):
            self._deliver(self._undelivered.popleft())
        if self._undelivered:
            asyncio.get_running_loop().call_soon(self._deliver_batch)
        elif self._in_flight == 0:
            self._writes_done.set()

    def _deliver(self, record: Record | DamagedEntry) -> None:
        if record.seq <= self.last:
            return
        if isinstance(record, DamagedEntry):
            self.damaged[record.seq] = record
            logger.error("entry %d of a journal cannot be read: %s", record.seq, record.reason)
            record = Record(record.seq, 0.0, UnknownEntry(kind="damaged"), b"")
        self.last = record.seq
        if isinstance(record.entry, UnknownEntry) and record.entry.kind == "erased":
            self.erased.add(record.seq)
        if isinstance(record.entry, EntriesForgotten):
            self.erased.update(record.entry.targets)
            self._tombstones.update(record.entry.kept_out)
            self._manifest = None  # its parts went with the entries
        if self.listener is not None:
            self.listener(record)

    def _open_all(self, rows: Sequence[SealedEntry], after: int) -> list[Record | DamagedEntry]:
        opened: list[Record | DamagedEntry] = []
        for row in rows:
            opened += [
                DamagedEntry(missing, "it is missing") for missing in range(after + 1, row.seq)
            ]
            opened.append(self._open(row))
            after = row.seq
        return opened

    def _open(self, row: SealedEntry) -> Record | DamagedEntry:
        if row.sealed is None:
            return Record(row.seq, row.at, UnknownEntry(kind="erased", at=row.at), b"")
        try:
            raw = self._box.open(row.sealed, entry_place(self.person, row.seq))
            return Record(row.seq, row.at, decode(raw), raw)
        except UnsealError as error:
            return DamagedEntry(row.seq, str(error))
        except msgspec.MsgspecError:
            return DamagedEntry(row.seq, "it is no entry")

    def _seal_parts(
        self,
        parts: Mapping[str, bytes],
        fresh: _Manifest,
        known: _Manifest | None,
    ) -> tuple[_Manifest, dict[str, SealedSnapshot]]:
        previous = known.parts if known else {}
        seq = fresh.seq
        listed: dict[str, _Part] = {}
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
        # Arrays of numbers hardly shrink, and opening them must be quick.
        place = snapshot_place(self.person, name, seq)
        return SealedSnapshot(seq, self._box.seal(plain, place, compress=False))

    def _open_parts(self, rows: Mapping[str, SealedSnapshot]) -> tuple[_Manifest, dict[str, bytes]]:
        manifest = msgspec.msgpack.decode(self._open_part(_MANIFEST, rows), type=_Manifest)
        for name, part in manifest.parts.items():
            if rows[name].seq != part.seq:
                raise UnsealError("its parts do not belong together")
        return manifest, {name: self._open_part(name, rows) for name in manifest.parts}

    def _open_part(self, name: str, rows: Mapping[str, SealedSnapshot]) -> bytes:
        row = rows[name]
        return self._box.open(row.sealed, snapshot_place(self.person, name, row.seq))


def _records(
    entries: Sequence[Entry | RawEntry], raws: Iterable[bytes], expected: int, at: float
) -> Iterator[Record]:
    """Yield the entries as they stand in the journal now."""
    for seq, (entry, raw) in enumerate(zip(entries, raws, strict=True), start=expected + 1):
        if not isinstance(entry, RawEntry):
            yield Record(seq, at, entry, raw)
            continue
        written = at if entry.at is None else entry.at
        known = decode(raw) if entry.raw is not None else UnknownEntry(kind="erased", at=written)
        yield Record(seq, written, known, raw)
