"""State of a terminal chat: the conversation, the model, and the reply being shown."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol

from rich.console import Console

from tau.cli.attaching import source_line
from tau.cli.keyboard import echo_disabled
from tau.cli.markdown import render
from tau.cli.memory_notes import ReplyContext, note_lines
from tau.cli.specialist_lines import specialist_line
from tau.cli.terminal import PROMPT_MARK, strip_control
from tau.cli.view import ReplyView
from tau.client.client import Client
from tau.client.http import ApiError
from tau.companion import events
from tau.errors import TauError
from tau.server.schemas.conversations import ConversationOut
from tau.server.schemas.facts import FactOut
from tau.server.schemas.messages import MessageOut
from tau.server.schemas.turns import TurnOut

PRIVATE_NOTICE = (
    "Tau recalls earlier conversations here, but saves nothing of this one. It's gone on every "
    "device as soon as you leave it, and after 15 minutes without a word."
)
"""What a private conversation promises; the web app and `docs/privacy.md` say the same."""


class ReplyOutput(Protocol):
    """Output of one streamed reply."""

    def begin(self) -> None:
        """Show that a reply is on its way."""
        ...

    def think(self, text: str) -> None:
        """Show a piece of what the model thinks before it replies."""
        ...

    def feed(self, text: str) -> None:
        """Show a piece of the reply."""
        ...

    def revise(self, text: str) -> None:
        """Replace the reply so far."""
        ...

    def finish(self) -> None:
        """End the reply."""
        ...


class PipeOutput:
    """Output of a reply to a pipe, piece by piece and unchanged."""

    def __init__(self, console: Console) -> None:
        self._file = console.file
        self._line_open = False

    def begin(self) -> None:
        """Do nothing: a pipe gets the reply alone."""

    def think(self, text: str) -> None:
        """Do nothing: a pipe gets the reply alone."""

    def revise(self, text: str) -> None:
        """Do nothing: what was written stays."""

    def feed(self, text: str) -> None:
        """Write a piece of the reply."""
        self._file.write(text)
        self._file.flush()
        self._line_open = not text.endswith("\n")

    def finish(self) -> None:
        """End the last line."""
        if self._line_open:
            self._file.write("\n")
            self._file.flush()


def output_for(console: Console) -> ReplyOutput:
    """Return the output for a terminal or a pipe."""
    return ReplyView(console) if console.is_terminal else PipeOutput(console)


async def find_latest_conversation(client: Client) -> ConversationOut | None:
    """Return the conversation to continue, if there is one: never a private one."""
    return next(iter(await client.conversations.all(limit=1)), None)


async def end_private(client: Client, conversation_id: str) -> None:
    """End a private conversation; if Tau can't be reached, it ends by itself after a while."""
    with suppress(TauError):
        await client.conversations.end(conversation_id)


@dataclass
class NumberedLists:
    """What the last lists numbered: conversations by their ids, and facts."""

    conversations: list[str] = field(default_factory=list)
    facts: list[FactOut] = field(default_factory=list)


class ChatSession:
    """The state of a chat. `conversation` is `None` until the first message of a new one."""

    def __init__(self, client: Client, screen: Console, *, model: str | None = None) -> None:
        """`model` is the model to ask for; Tau chooses one if it is `None`."""
        self.client = client
        self.screen = screen
        self.model = model
        self.default_model = "companion"
        self.private = False
        self.conversation: ConversationOut | None = None
        self.reply = ReplyContext()
        self.expert: str | None = None
        """The specialist that was chosen; none: that of the conversation."""
        self.listed = NumberedLists()
        self._turn: TurnOut | None = None
        self._task: asyncio.Task[Any] | None = None
        self._background: set[asyncio.Task[Any]] = set()

    def print_note(self, sentence: str) -> None:
        """Print a dimmed line that is not part of the conversation."""
        self.screen.print(strip_control(sentence), style="dim", markup=False)

    def print_blank_line(self) -> None:
        """Print an empty line, in a terminal only."""
        if self.screen.is_terminal:
            self.screen.print()

    def print_error(self, sentence: str) -> None:
        """Print an error."""
        self.screen.print(strip_control(sentence), style="yellow", markup=False)

    async def refresh(self) -> ConversationOut | None:
        """Return this conversation with its current title: Tau sets one after the first message."""
        if self.conversation is not None:
            self.conversation = await self.client.conversations.get(self.conversation.id)
        return self.conversation

    async def thread(self) -> list[MessageOut]:
        """Return the visible thread, oldest first."""
        if self.conversation is None:
            return []
        return await self.client.conversations.messages(self.conversation.id)

    async def last_message(self) -> MessageOut:
        """Return the person's last message. Raises `TauError` if there is none."""
        for message in reversed(await self.thread()):
            if message.by == "person":
                return message
        raise TauError("Nothing has been said here yet.")

    async def say(
        self, words: str, *, edits: str | None = None, attachments: Sequence[str] = ()
    ) -> None:
        """Send a message, with files, and show the reply."""
        if self.conversation is None:
            self.conversation = await self.client.conversations.begin(private=self.private)
        place = self.conversation
        try:
            turn = await self.client.turns.say(
                place.id,
                words,
                edits=edits,
                model=self.model,
                expert=self.expert,
                attachments=attachments,
            )
        except ApiError as error:
            if place.private and error.status == HTTPStatus.NOT_FOUND:
                self.conversation = None  # it has ended: what's said next starts another
            raise
        await self.follow(turn)

    async def retry(self) -> None:
        """Show another reply to the person's last message."""
        words = await self.last_message()
        await self.follow(
            await self.client.turns.retry(words.id, model=self.model, expert=self.expert)
        )

    async def follow(self, turn: TurnOut) -> None:
        """Show a turn to its end; Ctrl-C stops the reply, a second Ctrl-C stops waiting for it."""
        view = output_for(self.screen)
        self._turn, self.reply = turn, ReplyContext()
        notes: list[str] = []
        end: events.Event | None = None
        try:
            with echo_disabled():
                self.print_blank_line()
                view.begin()
                try:
                    end = await self._show(turn, view, notes)
                finally:
                    view.finish()
        finally:
            self._turn = None
        if isinstance(end, events.Failed):
            self.print_error(end.sentence)
        elif isinstance(end, events.Done) and end.status == "stopped":
            self.print_note("(stopped)")
        for note in (*notes, *note_lines(self.reply.notes)):
            self.print_note(note)

    async def _show(
        self, turn: TurnOut, view: ReplyOutput, notes: list[str]
    ) -> events.Event | None:
        """Show the events of a turn; what is to be said below the reply is added to `notes`."""
        before = ""
        async for event in self.client.turns.events(turn.turn):
            match event:
                case events.HelpOffered(fixed=False):
                    before = f"{event.text}\n\n"
                    view.feed(before)
                case events.NoticeGiven() if self.screen.is_terminal:
                    notes.append(event.text)
                case events.Recalled() | events.Forgetting() | events.Notes():
                    self.reply.keep(event)
                    parts = event.parts if isinstance(event, events.Recalled) else []
                    notes.extend(filter(None, [source_line(parts)]))
                case events.SpecialistSuggested() | events.ArtifactMade():
                    self.reply.keep(event)
                    notes.append(specialist_line(event))
                case events.Answering(model=model, instead_of=str(other)):
                    notes.append(f"({model} answered, because {other} couldn't.)")
                case events.Working() | events.Thought() | events.Delta() | events.Revised():
                    show_piece(event, view, before)
                case events.Done() | events.Failed():
                    if isinstance(event, events.Done) and event.cut:
                        notes.append("(Tau ended this reply: it began to repeat itself.)")
                    return event
        return None

    async def open(self, conversation_id: str) -> None:
        """Continue another conversation, showing its last messages."""
        opened = await self.client.conversations.get(conversation_id)
        await self.leave()
        self.conversation = opened
        self.private = self.conversation.private
        thread = await self.thread()
        last = next((message for message in reversed(thread) if message.by == "tau"), None)
        self.reply = ReplyContext(last.recalled if last else ())
        title = self.conversation.title or "this conversation"
        self.print_note(f"Continuing {title} ({self.conversation.count} messages).\n")
        for message in thread[-2:]:
            self.show(message)
        if self.conversation.live_turn:
            await self._join(self.conversation.live_turn, conversation_id)

    async def _join(self, turn_id: str, conversation_id: str) -> None:
        turn = TurnOut(turn=turn_id, conversation=conversation_id, message="", finished=False)
        try:
            await self.follow(turn)
        except ApiError:
            return  # it ended in the meantime; its reply is in the thread

    async def start_new(self, *, private: bool = False) -> None:
        """Start a new conversation with the next message."""
        await self.leave()
        self.private = private

    async def leave(self) -> None:
        """Leave this conversation; a private one ends."""
        left, self.conversation, self.expert = self.conversation, None, None
        self.reply = ReplyContext()
        if left is not None and left.private:
            await end_private(self.client, left.id)

    def show(self, message: MessageOut) -> None:
        """Print a message."""
        if message.by == "person":
            said = strip_control(message.text).replace("\n", "\n  ")
            self.screen.print(f"{PROMPT_MARK}{said}", style="cyan", markup=False)
        if message.by == "person" and message.help is None:
            return
        text = message.help.text if message.help else message.text
        for line in render(self.screen, text):
            self.screen.file.write(f"{line.text}\n")
        self.screen.print()

    async def run_task(self, work: Coroutine[Any, Any, None]) -> None:
        """Run one action of the chat; a failure is printed as a sentence, Ctrl-C cancels it."""
        self._task = asyncio.create_task(work)
        try:
            await self._task
        except asyncio.CancelledError:
            self.print_note("(canceled)")
        except TauError as error:
            self.print_error(str(error))
        finally:
            self._task = None
            self.print_blank_line()

    def interrupt(self) -> None:
        """Handle Ctrl-C: the first stops the reply, the next stops waiting for it."""
        if self._turn is not None:
            stopping = asyncio.create_task(self._stop(self._turn))
            self._background.add(stopping)
            stopping.add_done_callback(self._background.discard)
            self._turn = None
        elif self._task is not None:
            self._task.cancel()

    async def _stop(self, turn: TurnOut) -> None:
        try:
            await self.client.turns.stop(turn.turn)
        except TauError as error:
            if not isinstance(error, ApiError):
                self.print_error(str(error))

    def heading(self, speaker: str) -> str:
        """Return the quiet line at the top."""
        parts = ["Tau", speaker]
        if self.private:
            parts.append("private: nothing is saved")
        return " · ".join([*parts, "/help"])


def show_piece(
    event: events.Working | events.Thought | events.Delta | events.Revised,
    view: ReplyOutput,
    before: str,
) -> None:
    """Show a piece of a reply; `before` stands above the reply and isn't revised with it."""
    match event:
        case events.Working():
            view.think(f"{event.text} ")
        case events.Thought():
            view.think(event.text)
        case events.Delta():
            view.feed(event.text)
        case events.Revised():
            view.revise(before + event.text)


@contextmanager
def on_interrupt(action: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C do `action` instead of ending the program."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, action)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
