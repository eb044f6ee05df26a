"""Validation of what a person writes: messages and titles."""

from tau.errors import BadInput

MAX_NAME_CHARACTERS = 200
"""Characters of a title, and of a speaker's name."""


def validated_message(text: str, max_bytes: int) -> str:
    """Return a message as it can be kept. Raises `BadInput` if it is empty or too long."""
    text = text.encode("utf-8", "replace").decode("utf-8").strip()
    if not text:
        raise BadInput("This message is empty.")
    if len(text.encode()) > max_bytes:
        raise BadInput(
            f"This message is longer than {max_bytes:,} bytes; "
            "send it in parts, or raise the setting max_message_bytes."
        )
    return text


def validated_title(title: str | None) -> str | None:
    """Return a title on one line. Raises `BadInput` if it is too long."""
    if title is None:
        return None
    title = " ".join(title.encode("utf-8", "replace").decode("utf-8").split())
    if len(title) > MAX_NAME_CHARACTERS:
        raise BadInput(f"A title can have at most {MAX_NAME_CHARACTERS} characters.")
    return title
