"""What was opened a moment ago."""

import pytest

from tau.people.token_cache import TokenCache
from tau.people.types import Person, Slot, Unlocked

from .conftest import Clock


def unlocked(person: str = "p", slot: str = "s", expires_at: float | None = None) -> Unlocked:
    return Unlocked(
        Person(person, person, owner=False, created_at=0.0),
        Slot(slot, "session", "", 0.0, expires_at),
        b"k" * 32,
    )


@pytest.fixture
def unlocks(clock: Clock) -> TokenCache:
    return TokenCache(clock, seconds=10, most=3)


def test_it_is_known_for_its_time_only(unlocks: TokenCache, clock: Clock) -> None:
    unlocks.put("token", unlocked(), generation=unlocks.generation)
    clock.pass_seconds(9.9)
    assert unlocks.get("token") == unlocked()
    assert unlocks.get("another") is None
    clock.pass_seconds(0.1)
    assert unlocks.get("token") is None


def test_it_never_outlives_its_slot(unlocks: TokenCache, clock: Clock) -> None:
    unlocks.put("token", unlocked(expires_at=clock() + 2), generation=unlocks.generation)
    clock.pass_seconds(2)
    assert unlocks.get("token") is None


def test_a_clock_set_back_does_not_prolong_it(unlocks: TokenCache, clock: Clock) -> None:
    unlocks.put("token", unlocked(), generation=unlocks.generation)
    clock.pass_seconds(-1)
    assert unlocks.get("token") is None


def test_what_was_read_before_a_drop_is_not_kept_after_it(unlocks: TokenCache) -> None:
    generation = unlocks.generation
    unlocks.invalidate_slot("s")
    unlocks.put("token", unlocked(), generation=generation)
    assert unlocks.get("token") is None


def test_a_slot_or_a_person_is_dropped_and_nobody_else(unlocks: TokenCache) -> None:
    for token, one in {
        "1": unlocked("p", "s1"),
        "2": unlocked("p", "s2"),
        "3": unlocked("q", "s3"),
    }.items():
        unlocks.put(token, one, generation=unlocks.generation)
    unlocks.invalidate_slot("s1")
    assert [bool(unlocks.get(token)) for token in "123"] == [False, True, True]
    unlocks.invalidate_person("p")
    assert [bool(unlocks.get(token)) for token in "123"] == [False, False, True]


def test_it_is_bounded_and_the_oldest_goes_first(unlocks: TokenCache) -> None:
    for number in range(5):
        unlocks.put(str(number), unlocked(), generation=unlocks.generation)
    assert len(unlocks) == 3
    assert [bool(unlocks.get(str(number))) for number in range(5)] == [False] * 2 + [True] * 3


def test_the_token_itself_is_not_kept(unlocks: TokenCache) -> None:
    unlocks.put("the token itself", unlocked(), generation=unlocks.generation)
    assert b"the token itself" not in b"".join(unlocks._tokens)
    assert "kkk" not in repr(unlocks._tokens)
