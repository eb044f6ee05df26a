"""Writes YAML that every parser reads back as it was, whatever the strings hold.

Only what manifests need: mappings, lists, strings, integers, booleans and null.
"""

import re
from collections.abc import Mapping, Sequence

YamlValue = Mapping[str, "YamlValue"] | Sequence["YamlValue"] | str | int | bool | None

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*\Z")
_TAKEN_FOR_OTHERS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
_BLOCK_LINE = re.compile(r"[ -~]*\Z")
_LONGEST_KEY = 1000  # parsers look for the colon after a key in 1,024 characters
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def to_yaml(*documents: Mapping[str, YamlValue]) -> str:
    """Return documents as YAML, with a line `---` between them."""
    return "---\n".join("\n".join(_block(each, 0)) + "\n" for each in documents)


def _block(value: YamlValue, indent: int) -> list[str]:
    """Return the lines of a mapping or list that has items."""
    space = " " * indent
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = _scalar(key)
            if len(name) > _LONGEST_KEY:
                lines += [f"{space}? {name}", *_item(f"{space}:", item, indent)]
            else:
                lines += _item(f"{space}{name}:", item, indent)
    elif isinstance(value, Sequence):
        for item in value:
            lines += _item(f"{space}-", item, indent)
    return lines


def _item(head: str, value: YamlValue, indent: int) -> list[str]:
    """Return the lines of one item, which begin with its key or dash."""
    if isinstance(value, str) and _fits_block(value):
        rows = value.splitlines()
        return [f"{head} |", *(" " * (indent + 2) + row if row else "" for row in rows)]
    if isinstance(value, str | int | None) or not value:
        return [f"{head} {_scalar(value)}"]
    lines = _block(value, indent + 2)
    if head.endswith("-"):  # a list's items begin on the line of their dash
        return [f"{head} {lines[0][indent + 2 :]}", *lines[1:]]
    return [head, *lines]


def _fits_block(text: str) -> bool:
    """Return whether a text can be shown line by line: printable, and it ends as a block does."""
    lines = text.split("\n")
    return (
        len(lines) > 2
        and lines[-1] == ""
        and lines[-2] != ""
        and lines[0][:1] not in {"", " "}
        and all(_BLOCK_LINE.match(line) and line == line.rstrip() for line in lines)
    )


def _scalar(value: YamlValue) -> str:
    if isinstance(value, str):
        plain = _PLAIN.match(value) and value.lower() not in _TAKEN_FOR_OTHERS
        return value if plain else f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence):
        return "[]"
    return "null" if value is None else str(value).lower()


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0x20 <= code < 0x7F:
        return character
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
