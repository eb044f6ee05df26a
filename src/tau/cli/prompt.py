"""Where the person types: several lines, a history in memory only, Ctrl-C to clear a line.

What was typed is never written to a file here: it belongs in the sealed journal and nowhere else.
"""

import asyncio
import sys
from collections.abc import Iterable
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import CompleteStyle

from tau.cli.terminal import PROMPT_MARK

_MORE = "  "


class Prompt(Protocol):
    """Something that asks for the person's next words."""

    def seed(self, words: Iterable[str]) -> None:
        """Make `words`, oldest first, what the arrow keys bring back."""
        ...

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:
        """Return what the person enters. Raises `EOFError` when they leave."""
        ...


class TerminalPrompt:
    """The prompt of a real terminal."""

    def __init__(
        self,
        commands: Iterable[str],
        *,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._completer = WordCompleter([f"/{name}" for name in commands], sentence=True)
        self._source, self._output = source, output
        self._session = self._new_session([])

    def seed(self, words: Iterable[str]) -> None:
        """Make `words`, oldest first, what the arrow keys bring back."""
        self._session = self._new_session(list(words))

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:
        """Return what the person enters. Raises `EOFError` when they leave."""
        shown = FormattedText([("bold ansicyan", question)])
        return await self._session.prompt_async(shown, default=default, handle_sigint=False)

    def _new_session(self, words: list[str]) -> PromptSession[str]:
        session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(words),
            multiline=True,
            prompt_continuation=_MORE,
            key_bindings=_keys(),
            completer=self._completer,
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            reserve_space_for_menu=0,
            input=self._source,
            output=self._output,
        )
        # A terminal that does not tell where its cursor is needs no warning about it.
        session.app.renderer.cpr_not_supported_callback = None
        return session


class PipePrompt:
    """The prompt of a pipe: a line is a message, the end of the input is a goodbye."""

    def seed(self, words: Iterable[str]) -> None:
        """Do nothing: a pipe has no arrow keys."""

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:  # noqa: ARG002
        """Return the next line; an empty one stands for `default`."""
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError
        return line.rstrip("\n") or default


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    @keys.add("c-j")  # what an Enter is that was typed before the prompt was there
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("escape", "c-j")
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    return keys
