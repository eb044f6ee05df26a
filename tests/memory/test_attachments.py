"""Attached files in a memory: found by what they say, kept in snapshots, and forgotten for good."""

import zlib
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import NotFound
from tau.journal.entries import (
    AttachedPart,
    EntriesForgotten,
    Entry,
    FileAttached,
    MessageAdded,
    Record,
)
from tau.memory import Memory
from tau.memory.attachment_search import files_of_thread, read_beginning, search_attachments
from tau.memory.erasure_plan import ErasurePlan, plan_erasure
from tau.memory.erasure_request import ErasureRequest, select_targets
from tau.memory.scope import default_scope

LEASE = (
    AttachedPart("The rent is 900 euro and due on the third of a month.", page=1),
    AttachedPart("Either side may end the lease with a notice of ninety days.", page=3),
)


def attached(name: str = "lease", parts: tuple[AttachedPart, ...] = LEASE) -> FileAttached:
    return FileAttached(
        at=1.0,
        id=name,
        name=f"{name}.pdf",
        media_type="application/pdf",
        size=9,
        sha256="0" * 64,
        conversation="c",
        pages=3,
        parts=parts,
    )


def said(
    name: str, text: str, *files: str, parent: str | None = None, **more: object
) -> MessageAdded:
    given = {"by": "person", "conversation": "c", **more}
    return MessageAdded(at=2.0, id=name, text=text, parent=parent, attachments=files, **given)  # type: ignore[arg-type]


def fold(*entries: Entry) -> Memory:
    memory = Memory()
    for seq, entry in enumerate(entries, 1):
        memory.apply(Record(seq, entry.at, entry, b""))
    return memory


def pages(memory: Memory, query: str, **more: object) -> list[tuple[str, int]]:
    found = search_attachments(memory, query, 9.0, tokens=1000, **more)  # type: ignore[arg-type]
    return [(each.file.name, each.part.page) for each in found]


def erase(memory: Memory, request: ErasureRequest) -> ErasurePlan:
    plan = plan_erasure(memory, select_targets(memory, request))
    forgotten = EntriesForgotten(at=9.0, targets=plan.seqs)
    memory.apply(Record(memory.last + 1, 9.0, forgotten, b""))
    return plan


def test_a_question_finds_its_page() -> None:
    memory = fold(attached(), said("m", "Here is the lease.", "lease"))
    assert pages(memory, "How many days of notice to end the lease?")[0] == ("lease.pdf", 3)
    assert pages(memory, "When is the rent due?")[0] == ("lease.pdf", 1)


def test_elsewhere_a_passage_must_have_most_of_the_question() -> None:
    memory = fold(attached(), said("m", "Here.", "lease"))
    vague = "Which of my friends may come in the month of May, and what shall we cook?"
    assert pages(memory, vague) == []
    assert pages(memory, vague, nearby={"lease"}) != []
    assert pages(memory, "rent due", exclude={"lease"}) == []


def test_a_file_belongs_to_whom_its_message_was_said() -> None:
    memory = fold(attached(), said("m", "Here.", "lease", expert="care"))
    assert pages(memory, "rent due", scope=default_scope()) == []
    assert pages(memory, "rent due", scope=default_scope("care")) != []


def test_what_no_visible_message_names_is_not_found() -> None:
    memory = fold(attached(), said("m", "Here.", "lease"), said("n", "No file after all."))
    assert pages(memory, "rent due") == []  # the second message hides the first: an edit
    assert pages(fold(attached()), "rent due") == []


def test_the_beginning_is_what_fits() -> None:
    memory = fold(attached())
    assert [number for number, _ in read_beginning(memory, "lease", 20)] == [0]
    assert [number for number, _ in read_beginning(memory, "lease", 100)] == [0, 1]


def test_a_file_goes_with_its_last_message_and_takes_the_replies_that_repeat_it() -> None:
    memory = fold(
        attached(),
        said("m", "What does it say?", "lease"),
        said("r", "Ninety days of notice.", parent="m", by="tau", recalled_parts=(("lease", 1),)),
        said("n", "Thanks.", parent="r"),
        said("q", "You're welcome.", parent="n", by="tau", recalled_parts=(("lease", 0),)),
        said("o", "And once more.", "lease", parent="q"),
    )
    first = erase(memory, ErasureRequest(messages=("m",)))
    assert first.files == ()
    assert memory.attachments.get("lease").name == "lease.pdf"
    last = erase(memory, ErasureRequest(messages=("o",)))
    assert last.files == ("lease",)
    assert last.replies == ("r",)
    assert pages(memory, "rent due") == []
    with pytest.raises(NotFound):
        memory.attachments.get("lease")


def test_a_file_alone_can_be_forgotten() -> None:
    memory = fold(
        attached(),
        said("m", "What does it say?", "lease"),
        said("r", "Ninety days of notice.", parent="m", by="tau", recalled_parts=(("lease", 1),)),
    )
    plan = erase(memory, ErasureRequest(attachments=("lease",)))
    assert (plan.files, plan.messages, plan.replies) == (("lease",), (), ("r",))
    assert memory.message("m").attachments == ("lease",)
    assert files_of_thread(memory, [memory.message("m")]) == []
    with pytest.raises(NotFound):
        select_targets(memory, ErasureRequest(attachments=("lease",)))


def test_a_search_opens_a_file_once_however_many_of_its_passages_match(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = tuple(AttachedPart(f"The rent of month {number}.", page=number) for number in range(9))
    memory = fold(attached("long", many), said("m1", "Here", "long"))
    assert len(pages(memory, "rent")) == 8
    unpack = Mock(wraps=zlib.decompress)
    monkeypatch.setattr(zlib, "decompress", unpack)
    assert len(pages(memory, "rent")) == 8
    unpack.assert_called_once()


_parts = st.lists(
    st.builds(AttachedPart, text=st.sampled_from(["rent due", "notice", "租金", ""])), max_size=3
)
_files = st.lists(st.tuples(st.sampled_from("abcd"), _parts, st.booleans()), max_size=5)


def _entries(files: list[tuple[str, list[AttachedPart], bool]]) -> list[Entry]:
    made: list[Entry] = []
    parent = None
    for name, parts, is_named in files:
        made.append(attached(name, tuple(parts)))
        message = f"m{len(made)}"
        made.append(said(message, "x", *([name] if is_named else ()), parent=parent))
        parent = message
    return made


def _shown(memory: Memory) -> object:
    questions = ("rent due", "notice", "租金")
    return (
        memory.attachments.all(),
        [memory.attachments.parts(file.id) for file in memory.attachments.all()],
        [memory.attachments.messages_of(file.id) for file in memory.attachments.all()],
        [sorted(pages(memory, question)) for question in questions],
    )


@given(_files, st.sets(st.integers(1, 10)), st.booleans())
def test_what_is_forgotten_is_as_if_it_had_not_been(
    files: list[tuple[str, list[AttachedPart], bool]], targets: set[int], indexed: bool
) -> None:
    entries = list({entry.id: entry for entry in _entries(files)}.values())
    targets = {seq for seq in targets if seq <= len(entries)}
    memory = fold(*entries)
    if indexed:
        pages(memory, "rent")
    memory.apply(
        Record(memory.last + 1, 9.0, EntriesForgotten(at=9.0, targets=tuple(targets)), b"")
    )
    left = [entry for seq, entry in enumerate(entries, 1) if seq not in targets]
    assert _shown(memory) == _shown(fold(*left))


@given(_files, _files, st.booleans())
def test_a_snapshot_keeps_all_of_it(
    before: list[tuple[str, list[AttachedPart], bool]],
    after: list[tuple[str, list[AttachedPart], bool]],
    indexed: bool,
) -> None:
    entries = _entries([*before, *after])
    memory = fold(*entries[: 2 * len(before)])
    if indexed:
        pages(memory, "rent")
    again = Memory.restore(memory.dump())
    for seq, entry in enumerate(entries[2 * len(before) :], 2 * len(before) + 1):
        for each in (memory, again):
            each.apply(Record(seq, entry.at, entry, b""))
    assert _shown(again) == _shown(memory) == _shown(fold(*entries))
