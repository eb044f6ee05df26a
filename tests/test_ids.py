"""Identifiers are short, safe in an address, and never the same."""

import re

from tau.ids import new_id


def test_identifiers_are_safe_and_differ() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", each) for each in ids)
