"""A chat on a real server inside this process, with the keys of a terminal fed in."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from tau.app import App
from tau.cli.chat_session import PRIVATE_NOTICE, ChatSession, find_latest_conversation
from tau.cli.prompt import TerminalPrompt
from tau.cli.slash_commands import (
    ChatContext,
    ExitChat,
    as_markdown,
    parse_command,
    run_command,
    seed_history,
)
from tau.client.http import ApiError
from tau.errors import BadInput, TauError
from tests.patience import patient

from .served_chat import serving, shown

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class Answers:
    """A prompt whose answers were decided before."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.seeded: list[str] = []

    def seed(self, words: list[str]) -> None:
        self.seeded = list(words)

    async def ask(self, *, default: str = "", question: str = "") -> str:
        assert question
        return self.answers.pop(0) or default


@pytest.fixture
async def chat(app: App) -> AsyncIterator[ChatContext]:
    """A chat that prints to a pipe."""
    async with serving(app) as client:
        screen = Console(file=io.StringIO(), width=200)
        yield ChatContext(ChatSession(client, screen), Answers(), [])


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("/help", ("help", "")),
        ("  /open 3 ", ("open", "3")),
        ("/edit two\nlines", ("edit", "two\nlines")),
        ("what is /etc?", None),
        ("/etc/passwd is a file", None),
        ("/ nothing", None),
        ("", None),
    ],
)
def test_what_is_an_order(words: str, order: tuple[str, str] | None) -> None:
    assert parse_command(words) == order


async def test_words_begin_a_conversation_and_the_reply_is_shown(chat: ChatContext) -> None:
    await chat.session.say("[[say Hello.]]")
    assert shown(chat) == "Hello.\n"
    assert chat.session.conversation is not None
    first = chat.session.conversation.id
    await chat.session.say("[[say Again.]]")
    assert chat.session.conversation.id == first
    assert [message.text for message in await chat.session.thread()][1::2] == ["Hello.", "Again."]


async def test_a_reply_that_fails_is_told_and_the_words_stay(chat: ChatContext) -> None:
    await chat.session.say("[[die]] remember this")
    assert shown(chat).strip().endswith(".")
    assert (await chat.session.last_message()).text == "[[die]] remember this"


async def test_the_first_interrupt_stops_the_reply(chat: ChatContext) -> None:
    doing = asyncio.create_task(
        chat.session.run_task(chat.session.say("[[tokens 9]] [[hang after 4]]"))
    )
    async with asyncio.timeout(patient(30)):
        while "word4" not in str(chat.session.screen.file.getvalue()):  # type: ignore[attr-defined]  # noqa: ASYNC110
            await asyncio.sleep(0)
        chat.session.interrupt()
        await doing
    assert "(stopped)" in shown(chat)
    assert (await chat.session.thread())[-1].status == "stopped"


async def test_an_interrupt_gives_up_what_takes_long(chat: ChatContext) -> None:
    forever = asyncio.Event()

    async def wait() -> None:
        await forever.wait()

    doing = asyncio.create_task(chat.session.run_task(wait()))
    await asyncio.sleep(0)
    chat.session.interrupt()
    await doing
    assert "(canceled)" in shown(chat)
    chat.session.interrupt()  # nothing is being done: nothing happens


async def test_retry_and_edit(chat: ChatContext) -> None:
    await chat.session.say("[[say one]]")
    await run_command(chat, "retry", "")
    await run_command(chat, "edit", "[[say two]]")
    assert [message.text for message in await chat.session.thread()] == ["[[say two]]", "two"]
    chat.prompt.answers = [""]  # type: ignore[attr-defined]
    await run_command(chat, "edit", "")
    assert "Nothing was changed." in shown(chat)


async def test_nothing_was_said_yet(chat: ChatContext) -> None:
    for order in ("retry", "edit", "forget"):
        with pytest.raises(TauError, match="Nothing has been said"):
            await run_command(chat, order, "")
    for order in ("title", "export"):
        with pytest.raises(BadInput):
            await run_command(chat, order, "")
    await run_command(chat, "list", "")
    await run_command(chat, "recalled", "")
    assert "no conversations yet" in shown(chat)


async def test_forgetting_asks_first(chat: ChatContext) -> None:
    await chat.session.say("keep this [[say kept]]")
    await chat.session.say("forget this [[say gone]]")
    await chat.session.retry()
    chat.prompt.answers = ["no", "yes"]  # type: ignore[attr-defined]
    await run_command(chat, "forget", "")
    assert len(await chat.session.thread()) == 4
    await run_command(chat, "forget", "")
    assert [message.text for message in await chat.session.thread()][-1] == "kept"
    assert "Forgotten." in shown(chat)
    assert [
        passage.message.text for passage in await chat.session.client.memory.search("gone")
    ] == []
    assert chat.prompt.seeded == ["keep this [[say kept]]"]  # type: ignore[attr-defined]


async def test_recalled_tells_the_words_the_date_and_why(chat: ChatContext) -> None:
    await chat.session.say("My sister Ines lives in Porto.")
    await run_command(chat, "new", "")
    await chat.session.say("Where does my sister Ines live?")
    shown(chat)
    await run_command(chat, "recalled", "")
    told = shown(chat)
    assert "My sister Ines lives in Porto." in told
    assert "you" in told
    assert "why: " in told


async def test_opening_a_conversation_shows_where_it_stands(chat: ChatContext) -> None:
    await chat.session.say("about boats [[say Ahoy]]")
    boats = chat.session.conversation
    assert boats is not None
    await run_command(chat, "new", "")
    await chat.session.say("about trains [[say Toot]]")
    await run_command(chat, "list", "")
    shown(chat)
    await run_command(chat, "open", "2")
    assert chat.session.conversation is not None
    assert chat.session.conversation.id == boats.id
    told = shown(chat)
    assert "about boats" in told
    assert "Ahoy" in told
    for wrong in ("0", "3", "two", ""):
        with pytest.raises(BadInput, match="/open 1"):
            await run_command(chat, "open", wrong)


async def test_a_reply_in_the_making_is_joined(chat: ChatContext) -> None:
    begun = await chat.session.client.conversations.begin()
    turn = await chat.session.client.turns.say(begun.id, "[[tokens 9]] [[hang after 3]]")
    joining = asyncio.create_task(chat.session.run_task(chat.session.open(begun.id)))
    async with asyncio.timeout(patient(30)):
        while "word3" not in str(chat.session.screen.file.getvalue()):  # type: ignore[attr-defined]  # noqa: ASYNC110
            await asyncio.sleep(0)
        await chat.session.client.turns.stop(turn.turn)
        await joining
    assert "(stopped)" in shown(chat)


async def test_private_words_are_not_kept(chat: ChatContext) -> None:
    await run_command(chat, "private", "")
    await chat.session.say("between us [[say yes]]")
    assert "private" in chat.session.heading("somebody")
    assert PRIVATE_NOTICE in " ".join(shown(chat).split())
    assert await chat.session.client.memory.search("between us") == []


@pytest.mark.parametrize("leaving", ["new", "private", "open"])
async def test_a_private_conversation_ends_when_it_is_left(chat: ChatContext, leaving: str) -> None:
    await chat.session.say("in the open [[say yes]]")
    await run_command(chat, "list", "")
    await run_command(chat, "private", "")
    await chat.session.say("between us [[say yes]]")
    left = chat.session.conversation
    assert left is not None
    assert left.private
    await run_command(chat, leaving, "1" if leaving == "open" else "")
    with pytest.raises(ApiError, match="has ended"):
        await chat.session.client.conversations.get(left.id)


async def test_after_a_private_conversation_has_ended_the_next_words_begin_another(
    chat: ChatContext,
) -> None:
    await run_command(chat, "private", "")
    await chat.session.say("between us [[say yes]]")
    ended = chat.session.conversation
    assert ended is not None
    await chat.session.client.conversations.end(ended.id)  # as after 15 minutes without a word
    with pytest.raises(ApiError, match="has ended"):
        await chat.session.say("still there?")
    await chat.session.say("still there? [[say yes]]")
    assert chat.session.conversation is not None
    assert chat.session.conversation.private
    assert chat.session.conversation.id != ended.id


async def test_titles_models_and_search(chat: ChatContext) -> None:
    await chat.session.say("A lake. [[say Lovely]]")
    await run_command(chat, "title", "The lake")
    assert chat.session.conversation is not None
    assert chat.session.conversation.title == "The lake"
    await run_command(chat, "model", "")
    assert "scripted" in shown(chat)
    with pytest.raises(BadInput, match="no model named"):
        await run_command(chat, "model", "nobody")
    await run_command(chat, "model", "scripted")
    assert chat.session.model == "scripted"
    await run_command(chat, "search", "lake")
    assert "A lake." in shown(chat)
    with pytest.raises(BadInput):
        await run_command(chat, "search", "")


async def test_a_page_to_take_away(chat: ChatContext, tmp_path: Path) -> None:
    await chat.session.say("A lake. [[say Lovely]]")
    page = tmp_path / "page.md"
    await run_command(chat, "export", str(page))
    written = page.read_text()
    assert written == as_markdown("A lake. [[say Lovely]]", await chat.session.thread())
    assert "**Tau**" in written


async def test_an_unknown_order_and_the_way_out(chat: ChatContext) -> None:
    with pytest.raises(BadInput, match="Unknown command /dance"):
        await run_command(chat, "dance", "")
    with pytest.raises(ExitChat):
        await run_command(chat, "quit", "")


async def test_the_arrow_keys_bring_back_what_was_said_here(chat: ChatContext) -> None:
    await chat.session.say("first words")
    await chat.session.say("second words")
    await seed_history(chat)
    assert chat.prompt.seeded == ["first words", "second words"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("hello\r", "hello"),
        ("one\x1b\rtwo\r", "one\ntwo"),
        ("typed early\n", "typed early"),
        ("\x1b[200~pasted\nlines\n\x1b[201~!\r", "pasted\nlines\n!"),
        ("wrong\x03right\r", "right"),
        ("\x1b[A\r", "said before"),
        ("你好\r", "你好"),
    ],
)
async def test_keys(keys: str, words: str) -> None:
    with create_pipe_input() as source:
        prompt = TerminalPrompt(["help"], source=source, output=DummyOutput())
        prompt.seed(["said before"])
        source.send_text(keys)
        assert await prompt.ask() == words


async def test_ctrl_d_on_an_empty_line_leaves() -> None:
    with create_pipe_input() as source:
        prompt = TerminalPrompt(["help"], source=source, output=DummyOutput())
        source.send_text("\x04")
        with pytest.raises(EOFError):
            await prompt.ask()


async def test_a_default_can_be_changed() -> None:
    with create_pipe_input() as source:
        prompt = TerminalPrompt(["help"], source=source, output=DummyOutput())
        source.send_text("!\r")
        assert await prompt.ask(default="hello") == "hello!"


async def test_a_private_conversation_is_never_the_latest(chat: ChatContext) -> None:
    client = chat.session.client
    for _ in range(3):
        await client.conversations.begin(private=True)
    assert await find_latest_conversation(client) is None
    begun = await client.conversations.begin()
    await client.conversations.begin(private=True)
    latest = await find_latest_conversation(client)
    assert latest is not None
    assert latest.id == begun.id


async def test_help_comes_before_a_reply_and_stays_in_the_thread(chat: ChatContext) -> None:
    await chat.session.say("I want to kill myself [[say I hear you.]]")
    card, said, _ = shown(chat).partition("I hear you.")
    assert said
    assert "emergency" in card
    assert chat.session.conversation is not None
    await chat.session.open(chat.session.conversation.id)
    again = shown(chat)
    assert again.index("emergency") < again.index("\nI hear you.")


async def test_help_comes_with_a_reply_that_fails(app: App, chat: ChatContext) -> None:
    del app.models.directory._scripted["scripted"]
    await chat.session.say("我不想活了，想自杀")
    assert shown(chat).count("120") == 1


async def test_the_first_reply_in_a_terminal_says_that_tau_is_an_ai(chat: ChatContext) -> None:
    chat.session.screen = Console(file=io.StringIO(), width=200, force_terminal=True)
    await chat.session.say("[[say Hello.]]")
    assert "an AI" in shown(chat)
    await chat.session.say("[[say Again.]]")
    assert "an AI" not in shown(chat)
