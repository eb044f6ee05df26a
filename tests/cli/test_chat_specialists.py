"""Specialists in a terminal: one chosen, one suggested, what was made, and saving it."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from tau.app import App
from tau.cli.chat import _handle_input
from tau.cli.chat_session import ChatSession
from tau.cli.slash_commands import ChatContext, run_command
from tau.client.client import Client
from tau.errors import BadInput

from .conftest import Command
from .served_chat import serving, shown
from .test_slash_commands import Script

LETTER = 'Write to my landlord about the heating. [[say {"edits": []}]]'


@pytest.fixture
async def client(app: App) -> AsyncIterator[Client]:
    async with serving(app) as opened:
        yield opened


@pytest.fixture
def chat(client: Client) -> ChatContext:
    session = ChatSession(client, Console(file=io.StringIO(), width=200))
    return ChatContext(session, Script(), [])  # type: ignore[arg-type]


@pytest.mark.anyio
@pytest.mark.slow
async def test_a_suggested_specialist_replies_to_the_same_words(
    chat: ChatContext, tmp_path: Path
) -> None:
    words = f"Please draft a letter to my landlord about the heating. {LETTER}"
    await _handle_input(chat, words)
    assert "This looks like work for Writing: /expert writing" in shown(chat)
    with pytest.raises(BadInput, match="Nothing was made"):
        await run_command(chat, "save", "")
    await run_command(chat, "expert", "writing")
    said = shown(chat)
    assert "I've begun a document" in said
    assert "Made: Letter (DIN 5008): Heating. /save FILE saves it." in said
    assert [each.by for each in await chat.session.thread()] == ["person", "tau"]
    with pytest.raises(BadInput, match=r"\.docx, \.md, \.txt"):
        await run_command(chat, "save", str(tmp_path / "letter.svg"))
    for name, begins in (("letter.md", b"["), ("letter.docx", b"PK")):
        await run_command(chat, "save", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(begins)
    await run_command(chat, "expert", "talk")
    await _handle_input(chat, LETTER)
    assert "Made:" not in shown(chat)


@pytest.mark.anyio
@pytest.mark.slow
async def test_specialists_are_listed_and_an_unknown_one_refused(chat: ChatContext) -> None:
    await run_command(chat, "expert", "")
    assert "/expert NAME chooses another: talk, writing, sketch, care" in shown(chat)
    with pytest.raises(BadInput, match="no specialist named gardener"):
        await run_command(chat, "expert", "gardener")
    await _handle_input(chat, "hello")
    first = chat.session.conversation
    await run_command(chat, "expert", "care")  # it has conversations of its own
    await _handle_input(chat, "I had a long day.")
    second = chat.session.conversation
    assert first is not None
    assert second is not None
    assert first.id != second.id
    await run_command(chat, "expert", "talk")
    await _handle_input(chat, "hello")
    assert chat.session.conversation not in (first, second)


@pytest.mark.slow
def test_ask_lets_a_specialist_reply_and_names_what_it_made(tau: Command) -> None:
    done = tau("ask", "--new", "--expert", "writing", LETTER)
    assert done.exit_code == 0
    assert done.stdout.startswith("I've begun a document")
    assert "(Made: Letter (DIN 5008): Heating." in done.stderr
    told = json.loads(tau("ask", "--new", "--expert", "writing", "--json", LETTER).stdout)
    assert told["artifact"]["artifact_type"] == "document"
    refused = tau("ask", "--expert", "gardener", "hello")
    assert refused.exit_code != 0
    assert tau("ask", "--expert", "care", "I had a long day.").exit_code == 0
