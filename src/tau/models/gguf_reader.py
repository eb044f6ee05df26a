"""Reader of GGUF files that trusts nothing in them.

llama.cpp reads lengths and offsets as they come, and ends with its process where they lead nowhere.
So what comes from outside is read here first: every length is compared with what is left, and a
tensor must be where llama.cpp expects it. It knows the format, not what a model consists of.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import math
import struct
from typing import Any, NamedTuple

Buffer = bytes | memoryview

_VERSIONS = (2, 3)
_ALIGNMENT = "general.alignment"
_MOST_TENSORS, _MOST_FIELDS, _MOST_DIMENSIONS = 100_000, 10_000, 4
_LONGEST_NAME, _LONGEST_STRING = 256, 4_000_000
_LARGEST = 2**62
"""Of a tensor's elements: the product of its dimensions must fit in llama.cpp's numbers."""
_NUMBERS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING, _ARRAY = 8, 9
F32, F16, BF16 = 0, 1, 30
ELEMENT_BYTES = {F32: 4, F16: 2, BF16: 2}
"""Bytes of an element, for types whose elements aren't stored in blocks."""


class InvalidGguf(Exception):
    """It isn't a whole GGUF file; the message is a clause that says why."""


class GgufTensor(NamedTuple):
    """A tensor's description. Dimensions are in GGUF's order: that of a row's elements is first."""

    shape: tuple[int, ...]
    kind: int
    offset: int
    """Of its first byte in the file."""


class GgufFile(NamedTuple):
    """What a file says about itself. Of an array only its length is kept."""

    metadata: dict[str, Any]
    tensors: dict[str, GgufTensor]
    data_start: int


def read_gguf(raw: Buffer) -> GgufFile:
    """Return the metadata and the tensors' descriptions of a GGUF file. Raises `InvalidGguf`.

    That a tensor's bytes are there is checked for the types of `ELEMENT_BYTES`; others only begin
    inside the file.
    """
    cursor = _Cursor(raw)
    if cursor.take(4) != b"GGUF":
        raise InvalidGguf("it isn't a GGUF file")
    if cursor.number("<I") not in _VERSIONS:
        raise InvalidGguf("its version of GGUF isn't known")
    tensor_count, field_count = cursor.number("<Q"), cursor.number("<Q")
    if tensor_count > _MOST_TENSORS or field_count > _MOST_FIELDS:
        raise InvalidGguf("it has too many parts")
    metadata = dict(_distinct(cursor.field() for _ in range(field_count)))
    infos = dict(_distinct(cursor.tensor() for _ in range(tensor_count)))
    alignment = metadata.get(_ALIGNMENT, 32)
    if not isinstance(alignment, int) or not 8 <= alignment <= 65_536 or alignment % 8:
        raise InvalidGguf("its alignment makes no sense")
    start = _padded(cursor.position, alignment)
    tensors = {name: info._replace(offset=start + info.offset) for name, info in infos.items()}
    _check_places(tensors, start, alignment, len(raw))
    return GgufFile(metadata, tensors, start)


def tensor_bytes(raw: Buffer, tensor: GgufTensor) -> memoryview:
    """Return the bytes of a tensor whose type is in `ELEMENT_BYTES`."""
    size = math.prod(tensor.shape) * ELEMENT_BYTES[tensor.kind]
    return memoryview(raw)[tensor.offset : tensor.offset + size]


def _distinct(pairs: Any) -> Any:
    seen = set()
    for name, value in pairs:
        if name in seen:
            raise InvalidGguf("it has two parts of the same name")
        seen.add(name)
        yield name, value


def _padded(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment


def _check_places(
    tensors: dict[str, GgufTensor], start: int, alignment: int, file_bytes: int
) -> None:
    """Check that each tensor begins where the one before it ends, and that all are in the file."""
    expected: int | None = start
    for tensor in tensors.values():
        size = ELEMENT_BYTES.get(tensor.kind)
        if expected is not None and tensor.offset != expected:
            raise InvalidGguf("its tensors aren't where they should be")
        if tensor.offset > file_bytes:
            raise InvalidGguf("it's cut short")
        expected = None
        if size is not None:
            end = tensor.offset + math.prod(tensor.shape) * size
            expected = _padded(end, alignment)
            if end > file_bytes:
                raise InvalidGguf("it's cut short")


class _Cursor:
    """A position in the file, which never passes its end."""

    def __init__(self, raw: Buffer) -> None:
        self._raw = memoryview(raw)
        self.position = 0

    def take(self, count: int) -> bytes:
        return bytes(self._skip(count))

    def _skip(self, count: int) -> memoryview:
        end = self.position + count
        if end > len(self._raw):
            raise InvalidGguf("it's cut short")
        taken = self._raw[self.position : end]
        self.position = end
        return taken

    def number(self, code: str) -> Any:
        return struct.unpack(code, self._skip(struct.calcsize(code)))[0]

    def string(self, longest: int = _LONGEST_STRING) -> str:
        length = self.number("<Q")
        if length > longest:
            raise InvalidGguf("one of its texts is too long")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            raise InvalidGguf("one of its texts isn't UTF-8") from None

    def field(self) -> tuple[str, Any]:
        return self.string(_LONGEST_NAME), self._value(self.number("<I"))

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array_length(self.number("<I"), self.number("<Q"))
        if kind in _NUMBERS:
            return self.number(_NUMBERS[kind])
        raise InvalidGguf("one of its values has an unknown type")

    def _array_length(self, kind: int, count: int) -> int:
        if kind in _NUMBERS:
            self._skip(count * struct.calcsize(_NUMBERS[kind]))
        elif kind == _STRING:
            for _ in range(count):  # ends at the end of the file: each takes eight bytes or more
                self._skip(self.number("<Q"))
        else:
            raise InvalidGguf("one of its values has an unknown type")
        return count

    def tensor(self) -> tuple[str, GgufTensor]:
        name = self.string(_LONGEST_NAME)
        dimensions = self.number("<I")
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise InvalidGguf("one of its tensors has no sensible shape")
        shape = tuple(self.number("<Q") for _ in range(dimensions))
        if 0 in shape or math.prod(shape) > _LARGEST:
            raise InvalidGguf("one of its tensors has no sensible shape")
        return name, GgufTensor(shape, self.number("<I"), self.number("<Q"))
