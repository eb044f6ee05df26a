"""Snapshots: a memory as named parts of bytes, and back.

`meta` describes all other parts: their sizes and CRC-32, so that a part that is missing, cut or
from another save is noticed. Messages and vectors are in blocks of 4096 rows; a full block changes
only when one of its messages is forgotten, changes place or gets a vector. Vectors are float16.
"""

import sys
import zlib
from array import array
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from tau.facts import Facts
from tau.journal.entries import FileImported, ScopeChanged, SkillJudged
from tau.memory.artifacts import Artifacts
from tau.memory.attachments import Attachments
from tau.memory.checkins import CheckIns
from tau.memory.columns import Column
from tau.memory.conversations import Conversations, ConversationTree, ConversationUpdate
from tau.memory.dense import BLOCK_ROWS, DenseIndex
from tau.memory.imports import ImportHistory
from tau.memory.indexes import Indexes
from tau.memory.lexical import LexicalIndex
from tau.memory.messages import Message, MessageTable
from tau.memory.scope import ScopeHistory

VERSION = 4
_SUCCESSOR = "successor."
"""The beginning of the names of parts with vectors that aren't searched yet."""


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
    version: int


def dump(last: int, known: MemoryParts) -> dict[str, bytes]:
    """Return the parts that `restore` takes."""
    messages, trees = known.conversations.messages, known.conversations.trees
    lexical, dense = known.indexes.lexical, known.indexes.dense
    successor = known.indexes.successor
    parts: dict[str, bytes] = {name: column.dump() for name, column in _columns(messages).items()}
    for start in range(0, len(messages), BLOCK_ROWS):
        block = messages.by_row[start : start + BLOCK_ROWS]
        parts[f"messages.{start // BLOCK_ROWS}"] = msgspec.msgpack.encode(block)
    parts["traits"] = known.indexes.features.dump()
    parts["lengths"] = lexical.lengths.dump()
    parts["terms"] = "\n".join(lexical.postings).encode()
    parts["frequencies"] = array("I", map(len, lexical.postings.values())).tobytes()
    parts["postings"] = b"".join(lexical.postings.values())
    parts["facts"] = known.facts.dump()
    parts["imports"] = msgspec.msgpack.encode(list(known.imports.by_seq.items()))
    parts["checkins"] = known.checkins.dump()
    parts["artifacts"] = known.artifacts.dump()
    parts["attachments"] = known.attachments.dump()
    parts["scopes"] = msgspec.msgpack.encode(list(known.scopes.by_seq.items()))
    parts |= _dump_dense(dense, len(messages))
    if successor is not None:
        held = _dump_dense(successor, len(messages))
        parts |= {f"{_SUCCESSOR}{name}": part for name, part in held.items()}
    meta = _Meta(
        version=VERSION,
        byteorder=sys.byteorder,
        last=last,
        rows=len(messages),
        sittings=messages.session_count,
        texts=lexical.texts,
        total=lexical.total,
        **msgspec.structs.asdict(_describe_dense(dense)),
        branches=[
            _SavedTree(tree.id, tree.shown, tree.rows.tobytes(), tree.changes)
            for tree in trees.values()
        ],
        checks={name: (len(part), zlib.crc32(part)) for name, part in parts.items()},
        successor=None if successor is None else _describe_dense(successor),
    )
    encoded = msgspec.msgpack.encode(meta)
    parts["meta"] = zlib.crc32(encoded).to_bytes(4, "little") + encoded
    return parts


def restore(parts: Mapping[str, bytes], known: MemoryParts) -> int:
    """Fill the parts of an empty memory; return the `seq` that the snapshot covers.

    Raises `ValueError` if a part is missing or damaged, or another version wrote them.
    """
    try:
        meta = _checked(parts)
        _restore_conversations(meta, parts, known.conversations)
        _load(known.indexes.features, parts["traits"], meta.rows)
        _restore_lexical(meta, parts, known.indexes.lexical)
        _restore_vectors(meta, parts, known.indexes)
        known.facts.load(parts["facts"])
        known.imports.by_seq.update(
            msgspec.msgpack.decode(parts["imports"], type=list[tuple[int, FileImported]])
        )
        _restore_expert_parts(parts, known)
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError) as error:
        raise ValueError("the snapshot is damaged") from error
    return meta.last


def _restore_expert_parts(parts: Mapping[str, bytes], known: MemoryParts) -> None:
    """Restore what is kept for specialists; snapshots of older versions have nothing of it."""
    if (checkins := parts.get("checkins")) is not None:
        known.checkins.load(checkins)
    if (artifacts := parts.get("artifacts")) is not None:
        known.artifacts.load(artifacts)
    if (attachments := parts.get("attachments")) is not None:
        known.attachments.load(attachments)
    if (scopes := parts.get("scopes")) is not None:
        known.scopes.by_seq.update(
            msgspec.msgpack.decode(scopes, type=list[tuple[int, ScopeChanged | SkillJudged]])
        )


def _checked(parts: Mapping[str, bytes]) -> _Meta:
    whole = bytes(parts.get("meta", b""))
    encoded = whole[4:]
    if int.from_bytes(whole[:4], "little") != zlib.crc32(encoded):
        raise ValueError("the snapshot's description is damaged")
    if msgspec.msgpack.decode(encoded, type=_Version).version != VERSION:
        raise ValueError("the snapshot is of another version")
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
    decoder = msgspec.msgpack.Decoder(list[Message | None])
    for index in range(-(-meta.rows // BLOCK_ROWS)):
        messages.by_row.extend(decoder.decode(parts[f"messages.{index}"]))
    if len(messages) != meta.rows:
        raise ValueError("the snapshot lacks messages")
    messages.session_count = meta.sittings
    for saved in meta.branches:
        tree = conversations.trees[saved.id] = ConversationTree(saved.id)
        tree.shown = saved.shown
        tree.rows.frombytes(saved.rows)
        tree.changes = saved.changes
    conversations.index_all()


def _restore_lexical(meta: _Meta, parts: Mapping[str, bytes], lexical: LexicalIndex) -> None:
    _load(lexical.lengths, parts["lengths"], meta.rows)
    lexical.texts, lexical.total = meta.texts, meta.total
    names = parts["terms"].decode().split("\n") if parts["terms"] else []
    frequencies = array("I", bytes(parts["frequencies"]))
    postings = array("I", bytes(parts["postings"]))
    if len(names) != len(frequencies) or sum(frequencies) != len(postings):
        raise ValueError("the snapshot's index does not add up")
    start = 0
    for name, frequency in zip(names, frequencies, strict=True):
        lexical.postings[name] = postings[start : start + frequency]
        start += frequency


def _dump_dense(dense: DenseIndex, rows: int) -> dict[str, bytes]:
    parts = {"embedded": np.packbits(dense.has_vector.values).tobytes()}
    for index, vectors in enumerate(dense.blocks):
        if vectors is not None:
            held = vectors[: rows - index * BLOCK_ROWS]
            parts[f"vectors.{index}"] = held.astype(np.float16).tobytes()
    return parts


def _describe_dense(dense: DenseIndex) -> _SavedVectors:
    return _SavedVectors(
        dense.model, dense.dimension, [block is not None for block in dense.blocks]
    )


def _restore_vectors(meta: _Meta, parts: Mapping[str, bytes], indexes: Indexes) -> None:
    searched = _SavedVectors(meta.model, meta.dimension, meta.blocks)
    _restore_dense(searched, meta.rows, parts, indexes.dense)
    if meta.successor is not None:
        prefix = len(_SUCCESSOR)
        held = {name[prefix:]: part for name, part in parts.items() if name.startswith(_SUCCESSOR)}
        indexes.successor = DenseIndex()
        _restore_dense(meta.successor, meta.rows, held, indexes.successor)


def _restore_dense(
    saved: _SavedVectors, rows: int, parts: Mapping[str, bytes], dense: DenseIndex
) -> None:
    dense.model, dense.dimension = saved.model, saved.dimension
    bits = np.unpackbits(np.frombuffer(parts["embedded"], np.uint8), count=rows)
    dense.has_vector.load(bits.astype(np.bool_).tobytes())
    for index, held in enumerate(saved.blocks):
        if not held:
            dense.blocks.append(None)
            continue
        vectors = np.frombuffer(parts[f"vectors.{index}"], np.float16)
        vectors = vectors.reshape(-1, saved.dimension)
        block = dense.block(index)
        block[: len(vectors)] = vectors


def _load(column: Column, part: bytes, rows: int) -> None:
    column.load(part)
    if len(column) != rows:
        raise ValueError("the snapshot's columns differ in length")


def _columns(messages: MessageTable) -> dict[str, Column]:
    return {
        "seqs": messages.seqs,
        "at": messages.at,
        "parent": messages.parent,
        "following": messages.following,
        "visible": messages.visible,
        "sitting": messages.session,
    }
