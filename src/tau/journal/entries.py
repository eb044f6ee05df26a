"""What happens in a life with Tau, as a journal writes it down.

An entry is a member of a tagged union told apart by its `kind`. Entries are encoded as MessagePack.
A Tau that meets a kind it does not know keeps the entry as `UnknownEntry`; fields it does not know
stay in the bytes of the record (`Record.raw`), which is what exports and copies are made from. This
module knows nothing of sealing, storage or models.
"""

from typing import Any, Literal

import msgspec

Author = Literal["person", "tau"]
Status = Literal["complete", "stopped", "interrupted"]
Topic = Literal[
    "name",
    "birthday",
    "home",
    "work",
    "study",
    "family",
    "people",
    "pet",
    "health",
    "like",
    "dislike",
    "habit",
    "possession",
    "event",
    "plan",
    "instruction",
    "other",
]
"""What a claim is about. `people` are friends and colleagues; `health` holds allergies and diets;
`instruction` is what the person asked Tau always to do; `plan` has a date."""
Trust = Literal["own", "waiting"]
"""`own`: the person's own words say so. `waiting`: anything else does; it counts once approved."""
Verdict = Literal["confirmed", "approved", "rejected"]
Method = Literal["rules", "model"]


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reply cost, in tokens of the model that gave it."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970 (UTC). Not when it was written: see `Record.at`."""
    version: int = 1


class MessageAdded(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="said"):
    """One message of either side.

    `parent` is the message it follows, so that a conversation is a tree: an edit is a new child of
    the edited message's parent, a retry a new child of the same words. The visible thread is the
    last message of the conversation walked up its parents.
    """

    id: str
    conversation: str
    by: Author
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
    origin: str | None = None
    """Where it was said, if not here: the format of the file that brought it (`chatgpt`, ...)."""
    imported: str | None = None
    """The import that brought it: the `id` of an `FileImported`."""


class ConversationChanged(
    _Entry, frozen=True, kw_only=True, omit_defaults=True, tag="conversation"
):
    """A conversation was begun, named, archived or brought back; `None` leaves a field be."""

    id: str
    title: str | None = None
    archived: bool | None = None


class EntriesForgotten(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="forgot"):
    """The entries at `targets` were erased; nothing of what they held is told here.

    `moved` names messages that hung on an erased one and the message that they hang on since, as
    (its `seq`, that one's `seq` or 0 for none): a memory that reads the log anew cannot know.
    `kept_out` are digests of the identifiers of what a file had brought, keyed with the person's
    data key (`SecretBox.digest`): the same file is not to bring it back.
    """

    targets: tuple[int, ...]
    moved: tuple[tuple[int, int], ...] = ()
    kept_out: tuple[str, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something about the person or their world, as somebody said it."""

    topic: Topic
    text: str
    """A short sentence in the person's language, such as "Lives in Porto"."""
    about: str = ""
    """Whom or what it tells of (`Mia`); empty for the person."""
    slot: str = ""
    """Claims of one slot exclude each other at one time (`home`); without a slot they add up."""
    value: str = ""
    """What fills the slot, so that the same claim said again is known again (`porto`)."""
    valid_from: float | None = None
    valid_to: float | None = None
    due: float | None = None
    """When a plan is to happen (seconds since 1970, UTC; noon where only the day is known)."""


class ClaimLearned(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learned"):
    """A claim was read or told; `at` is when it was said.

    Claims are never changed. What is held to be true now (duplicates folded, old values closed) is
    a fold of all of them: `tau.facts`.
    """

    id: str
    claim: Claim
    sources: tuple[str, ...] = ()
    """Identifiers of the messages that say so; empty where the person told it to memory itself."""
    trust: Trust = "own"
    by: str = "rules"
    """Who read it there: `rules`, `person`, `import`, or the name of a model."""
    corrects: str | None = None
    """The fact that the person replaced by this claim."""
    imported: str | None = None
    """The import that holds the claim: the `id` of a `FileImported`."""


class FactJudged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="judged"):
    """The person's word on a fact: `approved` and `rejected` of what waited, or `confirmed`."""

    id: str
    fact: str
    verdict: Verdict


class ChangeUndone(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="undone"):
    """A correction (a `ClaimLearned` by the person) or a `FactJudged` counts no more."""

    target: str


class LearningChanged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learning"):
    """Learning was paused or goes on. What is said while it is paused is never learned from."""

    paused: bool


class LearnedUpTo(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learned_up_to"):
    """The entries up to `seq` were read for claims, by rules or by a model."""

    seq: int
    method: Method


class FileImported(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="imported"):
    """A file that somebody brought: written when its import begins, and again when it ends."""

    id: str
    origin: str
    name: str = ""
    """The name of the file, without its folder."""
    finished: bool = False
    conversations: int = 0
    messages: int = 0
    facts: int = 0
    skipped: int = 0


class UnknownEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a kind that a newer Tau wrote."""

    kind: str
    at: float = 0.0


Entry = (
    MessageAdded
    | ConversationChanged
    | EntriesForgotten
    | ClaimLearned
    | FactJudged
    | ChangeUndone
    | LearningChanged
    | LearnedUpTo
    | FileImported
)


class Record(msgspec.Struct, frozen=True):
    """An entry at its place in a journal.

    `seq` counts from 1 without gaps; `at` is when it was written (seconds since 1970, UTC); `raw`
    is the entry as it was encoded, byte for byte.
    """

    seq: int
    at: float
    entry: Entry | UnknownEntry
    raw: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """Return `entry` as MessagePack."""
    return _encoder.encode(entry)


def decode(raw: bytes) -> Entry | UnknownEntry:
    """Return the entry that `raw` encodes; of a kind or shape unknown here, an `UnknownEntry`.

    Raises `msgspec.MsgspecError` if `raw` is no MessagePack map at all.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.ValidationError, UnicodeDecodeError):
        plain: dict[str, Any] = msgspec.msgpack.decode(raw, type=dict[str, Any])
        at = plain.get("at")
        return UnknownEntry(
            kind=str(plain.get("kind", "")), at=float(at) if isinstance(at, int | float) else 0.0
        )
