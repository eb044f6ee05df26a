"""Files attached in the terminal: by a command, by dropping them, and for one question."""

import io
import json
import shlex
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from tau.app import App
from tau.cli.attaching import dropped_file
from tau.cli.chat import _handle_input
from tau.cli.chat_session import ChatSession
from tau.cli.prompt import PipePrompt
from tau.cli.slash_commands import ChatContext
from tests.studio.examples.documents import pdf

from .conftest import Command
from .served_chat import serving, shown

pytestmark = pytest.mark.slow  # these open a Tau of their own
LEASE = pdf("The rent is 917 euro.", "The notice is ninety days.")


@pytest.fixture
def lease(tmp_path: Path) -> Path:
    """A file with a space in its name."""
    path = tmp_path / "my lease.pdf"
    path.write_bytes(LEASE)
    return path


@pytest.fixture
async def chat(app: App) -> AsyncIterator[ChatContext]:
    """A chat on a real server."""
    async with serving(app) as client:
        screen = Console(file=io.StringIO(), width=100)
        yield ChatContext(ChatSession(client, screen), PipePrompt(), [])


@pytest.mark.anyio
async def test_a_file_goes_with_the_next_message_and_with_no_other(
    chat: ChatContext, lease: Path
) -> None:
    await _handle_input(chat, f"/attach {lease}")
    assert "Attached my lease.pdf (2 pages). It goes with your next message." in shown(chat)
    await _handle_input(chat, "What notice is there?")
    assert "(Read: my lease.pdf, page 1, page 2)" in shown(chat)
    assert chat.files == []
    first, *_ = await chat.session.thread()
    assert [each.name for each in first.attachments] == ["my lease.pdf"]


@pytest.mark.anyio
async def test_a_dropped_file_is_attached(chat: ChatContext, lease: Path) -> None:
    await _handle_input(chat, f"{shlex.quote(str(lease))} ")
    assert [each.name for each in chat.files] == ["my lease.pdf"]


@pytest.mark.anyio
async def test_what_cannot_be_attached_is_said(chat: ChatContext, tmp_path: Path) -> None:
    (tmp_path / "a.exe").write_bytes(b"MZ")
    for words, sentence in (
        ("/attach", "which file"),
        ("/attach /no/such/file.pdf", "can't be read"),
        (f"/attach {tmp_path / 'a.exe'}", "can't read this kind"),
    ):
        with pytest.raises(Exception, match=sentence):
            await _handle_input(chat, words)
    assert chat.files == []


def test_only_a_whole_path_counts_as_dropped(lease: Path) -> None:
    assert dropped_file(f"{lease}".replace(" ", "\\ ")) == lease
    assert dropped_file(f"'{lease}'") == lease
    for words in ("my lease.pdf", f"Look at {lease}", "/help", "it's", "", str(lease.parent)):
        assert dropped_file(words) is None


@pytest.mark.slow
def test_a_file_is_removed_and_its_message_stays(tau: Command, lease: Path) -> None:
    for _ in range(2):
        assert tau("ask", "What notice is there?", "--attach", str(lease)).exit_code == 0
    listed = tau("files", "list").stdout.splitlines()
    (first, second) = [line.split("\t") for line in listed]
    assert first[3] == "my lease.pdf"
    assert "no-such" in tau("files", "remove", "no-such", "--yes").stderr
    assert tau("files", "remove", first[0]).exit_code == 1, "not without a yes"
    removed = tau("files", "remove", first[0][:8], "--yes")
    assert removed.exit_code == 0, removed.output
    assert "my lease.pdf" in removed.stdout
    assert "1 file" in removed.stdout
    assert [line.split("\t")[0] for line in tau("files", "list").stdout.splitlines()] == [second[0]]
    assert tau("search", "notice").stdout.count("What notice is there?") == 2


@pytest.mark.slow
def test_an_export_with_files_is_restored(
    tau: Command, home: Path, lease: Path, tmp_path: Path
) -> None:
    assert tau("ask", "What notice is there?", "--attach", str(lease)).exit_code == 0
    target = tmp_path / "tau.zip"
    assert "Only the format jsonl" in tau("export", "--files", "--format", "pam").stderr
    assert tau("export", "--files", "-o", str(target)).exit_code == 0
    with zipfile.ZipFile(target) as archive:
        (name,) = [each for each in archive.namelist() if each.startswith("tau-files/")]
        assert archive.read(name) == lease.read_bytes()
    for path in (home / "attachments").glob("*"):
        path.unlink()
    assert "only its text" in tau("files", "list").stdout
    again = tau("import", str(target), "--trust")
    assert again.exit_code == 0, again.output
    assert "only its text" not in tau("files", "list").stdout


def test_one_question_about_a_file(tau: Command, lease: Path) -> None:
    found = tau("ask", "--json", "What notice is there?", "--attach", str(lease))
    assert found.exit_code == 0, found.output
    parts = json.loads(found.stdout)["parts"]
    assert {(each["name"], each["page"]) for each in parts} >= {("my lease.pdf", 2)}
    plain = tau("ask", "What notice is there?", "--attach", str(lease))
    assert "(Read: my lease.pdf" in plain.stderr
    assert "Read:" not in plain.stdout
    missing = tau("ask", "Hm?", "--attach", "no-such-file.pdf")
    assert missing.exit_code == 1
    assert "no-such-file.pdf can't be read" in missing.stderr
