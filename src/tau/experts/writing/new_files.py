"""Word files of documents that began in Tau, with the changes of their review tracked."""

import msgspec

from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.docx_in import paragraph_id
from tau.experts.writing.docx_new import new_docx
from tau.experts.writing.docx_out import revise_docx
from tau.experts.writing.inline_markdown import parse_inline
from tau.experts.writing.review import Review


def track_new_document(
    review: Review, shown: TextDocument, *, author: str, date: str, paper: str = "a4"
) -> bytes:
    """Return a new Word file: the text before the edits, and `shown` in tracked changes.

    A change of a table isn't tracked: its cells have the new text.
    """
    before = shown
    for block, text in review.base.items():
        found = shown.find(block)
        if found is not None and found.kind != "table":
            before = before.replace(block, text)
    original = new_docx(before, paper="letter" if paper == "letter" else "a4")
    blocks = [block for block in _paragraphs(shown) if block.text]
    return revise_docx(original, TextDocument(tuple(blocks), plain=True), author=author, date=date)


def _paragraphs(document: TextDocument) -> list[Block]:
    """Return the paragraphs of the Word file that a document becomes, as their texts are there."""
    found: list[Block] = []
    number = 0
    for block in document.blocks:
        texts = _cells(block.text) if block.kind == "table" else [block.text]
        is_plain = document.plain or block.kind == "code"
        for text in texts:
            number += 1
            shown = text if is_plain else "".join(span.text for span in parse_inline(text))
            found.append(msgspec.structs.replace(block, id=paragraph_id(number), text=shown))
        number += block.kind == "table"  # the empty paragraph that follows each table
    return found


def _cells(table: str) -> list[str]:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.split("\n")
    ]
    is_ruled = len(rows) > 1 and all(cell and set(cell) <= set("-: ") for cell in rows[1])
    shown = [row for place, row in enumerate(rows) if not (is_ruled and place == 1)]
    columns = max(map(len, shown))
    return [cell for row in shown for cell in row + [""] * (columns - len(row))]
