"""Paragraphs of a document divided and joined to passages of even length. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

PASSAGE_CHARACTERS = 1_500
"""Characters that a passage has at most; a longer paragraph is divided."""
FEWEST_CHARACTERS = 40
"""Characters below which a passage says too little to ask about it."""


class DocumentPassage(NamedTuple):
    """A part of a document; `page` is its page in a PDF, else 0. `number` counts from 1."""

    number: int
    page: int
    text: str


def split_passages(paragraphs: Iterable[tuple[int, str]]) -> Iterator[DocumentPassage]:
    """Yield paragraphs joined up to the length of a passage, with the page of the first."""
    number = 0
    for page, text in _joined(_pieces(paragraphs)):
        if len(text) >= FEWEST_CHARACTERS:
            number += 1
            yield DocumentPassage(number, page, text)


def split_text(text: str) -> Iterator[str]:
    """Yield a paragraph in pieces of at most a passage's length, at spaces if any."""
    rest = text
    while len(rest) > PASSAGE_CHARACTERS:
        cut = rest.rfind(" ", 1, PASSAGE_CHARACTERS)
        cut = PASSAGE_CHARACTERS if cut < 0 else cut
        yield rest[:cut]
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _joined(pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    first, joined = 0, ""
    for page, piece in pieces:
        if joined and len(joined) + 1 + len(piece) > PASSAGE_CHARACTERS:
            yield first, joined
            joined = ""
        first = first if joined else page
        joined = f"{joined}\n{piece}" if joined else piece
    if joined:
        yield first, joined


def _pieces(paragraphs: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for page, paragraph in paragraphs:
        for piece in split_text(paragraph):
            yield page, piece
