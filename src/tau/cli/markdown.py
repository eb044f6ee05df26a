"""Markdown rendered to terminal lines, by Rich, with five deviations.

HTML is shown as text (a reply about `List<int>` must keep its `<int>`), line breaks in the source
are kept (poems), headings are not centred, code blocks have no background, and no line is padded
with blanks, so that a copied reply is clean and a resized window stays intact.
"""

from typing import ClassVar, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, ListItem, Markdown, MarkdownElement
from rich.padding import Padding
from rich.segment import Segment, SegmentLines
from rich.syntax import Syntax

from tau.cli.terminal import READABLE_COLUMNS, strip_control

_parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])


class RenderedLine(NamedTuple):
    """One terminal line: its text with styles, and its width in cells."""

    text: str
    cells: int


class _LeftHeading(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.stylize("bold")
        yield self.text


class _BareCode(CodeBlock):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = Syntax(
            str(self.text).rstrip(),
            self.lexer_name,
            theme="ansi_dark",
            background_color="default",
            word_wrap=True,
        )
        yield Padding(code, (0, 0, 0, 2), expand=False)


class _ListItem(ListItem):
    def render_number(
        self, console: Console, options: ConsoleOptions, number: int, last_number: int
    ) -> RenderResult:
        indent = len(f"{last_number}. ") + 1
        inner = options.update(width=max(1, options.max_width - indent))
        style = console.get_style("markdown.item.number", default="none")
        head = f"{number}. ".rjust(indent)
        for line in console.render_lines(self.elements, inner, style=self.style):
            yield Segment(head, style)
            yield from line
            yield Segment.line()
            head = " " * indent


class _ReplyMarkdown(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _BareCode,
        "code_block": _BareCode,
        "list_item_open": _ListItem,
    }

    def __init__(self, markup: str) -> None:
        super().__init__(markup, hyperlinks=False)
        self.parsed = _parser.parse(markup)
        for token in self.parsed:
            _harden_breaks(token)


def render(console: Console, markup: str) -> list[RenderedLine]:
    """Return `markup` as lines for `console`, no wider than `READABLE_COLUMNS`."""
    options = console.options.update(width=min(console.width, READABLE_COLUMNS), height=None)
    lines = console.render_lines(_ReplyMarkdown(strip_control(markup)), options, pad=False)
    trimmed = [_without_trailing_blanks(line) for line in lines]
    while trimmed and not trimmed[0]:
        trimmed.pop(0)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return [_to_rendered_line(console, line) for line in trimmed]


def start_of_last_block(markup: str) -> int:
    """Return where the last top-level block of `markup` starts: everything before is finished."""
    starts = [
        token.map[0]
        for token in _parser.parse(markup)
        if token.level == 0 and token.nesting >= 0 and token.map
    ]
    if len(starts) < 2:
        return 0
    return sum(len(line) + 1 for line in markup.split("\n")[: starts[-1]])


def _harden_breaks(token: Token) -> None:
    for child in token.children or []:
        if child.type == "softbreak":
            child.type = "hardbreak"


def _without_trailing_blanks(line: list[Segment]) -> list[Segment]:
    while line and not line[-1].text.strip():
        line = line[:-1]
    if line:
        last = line[-1]
        line = [*line[:-1], Segment(last.text.rstrip(), last.style)]
    return line


def _to_rendered_line(console: Console, line: list[Segment]) -> RenderedLine:
    with console.capture() as capture:
        console.print(SegmentLines([line]), end="", soft_wrap=True)
    return RenderedLine(capture.get().rstrip("\n"), Segment.get_line_length(line))
