"""A reply as it streams: what is left on the screen is the whole reply, each line once."""

import asyncio
import io
import re

import pytest
from rich.console import Console

from tau.cli.markdown import RenderedLine
from tau.cli.view import Painter, ReplyView
from tests.patience import patient

pytestmark = pytest.mark.anyio

REPLY = """# Lakes

A first paragraph with **bold** words and enough of them that they must be wrapped.

1. one
2. two

```python
def f():
    return 1
```

你好，这是一个很长的中文段落，用来检查宽字符。

The end.
"""


class Screen:
    """A terminal of a few sequences: what stands on it, and what scrolled off."""

    def __init__(self) -> None:
        self.lines: list[str] = [""]
        self.row = 0
        self.cursor_shown = True

    def write(self, text: str) -> None:
        for sequence, plain in re.findall(r"(\x1b\[[?\d;]*[A-Za-z]|\r|\n)|([^\x1b\r\n]+)", text):
            if plain:
                self.lines[self.row] += plain
            else:
                self._obey(sequence)

    def _obey(self, sequence: str) -> None:
        if sequence == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        elif sequence == "\x1b[2K":
            self.lines[self.row] = ""
        elif sequence == "\x1b[J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = ""
        elif sequence.endswith("A"):
            self.row -= int(sequence[2:-1])
            assert self.row >= 0
        elif sequence in {"\x1b[?25l", "\x1b[?25h"}:
            self.cursor_shown = sequence.endswith("h")


class Window(io.StringIO):
    """A file that draws on a `Screen`."""

    def __init__(self) -> None:
        super().__init__()
        self.screen = Screen()

    def write(self, text: str) -> int:
        self.screen.write(text)
        return len(text)


def console(height: int = 24, width: int = 40) -> tuple[Console, Screen]:
    window = Window()
    made = Console(file=window, width=width, height=height, force_terminal=True, no_color=True)
    return made, window.screen


async def told(reply: str, step: int, height: int = 24) -> list[str]:
    made, screen = console(height)
    view = ReplyView(made)
    view.begin()
    for start in range(0, len(reply), step):
        view.feed(reply[start : start + step])
        view.repaint()
    view.finish()
    assert screen.cursor_shown
    return [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in screen.lines]


async def test_streamed_or_at_once_the_screen_ends_the_same() -> None:
    at_once = await told(REPLY, len(REPLY))
    assert at_once[0] == "Lakes"
    assert at_once[-2:] == ["The end.", ""]
    for step in (1, 3, 7):
        assert await told(REPLY, step) == at_once


async def test_a_block_taller_than_the_window_is_whole_in_the_end() -> None:
    poem = "\n".join(f"line {number}" for number in range(60))
    lines = await told(poem, 5, height=10)
    assert lines == [*poem.split("\n"), ""]


async def test_a_tall_block_never_takes_more_than_the_window_while_it_grows() -> None:
    made, screen = console(height=10)
    view = ReplyView(made)
    view.begin()
    view.feed("\n".join(f"line {number}" for number in range(60)))
    view.repaint()
    assert len(screen.lines) <= 10
    assert "line 59" in screen.lines
    view.finish()


async def test_an_empty_reply_leaves_nothing() -> None:
    assert await told("", 1) == [""]


async def test_a_reply_is_painted_soon_without_being_asked() -> None:
    made, screen = console()
    view = ReplyView(made)
    view.begin()
    view.feed("hello")
    async with asyncio.timeout(patient(30)):
        while "hello" not in screen.lines:  # noqa: ASYNC110 (a screen tells nobody)
            await asyncio.sleep(0)
    view.finish()
    assert screen.lines == ["hello", ""]


def test_lines_that_a_narrower_window_folded_are_taken_back_whole() -> None:
    made, screen = console(width=40)
    painter = Painter(made)
    painter.paint([], [RenderedLine("x" * 30, 30)])
    screen.lines[0:1] = ["x" * 20, "x" * 10]  # the window folds the line
    screen.row += 1
    made.width = 20
    painter.paint([], [RenderedLine("y", 1)])
    assert screen.lines == ["y", ""]


async def test_a_thought_is_one_line_beside_the_dots_until_the_reply_begins() -> None:
    made, screen = console(width=40)
    view = ReplyView(made)
    view.begin()
    for piece in (
        "The walrus\x1b[31m is ",
        "hungry,\nand it would ",
        "like to have some more fish.",
    ):
        view.think(piece)
    view._cancel()
    view._wait()
    (line,) = [each for each in screen.lines if each]
    assert len(line) < 40
    assert line.endswith("some more fish.")
    assert "\x1b" not in line
    view.feed("Give it fish.")
    view.finish()
    assert screen.lines == ["Give it fish.", ""]


async def test_a_revised_reply_replaces_what_is_not_in_the_scrollback() -> None:
    made, screen = console()
    view = ReplyView(made)
    view.begin()
    view.feed("Kept.\n\nAa aa aa aa")
    view.repaint()
    view.revise("Kept.\n\nAa")
    view.finish()
    assert screen.lines == ["Kept.", "", "Aa", ""]
    again, blank = console()
    view = ReplyView(again)
    view.begin()
    view.feed("It was a thought")
    view.revise("")
    view.finish()
    assert blank.lines == [""]
