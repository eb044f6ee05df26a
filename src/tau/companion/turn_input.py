"""Input of a turn: what the person says, where, and how to reply."""

import msgspec

from tau.errors import BadInput
from tau.ids import new_id
from tau.journal.entries import Author

OWN_CHANNEL = "tau"
"""The channel of messages that come through the app, the terminal or Tau's own API."""
_MAX_ID_CHARACTERS = 64


class EarlierMessage(msgspec.Struct, frozen=True):
    """One earlier message of a conversation that was held elsewhere."""

    by: Author
    text: str
    at: float | None = None


class TurnInput(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn is started with, as `Companion.turn` describes it."""

    words: str
    turn_id: str
    conversation: str | None = None
    edits: str | None = None
    model: str | None = None
    instructions: str | None = None
    channel: str = OWN_CHANNEL
    expert: str | None = None
    """The specialist to reply, or `talk`; none: that of the conversation."""
    artifact: str | None = None
    """The artifact that is open beside the conversation."""
    attachments: tuple[str, ...] = ()
    """Ids of the files that come with the words."""
    history: tuple[EarlierMessage, ...] = ()
    """What was said before, elsewhere: it's written with the words if they begin a conversation."""


def validated_turn_id(turn_id: str | None) -> str:
    """Return a turn's id, a new one if none is given. Raises `BadInput`."""
    turn_id = turn_id or new_id()
    if len(turn_id) > _MAX_ID_CHARACTERS or not turn_id.isascii() or not turn_id.isprintable():
        raise BadInput(f"A turn id can have at most {_MAX_ID_CHARACTERS} ASCII characters.")
    return turn_id
