"""Spreadsheets: cells as text, sheets by name, and files made to harm."""

import io
import struct
import sys
import zipfile
from collections.abc import Callable

import pytest

from tau.documents import reading_process
from tau.documents.child import sheet_rows
from tau.errors import BadInput
from tau.studio.examples import spreadsheet
from tau.studio.examples.example import Example
from tau.studio.examples.reading import read_columns, read_examples
from tests.studio.examples.files import archive, read_all, text_cell, workbook

HEADER = f'<row r="1">{text_cell("A1", "input")}{text_cell("B1", "output")}</row>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def number_cell(at: str, value: str, style: int = 0) -> str:
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>'


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("12", 0, "12"),
        ("0.30000000000000004", 0, "0.3"),
        ("4915112345678", 0, "4915112345678"),
        ("45987", 1, "2025-11-26"),
        ("45987.75", 2, "2025-11-26 18:00"),
        ("0.5", 3, "12:00"),
        ("1.25", 4, "30:00:00"),
    ],
)
def test_numbers_and_dates_become_text(value: str, style: int, text: str) -> None:
    rows = HEADER + row(2, text_cell("A2", "When?"), number_cell("B2", value, style))
    [found], _ = read_all(workbook({"One": rows}))
    assert found.answer == text


def test_rows_have_the_numbers_that_the_sheet_shows() -> None:
    header = row(3, text_cell("B3", "input"), text_cell("C3", "output"))
    rows = (
        header + row(5, text_cell("B5", "a"), text_cell("C5", "b")) + row(6, text_cell("B6", "c"))
    )
    examples, problems = read_all(workbook({"One": rows}))
    assert [(each.line, each.input, each.answer) for each in examples] == [
        (5, "a", "b"),
        (6, "c", ""),
    ]
    assert problems == []


def test_a_sheet_is_chosen_by_name() -> None:
    other = row(1, text_cell("A1", "x"), text_cell("B1", "y"))
    book = workbook({"Notes": other, "训练": HEADER + row(2, text_cell("A2", "q"))})
    examples, _ = read_all(book, sheet="训练")
    assert [each.input for each in examples] == ["q"]
    assert read_columns("a.xlsx", io.BytesIO(book)) == ("x", "y")
    with pytest.raises(BadInput, match="The sheets are: Notes, 训练"):
        read_all(book, sheet="Other")


def test_a_row_that_is_too_long_is_a_problem() -> None:
    long = row(2, *(text_cell(f"{column}2", "x" * 400_000) for column in "ABC"))
    book = workbook({"One": HEADER + long + row(3, text_cell("A3", "fine"))})
    examples, [problem] = read_all(book)
    assert ([each.line for each in examples], problem.line) == ([3], 2)


def test_a_sheet_of_libreoffice_is_read() -> None:
    urn = "urn:oasis:names:tc:opendocument:xmlns"

    def ods_row(*texts: str) -> str:
        text = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        cells = "".join(map(text.format, texts))
        return f"<table:table-row>{cells}</table:table-row>"

    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet><table:table '
        f'table:name="One">{ods_row("input", "output")}{ods_row("Où ?", "là")}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    book = archive(
        [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", f'<m:manifest xmlns:m="{urn}:manifest:1.0"/>'),
            ("content.xml", content),
        ]
    )
    [found], problems = read_all(book)
    assert (found.input, found.answer, found.line, problems) == ("Où ?", "là", 2, [])


def test_errors_and_truth_values_of_cells_become_text() -> None:
    truth = '<c r="B2" t="b"><v>1</v></c>'
    error = '<c r="B3" t="e"><v>#N/A</v></c>'
    rows = row(2, text_cell("A2", "a"), truth) + row(3, text_cell("A3", "b"), error)
    examples, _ = read_all(workbook({"One": HEADER + rows}))
    assert [each.answer for each in examples] == ["TRUE", ""]


# Made when they're tested: some take seconds, which every worker would spend on collecting them.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "cell in the last corner": lambda: workbook(
        {"One": HEADER + row(1_048_576, text_cell("XFD1048576", "x"))}
    ),
    "many rows": lambda: workbook({"One": HEADER + row(1_048_576, text_cell("ZZ1048576", "x"))}),
    "declared size": lambda: archive([("xl/worksheets/sheet1.xml", b"\0" * (600 << 20))]),
    "many parts": lambda: archive((f"{at}", b"") for at in range(70_000)),
    "not a spreadsheet": lambda: archive([("a.txt", "hello")]),
    "cut": lambda: workbook({"One": HEADER})[:-40],
    "noise": lambda: b"PK\x03\x04" + bytes(range(256)) * 10,
    "old format, noise": lambda: b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 10,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused(make: Callable[[], bytes]) -> None:
    content = make()
    with pytest.raises(BadInput, match="The spreadsheet"):
        read_all(content, "a.xlsx")


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = workbook({"One": HEADER + "<!--" + "a" * (5 << 20) + "-->"})
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        size = archived.getinfo("xl/worksheets/sheet1.xml").file_size
    declared = struct.pack("<I", size)
    assert content.count(declared) == 2  # beside the part, and in the directory
    with pytest.raises(BadInput, match="The spreadsheet"):
        read_all(content.replace(declared, struct.pack("<I", 10)))


def test_the_program_ends_when_nobody_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = reading_process._start
    monkeypatch.setattr(
        reading_process, "_start", lambda *given: started.append(start(*given)) or started[-1]
    )
    rows = [row(at, text_cell(f"A{at}", "x" * 1000)) for at in range(2, 3000)]
    file = io.BytesIO(workbook({"One": HEADER + "".join(rows)}))
    items = read_examples("a.xlsx", file).items
    assert isinstance(next(items), Example)
    items.close()  # type: ignore[attr-defined]
    assert [each.poll() for each in started] == [-9]


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    [output] = sheet_rows._output(b"", "")
    assert "pip install 'tau-companion[studio]'" in spreadsheet._REASONS[output["error"]]
