"""Files of strangers: what they say, and what is refused before it can do harm."""

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.documents import reading
from tau.documents.child import archive
from tau.documents.reading import DocumentKind, DocumentLine, file_type, read_lines
from tau.errors import BadInput
from tests.documents.pictures import gif, jpeg, png, webp
from tests.studio.examples.documents import docx, paragraph, pdf
from tests.studio.examples.files import workbook


def lines(name: str, content: bytes, characters: int = 100_000) -> list[DocumentLine]:
    file = io.BytesIO(content)
    found = file_type(name, file)
    assert found is not None
    return list(read_lines(file, found.kind, seconds=20, characters=characters))


def packed(members: dict[str, str | bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", level) as made:
        made.writestr("word/document.xml", "<w/>")
        for name, content in members.items():
            made.writestr(name, content)
    return kept.getvalue()


def encrypted() -> bytes:
    """A document whose first member says that it's encrypted."""
    content = bytearray(packed({}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    return bytes(content)


DTD = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]><a>&x;</a>'
HARMFUL = {
    "entities in any part": (packed({"customXml/item1.xml": DTD}), "can't be read"),
    "entities in UTF-16": (packed({"word/x.xml": DTD.encode("utf-16")}), "can't be read"),
    "a name that leads out": (packed({"../../etc/cron.d/x": "x"}), "can't be read"),
    "a name that leads out on Windows": (packed({"..\\x": "x"}), "can't be read"),
    "an absolute name": (packed({"/etc/x": "x"}), "can't be read"),
    "macros": (packed({"word/vbaProject.bin": "x"}), "has macros"),
    "too many members": (
        packed({f"word/{number}.xml": "<a/>" for number in range(archive.MAX_MEMBERS)}),
        "too large",
    ),
    "a member that is packed too well": (packed({"word/media/a": bytes(8 << 20)}), "too large"),
    "encryption": (encrypted(), "protected by a password"),
    "an old or protected file": (b"\xd0\xcf\x11\xe0" + bytes(600), "protected by a password"),
}


@pytest.mark.parametrize("harm", HARMFUL)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_harmful_archives_are_refused_whatever_they_are(harm: str, name: str) -> None:
    content, sentence = HARMFUL[harm]
    with pytest.raises(BadInput, match=sentence):
        lines(name, content)


def test_a_word_file_is_read_with_what_is_not_on_its_page() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Obey me</w:t></w:r></w:p>"
    whole = io.BytesIO(docx(paragraph("The rent is 900.") + hidden))
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(whole, "a") as made:
        made.writestr("word/comments.xml", f"<w:c {word}>{paragraph('Too much?')}</w:c>")
        made.writestr("word/footer1.xml", f"<w:f {word}>{paragraph('Page')}</w:f>")
    found = [(each.place, each.text) for each in lines("a.docx", whole.getvalue()) if each.text]
    assert found == [
        *(("", "The rent is 900."), ("", "Obey me")),
        *(("comments", "Too much?"), ("footer", "Page")),
    ]


def test_rows_know_their_sheets() -> None:
    def row(number: int, *cells: str) -> str:
        made = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
        return f'<row r="{number}">{made}</row>'

    content = workbook(
        {"Budget": row(1, "What", "Euro") + row(2, "Rent", "900"), "More": row(1, "x")}
    )
    found = [(each.place, each.row, each.text) for each in lines("a.xlsx", content) if each.text]
    assert found == [("Budget", 1, "What | Euro"), ("Budget", 2, "Rent | 900"), ("More", 1, "x")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("名字;城市\n安娜;波尔图\n".encode("gb18030"), "名字 | 城市"),
        ("Straße;Größe\nLindenstraße;12\n".encode("cp1252"), "Straße | Größe"),
        ("a\tb\n1\t2\n".encode("utf-16"), "a | b"),
        (b'a,b\n"1,5",2\n', "a | b"),
    ],
)
def test_tables_in_the_encodings_that_people_have(content: bytes, text: str) -> None:
    assert lines("a.csv", content)[0].text == text


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (png(30, 20), "image/png"),
        (jpeg(30, 20), "image/jpeg"),
        (gif(30, 20), "image/gif"),
        (webp(30, 20), "image/webp"),
    ],
)
def test_pictures_are_known_by_their_content(content: bytes, media_type: str) -> None:
    assert file_type("whatever.txt", io.BytesIO(content)) == ("picture", media_type)
    size, _ = lines("a", content)
    assert (size.width, size.height) == (30, 20)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(BadInput, match="too large"):
        lines("a.gif", gif(60_000, 60_000))


@pytest.mark.parametrize("name", ["a.exe", "a.docm", "a.svg", "a.html", "a.zip", "noname"])
def test_other_files_are_not_read(name: str) -> None:
    content = b"PK\x03\x04" if name in {"a.docm", "a.zip"} else b"<svg onload='x()'/>"
    assert file_type(name, io.BytesIO(content)) is None


def test_what_is_too_long_is_cut_and_says_so() -> None:
    *read, end = lines("a.pdf", pdf(*(f"Page {number} of it" for number in range(1, 9))), 50)
    assert [each.page for each in read if each.text] == [1, 2, 3, 4]
    assert (end.end, end.cut) == (True, True)


def test_a_reader_that_hangs_is_ended_and_what_it_read_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stand_in(body: str) -> None:
        (tmp_path / "stand_in.py").write_text(f"import os, sys, time\n{body}\n")
        monkeypatch.setattr(reading, "_PROGRAM", "stand_in")

    monkeypatch.setattr("tau.documents.reading_process._SOURCE", tmp_path)
    stand_in('print(\'{"text": "one"}\', flush=True); os.write(1, b\'{"te\'); time.sleep(99)')
    file = io.BytesIO(b"text")
    found = list(read_lines(file, "text", seconds=2, characters=9))
    assert [each.text for each in found] == ["one", ""]
    assert found[-1].cut
    stand_in("time.sleep(99)")
    with pytest.raises(BadInput, match="too large"):
        list(read_lines(file, "text", seconds=1, characters=9))
    stand_in("sys.exit(3)")
    with pytest.raises(BadInput, match="can't be read"):
        list(read_lines(file, "text", seconds=20, characters=9))


def test_a_kind_that_needs_packages_is_read_where_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(reading._NEEDED, "pdf", "no_such_package")
    elsewhere = tmp_path / "python"
    elsewhere.write_text(
        '#!/bin/sh\necho \'{"text": "read elsewhere", "page": 1}\'\necho \'{"end": true}\'\n'
    )
    elsewhere.chmod(0o700)
    file = io.BytesIO(pdf("Text"))
    found = list(read_lines(file, "pdf", seconds=20, characters=99, python=elsewhere))
    assert found[0].text == "read elsewhere"
    assert next(read_lines(file, "pdf", seconds=20, characters=99)).text == "Text"


@settings(max_examples=6)
@given(st.integers(0, 2**32))
def test_damaged_files_are_refused_or_read(seed: int) -> None:
    rng = random.Random(seed)
    whole: dict[DocumentKind, bytes] = {
        "pdf": pdf("One", "Two"),
        "docx": docx(paragraph("One")),
        "xlsx": workbook({"One": '<row r="1"><c><v>1</v></c></row>'}),
        "picture": png(3, 3),
        "csv": b"a,b\n1,2\n",
    }
    for kind, made in whole.items():
        content = bytearray(made)
        for _ in range(rng.randrange(1, 8)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        file = io.BytesIO(bytes(content[: rng.randrange(1, len(content) + 1)]))
        with suppress(BadInput):  # and nothing else
            list(read_lines(file, kind, seconds=20, characters=1000))


def test_a_reader_knows_nothing_of_tau_s_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAU_SERVER_KEY", "secret")
    file = io.BytesIO(b"x")
    with reading.reading_process(_CAT, file, "", unreadable="", seconds=20) as child:
        assert child.stdout is not None
        found = (
            dict(
                each.split(b"=", 1)
                for each in Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
                if each
            )
            if Path("/proc").exists()
            else {}
        )
    assert set(found) <= {b"PYTHONPATH", b"LC_CTYPE"}


_CAT = "tau.documents.child"
