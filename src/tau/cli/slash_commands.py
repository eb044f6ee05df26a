"""What can be told to the terminal itself in a chat: the words that begin with a slash."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from rich.padding import Padding
from rich.text import Text

from tau.cli.chat_session import ChatSession
from tau.cli.files import atomic_write
from tau.cli.formatting import as_markdown, describe_source, forget_preview_lines
from tau.cli.prompt import Prompt
from tau.cli.terminal import format_time, print_rows, shorten, single_line, strip_control
from tau.companion.events import RecalledPassage
from tau.errors import BadInput
from tau.server.schemas.conversations import ConversationOut
from tau.server.schemas.messages import MessageOut, RecalledMessageOut

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_LIST_LIMIT = 20


class ChatContext(NamedTuple):
    """What an order works on."""

    session: ChatSession
    prompt: Prompt


class SlashCommand(NamedTuple):
    """One order: what it does, and how it is written."""

    act: Callable[[ChatContext, str], Awaitable[None]]
    usage: str
    help: str


class ExitChat(Exception):
    """The person wants to go."""


def parse_command(words: str) -> tuple[str, str] | None:
    """Return the name and the rest if `words` are an order, else `None`."""
    match = _COMMAND.fullmatch(words.strip())
    return (match[1], (match[2] or "").strip()) if match else None


async def run_command(chat: ChatContext, name: str, rest: str) -> None:
    """Carry an order out. Raises `BadInput` for an unknown one."""
    order = SLASH_COMMANDS.get(name)
    if order is None:
        raise BadInput(
            f"There is no order /{name}; /help lists them. To say it to Tau, put a word before it."
        )
    await order.act(chat, rest)


async def _help(chat: ChatContext, _rest: str) -> None:
    width = max(len(order.usage) for order in SLASH_COMMANDS.values())
    for order in SLASH_COMMANDS.values():
        chat.session.print_note(f"  {order.usage.ljust(width)}  {order.help}")
    chat.session.print_note(
        "\n  Enter sends, Alt-Enter begins a new line, Ctrl-C stops a reply, Ctrl-D ends."
    )


async def _new(chat: ChatContext, _rest: str) -> None:
    chat.session.start_new()
    chat.prompt.seed([])
    chat.session.print_note("A new conversation; what was said before is still remembered.")


async def _private(chat: ChatContext, _rest: str) -> None:
    chat.session.start_new(private=True)
    chat.prompt.seed([])
    chat.session.print_note("A private conversation: Tau recalls, but writes nothing down.")


async def _list(chat: ChatContext, _rest: str) -> None:
    conversations = await chat.session.client.conversations.all(limit=_LIST_LIMIT)
    if not conversations:
        chat.session.print_note("There are no conversations yet.")
    chat.session.listed_conversations = [one.id for one in conversations]
    print_rows(("", "when", "messages", "title"), conversation_rows(conversations))


def conversation_rows(conversations: list[ConversationOut]) -> list[tuple[str, str, str, str]]:
    """Return rows that tell conversations apart, numbered from 1."""
    return [
        (
            str(number),
            format_time(one.updated_at),
            str(one.count),
            shorten(one.title or "(no title)"),
        )
        for number, one in enumerate(conversations, 1)
    ]


async def _open(chat: ChatContext, rest: str) -> None:
    if not chat.session.listed_conversations:
        await _list(chat, "")
    if not rest.isdecimal() or not 1 <= int(rest) <= len(chat.session.listed_conversations):
        raise BadInput("Say which one of the list: /open 1 opens the first.")
    await chat.session.open(chat.session.listed_conversations[int(rest) - 1])
    await seed_history(chat)


async def seed_history(chat: ChatContext) -> None:
    """Let the arrow keys bring back what the person said in this conversation."""
    thread = await chat.session.thread()
    chat.prompt.seed([message.text for message in thread if message.by == "person"])


async def _recalled(chat: ChatContext, _rest: str) -> None:
    passages = chat.session.recalled
    if not passages:
        chat.session.print_note("Nothing was recalled for the last reply.")
    for number, passage in enumerate(passages, 1):
        _print_recalled(chat.session, number, passage)


def _print_recalled(
    session: ChatSession, number: int, told: RecalledPassage | RecalledMessageOut | MessageOut
) -> None:
    who = told.speaker or ("you" if told.by == "person" else "Tau")
    reasons = told.reasons if isinstance(told, RecalledPassage) else []
    why = f"  (why: {', '.join(reasons)})" if reasons else ""
    session.print_note(f"{number}. {format_time(told.at)} · {who}{why}")
    session.screen.print(Padding(Text(strip_control(told.text)), (0, 0, 0, 3)))


async def _search(chat: ChatContext, rest: str) -> None:
    if not rest:
        raise BadInput("Say what to look for: /search the lake in summer.")
    passages = await chat.session.client.memory.search(rest)
    if not passages:
        chat.session.print_note("Nothing like that was said.")
    chat.session.listed_conversations = [passage.message.conversation for passage in passages]
    for number, passage in enumerate(passages, 1):
        _print_recalled(chat.session, number, passage.message)
    if passages:
        chat.session.print_note("/open N goes to that conversation.")


async def _memory(chat: ChatContext, rest: str) -> None:
    facts = await chat.session.client.memory.facts(query=rest, limit=_LIST_LIMIT)
    if not facts:
        chat.session.print_note(
            "Nothing like that is known." if rest else "Nothing is known of you yet."
        )
    chat.session.facts = facts
    for number, fact in enumerate(facts, 1):
        chat.session.print_note(f"{number}. {single_line(fact.text)}  ({describe_source(fact)})")
    if facts:
        chat.session.print_note("/wrong N says that one is wrong, /wrong N WORDS what is right.")


async def _wrong(chat: ChatContext, rest: str) -> None:
    number, _, right = rest.partition(" ")
    if not (
        number.isascii() and number.isdecimal() and 1 <= int(number) <= len(chat.session.facts)
    ):
        raise BadInput("Say which one of /memory is wrong: /wrong 1, or /wrong 1 what is right.")
    place = int(number) - 1
    fact = chat.session.facts[place]
    if right.strip():
        chat.session.facts[place] = await chat.session.client.memory.correct(fact, right)
        chat.session.print_note(f"Known now: {single_line(chat.session.facts[place].text)}")
        return
    await chat.session.client.memory.judge("reject", [fact.id])
    chat.session.print_note(f"Not believed any more: {single_line(fact.text)}")


async def _retry(chat: ChatContext, _rest: str) -> None:
    await chat.session.retry()


async def _edit(chat: ChatContext, rest: str) -> None:
    before = await chat.session.last_message()
    words = rest or await chat.prompt.ask(default=before.text, question="edit › ")
    if words.strip() and words != before.text:
        await chat.session.say(words, edits=before.id)
    else:
        chat.session.print_note("Nothing was changed.")


async def _title(chat: ChatContext, rest: str) -> None:
    conversation = await chat.session.refresh()
    if conversation is None:
        raise BadInput("There is no conversation to name yet; say something first.")
    if rest:
        chat.session.conversation = await chat.session.client.conversations.rename(
            conversation.id, rest
        )
    chat.session.print_note(f"Title: {rest or conversation.title or '(none)'}")


async def _forget(chat: ChatContext, _rest: str) -> None:
    words = await chat.session.last_message()
    thread = await chat.session.thread()
    place = [message.id for message in thread].index(words.id)
    shown = [message.id for message in thread[place:]]
    goes = await chat.session.client.memory.forget(dry_run=True, messages=shown)
    for line in forget_preview_lines(goes, chat.session.screen.width):
        chat.session.print_note(line)
    answer = await chat.prompt.ask(question="Forget it? Type yes: ")
    if answer.strip().lower() not in {"yes", "y"}:
        chat.session.print_note("Nothing was forgotten.")
        return
    await chat.session.client.memory.forget(messages=shown)
    chat.session.recalled = ()
    await seed_history(chat)
    chat.session.print_note("Forgotten.")


async def _export(chat: ChatContext, rest: str) -> None:
    thread = await chat.session.thread()
    conversation = await chat.session.refresh()
    if conversation is None or not thread:
        raise BadInput("There is nothing to write out yet.")
    title = conversation.title or "Conversation with Tau"
    path = await asyncio.to_thread(_write_markdown, rest, title, as_markdown(title, thread))
    chat.session.print_note(f"Written to {path}; it is not encrypted there.")


def _write_markdown(name: str, title: str, page: str) -> Path:
    usual = re.sub(r"[^\w-]+", "-", title).strip("-")[:60] or "conversation"
    path = Path(name or f"{usual}.md").expanduser()
    with atomic_write(path) as file:
        file.write(page.encode())
    return path


async def _model(chat: ChatContext, rest: str) -> None:
    known = await chat.session.client.models.all()
    if rest:
        if rest not in known.aliases and rest not in {model.name for model in known.models}:
            raise BadInput(f"There is no model named {rest}; /model lists them.")
        chat.session.model = rest
    now = chat.session.model or chat.session.default_model
    behind = known.aliases.get(now, [])
    chat.session.print_note(f"Replies come from {now}{f' ({behind[0]})' if behind else ''}.")
    if not rest:
        able = [model for model in known.models if "chat" in model.capabilities]
        chat.session.print_note(
            "/model NAME takes another: " + ", ".join(model.name for model in able)
        )


async def _quit(_chat: ChatContext, _rest: str) -> None:
    raise ExitChat


SLASH_COMMANDS: dict[str, SlashCommand] = {
    "help": SlashCommand(_help, "/help", "this list"),
    "new": SlashCommand(_new, "/new", "begin a new conversation"),
    "private": SlashCommand(_private, "/private", "begin one that is not written down"),
    "list": SlashCommand(_list, "/list", "list conversations"),
    "open": SlashCommand(_open, "/open N", "go on with number N of the last list or search"),
    "recalled": SlashCommand(
        _recalled, "/recalled", "what was recalled for the last reply, and why"
    ),
    "search": SlashCommand(_search, "/search WORDS", "find what was said"),
    "memory": SlashCommand(_memory, "/memory [WORDS]", "what is known of you"),
    "wrong": SlashCommand(
        _wrong, "/wrong N [WORDS]", "say that a memory is wrong, or what is right"
    ),
    "retry": SlashCommand(_retry, "/retry", "ask for another reply"),
    "edit": SlashCommand(_edit, "/edit [WORDS]", "say your last words differently"),
    "title": SlashCommand(_title, "/title [WORDS]", "name this conversation"),
    "forget": SlashCommand(
        _forget, "/forget", "erase the last exchange for good, and what repeats it"
    ),
    "export": SlashCommand(_export, "/export [FILE]", "write this conversation to a Markdown file"),
    "model": SlashCommand(_model, "/model [NAME]", "show or change who replies"),
    "quit": SlashCommand(_quit, "/quit", "leave"),
}
