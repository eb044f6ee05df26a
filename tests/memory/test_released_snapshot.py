"""Snapshots of Tau 0.1 are read: messages, threads, words, vectors and everything else."""

import sys
import zlib
from array import array

import msgspec
import numpy as np
import pytest

from tau.facts import Facts
from tau.journal.entries import Claim, ClaimLearned, EntriesForgotten, MessageAdded, Record
from tau.memory import Memory
from tau.memory.saving import capture, revisions
from tau.memory.snapshot import SnapshotEncoder
from tau.text.tokenization import terms

WORDS = ("My sister lives in Porto", "Ana says hi", "", "the secret", "A reply about Porto")


def memory() -> Memory:
    made = Memory()
    for number, text in enumerate(WORDS):
        said = MessageAdded(
            at=float(number),
            id=f"m{number}",
            conversation=f"c{number % 2}",
            by="tau" if number == 4 else "person",
            text=text,
            speaker="Ana" if number == 1 else None,
            parent=f"m{number - 2}" if number > 1 else None,
            turn=f"t{number // 2}",
            expert="writing" if number == 2 else None,
        )
        made.apply(Record(number + 1, 0.0, said, b""))
    claim = ClaimLearned(
        at=1.0, id="f", claim=Claim(topic="family", text="Sister in Porto"), sources=("m0",)
    )
    made.apply(Record(6, 0.0, claim, b""))
    made.apply(Record(7, 0.0, EntriesForgotten(at=0.0, targets=(4,)), b""))
    made.add_vectors("m", ["m0", "m1", "m4"], np.eye(3, 4, dtype=np.float32))
    made.add_vectors("newer", ["m0"], np.eye(1, 5, dtype=np.float32))
    return made


def released(made: Memory) -> dict[str, bytes]:
    """Return what version 4 wrote for this memory."""
    messages, indexes = made.messages, made._indexes
    rows = [list(messages.by_row)[row] for row in range(len(messages))]
    postings: dict[str, array[int]] = {}
    for row, message in enumerate(rows):
        if message is not None:
            text = f"{message.speaker}: {message.text}" if message.speaker else message.text
            for term, count in terms(text).items():
                postings.setdefault(term, array("I")).append(row << 8 | count)
    parts = {
        "seqs": messages.seqs.dump(),
        "at": messages.at.dump(),
        "parent": messages.parent.dump(),
        "following": messages.following.dump(),
        "visible": messages.visible.dump(),
        "sitting": messages.session.dump(),
        "messages.0": msgspec.msgpack.encode(rows),
        "traits": indexes.features.dump(),
        "lengths": indexes.lexical.lengths.dump(),
        "terms": "\n".join(postings).encode(),
        "frequencies": array("I", map(len, postings.values())).tobytes(),
        "postings": b"".join(each.tobytes() for each in postings.values()),
        "facts": msgspec.msgpack.encode(made.facts.kept()),
        "imports": msgspec.msgpack.encode([]),
        "artifacts": msgspec.msgpack.encode(([], [])),
        "embedded": np.packbits([True, True, False, False, True]).tobytes(),
        "vectors.0": np.eye(3, 4)[[0, 1, 1, 1, 2]].astype(np.float16).tobytes(),
        "successor.embedded": np.packbits([True, False, False, False, False]).tobytes(),
        "successor.vectors.0": np.eye(5, 5).astype(np.float16).tobytes(),
    }
    trees = made.conversations.trees.values()
    meta = {
        "version": 4,
        "byteorder": sys.byteorder,
        "last": made.last,
        "rows": len(rows),
        "sittings": messages.session_count,
        "texts": indexes.lexical.texts,
        "total": indexes.lexical.total,
        "model": "m",
        "dimension": 4,
        "blocks": [True],
        "branches": [[tree.id, tree.shown, tree.rows.tobytes(), tree.changes] for tree in trees],
        "checks": {name: (len(part), zlib.crc32(part)) for name, part in parts.items()},
        "successor": {"model": "newer", "dimension": 5, "blocks": [True]},
    }
    encoded = msgspec.msgpack.encode(meta)
    parts["meta"] = zlib.crc32(encoded).to_bytes(4, "little") + encoded
    return parts


def test_it_comes_back_whole() -> None:
    made = memory()
    again = Memory.restore(released(made))
    assert again.dump() == made.dump()
    assert again.messages.of_experts == made.messages.of_experts == {"writing": {2}}
    for query in ("where does my sister live", "what did Ana say", "secret"):
        vector = np.array([0, 0, 1, 0], np.float32)
        assert again.search(query, vector=vector) == made.search(query, vector=vector)
    assert again.facts.all() == made.facts.all()
    assert isinstance(again.facts, Facts)


def test_the_next_save_writes_all_of_it_in_the_present_form() -> None:
    parts = released(memory())
    again, encoder = Memory.restore(parts), SnapshotEncoder()
    encoder.restored(revisions(again), parts)
    encoded = encoder.encode(capture(again, encoder.revisions))
    assert encoded.unchanged == frozenset()
    assert Memory.restore(encoded.parts).dump() == again.dump()


def test_a_damaged_one_is_noticed() -> None:
    parts = released(memory())
    for name, part in parts.items():
        for damaged in (part[:-1], part + b"x"):
            with pytest.raises(ValueError, match="snapshot"):
                Memory.restore({**parts, name: damaged})
        with pytest.raises(ValueError, match="snapshot"):
            Memory.restore({other: p for other, p in parts.items() if other != name})
