"""Bodies of the type multipart/form-data, read as they arrive.

A framework's forms would write a file unsealed into a folder for temporary files first. Here the
fields are collected, and the pieces of the one file pass through.
"""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from tau.errors import BadInput, InvalidField

MAX_FIELD_BYTES = 16_384
MAX_FIELDS = 20
_NOT_A_FORM = "The body must be multipart/form-data."
_DAMAGED = "The form in this request can't be read."


@dataclass
class _Part:
    """The part of a form that is being read."""

    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    filename: str | None = None
    content: bytearray = field(default_factory=bytearray)


class MultipartForm:
    """A form with at most one file, whose field is named `file_field`.

    Read `file()` first, then its `pieces()` to their end, then the fields that follow with
    `rest()`. `fields` has what was read so far.
    """

    def __init__(
        self, content_type: str, body: AsyncIterator[bytes], file_field: str = "file"
    ) -> None:
        self.fields: dict[str, str] = {}
        self._body = body
        self._file_field = file_field
        self._part = _Part()
        self._header = bytearray()
        self._value = bytearray()
        self._pieces: deque[bytes] = deque()
        self._filename: str | None = None
        self._has_file = self._file_ended = self._ended = False
        self._parser = self._make_parser(content_type)

    async def file(self) -> str:
        """Return the file's name once its part begins. Raises `InvalidField` if there is none."""
        while not self._has_file and await self._feed():
            pass
        if not self._has_file:
            raise InvalidField(f"The file is missing: `{self._file_field}`.", self._file_field)
        return self._filename or "upload"

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the file's content."""
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if self._file_ended or not await self._feed():
                break
        while self._pieces:
            yield self._pieces.popleft()
        if not self._file_ended:
            raise BadInput(_DAMAGED)

    async def rest(self) -> dict[str, str]:
        """Return all fields, once the form is at its end."""
        while await self._feed():
            pass
        if not self._ended:
            raise BadInput(_DAMAGED)
        return self.fields

    async def _feed(self) -> bool:
        """Parse the next piece of the body; return False at its end. Raises `BadInput`."""
        data = await anext(self._body, None)
        if data is None:
            return False
        try:
            self._parser.write(data)
        except FormParserError:
            raise BadInput(_DAMAGED) from None
        return True

    def _make_parser(self, content_type: str) -> MultipartParser:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 200:
            raise BadInput(_NOT_A_FORM)
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def _on_part_begin(self) -> None:
        self._part = _Part()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._part.headers[self._header.decode("latin-1").lower()] = bytes(self._value).decode(
            "latin-1"
        )
        self._header.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._part.headers.get("content-disposition", ""))
        self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._part.name == self._file_field and not self._has_file:
            self._has_file = True
            self._filename = options.get(b"filename", b"").decode("utf-8", "replace")
        elif len(self.fields) >= MAX_FIELDS:
            raise BadInput("The form has too many fields.")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file():
            self._pieces.append(data[start:end])
            return
        self._part.content += data[start:end]
        if len(self._part.content) > MAX_FIELD_BYTES:
            raise InvalidField("A field of the form is too long.", self._part.name[:100])

    def _on_part_end(self) -> None:
        if self._is_file():
            self._file_ended = True
        else:
            self.fields[self._part.name] = self._part.content.decode("utf-8", "replace")

    def _on_end(self) -> None:
        self._ended = True

    def _is_file(self) -> bool:
        """Return whether this part is the file: the first part with the file's name."""
        return self._part.name == self._file_field and self._has_file and not self._file_ended
