"""Files of examples, made in memory."""

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from tau.studio.examples.example import Example, ExampleMessage, Problem
from tau.studio.examples.read_context import ReadOptions
from tau.studio.examples.reading import read_examples

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_WORKBOOK_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_DOCUMENT}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/>'
    '<xf numFmtId="46"/></cellXfs></styleSheet>',
}


def chat_line(asked: str = "Hello", answer: str = "Hi", **others: Any) -> str:
    """A line of a file in OpenAI's shape."""
    messages = [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": answer},
    ]
    return json.dumps({"messages": messages, **others}, ensure_ascii=False)


def example(asked: str, answer: str, *, id: str = "", **others: Any) -> Example:  # noqa: A002
    """An example of one task."""
    messages = (
        ExampleMessage("system", "Answer."),
        ExampleMessage("user", asked),
        ExampleMessage("assistant", answer),
    )
    return Example(id=id or f"{asked}|{answer}", messages=messages, **others)


def read_all(
    content: str | bytes, name: str = "examples", **options: Any
) -> tuple[list[Example], list[Problem]]:
    """Read a file: its examples and its problems."""
    raw = content.encode() if isinstance(content, str) else content
    items = list(read_examples(name, io.BytesIO(raw), ReadOptions(**options)).items)
    return (
        [item for item in items if isinstance(item, Example)],
        [item for item in items if isinstance(item, Problem)],
    )


def workbook(sheets: dict[str, str]) -> bytes:
    """An .xlsx file with the rows of these sheets, as its XML has them."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"/>' for at, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="s{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="t" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    parts = {
        **_WORKBOOK_PARTS,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{related}{styles}</Relationships>",
    }
    for at, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    return archive(parts.items())


def archive(parts: Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts:
            zipped.writestr(name, content)
    return file.getvalue()


def text_cell(at: str, text: str) -> str:
    """A cell with text."""
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
