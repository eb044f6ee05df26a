"""Pictures lose place, time, device and previews, keep their orientation, and look the same."""

import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.attachments.picture_metadata import without_metadata
from tests.documents.pictures import png

SECRET = b"GPS 48.2082 N 16.3738 E, camera 4711"
DATA = b"\x12\xff\x00\x34\xff\xd0\x56" * 50
"""Of a scan: with an escaped byte and a restart marker."""


def exif(orientation: int, order: str = "<") -> bytes:
    """Return an Exif block as cameras write it: with an orientation, a place, and a preview."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}HHHIHHHHII", 2, 0x0112, 3, 1, orientation, 0, 0x8825, 4, 1, 99)
    return head + entries + bytes(4) + SECRET + b"\xff\xd8\xffpreview"


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jpeg(orientation: int = 1, order: str = "<") -> bytes:
    metadata = [
        segment(0xE0, b"JFIF\0" + bytes(9)),
        segment(0xE1, b"Exif\0\0" + exif(orientation, order)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"ICC_PROFILE\0colours"),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xFE, SECRET),
    ]
    picture = segment(0xDB, bytes(65)) + segment(0xC2, bytes(15)) + segment(0xDA, bytes(10)) + DATA
    second = segment(0xC4, bytes(20)) + segment(0xDA, bytes(10)) + DATA
    after = b"\xff\xd9" + b"\xff\xd8\xff" + SECRET
    return b"\xff\xd8" + b"".join(metadata) + picture + second + after


def chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def with_chunks(orientation: int = 1, order: str = "<") -> bytes:
    plain = png(3, 2)
    end = plain.index(b"IEND") - 4
    more = chunk(b"eXIf", exif(orientation, order)) + chunk(b"pHYs", bytes(9))
    for name in (b"tEXt", b"iTXt", b"zTXt", b"tIME", b"prVt"):
        more += chunk(name, SECRET)
    return plain[:33] + more + plain[33:end] + plain[end:] + SECRET


def webp(orientation: int = 1, order: str = "<") -> bytes:
    def piece(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)

    body = piece(b"VP8X", bytes((0x2C, 0, 0, 0, 2, 0, 0, 1, 0, 0))) + piece(b"ICCP", b"colours")
    body += piece(b"VP8 ", b"picture!!") + piece(b"EXIF", exif(orientation, order))
    body += piece(b"XMP ", SECRET) + piece(b"OWN ", SECRET)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body + SECRET


MAKERS: list[Callable[..., bytes]] = [jpeg, with_chunks, webp]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_only_the_orientation_stays(
    make: Callable[..., bytes], order: str, orientation: int
) -> None:
    cleaned = without_metadata(make(orientation, order))
    assert SECRET not in cleaned
    assert b"preview" not in cleaned
    tag = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    assert cleaned.count(b"MM\0*") == (orientation != 1)
    assert (tag in cleaned) == (orientation != 1)
    assert without_metadata(cleaned) == cleaned


def test_the_picture_itself_is_copied() -> None:
    made = without_metadata(jpeg())
    assert made.count(DATA) == 2
    assert made.endswith(DATA + b"\xff\xd9")
    assert b"ICC_PROFILE\0colours" in made
    assert made.startswith(b"\xff\xd8\xff\xe0")
    assert without_metadata(jpeg(6)).startswith(b"\xff\xd8\xff\xe0")
    plain = png(3, 2)
    assert without_metadata(plain) == plain
    assert without_metadata(with_chunks()) == plain[:33] + chunk(b"pHYs", bytes(9)) + plain[33:]
    shown = without_metadata(webp(6))
    assert b"picture!!\0" in shown
    assert b"colours" in shown
    assert struct.unpack_from("<I", shown, 4)[0] == len(shown) - 8
    assert shown[20] == 0x28, "it has colours and Exif, and no XMP"
    assert without_metadata(webp())[20] == 0x20


@given(st.binary(max_size=300), st.sampled_from(MAKERS), st.data())
def test_no_damage_makes_it_fail(
    noise: bytes, make: Callable[..., bytes], data: st.DataObject
) -> None:
    whole = make(6)
    at = data.draw(st.integers(12, len(whole)))
    for broken in (noise, whole[:at], whole[:at] + noise, whole[: at - 1] + noise + whole[at:]):
        assert len(without_metadata(broken)) <= len(broken) + 100
    assert SECRET not in without_metadata(whole[:at])


def test_a_scan_that_nothing_but_an_orientation_precedes_is_kept() -> None:
    scan = segment(0xDA, bytes(10)) + DATA
    made = without_metadata(b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + exif(6)) + scan)
    assert made.startswith(b"\xff\xd8\xff\xe1")
    assert made.endswith(scan)
    assert SECRET not in made


def test_other_files_stay_as_they_are() -> None:
    for content in (b"", b"%PDF-1.4 " + SECRET, b"GIF89a" + SECRET, b"RIFF", b"text"):
        assert without_metadata(content) == content
