"""Reader of the frontmatter of a SKILL.md: the part of YAML that the Agent Skills format needs.

Keys with plain, quoted or block texts, one level of nested keys, and lists of texts. Anything else
(anchors, tags, flow mappings) is refused by name instead of being guessed. Pure.
"""

import re
from collections.abc import Iterator

from tau.errors import BadInput

Value = str | dict[str, str] | list[str]

_FENCE = "---"
_KEY = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*):(?:[ \t]+(.*))?$")
_BLOCK = re.compile(r"([|>])([+-]?)$")
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")
_UNREAD = ("&", "*", "!", "{", "%", "@", "`")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


def split_frontmatter(text: str) -> tuple[dict[str, Value], str]:
    """Return the frontmatter of a SKILL.md and the text below it. Raises `BadInput`."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        raise BadInput("SKILL.md must begin with --- and its frontmatter.")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if end is None:
        raise BadInput("The frontmatter of SKILL.md isn't closed by ---.")
    return _FrontmatterReader(lines[1:end]).read(), "\n".join(lines[end + 1 :]).strip()


class _FrontmatterReader:
    """The lines of a frontmatter, read from the top."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def read(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while (line := self._next_line()) is not None:
            if line[0] in " \t-":
                raise self._problem("it's indented, but belongs to no key")
            key, text = self._key_of(line)
            if key in found:
                raise self._problem(f"{key} appears twice")
            found[key] = self._value(text)
        return found

    def _value(self, text: str) -> Value:
        """Return the value of a key with `text` beside it, and the lines that belong to it."""
        if match := _BLOCK.match(text):
            return self._block_text(folded=match[1] == ">")
        if text:
            rest = [_without_comment(line).strip() for line in self._indented_lines()]
            return self._scalar(" ".join([text, *rest]))
        return self._nested()

    def _nested(self) -> Value:
        items: list[str] = []
        pairs: dict[str, str] = {}
        for line in self._indented_lines(lists=True):
            stripped = line.strip()
            if stripped.startswith("- "):
                items.append(self._scalar(_without_comment(stripped[2:]).strip()))
            else:
                key, text = self._key_of(stripped)
                pairs[key] = self._scalar(text)
        if items and pairs:
            raise self._problem("it mixes a list and keys")
        return items or pairs

    def _indented_lines(self, *, lists: bool = False) -> Iterator[str]:
        """Yield the lines below a key that are indented, without empty ones and comments."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            is_item = lists and line.startswith("- ")
            if line.strip() and line[0] not in " \t" and not is_item:
                return
            self._at += 1
            if line.strip() and not line.lstrip().startswith("#"):
                yield line

    def _block_text(self, *, folded: bool) -> str:
        taken: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and line[0] not in " \t":
                break
            taken.append(line)
            self._at += 1
        depth = min((len(x) - len(x.lstrip()) for x in taken if x.strip()), default=0)
        text = "\n".join(line[depth:].rstrip() for line in taken).strip("\n")
        return re.sub(r"(?<!\n)\n(?!\n)", " ", text) if folded else text

    def _next_line(self) -> str | None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.strip() and not line.lstrip().startswith("#"):
                return line
        return None

    def _key_of(self, line: str) -> tuple[str, str]:
        match = _KEY.match(line.rstrip())
        if match is None:
            raise self._problem("it has no key, or no space after the colon")
        return match[1], _without_comment(match[2] or "").strip()

    def _scalar(self, text: str) -> str:
        if text.startswith('"'):
            return self._double_quoted(text)
        if text.startswith("'"):
            if len(text) < 2 or not text.endswith("'"):
                raise self._problem("its quotation mark isn't closed")
            return text[1:-1].replace("''", "'")
        if text.startswith(_UNREAD) or text.startswith("["):
            raise self._problem("only plain and quoted texts, lists and one level of keys are read")
        if ": " in text:
            raise self._problem("a text with a colon needs quotation marks")
        return text

    def _double_quoted(self, text: str) -> str:
        body = text[1:-1]
        if len(text) < 2 or not text.endswith('"') or re.search(r'(?<!\\)(?:\\\\)*"', body):
            raise self._problem("its quotation mark isn't closed")
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), body)

    def _problem(self, what: str) -> BadInput:
        return BadInput(f"Line {self._at + 1} of SKILL.md can't be read: {what}.")


def _without_comment(text: str) -> str:
    """Return a text without a comment at its end; a `#` in quotation marks isn't one."""
    return text if text.lstrip().startswith(('"', "'")) else _COMMENT.sub("", text)
