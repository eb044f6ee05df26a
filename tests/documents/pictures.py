"""Small pictures for tests, made byte by byte."""

import struct
import zlib


def png(width: int = 2, height: int = 1) -> bytes:
    """A red PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\xff\0\0" * width) * height
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def jpeg(width: int, height: int) -> bytes:
    """The beginning of a JPEG, with a segment before its size."""
    size = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    segments = b"\xff\xe0\0\x10JFIF" + bytes(10) + b"\xff\xc2" + struct.pack(">H", len(size) + 2)
    return b"\xff\xd8" + segments + size


def gif(width: int, height: int) -> bytes:
    """The beginning of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(6)


def webp(width: int, height: int) -> bytes:
    """The beginning of a WebP of the extended kind."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + bytes(4) + b"WEBPVP8X" + bytes(8) + size
