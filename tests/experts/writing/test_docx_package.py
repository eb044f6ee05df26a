"""Word files from strangers: what is refused before anything in it is parsed."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.bench.writing_documents import RandomWordFile
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_package import MAX_FILE_BYTES, RefusedFile, open_package
from tau.experts.writing.xml_nodes import UnreadableXml, XmlFile


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(RandomWordFile(3).make())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _with(name: str, content: bytes) -> Callable[[], bytes]:
    return lambda: _packed(_members() | {name: content})


def _encrypted() -> bytes:
    data = bytearray(_packed(_members()))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the archive's directory
    return bytes(data)


def _larger_than_it_says() -> bytes:
    data = bytearray(_packed(_members() | {"word/a.bin": b"\x00" * 500_000}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(data)


ENTITY = b'<!DOCTYPE d [<!ENTITY a "aaaa">]><d>&a;</d>'
REFUSED = {
    "no archive": (lambda: b"Dear Ana", "isn't a Word file"),
    "an archive of something else": (lambda: _packed({"a.txt": b"a"}), "isn't a Word file"),
    "an old or encrypted file": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99,
        "password",
    ),
    "a password": (_encrypted, "password"),
    "a method that Word doesn't use": (
        lambda: _packed(_members(), method=zipfile.ZIP_LZMA),
        "packed in a way",
    ),
    "a large file": (lambda: b"x" * (MAX_FILE_BYTES + 1), "20 MB"),
    "many members": (
        lambda: _packed(_members() | {f"x/{n}": b"" for n in range(2_001)}),
        "too many parts",
    ),
    "a bomb": (_with("word/bomb.xml", b"\x00" * 60_000_000), "packed too tightly"),
    "many bombs": (
        lambda: _packed({f"{n}.xml": b"\x00" * 900_000 for n in range(130)}),
        "more than 100 MB",
    ),
    "a lie about the size": (_larger_than_it_says, "damaged|larger than it says"),
    "a name outside": (_with("../../etc/cron.d/x", b""), "names"),
    "an absolute name": (_with("/etc/passwd", b""), "names"),
    "a name twice": (_with("WORD/document.xml", b""), "names"),
    "macros": (_with("word/vbaProject.bin", b"x"), "macros"),
    "macros by type": (
        _with("[Content_Types].xml", b"application/vnd.ms-word.document.macroEnabled.main+xml"),
        "macros",
    ),
    "entities": (_with("word/document.xml", ENTITY), "document type"),
    "entities in the relations": (_with("_rels/.rels", ENTITY), "document type"),
    "broken XML": (_with("word/document.xml", b"<w:document><w:body>"), "well-formed"),
    "another encoding": (_with("word/document.xml", "<a/>".encode("utf-16")), "UTF-8"),
    "deep nesting": (_with("word/document.xml", b"<a>" * 900 + b"</a>" * 900), "nested"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_hostile_file_is_refused_and_the_message_says_why(kind: str) -> None:
    make, reason = REFUSED[kind]
    with pytest.raises(RefusedFile, match=reason):
        read_docx(make())


def test_what_a_file_would_load_from_elsewhere_is_named_and_never_loaded() -> None:
    relation = (
        b'<Relationships><Relationship Id="r" TargetMode="External" Target="https://x.example/t"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'attachedTemplate"/></Relationships>'
    )
    data = _packed(_members() | {"word/_rels/settings.xml.rels": relation})
    assert read_docx(data).loads == ("attachedTemplate",)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_damaged_file_is_refused_or_read_but_nothing_else(noise: bytes, place: int) -> None:
    data = bytearray(RandomWordFile(5).make())
    start = place * len(data) // 400
    data[start : start + len(noise)] = noise
    with suppress(RefusedFile):
        assert read_docx(bytes(data)).document.plain


@given(st.integers(0, 2**31))
def test_xml_that_isnt_changed_is_written_as_it_was_read(seed: int) -> None:
    package = open_package(RandomWordFile(seed).make())
    source = package.parts[package.main]
    file = XmlFile(source)
    assert file.write() == source
    for node in file.root.elements():
        node.touch()
    assert file.write() == source


def test_comments_and_instructions_in_xml_are_kept_where_something_changes() -> None:
    file = XmlFile(b"<?a b?><r x = '1'><!-- one --><p/>t&amp;<?two?><![CDATA[<]]></r><!-- end -->")
    file.root.touch()
    assert file.write() == b"<?a b?><r x = '1'><!-- one --><p/>t&amp;<?two?>&lt;</r><!-- end -->"
    with pytest.raises(UnreadableXml):
        XmlFile(b"")
