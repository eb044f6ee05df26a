"""Documents as blocks: one paragraph, heading, list item or table each, with an id.

Markdown is the canonical form: what `render_markdown` writes, `parse_markdown` reads as the same
blocks. This module knows nothing of edits, checks or Word.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec

BlockKind = Literal["paragraph", "heading", "item", "quote", "code", "table", "cell", "rule"]
"""`cell` is a paragraph in a table of a Word file; a Markdown table is one block."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*\Z")
_ITEM = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+(.*)\Z", re.DOTALL)
_RULE = re.compile(r"(?:\*[ \t]*){3,}\Z|(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z")
_FENCE = re.compile(r"```|~~~")
_SPACES_OF_A_LEVEL = 2
MAX_BLOCKS = 20_000
"""Blocks of a document that is checked or edited as a whole; a cell of a Word file is one too."""
MAX_BLOCK_CHARACTERS = 200_000


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """A block: its text without the signs that mark its kind.

    `level` is that of a heading (1 to 6), or how deep a list item is nested (from 0). `marker` is
    what a list item begins with (`-`, `1.`), or the fence of code.
    """

    id: str
    text: str
    kind: BlockKind = "paragraph"
    level: int = 0
    marker: str = ""

    @property
    def hash(self) -> str:
        """Digest of the text, which shows whether it has changed."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class TextDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document. `plain` says that its text has no inline Markdown, as that of a Word file."""

    blocks: tuple[Block, ...] = ()
    plain: bool = False

    def find(self, block_id: str) -> Block | None:
        """Return the block of that id, or None."""
        return next((block for block in self.blocks if block.id == block_id), None)

    def replace(self, block_id: str, text: str) -> "TextDocument":
        """Return the document with another text in one block."""
        changed = (
            msgspec.structs.replace(block, text=text) if block.id == block_id else block
            for block in self.blocks
        )
        return msgspec.structs.replace(self, blocks=tuple(changed))

    @property
    def text(self) -> str:
        """The words of all blocks, with an empty line between them."""
        return "\n\n".join(block.text for block in self.blocks if block.text)


def parse_markdown(text: str) -> TextDocument:
    """Return the blocks of a Markdown text, with the ids `b1`, `b2` and so on."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [block for group in _groups(lines) for block in _blocks_of(group)]
    named = (msgspec.structs.replace(one, id=f"b{n}") for n, one in enumerate(found, start=1))
    return TextDocument(tuple(named))


def parse_plain_text(text: str) -> TextDocument:
    """Return the paragraphs of a plain text, which empty lines separate."""
    pieces = re.split(r"\n[ \t]*\n\s*", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (piece.strip("\n") for piece in pieces if piece.strip())
    return TextDocument(
        tuple(Block(f"b{n}", piece) for n, piece in enumerate(kept, start=1)), plain=True
    )


def render_markdown(document: TextDocument) -> str:
    """Return a document as Markdown."""
    pieces: list[str] = []
    before: Block | None = None
    for block in document.blocks:
        tight = before is not None and before.kind == block.kind and block.kind in {"item", "cell"}
        pieces += [("\n" if tight else "\n\n") if before else "", _rendered(block, document.plain)]
        before = block
    return "".join(pieces) + "\n" if pieces else ""


def render_plain_text(document: TextDocument) -> str:
    """Return a document as plain text: without the signs of headings."""
    pieces: list[str] = []
    before: Block | None = None
    for block in document.blocks:
        tight = before is not None and before.kind == block.kind == "item"
        lead = f"{'  ' * block.level}{block.marker or '-'} " if block.kind == "item" else ""
        pieces += [("\n" if tight else "\n\n") if before else "", lead, block.text]
        before = block
    return "".join(pieces) + "\n" if pieces else ""


def carry_ids(before: TextDocument, after: TextDocument) -> TextDocument:
    """Return `after` with the ids of `before` for blocks that stayed or were rewritten in place."""
    old, new = before.blocks, after.blocks
    texts = [one.text for one in old], [one.text for one in new]
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    ids: dict[int, str] = {}
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal" or (tag == "replace" and end - start == new_end - new_start):
            ids |= {new_start + n: old[start + n].id for n in range(end - start)}
    unused = _unused_ids({block.id for block in old})
    named = (
        msgspec.structs.replace(block, id=ids.get(place) or next(unused))
        for place, block in enumerate(new)
    )
    return TextDocument(tuple(named), plain=after.plain)


def _unused_ids(used: set[str]) -> Iterator[str]:
    numbers = [int(name[1:]) for name in used if name[1:].isdigit()]
    number = max(numbers, default=0)
    while True:
        number += 1
        yield f"b{number}"


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines that belong together: fenced code whole, else up to an empty line."""
    group: list[str] = []
    fence = ""
    for line in lines:
        opens = _FENCE.match(line)
        if fence:
            group.append(line)
            if line.startswith(fence):
                yield group
                group, fence = [], ""
        elif opens:
            if group:
                yield group
            group, fence = [line], opens[0]
        elif line.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _blocks_of(lines: list[str]) -> Iterator[Block]:
    if _FENCE.match(lines[0]):
        closed = len(lines) > 1 and lines[-1].startswith(lines[0][:3])
        body = lines[1:-1] if closed else lines[1:]
        yield Block("", "\n".join(body), "code", marker=lines[0])
    elif len(lines) > 1 and all(line.lstrip().startswith("|") for line in lines):
        yield Block("", "\n".join(lines), "table")
    else:
        yield from _joined(lines)


def _joined(lines: Sequence[str]) -> Iterator[Block]:
    """Yield the blocks of lines: each heading and item begins one, other lines go on."""
    pending: list[str] = []
    for line in lines:
        if pending and (_begins_block(line) or _is_one_line(pending[0])):
            yield _block(pending)
            pending = []
        pending.append(line)
    if pending:
        yield _block(pending)


def _is_one_line(line: str) -> bool:
    return bool(_HEADING.match(line) or _RULE.match(line.strip()))


def _begins_block(line: str) -> bool:
    return bool(_ITEM.match(line)) or _is_one_line(line)


def _block(lines: Sequence[str]) -> Block:
    heading, item = _HEADING.match(lines[0]), _ITEM.match(lines[0])
    if heading:
        return Block("", heading[2], "heading", level=len(heading[1]))
    if _RULE.match(lines[0].strip()):
        return Block("", "", "rule")
    if item:
        indent = len(item[1].expandtabs(4))
        text = "\n".join([item[3], *(line.strip() for line in lines[1:])])
        return Block("", text, "item", level=indent // _SPACES_OF_A_LEVEL, marker=item[2])
    if all(line.startswith(">") for line in lines):
        return Block("", "\n".join(line[1:].removeprefix(" ") for line in lines), "quote")
    return Block("", "\n".join(lines).strip("\n"))


_MARKED = re.compile(r"[\\`*_\[\]<>]")
_LINE_MARK = re.compile(r"^([ \t]*(?:(?=[#+|~-])|\d{1,9}(?=[.)])))", re.MULTILINE)


def _escaped(text: str) -> str:
    """Return a text as Markdown that shows it as it is."""
    return _LINE_MARK.sub(r"\1\\", _MARKED.sub(r"\\\g<0>", text))


def _rendered(block: Block, plain: bool) -> str:
    text = _escaped(block.text) if plain and block.kind != "code" else block.text
    lead = " " * (_SPACES_OF_A_LEVEL * block.level) + (block.marker or "-") + " "
    fence = block.marker or "```"
    forms: dict[BlockKind, str] = {
        "heading": f"{'#' * max(1, block.level)} {text}",
        "item": lead + text.replace("\n", "\n" + " " * len(lead)),
        "quote": "> " + text.replace("\n", "\n> "),
        "code": f"{fence}\n{text}\n{fence[:3]}",
        "cell": f"| {text.replace(chr(10), ' ')} |",
        "rule": "---",
    }
    return forms.get(block.kind, text)
