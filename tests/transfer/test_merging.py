"""Merging without a journal: what the file says and what is known become entries."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.ids import derived_id
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    CheckedIn,
    Claim,
    ClaimLearned,
    ConversationChanged,
    EditDecided,
    Entry,
    FactJudged,
    FileImported,
    MessageAdded,
    QuestionnaireAnswered,
    ScopeChanged,
    SkillJudged,
    decode,
    encode,
)
from tau.transfer.entry_merging import SCOPES_STAY, EntryMerge
from tau.transfer.formats import (
    ImportedClaim,
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    ImportNote,
    SkippedItem,
    TauExportEntry,
)
from tau.transfer.import_record import ImportRecord
from tau.transfer.merging import ContentMerge
from tau.transfer.report import ImportCounter


class KnownByHand:
    """What is known, written down by the test."""

    def __init__(self, *messages: MessageAdded, forgotten: tuple[str, ...] = ()) -> None:
        self.messages = {message.id: message for message in messages}
        self.forgotten = forgotten
        self.facts: set[str] = set()
        self.keys: set[str] = set()
        self.imports: set[str] = set()

    def message(self, message_id: str) -> Any:
        return self.messages.get(message_id)

    def conversation(self, conversation_id: str) -> Any:
        found = [each for each in self.messages.values() if each.conversation == conversation_id]
        return _Conversation(found[-1].id) if found else None

    def has_fact(self, fact_id: str) -> bool:
        return fact_id in self.facts

    def has_import(self, import_id: str) -> bool:
        return import_id in self.imports

    def has_entry(self, key: str) -> bool:
        return key in self.keys

    def is_excluded(self, name: str) -> bool:
        return name in self.forgotten

    def fits(self, text: str) -> bool:
        return len(text) < 100


class _Conversation:
    def __init__(self, last: str) -> None:
        self.last = last


def parts(known: KnownByHand, import_id: str = "imp") -> tuple[Any, ImportRecord, ImportCounter]:
    record = ImportRecord(import_id)
    record.open("chatgpt", "export.zip", None)
    return known, record, ImportCounter()


def talk(*texts: str) -> ImportedConversation:
    lines = tuple(
        ImportedMessage(
            id=str(n),
            by="person" if n % 2 == 0 else "tau",
            text=text,
            at=float(n),
            parent=str(n - 1) if n else None,
        )
        for n, text in enumerate(texts)
    )
    return ImportedConversation(origin="chatgpt", id="a", title="A talk", at=1.0, messages=lines)


def added(entries: list[Entry]) -> list[MessageAdded]:
    return [entry for entry in entries if isinstance(entry, MessageAdded)]


def test_a_conversation_becomes_its_title_and_its_messages_of_this_import() -> None:
    known, record, counter = parts(KnownByHand())
    entries = ContentMerge(known, record, counter, trust=False).entries([talk("Hi", "Hello")])
    assert isinstance(entries[0], ConversationChanged)
    assert entries[0].title == "A talk"
    first, second = added(entries)
    assert (first.id, first.parent) == (derived_id("chatgpt", "a", "0"), None)
    assert second.parent == first.id
    assert {each.imported for each in (first, second)} == {"imp"} == {record.id}
    assert (counter.counts.messages, counter.counts.conversations) == (2, 1)


@given(st.lists(st.text("ab ", min_size=1, max_size=5), min_size=1, max_size=6), st.integers(0, 6))
def test_merging_twice_adds_nothing_and_a_longer_file_adds_the_rest(
    texts: list[str], cut: int
) -> None:
    first = talk(*texts[:cut])
    merge = ContentMerge(*parts(KnownByHand()), trust=False)
    before = added(merge.entries([first]))
    assert merge.entries([first]) == []
    known, record, counter = parts(KnownByHand(*before), "later")
    after = added(ContentMerge(known, record, counter, trust=False).entries([talk(*texts)]))
    assert [each.text for each in before + after] == texts
    assert counter.counts.known == len(before)


def test_forgotten_and_too_long_messages_are_left_out_and_their_replies_move_up() -> None:
    gone = derived_id("chatgpt", "a", "1")
    known, record, counter = parts(KnownByHand(forgotten=(gone,)))
    conversation = talk("one", "two", "x" * 200, "four")
    entries = ContentMerge(known, record, counter, trust=False).entries([conversation])
    first, last = added(entries)
    assert (first.text, last.text, last.parent) == ("one", "four", first.id)
    assert isinstance(entries[0], ConversationChanged)
    assert entries[0].title == "one", "the title may repeat what was forgotten"
    assert (counter.counts.forgotten, counter.counts.skipped) == (1, 1)


def test_new_messages_follow_what_was_written_here_since() -> None:
    conversation = derived_id("chatgpt", "a")
    merge = ContentMerge(*parts(KnownByHand()), trust=False)
    imported = added(merge.entries([talk("one")]))
    here = MessageAdded(at=9.0, id="here", conversation=conversation, by="person", text="Later")
    known, record, counter = parts(KnownByHand(*imported, here), "later")
    (second,) = added(
        ContentMerge(known, record, counter, trust=False).entries([talk("one", "two")])
    )
    assert second.parent == "here"


@pytest.mark.parametrize("trust", [True, False])
def test_a_claim_waits_unless_it_is_trusted(trust: bool) -> None:
    item = ImportedClaim(origin="pam", id="m", at=1.0, claim=Claim(topic="like", text="Likes tea"))
    (entry,) = ContentMerge(*parts(KnownByHand()), trust=trust).entries([item])
    assert isinstance(entry, ClaimLearned)
    assert (entry.trust, entry.imported) == ("own" if trust else "waiting", "imp")


def test_nothing_new_begins_no_import_and_a_rollback_forgets_one_that_was_not_written() -> None:
    known, record, counter = parts(KnownByHand())
    merge = ContentMerge(known, record, counter, trust=False)
    items: list[ImportItem] = [SkippedItem("here", "why"), ImportNote("there", "what")]
    assert merge.entries(items) == []
    assert (record.id, record.unwritten()) == (None, [])
    for each in (record, counter, merge.written):
        each.commit()
    first = merge.entries([talk("one")])
    assert [each.id for each in record.unwritten()] == ["imp"]
    for each in (record, counter, merge.written):
        each.rollback()
    assert record.id is None
    assert merge.entries([talk("one")]) == first
    record.written()
    record.rollback()
    assert (record.id, record.unwritten()) == ("imp", [])


# --- entries of Tau's own export ---------------------------------------------------------------


def lines(*entries: Entry) -> list[TauExportEntry]:
    return [TauExportEntry(seq, 1.0, encode(entry)) for seq, entry in enumerate(entries, start=1)]


MESSAGE = MessageAdded(at=1.0, id="m", conversation="c", by="person", text="Hi")
CLAIM = ClaimLearned(
    at=1.0, id="f", claim=Claim(topic="like", text="Likes tea"), trust="own", by="rules"
)
JUDGED = FactJudged(at=2.0, id="j", fact="f", verdict="approved")


def test_only_new_entries_with_a_name_are_merged() -> None:
    known, record, counter = parts(KnownByHand())
    merge = EntryMerge(known, record, counter, trust=True)
    export = lines(ConversationChanged(at=1.0, id="c", title="T"), MESSAGE, CLAIM, JUDGED)
    assert len(merge.entries(export)) == 4
    assert merge.entries(export[1:]) == []
    assert counter.counts.known == 1
    assert record.id == "imp"


def test_another_persons_claims_wait_and_their_judgements_are_left_out() -> None:
    known, record, counter = parts(KnownByHand())
    raw = EntryMerge(known, record, counter, trust=False).entries(lines(CLAIM, JUDGED))
    assert [b"waiting" in (each.raw or b"") for each in raw] == [True]
    assert counter.counts.skipped == 1


OWN = (
    CheckedIn(at=1.0, id="mood", mood=2, words="tired"),
    QuestionnaireAnswered(at=1.0, id="asked", name="gad-7", answers=(1,) * 7, score=7),
    ArtifactRevised(at=1.0, id="v1", artifact="form", type="form", content="{}", expert="care"),
    ArtifactChanged(at=2.0, artifact="form", title="My plan"),
    ArtifactChanged(at=3.0, artifact="form", archived=True),
    EditDecided(at=4.0, artifact="form", edit="e", accepted=True),
)


def test_what_only_the_person_writes_is_merged_once_and_only_if_the_file_is_trusted() -> None:
    known, record, counter = parts(KnownByHand())
    merge = EntryMerge(known, record, counter, trust=True)
    assert [decode(each.raw or b"") for each in merge.entries(lines(*OWN))] == list(OWN)
    assert merge.entries(lines(*OWN)) == []
    assert EntryMerge(known, record, counter, trust=False).entries(lines(*OWN)) == []
    assert counter.counts.skipped == len(OWN)


@pytest.mark.parametrize("trust", [True, False])
def test_no_scope_and_no_approval_comes_with_a_file(trust: bool) -> None:
    known, record, counter = parts(KnownByHand())
    wider = (
        ScopeChanged(at=1.0, expert="writing", topics=None, experts=("talk", "care"), learns=True),
        SkillJudged(at=1.0, skill="gardener", digest="d", approved=True),
        ScopeChanged(at=2.0, expert="care", topics=None, experts=("writing",), learns=True),
    )
    merge = EntryMerge(known, record, counter, trust=trust)
    assert merge.entries(lines(*wider)) == []
    assert merge.entries(lines(*wider)) == []
    assert counter.report(None, "", "").notes == (ImportNote("specialists", SCOPES_STAY),)


def test_claims_are_bounded_in_length_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(name: str, **texts: str) -> ImportedClaim:
        texts = {"text": "Likes tea"} | texts
        return ImportedClaim(origin="pam", id=name, at=1.0, claim=Claim(topic="like", **texts))

    known, record, counter = parts(KnownByHand())
    merge = ContentMerge(known, record, counter, trust=True)
    for field in ("text", "about", "slot", "value"):
        assert merge.entries([claim(field, **{field: "x" * 5_000_000})]) == []
    assert {each.reason for each in counter.report(None, "", "").skipped} == {"it is too long"}
    monkeypatch.setattr("tau.transfer.merging.MAX_CLAIMS", 5)
    assert len(merge.entries([claim(str(number)) for number in range(9)])) == 5
    monkeypatch.setattr("tau.transfer.entry_merging.MAX_CLAIMS", 5)
    assert EntryMerge(known, record, counter, trust=True).entries(lines(CLAIM)) == []
    assert "at most" in counter.report(None, "", "").skipped[-1].reason


def test_an_earlier_import_is_recorded_with_its_start_and_its_end() -> None:
    start = FileImported(at=1.0, id="old", origin="claude", name="x")
    end = FileImported(at=2.0, id="old", origin="claude", name="x", finished=True)
    known = KnownByHand()
    merge = EntryMerge(*parts(known), trust=True)
    assert len(merge.entries(lines(start))) == 1
    known.imports.add("old")
    assert len(merge.entries(lines(end))) == 1
    assert EntryMerge(*parts(known), trust=True).entries(lines(start, end)) == []
