"""Archives of office documents: what is refused before anything in them is read.

A few kilobytes can unpack into gigabytes, an XML entity can expand without end, and a name can lead
out of the archive. Nothing that a document refers to outside is ever fetched: links and pictures
elsewhere are not even looked at.
"""

import io
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from tau.documents.child.limits import Refused

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 << 20
MAX_RATIO = 100
_SMALL_BYTES = 64 << 10
"""A member that is smaller may be packed as well as it likes."""
_CHUNK = 1 << 16
_ENCRYPTED = 1
_OLE = b"\xd0\xcf\x11\xe0"
"""The beginning of old office files, and of protected new ones."""
_MACROS = ("vbaproject.bin", "vbadata.xml")
DAMAGED = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    KeyError,
    IndexError,
    EOFError,
    expat.ExpatError,
)
"""What reading a damaged archive raises."""


class OfficeArchive:
    """An archive that was checked. Raises `Refused`, and `DAMAGED`, as its methods do."""

    def __init__(self, content: bytes) -> None:
        if content.startswith(_OLE):
            raise Refused("password")
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        _check_members(self._archive.infolist())
        for name in self.names():
            if name.endswith((".xml", ".rels")):
                _refuse_document_type(self._archive, name)

    def names(self) -> list[str]:
        """Return the names of the members."""
        return self._archive.namelist()

    def parse(self, name: str, parser: expat.XMLParserType) -> None:
        """Let a parser read a member."""
        unpacked = 0
        with self._archive.open(name) as member:
            while chunk := member.read(_CHUNK):
                unpacked += len(chunk)  # an archive may say that it is smaller than it is
                if unpacked > MAX_UNPACKED_BYTES:
                    raise Refused("large")
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


def new_parser() -> expat.XMLParserType:
    """Return a parser of XML with namespaces that refuses document types and entities."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse("unreadable")
    parser.EntityDeclHandler = _refuse("unreadable")
    return parser


def _refuse(reason: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise Refused(reason)

    return refuse


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(each.file_size for each in members) > MAX_UNPACKED_BYTES:
        raise Refused("large")
    for each in members:
        parts = each.filename.replace("\\", "/").split("/")
        if each.flag_bits & _ENCRYPTED:
            raise Refused("password")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise Refused("unreadable")
        if parts[-1].lower() in _MACROS:
            raise Refused("macros")
        if each.file_size > max(_SMALL_BYTES, MAX_RATIO * each.compress_size):
            raise Refused("large")


def _refuse_document_type(archive: zipfile.ZipFile, name: str) -> None:
    """Read a member up to its first element: what comes before may define entities."""
    parser = new_parser()
    begun = False

    def start(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.StartElementHandler = start
    with archive.open(name) as member:
        while not begun and (chunk := member.read(_CHUNK)):
            parser.Parse(chunk, False)
