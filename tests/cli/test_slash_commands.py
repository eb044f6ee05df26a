"""Orders of a chat on a real server: lists, numbers, memories, forgetting and pages."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from tau.app import App
from tau.cli.chat import _handle_input, _loop, _model_name, _resume
from tau.cli.chat_session import ChatSession, PipeOutput, output_for
from tau.cli.slash_commands import (
    SLASH_COMMANDS,
    ChatContext,
    as_markdown,
    conversation_rows,
    run_command,
)
from tau.cli.view import ReplyView
from tau.client.client import Client
from tau.client.http import ApiError
from tau.errors import BadInput, Conflict, TauError
from tau.server.schemas.messages import MessageOut
from tau.server.schemas.models import BuiltinOut, ModelList

from .served_chat import serving, shown

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class Script:
    """A prompt that types what was written down, then leaves."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.questions: list[tuple[str, str]] = []
        self.seeded: list[str] = []

    def seed(self, words: list[str]) -> None:
        self.seeded = list(words)

    async def ask(self, *, default: str = "", question: str = "› ") -> str:
        self.questions.append((question, default))
        if not self.lines:
            raise EOFError
        return self.lines.pop(0) or default


@pytest.fixture
async def client(app: App) -> AsyncIterator[Client]:
    async with serving(app) as opened:
        yield opened


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def chat(client: Client, script: Script) -> ChatContext:
    session = ChatSession(client, Console(file=io.StringIO(), width=200))
    return ChatContext(session, script, [])  # type: ignore[arg-type]


async def texts(chat: ChatContext) -> list[str]:
    return [message.text for message in await chat.session.thread()]


async def test_help_names_every_order(chat: ChatContext) -> None:
    await run_command(chat, "help", "")
    told = shown(chat)
    for order in SLASH_COMMANDS.values():
        assert order.usage in told
        assert order.help in told
    assert "Ctrl-C" in told


async def test_a_number_opens_what_was_listed(
    chat: ChatContext, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_command(chat, "list", "")
    assert "no conversations" in shown(chat)
    await chat.session.say("About lakes. [[say Blue]]")
    await chat.session.start_new()
    await chat.session.say("About stones. [[say Grey]]")
    await run_command(chat, "list", "")
    listed_conversations = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[2], row[3].split(".")[0]) for row in listed_conversations] == [
        ("1", "2", "About stones"),
        ("2", "2", "About lakes"),
    ]
    await run_command(chat, "open", "2")
    assert await texts(chat) == ["About lakes. [[say Blue]]", "Blue"]
    assert script.seeded == ["About lakes. [[say Blue]]"]
    assert "Blue" in shown(chat)


@pytest.mark.parametrize("number", ["", "0", "2", "-1", "one", "1.0", "²"])
async def test_a_number_that_was_not_listed_opens_nothing(chat: ChatContext, number: str) -> None:
    await chat.session.say("[[say hello]]")
    here = chat.session.conversation
    with pytest.raises(BadInput, match="/open 1"):
        await run_command(chat, "open", number)
    assert chat.session.conversation == here


async def test_a_search_is_a_list_too(chat: ChatContext) -> None:
    await chat.session.say("My boat is called Marigold. [[say Nice]]")
    boat = chat.session.conversation
    assert boat is not None
    await run_command(chat, "new", "")
    assert "still remembers" in shown(chat)
    await run_command(chat, "search", "boat Marigold")
    assert "1. " in shown(chat)
    await run_command(chat, "open", "1")
    assert chat.session.conversation is not None
    assert chat.session.conversation.id == boat.id
    await run_command(chat, "search", "zeppelin")
    assert "No matches." in shown(chat)
    assert chat.session.listed.conversations == []


async def test_nothing_recalled_is_said_plainly(chat: ChatContext) -> None:
    await chat.session.say("[[say hello]]")
    shown(chat)
    await run_command(chat, "recalled", "")
    assert shown(chat) == "Nothing was recalled for the last reply.\n"


@pytest.mark.parametrize(
    ("answer", "gone"), [("yes", True), (" Y ", True), ("no", False), ("", False)]
)
async def test_only_a_yes_forgets(
    chat: ChatContext, script: Script, answer: str, gone: bool
) -> None:
    await chat.session.say("keep [[say kept]]")
    await chat.session.say("the marmalade plan [[say first reply]]")
    await chat.session.retry()
    script.lines = [answer]
    await run_command(chat, "forget", "")
    left = ["keep [[say kept]]", "kept"]
    assert (await texts(chat) == left) is gone
    export = (await chat.session.client.http.request("GET", "/api/export")).decode()
    assert ("marmalade" not in export and "first reply" not in export) is gone
    assert ("Forgotten." in shown(chat)) is gone


async def test_an_edit_without_words_offers_the_last_ones(
    chat: ChatContext, script: Script
) -> None:
    await chat.session.say("[[say one]]")
    script.lines = ["[[say two]]"]
    await run_command(chat, "edit", "")
    assert script.questions == [("edit › ", "[[say one]]")]
    assert await texts(chat) == ["[[say two]]", "two"]


async def test_a_title_is_told_and_kept(chat: ChatContext) -> None:
    await chat.session.say("A lake. [[say Lovely]]")
    shown(chat)
    await run_command(chat, "title", "")
    assert shown(chat) == "Title: A lake. [[say Lovely]]\n"
    with pytest.raises(TauError, match="200"):
        await run_command(chat, "title", "x" * 201)


async def test_a_page_is_named_after_its_conversation_and_never_over_another(
    chat: ChatContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await chat.session.say("../Lakes & stones: 湖 [[say Lovely]]")
    await run_command(chat, "export", "")
    written = re.search(r"Exported to (.+), not encrypted", shown(chat))
    assert written is not None
    assert re.fullmatch(r"[\w-]+\.md", written[1])
    with pytest.raises(Conflict, match="left unchanged"):
        await run_command(chat, "export", "")


async def test_who_replies_can_be_changed_for_this_chat(chat: ChatContext) -> None:
    await run_command(chat, "model", "companion")
    assert "Replies come from companion (smollm2-135m-instruct)." in shown(chat)
    await run_command(chat, "model", "scripted")
    await chat.session.say("[[say by the script]]")
    assert "by the script" in shown(chat)


async def test_a_loop_takes_orders_and_words_until_the_end(
    chat: ChatContext, script: Script
) -> None:
    script.lines = ["", "  ", "[[say hello]]", "/dance", "/retry", "/quit", "never said"]
    await _loop(chat)
    told = shown(chat)
    assert told.count("hello") == 2
    assert "Unknown command /dance" in told
    assert script.lines == ["never said"]
    assert await texts(chat) == ["[[say hello]]", "hello"]


async def test_going_on_takes_the_latest_or_the_one_named(
    chat: ChatContext, script: Script
) -> None:
    await _resume(chat, None)
    assert chat.session.conversation is None
    await _handle_input(chat, "first [[say 1]]")
    first = chat.session.conversation
    assert first is not None
    await chat.session.start_new()
    await _handle_input(chat, "second [[say 2]]")
    await chat.session.start_new()
    await _resume(chat, None)
    assert script.seeded == ["second [[say 2]]"]
    await _resume(chat, first.id)
    assert script.seeded == ["first [[say 1]]"]
    with pytest.raises(ApiError):
        await _resume(chat, "nowhere")


@pytest.mark.parametrize(
    ("aliases", "ready", "speaker"),
    [
        ({"companion": ["far", "near"]}, ["near"], "near"),
        ({"companion": ["far", "near"]}, [], "far"),
        ({"companion": []}, [], "no model yet"),
        ({}, [], "companion"),
    ],
)
async def test_the_heading_names_who_will_speak(
    chat: ChatContext, aliases: dict[str, list[str]], ready: list[str], speaker: str
) -> None:
    known = await chat.session.client.models.all()
    (sample,) = (model for model in known.models if model.name == "scripted")
    models = [
        type(sample)(
            name=name,
            origin="endpoint",
            capabilities=["chat"],
            size="capable",
            bytes=0,
            context_tokens=1,
            ready=name in ready,
            about="",
            licence="",
        )
        for name in ("far", "near")
    ]
    assert (
        _model_name(ModelList(models, aliases, BuiltinOut([], None, in_use=False)), chat.session)
        == speaker
    )
    assert speaker in chat.session.heading(speaker)


def message(text: str, by: str = "person", **more: object) -> MessageOut:
    parts = {
        "id": "m", "conversation": "c", "at": 0.0, "speaker": None, "parent": None, "turn": None,
        "status": "complete", "model": None, "recalled": [], "facts": [], "notes": [],
    } | more  # fmt: skip
    return MessageOut(text=text, by=by, **parts)  # type: ignore[arg-type]


def test_a_page_tells_who_said_what() -> None:
    page = as_markdown("A\nlake", [message("one", speaker="Ana"), message("two", "tau")])
    assert page.startswith("# A lake\n\n**Ana**, ")
    assert page.endswith("\n\ntwo\n")


def test_no_conversations_are_no_rows() -> None:
    assert conversation_rows([]) == []


@pytest.mark.parametrize(("terminal", "kind"), [(True, ReplyView), (False, PipeOutput)])
def test_a_view_suits_where_it_goes(terminal: bool, kind: type) -> None:
    assert isinstance(output_for(Console(file=io.StringIO(), force_terminal=terminal)), kind)


@pytest.mark.parametrize(
    ("pieces", "written"),
    [([], ""), (["one", " two"], "one two\n"), (["one\n"], "one\n"), (["a\x1b[1m"], "a\x1b[1m\n")],
)
def test_a_pipe_gets_the_reply_as_it_is_with_its_last_line_ended(
    pieces: list[str], written: str
) -> None:
    file = io.StringIO()
    view = PipeOutput(Console(file=file))
    view.begin()
    for piece in pieces:
        view.feed(piece)
    view.finish()
    assert file.getvalue() == written
