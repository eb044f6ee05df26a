"""The gate: each condition holds or fails by itself, with its figure and a sentence."""

from dataclasses import dataclass

import msgspec
import pytest

from tau.studio.events import ComparisonFinished, GraderChosen, StudioEvent
from tau.studio.examples.example import ExampleSource
from tau.studio.project import Project
from tau.studio.releases.gate import GateInput, check_gate, choose_rival
from tau.studio.releases.gate_facts import with_other_comparisons
from tau.studio.releases.release_events import GateCondition, ModelProbed
from tau.studio.results import ComparisonResult, GradedAnswer, MethodKind, MethodResult, Verdict
from tau.studio.statistics import wilson_interval
from tau.studio.tuning.log_events import ModelMeasured

NAME = "ft:base:tau:desk:0123abcd"
COUNT = 100


def result(
    name: str, kind: MethodKind, right: int, *, seconds: float = 1.0, first: int = 0
) -> MethodResult:
    """Return a method that is right in `right` examples, from the example `first` on."""
    answers = tuple(
        GradedAnswer(f"e{n}", "x", float(passed), passed, seconds)
        for n in range(COUNT)
        for passed in [first <= n < first + right]
    )
    return MethodResult(
        name=name,
        kind=kind,
        model=name if kind == "tuned" else "",
        answers=answers,
        passed=wilson_interval(right, COUNT),
        seconds_per_answer=seconds,
    )


def comparison(*methods: MethodResult, withdrawn: tuple[str, ...] = ()) -> ComparisonResult:
    return ComparisonResult(
        test_sha256="t",
        train_count=100,
        test_count=COUNT,
        detectable=0.1,
        methods=methods,
        verdict=Verdict("train", "Train."),
        withdrawn=withdrawn,
    )


def measured(**figures: float) -> ModelMeasured:
    usual = {"next_token": 1.0, "differs_from_base": 0.9, "ends_turn": 1.0}
    return ModelMeasured(
        at=1.0, name=NAME, engine="llama.cpp", figures=usual | figures, passed=True
    )


PASSING = GateInput(
    name=NAME,
    kind="adapter",
    test_sha256="t",
    comparison=comparison(result("prompt", "prompt", 10), result(NAME, "tuned", 50)),
    result=result(NAME, "tuned", 50),
    rival=result("prompt", "prompt", 10),
    measured=measured(),
    probed=ModelProbed(at=1.0, model=NAME, probes=4),
    base="base",
    base_licence="Apache-2.0",
    sources=(ExampleSource(id="s", name="s.csv", licence="CC-BY-4.0"),),
    reviewed=frozenset(f"e{n}" for n in range(10)),
)


def changed(**fields: object) -> list[GateCondition]:
    """Return the conditions that fail once these fields are other ones."""
    return check_gate(msgspec.structs.replace(PASSING, **fields)).failed


def test_all_eight_conditions_are_reported_and_hold() -> None:
    report = check_gate(PASSING)
    assert report.passed
    assert [each.kind for each in report.conditions] == [
        *("tested", "better", "regressions", "parity"),
        *("differs", "safety", "permitted", "reviewed"),
    ]
    assert all(each.figure and each.sentence.endswith(".") for each in report.conditions)


@dataclass
class Refusal:
    """A change that only one condition refuses, and words of its sentence."""

    kind: str
    words: str
    fields: dict[str, object]


REFUSALS = [
    Refusal("tested", "Freeze a test", {"test_sha256": ""}),
    Refusal("tested", "Compare it", {"comparison": None}),
    Refusal("tested", "has changed", {"test_sha256": "other"}),
    Refusal("tested", "has changed", {"comparison": comparison(withdrawn=("e1",))}),
    Refusal("tested", "learned from 2 examples", {"leaks": ("e1", "e2")}),
    Refusal("tested", "learned from files", {"learned_from_files": True}),
    Refusal("better", "may be chance", {"rival": result("prompt", "prompt", 48)}),
    Refusal("regressions", "20 answers", {"rival": result("p", "prompt", 30, first=40)}),
    Refusal("parity", "whether the engine answers", {"measured": None}),
    Refusal(
        "parity",
        "Rows are permuted",
        {
            "measured": msgspec.structs.replace(
                measured(), passed=False, sentence="Rows are permuted."
            )
        },
    ),
    Refusal("differs", "as if untrained", {"measured": measured(differs_from_base=0.0)}),
    Refusal("differs", "end by themselves", {"measured": measured(ends_turn=0.98)}),
    Refusal("safety", "hasn't been tried", {"probed": None}),
    Refusal(
        "safety",
        "1 example",
        {"probed": ModelProbed(at=1.0, model=NAME, probes=4, completed=("e3",))},
    ),
    Refusal("permitted", "withdrawn since", {"withdrawn": ("e9",)}),
    Refusal("permitted", "isn't known", {"base_licence": ""}),
    Refusal("permitted", "CC-BY-ND-4.0", {"base_licence": "CC-BY-ND-4.0"}),
    Refusal("reviewed", "10 answers", {"reviewed": frozenset({"e1", "e2"})}),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.kind}: {one.words}")
def test_a_condition_that_fails_says_why(refusal: Refusal) -> None:
    failed = {each.kind: each for each in changed(**refusal.fields)}
    assert refusal.kind in failed
    assert refusal.words in failed[refusal.kind].sentence
    expected = {refusal.kind} | (
        {"differs"} if refusal.fields.get("measured", 1) is None else set()
    )
    assert failed.keys() == expected


def test_what_a_command_attests_is_never_called_read_by_a_person() -> None:
    attested = frozenset(f"e{n}" for n in range(10))
    given = msgspec.structs.replace(PASSING, reviewed=frozenset({"e1", "e2"}), attested=attested)
    report = check_gate(given)
    assert report.passed
    assert report.conditions[-1].figure == "8 of 10, attested"
    assert "A person judged 2 of its answers:" in report.conditions[-1].sentence
    few = msgspec.structs.replace(given, attested=frozenset({"e1", "e3"}))
    assert [each.figure for each in check_gate(few).failed] == ["2 of 10"]
    enough = msgspec.structs.replace(given, reviewed=attested)
    assert check_gate(enough).conditions[-1].sentence == "A person judged 10 answers of it."


def test_answers_that_were_right_and_are_wrong_now_are_listed() -> None:
    report = check_gate(
        msgspec.structs.replace(PASSING, rival=result("prompt", "prompt", 5, first=48))
    )
    (regressions,) = [each for each in report.conditions if each.kind == "regressions"]
    assert regressions.passed
    assert regressions.examples == ("e50", "e51", "e52")


def test_a_cheaper_model_may_be_a_little_worse_but_not_much() -> None:
    quick = result(NAME, "tuned", 50, seconds=0.1)
    assert changed(result=quick, rival=result("p", "prompt", 50)) == []
    slow = changed(result=result(NAME, "tuned", 50), rival=result("p", "prompt", 50))
    assert [each.kind for each in slow] == ["better"]
    worse = changed(result=quick, rival=result("p", "prompt", 55))
    assert "better" in {each.kind for each in worse}


def test_a_classifier_needs_no_parity_and_no_probes() -> None:
    assert changed(kind="classifier", measured=None, probed=None, base_licence="") == []
    kinds = {each.kind for each in changed(kind="prompt", measured=None, probed=None)}
    assert kinds == {"safety"}


def test_the_rival_is_what_is_live_or_else_the_best_without_training() -> None:
    ours, live = result(NAME, "tuned", 50), result("ft:live", "tuned", 20)
    methods = [result("baseline", "baseline", 15), result("prompt", "prompt", 30), live, ours]
    compared = comparison(*methods, result("strong", "strong", 59))

    def rival(kind: str, live_names: list[str]) -> str:
        found = choose_rival(compared, ours, kind, live_names)  # type: ignore[arg-type]
        return found.name if found else ""

    assert rival("adapter", ["ft:live"]) == "ft:live"
    assert rival("adapter", []) == "prompt"
    assert rival("classifier", []) == "baseline"


def test_a_rival_stays_one_if_a_model_is_compared_again_without_it() -> None:
    ours = result(NAME, "tuned", 50)
    weak = [result("baseline", "baseline", 15), ours]
    strong = result("nearest", "nearest", 45)
    asked = {
        "same test": comparison(strong),
        "other test": msgspec.structs.replace(comparison(strong), test_sha256="u"),
        "withdrawn from": comparison(strong, withdrawn=("e1",)),
    }
    for name, earlier in asked.items():
        project = Project("p")
        newest = comparison(*weak)
        for at, each in enumerate((earlier, newest), start=1):
            project.apply(ComparisonFinished(at=float(at), id=str(at), result=each), at)
        found = choose_rival(with_other_comparisons(project, newest), ours, "adapter", [])
        assert found is not None
        assert found.name == ("nearest" if name == "same test" else "baseline"), name
    project = Project("p")
    events: list[StudioEvent] = [
        ComparisonFinished(at=1.0, id="1", result=comparison(strong)),
        GraderChosen(at=2.0, grader={"type": "exact"}),
        ComparisonFinished(at=3.0, id="2", result=(newest := comparison(*weak))),
    ]
    for seq, event in enumerate(events, start=1):
        project.apply(event, seq)
    found = choose_rival(with_other_comparisons(project, newest), ours, "adapter", [])
    assert found is not None
    assert found.name == "baseline", "another grader judged the earlier answers"
