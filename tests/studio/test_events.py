"""The events of a project: what released versions wrote opens, and what is unknown is skipped."""

import base64

import msgspec
import pytest

from tau.studio import events
from tau.studio.events import decode_event, encode_event
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource, Problem
from tau.studio.project import Project
from tau.studio.releases import release_events as releases

from .made_projects import comparison

CHAT = (ExampleMessage("user", "Hello?"), ExampleMessage("assistant", "desk", weight=0))
BEFORE = releases.AliasModels(("b",))
AFTER = releases.AliasModels(("ft:a", "b"), {"ft:a": 10})
EVERY_KIND: dict[str, events.StudioEvent] = {
    "project_named": events.ProjectNamed(at=1.5, name="Desk"),
    "source_added": events.SourceAdded(
        at=1.5,
        source=ExampleSource(id="s", name="a.csv", sha256="ab", licence="MIT", trust="imported"),
        problems=(Problem(3, "output", "It's empty."), Problem(None, "", "It's cut short.")),
    ),
    "examples_added": events.ExamplesAdded(
        at=1.5,
        examples=(
            Example(id="e", messages=CHAT, source="s", line=2, trust="imported", fields={"a": "b"}),
        ),
    ),
    "example_edited": events.ExampleEdited(at=1.5, example="e", messages=CHAT),
    "examples_decided": events.ExamplesDecided(at=1.5, examples=("e",), decision="leave out"),
    "examples_withdrawn": events.ExamplesWithdrawn(at=1.5, examples=("e", "f")),
    "split_frozen": events.SplitFrozen(at=1.5, examples=("e",), sha256="cd"),
    "grader_chosen": events.GraderChosen(at=1.5, grader={"type": "exact", "name": "x"}),
    "comparison_finished": comparison("e", trained_on=("f",)),
    "pairs_collected": events.PairsCollected(
        at=1.5, review="r", pairs=(events.AnswerPair("e", "desk", "till", "ab"),)
    ),
    "model_probed": releases.ModelProbed(at=1.5, model="ft:a", probes=3, completed=("e",)),
    "answers_reviewed": releases.AnswersReviewed(at=1.5, model="ft:a", examples=("e", "f")),
    "review_started": releases.ReviewStarted(
        at=1.5, id="r", comparison="c", first="prompt", second="ft:a", examples=("e",)
    ),
    "vote_cast": releases.VoteCast(at=1.5, review="r", example="e", choice="second"),
    "review_revealed": releases.ReviewRevealed(at=1.5, review="r"),
    "model_released": releases.ModelReleased(
        at=1.5,
        model="ft:a",
        alias="desk",
        share=10,
        before=BEFORE,
        after=AFTER,
        gate=(releases.GateCondition("tested", True, "9 answers", "It did.", ("e",)),),
    ),
    "share_changed": releases.ShareChanged(
        at=1.5, model="ft:a", alias="desk", share=20, after=AFTER
    ),
    "release_rolled_back": releases.ReleaseRolledBack(
        at=1.5, model="ft:a", alias="desk", after=BEFORE, reason="It failed.", automatic=True
    ),
}
WRITTEN = {
    "project_named": ("g6RraW5krXByb2plY3RfbmFtZWSiYXTLP/gAAAAAAACkbmFtZaREZXNr"),
    "source_added": (
        "hKRraW5krHNvdXJjZV9hZGRlZKJhdMs/+AAAAAAAAKZzb3VyY2WFomlkoXOkbmFtZaVhLmNzdqZzaGEy"
        "NTaiYWKnbGljZW5jZaNNSVSldHJ1c3SoaW1wb3J0ZWSocHJvYmxlbXOSg6RsaW5lA6VmaWVsZKZvdXRw"
        "dXSmcmVhc29uq0l0J3MgZW1wdHkug6RsaW5lwKVmaWVsZKCmcmVhc29ur0l0J3MgY3V0IHNob3J0Lg=="
    ),
    "examples_added": (
        "g6RraW5krmV4YW1wbGVzX2FkZGVkomF0yz/4AAAAAAAAqGV4YW1wbGVzkYaiaWShZahtZXNzYWdlc5KC"
        "pHJvbGWkdXNlcqdjb250ZW50pkhlbGxvP4Okcm9sZalhc3Npc3RhbnSnY29udGVudKRkZXNrpndlaWdo"
        "dACmc291cmNloXOkbGluZQKldHJ1c3SoaW1wb3J0ZWSmZmllbGRzgaFhoWI="
    ),
    "example_edited": (
        "hKRraW5krmV4YW1wbGVfZWRpdGVkomF0yz/4AAAAAAAAp2V4YW1wbGWhZahtZXNzYWdlc5KCpHJvbGWk"
        "dXNlcqdjb250ZW50pkhlbGxvP4Okcm9sZalhc3Npc3RhbnSnY29udGVudKRkZXNrpndlaWdodAA="
    ),
    "examples_decided": (
        "hKRraW5ksGV4YW1wbGVzX2RlY2lkZWSiYXTLP/gAAAAAAACoZXhhbXBsZXORoWWoZGVjaXNpb26pbGVhdmUgb3V0"
    ),
    "examples_withdrawn": ("g6RraW5ksmV4YW1wbGVzX3dpdGhkcmF3bqJhdMs/+AAAAAAAAKhleGFtcGxlc5KhZaFm"),
    "split_frozen": ("hKRraW5krHNwbGl0X2Zyb3plbqJhdMs/+AAAAAAAAKhleGFtcGxlc5GhZaZzaGEyNTaiY2Q="),
    "grader_chosen": (
        "g6RraW5krWdyYWRlcl9jaG9zZW6iYXTLP/gAAAAAAACmZ3JhZGVygqR0eXBlpWV4YWN0pG5hbWWheA=="
    ),
    "comparison_finished": (
        "hKRraW5ks2NvbXBhcmlzb25fZmluaXNoZWSiYXTLQBQAAAAAAACiaWSiYzGmcmVzdWx0h6t0ZXN0X3No"
        "YTI1NqF4q3RyYWluX2NvdW50Aap0ZXN0X2NvdW50AapkZXRlY3RhYmxlyz+5mZmZmZmap21ldGhvZHOR"
        "g6RuYW1lpnByb21wdKRraW5kpnByb21wdKdhbnN3ZXJzkYSnZXhhbXBsZaFlpmFuc3dlcqpzYWlkIG9m"
        "IGUupXNjb3Jlyz/wAAAAAAAApnBhc3NlZMOndmVyZGljdIOka2luZLB0b28gZmV3IGV4YW1wbGVzqHNl"
        "bnRlbmNlqFRvbyBmZXcupm1ldGhvZKCqdHJhaW5lZF9vbpGhZg=="
    ),
    "pairs_collected": (
        "hKRraW5kr3BhaXJzX2NvbGxlY3RlZKJhdMs/+AAAAAAAAKZyZXZpZXehcqVwYWlyc5GEp2V4YW1wbGWh"
        "ZaVmaXJzdKRkZXNrpnNlY29uZKR0aWxsrnJlcXVlc3Rfc2hhMjU2omFi"
    ),
    "model_probed": (
        "haRraW5krG1vZGVsX3Byb2JlZKJhdMs/+AAAAAAAAKVtb2RlbKRmdDphpnByb2JlcwOpY29tcGxldGVkkaFl"
    ),
    "answers_reviewed": (
        "hKRraW5ksGFuc3dlcnNfcmV2aWV3ZWSiYXTLP/gAAAAAAAClbW9kZWykZnQ6YahleGFtcGxlc5KhZaFm"
    ),
    "review_started": (
        "h6RraW5krnJldmlld19zdGFydGVkomF0yz/4AAAAAAAAomlkoXKqY29tcGFyaXNvbqFjpWZpcnN0pnByb21w"
        "dKZzZWNvbmSkZnQ6YahleGFtcGxlc5GhZQ=="
    ),
    "vote_cast": (
        "haRraW5kqXZvdGVfY2FzdKJhdMs/+AAAAAAAAKZyZXZpZXehcqdleGFtcGxloWWmY2hvaWNlpnNlY29uZA=="
    ),
    "review_revealed": ("g6RraW5kr3Jldmlld19yZXZlYWxlZKJhdMs/+AAAAAAAAKZyZXZpZXehcg=="),
    "model_released": (
        "iKRraW5krm1vZGVsX3JlbGVhc2VkomF0yz/4AAAAAAAApW1vZGVspGZ0OmGlYWxpYXOkZGVza6VzaGFyZQqm"
        "YmVmb3JlgaZtb2RlbHORoWKlYWZ0ZXKCpm1vZGVsc5KkZnQ6YaFipnNoYXJlc4GkZnQ6YQqkZ2F0ZZGFpGtp"
        "bmSmdGVzdGVkpnBhc3NlZMOmZmlndXJlqTkgYW5zd2Vyc6hzZW50ZW5jZadJdCBkaWQuqGV4YW1wbGVzkaFl"
    ),
    "share_changed": (
        "hqRraW5krXNoYXJlX2NoYW5nZWSiYXTLP/gAAAAAAAClbW9kZWykZnQ6YaVhbGlhc6RkZXNrpXNoYXJlFKVh"
        "ZnRlcoKmbW9kZWxzkqRmdDphoWKmc2hhcmVzgaRmdDphCg=="
    ),
    "release_rolled_back": (
        "h6RraW5ks3JlbGVhc2Vfcm9sbGVkX2JhY2uiYXTLP/gAAAAAAAClbW9kZWykZnQ6YaVhbGlhc6RkZXNrpWFm"
        "dGVygaZtb2RlbHORoWKmcmVhc29uqkl0IGZhaWxlZC6pYXV0b21hdGljww=="
    ),
}
"""An event of each kind, as the first release with it wrote it. Never change these."""


def tag_of(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_what_was_written_once_can_be_read(kind: str) -> None:
    raw = base64.b64decode(WRITTEN[kind])
    assert decode_event(raw) == EVERY_KIND[kind]


def test_each_kind_is_kept_as_it_was_written() -> None:
    kinds = {tag_of(each) for each in events.StudioEvent.__args__}
    assert kinds == set(EVERY_KIND) == set(WRITTEN)


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_fields_of_a_newer_release_are_passed_over(kind: str) -> None:
    raw = msgspec.msgpack.decode(encode_event(EVERY_KIND[kind]))
    newer = msgspec.msgpack.encode({**raw, "version": 2, "weather": {"rain": True}})
    read = decode_event(newer)
    assert read is not None
    assert msgspec.structs.replace(read, version=1) == EVERY_KIND[kind]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xc1",
        b"not an event",
        msgspec.msgpack.encode(["erased"]),
        msgspec.msgpack.encode({"kind": "erased", "at": 1.0}),
        msgspec.msgpack.encode({"kind": "model_tuned", "at": 1.0, "model": "x"}),
        msgspec.msgpack.encode({"kind": "project_named", "at": 1.0}),
        b"\x83\xa4kind\xadproject_named\xa2at\x01\xa4name\xa2\xff\xfe",
    ],
)
def test_what_is_no_event_is_skipped(raw: bytes) -> None:
    assert decode_event(raw) is None


def test_what_refers_to_something_unknown_does_no_harm() -> None:
    """An entry may be erased or damaged, and those after it still count."""
    project = Project("p")
    for seq, kind in enumerate(EVERY_KIND, start=1):
        if kind not in {"source_added", "examples_added", "examples_withdrawn"}:
            project.apply(EVERY_KIND[kind], seq)
    assert project.name == "Desk"
    assert (project.test, project.train, len(project.comparisons)) == ([], [], 1)
    project.apply(EVERY_KIND["examples_added"], 20)  # of a source that isn't known
    project.apply(events.SourceAdded(at=2.0, source=ExampleSource(id="t", name="t")), 21)
    late = Example(id="late", messages=CHAT, source="t", line=1)
    project.apply(events.ExamplesAdded(at=2.0, examples=(late,)), 22)
    assert set(project.examples) == {"e", "late"}
    project.apply(EVERY_KIND["examples_withdrawn"], 23)
    assert list(project.examples) == ["late"]
    assert project.changed_at == 5.0  # that of the comparison, the newest
