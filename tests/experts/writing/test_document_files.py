"""Files of documents: only what changed differs, in every format."""

import pytest

from tau.errors import BadInput
from tau.experts.writing.document_files import (
    convert_document,
    mark_changes,
    read_document,
    write_document,
)
from tau.experts.writing.docx_in import read_docx

SOURCE = "Offer\n=====\n\n*  one\n*  two words\n\n\n\nDear Ana,\nwe  pay.\n"


def test_markdown_keeps_the_form_that_its_author_gave_it() -> None:
    file = read_document("offer.md", SOURCE.encode())
    assert write_document(file, file.document).decode() == SOURCE
    (block,) = [one for one in file.document.blocks if one.text == "two words"]
    changed = file.document.replace(block.id, "two other words")
    assert write_document(file, changed).decode() == SOURCE.replace("two words", "two other words")
    marked = write_document(file, changed, author="Tau").decode()
    assert marked == SOURCE.replace("two words", "two {++other ++}words")


def test_text_has_marks_that_show_what_was_there() -> None:
    assert mark_changes("Pay the rent now", "Pay all rent") == "Pay {~~the~>all~~} rent{-- now--}"
    file = read_document("a.txt", b"one\r\n\r\ntwo")
    assert write_document(file, file.document.replace("b2", "2")).decode() == "one\n\n2"


def test_a_document_becomes_a_file_of_another_format() -> None:
    document = read_document("offer.md", b"# Offer\n\nDear **Ana**\n").document
    assert convert_document(document, "md") == b"# Offer\n\nDear **Ana**\n"
    assert convert_document(document, "txt").startswith(b"Offer\n\nDear")
    blocks = read_docx(convert_document(document, "docx", paper="letter")).document.blocks
    assert [block.text for block in blocks] == ["Offer", "Dear Ana"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"", ".docx, .md and .txt"),
        ("a.docx", b"PK\x03\x04 broken", "damaged|isn't a Word file"),
        ("a.txt", b"\xff\xff\xff", "UTF-8"),
        ("a.md", b"x" * (2 * 1024**2 + 1), "2 MB"),
    ],
)
def test_what_cant_be_read_is_refused_with_the_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_document(name, data)


def test_utf_16_is_read() -> None:
    assert read_document("a.txt", "租金".encode("utf-16")).document.blocks[0].text == "租金"
