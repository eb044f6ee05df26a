"""Word files of documents that began in Tau, clean or with the changes of their review tracked."""

import msgspec

from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.docx_in import paragraph_id
from tau.experts.writing.docx_looks import ParagraphLook
from tau.experts.writing.docx_new import Paper, new_docx, table_rows
from tau.experts.writing.docx_out import revise_docx
from tau.experts.writing.inline_markdown import parse_inline
from tau.experts.writing.review import Review


class PageForm(msgspec.Struct, frozen=True):
    """What a new Word file has besides its text: paper, language, and looks of blocks by id."""

    paper: Paper = "a4"
    language: str = "en-US"
    looks: dict[str, ParagraphLook] = {}


def write_new_document(document: TextDocument, form: PageForm) -> bytes:
    """Return a new Word file."""
    return new_docx(document, paper=form.paper, language=form.language, looks=form.looks)


def track_new_document(
    review: Review, shown: TextDocument, form: PageForm, *, author: str, date: str
) -> bytes:
    """Return a new Word file: the text before the edits, and `shown` in tracked changes.

    A change of a table isn't tracked: its cells have the new text.
    """
    before = shown
    for block, text in review.base.items():
        found = shown.find(block)
        if found is not None and found.kind != "table":
            before = before.replace(block, text)
    original = write_new_document(before, form)
    blocks = [block for block in _paragraphs(shown) if block.text]
    return revise_docx(original, TextDocument(tuple(blocks), plain=True), author=author, date=date)


def _paragraphs(document: TextDocument) -> list[Block]:
    """Return the paragraphs of the Word file that a document becomes, as their texts are there."""
    found: list[Block] = []
    number = 0
    for block in document.blocks:
        texts = [block.text]
        if block.kind == "table":
            texts = [cell for row in table_rows(block.text)[0] for cell in row]
        is_plain = document.plain or block.kind == "code"
        for text in texts:
            number += 1
            shown = text if is_plain else "".join(span.text for span in parse_inline(text))
            found.append(msgspec.structs.replace(block, id=paragraph_id(number), text=shown))
        number += block.kind == "table"  # the empty paragraph that follows each table
    return found
