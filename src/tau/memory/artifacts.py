"""Artifacts: what was made with specialists, in every version.

A part of a memory. A version is never changed: an undo is a new version that is equal to an earlier
one. Contents are JSON texts whose shape only their specialist knows; here they're kept compressed.
"""

import zlib
from collections.abc import Iterable, Iterator

import msgspec

from tau.errors import NotFound
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    ArtifactType,
    EditDecided,
)
from tau.text.tokenization import terms

MAX_CONTENT_BYTES = 2_000_000
"""Of one version."""
ArtifactEntry = ArtifactRevised | ArtifactChanged | EditDecided


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an artifact besides its content. `newest` is the id of its last version."""

    id: str
    type: ArtifactType
    title: str
    expert: str | None
    conversation: str | None
    archived: bool
    created_at: float
    updated_at: float
    newest: str
    versions: int


class _Version(msgspec.Struct, frozen=True, array_like=True):
    """A version whose content is compressed."""

    entry: ArtifactRevised
    packed: bytes

    def whole(self) -> ArtifactRevised:
        return msgspec.structs.replace(self.entry, content=zlib.decompress(self.packed).decode())


class Artifacts:
    """All artifacts of one person, by id."""

    def __init__(self) -> None:
        self._versions: dict[int, _Version] = {}
        self._others: dict[int, ArtifactChanged | EditDecided] = {}
        self._by_artifact: dict[str, list[int]] = {}
        """The `seq` of the versions of each artifact, oldest first."""
        self._others_of: dict[str, list[int]] = {}
        """The `seq` of what else was written about each artifact, oldest first."""
        self._ids: dict[str, int] = {}

    # --- the fold -------------------------------------------------------------------------

    def apply(self, seq: int, entry: ArtifactEntry) -> None:
        """Apply an entry. A version with a known id is not added again."""
        if isinstance(entry, ArtifactRevised):
            packed = zlib.compress(entry.content.encode())
            self._add(seq, _Version(msgspec.structs.replace(entry, content=""), packed))
        else:
            self._others[seq] = entry
            self._others_of.setdefault(entry.artifact, []).append(seq)

    def forget(self, seqs: Iterable[int]) -> None:
        """Remove the entries at `seqs`; an artifact without a version is gone."""
        for seq in seqs:
            other = self._others.pop(seq, None)
            if other is not None:
                self._others_of[other.artifact].remove(seq)
            version = self._versions.pop(seq, None)
            if version is not None:
                del self._ids[version.entry.id]
                left = self._by_artifact[version.entry.artifact]
                left.remove(seq)
                if not left:
                    del self._by_artifact[version.entry.artifact]

    def kept_versions(self) -> list[tuple[int, _Version]]:
        """Return all versions for a snapshot, by `seq`."""
        return list(self._versions.items())

    def kept_others(self) -> list[tuple[int, ArtifactChanged | EditDecided]]:
        """Return all other entries for a snapshot, by `seq`."""
        return list(self._others.items())

    def load_versions(self, raw: bytes) -> None:
        """Add versions that a snapshot kept. Raises `msgspec.MsgspecError` for anything else."""
        for seq, version in msgspec.msgpack.decode(raw, type=list[tuple[int, _Version]]):
            self._add(seq, version)

    def load_others(self, raw: bytes) -> None:
        """Add other entries that a snapshot kept. Raises `msgspec.MsgspecError` as above."""
        shape = list[tuple[int, ArtifactChanged | EditDecided]]
        for seq, other in msgspec.msgpack.decode(raw, type=shape):
            self.apply(seq, other)

    # --- reading --------------------------------------------------------------------------

    def all(self) -> list[Artifact]:
        """Return all artifacts, the one that was revised last first, archived ones too."""
        newest_first = sorted(self._by_artifact.items(), key=lambda item: -item[1][-1])
        return [self.get(name) for name, _ in newest_first]

    def get(self, artifact: str) -> Artifact:
        """Return an artifact. Raises `NotFound`."""
        seqs = self._seqs(artifact)
        first, last = self._versions[seqs[0]].entry, self._versions[seqs[-1]].entry
        titles = {seq: self._versions[seq].entry.title for seq in seqs}
        archived = False
        for seq, change in self._about(artifact):
            if isinstance(change, ArtifactChanged):
                titles[seq] = change.title or ""
                archived = archived if change.archived is None else change.archived
        return Artifact(
            id=artifact,
            type=last.type,
            title=next((titles[seq] for seq in sorted(titles, reverse=True) if titles[seq]), ""),
            expert=first.expert,
            conversation=first.conversation,
            archived=archived,
            created_at=first.at,
            updated_at=last.at,
            newest=last.id,
            versions=len(seqs),
        )

    def version(self, artifact: str, version: str | None = None) -> ArtifactRevised:
        """Return a version with its content: the newest without `version`. Raises `NotFound`."""
        seqs = self._seqs(artifact)
        seq = seqs[-1] if version is None else self._ids.get(version, 0)
        if seq not in seqs:
            raise NotFound("There is no such version.")
        return self._versions[seq].whole()

    def versions(self, artifact: str) -> list[ArtifactRevised]:
        """Return the versions without their contents, oldest first. Raises `NotFound`."""
        return [self._versions[seq].entry for seq in self._seqs(artifact)]

    def decisions(self, artifact: str | None = None) -> list[EditDecided]:
        """Return the decisions about edits of an artifact, or of all, oldest first."""
        decided = (each for each in self._others.values() if isinstance(each, EditDecided))
        return [each for each in decided if artifact is None or each.artifact == artifact]

    def entries(self) -> Iterator[tuple[int, ArtifactEntry]]:
        """Yield every entry with its `seq`: versions without their contents, then the others."""
        yield from ((seq, version.entry) for seq, version in self._versions.items())
        yield from self._others.items()

    def entries_of(self, artifact: str) -> list[int]:
        """Return the `seq` of every entry about an artifact. Raises `NotFound`."""
        return sorted([*self._seqs(artifact), *self._others_of.get(artifact, ())])

    def texts(self, artifact: str) -> Iterator[str]:
        """Yield the texts of every version of an artifact, with its titles."""
        for seq in self._seqs(artifact):
            yield f"{self._versions[seq].entry.title}\n{text_of(self._versions[seq].whole())}"
        for _, each in self._about(artifact):
            if isinstance(each, ArtifactChanged) and each.title:
                yield each.title

    def search(self, query: str) -> list[Artifact]:
        """Return the artifacts whose title or newest text has words of `query`, best first."""
        asked = terms(query)
        found: list[tuple[int, Artifact]] = []
        for artifact in self.all() if asked else ():
            text = f"{artifact.title}\n{text_of(self.version(artifact.id))}"
            shared = asked.keys() & terms(text).keys()
            if shared:
                found.append((len(shared), artifact))
        return [artifact for _, artifact in sorted(found, key=lambda each: -each[0])]

    def _add(self, seq: int, version: _Version) -> None:
        if version.entry.id in self._ids:
            return
        self._versions[seq] = version
        self._ids[version.entry.id] = seq
        self._by_artifact.setdefault(version.entry.artifact, []).append(seq)

    def _about(self, artifact: str) -> Iterator[tuple[int, ArtifactChanged | EditDecided]]:
        return ((seq, self._others[seq]) for seq in self._others_of.get(artifact, ()))

    def _seqs(self, artifact: str) -> list[int]:
        seqs = self._by_artifact.get(artifact)
        if seqs is None:
            raise NotFound("There is no such artifact.")
        return seqs


def text_of(version: ArtifactRevised) -> str:
    """Return the strings in the content of a version, one below the other, for search."""
    try:
        content: object = msgspec.json.decode(version.content)
    except msgspec.DecodeError:
        return version.content
    return "\n".join(_strings(content))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
