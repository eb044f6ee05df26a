"""Removal of what a camera or a program wrote into a picture: place, time, device, names, previews.

Pure, and without decoding: segments and chunks that hold the picture itself are copied, everything
else is left out, also what follows the picture's end. Its orientation stays, as the only tag of an
Exif block. JPEG, PNG and WebP; other files are returned as they are.
"""

import struct
import zlib
from collections.abc import Iterator

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_PLAIN = 1
"""The orientation of a picture that is shown as it's stored."""

_SOS, _EOI, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = (
    0xDA,
    0xD9,
    0xE0,
    0xE1,
    0xE2,
    0xEE,
    0xEF,
    0xFE,
)
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers without a length."""
_PNG_KEPT = frozenset(b"tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP acTL fcTL fdAT".split())
"""Chunks that say how a picture looks, beside the critical ones."""
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_EXIF_FLAG, _WEBP_XMP_FLAG = 0x08, 0x04


def without_metadata(content: bytes) -> bytes:
    """Return a picture without metadata, looking the same."""
    if content.startswith(_JPEG):
        return _clean_jpeg(content)
    if content.startswith(_PNG):
        return _clean_png(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _clean_webp(content)
    return content


# --- JPEG ---------------------------------------------------------------------------------


def _clean_jpeg(content: bytes) -> bytes:
    kept = [content[:2]]
    orientation = _PLAIN
    for marker, segment in _jpeg_segments(content):
        if marker == _APP1 and segment[4:10] == _EXIF:
            orientation = _orientation_of(segment[10:])
        elif marker == _SOS and orientation != _PLAIN:
            begins_with_jfif = len(kept) > 1 and kept[1].startswith(b"\xff\xe0")
            kept.insert(2 if begins_with_jfif else 1, _jpeg_exif(orientation))
            orientation = _PLAIN
        if _is_of_jpeg(marker, segment):
            kept.append(segment)
    return b"".join(kept)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield markers with their segments; a scan comes with its data. Ends where it's damaged."""
    at = 2
    while at + 2 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == _EOI or marker in _ALONE:
            yield marker, content[at : at + 2]
            at += 2
            if marker == _EOI:
                return
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end < at + 4 or end > len(content):
            return
        if marker == _SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the data of a scan ends: at the next marker that isn't within it."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
        elif content[at + 1] == 0xFF:
            at += 1
        else:
            return at
    return len(content)


def _is_of_jpeg(marker: int, segment: bytes) -> bool:
    if marker == _APP2:
        return segment[4:16] == b"ICC_PROFILE\0"
    if marker in (_APP0, _APP14):
        return segment[4:9] in (b"JFIF\0", b"Adobe")  # never a preview (JFXX)
    return marker != _COM and not _APP0 <= marker <= _APP15


def _jpeg_exif(orientation: int) -> bytes:
    payload = _EXIF + _exif(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


# --- PNG ----------------------------------------------------------------------------------


def _clean_png(content: bytes) -> bytes:
    kept = [_PNG]
    at = len(_PNG)
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4])
        name, end = content[at + 4 : at + 8], at + 12 + size
        if end > len(content):
            break
        if name == b"eXIf" and (orientation := _orientation_of(content[at + 8 : end - 4])) != 1:
            kept.append(_png_chunk(name, _exif(orientation)))
        elif name[:1].isupper() or name in _PNG_KEPT:
            kept.append(content[at:end])
        at = end
        if name == b"IEND":
            break
    return b"".join(kept)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# --- WebP ---------------------------------------------------------------------------------


def _clean_webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    orientation = _PLAIN
    for name, data in _webp_chunks(content):
        if name == b"EXIF":
            orientation = _orientation_of(data.removeprefix(_EXIF))
        if name in _WEBP_KEPT:
            kept.append(_webp_chunk(name, data))
    flag = 0 if orientation == _PLAIN else _WEBP_EXIF_FLAG
    if kept and kept[0].startswith(b"VP8X") and len(kept[0]) > 8:
        flags = kept[0][8] & ~(_WEBP_EXIF_FLAG | _WEBP_XMP_FLAG) | flag
        kept[0] = kept[0][:8] + bytes((flags,)) + kept[0][9:]
        if flag:
            kept.append(_webp_chunk(b"EXIF", _exif(orientation)))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size
        if end > len(content):
            return
        yield content[at : at + 4], content[at + 8 : end]
        at = end + size % 2


def _webp_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


# --- Exif ---------------------------------------------------------------------------------


def _orientation_of(exif: bytes) -> int:
    """Return the orientation that an Exif block (a TIFF) names, from 1 to 8; 1 if it's none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return _PLAIN
    (at,) = struct.unpack_from(f"{order}I", exif, 4)
    if at + 2 > len(exif):
        return _PLAIN
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, length, value = struct.unpack_from(f"{order}HHIH", exif, entry)
        if (tag, kind, length) == (_ORIENTATION, 3, 1):
            return value if 1 <= value <= 8 else _PLAIN
    return _PLAIN


def _exif(orientation: int) -> bytes:
    """Return an Exif block that names an orientation and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
