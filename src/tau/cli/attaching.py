"""Files that are attached to messages in the terminal."""

import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from tau.cli.terminal import single_line
from tau.client.client import Client
from tau.companion.events import RecalledPart
from tau.errors import BadInput
from tau.server.schemas.attachments import AttachmentOut

_MOST_SHOWN = 6


async def attach_file(client: Client, path: Path) -> AttachmentOut:
    """Send a file. Raises `BadInput` if it can't be read here, or by Tau."""
    file = await asyncio.to_thread(_open, path)
    with file:
        return await client.turns.attach(file, path.name)


def _open(path: Path) -> BinaryIO:
    try:
        return path.expanduser().open("rb")
    except (OSError, RuntimeError) as error:  # the latter for an unknown user's folder
        reason = getattr(error, "strerror", None) or "it is no file"
        raise BadInput(f"{path} can't be read: {reason}.") from None


def dropped_file(words: str) -> Path | None:
    """Return the file whose path is all of the words: terminals write it when one is dropped."""
    try:
        parts = shlex.split(words)
    except ValueError:
        return None
    path = Path(parts[0].removeprefix("file://")) if len(parts) == 1 else None
    return path if path is not None and path.is_absolute() and path.is_file() else None


def describe_attachment(file: AttachmentOut) -> str:
    """Return one line about a file that was attached."""
    name = single_line(file.name)
    if file.width:
        return f"Attached {name} ({file.width} × {file.height})."
    pages = f"{file.pages} pages" if file.pages > 1 else f"{file.parts} passages"
    return f"Attached {name} ({pages}{'; its beginning' if file.cut else ''})."


def source_line(parts: Sequence[RecalledPart]) -> str:
    """Return the pages that a reply had, or nothing."""
    places: dict[str, list[str]] = {}
    for part in parts:
        place = f"page {part.page}" if part.page else single_line(part.place)
        known = places.setdefault(single_line(part.name), [])
        if place and place not in known:
            known.append(place)
    files = [
        f"{name}, {', '.join(found[:_MOST_SHOWN])}" if found else name
        for name, found in places.items()
    ]
    return f"(Read: {'; '.join(files)})" if files else ""
