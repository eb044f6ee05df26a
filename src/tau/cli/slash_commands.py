"""What can be told to the terminal itself in a chat: the words that begin with a slash."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from rich.padding import Padding
from rich.text import Text

from tau.cli.chat_session import Talk
from tau.cli.files import written_whole
from tau.cli.formatting import going_lines, said_by
from tau.cli.prompt import Prompt
from tau.cli.terminal import moment, one_line, one_line_of, plain, print_rows
from tau.client.client import Conversation, Message, Recalled
from tau.companion.events import RecalledPassage
from tau.errors import BadInput

_ORDER = re.compile(r"/([a-z]+)(?:\s+(.*))?", re.DOTALL)
_LISTED = 20


class Chat(NamedTuple):
    """What an order works on."""

    talk: Talk
    prompt: Prompt


class Order(NamedTuple):
    """One order: what it does, and how it is written."""

    act: Callable[[Chat, str], Awaitable[None]]
    usage: str
    help: str


class Leave(Exception):
    """The person wants to go."""


def order_in(words: str) -> tuple[str, str] | None:
    """Return the name and the rest if `words` are an order, else `None`."""
    match = _ORDER.fullmatch(words.strip())
    return (match[1], (match[2] or "").strip()) if match else None


async def obey(chat: Chat, name: str, rest: str) -> None:
    """Carry an order out. Raises `BadInput` for an unknown one."""
    order = ORDERS.get(name)
    if order is None:
        raise BadInput(
            f"There is no order /{name}; /help lists them. To say it to Tau, put a word before it."
        )
    await order.act(chat, rest)


async def _help(chat: Chat, _rest: str) -> None:
    width = max(len(order.usage) for order in ORDERS.values())
    for order in ORDERS.values():
        chat.talk.note(f"  {order.usage.ljust(width)}  {order.help}")
    chat.talk.note(
        "\n  Enter sends, Alt-Enter begins a new line, Ctrl-C stops a reply, Ctrl-D ends."
    )


async def _new(chat: Chat, _rest: str) -> None:
    chat.talk.start_anew()
    chat.prompt.seed([])
    chat.talk.note("A new conversation; what was said before is still remembered.")


async def _private(chat: Chat, _rest: str) -> None:
    chat.talk.start_anew(private=True)
    chat.prompt.seed([])
    chat.talk.note("A private conversation: Tau recalls, but writes nothing down.")


async def _list(chat: Chat, _rest: str) -> None:
    conversations = await chat.talk.client.conversations(limit=_LISTED)
    if not conversations:
        chat.talk.note("There are no conversations yet.")
    chat.talk.listed = [one.id for one in conversations]
    print_rows(("", "when", "messages", "title"), conversation_rows(conversations))


def conversation_rows(conversations: list[Conversation]) -> list[tuple[str, str, str, str]]:
    """Return rows that tell conversations apart, numbered from 1."""
    return [
        (str(number), moment(one.updated_at), str(one.count), one_line(one.title or "(no title)"))
        for number, one in enumerate(conversations, 1)
    ]


async def _open(chat: Chat, rest: str) -> None:
    if not chat.talk.listed:
        await _list(chat, "")
    if not rest.isdecimal() or not 1 <= int(rest) <= len(chat.talk.listed):
        raise BadInput("Say which one of the list: /open 1 opens the first.")
    await chat.talk.open(chat.talk.listed[int(rest) - 1])
    await seed_history(chat)


async def seed_history(chat: Chat) -> None:
    """Let the arrow keys bring back what the person said in this conversation."""
    thread = await chat.talk.thread()
    chat.prompt.seed([message.text for message in thread if message.by == "person"])


async def _recalled(chat: Chat, _rest: str) -> None:
    passages = chat.talk.recalled
    if not passages:
        chat.talk.note("Nothing was recalled for the last reply.")
    for number, passage in enumerate(passages, 1):
        _print_memory(chat.talk, number, passage)


def _print_memory(talk: Talk, number: int, told: RecalledPassage | Recalled | Message) -> None:
    who = told.speaker or ("you" if told.by == "person" else "Tau")
    reasons = [] if isinstance(told, Message) else told.reasons
    why = f"  (why: {', '.join(reasons)})" if reasons else ""
    talk.note(f"{number}. {moment(told.at)} · {who}{why}")
    talk.screen.print(Padding(Text(plain(told.text)), (0, 0, 0, 3)))


async def _search(chat: Chat, rest: str) -> None:
    if not rest:
        raise BadInput("Say what to look for: /search the lake in summer.")
    passages = await chat.talk.client.search(rest)
    if not passages:
        chat.talk.note("Nothing like that was said.")
    chat.talk.listed = [passage.message.conversation for passage in passages]
    for number, passage in enumerate(passages, 1):
        _print_memory(chat.talk, number, passage.message)
    if passages:
        chat.talk.note("/open N goes to that conversation.")


async def _memory(chat: Chat, rest: str) -> None:
    facts = await chat.talk.client.facts(query=rest, limit=_LISTED)
    if not facts:
        chat.talk.note("Nothing like that is known." if rest else "Nothing is known of you yet.")
    chat.talk.facts = facts
    for number, fact in enumerate(facts, 1):
        chat.talk.note(f"{number}. {one_line_of(fact.text)}  ({said_by(fact)})")
    if facts:
        chat.talk.note("/wrong N says that one is wrong, /wrong N WORDS what is right.")


async def _wrong(chat: Chat, rest: str) -> None:
    number, _, right = rest.partition(" ")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= len(chat.talk.facts)):
        raise BadInput("Say which one of /memory is wrong: /wrong 1, or /wrong 1 what is right.")
    place = int(number) - 1
    fact = chat.talk.facts[place]
    if right.strip():
        chat.talk.facts[place] = await chat.talk.client.correct(fact, right)
        chat.talk.note(f"Known now: {one_line_of(chat.talk.facts[place].text)}")
        return
    await chat.talk.client.judge("reject", [fact.id])
    chat.talk.note(f"Not believed any more: {one_line_of(fact.text)}")


async def _retry(chat: Chat, _rest: str) -> None:
    await chat.talk.retry()


async def _edit(chat: Chat, rest: str) -> None:
    before = await chat.talk.last_words()
    words = rest or await chat.prompt.ask(default=before.text, question="edit › ")
    if words.strip() and words != before.text:
        await chat.talk.say(words, edits=before.id)
    else:
        chat.talk.note("Nothing was changed.")


async def _title(chat: Chat, rest: str) -> None:
    conversation = await chat.talk.here()
    if conversation is None:
        raise BadInput("There is no conversation to name yet; say something first.")
    if rest:
        chat.talk.conversation = await chat.talk.client.rename(conversation.id, rest)
    chat.talk.note(f"Title: {rest or conversation.title or '(none)'}")


async def _forget(chat: Chat, _rest: str) -> None:
    words = await chat.talk.last_words()
    thread = await chat.talk.thread()
    place = [message.id for message in thread].index(words.id)
    shown = [message.id for message in thread[place:]]
    goes = await chat.talk.client.forget(dry_run=True, messages=shown)
    for line in going_lines(goes, chat.talk.screen.width):
        chat.talk.note(line)
    answer = await chat.prompt.ask(question="Forget it? Type yes: ")
    if answer.strip().lower() not in {"yes", "y"}:
        chat.talk.note("Nothing was forgotten.")
        return
    await chat.talk.client.forget(messages=shown)
    chat.talk.recalled = ()
    await seed_history(chat)
    chat.talk.note("Forgotten.")


async def _export(chat: Chat, rest: str) -> None:
    thread = await chat.talk.thread()
    conversation = await chat.talk.here()
    if conversation is None or not thread:
        raise BadInput("There is nothing to write out yet.")
    title = conversation.title or "Conversation with Tau"
    path = await asyncio.to_thread(_write_page, rest, title, as_markdown(title, thread))
    chat.talk.note(f"Written to {path}; it is not encrypted there.")


def _write_page(name: str, title: str, page: str) -> Path:
    usual = re.sub(r"[^\w-]+", "-", title).strip("-")[:60] or "conversation"
    path = Path(name or f"{usual}.md").expanduser()
    with written_whole(path) as file:
        file.write(page.encode())
    return path


def as_markdown(title: str, thread: list[Message]) -> str:
    """Return a thread as a Markdown page."""
    parts = [f"# {one_line(title, 200)}"]
    for message in thread:
        who = message.speaker or ("You" if message.by == "person" else "Tau")
        parts.append(f"**{who}**, {moment(message.at)}\n\n{message.text}")
    return "\n\n".join(parts) + "\n"


async def _model(chat: Chat, rest: str) -> None:
    known = await chat.talk.client.models()
    if rest:
        if rest not in known.aliases and rest not in {model.name for model in known.models}:
            raise BadInput(f"There is no model named {rest}; /model lists them.")
        chat.talk.model = rest
    now = chat.talk.model or chat.talk.usual_model
    behind = known.aliases.get(now, [])
    chat.talk.note(f"Replies come from {now}{f' ({behind[0]})' if behind else ''}.")
    if not rest:
        able = [model for model in known.models if "chat" in model.capabilities]
        chat.talk.note("/model NAME takes another: " + ", ".join(model.name for model in able))


async def _quit(_chat: Chat, _rest: str) -> None:
    raise Leave


ORDERS: dict[str, Order] = {
    "help": Order(_help, "/help", "this list"),
    "new": Order(_new, "/new", "begin a new conversation"),
    "private": Order(_private, "/private", "begin one that is not written down"),
    "list": Order(_list, "/list", "list conversations"),
    "open": Order(_open, "/open N", "go on with number N of the last list or search"),
    "recalled": Order(_recalled, "/recalled", "what was recalled for the last reply, and why"),
    "search": Order(_search, "/search WORDS", "find what was said"),
    "memory": Order(_memory, "/memory [WORDS]", "what is known of you"),
    "wrong": Order(_wrong, "/wrong N [WORDS]", "say that a memory is wrong, or what is right"),
    "retry": Order(_retry, "/retry", "ask for another reply"),
    "edit": Order(_edit, "/edit [WORDS]", "say your last words differently"),
    "title": Order(_title, "/title [WORDS]", "name this conversation"),
    "forget": Order(_forget, "/forget", "erase the last exchange for good, and what repeats it"),
    "export": Order(_export, "/export [FILE]", "write this conversation to a Markdown file"),
    "model": Order(_model, "/model [NAME]", "show or change who replies"),
    "quit": Order(_quit, "/quit", "leave"),
}
