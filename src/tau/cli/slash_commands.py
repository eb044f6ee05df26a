"""Slash commands of the terminal chat."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from rich.padding import Padding
from rich.text import Text

from tau.cli.attaching import attach_file, describe_attachment, dropped_file
from tau.cli.chat_session import PRIVATE_NOTICE, ChatSession
from tau.cli.chat_specialists import choose_expert, save_made
from tau.cli.files import atomic_write
from tau.cli.formatting import as_markdown, describe_source, forget_preview_lines
from tau.cli.memory_notes import (
    ReplyContext,
    confirm_forgetting,
    decide,
    preview_forgetting,
)
from tau.cli.prompt import Prompt
from tau.cli.terminal import format_time, print_rows, shorten, single_line, strip_control
from tau.companion.events import RecalledPassage
from tau.errors import BadInput
from tau.server.schemas.attachments import AttachmentOut
from tau.server.schemas.conversations import ConversationOut
from tau.server.schemas.messages import MessageOut, RecalledMessageOut
from tau.text.labels import as_label

_COMMAND = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_LIST_LIMIT = 20


class ChatContext(NamedTuple):
    """The session and the prompt that a slash command works on."""

    session: ChatSession
    prompt: Prompt
    files: list[AttachmentOut]
    """What goes with the next message."""


class SlashCommand(NamedTuple):
    """A slash command: its function, usage and help."""

    act: Callable[[ChatContext, str], Awaitable[None]]
    usage: str
    help: str


class ExitChat(Exception):
    """Raised to leave the chat."""


def parse_command(words: str) -> tuple[str, str] | None:
    """Return the name and the argument of a slash command; `None` for other words."""
    match = _COMMAND.fullmatch(words.strip())
    return (match[1], (match[2] or "").strip()) if match else None


async def run_command(chat: ChatContext, name: str, rest: str) -> None:
    """Run a slash command. Raises `BadInput` for an unknown one."""
    command = SLASH_COMMANDS.get(name)
    if command is None:
        raise BadInput(
            f"Unknown command /{name}; see /help. To send it as a message, put a word before it."
        )
    await command.act(chat, rest)


async def _help(chat: ChatContext, _rest: str) -> None:
    width = max(len(command.usage) for command in SLASH_COMMANDS.values())
    for command in SLASH_COMMANDS.values():
        chat.session.print_note(f"  {command.usage.ljust(width)}  {command.help}")
    chat.session.print_note(
        "\n  Enter sends, Alt-Enter starts a new line, Ctrl-C stops a reply, Ctrl-D quits."
    )


async def _new(chat: ChatContext, _rest: str) -> None:
    await chat.session.start_new()
    chat.prompt.seed([])
    chat.session.print_note("New conversation. Tau still remembers what was said before.")


async def _attach(chat: ChatContext, rest: str) -> None:
    if not rest:
        raise BadInput("Say which file: /attach contract.pdf")
    await add_file(chat, dropped_file(rest) or Path(rest))


async def add_file(chat: ChatContext, path: Path) -> None:
    """Attach a file to the next message."""
    file = await attach_file(chat.session.client, path)
    chat.files.append(file)
    chat.session.print_note(f"{describe_attachment(file)} It goes with your next message.")


async def _private(chat: ChatContext, _rest: str) -> None:
    await chat.session.start_new(private=True)
    chat.prompt.seed([])
    chat.session.print_note(f"Private conversation. {PRIVATE_NOTICE}")


async def _list(chat: ChatContext, _rest: str) -> None:
    conversations = await chat.session.client.conversations.all(limit=_LIST_LIMIT)
    if not conversations:
        chat.session.print_note("There are no conversations yet.")
    chat.session.listed.conversations = [one.id for one in conversations]
    print_rows(("", "when", "messages", "title"), conversation_rows(conversations))


def conversation_rows(conversations: list[ConversationOut]) -> list[tuple[str, str, str, str]]:
    """Return one table row per conversation, numbered from 1."""
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
    if not chat.session.listed.conversations:
        await _list(chat, "")
    if not rest.isdecimal() or not 1 <= int(rest) <= len(chat.session.listed.conversations):
        raise BadInput("Choose a number from the list, such as /open 1.")
    await chat.session.open(chat.session.listed.conversations[int(rest) - 1])
    await seed_history(chat)


async def seed_history(chat: ChatContext) -> None:
    """Fill the arrow keys' history with the person's messages in this conversation."""
    thread = await chat.session.thread()
    chat.prompt.seed([message.text for message in thread if message.by == "person"])


async def _recalled(chat: ChatContext, _rest: str) -> None:
    passages = chat.session.reply.recalled
    if not passages:
        chat.session.print_note("Nothing was recalled for the last reply.")
    for number, passage in enumerate(passages, 1):
        _print_recalled(chat.session, number, passage)


def _print_recalled(
    session: ChatSession, number: int, recalled: RecalledPassage | RecalledMessageOut | MessageOut
) -> None:
    who = as_label(recalled.speaker or "") or ("you" if recalled.by == "person" else "Tau")
    reasons = recalled.reasons if isinstance(recalled, RecalledPassage) else []
    why = f"  (why: {', '.join(reasons)})" if reasons else ""
    session.print_note(f"{number}. {format_time(recalled.at)} · {who}{why}")
    session.screen.print(Padding(Text(strip_control(recalled.text)), (0, 0, 0, 3)))


async def _search(chat: ChatContext, rest: str) -> None:
    if not rest:
        raise BadInput("Type what to search for: /search the lake in summer.")
    passages = await chat.session.client.memory.search(rest)
    if not passages:
        chat.session.print_note("No matches.")
    chat.session.listed.conversations = [passage.message.conversation for passage in passages]
    for number, passage in enumerate(passages, 1):
        _print_recalled(chat.session, number, passage.message)
    if passages:
        chat.session.print_note("/open N opens that conversation.")


async def _memory(chat: ChatContext, rest: str) -> None:
    facts = await chat.session.client.memory.facts(query=rest, limit=_LIST_LIMIT)
    if not facts:
        chat.session.print_note(
            "No matches." if rest else "Tau doesn't know anything about you yet."
        )
    chat.session.listed.facts = facts
    for number, fact in enumerate(facts, 1):
        chat.session.print_note(f"{number}. {single_line(fact.text)}  ({describe_source(fact)})")
    if facts:
        chat.session.print_note("/wrong N marks one as wrong; /wrong N WORDS corrects it.")


async def _wrong(chat: ChatContext, rest: str) -> None:
    number, _, right = rest.partition(" ")
    if not (
        number.isascii()
        and number.isdecimal()
        and 1 <= int(number) <= len(chat.session.listed.facts)
    ):
        raise BadInput("Choose a number from /memory: /wrong 1, or /wrong 1 and the correct text.")
    place = int(number) - 1
    fact = chat.session.listed.facts[place]
    if right.strip():
        chat.session.listed.facts[place] = await chat.session.client.memory.correct(fact, right)
        chat.session.print_note(f"Corrected: {single_line(chat.session.listed.facts[place].text)}")
        return
    await chat.session.client.memory.judge("reject", [fact.id])
    chat.session.print_note(f"Marked as wrong: {single_line(fact.text)}")


async def _yes(chat: ChatContext, rest: str) -> None:
    await _decide(chat, rest, approve=True)


async def _no(chat: ChatContext, rest: str) -> None:
    await _decide(chat, rest, approve=False)


async def _decide(chat: ChatContext, choice: str, *, approve: bool) -> None:
    session = chat.session
    session.print_note(await decide(session.client, session.reply.notes, choice, approve=approve))


async def offer_forgetting(chat: ChatContext) -> None:
    """Show what the person asked to forget, if they did, and delete it once they confirm."""
    session, asked = chat.session, chat.session.reply.forgetting
    if asked is None:
        return
    session.reply.forgetting = None
    goes = await preview_forgetting(session.client, asked)
    for line in forget_preview_lines(goes, session.screen.width):
        session.print_note(line)
    answer = await chat.prompt.ask(question="Forget it? Type yes: ")
    if answer.strip().lower() not in {"yes", "y"}:
        session.print_note("Nothing was forgotten.")
        return
    await confirm_forgetting(session.client, asked)
    session.reply = ReplyContext()
    await seed_history(chat)
    session.print_note("Forgotten.")


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
        raise BadInput("There's no conversation to rename yet; say something first.")
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
    chat.session.reply = ReplyContext()
    await seed_history(chat)
    chat.session.print_note("Forgotten.")


async def _export(chat: ChatContext, rest: str) -> None:
    thread = await chat.session.thread()
    conversation = await chat.session.refresh()
    if conversation is None or not thread:
        raise BadInput("There's nothing to export yet.")
    title = conversation.title or "Conversation with Tau"
    path = await asyncio.to_thread(_write_markdown, rest, title, as_markdown(title, thread))
    chat.session.print_note(f"Exported to {path}, not encrypted.")


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
            raise BadInput(f"There's no model named {rest}; /model lists them.")
        chat.session.model = rest
    now = chat.session.model or chat.session.default_model
    behind = known.aliases.get(now, [])
    chat.session.print_note(f"Replies come from {now}{f' ({behind[0]})' if behind else ''}.")
    if not rest:
        able = [model for model in known.models if "chat" in model.capabilities]
        chat.session.print_note(
            "/model NAME switches to another: " + ", ".join(model.name for model in able)
        )


async def _expert(chat: ChatContext, rest: str) -> None:
    await choose_expert(chat.session, rest)


async def _save(chat: ChatContext, rest: str) -> None:
    await save_made(chat.session, rest)


async def _quit(_chat: ChatContext, _rest: str) -> None:
    raise ExitChat


SLASH_COMMANDS: dict[str, SlashCommand] = {
    "help": SlashCommand(_help, "/help", "show this list"),
    "new": SlashCommand(_new, "/new", "start a new conversation"),
    "attach": SlashCommand(_attach, "/attach FILE", "send a file with your next message"),
    "private": SlashCommand(_private, "/private", "start a conversation that isn't saved"),
    "list": SlashCommand(_list, "/list", "list conversations"),
    "open": SlashCommand(_open, "/open N", "open conversation N of the last list or search"),
    "recalled": SlashCommand(
        _recalled, "/recalled", "show what was recalled for the last reply, and why"
    ),
    "search": SlashCommand(_search, "/search WORDS", "search everything that was said"),
    "memory": SlashCommand(_memory, "/memory [WORDS]", "show what Tau knows about you"),
    "yes": SlashCommand(_yes, "/yes [N]", "answer a question below the last reply with yes"),
    "no": SlashCommand(_no, "/no [N]", "answer it with no, or undo a note"),
    "wrong": SlashCommand(_wrong, "/wrong N [WORDS]", "mark a memory as wrong, or correct it"),
    "retry": SlashCommand(_retry, "/retry", "get another reply"),
    "edit": SlashCommand(_edit, "/edit [WORDS]", "edit your last message"),
    "title": SlashCommand(_title, "/title [WORDS]", "rename this conversation"),
    "forget": SlashCommand(
        _forget, "/forget", "permanently delete the last exchange and what repeats it"
    ),
    "export": SlashCommand(_export, "/export [FILE]", "save this conversation as a Markdown file"),
    "model": SlashCommand(_model, "/model [NAME]", "show or change the model"),
    "expert": SlashCommand(
        _expert, "/expert [NAME]", "show the specialists, or let one reply (talk: none)"
    ),
    "save": SlashCommand(_save, "/save [FILE]", "save the plan or document that was made here"),
    "quit": SlashCommand(_quit, "/quit", "quit"),
}
