"""Reading of documents that a command is given."""

from pathlib import Path

import click

from tau.cli.terminal import strip_control
from tau.errors import BadInput
from tau.experts.writing.blocks import MAX_BLOCK_CHARACTERS, MAX_BLOCKS
from tau.experts.writing.document_files import DocumentFile, format_of, read_document


def open_document(file: Path) -> DocumentFile:
    """Read a document, and say what a Word file has besides its text. Raises `BadInput`."""
    format_of(file.name)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} can't be read.") from error
    opened = read_document(file.name, data)
    blocks = opened.document.blocks
    longest = max((len(one.text) for one in blocks), default=0)
    if len(blocks) > MAX_BLOCKS or longest > MAX_BLOCK_CHARACTERS:
        raise BadInput(
            f"The document is too long: Tau reads up to {MAX_BLOCKS:,} paragraphs and cells, "
            f"each of up to {MAX_BLOCK_CHARACTERS:,} characters."
        )
    if opened.word is not None:
        _say_what_else_is_in(opened)
    return opened


def _say_what_else_is_in(opened: DocumentFile) -> None:
    word = opened.word
    assert word is not None  # noqa: S101 - the caller looked
    others = sorted({change.author for _, change in word.changes if change.author})
    notes = [
        f"It has tracked changes by {', '.join(others)}, which stay." if others else "",
        f"It has {len(word.comments)} comments, which stay." if word.comments else "",
        "It has hidden text, which isn't checked." if word.hidden else "",
        f"Word would load from elsewhere: {', '.join(word.loads)}." if word.loads else "",
    ]
    for note in filter(None, notes):
        click.echo(f"({strip_control(note)})", err=True)
