"""A streaming reply in a terminal: finished blocks stay, only the unfinished one is repainted.

Text that may still change never enters the scrollback. A block taller than the window shows its
last lines while it grows and is printed in full when it is finished.
"""

import asyncio
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tau.cli.markdown import RenderedLine, render, start_of_last_block
from tau.cli.terminal import strip_control

_REPAINT_SECONDS = 0.05
_WAITING_SECONDS = 0.4
_WAITING = ("·", "· ·", "· · ·")
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_HOLD, _RELEASE = "\x1b[?2026h", "\x1b[?2026l"  # synchronised output: no half-painted frames
_CLEAR_LINE, _CLEAR_BELOW = "\x1b[2K", "\x1b[J"


class Painter:
    """Repaints live lines at the bottom of the terminal and prints finished lines above them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: list[RenderedLine] = []

    def paint(self, above: Sequence[RenderedLine], live: Sequence[RenderedLine]) -> None:
        """Print `above` permanently and show `live` below it, replacing the previous live lines."""
        rows = sum(self._rows(line) for line in self._live)
        self._live = list(live)
        # Lines are cleared one by one: some terminals keep a copy of what larger clearing removes.
        body = "".join(f"{_CLEAR_LINE}{line.text}\n" for line in (*above, *live))
        if not body:
            body = f"{_CLEAR_LINE}\n" * rows + _cursor_up(rows)
        self._write(f"{_HOLD}\r{_cursor_up(rows)}{body}{_CLEAR_BELOW if rows else ''}{_RELEASE}")

    def hide_cursor(self) -> None:
        """Hide the cursor while lines are repainted."""
        self._write(_HIDE)

    def show_cursor(self) -> None:
        """Show the cursor again."""
        self._write(_SHOW)

    def _rows(self, line: RenderedLine) -> int:
        # A window that was made narrower wraps the lines already on it.
        return max(1, -(-line.cells // max(1, self._console.width)))

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()


def _cursor_up(rows: int) -> str:
    return f"\x1b[{rows}A" if rows else ""


class ReplyView:
    """The view of one reply as it streams."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._painter = Painter(console)
        self._pending = ""
        self._printed = ""
        """The part of the reply that is above the live lines for good."""
        self._thought = ""
        self._begun = False
        self._waiting = False
        self._frame = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Show that a reply is on its way."""
        self._painter.hide_cursor()
        self._waiting = True
        self._wait()

    def think(self, text: str) -> None:
        """Show the end of what the model thinks beside the dots, until the reply begins."""
        words = " ".join(strip_control(self._thought + text).split())
        self._thought = words[-self._console.width :] + (" " if text[-1:].isspace() else "")

    def revise(self, text: str) -> None:
        """Replace the reply so far, as far as it isn't in the scrollback."""
        known = strip_control(text)
        self._pending = known.removeprefix(self._printed) if known.startswith(self._printed) else ""
        self.repaint()

    def feed(self, text: str) -> None:
        """Add a piece of the reply; it is painted soon."""
        if self._waiting:
            self._cancel()
            self._waiting = False
        self._pending += strip_control(text)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_REPAINT_SECONDS, self.repaint)

    def finish(self) -> None:
        """Print the rest of the reply and restore the terminal."""
        self._cancel()
        self._painter.paint(self._blocks(self._pending), [])
        self._pending = ""
        self._painter.show_cursor()

    def _wait(self) -> None:
        dots = _WAITING[self._frame % len(_WAITING)]
        self._frame += 1
        line = Text(dots)
        if self._thought:
            room = self._console.width - len(dots) - 4
            line.append(f"  {self._thought.rstrip()[-room:]}")
            line.truncate(self._console.width - 1, overflow="ellipsis")
        shown = line.plain if self._console.no_color else f"\x1b[2m{line.plain}\x1b[0m"
        self._painter.paint([], [RenderedLine(shown, line.cell_len)])
        self._timer = asyncio.get_running_loop().call_later(_WAITING_SECONDS, self._wait)

    def repaint(self) -> None:
        """Paint what has arrived so far."""
        self._cancel()
        edge = start_of_last_block(self._pending)
        finished, self._pending = self._pending[:edge], self._pending[edge:]
        self._printed += finished
        above = self._blocks(finished)
        live = self._blocks(self._pending, is_finished=False)
        self._painter.paint(above, live[-self._max_rows() :])

    def _blocks(self, markup: str, *, is_finished: bool = True) -> list[RenderedLine]:
        lines = render(self._console, markup) if markup.strip() else []
        if not lines:
            return []
        gap = [RenderedLine("", 0)] if self._begun else []
        self._begun = self._begun or is_finished
        return gap + lines

    def _max_rows(self) -> int:
        return max(3, self._console.height - 2)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
