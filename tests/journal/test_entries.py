"""Entries survive the way through bytes, those of a newer Tau too."""

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from tau.clock import is_in_calendar, nearest_time
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    AttachedPart,
    CheckedIn,
    Claim,
    ClaimLearned,
    ConversationChanged,
    EditDecided,
    EntriesForgotten,
    Entry,
    FileAttached,
    MessageAdded,
    QuestionnaireAnswered,
    ScopeChanged,
    SkillJudged,
    UnknownEntry,
    Usage,
    decode,
    encode,
)

said = st.builds(
    MessageAdded,
    at=st.floats(0, 4e9),
    id=st.text(min_size=1, max_size=20),
    conversation=st.text(max_size=20),
    by=st.sampled_from(["person", "tau"]),
    text=st.text(),
    speaker=st.none() | st.text(),
    parent=st.none() | st.text(),
    turn=st.none() | st.text(),
    status=st.sampled_from(["complete", "stopped", "interrupted"]),
    model=st.none() | st.text(),
    usage=st.none() | st.builds(Usage, st.integers(0, 10**6), st.integers(0, 10**6)),
    recalled=st.lists(st.text()).map(tuple),
)
changed = st.builds(
    ConversationChanged,
    at=st.floats(0, 4e9),
    id=st.text(),
    title=st.none() | st.text(),
    archived=st.none() | st.booleans(),
)
forgot = st.builds(
    EntriesForgotten, at=st.floats(0, 4e9), targets=st.lists(st.integers(1, 2**60)).map(tuple)
)
times = st.floats(0, 4e9)
by_experts = (
    st.builds(ScopeChanged, at=times)
    | st.builds(SkillJudged, at=times)
    | st.builds(ArtifactRevised, at=times)
    | st.builds(ArtifactChanged, at=times)
    | st.builds(EditDecided, at=times)
    | st.builds(CheckedIn, at=times, mood=st.integers(1, 5), words=st.text())
    | st.builds(QuestionnaireAnswered, at=times, answers=st.lists(st.integers(0, 3)).map(tuple))
    | st.builds(
        FileAttached,
        at=times,
        size=st.integers(0, 2**40),
        parts=st.lists(st.builds(AttachedPart)).map(tuple),
    )
)
entries = said | changed | forgot | by_experts


@given(entries)
def test_an_entry_survives_the_way_through_bytes(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(by_experts)
def test_an_entry_of_another_version_is_read_as_far_as_it_is_known(entry: Entry) -> None:
    plain = msgspec.msgpack.decode(encode(entry))
    assert decode(msgspec.msgpack.encode(plain | {"later": [1, {"a": 2}]})) == entry
    kind = plain.pop("kind")
    wrong = decode(msgspec.msgpack.encode({"kind": kind, "at": entry.at}))
    assert wrong == UnknownEntry(kind=kind, at=entry.at)  # a field without a default is missing


def test_what_said_entries_of_older_versions_lack_has_defaults() -> None:
    raw = msgspec.msgpack.encode(
        {"kind": "said", "at": 1.0, "id": "a", "conversation": "c", "by": "person", "text": "hi"}
    )
    entry = decode(raw)
    assert isinstance(entry, MessageAdded)
    assert (entry.expert, entry.attachments, entry.recalled_parts) == (None, (), ())
    assert (entry.artifact, entry.revision) == (None, None)


@given(st.floats(), st.none() | st.floats())
@example(-62_135_596_800.0, 1e18)
@example(float("nan"), float("-inf"))
def test_times_that_no_calendar_has_are_read_as_the_nearest(at: float, due: float | None) -> None:
    claim = Claim(topic="plan", text="x", valid_from=due, valid_to=due, due=due)
    for entry in (
        MessageAdded(at=at, id="a", conversation="c", by="person", text="hi"),
        ClaimLearned(at=at, id="a", claim=claim),
    ):
        assert decode(encode(entry)).at == nearest_time(at)
    read = decode(encode(ClaimLearned(at=at, id="a", claim=claim)))
    assert isinstance(read, ClaimLearned)
    times = (read.claim.valid_from, read.claim.valid_to, read.claim.due)
    assert all(time is None if due is None else is_in_calendar(time or 0.0) for time in times)
    assert is_in_calendar(decode(msgspec.msgpack.encode({"kind": "dreamt", "at": at})).at)


def test_an_entry_of_an_unknown_kind_is_kept_as_unknown() -> None:
    raw = msgspec.msgpack.encode({"kind": "dreamt", "at": 5, "about": ["sheep"]})
    assert decode(raw) == UnknownEntry(kind="dreamt", at=5.0)


def test_unknown_fields_do_not_hinder() -> None:
    plain = msgspec.msgpack.decode(
        encode(MessageAdded(at=1.0, id="a", conversation="c", by="tau", text="hi"))
    )
    entry = decode(msgspec.msgpack.encode(plain | {"mood": "calm"}))
    assert isinstance(entry, MessageAdded)
    assert entry.text == "hi"


def test_a_known_kind_of_an_unknown_shape_is_unknown() -> None:
    assert decode(msgspec.msgpack.encode({"kind": "said", "text": 7})) == UnknownEntry(kind="said")
