"""The size of a picture, from its header. Nothing is decoded."""

import struct

from tau.documents.child.limits import Refused

MAX_PIXELS = 60_000_000
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG that are followed by its size."""


def picture_size(content: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a PNG, JPEG, GIF or WebP. Raises `Refused`."""
    try:
        width, height = _size(content)
    except (struct.error, IndexError):
        raise Refused("unreadable") from None
    if not width or not height:
        raise Refused("unreadable")
    if width * height > MAX_PIXELS:
        raise Refused("large")
    return width, height


def _size(content: bytes) -> tuple[int, int]:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", content, 16)
    elif content.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", content, 6)
    elif content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    elif content[8:12] == b"WEBP":
        return _webp_size(content)
    else:
        raise Refused("unreadable")
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    place = 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        place += 2 + struct.unpack_from(">H", content, place + 2)[0]
    raise Refused("unreadable")


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Refused("unreadable")
