"""What a command leans on: pipes, terminals, the running server's file, answers and tables."""

import asyncio
import io
import json
import os
import pty
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tau.cli import ask, confirmation, server_file, terminal
from tau.cli.keyboard import echo_disabled
from tau.cli.progress import progress_bar
from tau.cli.prompt import PipePrompt
from tau.cli.slash_commands import parse_command
from tau.cli.terminal import console, print_rows, shorten, strip_control
from tau.errors import BadInput, NotSignedIn
from tau.models import scripted_server

pytestmark = pytest.mark.anyio


class Typed(io.StringIO):
    """Standard input with somebody at it, or nobody."""

    def __init__(self, text: str, *, somebody: bool) -> None:
        super().__init__(text)
        self.somebody = somebody

    def isatty(self) -> bool:
        return self.somebody


# --- what is asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "piped", "asked"),
    [
        (("one", "two"), "not read", "one two"),
        ((), "from a pipe\n", "from a pipe"),
        (("-",), "from a pipe", "from a pipe"),
        (("Shorten:", "-"), "a letter\n", "Shorten: \n\na letter"),
        (("Before", "-", "after"), "the middle", "Before \n\nthe middle\n\n after"),
        (("a", "-", "-"), "once", "a \n\nonce\n\n -"),
    ],
)
def test_words_and_pipes_make_one_question(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], piped: str, asked: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(piped, somebody=False))
    assert ask._read_words(words) == asked


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        ((), Typed("", somebody=True), "Say what to ask"),
        (("-",), Typed("", somebody=True), "Say what to ask"),
        ((), Typed(" \n\n", somebody=False), "input is empty"),
        (("  ",), Typed("", somebody=False), "input is empty"),
    ],
    ids=["a terminal", "a terminal and a dash", "an empty pipe", "blank words"],
)
def test_no_question_is_told(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], typed: Typed, sentence: str
) -> None:
    monkeypatch.setattr(sys, "stdin", typed)
    with pytest.raises(BadInput, match=sentence):
        ask._read_words(words)


async def test_a_pipe_is_read_line_by_line_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Typed("one\n\nlast", somebody=False))
    prompt = PipePrompt()
    prompt.seed(["never shown"])
    assert await prompt.ask() == "one"
    assert await prompt.ask(default="usual") == "usual"
    assert await prompt.ask() == "last"
    with pytest.raises(EOFError):
        await prompt.ask()


def test_a_password_from_a_pipe_is_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Typed("  spaces matter \nrest\n", somebody=False))
    assert confirmation.ask_new_password() == "  spaces matter "
    with pytest.raises(NotSignedIn, match="terminal"):
        confirmation.ask_password()


# --- the terminal ---------------------------------------------------------------------------


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input; its number."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        yield theirs
    os.close(ours)


def test_typing_ahead_is_not_shown_and_the_terminal_is_given_back(keyboard: int) -> None:
    before = termios.tcgetattr(keyboard)

    def fail() -> None:
        with echo_disabled():
            modes = termios.tcgetattr(keyboard)[3]
            assert not modes & termios.ECHO
            assert modes & termios.ISIG, "Ctrl-C still works"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert termios.tcgetattr(keyboard) == before


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\x1b]0;title\x07b", "a]0;titleb"),
        ("one\r\ntwo\rthree", "one\ntwothree"),
        ("\x9b31m\x7f", "31m"),
        ("tab\tand 你好 👩‍👧", "tab\tand 你好 👩‍👧"),
    ],
)
def test_nobody_elses_words_steer_the_terminal(text: str, safe: str) -> None:
    assert strip_control(text) == safe


@pytest.mark.parametrize("limit", [1, 5, 11, 12])
def test_one_line_is_never_longer_than_its_limit(limit: int) -> None:
    line = shorten("hello\n\nthere\t you", limit)
    assert len(line) <= limit
    assert "\n" not in line


def test_a_table_for_a_person_is_aligned_also_in_wide_letters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "_is_terminal", lambda stderr: True)
    monkeypatch.setenv("COLUMNS", "60")
    print_rows(("name", "about"), [("湖", "a lake"), ("stone", "x" * 200)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "about"]
    assert lines[0].index("about") == 7
    assert lines[1].startswith("湖     a lake")
    assert lines[2].startswith("stone  xxx")


def test_a_download_in_a_pipe_is_told_in_few_lines() -> None:
    file = io.StringIO()
    screen = terminal.Console(file=file, width=80)
    with progress_bar("small", screen) as report:
        for done in range(1001):
            report(done * 100_000, 100_000_000)
        report(5, 0)
    lines = file.getvalue().splitlines()
    assert len(lines) == 11
    assert (lines[0], lines[-1]) == ("small: 0 % of 100 MB", "small: 100 % of 100 MB")


def test_a_console_is_made_for_the_output_of_the_moment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console().print("[bold]out[/bold]", markup=False)
    console(stderr=True).print("err")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("[bold]out[/bold]\n", "err\n")


@pytest.mark.parametrize("words", ["/Help", "/help2", "//help", "/-", "say /help"])
def test_what_only_looks_like_an_order_is_said(words: str) -> None:
    assert parse_command(words) is None


# --- the running server's file --------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"url": 5, "pid": 1}', b'{"pid": 1}', b"\xff\xfe"]
)
async def test_a_file_that_is_no_beacon_is_no_server(tmp_path: Path, content: bytes) -> None:
    (tmp_path / server_file.FILE_NAME).write_bytes(content)
    assert server_file.read(tmp_path) is None
    assert await server_file.find_running(tmp_path) is None


@pytest.mark.parametrize(
    ("answer", "is_tau"),
    [('{"status": "ok"}', True), ("[]", False), ("<html>", False), ('{"hello": 1}', False)],
)
async def test_only_a_tau_that_answers_is_running(
    tmp_path: Path, answer: str, is_tau: bool
) -> None:
    async def status(_request: web.Request) -> web.Response:
        return web.Response(text=answer)

    app = web.Application()
    app.router.add_get("/v1/status", status)
    async with scripted_server.serving(app) as url:
        with server_file.published(tmp_path, url) as lit:
            assert await server_file.find_running(tmp_path) == (lit if is_tau else None)
    assert server_file.read(tmp_path) is None


async def test_a_server_that_ended_is_not_running(tmp_path: Path) -> None:
    async with scripted_server.serving(web.Application()) as url:
        pass
    told = {"url": url, "pid": os.getpid()}
    await asyncio.to_thread((tmp_path / server_file.FILE_NAME).write_text, json.dumps(told))
    assert await server_file.find_running(tmp_path) is None
