"""Tables in text: separators, columns, quotes, and rows that can't be used."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.studio.examples.reading import read_columns
from tests.studio.examples.files import read_all


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_and_cells_are_kept(separator: str) -> None:
    rows = [["id", "input", "output"], ["7", "A, b; c", "x"], ["8", 'Say "no"\nand go', "y"]]
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(rows)
    examples, problems = read_all("\ufeff" + written.getvalue(), instructions="Answer.")
    assert problems == []
    assert [(each.input, each.answer, each.line) for each in examples] == [
        ("A, b; c", "x", 2),
        ('Say "no"\nand go', "y", 3),
    ]
    assert examples[0].instructions == "Answer."
    assert examples[0].fields == {"id": "7", "input": "A, b; c", "output": "x"}


def test_columns_are_matched_by_name_in_any_case() -> None:
    examples, _ = read_all(
        "\nMessage,Queue\nHello,sales\n", input_column="message", output_column="queue"
    )
    assert [(each.input, each.answer) for each in examples] == [("Hello", "sales")]


def test_a_column_may_hold_the_instructions_of_each_row() -> None:
    examples, _ = read_all(
        "task,input,output\nAdd,2 + 2,4\n,Hello,Hi\n",
        instructions_column="Task",
        instructions="Talk",
    )
    assert [each.instructions for each in examples] == ["Add", "Talk"]
    with pytest.raises(BadInput, match="named 'style'"):
        read_all("task,input,output\na,b,c\n", instructions_column="style")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("message,queue", "named 'input'. The columns are: message, queue."),
        ("input,queue", "named 'output'. The columns are: input, queue."),
        ("input,input,output", "one column named 'input'"),
    ],
)
def test_an_unclear_column_is_asked_for_with_the_names_there_are(header: str, reason: str) -> None:
    with pytest.raises(BadInput) as raised:
        read_all(f"{header}\na,b\n")
    assert reason in str(raised.value)


def test_columns_without_a_name_or_with_that_of_another_are_no_fields() -> None:
    [found], problems = read_all("input,output,,note,note\na,b,c,d,e\n")
    assert found.fields == {"input": "a", "output": "b", "note": "d"}
    assert problems == []


def test_a_table_without_rows_has_no_examples() -> None:
    assert read_all("input,output\n\n , \n") == ([], [])
    with pytest.raises(BadInput, match="names of its columns"):
        read_all(" , \n\n")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("input;output;when", ("input", "output")),
        ("Notes, all;Text|x;Label|y", ("Text|x", "Label|y")),
        ("a\tinput\toutput, short", ("input", "output, short")),
    ],
)
def test_the_wanted_columns_decide_which_separator_it_is(
    header: str, columns: tuple[str, str]
) -> None:
    separator = "\t" if "\t" in header else ";"
    row = separator.join(["one", "two", "three"])
    [found], _ = read_all(f"{header}\n{row}\n", input_column=columns[0], output_column=columns[1])
    assert found.fields == dict(zip(header.split(separator), row.split(separator), strict=True))


def test_long_names_of_many_columns_are_shown_cut() -> None:
    header = ",".join(f"{place}{'x' * 100}" for place in range(50))
    with pytest.raises(BadInput) as raised:
        read_all(f"{header}\n{header}\n")
    assert len(str(raised.value)) < 1000


def test_the_input_cannot_be_the_output() -> None:
    with pytest.raises(BadInput):
        read_all("input\tb\nx\ty\n", output_column="input")


def test_the_columns_of_a_table_can_be_asked_for() -> None:
    assert read_columns("a.csv", io.BytesIO(b"\nWhat;Where; \n1;2;3")) == ("What", "Where", " ")
    assert read_columns("a.jsonl", io.BytesIO(b'{"messages": []}')) == ()


def test_a_bad_row_costs_only_itself() -> None:
    rows = [
        "input,output",
        'unclosed,"quote',
        "fine,1",
        "too,many,cells",
        ",no input",
        '"text" after,a quote',
        "no output",
        f"long,{'x' * 140_000}",
        'fine,"2"',
    ]
    examples, problems = read_all("\n".join(rows), "a.csv")
    assert [(each.line, each.answer) for each in examples] == [(3, "1"), (7, ""), (9, "2")]
    assert [each.line for each in problems] == [2, 4, 5, 6, 8]


def test_a_line_that_is_no_text_ends_a_quote_that_was_open() -> None:
    raw = b'input,output\n"a,b\nc,d\n\xff,e\nf,g\n'
    examples, problems = read_all(raw, "a.csv")
    assert [each.input for each in examples] == ["c", "f"]
    assert [each.line for each in problems] == [2, 4]


def test_many_open_quotes_do_not_make_reading_slow() -> None:
    lines_read = 20_000
    _, problems = read_all("input,output\n" + 'x,"y\n' * lines_read, "a.csv")
    assert 100 <= len(problems) < lines_read


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            st.text("ab,;\"'\n\t é"),
        ),
        min_size=1,
    )
)
def test_a_table_that_was_written_is_read_without_loss(rows: list[tuple[str, str]]) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("input", "output"), *rows])
    examples, problems = read_all(written.getvalue(), "a.csv")
    expected = [row for row in rows if row[0].strip()]
    assert [(each.input, each.answer) for each in examples] == expected
    empty = [row for row in rows if row[1].strip() and not row[0].strip()]
    assert len(problems) == len(empty)
