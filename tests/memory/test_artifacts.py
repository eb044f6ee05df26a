"""What was made with specialists: versions, names, decisions, search, snapshots, forgetting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import NotFound
from tau.journal.entries import (
    ArtifactChanged,
    ArtifactRevised,
    EditDecided,
    EntriesForgotten,
    Entry,
    MessageAdded,
    Record,
    encode,
)
from tau.memory import Memory
from tau.memory.artifacts import text_of
from tau.memory.erasure_plan import plan_erasure
from tau.memory.erasure_request import ErasureRequest, select_targets


def revised(version: str, content: str, artifact: str = "letter", **more: object) -> Entry:
    made: dict[str, object] = {"at": 1.0, "type": "document", "title": "Heating"}
    return ArtifactRevised(id=version, artifact=artifact, content=content, **made | more)  # type: ignore[arg-type]


def memory_of(*entries: Entry) -> Memory:
    memory = Memory()
    for seq, entry in enumerate(entries, start=1):
        memory.apply(Record(seq, entry.at, entry, encode(entry)))
    return memory


def test_every_version_is_kept_and_the_newest_is_shown() -> None:
    memory = memory_of(
        revised("v1", '{"text": "cold"}', expert="writing", conversation="c"),
        revised("v2", '{"text": "warm"}', at=5.0, parent="v1", title=""),
    )
    artifact = memory.artifacts.get("letter")
    assert (artifact.newest, artifact.versions, artifact.updated_at) == ("v2", 2, 5.0)
    assert (artifact.title, artifact.expert, artifact.conversation) == ("Heating", "writing", "c")
    assert memory.artifacts.version("letter").content == '{"text": "warm"}'
    assert memory.artifacts.version("letter", "v1").content == '{"text": "cold"}'
    with pytest.raises(NotFound):
        memory.artifacts.version("letter", "v3")
    with pytest.raises(NotFound):
        memory.artifacts.get("nothing")


def test_a_version_that_was_written_twice_is_one() -> None:
    memory = memory_of(revised("v1", "1"), revised("v1", "2"))
    assert memory.artifacts.version("letter").content == "1"
    assert memory.artifacts.get("letter").versions == 1


def test_it_can_be_named_archived_and_restored() -> None:
    memory = memory_of(
        revised("v1", "1"),
        ArtifactChanged(at=2.0, artifact="letter", title="To the landlord", archived=True),
        ArtifactChanged(at=3.0, artifact="letter", archived=False),
    )
    artifact = memory.artifacts.get("letter")
    assert (artifact.title, artifact.archived) == ("To the landlord", False)


def test_the_one_that_was_revised_last_is_first() -> None:
    memory = memory_of(revised("a", "1", "one"), revised("b", "1", "two"), revised("c", "2", "one"))
    assert [each.id for each in memory.artifacts.all()] == ["one", "two"]


def test_search_finds_the_strings_of_the_newest_version() -> None:
    memory = memory_of(
        revised("v1", '{"blocks": [{"text": "The boiler hums"}]}'),
        revised("v2", '{"blocks": [{"text": "The radiator is cold", "n": 3}]}'),
        revised("w", '{"房间": "厨房朝南"}', "plan", title="房子"),
    )
    assert [each.id for each in memory.artifacts.search("radiators?")] == ["letter"]
    assert memory.artifacts.search("boiler") == []
    assert [each.id for each in memory.artifacts.search("厨房")] == ["plan"]
    assert memory.artifacts.search("") == []


def test_forgetting_a_version_leaves_the_others_and_the_last_one_takes_the_artifact() -> None:
    memory = memory_of(
        revised("v1", '"secret"'),
        revised("v2", '"plain"'),
        EditDecided(at=2.0, artifact="letter", edit="e", accepted=False, rule="long"),
        EntriesForgotten(at=3.0, targets=(1,)),
    )
    assert memory.artifacts.get("letter").versions == 1
    assert "secret" not in repr(memory.artifacts.kept_versions())
    assert [each.rule for each in memory.artifacts.decisions("letter")] == ["long"]
    gone = EntriesForgotten(at=4.0, targets=(2, 3))
    memory.apply(Record(5, 4.0, gone, encode(gone)))
    assert memory.artifacts.all() == []
    assert memory.artifacts.decisions() == []


contents = st.text(max_size=30)


@given(st.lists(st.tuples(st.sampled_from("abc"), contents), max_size=12), st.data())
def test_a_snapshot_gives_the_same_artifacts(
    made: list[tuple[str, str]], data: st.DataObject
) -> None:
    entries = [revised(f"v{n}", text, name) for n, (name, text) in enumerate(made)]
    memory = memory_of(*entries)
    if made:
        targets = data.draw(st.sets(st.integers(1, len(made))))
        forgot = EntriesForgotten(at=1.0, targets=tuple(sorted(targets)))
        memory.apply(Record(len(made) + 1, 1.0, forgot, encode(forgot)))
    restored = Memory.restore(memory.dump())
    assert restored.artifacts.all() == memory.artifacts.all()
    for artifact in memory.artifacts.all():
        assert restored.artifacts.version(artifact.id) == memory.artifacts.version(artifact.id)
        assert list(restored.artifacts.texts(artifact.id)) == list(
            memory.artifacts.texts(artifact.id)
        )


def test_a_part_of_a_snapshot_that_is_missing_is_noticed() -> None:
    parts = memory_of(revised("v1", "1")).dump()
    del parts["artifacts.0"]
    with pytest.raises(ValueError, match="missing"):
        Memory.restore(parts)


def test_a_content_that_is_no_json_is_its_own_text() -> None:
    version = revised("v", "half a {")
    assert isinstance(version, ArtifactRevised)
    assert text_of(version) == "half a {"


@pytest.mark.parametrize("message", ["words", "reply"])
def test_forgetting_words_or_a_reply_lists_what_was_made_of_them(message: str) -> None:
    memory = memory_of(
        MessageAdded(at=1.0, id="words", conversation="c", by="person", text="A hut for two."),
        revised("v1", '{"name": "Living"}', artifact="plan", type="plan", title="Home"),
        MessageAdded(
            at=2.0,
            id="reply",
            conversation="c",
            by="tau",
            text="Drawn as you see.",
            parent="words",
            artifact="plan",
            revision="v1",
        ),
        revised("other", '{"name": "Living"}', artifact="another", type="plan", title="Home"),
    )
    plan = plan_erasure(memory, select_targets(memory, ErasureRequest(messages=(message,))))
    assert plan.artifacts == ("plan",)
    both = ErasureRequest(messages=(message,), artifacts=("plan",))
    assert plan_erasure(memory, select_targets(memory, both)).artifacts == ()
    opened = memory_of(
        MessageAdded(
            at=1.0, id="words", conversation="c", by="person", text="Hi.", artifact="plan"
        ),
        revised("v1", '{"name": "Living"}', artifact="plan", type="plan", title="Home"),
    )
    asked = select_targets(opened, ErasureRequest(messages=("words",)))
    assert plan_erasure(opened, asked).artifacts == ()  # it was only open
