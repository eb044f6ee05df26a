"""Markdown in the terminal: nothing that was said is lost, and no line is too wide."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tau.cli.markdown import render, start_of_last_block


def screen(width: int = 40, *, colours: bool = False) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=colours)


def shown(markup: str, width: int = 40) -> list[str]:
    return [line.text for line in render(screen(width), markup)]


def test_what_looks_like_html_is_not_lost() -> None:
    assert shown("Use List<int> and <b>this</b>.") == ["Use List<int> and <b>this</b>."]


def test_the_lines_of_a_poem_stay_lines() -> None:
    assert shown("roses are red\nviolets are blue") == ["roses are red", "violets are blue"]


def test_lists_keep_their_numbers() -> None:
    assert shown("9. nine\n10. ten") == ["  9. nine", " 10. ten"]


def test_headings_stand_at_the_left_without_a_box() -> None:
    assert shown("# Title\n\nwords") == ["Title", "", "words"]


def test_code_keeps_its_indentation_and_has_no_trailing_blanks() -> None:
    assert shown("```python\ndef f():\n    return 1\n```") == ["  def f():", "      return 1"]


def test_escape_sequences_of_a_model_do_not_reach_the_terminal() -> None:
    (line,) = shown("plain \x1b[31mred\x1b]0;title\x07 words\x9b5m")
    assert "\x1b" not in line
    assert "\x07" not in line
    assert "\x9b" not in line


@pytest.mark.parametrize("width", [20, 41, 79])
def test_wide_characters_fit(width: int) -> None:
    lines = render(screen(width), "你好，这是一个很长的中文段落。" * 12)
    assert all(line.cells == cell_len(line.text) <= width for line in lines)
    assert "".join(line.text for line in lines) == "你好，这是一个很长的中文段落。" * 12


def test_cells_do_not_count_colours() -> None:
    for line in render(screen(colours=True), "some **bold** and `code`"):
        assert line.cells == len(Text.from_ansi(line.text).plain)


def test_long_lines_stay_readable_on_a_wide_window() -> None:
    assert max(line.cells for line in render(screen(300), "word " * 200)) <= 100


@pytest.mark.parametrize(
    ("markup", "finished"),
    [
        ("one paragraph\nstill the same", ""),
        ("one\n\ntwo", "one\n\n"),
        ("- a\n- b\n\nafter", "- a\n- b\n\n"),
        ("- a\n\n  still in a", ""),
        ("```\ncode\n\nmore\n", ""),
        ("before\n\n```\ncode\n", "before\n\n"),
        ("| a |\n|---|\n| 1 |", ""),
        ("", ""),
    ],
)
def test_what_can_still_change_is_not_finished(markup: str, finished: str) -> None:
    assert markup[: start_of_last_block(markup)] == finished


@given(
    st.lists(
        st.sampled_from(
            ["word ", "\n", "\n\n", "- ", "1. ", "```\n", "# ", "> ", "你好", "**", "\u2028"]
        ),
        max_size=40,
    )
)
def test_rendering_never_fails_and_finished_parts_only_grow(parts: list[str]) -> None:
    markup = "".join(parts)
    render(screen(), markup)
    assert 0 <= start_of_last_block(markup) <= len(markup)
