"""What of a text can be recognised in another one."""

import pytest

from tau.memory.repetition import can_identify, is_unspaced, phrases, single_line


def test_phrases_are_runs_of_words_that_say_something() -> None:
    assert phrases("The old red boat of my aunt") == {
        ("old", "red", "boat"),
        ("red", "boat", "aunt"),
    }
    assert phrases("too short") == set()
    assert phrases("我的红色小船很旧") == {("我的红色小船",), ("的红色小船很",), ("红色小船很旧",)}


@pytest.mark.parametrize(("term", "may"), [("porto", True), ("hous", False), ("x", False),
                                           ("榛子", True), ("的人", False)])  # fmt: skip
def test_everyday_words_and_grammar_identify_nothing(term: str, may: bool) -> None:
    assert can_identify(term) is may


def test_a_line_has_single_spaces() -> None:
    assert single_line(" a\n  b\tc ") == "a b c"
    assert is_unspaced("船")
    assert not is_unspaced("boat")
