"""The law that memory must obey, told as slowly and plainly as possible."""

from collections.abc import Sequence

from hypothesis import strategies as st

from tau.journal.entries import (
    ConversationChanged,
    EntriesForgotten,
    Entry,
    MessageAdded,
    Record,
    UnknownEntry,
)

CONVERSATIONS = ("walks", "work")
IDS = tuple("abcdefghijkl")
TEXTS = (
    "My sister lives in Porto",
    "我的妹妹住在里斯本",
    "",
    "the",
    "Ünïcode 🙂 and más",
    "x" * 90,
)


def said(message_id: str, text: str = "hello", **details: object) -> MessageAdded:
    fields: dict[str, object] = {"conversation": "walks", "by": "person", "at": 1_000.0}
    return MessageAdded(id=message_id, text=text, **(fields | details))  # type: ignore[arg-type]


def records(*entries: Entry | UnknownEntry, start: int = 1) -> list[Record]:
    return [Record(seq=start + i, at=0.0, entry=e, raw=b"") for i, e in enumerate(entries)]


class Naive:
    """Keeps a list, and walks it anew for every question."""

    def __init__(self, entries: Sequence[Record]) -> None:
        self.said: list[tuple[int, MessageAdded, str | None]] = []
        self.chosen: list[tuple[int, ConversationChanged]] = []
        for record in entries:
            entry = record.entry
            if isinstance(entry, MessageAdded):
                self._add(record.seq, entry)
            elif isinstance(entry, ConversationChanged) and entry.shows is not None:
                self.chosen.append((record.seq, entry))
            elif isinstance(entry, EntriesForgotten):
                for seq in entry.targets:
                    self._forget(seq)

    def ids(self) -> set[str]:
        return {entry.id for _, entry, _ in self.said}

    def thread(self, conversation: str) -> list[str]:
        parents = {e.id: parent for _, e, parent in self.said if e.conversation == conversation}
        return self._walk(self._head(conversation, parents), parents)[::-1]

    def _head(self, conversation: str, parents: dict[str, str | None]) -> str | None:
        newest = max((s for s, e, _ in self.said if e.conversation == conversation), default=None)
        head = next(reversed(parents), None)
        for seq, choice in self.chosen:
            if choice.id == conversation and newest is not None and seq > newest:
                below = [m for m in parents if choice.shows in self._walk(m, parents)]
                head = below[-1] if below else head
        return head

    def _walk(self, at: str | None, parents: dict[str, str | None]) -> list[str]:
        walk = []
        while at is not None:
            walk.append(at)
            at = parents[at]
        return walk

    def visible(self) -> set[str]:
        return {m for name in CONVERSATIONS for m in self.thread(name)}

    def _add(self, seq: int, entry: MessageAdded) -> None:
        here = [e.id for _, e, _ in self.said if e.conversation == entry.conversation]
        if entry.id in self.ids():
            return
        parent = entry.parent
        if parent is not None and parent not in here:
            parent = self.thread(entry.conversation)[-1] if here else None
        self.said.append((seq, entry, parent))

    def _forget(self, seq: int) -> None:
        self.chosen = [each for each in self.chosen if each[0] != seq]
        for gone, entry, parent in list(self.said):
            if gone == seq:
                self.said = [
                    (s, e, parent if p == entry.id else p) for s, e, p in self.said if s != seq
                ]


_entries = st.one_of(
    st.builds(
        MessageAdded,
        id=st.sampled_from(IDS),
        conversation=st.sampled_from(CONVERSATIONS),
        by=st.sampled_from(["person", "tau"]),
        text=st.sampled_from(TEXTS),
        speaker=st.sampled_from([None, "Ana", "李雷"]),
        parent=st.one_of(st.none(), st.sampled_from((*IDS, "nobody"))),
        turn=st.sampled_from([None, "t1", "t2"]),
        status=st.sampled_from(["complete", "stopped", "interrupted"]),
        at=st.floats(0, 1e6),
    ),
    st.builds(
        ConversationChanged,
        id=st.sampled_from((*CONVERSATIONS, "empty")),
        title=st.sampled_from([None, "A title"]),
        archived=st.sampled_from([None, True, False]),
        shows=st.one_of(st.none(), st.sampled_from((*IDS, "nobody"))),
        at=st.floats(0, 1e6),
    ),
    st.builds(
        EntriesForgotten,
        targets=st.lists(st.integers(0, 25), max_size=4).map(tuple),
        at=st.just(0.0),
    ),
    st.builds(UnknownEntry, kind=st.just("dreamt")),
)

logs = st.lists(_entries, max_size=25).map(lambda entries: records(*entries))
