"""Tables and paragraphs: whole in a pipe, folded where the window is narrow, never dangerous."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tau.cli import terminal
from tau.cli.terminal import (
    console,
    format_size,
    format_time,
    print_indented,
    print_rows,
    shorten,
    strip_control,
)

_FIELDS = st.text(alphabet="ab 住上é🦆\x1b\x07\n\t", max_size=30)
_TABLES = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.tuples(*[_FIELDS] * columns), min_size=1, max_size=4)
)
HEADS = ("id", "when", "how many", "from", "what")


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(terminal, "_is_terminal", lambda stderr: True)
    return monkeypatch


def words_of(rows: list[tuple[str, ...]]) -> list[str]:
    return [word for row in rows for field in row for word in strip_control(field).split()]


@given(_TABLES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pipe_gets_every_field_on_one_line(
    capsys: pytest.CaptureFixture[str], rows: list[tuple[str, ...]]
) -> None:
    capsys.readouterr()
    print_rows(HEADS[: len(rows[0])], rows)
    lines = capsys.readouterr().out.split("\n")[:-1]
    assert [len(line.split("\t")) for line in lines] == [len(row) for row in rows]
    assert " ".join(lines).split() == words_of(rows)


@given(_TABLES, st.integers(16, 120))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_a_window_no_control_character_is_printed_and_ids_are_whole(
    capsys: pytest.CaptureFixture[str],
    window: pytest.MonkeyPatch,
    rows: list[tuple[str, ...]],
    columns: int,
) -> None:
    window.setenv("COLUMNS", str(columns))
    capsys.readouterr()
    print_rows(HEADS[: len(rows[0])], rows)
    told = capsys.readouterr().out
    assert not any(sign in told for sign in "\x1b\x07\t")
    if len(rows[0]) > 1:
        assert all(word in told.split() for row in rows for word in strip_control(row[0]).split())


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (60, ["id    when        what", "ab12  1970-01-21  住在上海的一条街上，有一只猫"]),
        (34, ["id    when        what", "ab12  1970-01-21  住在上海的一条…"]),
        (24, ["ab12  1970-01-21", "  住在上海的一条街上，有", "  一只猫"]),
        (12, ["id    ab12", "when  1970-01-21", "what  住在上海的一条街上，有一只猫"]),
    ],
)
def test_a_table_becomes_lines_as_the_window_shrinks(
    capsys: pytest.CaptureFixture[str],
    window: pytest.MonkeyPatch,
    columns: int,
    expected: list[str],
) -> None:
    window.setenv("COLUMNS", str(columns))
    print_rows(("id", "when", "what"), [("ab12", "1970-01-21", "住在上海的一条街上，有一只猫")])
    assert capsys.readouterr().out.splitlines() == expected


def test_a_short_last_field_does_not_fold_a_table(
    capsys: pytest.CaptureFixture[str], window: pytest.MonkeyPatch
) -> None:
    window.setenv("COLUMNS", "20")
    print_rows(("name", "in", "out"), [("one", "1", "2")])
    assert capsys.readouterr().out.splitlines() == ["name  in  out", "one   1   2"]


@given(st.text(alphabet="ab 住在上海", max_size=200), st.integers(20, 80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_indented_text_stays_in_and_whole(
    capsys: pytest.CaptureFixture[str], window: pytest.MonkeyPatch, text: str, columns: int
) -> None:
    text = " ".join(text.split())
    window.setenv("COLUMNS", str(columns))
    capsys.readouterr()
    print_indented(console(), text)
    lines = capsys.readouterr().out.splitlines()
    assert all(
        line.startswith("  ") and cell_len(line) <= columns for line in lines if line.strip()
    )
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_markup_in_what_people_said_is_text(
    capsys: pytest.CaptureFixture[str], window: pytest.MonkeyPatch
) -> None:
    window.setenv("COLUMNS", "40")
    print_indented(console(), "[bold]not bold[/bold] [/] :smile:")
    print_rows(("id", "what"), [("[red]", "[link=x]y[/link]")])
    told = capsys.readouterr().out
    assert "[bold]not bold[/bold] [/] :smile:" in told
    assert "[red]  [link=x]y[/link]" in told


def test_a_pipe_gets_an_indented_text_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_indented(console(), "word " * 60)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (426_000, "426 kB"),
        (1_000_000, "1 MB"), (192_000_000, "192 MB"), (2_500_000_000, "2.5 GB"),
    ],
)  # fmt: skip
def test_sizes_are_said_as_people_do(count: int, told: str) -> None:
    assert format_size(count) == told


def test_times_and_first_words() -> None:
    assert format_time(None) == ""
    assert len(format_time(0.0)) == len("1970-01-01 00:00")
    assert shorten("a\n b\x1b  c") == "a b c"
    assert shorten("word " * 30) == ("word " * 14) + "w…"
