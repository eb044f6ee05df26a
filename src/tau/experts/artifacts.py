"""Writing of artifacts: new ones, new versions, undo, names; each is an entry of the journal.

A version says which one it was made from. If another device was faster, nothing is lost and nothing
is overwritten: the slower one is refused, and looks again.
"""

import time
from collections.abc import Sequence

import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.ids import new_id
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    ArtifactType,
    Author,
    ClaimLearned,
    EditDecided,
)
from tau.life.life import Life
from tau.life.text_validation import validated_title
from tau.memory.artifacts import MAX_CONTENT_BYTES, Artifact, Artifacts

CREATED, VARIANT = "created", "variant"
"""Causes of the versions that an artifact begins with: the first one, and others to choose."""
_CHANGED = "This was changed elsewhere in the meantime; look at it again."


class ArtifactDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A version that is to be written: its content as JSON text, and where it comes from."""

    content: str
    type: ArtifactType = "document"
    title: str = ""
    expert: str | None = None
    conversation: str | None = None
    by: Author = "person"
    cause: str = "edited"


class ArtifactWriter:
    """Writes the artifacts of one person."""

    def __init__(self, life: Life) -> None:
        self._life = life

    @property
    def _known(self) -> Artifacts:
        return self._life.memory.artifacts

    async def create(self, draft: ArtifactDraft, *variants: ArtifactDraft) -> Artifact:
        """Keep the first version of a new artifact. Raises `BadInput`.

        `variants` are kept before it as versions that nothing precedes either: `restore` takes one.
        """
        artifact = new_id()
        entries = [
            version_entry(artifact, msgspec.structs.replace(each, cause=cause), None)
            for each, cause in (*((one, VARIANT) for one in variants), (draft, CREATED))
        ]
        async with self._life.transaction() as transaction:
            await transaction.append(*entries)
        return self._known.get(artifact)

    async def revise(
        self,
        artifact: str,
        draft: ArtifactDraft,
        *,
        after: str,
        decided: Sequence[EditDecided | ClaimLearned] = (),
    ) -> Artifact:
        """Keep a new version, made from the version `after`; an equal content changes nothing.

        What was `decided` with it, about edits or rules, is written in the same step. The type,
        specialist and conversation stay. Raises `NotFound`, `BadInput`, and `Conflict` if there is
        a newer one.
        """
        async with self._life.transaction() as transaction:
            last = self._newest(artifact, after)
            if draft.content != last.content or draft.title not in ("", last.title):
                draft = msgspec.structs.replace(
                    draft, type=last.type, expert=last.expert, conversation=last.conversation
                )
                await transaction.append(version_entry(artifact, draft, last.id), *decided)
        return self._known.get(artifact)

    async def undo(self, artifact: str, *, after: str) -> Artifact:
        """Go back to the version before `after`: a new version is equal to it.

        It takes the place of that one, so that another undo goes back further. Raises `NotFound`,
        `BadInput` if there is none before, and `Conflict`.
        """
        async with self._life.transaction() as transaction:
            last = self._newest(artifact, after)
            if last.parent is None:
                raise BadInput("There is nothing to undo: this is the first version.")
            try:
                before = self._known.version(artifact, last.parent)
            except NotFound:
                raise BadInput("The version before this one has been forgotten.") from None
            await transaction.append(_again(before, "undone", before.parent))
        return self._known.get(artifact)

    async def restore(self, artifact: str, version: str, *, after: str) -> Artifact:
        """Make an earlier version the newest; an undo takes that back.

        Raises `NotFound` and `Conflict`.
        """
        async with self._life.transaction() as transaction:
            last = self._newest(artifact, after)
            earlier = self._known.version(artifact, version)
            if earlier.id != last.id:
                await transaction.append(_again(earlier, "restored", last.id))
        return self._known.get(artifact)

    async def change(
        self, artifact: str, *, title: str | None = None, archived: bool | None = None
    ) -> Artifact:
        """Name, archive or unarchive an artifact. Raises `NotFound` and `BadInput`."""
        self._known.get(artifact)
        entry = ArtifactChanged(
            at=time.time(), artifact=artifact, title=validated_title(title), archived=archived
        )
        await self._life.append(entry)
        return self._known.get(artifact)

    def require_newest(self, artifact: str, after: str) -> None:
        """Raise `Conflict` if `after` isn't the newest version, and `NotFound`."""
        self._newest(artifact, after)

    def _newest(self, artifact: str, after: str) -> ArtifactRevised:
        last = self._known.version(artifact)
        if last.id != after:
            raise Conflict(_CHANGED)
        return last


def version_entry(artifact: str, draft: ArtifactDraft, parent: str | None) -> ArtifactRevised:
    """Return the entry of a version. Raises `BadInput` if the content can't be kept."""
    if len(draft.content.encode()) > MAX_CONTENT_BYTES:
        raise BadInput(f"This is too long to be kept: {MAX_CONTENT_BYTES:,} bytes at most.")
    try:
        msgspec.json.decode(draft.content)
    except (msgspec.DecodeError, RecursionError):
        raise BadInput("The content must be JSON.") from None
    return ArtifactRevised(
        at=time.time(),
        id=new_id(),
        artifact=artifact,
        type=draft.type,
        content=draft.content,
        title=validated_title(draft.title or None) or "",
        expert=draft.expert,
        conversation=draft.conversation,
        parent=parent,
        by=draft.by,
        cause=draft.cause,
    )


def _again(version: ArtifactRevised, cause: str, parent: str | None) -> ArtifactRevised:
    return msgspec.structs.replace(
        version, at=time.time(), id=new_id(), cause=cause, parent=parent, by="person", imported=None
    )
