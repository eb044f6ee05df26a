"""Parts of a snapshot that hold messages and vectors: a chunk of 256 rows each.

A part is made of its own rows alone, so that it changes only when one of them does. Vectors have
parts of their own: they often come later than the messages.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from tau.memory.columns import CHUNK_ROWS
from tau.memory.conversations import Conversations, ConversationTree
from tau.memory.dense import DenseIndex
from tau.memory.indexes import Indexes, is_blank, text_to_index
from tau.memory.key_index import hash_of
from tau.memory.lexical import postings_of
from tau.memory.message_rows import Message, PackedMessages
from tau.memory.messages import NONE
from tau.memory.postings import COUNT_BITS, MAX_COUNT, Postings

_OWN, _BLANK, _HAS_DETAILS = 1, 2, 4
"""Flags of a row. Details are what has an index of its own: speaker, specialist and files."""


@dataclass(frozen=True, slots=True)
class CapturedRows:
    """A chunk of rows as it was at one moment."""

    messages: PackedMessages
    seqs: bytes
    at: bytes
    parent: bytes
    session: bytes
    features: bytes
    lengths: bytes
    own: npt.NDArray[np.bool_]


class SavedRows(msgspec.Struct, frozen=True, array_like=True):
    """A chunk of rows in a snapshot. Bytes are arrays of numbers in the machine's order."""

    raw: bytes
    ends: bytes
    seqs: bytes
    at: bytes
    parent: bytes
    session: bytes
    features: bytes
    lengths: bytes
    flags: bytes
    ids: bytes
    turns: bytes
    conversations: list[str]
    conversation_of: bytes
    """The place in `conversations` of every row, -1 if it was forgotten."""
    terms: bytes
    frequencies: bytes
    said_in: bytes
    counts: bytes


def capture_rows(conversations: Conversations, indexes: Indexes, chunk: int) -> CapturedRows:
    """Return a chunk of rows as it is now: what happens later does not change it."""
    messages, span = conversations.messages, _span(chunk)
    return CapturedRows(
        messages=messages.by_row.packed(chunk),
        seqs=messages.seqs.values[span].tobytes(),
        at=messages.at.values[span].tobytes(),
        parent=messages.parent.values[span].tobytes(),
        session=messages.session.values[span].tobytes(),
        features=indexes.features.values[span].tobytes(),
        lengths=indexes.lexical.lengths.values[span].tobytes(),
        own=indexes.own.values[span].copy(),
    )


def encode_rows(captured: CapturedRows) -> bytes:
    """Return a chunk of rows as bytes, with an index of its words."""
    messages = captured.messages.decoded()
    names: dict[str, int] = {}
    conversation_of = [
        -1 if each is None else names.setdefault(each.conversation, len(names)) for each in messages
    ]
    terms = _terms_of(messages)
    saved = SavedRows(
        raw=captured.messages.raw,
        ends=captured.messages.ends.tobytes(),
        seqs=captured.seqs,
        at=captured.at,
        parent=captured.parent,
        session=captured.session,
        features=captured.features,
        lengths=captured.lengths,
        flags=_flags(messages, captured.own).tobytes(),
        ids=_hashes(None if each is None else each.id for each in messages),
        turns=_hashes(None if each is None else each.turn for each in messages),
        conversations=list(names),
        conversation_of=np.array(conversation_of, np.int16).tobytes(),
        terms=terms.hashes.tobytes(),
        frequencies=terms.sizes.astype(np.uint16).tobytes(),
        said_in=(terms.packed >> COUNT_BITS).astype(np.uint8).tobytes(),
        counts=(terms.packed & MAX_COUNT).astype(np.uint8).tobytes(),
    )
    return msgspec.msgpack.encode(saved)


def restore_rows(
    parts: Iterable[bytes], conversations: Conversations, indexes: Indexes
) -> Iterator[Message]:
    """Fill a memory without messages with the rows of all chunks.

    Return those whose speaker, specialist or files have an index. Raises `ValueError` if the
    chunks don't belong together.
    """
    decoder = msgspec.msgpack.Decoder(SavedRows)
    chunks = [decoder.decode(part) for part in parts]
    messages, lexical = conversations.messages, indexes.lexical
    for chunk in chunks:
        messages.by_row.extend(PackedMessages.read(chunk.raw, chunk.ends))
    messages.visible.load(bytes(len(messages)))
    messages.following.load(np.full(len(messages), NONE, np.int32).tobytes())
    for name in ("seqs", "at", "parent", "session"):
        getattr(messages, name).load(b"".join(getattr(chunk, name) for chunk in chunks))
    indexes.features.load(b"".join(chunk.features for chunk in chunks))
    lexical.lengths.load(b"".join(chunk.lengths for chunk in chunks))
    flags = np.frombuffer(b"".join(chunk.flags for chunk in chunks), np.uint8)
    indexes.own.load((flags & _OWN > 0).tobytes())
    columns = (messages.seqs, messages.at, messages.parent, messages.session, indexes.own)
    if any(len(each) != len(messages) for each in (*columns, indexes.features, lexical.lengths)):
        raise ValueError("the snapshot's columns differ in length")
    lexical.load(Postings.merge(_postings(chunk, place) for place, chunk in enumerate(chunks)))
    messages.load_keys(
        np.frombuffer(b"".join(chunk.ids for chunk in chunks), np.uint64),
        np.frombuffer(b"".join(chunk.turns for chunk in chunks), np.uint64),
    )
    _restore_trees(chunks, conversations)
    indexes.blank_rows.update(np.flatnonzero(flags & _BLANK).tolist())
    detailed = np.flatnonzero(flags & _HAS_DETAILS).tolist()
    for row in detailed:
        _index_details(row, conversations, indexes)
    return iter(messages.at_rows(detailed))


def capture_vectors(dense: DenseIndex, index: int) -> bytes:
    """Return a block of vectors as bytes: how many rows, which have one, and their numbers."""
    held = dense.has_vector.values[_span(index)]
    size = int(np.flatnonzero(held).max(initial=-1)) + 1
    codes = dense.block(index).first(size)
    return size.to_bytes(2, "little") + np.packbits(held[:size]).tobytes() + codes.tobytes()


def restore_vectors(blocks: Mapping[int, bytes], rows: int, dense: DenseIndex) -> None:
    """Fill `dense`, whose model is set, with blocks of vectors. Raises `ValueError`."""
    dense.has_vector.load(bytes(rows))
    for index, part in blocks.items():
        size = int.from_bytes(part[:2], "little")  # rows that came later have no vector yet
        first = 2 + -(-size // 8)
        held = np.unpackbits(np.frombuffer(part[2:first], np.uint8), count=size).astype(np.bool_)
        dense.has_vector.values[_span(index)][:size] = held
        codes = np.frombuffer(part, np.int8, offset=first).reshape(size, dense.dimension)
        dense.block(index).put(np.arange(size), codes)


def _terms_of(messages: Iterable[Message | None]) -> Postings:
    found: dict[str, list[int]] = {}
    for row, message in enumerate(messages):
        if message is not None:
            for term, posting, _ in postings_of(text_to_index(message), row):
                found.setdefault(term, []).append(posting)
    return Postings.of(found)


def _postings(chunk: SavedRows, place: int) -> Postings:
    rows = np.frombuffer(chunk.said_in, np.uint8).astype(np.uint32) + place * CHUNK_ROWS
    counts = np.frombuffer(chunk.counts, np.uint8)
    sizes = np.frombuffer(chunk.frequencies, np.uint16)
    packed = (rows << COUNT_BITS | counts).astype(np.uint32)
    return Postings(np.frombuffer(chunk.terms, np.uint64), sizes, packed)


def _flags(messages: Iterable[Message | None], own: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    flags = own * np.uint8(_OWN)
    for row, message in enumerate(messages):
        if message is not None:
            details = message.speaker is not None or message.expert is not None
            flags[row] |= _BLANK * is_blank(message)
            flags[row] |= _HAS_DETAILS * (details or bool(message.attachments))
    return flags


def _hashes(keys: Iterable[str | None]) -> bytes:
    return np.array([hash_of(key) for key in keys], np.uint64).tobytes()


def _restore_trees(chunks: Iterable[SavedRows], conversations: Conversations) -> None:
    first = 0
    for chunk in chunks:
        places = np.frombuffer(chunk.conversation_of, np.int16)
        for place, name in enumerate(chunk.conversations):
            tree = conversations.trees.setdefault(name, ConversationTree(name))
            tree.rows.extend((np.flatnonzero(places == place) + first).tolist())
        first += len(places)


def _index_details(row: int, conversations: Conversations, indexes: Indexes) -> None:
    message = conversations.messages.by_row[row]
    if message is None:
        return
    if message.speaker is not None:
        indexes.add_speaker(row, message.speaker)
    if message.expert is not None:
        conversations.messages.index_expert(row, message.expert)


def _span(chunk: int) -> slice:
    return slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS)
