"""Documents: their passages, and files made to harm."""

import io
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.documents import passages as document_passages
from tau.documents.child import archive
from tau.documents.passages import PASSAGE_CHARACTERS, split_passages
from tau.errors import BadInput
from tau.studio.examples.document import read_document

from .documents import docx, paragraph, pdf

LONG = "The kitchen closes at ten in the evening, and on Sundays it closes at nine."
OTHER = "Children under six eat for free if their parents order a main course each."


def texts(name: str, content: bytes) -> list[str]:
    return [each.text for each in read_document(name, io.BytesIO(content))]


def test_pages_of_a_pdf_are_known() -> None:
    (passage,) = read_document("rules.pdf", io.BytesIO(pdf("", LONG, OTHER)))
    assert passage.page == 2
    assert passage.text.splitlines() == [LONG, OTHER]


def test_runs_of_a_word_document_are_joined() -> None:
    start, end = LONG[:10], LONG[10:]
    body = f"<w:tbl><w:p/>{paragraph(OTHER)}</w:tbl>{paragraph(start, end)}"
    assert texts("rules.docx", docx(body)) == [f"{OTHER}\n{LONG}"]


def test_text_has_paragraphs_between_blank_lines() -> None:
    content = f"# Rules\r\n\r\n{LONG}\r\nMore.\r\n \r\n{OTHER}".encode("utf-16")
    assert texts("rules.md", content) == [f"# Rules\n{LONG} More.\n{OTHER}"]


@given(st.lists(st.text(alphabet="ab 中", min_size=1, max_size=4_000), max_size=6))
def test_passages_lose_nothing_but_what_is_too_short(paragraphs: list[str]) -> None:
    cleaned = [" ".join(each.split()) for each in paragraphs]
    passages = list(split_passages((0, each) for each in cleaned if each))
    assert all(len(each.text) <= PASSAGE_CHARACTERS for each in passages)
    assert [each.number for each in passages] == list(range(1, len(passages) + 1))
    kept = sum(len("".join(each.text.split())) for each in passages)
    whole = sum(len("".join(each.split())) for each in cleaned)
    assert whole - document_passages.FEWEST_CHARACTERS * len(cleaned) <= kept <= whole


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE w SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_and_document_types_are_refused(before: str) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        texts("rules.docx", docx(paragraph(LONG), before))


def test_a_document_that_unpacks_too_much_is_refused() -> None:
    many = archive.MAX_UNPACKED_BYTES // 4
    for bomb in (docx("<w:p>" + "<w:t/>" * many), docx(paragraph("a " * (many // 2)))):
        assert len(bomb) < 1 << 20
        with pytest.raises(BadInput, match="too large"):
            texts("rules.docx", bomb)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF-1.7\nnothing", "can't be read"),
        ("a.docx", b"PK\x03\x04 nothing", "can't be read"),
        ("a.txt", b"\xff\xfe\x00\xd8", "can't be read"),
        ("a.txt", b"one\0two", "can't be read"),
        ("a.txt", b"short", "no text in the document"),
        ("a.pdf", pdf("", ""), "no text in the document"),
        ("a.xlsx", b"PK\x03\x04", "isn't a document"),
        ("a.exe", b"MZ", "isn't a document"),
    ],
)
def test_what_is_no_document_is_said(name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        texts(name, content)


@settings(max_examples=5)
@given(st.integers(0, 2**32))
def test_damaged_files_are_refused_or_read(seed: int) -> None:
    rng = random.Random(seed)
    for name, whole in (("a.pdf", pdf(LONG, OTHER)), ("a.docx", docx(paragraph(LONG)))):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 8)):
            content[rng.randrange(4, len(content))] = rng.randrange(256)
        with suppress(BadInput):  # and nothing else
            texts(name, bytes(content[: rng.randrange(8, len(content) + 1)]))
