"""The error tree is what its page says."""

import inspect
import re

from tau import errors


def test_the_tree_at_the_top_of_the_page_names_every_error_below_its_parent() -> None:
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"^([│├└─ ]*)([A-Z]\w+)(?:\s{2,}|$)", line):
            depth = len(found[1]) // 4
            path[depth:] = [found[2]]
            drawn[found[2]] = path[depth - 1] if depth else "Exception"
    real = {
        name: one.__base__.__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, Exception)
    }
    assert drawn == real


def test_too_many_says_when_to_come_back() -> None:
    assert errors.TooManyRequests("Slow down.", retry_after_seconds=5).retry_after_seconds == 5


def test_a_damaged_entry_names_itself() -> None:
    assert "Entry 7" in str(errors.DamagedEntry(7, "it is missing"))
