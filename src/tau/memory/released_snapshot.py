"""Snapshots of Tau 0.1 (version 4), read so that vectors needn't be made again.

Messages and vectors are in blocks of 4096 rows, columns and postings in one part each, vectors are
float16. The next save writes what is read here in the present form.
"""

import sys
import zlib
from array import array
from collections.abc import Mapping

import msgspec
import numpy as np

from tau.memory.columns import Column
from tau.memory.conversations import Conversations, ConversationTree, ConversationUpdate
from tau.memory.dense import DenseIndex, to_codes
from tau.memory.indexes import Indexes, is_blank, is_own
from tau.memory.message_rows import Message
from tau.memory.messages import MessageTable
from tau.memory.postings import Postings
from tau.memory.snapshot import MemoryParts

_VERSION = 4
_BLOCK_ROWS = 4096
_SUCCESSOR = "successor."


class _SavedTree(msgspec.Struct, frozen=True, array_like=True):
    id: str
    shown: int
    rows: bytes
    changes: list[ConversationUpdate]


class _SavedVectors(msgspec.Struct, frozen=True):
    model: str | None
    dimension: int
    blocks: list[bool]


class _Meta(msgspec.Struct, frozen=True):
    version: int
    byteorder: str
    last: int
    rows: int
    sittings: int
    texts: int
    total: int
    model: str | None
    dimension: int
    blocks: list[bool]
    branches: list[_SavedTree]
    checks: dict[str, tuple[int, int]]
    successor: _SavedVectors | None = None


class _Version(msgspec.Struct, frozen=True):
    version: int = 0


def is_released(parts: Mapping[str, bytes]) -> bool:
    """Return whether a snapshot seems to be of this form."""
    try:
        described = msgspec.msgpack.decode(bytes(parts.get("meta", b""))[4:], type=_Version)
    except msgspec.MsgspecError:
        return False
    return described.version == _VERSION


def restore(parts: Mapping[str, bytes], known: MemoryParts) -> int:
    """Fill the parts of an empty memory; return the `seq` that the snapshot covers.

    Raises `ValueError` if a part is missing or damaged.
    """
    try:
        meta = _checked(parts)
        _restore_conversations(meta, parts, known.conversations)
        _restore_lists(parts, known)
        _restore_indexes(meta, parts, known)
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError, KeyError) as error:
        raise ValueError("the snapshot is damaged") from error
    return meta.last


def _checked(parts: Mapping[str, bytes]) -> _Meta:
    whole = bytes(parts["meta"])
    encoded = whole[4:]
    if int.from_bytes(whole[:4], "little") != zlib.crc32(encoded):
        raise ValueError("the snapshot's description is damaged")
    meta = msgspec.msgpack.decode(encoded, type=_Meta)
    if meta.byteorder != sys.byteorder:
        raise ValueError("the snapshot is of another kind of machine")
    for name, (size, check) in meta.checks.items():
        part = parts.get(name)
        if part is None or len(part) != size or zlib.crc32(part) != check:
            raise ValueError(f"part {name} of the snapshot is missing or damaged")
    return meta


def _restore_conversations(
    meta: _Meta, parts: Mapping[str, bytes], conversations: Conversations
) -> None:
    messages = conversations.messages
    for name, column in _columns(messages).items():
        _load(column, parts[name], meta.rows)
    messages.following.load(np.full(meta.rows, -1, np.int32).tobytes())
    messages.visible.load(bytes(meta.rows))
    decoder = msgspec.msgpack.Decoder(list[Message | None])
    for index in range(-(-meta.rows // _BLOCK_ROWS)):
        for message in decoder.decode(parts[f"messages.{index}"]):
            messages.by_row.append(message)
            if message is not None:
                row = len(messages) - 1
                if message.id in messages.rows:
                    raise ValueError("two messages have one id")
                messages.index(row, message.id, message.turn, message.expert)
    if len(messages) != meta.rows:
        raise ValueError("the snapshot lacks messages")
    messages.session_count = meta.sittings
    for saved in meta.branches:
        tree = conversations.trees[saved.id] = ConversationTree(saved.id)
        tree.rows.frombytes(saved.rows)
        tree.changes = saved.changes
    conversations.restore_threads()


def _restore_lists(parts: Mapping[str, bytes], known: MemoryParts) -> None:
    """Restore what isn't about messages; the oldest of these snapshots have only facts."""
    known.facts.load(parts["facts"])
    known.imports.load(parts["imports"])
    if (checkins := parts.get("checkins")) is not None:
        known.checkins.load(checkins)
    if (artifacts := parts.get("artifacts")) is not None:
        versions, others = msgspec.msgpack.decode(artifacts, type=tuple[msgspec.Raw, msgspec.Raw])
        known.artifacts.load_versions(bytes(versions))
        known.artifacts.load_others(bytes(others))
    if (attachments := parts.get("attachments")) is not None:
        known.attachments.load(attachments)
    if (scopes := parts.get("scopes")) is not None:
        known.scopes.load(scopes)


def _restore_indexes(meta: _Meta, parts: Mapping[str, bytes], known: MemoryParts) -> None:
    indexes = known.indexes
    _load(indexes.features, parts["traits"], meta.rows)
    for row, message in enumerate(known.conversations.messages.by_row):
        indexes.own.append(message is not None and is_own(message))
        if message is None:
            continue
        if is_blank(message):
            indexes.blank_rows.add(row)
        if message.speaker is not None:
            indexes.add_speaker(row, message.speaker)
        known.attachments.link(message.id, message.attachments)
    _restore_lexical(meta, parts, indexes)
    searched = _SavedVectors(meta.model, meta.dimension, meta.blocks)
    _restore_dense(searched, meta.rows, parts, indexes.dense)
    if meta.successor is not None:
        prefix = len(_SUCCESSOR)
        held = {name[prefix:]: part for name, part in parts.items() if name.startswith(_SUCCESSOR)}
        indexes.successor = DenseIndex()
        _restore_dense(meta.successor, meta.rows, held, indexes.successor)


def _restore_lexical(meta: _Meta, parts: Mapping[str, bytes], indexes: Indexes) -> None:
    lexical = indexes.lexical
    _load(lexical.lengths, parts["lengths"], meta.rows)
    names = parts["terms"].decode().split("\n") if parts["terms"] else []
    frequencies = array("I", bytes(parts["frequencies"]))
    postings = array("I", bytes(parts["postings"]))
    if len(names) != len(frequencies) or sum(frequencies) != len(postings):
        raise ValueError("the snapshot's index does not add up")
    found: dict[str, array[int]] = {}
    start = 0
    for name, frequency in zip(names, frequencies, strict=True):
        found[name] = postings[start : start + frequency]
        start += frequency
    lexical.load(Postings.of(found))


def _restore_dense(
    saved: _SavedVectors, rows: int, parts: Mapping[str, bytes], dense: DenseIndex
) -> None:
    dense.model, dense.dimension = saved.model, saved.dimension
    bits = np.unpackbits(np.frombuffer(parts["embedded"], np.uint8), count=rows)
    dense.has_vector.load(bytes(rows))
    for index in (index for index, held in enumerate(saved.blocks) if held):
        vectors = np.frombuffer(parts[f"vectors.{index}"], np.float16)
        vectors = vectors.reshape(-1, saved.dimension)
        embedded = np.flatnonzero(bits[index * _BLOCK_ROWS : (index + 1) * _BLOCK_ROWS])
        chosen = embedded[embedded < len(vectors)]
        codes = to_codes(vectors[chosen].astype(np.float32))
        dense.put_codes((chosen + index * _BLOCK_ROWS).tolist(), codes)


def _load(column: Column, part: bytes, rows: int) -> None:
    column.load(part)
    if len(column) != rows:
        raise ValueError("the snapshot's columns differ in length")


def _columns(messages: MessageTable) -> dict[str, Column]:
    return {
        "seqs": messages.seqs,
        "at": messages.at,
        "parent": messages.parent,
        "sitting": messages.session,
    }
