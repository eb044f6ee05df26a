"""A prompt that a comparison tried, kept so that it can be asked as a model.

It's what the method added to a request: instructions, options, the form of the answer, its length.
"""

from typing import Any

import msgspec

from tau.errors import BadInput
from tau.studio.examples.chat_messages import content_text


class KeptPrompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request gets beside what was asked. Fields are only ever added, with defaults."""

    base: str
    """The model that answers."""
    instructions: str = ""
    """The system message of a request that has none."""
    options: str = ""
    """Follows the instructions: the answers to choose from."""
    response_format: dict[str, Any] = {}
    max_tokens: int = 0

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the request for the base. What a client asks for goes before what was kept."""
        messages = list(body.get("messages") or [])
        said = [each for each in messages if each.get("role") in ("system", "developer")]
        others = [each for each in messages if each.get("role") not in ("system", "developer")]
        texts = [content_text(each.get("content")) for each in said] or [self.instructions]
        system = "\n\n".join(part for part in (*texts, self.options) if part)
        kept: dict[str, Any] = {"temperature": 0.0}
        if self.max_tokens and "max_completion_tokens" not in body:
            kept["max_tokens"] = self.max_tokens
        if self.response_format:
            kept["response_format"] = self.response_format
        first = [{"role": "system", "content": system}] if system else []
        return {**kept, **body, "messages": [*first, *others]}

    def to_bytes(self) -> bytes:
        """Return it as JSON, the same for equal prompts."""
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def from_bytes(cls, kept: bytes) -> "KeptPrompt":
        """Return what `to_bytes` kept. Raises `BadInput` for anything else."""
        try:
            return msgspec.json.decode(kept, type=cls)
        except msgspec.DecodeError as error:
            raise BadInput("This isn't a prompt that Tau kept.") from error
