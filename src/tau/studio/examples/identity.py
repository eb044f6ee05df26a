"""What identifies an example, and what it says."""

import hashlib
from collections.abc import Iterable

import msgspec

from tau.ids import derived_id
from tau.studio.examples.example import Example, ExampleMessage


def example_id(source_sha256: str, line: int, messages: tuple[ExampleMessage, ...]) -> str:
    """Return the id of what stands on a line of a file."""
    return derived_id("example", source_sha256, str(line), content_sha256(messages))


def content_sha256(messages: tuple[ExampleMessage, ...]) -> str:
    """Return the SHA-256 of a chat: of each message its role, content and weight, as JSON."""
    content = [[each.role, each.content, each.weight] for each in messages]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def split_sha256(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of what a set of examples says, whatever their order and ids."""
    contents = sorted(content_sha256(each.messages) for each in examples)
    return hashlib.sha256("\n".join(contents).encode()).hexdigest()
