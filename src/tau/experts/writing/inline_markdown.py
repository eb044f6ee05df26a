"""Inline Markdown: emphasis, code, links and line breaks within a block."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARKUP = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+.!<>|~-])"
    r"|(?P<break>(?: {2,}|\\)\n)"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>(?=\S)[^*]+(?<=\S))\*\*"
    r"|\*(?P<italic>(?=\S)[^*]+(?<=\S))\*"
    r"|(?<!\w)_(?P<underline>(?=\S)[^_]+(?<=\S))_(?!\w)"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<address>[^()\s]+)\)"
    r"|(?P<soft>\n)"
)


class TextSpan(NamedTuple):
    """Text in one look."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False


def parse_inline(text: str) -> Iterator[TextSpan]:
    """Yield the spans of a block's text; a soft line break is a space."""
    start = 0
    for found in _MARKUP.finditer(text):
        if found.start() > start:
            yield TextSpan(text[start : found.start()])
        yield _span(found)
        start = found.end()
    if start < len(text):
        yield TextSpan(text[start:])


def _span(found: re.Match[str]) -> TextSpan:
    kind, value = found.lastgroup or "", found[found.lastgroup or 0]
    if kind == "address":
        label = found["label"]
        return TextSpan(label if label == value else f"{label} ({value})")
    if kind in {"break", "soft"}:
        return TextSpan("\n" if kind == "break" else " ")
    return TextSpan(
        value, bold=kind == "bold", italic=kind in {"italic", "underline"}, code=kind == "code"
    )
