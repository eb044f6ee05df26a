"""Shares of an alias as they're typed."""

import pytest

from tau.cli.alias_shares import parse_shares
from tau.errors import BadInput


def test_words_of_the_command_line() -> None:
    assert parse_shares(["ft:base:tau::1=10", "b"]) == (
        ["ft:base:tau::1", "b"],
        {"ft:base:tau::1": 10},
    )
    for bad in ("a=", "a=ten", "a=-1", "a=1.5", "a=¹"):
        with pytest.raises(BadInput):
            parse_shares([bad, "b"])
