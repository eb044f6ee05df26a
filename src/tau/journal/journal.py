"""One person's journal: typed entries in, typed entries out, sealed in between.

Sequence numbers are assigned here before anything is written, so that one person's appends share a
commit with everybody else's. The store refuses a write that another writer overtook; then this
module reads what was written and tries again. It knows nothing of what entries mean.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

import anyio.to_thread

from tau.errors import Conflict, DamagedEntry, NotFound, SequenceConflict
from tau.journal.delivery import BATCH, DeliveryQueue
from tau.journal.entries import EntriesForgotten, Entry, RawEntry, Record, UnknownEntry
from tau.journal.entry_sealing import EntrySealer, SealedBatch
from tau.journal.rereading import Rereading
from tau.journal.snapshots import Erasures, Snapshots
from tau.journal.store import SnapshotFence, Store, Write
from tau.storage.sealing import SecretBox

logger = logging.getLogger(__name__)

_READ_BATCH = 2_000  # entries read at once
_DELIVERED_AT_ONCE = 32  # entries, so that others are served in between
_ATTEMPTS = 20  # of an append that another writer keeps overtaking

Listener = Callable[[Record], None]


class Journal:
    """The log of one person, opened with that person's data key.

    `listener` is called with every record in order of `seq`, each once: those appended here, and
    those that other writers appended, as soon as this journal has read them.
    """

    def __init__(
        self,
        store: Store,
        person: str,
        data_key: bytes,
        listener: Listener | None = None,
        *,
        earlier_keys: Sequence[bytes] = (),
        fence: SnapshotFence | None = None,
    ) -> None:
        self.last = 0
        """Sequence number of the newest record that was delivered to the listener."""
        self.damaged: dict[int, DamagedEntry] = {}
        """Entries that could not be read, by sequence number."""
        self.listener = listener
        box = SecretBox(data_key, earlier_keys)
        self._store = store
        self._sealer = EntrySealer(person, box)
        self.snapshots = Snapshots(store, person, box, fence)
        """What is saved beside the log; `save_snapshot` and `load_snapshot` use it."""
        self.erasures = Erasures()
        """What was erased up to `last`."""
        self._delivery = DeliveryQueue(self._deliver)
        self._reserved = 0
        self._submitting = asyncio.Lock()
        self._rereading = Rereading(self._read_newer)

    @property
    def person(self) -> str:
        """The id of the person whose journal this is."""
        return self._sealer.person

    @property
    def box(self) -> SecretBox:
        """Seals other data of this person, such as the state of jobs."""
        return self._sealer.box

    @property
    def erased(self) -> set[int]:
        """Sequence numbers of the erased entries up to `last`."""
        return self.erasures.seqs

    @property
    def is_stale(self) -> bool:
        """Whether there may be entries that were not delivered to the listener."""
        return self._rereading.is_due

    async def append(
        self, *entries: Entry | RawEntry, erase: Sequence[int] = (), after: int | None = None
    ) -> list[Record]:
        """Write `entries`, all or none; return them as records once they are on the disk.

        With `after`, only if that is the newest entry: `Conflict` otherwise. Raises
        `SequenceConflict` if other writers overtook it too often, and `StoreFull`; then nothing was
        written. After `StoreUnavailable` the entries may have been written, if the connection to
        the database was lost before its answer: then `is_stale` is true until `catch_up`.
        Raises `NotFound` once closed.
        """
        for _ in range(_ATTEMPTS):
            if self.is_stale:
                await self.catch_up()
            try:
                records = await self._submit(entries, erase, after)
            except SequenceConflict:
                continue
            while records and records[-1].seq > self.last:
                await (self._delivery.wait() if self._delivery.newest else self.catch_up())
            return records
        raise SequenceConflict("Too much is being written at once; try again.")

    async def catch_up(self) -> None:
        """Read and deliver what other writers appended before this was called."""
        await self._rereading.run()

    async def settle(self) -> None:
        """Wait until everything that was written, here or by others, is delivered."""
        if self.is_stale:
            await self.catch_up()
        await self._delivery.wait()

    async def read(self, after: int = 0) -> AsyncIterator[Record | DamagedEntry]:
        """Yield every entry after `after`, in order.

        An erased entry is an `UnknownEntry` of kind `erased`. One that was altered, moved, cut
        short or deleted is a `DamagedEntry` with its number; the rest stays readable.
        """
        while rows := await self._store.read(self.person, after, _READ_BATCH):
            for opened in await anyio.to_thread.run_sync(self._sealer.open, rows, after):
                yield opened
            after = rows[-1].seq

    async def forget(self, seqs: Sequence[int], at: float) -> Record:
        """Erase the entries `seqs` for good, and every snapshot that may contain them.

        Raises `NotFound` if one of them is not in this journal.
        """
        targets = tuple(sorted(set(seqs)))
        if not targets or targets[0] < 1 or targets[-1] > self.last:
            raise NotFound("There is no such entry in this journal.")
        (record,) = await self.append(EntriesForgotten(at=at, targets=targets), erase=targets)
        return record

    def digest(self, name: str) -> str:
        """Return the digest of an identifier, as `EntriesForgotten.kept_out` stores it."""
        return self._sealer.digest(name)

    def has_tombstone(self, name: str) -> bool:
        """Return whether something with this identifier was imported and then forgotten."""
        tombstones = self.erasures.tombstones
        return bool(tombstones) and not tombstones.isdisjoint(self._sealer.digests(name))

    async def save_snapshot(
        self,
        parts: Mapping[str, bytes],
        seq: int,
        *,
        erasures: Erasures | None = None,
        unchanged: Collection[str] = (),
    ) -> bool:
        """Store `parts`, a projection of the entries up to `seq`, sealed beside the log.

        `erasures` is what had been erased when the projection was made (now, if left out). Parts
        that have not changed since the last snapshot are not written again; those named in
        `unchanged` needn't be given. Returns False,
        and stores nothing, if something was forgotten in the meantime, if another process saved
        one, or if the `fence` of this journal refuses.
        """
        return await self.snapshots.save(parts, seq, erasures or self.erasures, unchanged)

    async def load_snapshot(self) -> tuple[int, dict[str, bytes]] | None:
        """Return the stored snapshot and the number of its last entry; `None` if there is none.

        The journal continues from there: `last` becomes that number. A damaged snapshot is ignored.
        """
        snapshot = await self.snapshots.load()
        if snapshot is None:
            return None
        self.last = self._reserved = snapshot.seq
        self.erasures = snapshot.erasures
        return snapshot.seq, snapshot.parts

    def reset(self) -> None:
        """Start again before the first entry, when no snapshot can be trusted."""
        self.last = self._reserved = 0
        self.erasures = Erasures()
        self.snapshots.invalidate()
        self._rereading.request()

    async def close(self) -> None:
        """Refuse to write from now on, and wait for the writes in progress."""
        self._delivery.closed = True
        await self._delivery.wait()

    async def _read_newer(self) -> None:
        await self._delivery.wait()
        async for record in self.read(self.last):
            self._deliver(record)
            if record.seq % _DELIVERED_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._reserved = self.last

    async def _submit(
        self, entries: Sequence[Entry | RawEntry], erase: Sequence[int], after: int | None
    ) -> list[Record]:
        async with self._submitting:  # the first caller gets the lower numbers
            expected = self._reserved
            if after is not None and after != expected:
                raise Conflict("Something else was written here in the meantime.")
            batch = await _seal(self._sealer, entries, expected)
            if self._delivery.closed:
                raise NotFound("There is no such person.")
            if self._reserved != expected:
                raise SequenceConflict("Something else was written here in the meantime.")
            self._reserved += len(entries)
            self._delivery.write_started()
            write = Write(
                person=self.person,
                expected=expected,
                sealed=batch.sealed,
                erase=erase,
                written=batch.written,
            )
            future = self._store.append(write)
        records: list[Record] = []

        def landed(done: asyncio.Future[float]) -> None:
            if done.exception() is None:
                records.extend(batch.records(done.result()))
            self._deliver_written(records, expected)

        future.add_done_callback(landed)  # before the await below, so that it runs first
        await asyncio.shield(future)
        return records

    def _deliver_written(self, records: Sequence[Record], expected: int) -> None:
        """Deliver the records of a write that ended; none if it failed."""
        # If an earlier append was overtaken, another writer's entry may come before these:
        # `catch_up` reads them in order.
        if records and expected == (self._delivery.newest or self.last):
            self._delivery.write_ended(records)
        else:
            self._rereading.request()
            self._delivery.write_ended(())

    def _deliver(self, record: Record | DamagedEntry) -> None:
        if record.seq <= self.last:
            return
        if isinstance(record, DamagedEntry):
            self.damaged[record.seq] = record
            logger.error("entry %d of a journal cannot be read: %s", record.seq, record.reason)
            record = Record(record.seq, 0.0, UnknownEntry(kind="damaged"), b"")
        self.last = record.seq
        if isinstance(record.entry, UnknownEntry) and record.entry.kind == "erased":
            self.erasures.seqs.add(record.seq)
        if isinstance(record.entry, EntriesForgotten):
            self.erasures.seqs.update(record.entry.targets)
            self.erasures.tombstones.update(record.entry.kept_out)
            self.snapshots.invalidate()  # its parts were deleted with the entries
        if self.listener is not None:
            self.listener(record)


async def _seal(
    sealer: EntrySealer, entries: Sequence[Entry | RawEntry], expected: int
) -> SealedBatch:
    if len(entries) > BATCH:
        return await anyio.to_thread.run_sync(sealer.seal, entries, expected)
    return sealer.seal(entries, expected)
