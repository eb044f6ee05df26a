"""Guessing gets slower; nobody else does."""

import pytest

from tau.errors import NotSignedIn, StoreUnavailable, TooManyRequests
from tau.people.signin_throttle import SignInThrottle, ThrottlePolicy

from .conftest import Clock

NAME = ThrottlePolicy(free=3, leak_seconds=600, longest_wait_seconds=900)
TOTAL = ThrottlePolicy(free=20, leak_seconds=30, longest_wait_seconds=60)


@pytest.fixture
def attempts(clock: Clock) -> SignInThrottle:
    return SignInThrottle(clock, per_name=NAME, in_total=TOTAL, most_names=15)


def fail(attempts: SignInThrottle, name: str) -> None:
    with pytest.raises(NotSignedIn), attempts.attempt(name):
        raise NotSignedIn("No.")


def succeed(attempts: SignInThrottle, name: str) -> None:
    with attempts.attempt(name):
        pass


def wait_told(attempts: SignInThrottle, name: str) -> float:
    with pytest.raises(TooManyRequests) as refusal, attempts.attempt(name):
        pytest.fail("it was let through")
    return refusal.value.retry_after_seconds


def test_the_wait_doubles_with_every_failure(attempts: SignInThrottle, clock: Clock) -> None:
    for _ in range(2):
        fail(attempts, "ada")
    waits = []
    for _ in range(4):
        fail(attempts, "ada")
        waits.append(wait_told(attempts, "ada"))
        clock.pass_seconds(waits[-1])
    assert waits == pytest.approx([1, 2, 4, 8], rel=0.02)


def test_the_wait_has_an_end_and_refusals_do_not_prolong_it(clock: Clock) -> None:
    never_forgetting = ThrottlePolicy(free=3, leak_seconds=1e12, longest_wait_seconds=900)
    attempts = SignInThrottle(clock, per_name=never_forgetting, in_total=TOTAL)
    for _ in range(60):
        fail(attempts, "ada")
        clock.pass_seconds(900)
    fail(attempts, "ada")
    assert wait_told(attempts, "ada") == 900
    clock.pass_seconds(450)
    assert wait_told(attempts, "ada") == 450
    clock.pass_seconds(450)
    succeed(attempts, "ada")


def test_other_names_are_not_held_up(attempts: SignInThrottle) -> None:
    for _ in range(3):
        fail(attempts, "ada")
    wait_told(attempts, "ada")
    succeed(attempts, "grace")


def test_success_clears_the_name(attempts: SignInThrottle) -> None:
    for _ in range(10):
        fail(attempts, "ada")
        fail(attempts, "ada")
        succeed(attempts, "ada")
        attempts._total.level = 0
    assert len(attempts) == 0


def test_failures_are_forgotten_in_time(attempts: SignInThrottle, clock: Clock) -> None:
    for _ in range(3):
        fail(attempts, "ada")
    clock.pass_seconds(3 * NAME.leak_seconds)
    for _ in range(2):
        fail(attempts, "ada")
    succeed(attempts, "ada")


def test_many_at_once_get_no_more_guesses_than_one_by_one(attempts: SignInThrottle) -> None:
    begun = [attempts.attempt("ada") for _ in range(10)]
    entered = 0
    for attempt in begun:
        try:
            attempt.__enter__()
            entered += 1
        except TooManyRequests:
            pass
    assert entered == NAME.free


def test_a_failure_of_the_database_is_not_the_guessers(attempts: SignInThrottle) -> None:
    for _ in range(20):
        with pytest.raises(StoreUnavailable), attempts.attempt("ada"):
            raise StoreUnavailable("The database does not answer.")
    succeed(attempts, "ada")


def test_an_attempt_cut_off_stays_counted(attempts: SignInThrottle) -> None:
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt), attempts.attempt("ada"):
            raise KeyboardInterrupt
    wait_told(attempts, "ada")


def test_one_password_tried_on_many_names_is_slowed_in_total(attempts: SignInThrottle) -> None:
    for number in range(TOTAL.free):
        fail(attempts, f"name {number}")
    assert 0 < wait_told(attempts, "somebody new") <= TOTAL.longest_wait_seconds


def test_memory_is_bounded_and_the_worst_offenders_stay(
    attempts: SignInThrottle, clock: Clock
) -> None:
    fail(attempts, "ada")
    fail(attempts, "ada")
    fail(attempts, "ada")
    for number in range(50):
        clock.pass_seconds(TOTAL.longest_wait_seconds / 100)
        attempts._total.level = attempts._total.blocked_until = 0
        fail(attempts, f"name {number}")
    assert len(attempts) == 15
    attempts._total.blocked_until = 0
    clock.seconds -= 30  # within the wait of the first
    wait_told(attempts, "ada")


def test_what_has_leaked_out_makes_room_first(attempts: SignInThrottle, clock: Clock) -> None:
    for number in range(15):
        fail(attempts, f"name {number}")
    clock.pass_seconds(NAME.leak_seconds)
    fail(attempts, "new")
    assert len(attempts) == 1


def test_a_clock_set_back_forgives_nothing_and_blocks_nobody_for_long(
    attempts: SignInThrottle, clock: Clock
) -> None:
    for _ in range(3):
        fail(attempts, "ada")
    clock.pass_days(-30)
    assert wait_told(attempts, "ada") <= NAME.longest_wait_seconds


def test_names_are_not_kept(attempts: SignInThrottle) -> None:
    fail(attempts, "a secret typed in the wrong field \ud800")
    assert "secret" not in repr(attempts._names)
