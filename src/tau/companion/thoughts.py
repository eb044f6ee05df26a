"""Splitter of a streamed answer into thoughts and the reply. Pure; the chunking changes nothing.

Reasoning models put their thoughts between `<think>` and `</think>` (or a similar pair) before the
answer. The opening tag may be missing, because some templates put it into the prompt: then the
closing tag shows that what came before was a thought. An opening tag counts at the start of a line;
neither tag counts inside code, nor right after a quotation mark.
"""

import re
from typing import Literal

PieceKind = Literal["thought", "reply", "rethought"]
Piece = tuple[PieceKind, str]
"""A piece of an answer. A `rethought` has no text: the reply so far was a thought."""

_NAMES = "think|thinking|thought|reasoning|seed:think"
_OPENING = rf"<(?:{_NAMES})>|\[THINK\]|◁think▷"
_CLOSING = rf"</(?:{_NAMES})>|\[/THINK\]|◁/think▷"
_TOKENS = re.compile(
    rf"(?P<opening>{_OPENING})|(?P<closing>{_CLOSING})|(?P<fence>`{{3,}}|~{{3,}})|(?P<ticks>`+)"
    r"|(?P<line>\n)|(?P<text>[^\n`~<\[◁]+|.)"
)
_MAYBE_TOKEN = re.compile(r"(?:[<\[◁]/?[A-Za-z:]{0,10}|`+|~+)\Z")
"""The end of a text that may turn out to be a tag, or to be longer."""
_QUOTES = "\"'“‘「『"


class ThoughtSplitter:
    """Splits one answer. Feed it the text as it comes, then call `end`."""

    def __init__(self) -> None:
        self._thinking = False
        self._held = ""
        self._margin: str | None = ""
        """Blank text at the start of the reply; `None` once the reply has begun."""
        self._trimming = False
        """Whether blank text is dropped, because a tag came before it."""
        self._indented = True
        """Whether only blanks came since the start of the line."""
        self._code = ""
        """The mark that will end the code in progress."""
        self._last = ""
        self._pieces: list[Piece] = []

    def feed(self, text: str) -> list[Piece]:
        """Return the pieces that are certain after `text`."""
        self._held += text
        maybe = _MAYBE_TOKEN.search(self._held)
        return self._split(maybe.start() if maybe else len(self._held))

    def end(self) -> list[Piece]:
        """Return the rest of the answer."""
        pieces = self._split(len(self._held))
        if self._margin and not self._trimming:
            pieces.append(("reply", self._margin))
        return pieces

    def _split(self, end: int) -> list[Piece]:
        ready, self._held = self._held[:end], self._held[end:]
        for token in _TOKENS.finditer(ready):
            self._take(str(token.lastgroup), token[0])
        pieces, self._pieces = self._pieces, []
        return pieces

    def _take(self, kind: str, text: str) -> None:
        if kind == "opening" and not self._thinking and self._indented and not self._code:
            self._switch(thinking=True)
        elif kind == "closing" and self._last not in (_QUOTES + "`" if self._last else ()):
            self._close(text)
        else:
            self._track_code(kind, text)
            self._emit(text)

    def _close(self, text: str) -> None:
        if self._code and not self._thinking:
            self._emit(text)
            return
        if not self._thinking and self._margin is None:
            self._pieces.append(("rethought", ""))
            self._margin = ""
        self._switch(thinking=False)

    def _switch(self, *, thinking: bool) -> None:
        self._thinking, self._trimming = thinking, True
        self._indented, self._code, self._last = True, "", ""
        if self._margin is not None:
            self._margin = ""

    def _track_code(self, kind: str, text: str) -> None:
        """Note whether the reply is inside code: thoughts often leave code unfinished."""
        if self._thinking:
            return
        if kind == "line" and len(self._code) < 3:
            self._code = ""
        elif kind == "fence" and self._indented:
            self._code = "" if self._code and text.startswith(self._code) else self._code or text
        elif kind in ("ticks", "fence") and len(self._code) < 3:
            self._code = "" if self._code == text else self._code or text[:2]

    def _emit(self, text: str) -> None:
        self._last = text[-1]
        self._indented = text == "\n" or (self._indented and text.isspace())
        if self._trimming:
            text = text.lstrip()
            if not text:
                return
            self._trimming = False
        if self._thinking:
            self._append("thought", text)
        elif self._margin is None:
            self._append("reply", text)
        elif text.isspace():
            self._margin += text
        else:
            text, self._margin = self._margin + text, None
            self._append("reply", text)

    def _append(self, kind: PieceKind, text: str) -> None:
        if self._pieces and self._pieces[-1][0] == kind:
            text = self._pieces.pop()[1] + text
        self._pieces.append((kind, text))
