"""What people do with a project: check it, freeze a test, change examples and compare."""

import io
import itertools
from collections.abc import Sequence

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound, TauError, UnknownModel
from tau.models.types import Vectors
from tau.people import Unlocked
from tau.studio.examples.example import ExampleMessage
from tau.studio.examples.findings import CheckFinding, CheckReport
from tau.studio.examples.read_context import ReadOptions
from tau.studio.project import Project
from tau.studio.results import MethodResult
from tau.studio.studio import AddedFile

from .desk import as_lines, requests
from .made_projects import ended

pytestmark = pytest.mark.anyio
EDITED = (ExampleMessage("user", "Where's my parcel?"), ExampleMessage("assistant", "deliveries"))


async def project_with(
    app: App, owner: Unlocked, made: list[tuple[str, str]], **about: str
) -> tuple[str, AddedFile]:
    """Return the id of a new project with these requests, and what adding them did."""
    log = await app.studio.projects.create(owner, "Desk")
    return log.project.id, await added(app, owner, log.project.id, made, **about)


async def added(
    app: App, owner: Unlocked, project: str, made: list[tuple[str, str]], **about: str
) -> AddedFile:
    options = ReadOptions(**about)  # type: ignore[arg-type]
    file = io.BytesIO(as_lines(made))
    return await app.studio.add_file(owner, project, "desk.jsonl", file, options)


async def opened(app: App, owner: Unlocked, project: str) -> Project:
    return (await app.studio.projects.open(owner, project)).project


def of_kind(report: CheckReport, kind: str) -> list[CheckFinding]:
    return [each for each in report.findings if each.kind == kind]


async def test_what_is_left_out_is_not_reported(app: App, owner: Unlocked) -> None:
    made = requests(20)
    project, _ = await project_with(app, owner, [*made, (made[0][0].upper(), "accounts")])
    (found,) = of_kind(await app.studio.check(owner, project), "contradiction")
    assert len(found.examples) == 2
    await app.studio.decide(owner, project, found.examples[1:], "leave out")
    report = await app.studio.check(owner, project)
    assert of_kind(report, "contradiction") == []
    assert report.counts["examples"] == 20
    await app.studio.decide(owner, project, found.examples[1:], "keep")  # it's back
    assert (await app.studio.check(owner, project)).counts["examples"] == 21


async def test_a_warning_that_was_kept_is_not_repeated(app: App, owner: Unlocked) -> None:
    made = [*requests(20), ("Write to ada.lovelace@example.com about my parcel", "deliveries")]
    project, _ = await project_with(app, owner, made)
    (found,) = of_kind(await app.studio.check(owner, project), "personal data")
    await app.studio.decide(owner, project, found.examples, "keep")
    assert of_kind(await app.studio.check(owner, project), "personal data") == []


async def test_without_an_embedder_wording_is_compared(
    app: App, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(_model: str, _texts: Sequence[str], _kind: str) -> Vectors:
        raise UnknownModel("There is no embedder.")

    made = requests(30)
    project, _ = await project_with(app, owner, [*made, (made[0][0].upper(), made[0][1])])
    monkeypatch.setattr(app.models, "embed", unavailable)
    report = await app.studio.check(owner, project)
    assert of_kind(report, "near duplicate")
    frozen = await app.studio.freeze_test(owner, project, 10)
    assert len(frozen.test) == 10


async def test_an_example_and_its_duplicate_are_not_parted_by_the_test(
    app: App, owner: Unlocked
) -> None:
    made = requests(40)
    doubled = [*made, *((words.upper(), desk) for words, desk in made[:20])]
    project, _ = await project_with(app, owner, doubled)
    frozen = await app.studio.freeze_test(owner, project, 20)
    test, train = ({each.input.casefold() for each in side} for side in (frozen.test, frozen.train))
    assert test.isdisjoint(train)
    assert frozen.test_ids.isdisjoint(each.id for each in frozen.train)
    with pytest.raises(Conflict, match="frozen already"):
        await app.studio.freeze_test(owner, project, 20)


async def test_the_same_seed_chooses_the_same_test(app: App, owner: Unlocked) -> None:
    tests = []
    for name, seed in [("first", 1), ("second", 1), ("third", 2)]:
        log = await app.studio.projects.create(owner, name)
        await added(app, owner, log.project.id, requests(60))
        frozen = await app.studio.freeze_test(owner, log.project.id, 20, seed)
        assert frozen.split is not None
        tests.append((frozen.split.sha256, {each.input for each in frozen.test}))
    first, second, third = tests
    assert first == second
    assert third != first


async def test_a_source_is_frozen_unless_it_is_among_the_others(app: App, owner: Unlocked) -> None:
    project, file = await project_with(app, owner, requests(30))
    leaking = await added(app, owner, project, requests(60)[25:])
    with pytest.raises(BadInput):
        await app.studio.freeze_source(owner, project, leaking.source.id)
    with pytest.raises(NotFound, match="no examples of this source"):
        await app.studio.freeze_source(owner, project, "nothing")
    assert (await opened(app, owner, project)).split is None
    shared = [
        each.id
        for each in (await opened(app, owner, project)).train
        if each.source != file.source.id
    ][:5]
    await app.studio.withdraw(owner, project, shared)
    frozen = await app.studio.freeze_source(owner, project, leaking.source.id)
    assert (len(frozen.test), len(frozen.train)) == (30, 30)


async def test_an_edit_makes_an_example_the_persons_own(app: App, owner: Unlocked) -> None:
    project, _ = await project_with(app, owner, requests(3), trust="imported")
    first, second, _ = (await opened(app, owner, project)).examples.values()
    changed = await app.studio.edit(owner, project, first.id, EDITED)
    assert (changed.messages, changed.trust) == (EDITED, "own")
    assert (changed.source, changed.line, changed.fields) == (
        first.source,
        first.line,
        first.fields,
    )
    now = await opened(app, owner, project)
    assert now.examples[first.id] == changed
    assert now.examples[second.id].trust == "imported"
    with pytest.raises(BadInput, match="the assistant's"):
        await app.studio.edit(owner, project, first.id, EDITED[:1])
    with pytest.raises(NotFound):
        await app.studio.edit(owner, project, "nothing", EDITED)


async def test_the_same_file_brings_back_no_former_words(app: App, owner: Unlocked) -> None:
    made = requests(5)
    project, _ = await project_with(app, owner, made)
    first, second, *_ = (await opened(app, owner, project)).examples
    await app.studio.edit(owner, project, first, EDITED)
    await app.studio.withdraw(owner, project, [second])
    again = await added(app, owner, project, made)
    assert (again.added, again.known) == (0, 5)
    now = await opened(app, owner, project)
    assert now.examples[first].messages == EDITED
    assert second not in now.examples


async def test_a_comparison_that_cannot_be_made_is_refused_at_once(
    app: App, owner: Unlocked
) -> None:
    project, _ = await project_with(app, owner, requests(60))
    with pytest.raises(Conflict, match="Freeze a test first"):
        await app.studio.compare(owner, project)
    frozen = await app.studio.freeze_test(owner, project, 20)
    with pytest.raises(UnknownModel):
        await app.studio.compare(owner, project, model="no-such-model")
    tested = frozen.test[0]
    await app.studio.edit(owner, project, frozen.train[0].id, tested.messages)
    with pytest.raises(BadInput):  # it would be learned from
        await app.studio.compare(owner, project)
    assert await app.studio.comparisons.all(owner) == []
    await app.studio.withdraw(owner, project, [each.id for each in frozen.test])
    with pytest.raises(Conflict, match="Freeze a test first"):
        await app.studio.compare(owner, project)


async def test_an_answer_that_cannot_be_graded_is_wrong_and_says_so(
    app: App, owner: Unlocked
) -> None:
    project, _ = await project_with(app, owner, requests(60))
    await app.studio.freeze_test(owner, project, 20)
    source = (
        "def grade(sample, item):\n"
        "    return 1.0 if item['answer'] == 'refunds' else 1 / (item['answer'] != 'accounts')\n"
    )
    (baseline,) = await graded_by(app, owner, project, source)
    failed = {each.example for each in baseline.answers if each.error}
    examples = (await opened(app, owner, project)).examples
    assert failed == {
        each.example for each in baseline.answers if examples[each.example].answer == "accounts"
    }
    assert all(each.passed != (each.example in failed) for each in baseline.answers)
    assert len(baseline.answers) == 20


async def test_a_grader_that_only_fails_ends_the_method(app: App, owner: Unlocked) -> None:
    project, _ = await project_with(app, owner, requests(60))
    await app.studio.freeze_test(owner, project, 20)
    (baseline,) = await graded_by(
        app, owner, project, "def grade(sample, item):\n    return 1 / 0\n"
    )
    assert "failed" in baseline.skipped
    assert baseline.answers == ()


async def graded_by(
    app: App, owner: Unlocked, project: str, source: str
) -> tuple[MethodResult, ...]:
    """Return how the baseline did with a grader in Python."""
    grader = {"type": "python", "name": "own", "source": source}
    await app.studio.choose_grader(owner, project, grader)
    job = await ended(app.jobs, await app.studio.compare(owner, project, methods=["baseline"]))
    assert job.state == "done", job.message
    (finished,) = (await opened(app, owner, project)).comparisons
    return finished.result.methods


async def test_a_bad_grader_leaves_the_former_one(app: App, owner: Unlocked) -> None:
    project, _ = await project_with(app, owner, requests(3))
    await app.studio.choose_grader(owner, project, {"type": "exact", "name": "same"})
    for bad in ({}, {"type": "exact", "name": 3}, {"type": "guess"}):
        with pytest.raises(TauError):
            await app.studio.choose_grader(owner, project, bad)
    now = await opened(app, owner, project)
    assert now.grader is not None
    assert now.grader.grader["type"] == "exact"


async def test_a_name_is_free_again_after_a_removal(app: App, owner: Unlocked) -> None:
    for _ in itertools.repeat(None, 2):
        project, _ = await project_with(app, owner, requests(3))
        await app.studio.remove(owner, project)
        with pytest.raises(NotFound):
            await app.studio.check(owner, project)
