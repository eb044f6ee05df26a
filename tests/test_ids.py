"""Identifiers are short, safe in an address and on a command line, and never the same."""

import re

from tau.ids import derived_id, new_id


def test_identifiers_are_safe_and_differ() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{15}", each) for each in ids)


def test_a_derived_identifier_is_the_same_for_the_same_and_differs_for_others() -> None:
    assert derived_id("chatgpt", "c", "m") == derived_id("chatgpt", "c", "m")
    others = {derived_id("ab", "c"), derived_id("a", "bc"), derived_id("abc"), derived_id()}
    assert len(others) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", each) for each in others)
