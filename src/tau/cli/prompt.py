"""The chat's input line: several lines, a history in memory only, Ctrl-C to clear it.

Input is never written to a file here: it belongs in the encrypted journal only.
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
    """A source of the person's next message."""

    def seed(self, words: Iterable[str]) -> None:
        """Set the history of the arrow keys, oldest first."""
        ...

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:
        """Return what the person enters. Raises `EOFError` when they quit."""
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
        """Set the history of the arrow keys, oldest first."""
        self._session = self._new_session(list(words))

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:
        """Return what the person enters. Raises `EOFError` when they quit."""
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
        # No warning about a terminal that does not report its cursor position.
        session.app.renderer.cpr_not_supported_callback = None
        return session


class PipePrompt:
    """The prompt of a pipe: each line is a message, and the end of the input ends the chat."""

    def seed(self, words: Iterable[str]) -> None:
        """Do nothing: a pipe has no arrow keys."""

    async def ask(self, *, default: str = "", question: str = PROMPT_MARK) -> str:  # noqa: ARG002
        """Return the next line, or `default` for an empty one."""
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            raise EOFError
        return line.rstrip("\n") or default


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    @keys.add("c-j")  # an Enter typed before the prompt appeared
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
