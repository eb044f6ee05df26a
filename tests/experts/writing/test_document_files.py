"""Files of documents: only what changed differs, in every format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_the_lines_of_a_list_item_keep_their_indent() -> None:
    file = read_document("a.md", b"- one\n  two\n\n> said\n> twice\n")
    assert write_document(file, file.document) == file.data
    changed = file.document.replace("b1", "one\n2").replace("b2", "said\nonce")
    assert write_document(file, changed) == b"- one\n  2\n\n> said\n> once\n"


_PIECES = st.sampled_from(["Dear Ana,", "租金 900", "- one", "# Offer", "> said", "", "", " x  y"])
_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
_MARKS = st.sampled_from([(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])


@given(st.lists(st.tuples(_PIECES, _ENDS), max_size=12), _MARKS, st.sampled_from(["md", "txt"]))
def test_what_isnt_changed_keeps_its_bytes(
    lines: list[tuple[str, str]], mark: tuple[bytes, str], suffix: str
) -> None:
    named = (f"{text}{n}" if text else "" for n, (text, _) in enumerate(lines, start=10))
    ended = (text + end for text, (_, end) in zip(named, lines, strict=True))
    data = mark[0] + "".join(ended).encode(mark[1])
    file = read_document(f"a.{suffix}", data)
    assert write_document(file, file.document) == data
    if not file.document.blocks or not file.document.blocks[-1].text:
        return
    last = file.document.blocks[-1]
    written = write_document(file, file.document.replace(last.id, "All new\nwords."))
    kept = data.decode(mark[1]).rsplit(last.text.split("\n")[0], 1)[0]
    assert written.decode(mark[1]).startswith(kept)
    again = read_document(f"a.{suffix}", written)
    assert (again.encoding.name, again.encoding.mark) == (file.encoding.name, file.encoding.mark)


def test_new_lines_end_as_those_of_the_file() -> None:
    file = read_document("a.txt", b"\xef\xbb\xbfone\r\ntwo\r\n\r\nthree\r\n")
    written = write_document(file, file.document.replace("b2", "3\n4"))
    assert written == b"\xef\xbb\xbfone\r\ntwo\r\n\r\n3\r\n4\r\n"
    whole = convert_document(file.document, "md", encoding=file.encoding)
    assert whole == b"\xef\xbb\xbfone\r\ntwo\r\n\r\nthree\r\n"


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
