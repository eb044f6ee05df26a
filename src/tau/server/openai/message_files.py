"""Pictures and files in a message that a client sends: they become attachments of the turn.

Nothing is fetched from an address: a picture comes with its bytes in a `data:` URL, and a file with
its bytes or as the id of an uploaded one.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import anyio.to_thread

from tau.attachments.attachment_store import AttachmentStore
from tau.attachments.reading import MAX_FILE_BYTES
from tau.errors import BadInput, NotFound, UnreadableFile
from tau.server.auth import CurrentPerson
from tau.server.openai.schemas import ChatMessage, ContentPart
from tau.server.requests.turns import MAX_ATTACHMENTS
from tau.studio.files.files import StudioFiles

_TEXT = frozenset({"text", "input_text"})
_PICTURE = frozenset({"image_url", "input_image"})
_FILE = frozenset({"file", "input_file"})
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w.+-]+=[^;,]*)*;base64,", re.IGNORECASE)
_ENDINGS = {"image/jpeg": "jpg", "image/svg+xml": "svg", "text/plain": "txt"}
_OTHER = "Tau reads text, pictures and files, but one of the messages contains something else."
_NO_ADDRESS = (
    "Tau doesn't fetch pictures and files from addresses. Send the bytes in a data: URL, or upload "
    "the file and name its id."
)
_NO_DATA = "A picture or file comes in base64, in a data: URL."


class MessageFile(NamedTuple):
    """A file of a message: its bytes, or the id of an uploaded one."""

    name: str
    content: bytes = b""
    file_id: str = ""


def words_of(message: ChatMessage) -> str:
    """Return the text of a person's message. Raises `BadInput` for parts that Tau doesn't read."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    if any(part.type not in _TEXT | _PICTURE | _FILE for part in message.content):
        raise BadInput(_OTHER)
    return "\n".join(part.text or "" for part in message.content if part.type in _TEXT)


def files_of(message: ChatMessage) -> list[MessageFile]:
    """Return the pictures and files of a message. Raises `BadInput`."""
    parts = message.content if isinstance(message.content, list) else []
    found = [
        _picture(part) if part.type in _PICTURE else _file(part)
        for part in parts
        if part.type in _PICTURE | _FILE
    ]
    if len(found) > MAX_ATTACHMENTS:
        raise BadInput(f"A message can have at most {MAX_ATTACHMENTS} files.")
    return found


class MessageFiles:
    """The files of one message, received when the turn begins, and discarded if it doesn't."""

    def __init__(
        self,
        found: Sequence[MessageFile],
        store: AttachmentStore,
        uploaded: StudioFiles,
        current: CurrentPerson,
    ) -> None:
        """Take what was found in a message; `uploaded` has the files that ids may name."""
        self._found = found
        self._store = store
        self._uploaded = uploaded
        self._unlocked = current.unlocked
        self._life = current.life

    async def receive(self) -> tuple[str, ...]:
        """Read and keep the files; return their ids. Raises `UnreadableFile` and `NotFound`."""
        kept: list[str] = []
        try:
            for each in self._found:
                name, content = await self._whole(each)
                file = await self._store.receive(self._life, name, _pieces([content]))
                kept.append(file.id)
        except BaseException:
            await self.discard(kept)
            raise
        return tuple(kept)

    async def discard(self, ids: Iterable[str]) -> None:
        """Erase files that no message names after all."""
        for each in ids:
            with suppress(NotFound):
                await self._store.discard(self._life, each)

    async def _whole(self, file: MessageFile) -> tuple[str, bytes]:
        if not file.file_id:
            return file.name, file.content
        record = await self._uploaded.find(self._unlocked, file.file_id)
        if record.file.size > MAX_FILE_BYTES:
            raise UnreadableFile(f"A file can have at most {MAX_FILE_BYTES >> 20} MB.")
        pieces = self._uploaded.read(record)
        return record.file.filename, await anyio.to_thread.run_sync(lambda: b"".join(pieces))


async def _pieces(content: Sequence[bytes]) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


def _picture(part: ContentPart) -> MessageFile:
    given = _fields(part)
    if file_id := given.get("file_id"):
        return MessageFile("", file_id=str(file_id))
    url = given.get("image_url")
    if isinstance(url, dict):
        url = url.get("url")
    return _from_data(url, "picture")


def _file(part: ContentPart) -> MessageFile:
    given = _fields(part)
    nested = given.get("file")
    given = nested if isinstance(nested, dict) else given
    if file_id := given.get("file_id"):
        return MessageFile("", file_id=str(file_id))
    if "file_url" in given:
        raise BadInput(_NO_ADDRESS)
    made = _from_data(given.get("file_data"), "file")
    name = given.get("filename")
    return made._replace(name=name) if isinstance(name, str) and name.strip() else made


def _fields(part: ContentPart) -> dict[str, Any]:
    return dict(part.model_extra or {})


def _from_data(url: object, name: str) -> MessageFile:
    """Return the file in a `data:` URL, or in plain base64. Raises `BadInput`."""
    if not isinstance(url, str) or not url:
        raise BadInput(_NO_DATA)
    if re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE):
        raise BadInput(_NO_ADDRESS)
    head = _DATA.match(url)
    if head is None and url.startswith("data:"):
        raise BadInput(_NO_DATA)
    kind = (head[1] or "").lower() if head else ""
    try:
        text = "".join((url[head.end() :] if head else url).split())
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(_NO_DATA) from None
    ending = _ENDINGS.get(kind) or kind.rpartition("/")[2]
    return MessageFile(f"{name}.{ending}" if ending else name, content)
