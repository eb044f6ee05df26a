"""`tau ask`: one question, one reply on standard output, and nothing else there."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from tau.cli.async_command import run_async
from tau.cli.attaching import attach_file, source_line
from tau.cli.chat_session import (
    ReplyOutput,
    end_private,
    find_latest_conversation,
    on_interrupt,
    output_for,
    show_piece,
)
from tau.cli.confirmation import interruptible
from tau.cli.connect import connect_client
from tau.cli.options import given, settings_given, takes_settings
from tau.cli.specialist_lines import specialist_line_of_ask
from tau.cli.terminal import console, single_line
from tau.client.client import Client
from tau.companion import events
from tau.errors import BadInput, TauError
from tau.facts.resolution import CARE
from tau.server.schemas.turns import TurnOut

_CONFIRM_ELSEWHERE = (
    "(Nothing was deleted. To look at it and confirm, ask in the app or in tau chat.)"
)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--conversation", metavar="ID", help="Ask in this conversation.")
@click.option("--new", is_flag=True, help="Start a new conversation, not the latest one.")
@click.option("--private", is_flag=True, help="Don't save this question or its reply.")
@click.option(
    "--attach",
    "files",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Ask about this file; may be given several times.",
)
@click.option("--expert", metavar="NAME", help="Let this specialist reply.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole reply as JSON.")
@takes_settings("home", "model", "model_url", "model_key", "offline")
@run_async
async def ask(
    words: tuple[str, ...],
    conversation: str | None,
    new: bool,
    private: bool,
    files: tuple[Path, ...],
    expert: str | None,
    as_json: bool,
) -> None:
    """Ask one question and print the reply.

    Without WORDS, or where WORDS contains "-", the text is read from standard input.

    \b
      tau ask "What did I tell you about the lake?"
      echo "Remember: the key is under the stone." | tau ask
      tau ask "Shorten this letter:" - < letter.txt
      tau ask "What notice is due?" --attach lease.pdf
    """  # noqa: D301 - click needs the character, not its escape
    said = _read_words(words)
    settings = settings_given()
    async with connect_client(settings, fetch=True) as client:
        place = await _choose_conversation(
            client, conversation, new=new or private or expert == CARE, private=private
        )
        try:
            sent = [await attach_file(client, path) for path in files]
            turn = await client.turns.say(
                place,
                said,
                model=given().get("model"),
                expert=expert,
                attachments=[each.id for each in sent],
            )
            await _show_reply(client, turn, as_json=as_json)
        finally:
            if private:
                await end_private(client, place)


async def _show_reply(client: Client, turn: TurnOut, *, as_json: bool) -> None:
    """Print the reply. Raises `KeyboardInterrupt` if it was stopped."""
    asking = _StreamedReply(client, turn)
    with on_interrupt(asking.interrupt):
        if as_json:
            click.echo(msgspec.json.encode(await asking.collect()))
        else:
            await asking.show(output_for(console()))
    if asking.stopped:
        raise KeyboardInterrupt


class _StreamedReply:
    """One reply as it comes; Ctrl-C stops it."""

    def __init__(self, client: Client, turn: TurnOut) -> None:
        self.stopped = False
        self._client = client
        self._turn = turn
        self._stopping: asyncio.Task[None] | None = None

    def interrupt(self) -> None:
        """Stop the reply."""
        self.stopped = True
        self._stopping = asyncio.create_task(self._client.turns.stop(self._turn.turn))

    async def show(self, view: ReplyOutput) -> None:
        """Show the reply as it comes. Raises `TauError` if it failed."""
        view.begin()
        try:
            await self._follow(view)
        finally:
            view.finish()

    async def _follow(self, view: ReplyOutput) -> None:
        before = ""
        async for event in self._client.turns.events(self._turn.turn):
            match event:
                case events.HelpOffered(fixed=False):
                    before = f"{event.text}\n\n"
                    view.feed(before)
                case events.NoticeGiven() if console().is_terminal:  # a pipe isn't a person
                    click.echo(f"({event.text})", err=True)
                case events.SpecialistSuggested() | events.ArtifactMade():
                    _print_specialist(event)
                case events.Answering(model=model, instead_of=str(other)):
                    click.echo(f"({model} answers, because {other} couldn't.)", err=True)
                case events.Working() | events.Thought() | events.Delta() | events.Revised():
                    show_piece(event, view, before)
                case events.Notes() | events.Forgetting() | events.Recalled():
                    _print_notes(event)
                case events.Failed():
                    raise TauError(event.sentence)

    async def collect(self) -> dict[str, Any]:
        """Return the reply and what belongs to it. Raises `TauError` if it failed."""
        reply: dict[str, Any] = {"text": "", "conversation": self._turn.conversation}
        reply |= {"turn": self._turn.turn, "said": self._turn.message, "recalled": []}
        async for event in self._client.turns.events(self._turn.turn):
            match event:
                case events.HelpOffered():
                    reply["help"] = event
                case events.NoticeGiven():
                    reply["notice"] = event.text
                case (
                    events.Recalled()
                    | events.Notes()
                    | events.Forgetting()
                    | events.SpecialistSuggested()
                    | events.ArtifactMade()
                ):
                    reply |= _beside_the_text(event)
                case events.Answering():
                    reply["instead_of"] = event.instead_of
                case events.Delta():
                    reply["text"] += event.text
                case events.Revised():
                    reply["text"] = event.text
                case events.Done():
                    reply |= {"message": event.message, "status": event.status, "cut": event.cut}
                    reply |= {"model": event.model, "usage": event.usage}
                case events.Failed():
                    raise TauError(event.sentence)
        return reply


def _beside_the_text(
    event: events.Recalled
    | events.Notes
    | events.Forgetting
    | events.SpecialistSuggested
    | events.ArtifactMade,
) -> dict[str, Any]:
    match event:
        case events.Recalled():
            return {"recalled": event.passages, "parts": event.parts}
        case events.Notes():
            return {"notes": event.notes}
        case events.Forgetting():
            return {"forgetting": {"messages": event.messages, "facts": event.facts}}
        case events.SpecialistSuggested():
            return {"suggested": event.expert}
        case events.ArtifactMade():
            return {"artifact": event}


def _print_specialist(event: events.SpecialistSuggested | events.ArtifactMade) -> None:
    """Print what was made; who could help only to a person."""
    if isinstance(event, events.ArtifactMade) or console().is_terminal:
        click.echo(specialist_line_of_ask(event), err=True)


def _print_notes(event: events.Notes | events.Forgetting | events.Recalled) -> None:
    notes = event.notes if isinstance(event, events.Notes) else []
    lines = [_CONFIRM_ELSEWHERE] if isinstance(event, events.Forgetting) else []
    lines += [source_line(event.parts)] if isinstance(event, events.Recalled) else []
    for line in filter(None, (*lines, *map(_note_line, notes))):
        click.echo(line, err=True)


def _note_line(note: events.Note) -> str:
    text = single_line(note.text)
    if note.kind == "asks":
        return f"({text}: {note.question} Answer with tau memory approve or reject.)"
    before = single_line(note.replaces or "")
    return f"(Changed: {text}; before: {before})" if note.kind == "replaced" else ""


def _read_words(given_words: tuple[str, ...]) -> str:
    parts = list(given_words) or ["-"]
    if "-" in parts:
        if sys.stdin.isatty():
            raise BadInput('Say what to ask: tau ask "Where did I put the key?"')
        with interruptible():
            parts[parts.index("-")] = "\n\n" + sys.stdin.read().strip() + "\n\n"
    words = " ".join(parts).strip()
    if not words:
        raise BadInput("There's nothing to ask: the input is empty.")
    return words


async def _choose_conversation(
    client: Client, wanted: str | None, *, new: bool, private: bool
) -> str:
    if wanted is not None:
        return (await client.conversations.get(wanted)).id
    latest = None if new else await find_latest_conversation(client)
    return (latest or await client.conversations.begin(private=private)).id
