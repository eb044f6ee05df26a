"""Shares of an alias: who gets which model, and that a caller keeps it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.models.caller import Caller
from tau.models.shares import check_shares, order_for

CALLERS = [Caller(f"person-{number}") for number in range(2000)]
SHARES = st.dictionaries(st.sampled_from("abc"), st.integers(1, 33))
CALLER = st.builds(Caller, st.text(max_size=5), st.text(max_size=5))


def leads(shares: dict[str, int], caller: Caller, alias: str = "desk") -> str:
    return order_for(alias, ["a", "b", "c", "d"], shares, caller)[0]


@given(SHARES, CALLER)
def test_every_model_is_asked_once_and_trials_come_last(
    shares: dict[str, int], caller: Caller
) -> None:
    names = ["a", "b", "c", "d"]
    order = order_for("desk", names, shares, caller)
    assert sorted(order) == names
    assert order == order_for("desk", names, shares, caller)  # sticky
    rest = order[1:] if order[0] in shares else order
    assert rest == sorted(rest, key=lambda each: (each in shares, each))


@given(CALLER, st.integers(1, 98), st.integers(1, 98))
def test_a_share_that_grows_only_wins_callers(caller: Caller, one: int, other: int) -> None:
    small, large = sorted((one, other))
    if leads({"a": small}, caller) == "a":
        assert leads({"a": large}, caller) == "a"


def test_shares_are_what_they_say() -> None:
    counts = Counter(leads({"a": 10, "b": 30}, caller) for caller in CALLERS)
    assert counts["c"] + counts["a"] + counts["b"] == len(CALLERS)
    assert counts["a"] / len(CALLERS) == pytest.approx(0.10, abs=0.03)
    assert counts["b"] / len(CALLERS) == pytest.approx(0.30, abs=0.04)


def test_a_key_of_its_own_is_a_caller_of_its_own_and_aliases_differ() -> None:
    keys = {leads({"a": 50}, Caller("ada", f"key-{number}")) for number in range(50)}
    assert keys == {"a", "b"}
    for caller in CALLERS[:20]:  # their devices have no key: all get the same
        assert leads({"a": 50}, caller) == leads({"a": 50}, Caller(caller.person, ""))
    both = [leads({"a": 50}, each) == leads({"a": 50}, each, "other") for each in CALLERS[:200]]
    assert 50 < sum(both) < 150


def test_work_in_the_background_is_never_a_trial() -> None:
    assert leads({"a": 99}, Caller()) == "b"


@pytest.mark.parametrize(
    "shares", [{"x": 10}, {"a": 0}, {"a": 100}, {"a": 60, "b": 40}, {"a": 10, "b": 10}]
)
def test_shares_that_leave_callers_without_a_model_are_refused(shares: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        check_shares(["a", "b"], shares)
