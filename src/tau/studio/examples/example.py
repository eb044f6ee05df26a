"""An example: a request to a model and the answer that it should give."""

from typing import Any, Literal

import msgspec

Role = Literal["system", "user", "assistant"]
ExampleTrust = Literal["own", "document", "imported", "synthetic", "lent"]
"""Where an example comes from: written or approved by a person of the project (`own`), taken from
a document, from somebody else's data (`imported`), written by a model (`synthetic`), or a
conversation that a person lent."""


class ExampleMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message of an example. A message of the assistant with `weight` 0 isn't learned from."""

    role: Role
    content: str
    weight: int = 1


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A chat that ends with the answer that a model should give.

    The last message is the assistant's. `fields` are the columns of its row, for graders.
    """

    id: str
    messages: tuple[ExampleMessage, ...]
    source: str = ""
    """The id of the `ExampleSource` it came from."""
    line: int | None = None
    """Line or row in its source, counted from 1."""
    trust: ExampleTrust = "own"
    fields: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def request(self) -> tuple[ExampleMessage, ...]:
        """The messages before the answer."""
        return self.messages[:-1]

    @property
    def answer(self) -> str:
        """What the assistant should say."""
        return self.messages[-1].content

    @property
    def input(self) -> str:
        """The last words of the user: what differs between examples of one task."""
        said = [each.content for each in self.request if each.role == "user"]
        return said[-1] if said else ""

    @property
    def instructions(self) -> str:
        """The words of the system, which examples of one task mostly share."""
        return "\n\n".join(each.content for each in self.request if each.role == "system")

    def chat(self) -> list[dict[str, Any]]:
        """Return the request as messages of an OpenAI-shaped chat."""
        return [{"role": each.role, "content": each.content} for each in self.request]


class ExampleSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a batch of examples came from."""

    id: str
    name: str
    """Such as the name of a file."""
    sha256: str = ""
    """Of the file's bytes."""
    licence: str = ""
    trust: ExampleTrust = "own"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a file that could not be read as an example, and why."""

    line: int | None
    field: str
    reason: str
    """A sentence for people, without what the line says."""
