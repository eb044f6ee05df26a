"""The types of journal entries, and how they are encoded.

An entry is a member of a union tagged by `kind`, encoded as MessagePack. An entry of an unknown
kind, written by a newer Tau, is kept as `UnknownEntry`; unknown fields stay in the bytes of the
record (`Record.raw`), from which exports and copies are made. This module knows nothing of
sealing, storage or models.
"""

from typing import Any, Literal

import msgspec

from tau.clock import is_in_calendar, nearest_time

Author = Literal["person", "tau"]
Status = Literal["complete", "stopped", "interrupted"]
Cut = Literal["repetition"]
"""Why Tau ended a reply that is complete otherwise."""
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
"""What a claim is about. `people` are friends and colleagues; `health` includes allergies and
diets; `instruction` is something Tau should always do; `plan` has a date."""
Trust = Literal["own", "waiting"]
"""`own`: stated in the person's own words. `waiting`: from anything else; counts once approved."""
Verdict = Literal["confirmed", "approved", "rejected", "doubted"]
"""What was decided about a fact. All but `doubted` are the person's; `doubted` is a model's, which
doesn't agree that the message states the claim: it waits."""
Method = Literal["rules", "model", "verification"]
ArtifactType = Literal["document", "plan", "form"]
DatePrecision = Literal["day", "month", "year"]


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Token counts of a reply, as its model counts."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class CareMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Mark of a person's message that somebody may be in danger: how serious, and of what kind.

    Levels and kinds are those of `tau.care.signals`; nothing of the words is repeated. `country` is
    where the help that was named is.
    """

    level: int
    kind: str
    about: str = "self"
    country: str | None = None


class _Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970 (UTC). When it was written is in `Record.at`."""
    version: int = 1


class MessageAdded(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="said"):
    """A message of the person, of Tau, or of another speaker in an imported conversation.

    `parent` is the message it follows, so a conversation is a tree: an edit is a new child of the
    edited message's parent, a retry is a new child of the same message. The visible thread is the
    last message of the conversation and its ancestors, until another version is chosen
    (`ConversationChanged.shows`).
    """

    id: str
    conversation: str
    by: Author
    text: str
    speaker: str | None = None
    """The name of the speaker, if it was neither the person nor Tau."""
    parent: str | None = None
    turn: str | None = None
    """The turn it belongs to; a client that sends the same turn twice gets one reply."""
    status: Status = "complete"
    model: str | None = None
    usage: Usage | None = None
    recalled: tuple[str, ...] = ()
    """Ids of the messages that were recalled for this reply, best first."""
    origin: str | None = None
    """The format of the file it was imported from (`chatgpt`, ...), if it was."""
    imported: str | None = None
    """The `id` of the `FileImported` it was imported with."""
    cut: Cut | None = None
    instead_of: str | None = None
    """The chosen model, if it couldn't answer and `model` did."""
    channel: str | None = None
    """The interface it was sent through: `tau` (the app, the terminal and Tau's own API), `openai`
    or `inflection`. Older entries have none."""
    facts: tuple[str, ...] = ()
    """Ids of the facts that were recalled for this reply, best first."""
    care: CareMark | None = None
    """Set if help was named with this message of the person's."""
    expert: str | None = None
    """The specialist it was said with, or that replied; none in plain talk."""
    attachments: tuple[str, ...] = ()
    """Ids of the files that came with it, in their order."""
    recalled_parts: tuple[tuple[str, int], ...] = ()
    """Pairs of a file and the index of one of its parts that the reply had, best first."""
    artifact: str | None = None
    """Of a reply, the artifact that it made or changed; of the person's words, the open one."""
    revision: str | None = None
    """The version of `artifact` that the reply made."""


class ConversationChanged(
    _Entry, frozen=True, kw_only=True, omit_defaults=True, tag="conversation"
):
    """A conversation was started, named, archived, restored or switched; `None` keeps a field."""

    id: str
    title: str | None = None
    archived: bool | None = None
    shows: str | None = None
    """The message whose version was chosen: the thread that ends in the newest message below it is
    visible until something else is said in this conversation."""


class EntriesForgotten(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="forgot"):
    """The entries at `targets` were erased; this entry repeats nothing of their content.

    `moved` lists messages whose parent was erased, as pairs of their `seq` and the `seq` of their
    new parent (0 for none), which cannot be derived from the rest of the log. `kept_out` holds
    digests of the identifiers of erased imported items, keyed with the person's data key
    (`SecretBox.digest`), so that importing the same file again skips them.
    """

    targets: tuple[int, ...]
    moved: tuple[tuple[int, int], ...] = ()
    kept_out: tuple[str, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A statement about the person or their world."""

    topic: Topic
    text: str
    """A short sentence in the person's language, such as "Lives in Porto"."""
    about: str = ""
    """The subject (`Mia`); empty for the person."""
    slot: str = ""
    """Only one claim per slot is true at a time (`home`); claims without a slot add up."""
    value: str = ""
    """The normalised value of the slot, by which a repeated claim is recognised (`porto`)."""
    valid_from: float | None = None
    valid_from_precision: DatePrecision | None = None
    """How exactly `valid_from` is known: "in March 2024" is its first day, known to the month."""
    valid_to: float | None = None
    due: float | None = None
    """When a plan is to happen (seconds since 1970, UTC; noon where only the day is known)."""


class ClaimLearned(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learned"):
    """A claim was extracted or entered; `at` is when it was stated.

    Claims are never changed. What is true now (duplicates merged, old values closed) is a fold of
    all of them: see `tau.facts`.
    """

    id: str
    claim: Claim
    sources: tuple[str, ...] = ()
    """Ids of the messages that state it; empty if the person entered it directly."""
    trust: Trust = "own"
    by: str = "rules"
    """What extracted it: `rules`, `person`, `import`, or the name of a model."""
    corrects: str | None = None
    """The id of the fact that the person replaced with this claim."""
    imported: str | None = None
    """The `id` of the `FileImported` it was imported with."""
    asks: bool = False
    """Whether it waits only because the person is asked first: a standing instruction, or their
    own words against a fact that they confirmed."""
    said_seq: int | None = None
    """The `seq` of the message that states it, if that was written when it was said. Of two such
    claims the later one is newer, whatever the clock said."""
    expert: str | None = None
    """The specialist it was said to; none in plain talk."""


class FactJudged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="judged"):
    """A verdict on a fact: the person's, or, if it is `doubted`, a model's on a claim."""

    id: str
    fact: str
    verdict: Verdict


class ChangeUndone(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="undone"):
    """A correction (a `ClaimLearned` by the person) or a `FactJudged` was undone."""

    target: str


class LearningChanged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learning"):
    """Learning was paused or resumed. Messages sent while it is paused are never learned from."""

    paused: bool


class LearnedUpTo(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="learned_up_to"):
    """Claims were extracted from the entries up to `seq`, by rules or by a model."""

    seq: int
    method: Method


class FileImported(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="imported"):
    """A file that was imported: written when the import starts, and again when it ends."""

    id: str
    origin: str
    name: str = ""
    """Name of the file, without its folder."""
    finished: bool = False
    conversations: int = 0
    messages: int = 0
    facts: int = 0
    skipped: int = 0


class ConversationLent(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="lent"):
    """The person lent a conversation to a project of the studio, which learns from it.

    Only ids are kept here; what the project got, it keeps itself. It's erased with the messages.
    """

    id: str
    conversation: str
    project: str
    messages: tuple[str, ...] = ()
    """The messages that the project's examples repeat."""
    masked: bool = True
    """Whether personal data was masked."""


class LendingWithdrawn(
    _Entry, frozen=True, kw_only=True, omit_defaults=True, tag="lending_withdrawn"
):
    """The person took a conversation back that they had lent to a project."""

    id: str
    conversation: str
    project: str


class ScopeChanged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="scope"):
    """The person changed what a specialist may read and learn, or switched it on or off."""

    expert: str
    topics: tuple[Topic, ...] | None = None
    """The topics of the facts that it may read; `None` for all."""
    experts: tuple[str, ...] = ()
    """The specialists whose conversations it may recall; `talk` is plain talk."""
    learns: bool = True
    """Whether facts are learned from what is said to it."""
    enabled: bool = True


class SkillJudged(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="skill"):
    """The person approved a skill of their own, or took the approval back.

    `digest` is of its files: a skill whose files have changed since must be approved again.
    """

    skill: str
    digest: str
    approved: bool = True


class ArtifactRevised(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="artifact"):
    """A version of something that was made with a specialist: a document, a plan or a form.

    `id` names the version, `artifact` what it is a version of, `parent` the version it was made
    from. Every version holds the whole content, as JSON text.
    """

    id: str
    artifact: str
    type: ArtifactType
    content: str
    title: str = ""
    expert: str | None = None
    conversation: str | None = None
    parent: str | None = None
    by: Author = "person"
    cause: str = ""
    """What led to this version: `created`, `edited`, `decided`, `undone`, ..."""
    imported: str | None = None
    """The `id` of the `FileImported` it was imported with."""


class ArtifactChanged(
    _Entry, frozen=True, kw_only=True, omit_defaults=True, tag="artifact_changed"
):
    """An artifact was named, archived or restored; `None` keeps a field."""

    artifact: str
    title: str | None = None
    archived: bool | None = None


class EditDecided(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="decided"):
    """The person accepted or rejected a proposed edit of an artifact.

    `rule` is what proposed it, so that repeated rejections can be learned from; `revision` is the
    id of the version that was looked at.
    """

    artifact: str
    edit: str
    accepted: bool
    rule: str = ""
    revision: str = ""


class CheckedIn(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="checked_in"):
    """The person said how they feel: `mood` from 1 (very low) to 5 (very good), and words."""

    id: str
    mood: int
    words: str = ""
    expert: str = "care"


class QuestionnaireAnswered(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="answered"):
    """The person filled in a questionnaire, such as `phq-9`; answers are in its order."""

    id: str
    name: str
    answers: tuple[int, ...] = ()
    score: int = 0
    expert: str = "care"


class AttachedPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A passage of an attached file's text: of a page, or of rows of a sheet."""

    text: str
    page: int = 0
    """Counts from 1 in a PDF; 0 where there are no pages."""
    place: str = ""
    """Where there are no pages: the sheet and its rows ("Budget, rows 2-41"), or a heading."""


class FileAttached(_Entry, frozen=True, kw_only=True, omit_defaults=True, tag="attached"):
    """A file that the person attached to a message, with the text that was read from it.

    Its bytes aren't in the journal: they're sealed beside it, under `id`. What it says are the
    words of others: nothing is learned from them.
    """

    id: str
    name: str
    """Name of the file, without its folder."""
    media_type: str
    """What its content says that it is: `application/pdf`, `text/markdown`, `image/png`, ..."""
    size: int
    """In bytes."""
    sha256: str
    conversation: str
    pages: int = 0
    """Pages of a PDF, sheets of a workbook; 0 for others."""
    parts: tuple[AttachedPart, ...] = ()
    cut: bool = False
    """Whether it has more text than `parts` hold."""
    width: int = 0
    height: int = 0
    """Of a picture, in pixels."""


class UnknownEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of an unknown kind, written by a newer Tau."""

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
    | ConversationLent
    | LendingWithdrawn
    | ScopeChanged
    | SkillJudged
    | ArtifactRevised
    | ArtifactChanged
    | EditDecided
    | CheckedIn
    | QuestionnaireAnswered
    | FileAttached
)


class Record(msgspec.Struct, frozen=True):
    """An entry with its position in a journal.

    `seq` counts from 1 without gaps; `at` is when it was written (seconds since 1970, UTC); `raw`
    is the encoded entry, byte for byte.
    """

    seq: int
    at: float
    entry: Entry | UnknownEntry
    raw: bytes


class RawEntry(msgspec.Struct, frozen=True):
    """An entry as another journal encoded it, byte for byte, whatever its kind.

    `raw` is `None` if the entry was erased there: its place is kept. `at` is when it was first
    written.
    """

    raw: bytes | None
    at: float | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """Return `entry` as MessagePack."""
    return _encoder.encode(entry)


def decode(raw: bytes) -> Entry | UnknownEntry:
    """Return the entry that `raw` encodes, or an `UnknownEntry` if its kind or shape is unknown.

    A time that no calendar has, from an older Tau or an edited file, becomes the nearest that has a
    date. Raises `msgspec.MsgspecError` if `raw` is not a MessagePack map.
    """
    try:
        return _with_known_times(_decoder.decode(raw))
    except (msgspec.ValidationError, UnicodeDecodeError):
        plain: dict[str, Any] = msgspec.msgpack.decode(raw, type=dict[str, Any])
        at = plain.get("at")
        return UnknownEntry(
            kind=str(plain.get("kind", "")),
            at=nearest_time(at) if isinstance(at, int | float) else 0.0,
        )


def _with_known_times(entry: Entry) -> Entry:
    """Return `entry` with every time inside the calendar."""
    changes: dict[str, Any] = {}
    if not is_in_calendar(entry.at):
        changes["at"] = nearest_time(entry.at)
    if isinstance(entry, ClaimLearned):
        claim = _claim_with_known_times(entry.claim)
        if claim is not entry.claim:
            changes["claim"] = claim
    return msgspec.structs.replace(entry, **changes) if changes else entry


def _claim_with_known_times(claim: Claim) -> Claim:
    times = {name: getattr(claim, name) for name in ("valid_from", "valid_to", "due")}
    wrong = {
        name: nearest_time(at)
        for name, at in times.items()
        if at is not None and not is_in_calendar(at)
    }
    return msgspec.structs.replace(claim, **wrong) if wrong else claim
