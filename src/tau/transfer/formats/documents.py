"""The documents of an import file as UTF-8, also those inside a zip archive.

Nothing is unpacked to the disk, and no name inside an archive is used as a path.
"""

import codecs
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import BinaryIO

_CHUNK_BYTES = 32 << 10  # the most that is lost where compressed data is damaged
FILES_FOLDER = "tau-files"
"""Of attached files in an export of Tau's; they're restored, not read."""
_ENDINGS = (".json", ".jsonl", ".ndjson")
_MAX_COMPRESSION_RATIO = 100
"""A document that is compressed more than this holds no conversations."""
_SPARE_BYTES = 1 << 20
"""Bytes beyond the ratio, in all documents of an archive: a short chat repeats itself."""
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class CountingFile:
    """Binary file that counts the bytes that were read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.total = file.seek(0, 2)
        self.bytes_read = 0
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Read like a file."""
        piece = self._file.read(size)
        self.bytes_read = min(self.total, self.bytes_read + len(piece))
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek like a file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position, like a file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Return True: the file can be read from any position."""
        return True


class Document:
    """One text in the file. After reading, `problem` says why it ended early, if it did."""

    def __init__(self, name: str, file: "BinaryIO | CountingFile", at: float | None = None) -> None:
        self.name = name
        self.at = at
        self.problem: str | None = None
        self._file = file

    def chunks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 in chunks of any size; invalid bytes stay as they are."""
        first = self._read()
        encoding, mark = _encoding(first)
        first = first[mark:]
        if encoding == "utf-8":
            while first:
                yield first
                first = self._read()
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while first:
            yield decoder.decode(first).encode("utf-8", "replace")
            first = self._read()

    def _read(self) -> bytes:
        try:
            return self._file.read(_CHUNK_BYTES)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            self.problem = "the packed file is damaged from here on"
        return b""


def _encoding(first: bytes) -> tuple[str, int]:
    """Return the encoding of a text that begins with `first`, and the length of its BOM."""
    for mark, encoding in _BOMS.items():
        if first.startswith(mark):
            return encoding, len(mark)
    if len(first) >= 4 and first[0] and not first[1] and first[2] and not first[3]:
        return "utf-16-le", 0
    if len(first) >= 4 and first[1] and not first[0] and first[3] and not first[2]:
        return "utf-16-be", 0
    return "utf-8", 0


def is_zip(file: CountingFile) -> bool:
    """Return whether the file begins like a zip archive."""
    begins = file.read(4)
    file.seek(0)
    file.bytes_read = 0
    return begins == b"PK\x03\x04"


class Archive:
    """Zip archive: its documents, and a count of its other files."""

    def __init__(self, file: CountingFile) -> None:
        self.skipped: list[tuple[str, str]] = []
        self.other_count = 0
        self._spare = _SPARE_BYTES
        self._zip: zipfile.ZipFile | None
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
            self._zip = None
        self._file = file

    def documents(self) -> Iterator[Document]:
        """Yield its documents by name; conversations come before memories of them."""
        if self._zip is None:
            yield from _salvage(self._file)
            return
        for member in sorted(self._zip.infolist(), key=lambda member: member.filename):
            if member.is_dir() or PurePosixPath(member.filename).parent.name == FILES_FOLDER:
                continue
            name = PurePosixPath(member.filename).name[:100]
            if not name.lower().endswith(_ENDINGS) or name.startswith("._"):
                self.other_count += 1
            elif reason := self._refusal_reason(member):
                self.skipped.append((name, reason))
            else:
                yield from self._document(self._zip, member, name)

    def _refusal_reason(self, member: zipfile.ZipInfo) -> str | None:
        if member.flag_bits & 1:
            return "it is protected by a password"
        excess = _excess(member.file_size, member.compress_size)
        if excess > self._spare:
            return "it is compressed far more than conversations are"
        self._spare -= excess
        return None

    def _document(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str
    ) -> Iterator[Document]:
        try:
            packed = archive.open(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            self.skipped.append((name, "it cannot be unpacked"))
            return
        with packed:
            yield Document(name, packed, _date(member))  # type: ignore[arg-type]


def _excess(unpacked: int, packed: int) -> int:
    """Return the bytes of a document beyond what its packed size allows."""
    return max(0, unpacked - _MAX_COMPRESSION_RATIO * packed)


def _date(member: zipfile.ZipInfo) -> float | None:
    try:
        return datetime(*member.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _salvage(file: CountingFile) -> Iterator[Document]:
    """Yield the documents of an archive that was cut off before its list of contents."""
    file.seek(0)
    spare = _SPARE_BYTES
    while True:
        header = file.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            return
        flags = int.from_bytes(header[6:8], "little")
        method = int.from_bytes(header[8:10], "little")
        size = int.from_bytes(header[18:22], "little")
        name = file.read(int.from_bytes(header[26:28], "little")).decode("utf-8", "replace")
        file.read(int.from_bytes(header[28:30], "little"))
        begin = file.tell()
        packed = _DamagedMember(file, spare, deflated=method == 8)
        if flags & 1 or method not in {0, 8} or (method == 0 and flags & 8):
            return
        if method == 0:
            packed.left = size
        if name.lower().endswith(_ENDINGS):
            yield Document(PurePosixPath(name).name[:100], packed)  # type: ignore[arg-type]
        spare -= packed.excess
        if flags & 8:
            packed.drain()
            file.seek(begin + packed.bytes_used)
            _skip_descriptor(file)
        else:
            file.seek(begin + size)


def _skip_descriptor(file: CountingFile) -> None:
    """Seek past the sizes that follow a member whose header does not hold them."""
    start = file.tell()
    descriptor = file.read(24)
    for length in (16, 24, 12, 20):
        file.seek(start + length)
        if file.read(4)[:2] == b"PK" and len(descriptor) >= 12:
            file.seek(start + length)
            return
    file.seek(0, 2)


class _DamagedMember:
    """A member of a damaged archive, read from the position of `file`."""

    def __init__(self, file: CountingFile, spare: int, *, deflated: bool) -> None:
        self.bytes_used = 0
        self._spare = spare
        self.left = 0
        self._file = file
        self._begin = file.tell()
        self._inflate = zlib.decompressobj(-15) if deflated else None
        self._bytes_out = 0
        self._tail = b""

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; raises `EOFError` if the archive is cut off."""
        if self._inflate is None:
            piece = self._read_packed(min(size, self.left))
            self.left -= len(piece)
            if not piece and self.left:
                raise EOFError
            return piece
        while not self._inflate.eof:
            packed = self._tail or self._read_packed(_CHUNK_BYTES)
            if not packed:
                raise EOFError
            piece = self._inflate.decompress(packed, size)
            self._tail = self._inflate.unconsumed_tail
            self._bytes_out += len(piece)
            if self.excess > self._spare:
                raise EOFError
            if self._inflate.eof:
                self.bytes_used -= len(self._inflate.unused_data)
            if piece:
                return piece
        return b""

    @property
    def excess(self) -> int:
        """Bytes read so far beyond what the packed size allows."""
        return _excess(self._bytes_out, self.bytes_used)

    def drain(self) -> None:
        """Read to the end, or to where the archive is cut off."""
        try:
            while self.read(_CHUNK_BYTES):
                pass
        except (EOFError, zlib.error):
            self._file.seek(0, 2)

    def _read_packed(self, size: int) -> bytes:
        self._file.seek(self._begin + self.bytes_used)
        piece = self._file.read(size)
        self.bytes_used += len(piece)
        return piece
