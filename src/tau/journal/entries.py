"""What happens in a life with Tau, as a journal writes it down.

An entry is a member of a tagged union told apart by its `kind`. Entries are encoded as MessagePack.
A Tau that meets a kind it does not know keeps the entry as `Unknown`; fields it does not know stay
in the bytes of the record (`Record.raw`), which is what exports and copies are made from. This
module knows nothing of sealing, storage or models.
"""

from typing import Any, Literal

import msgspec

By = Literal["person", "tau"]
Status = Literal["complete", "stopped", "interrupted"]


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reply cost, in tokens of the model that gave it."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970 (UTC). Not when it was written: see `Record.at`."""
    version: int = 1


class Said(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="said"):
    """One message of either side.

    `parent` is the message it follows, so that a conversation is a tree: an edit is a new child of
    the edited message's parent, a retry a new child of the same words. The visible thread is the
    last message of the conversation walked up its parents.
    """

    id: str
    conversation: str
    by: By
    text: str
    speaker: str | None = None
    """The name of who spoke, where it was somebody else than the person or Tau."""
    parent: str | None = None
    turn: str | None = None
    """The turn it belongs to; a door that sends the same turn twice is answered once."""
    status: Status = "complete"
    model: str | None = None
    usage: Usage | None = None
    recalled: tuple[str, ...] = ()
    """Identifiers of the messages that were recalled for this reply, best first."""


class ConversationChanged(
    _Entry, frozen=True, kw_only=True, omit_defaults=True, tag="conversation"
):
    """A conversation was begun, named, archived or brought back; `None` leaves a field be."""

    id: str
    title: str | None = None
    archived: bool | None = None


class Forgot(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="forgot"):
    """The entries at `targets` were erased; nothing of what they held is told here."""

    targets: tuple[int, ...]


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a kind that a newer Tau wrote."""

    kind: str
    at: float = 0.0


Entry = Said | ConversationChanged | Forgot


class Record(msgspec.Struct, frozen=True):
    """An entry at its place in a journal.

    `seq` counts from 1 without gaps; `at` is when it was written (seconds since 1970, UTC); `raw`
    is the entry as it was encoded, byte for byte.
    """

    seq: int
    at: float
    entry: Entry | Unknown
    raw: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """Return `entry` as MessagePack."""
    return _encoder.encode(entry)


def decode(raw: bytes) -> Entry | Unknown:
    """Return the entry that `raw` encodes; of a kind or shape unknown here, an `Unknown`.

    Raises `msgspec.MsgspecError` if `raw` is no MessagePack map at all.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.ValidationError, UnicodeDecodeError):
        plain: dict[str, Any] = msgspec.msgpack.decode(raw, type=dict[str, Any])
        at = plain.get("at")
        return Unknown(
            kind=str(plain.get("kind", "")), at=float(at) if isinstance(at, int | float) else 0.0
        )
