"""Word files as packages: a zip archive that is checked before anything in it is parsed.

Imports nothing of Tau, because a program of its own reads files that come from others.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from typing import NamedTuple

from tau.experts.writing.xml_nodes import UnreadableXml, XmlFile, XmlNode

MAX_FILE_BYTES = 20 * 1024**2
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * 1024**2
MAX_RATIO = 100
"""How much a member may be packed, where it is larger than `_SMALL_BYTES`."""
_SMALL_BYTES = 1024**2
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "/officeDocument"
_LOADED = ("/attachedTemplate", "/oleObject", "/image", "/frame", "/subDocument", "/aFChunk")
_TYPE_OF_MACROS = b"macroEnabled"


_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
"""What `zipfile` raises for archives that aren't whole."""


class RefusedFile(ValueError):
    """A file that isn't opened; the message says why."""


class Package(NamedTuple):
    """A checked archive: its members in order, and what each holds.

    `main` is the name of the document's part. `loads` says what the file would load from elsewhere
    when Word opens it: kinds of relationships. Tau never loads them.
    """

    members: list[zipfile.ZipInfo]
    parts: dict[str, bytes]
    main: str
    loads: tuple[str, ...] = ()

    def part(self, kind: str) -> bytes | None:
        """Return the part that the document names with this kind of relationship."""
        for relation in _relations(self.parts, self.main):
            if relation.kind == kind and not relation.external:
                folder = posixpath.dirname(self.main)
                return self.parts.get(_resolve(folder, relation.target))
        return None

    def write(self, parts: dict[str, bytes]) -> bytes:
        """Return the archive with other content for some parts, all others as they are."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for member in self.members:
                content = parts.get(member.filename, self.parts[member.filename])
                archive.writestr(_entry(member), content)
        return packed.getvalue()


class _Relation(NamedTuple):
    kind: str
    target: str
    external: bool


def open_package(data: bytes) -> Package:
    """Check and unpack a .docx file. Raises `RefusedFile`."""
    if len(data) > MAX_FILE_BYTES:
        raise RefusedFile("The file is larger than 20 MB.")
    if data.startswith(_OLD_OFFICE):
        raise RefusedFile("The file has a password, or it's in the old .doc format.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _checked(archive.infolist())
            parts = {one.filename: _unpack(archive, one) for one in members}
    except RefusedFile:
        raise
    except _DAMAGED as error:
        raise RefusedFile("The file is damaged, or it isn't a Word file.") from error
    try:
        return _package(members, parts)
    except UnreadableXml as error:
        raise RefusedFile(f"The file can't be read: {error}.") from error


def _checked(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    if len(members) > MAX_MEMBERS:
        raise RefusedFile("The file has too many parts.")
    names = [one.filename for one in members]
    if len(set(map(str.lower, names))) < len(names) or any(map(_is_outside, names)):
        raise RefusedFile("The names of the file's parts aren't valid.")
    if any(one.flag_bits & 0x1 for one in members):
        raise RefusedFile("The file has a password.")
    if any(one.compress_type not in _METHODS for one in members):
        raise RefusedFile("The file is packed in a way that Word files aren't.")
    if sum(one.file_size for one in members) > MAX_UNPACKED_BYTES:
        raise RefusedFile("The file unpacks to more than 100 MB.")
    for one in members:
        if one.file_size > max(_SMALL_BYTES, MAX_RATIO * one.compress_size):
            raise RefusedFile("A part of the file is packed too tightly to be trusted.")
    return members


def _is_outside(name: str) -> bool:
    steps = name.split("/")
    return "\\" in name or name.startswith("/") or ":" in steps[0] or ".." in steps


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return what a member holds; one that is larger than it says is refused by its checksum."""
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise RefusedFile("A part of the file is larger than it says.")
    return content


def _package(members: list[zipfile.ZipInfo], parts: dict[str, bytes]) -> Package:
    types = parts.get("[Content_Types].xml", b"")
    macros = any(posixpath.basename(name).lower() == "vbaproject.bin" for name in parts)
    if macros or _TYPE_OF_MACROS in types:
        raise RefusedFile("The file has macros.")
    main = next((one for one in _relations(parts, "") if one.kind.endswith(_MAIN)), None)
    name = _resolve("", main.target) if main else ""
    if name not in parts:
        raise RefusedFile("The file isn't a Word file.")
    loads = {
        posixpath.basename(one.kind)
        for part in parts
        if part.endswith(".rels")
        for one in _read_relations(parts[part])
        if one.external and one.kind.endswith(_LOADED)
    }
    return Package(members, parts, name, tuple(sorted(loads)))


def _relations(parts: dict[str, bytes], part: str) -> list[_Relation]:
    folder, name = posixpath.split(part)
    return _read_relations(parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b""))


def _read_relations(content: bytes) -> list[_Relation]:
    root: XmlNode = XmlFile(content).root if content else XmlNode("none")
    found = (node.attributes for node in root.elements())
    return [
        _Relation(
            one.get("Type", ""), one.get("Target", ""), one.get("TargetMode", "") == "External"
        )
        for one in found
    ]


def _resolve(folder: str, target: str) -> str:
    absolute = target.startswith("/")
    path = target.lstrip("/") if absolute else posixpath.join(folder, target)
    return posixpath.normpath(path)


def _entry(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return what an archive's entry is written with: the same name, date and method."""
    entry = zipfile.ZipInfo(member.filename, member.date_time)
    entry.compress_type = (
        zipfile.ZIP_STORED if member.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
    )
    entry.external_attr = member.external_attr
    return entry
