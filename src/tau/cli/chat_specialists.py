"""Specialists in a terminal chat: who replies, who could help, what was made, and saving it."""

import asyncio
import re
from pathlib import Path
from typing import get_args

from tau.cli.chat_session import ChatSession
from tau.cli.files import atomic_write
from tau.cli.terminal import single_line
from tau.client.client import Client
from tau.client.http import path_of
from tau.errors import BadInput
from tau.experts.sketch.downloads import PlanFormat
from tau.facts.resolution import CARE, TALK
from tau.server.schemas.messages import MadeArtifactOut

_DOCUMENT_FORMATS = ("docx", "md", "txt")


async def choose_expert(session: ChatSession, name: str) -> None:
    """Show the specialists, or let one of them reply. Raises `BadInput` for an unknown name."""
    known = {each.name: each for each in await session.client.experts.all()}
    if not name:
        session.print_note(f"Replies come from {session.expert or TALK}.")
        usable = [one.name for one in known.values() if one.approved and one.scope.enabled]
        session.print_note(f"/expert NAME chooses another: {', '.join(usable)}")
        return
    if name not in known:
        raise BadInput(f"There's no specialist named {single_line(name)}; /expert lists them.")
    suggested, place = session.reply.suggested == name, await session.refresh()
    if CARE in (name, place.expert if place else None):  # it has conversations of its own
        await session.start_new()
        suggested = False
    session.expert = name
    session.print_note(f"Replies come from {name} now.")
    if suggested:
        await session.retry()


async def save_made(session: ChatSession, name: str) -> None:
    """Save what a specialist made last in this conversation. Raises `BadInput` if there's none."""
    made = next((each.artifact for each in reversed(await session.thread()) if each.artifact), None)
    if made is None:
        raise BadInput("Nothing was made here yet.")
    path = _path(name, made)
    data = await _file_of(session.client, made, path.suffix.lower().removeprefix("."))
    await asyncio.to_thread(_write, path, data)
    session.print_note(f"Saved {path}.")


async def _file_of(client: Client, made: MadeArtifactOut, kind: str) -> bytes:
    formats = get_args(PlanFormat) if made.type == "plan" else _DOCUMENT_FORMATS
    if kind not in formats:
        raise BadInput(f"Save it as {', '.join(f'.{each}' for each in formats)}.")
    area = ("sketch", "plans") if made.type == "plan" else ("writing", "documents")
    path = path_of("experts", *area, made.id, "file")
    return await client.http.request("GET", path, params={"format": kind})


def _path(name: str, made: MadeArtifactOut) -> Path:
    usual = re.sub(r"[^\w-]+", "-", made.title).strip("-")[:60] or made.type
    return Path(name or f"{usual}.{'svg' if made.type == 'plan' else 'docx'}").expanduser()


def _write(path: Path, data: bytes) -> None:
    with atomic_write(path) as file:
        file.write(data)
