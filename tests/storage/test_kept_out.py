"""Digests that keep out what was forgotten: known again by the key alone, after every restart."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import StoreUnavailable
from tau.journal.entries import EntriesForgotten, MessageAdded
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database
from tau.storage.sealing import SecretBox
from tests.people_rows import add_people

pytestmark = pytest.mark.anyio
KEY = bytes(range(32))


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    await add_people(database, "p", "ada", "bob")
    held = Store(database)
    yield held
    await held.close()


def said(name: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=name, conversation="c", by="person", text="words")


async def forgotten(store: Store, *names: str) -> Journal:
    journal = Journal(store, "p", KEY)
    await journal.append(*map(said, names))
    digests = tuple(map(journal.digest, names))
    targets = tuple(range(1, len(names) + 1))
    await journal.append(EntriesForgotten(at=2.0, targets=targets, kept_out=digests), erase=targets)
    return journal


@given(st.text(), st.text())
def test_a_digest_knows_its_text_and_no_other(one: str, other: str) -> None:
    one, other = (each.encode("utf-8", "replace").decode() for each in (one, other))
    box = SecretBox(KEY)
    assert box.digest(one) == SecretBox(KEY).digest(one)
    assert (box.digest(one) == box.digest(other)) == (one == other)
    assert len(box.digest(one)) == 16
    assert box.digest(one) != SecretBox(bytes(32)).digest(one)


async def test_what_was_kept_out_is_known_at_once(store: Store) -> None:
    journal = await forgotten(store, "a", "b")
    assert [journal.has_tombstone(name) for name in ("a", "b", "c", "")] == [
        True,
        True,
        False,
        False,
    ]


async def test_it_is_known_from_the_log(store: Store) -> None:
    await forgotten(store, "a")
    again = Journal(store, "p", KEY)
    assert not again.has_tombstone("a"), "nothing is known before the log was read"
    await again.catch_up()
    assert again.has_tombstone("a")


async def test_it_is_known_from_a_snapshot_alone(store: Store) -> None:
    journal = await forgotten(store, "a")
    assert await journal.save_snapshot({"part": b"x"}, journal.last)
    again = Journal(store, "p", KEY)
    assert await again.load_snapshot() == (journal.last, {"part": b"x"})
    assert again.has_tombstone("a")
    again.reset()
    assert not again.has_tombstone("a")
    await again.catch_up()
    assert again.has_tombstone("a")


async def test_it_is_known_after_the_key_was_changed(store: Store) -> None:
    await forgotten(store, "a")
    again = Journal(store, "p", bytes(32), earlier_keys=(KEY,))
    await again.catch_up()
    assert [again.has_tombstone(name) for name in ("a", "b")] == [True, False]


async def test_another_person_keeps_nothing_out(store: Store) -> None:
    await forgotten(store, "a")
    other = Journal(store, "q", bytes(32))
    await other.catch_up()
    assert not other.has_tombstone("a")


async def test_whoever_could_not_read_is_behind_until_it_has(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(store, "p", KEY)
    assert journal.is_stale
    await journal.append(said("a"))
    assert not journal.is_stale

    async def gone(*_: object) -> None:
        raise StoreUnavailable("The database went away.")

    with monkeypatch.context() as patch:
        patch.setattr(store, "read", gone)
        with pytest.raises(StoreUnavailable):
            await journal.catch_up()
    assert journal.is_stale
    await journal.append(said("b"))
    assert (journal.is_stale, journal.last) == (False, 2)
