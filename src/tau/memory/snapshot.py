"""Snapshots: a memory as named parts of bytes, and back.

Messages and vectors are in chunks of 256 rows (`snapshot_rows`), everything else in lists that are
divided by size. Both grow at their ends, so that what is saved again is little. Each part begins
with its CRC-32, and `meta` has one over those of all others: a part that is missing, cut or from
another save is noticed.

`capture` takes what a snapshot needs in a few milliseconds; encoding it may happen in a thread.
"""

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from tau.facts import Facts
from tau.memory.artifacts import Artifacts
from tau.memory.attachments import Attachments
from tau.memory.checkins import CheckIns
from tau.memory.columns import CHUNK_ROWS
from tau.memory.conversations import Conversations, ConversationTree, ConversationUpdate
from tau.memory.dense import DenseIndex
from tau.memory.imports import ImportHistory
from tau.memory.indexes import Indexes
from tau.memory.scope import ScopeHistory
from tau.memory.snapshot_rows import (
    capture_rows,
    capture_vectors,
    encode_rows,
    restore_rows,
    restore_vectors,
)

VERSION = 5
_LIST_BYTES = 16_384
"""Size from which on a part of a list is full."""
_SUCCESSOR = "successor."
"""The beginning of the names of parts with vectors that aren't searched yet."""
_CHECK_BYTES = 4


class MemoryParts(NamedTuple):
    """The parts of a memory that a snapshot keeps."""

    conversations: Conversations
    indexes: Indexes
    facts: Facts
    imports: ImportHistory
    checkins: CheckIns
    artifacts: Artifacts
    attachments: Attachments
    scopes: ScopeHistory


class _SavedVectors(msgspec.Struct, frozen=True, array_like=True):
    model: str | None
    dimension: int


class _Meta(msgspec.Struct, frozen=True):
    version: int
    byteorder: str
    last: int
    rows: int
    sessions: int
    dense: _SavedVectors
    successor: _SavedVectors | None
    check: int
    """CRC-32 over the names and checks of all other parts."""


class _Version(msgspec.Struct, frozen=True):
    version: int


class CapturedChunk(NamedTuple):
    """A chunk of rows: the revision it had, and what encodes it if it isn't saved yet."""

    revision: int
    encode: Callable[[], bytes] | None


class Capture(NamedTuple):
    """A memory at one moment. What happens later does not change it."""

    last: int
    rows: int
    sessions: int
    dense: _SavedVectors
    successor: _SavedVectors | None
    chunks: dict[str, CapturedChunk]
    lists: dict[str, Sequence[Any]]


class EncodedSnapshot(NamedTuple):
    """The parts of a snapshot that changed, and the names of those that are as they were saved."""

    parts: dict[str, bytes]
    unchanged: frozenset[str]
    chunks: dict[str, tuple[int, bytes]]
    """The revision and the check of every chunk, for `SnapshotEncoder.saved`."""


class SnapshotEncoder:
    """Encodes the snapshots of one memory; chunks that are saved already are skipped."""

    def __init__(self) -> None:
        self._saved: dict[str, tuple[int, bytes]] = {}

    @property
    def revisions(self) -> dict[str, int]:
        """The revision of every chunk that is saved."""
        return {name: revision for name, (revision, _) in self._saved.items()}

    def encode(self, captured: Capture) -> EncodedSnapshot:
        """Return what is to be saved. Takes long where much has changed: call it in a thread."""
        parts: dict[str, bytes] = {}
        chunks: dict[str, tuple[int, bytes]] = {}
        for name, chunk in captured.chunks.items():
            known = self._saved.get(name)
            if chunk.encode is not None:
                parts[name] = _with_check(chunk.encode())
                known = (chunk.revision, parts[name][:_CHECK_BYTES])
            if known is None or known[0] != chunk.revision:
                raise ValueError("a chunk is neither captured nor saved")
            chunks[name] = known
        for name, items in captured.lists.items():
            for number, encoded in enumerate(_divided(items)):
                parts[f"{name}.{number}"] = _with_check(encoded)
        checks = {name: part[:_CHECK_BYTES] for name, part in parts.items()}
        checks |= {name: check for name, (_, check) in chunks.items()}
        parts["meta"] = _with_check(msgspec.msgpack.encode(_describe(captured, checks)))
        return EncodedSnapshot(parts, frozenset(chunks) - parts.keys(), chunks)

    def saved(self, chunks: Mapping[str, tuple[int, bytes]]) -> None:
        """Take note that these chunks and no others are stored (`EncodedSnapshot.chunks`)."""
        self._saved = dict(chunks)

    def restored(self, revisions: Mapping[str, int], parts: Mapping[str, bytes]) -> None:
        """Take note that a memory with chunks of these revisions was restored from `parts`."""
        if _version(parts) != VERSION:
            return
        self._saved = {
            name: (revision, bytes(parts[name][:_CHECK_BYTES]))
            for name, revision in revisions.items()
        }


def revisions(known: MemoryParts) -> dict[str, int]:
    """Return the revision of every chunk, by its name."""
    rows = known.conversations.messages.by_row.revisions
    found = {f"rows.{index}": revision for index, revision in enumerate(rows)}
    for prefix, dense in _dense_by_prefix(known.indexes).items():
        found |= {
            f"{prefix}vectors.{index}": block.revision
            for index, block in enumerate(dense.blocks)
            if block is not None
        }
    return found


def capture(last: int, known: MemoryParts, saved: Mapping[str, int]) -> Capture:
    """Return everything as it is now, without the chunks whose revisions are `saved`."""
    conversations, indexes = known.conversations, known.indexes
    messages = conversations.messages
    chunks = {
        name: CapturedChunk(
            revision, None if saved.get(name) == revision else _encoder(name, known)
        )
        for name, revision in revisions(known).items()
    }
    trees = conversations.trees.values()
    lists: dict[str, Sequence[Any]] = {
        "trees": [(tree.id, tuple(tree.changes)) for tree in trees],
        "facts": known.facts.kept(),
        "imports": list(known.imports.by_seq.items()),
        "checkins": known.checkins.entries(),
        "artifacts": known.artifacts.kept_versions(),
        "edits": known.artifacts.kept_others(),
        "attachments": known.attachments.entries(),
        "scopes": list(known.scopes.by_seq.items()),
    }
    successor = indexes.successor
    return Capture(
        last=last,
        rows=len(messages),
        sessions=messages.session_count,
        dense=_SavedVectors(indexes.dense.model, indexes.dense.dimension),
        successor=None
        if successor is None
        else _SavedVectors(successor.model, successor.dimension),
        chunks=chunks,
        lists=lists,
    )


def restore(parts: Mapping[str, bytes], known: MemoryParts) -> int:
    """Fill the parts of an empty memory; return the `seq` that the snapshot covers.

    Raises `ValueError` if a part is missing or damaged, or another version wrote them.
    """
    try:
        meta = _checked(parts)
        for name, load in _loaders(known).items():
            for part in _numbered(parts, f"{name}."):
                load(part)
        detailed = restore_rows(_numbered(parts, "rows."), known.conversations, known.indexes)
        if len(known.conversations.messages) != meta.rows:
            raise ValueError("the snapshot lacks messages")
        known.conversations.messages.session_count = meta.sessions
        known.conversations.restore_threads()
        for message in detailed:
            known.attachments.link(message.id, message.attachments)
        _restore_dense("", meta.dense, meta.rows, parts, known.indexes.dense)
        if meta.successor is not None:
            known.indexes.successor = DenseIndex()
            _restore_dense(_SUCCESSOR, meta.successor, meta.rows, parts, known.indexes.successor)
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError) as error:
        raise ValueError("the snapshot is damaged") from error
    return meta.last


def _encoder(name: str, known: MemoryParts) -> Callable[[], bytes]:
    """Return what encodes a chunk as it is now."""
    kind, _, number = name.rpartition(".")
    if kind == "rows":
        return partial(encode_rows, capture_rows(known.conversations, known.indexes, int(number)))
    dense = _dense_by_prefix(known.indexes)[kind.removesuffix("vectors")]
    return partial(bytes, capture_vectors(dense, int(number)))


def _dense_by_prefix(indexes: Indexes) -> dict[str, DenseIndex]:
    return dict(zip(("", _SUCCESSOR), indexes.vector_indexes(), strict=False))


def _restore_dense(
    prefix: str, saved: _SavedVectors, rows: int, parts: Mapping[str, bytes], dense: DenseIndex
) -> None:
    dense.model, dense.dimension = saved.model, saved.dimension
    name = f"{prefix}vectors."
    blocks = (index for index in range(-(-rows // CHUNK_ROWS)) if f"{name}{index}" in parts)
    held = {index: bytes(parts[f"{name}{index}"])[_CHECK_BYTES:] for index in blocks}
    restore_vectors(held, rows, dense)


def _loaders(known: MemoryParts) -> dict[str, Callable[[bytes], None]]:
    """Return what loads a part of each list."""
    return {
        "trees": partial(_load_trees, known.conversations),
        "facts": known.facts.load,
        "imports": known.imports.load,
        "checkins": known.checkins.load,
        "artifacts": known.artifacts.load_versions,
        "edits": known.artifacts.load_others,
        "attachments": known.attachments.load,
        "scopes": known.scopes.load,
    }


def _load_trees(conversations: Conversations, raw: bytes) -> None:
    for name, changes in msgspec.msgpack.decode(
        raw, type=list[tuple[str, list[ConversationUpdate]]]
    ):
        conversations.trees[name] = tree = ConversationTree(name)
        tree.changes = changes


def _divided(items: Iterable[Any]) -> Iterator[bytes]:
    """Yield a list as parts of about the same size: all but the last stay while it grows."""
    encoder = msgspec.msgpack.Encoder()
    held: list[msgspec.Raw] = []
    size = 0
    for item in items:
        held.append(msgspec.Raw(encoder.encode(item)))
        size += len(memoryview(held[-1]))
        if size >= _LIST_BYTES:
            yield encoder.encode(held)
            held, size = [], 0
    if held:
        yield encoder.encode(held)


def _numbered(parts: Mapping[str, bytes], prefix: str) -> Iterator[bytes]:
    """Yield the contents of the parts `prefix` followed by 0, 1 and so on."""
    number = 0
    while (part := parts.get(f"{prefix}{number}")) is not None:
        yield bytes(part)[_CHECK_BYTES:]
        number += 1


def _describe(captured: Capture, checks: Mapping[str, bytes]) -> _Meta:
    return _Meta(
        version=VERSION,
        byteorder=sys.byteorder,
        last=captured.last,
        rows=captured.rows,
        sessions=captured.sessions,
        dense=captured.dense,
        successor=captured.successor,
        check=_check_of_all(checks),
    )


def _checked(parts: Mapping[str, bytes]) -> _Meta:
    for name, part in parts.items():
        content = memoryview(part)[_CHECK_BYTES:]
        if int.from_bytes(part[:_CHECK_BYTES], "little") != zlib.crc32(content):
            raise ValueError(f"part {name} of the snapshot is damaged")
    encoded = bytes(parts.get("meta", b""))[_CHECK_BYTES:]
    if _version(parts) != VERSION:
        raise ValueError("the snapshot is of another version")
    meta = msgspec.msgpack.decode(encoded, type=_Meta)
    if meta.byteorder != sys.byteorder:
        raise ValueError("the snapshot is of another kind of machine")
    others = {name: bytes(part[:_CHECK_BYTES]) for name, part in parts.items() if name != "meta"}
    if meta.check != _check_of_all(others):
        raise ValueError("parts of the snapshot are missing or of another save")
    return meta


def _version(parts: Mapping[str, bytes]) -> int:
    encoded = bytes(parts.get("meta", b""))[_CHECK_BYTES:]
    return msgspec.msgpack.decode(encoded, type=_Version).version


def _check_of_all(checks: Mapping[str, bytes]) -> int:
    return zlib.crc32(b"".join(name.encode() + checks[name] for name in sorted(checks)))


def _with_check(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECK_BYTES, "little") + content
