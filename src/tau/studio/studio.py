"""The studio: what people do with their projects, from a file of examples to a verdict.

Ties storage, models and jobs together. What is decided here, pure functions elsewhere in this
package decide.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

import anyio.to_thread

from tau.errors import BadInput, Conflict, NotFound
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.models import Models
from tau.people import Unlocked
from tau.studio.checking import check_project
from tau.studio.comparing import plan_comparison
from tau.studio.comparison_jobs import ComparisonJobs, ReportAnswers
from tau.studio.evals.evals import Evals
from tau.studio.events import (
    ExampleEdited,
    ExamplesDecided,
    FindingDecision,
    GraderChosen,
    SplitFrozen,
    StudioEvent,
)
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource, Problem
from tau.studio.examples.findings import CheckReport
from tau.studio.examples.identity import split_sha256
from tau.studio.examples.leakage import refuse_leaks
from tau.studio.examples.read_context import ReadOptions
from tau.studio.examples.reading import read_whole
from tau.studio.examples.splitting import choose_test
from tau.studio.files.files import StudioFiles
from tau.studio.files.uploads import StudioUploads
from tau.studio.graders.grader import grader_json
from tau.studio.graders.validation import validate_grader
from tau.studio.places.placed_runs import PlacedRuns, Placing
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.project_vectors import ProjectVectors
from tau.studio.projects import Projects
from tau.studio.releases.preferences import preferences_of
from tau.studio.releases.releases import Releases
from tau.studio.results import ComparisonResult, MethodKind
from tau.studio.serving.served_models import ServedModels
from tau.studio.serving.tuned_methods import tuned_methods
from tau.studio.tuning.planning import PlannedRun
from tau.studio.tuning.run_creation import ExampleVectors, TuneRequest
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.runs import Runs
from tau.studio.writing.document_jobs import DocumentJobs


class AddedFile(NamedTuple):
    """What adding a file did."""

    source: ExampleSource
    problems: Sequence[Problem]
    added: int
    known: int


class Studio:
    """The projects of everybody, and what is done with them."""

    def __init__(
        self,
        projects: Projects,
        files: StudioFiles,
        evals: Evals,
        served: ServedModels,
        models: Models,
        runner: JobRunner,
        runs: Runs,
    ) -> None:
        self.runs = runs
        self.placed = PlacedRuns(runs)
        self.projects = projects
        self.files = files
        self.evals = evals
        self.served = served
        self.vectors = ProjectVectors(models)
        self.releases = Releases(projects, served, models)
        runs.before_deleting.append(self.releases.let_go)
        self.uploads = StudioUploads(files)
        self.comparisons = ComparisonJobs(runner)
        self.documents = DocumentJobs(projects, models, runner)
        self._models = models

    async def add_file(
        self,
        unlocked: Unlocked,
        project_id: str,
        name: str,
        file: BinaryIO,
        options: ReadOptions,
    ) -> AddedFile:
        """Add the examples of a file that aren't known yet. Raises `NotFound` and `BadInput`."""
        log = await self.projects.open(unlocked, project_id)
        source, examples, problems = await anyio.to_thread.run_sync(read_whole, name, file, options)
        added = await log.add_examples(source, examples, problems)
        return AddedFile(source, problems, added, len(examples) - added)

    async def check(self, unlocked: Unlocked, project_id: str) -> CheckReport:
        """Check the examples of a project. Without an embedder, only wording is compared."""
        log = await self.projects.open(unlocked, project_id)
        return await check_project(log.project, self.vectors, self._models)

    async def freeze_test(
        self, unlocked: Unlocked, project_id: str, count: int | None = None, seed: int = 0
    ) -> Project:
        """Choose examples and put them aside as the test, for good.

        Raises `Conflict` if that was done before, and `BadInput` for too few examples.
        """
        log = await self._unfrozen(unlocked, project_id)
        examples, seen = log.project.train, log.last
        vectors, near = await self.vectors.of(project_id, examples)
        chosen = await anyio.to_thread.run_sync(
            lambda: choose_test(examples, size=count, seed=seed, vectors=vectors, near=near)
        )
        await _freeze(log, chosen, after=seen)
        return log.project

    async def freeze_source(self, unlocked: Unlocked, project_id: str, source: str) -> Project:
        """Put all examples of a source aside as the test, for good.

        Raises `NotFound`, `Conflict` if a test is frozen already, and `BadInput` if one of them is
        among the other examples too.
        """
        log = await self._unfrozen(unlocked, project_id)
        seen, examples = log.last, log.project.train
        test = [each for each in examples if each.source == source]
        if not test:
            raise NotFound("There are no examples of this source.")
        if any(each.trust == "synthetic" for each in test):
            raise BadInput("A model wrote some of these examples: they can't be the test.")
        others = [each for each in examples if each.source != source]
        await anyio.to_thread.run_sync(refuse_leaks, test, others)
        await _freeze(log, [each.id for each in test], after=seen)
        return log.project

    async def choose_grader(
        self, unlocked: Unlocked, project_id: str, given: Mapping[str, Any]
    ) -> Project:
        """Choose how answers are judged. Raises `InvalidGrader`, which names the field."""
        log = await self.projects.open(unlocked, project_id)
        grader = validate_grader(dict(given))
        await log.append(GraderChosen(at=time.time(), grader=grader_json(grader)))
        return log.project

    async def edit(
        self,
        unlocked: Unlocked,
        project_id: str,
        example_id: str,
        messages: Sequence[ExampleMessage],
    ) -> Example:
        """Change an example. Raises `NotFound`, `BadInput`, and `Conflict` for one of the test."""
        log = await self.projects.open(unlocked, project_id)
        if messages[-1].role != "assistant":
            raise BadInput("The last message of an example is the assistant's.")
        event = ExampleEdited(at=time.time(), example=example_id, messages=tuple(messages))

        def decide(project: Project) -> Sequence[StudioEvent]:
            _require(project, [example_id])
            if example_id in project.test_ids:
                raise Conflict("The test is frozen: its examples can't be changed, only withdrawn.")
            return [event]

        await log.decide(decide)
        return log.project.examples[example_id]

    async def decide(
        self,
        unlocked: Unlocked,
        project_id: str,
        examples: Sequence[str],
        decision: FindingDecision,
    ) -> Project:
        """Keep examples in which a check found something, or leave them out.

        Raises `NotFound`, and `Conflict` for leaving out one of the frozen test.
        """
        log = await self.projects.open(unlocked, project_id)
        event = ExamplesDecided(at=time.time(), examples=tuple(examples), decision=decision)

        def decide(project: Project) -> Sequence[StudioEvent]:
            _require(project, examples)
            if decision == "leave out" and not project.test_ids.isdisjoint(examples):
                raise Conflict(
                    "The test is frozen: its examples can't be left out, only withdrawn."
                )
            return [event]

        await log.decide(decide)
        return log.project

    async def withdraw(
        self, unlocked: Unlocked, project_id: str, examples: Sequence[str]
    ) -> Project:
        """Erase examples for good. Raises `NotFound`."""
        log = await self.projects.open(unlocked, project_id)
        await log.withdraw(examples)
        await self.runs.examples_withdrawn(unlocked, project_id, examples)
        self.vectors.forget(project_id)  # it remembers what they say
        return log.project

    async def compare(
        self,
        unlocked: Unlocked,
        project_id: str,
        *,
        model: str = "",
        methods: Sequence[MethodKind] = (),
        tuned: Sequence[str] = (),
    ) -> Job:
        """Start to compare methods on the frozen test.

        `tuned` are names of models that the studio made; by default the project's newest. Raises
        what `plan_comparison` raises, and `Conflict` while another comparison runs.
        """
        log = await self.projects.open(unlocked, project_id)
        made = await tuned_methods(unlocked, log.project, self.served, self._models, tuned)
        await self.served.allow(unlocked, model)
        planned = plan_comparison(
            self._models, log.project, model, methods, made, run_all=bool(tuned)
        )

        async def work(report: ReportAnswers) -> ComparisonResult:
            result = await planned(report)
            await self.releases.watch.judge(project_id, result)
            return result

        return await self.comparisons.start(unlocked, log, work)

    async def plan_run(self, unlocked: Unlocked, project_id: str, asked: TuneRequest) -> PlannedRun:
        """Return what a run on a project would be. Raises what `RunCreation.plan` raises."""
        log = await self.projects.open(unlocked, project_id)
        similar = await self._similar(log.project)
        return await self.runs.creation.plan(log.project, _complete(log, asked), similar)

    async def tune(self, unlocked: Unlocked, project_id: str, asked: TuneRequest) -> RunLog:
        """Start to train a model on a project. Raises what `RunCreation.from_project` raises."""
        log = await self.projects.open(unlocked, project_id)
        similar = await self._similar(log.project)
        complete = _complete(log, asked)
        return await self.runs.creation.from_project(unlocked, log.project, complete, similar)

    async def render_run(
        self, unlocked: Unlocked, project_id: str, asked: TuneRequest, placing: Placing
    ) -> bytes:
        """Return a folder that trains a model elsewhere, as an archive. Raises as `tune` does."""
        log = await self.projects.open(unlocked, project_id)
        similar = await self._similar(log.project)
        complete = _complete(log, asked)
        return await self.placed.render(unlocked, log.project, complete, placing, similar)

    async def remove(self, unlocked: Unlocked, project_id: str) -> None:
        """Erase a project for good. Raises `NotFound`."""
        await self.projects.open(unlocked, project_id)
        await self.comparisons.project_removed(unlocked, project_id)
        await self.releases.project_removed(unlocked, project_id)
        await self.runs.project_removed(unlocked, project_id)
        await self.documents.project_removed(unlocked, project_id)
        self.vectors.forget(project_id)
        await self.projects.remove(unlocked, project_id)

    async def close(self) -> None:
        """Finish what is being written."""
        self.vectors.clear()
        await self.runs.close()
        await self.evals.close()
        await self.projects.close()

    async def _unfrozen(self, unlocked: Unlocked, project_id: str) -> ProjectLog:
        log = await self.projects.open(unlocked, project_id)
        if log.project.split is not None:
            raise Conflict("The test is frozen already. A new project can have another one.")
        return log

    async def _similar(self, project: Project) -> ExampleVectors:
        return ExampleVectors(*await self.vectors.of(project.id, project.train))


def _complete(log: ProjectLog, asked: TuneRequest) -> TuneRequest:
    """Return a request with the preferences of its project, if it's to learn from those."""
    return asked if asked.kind == "supervised" else asked._replace(preferences=preferences_of(log))


def _require(project: Project, examples: Sequence[str]) -> None:
    """Raise `NotFound` unless a project has these examples."""
    if not set(examples) <= project.examples.keys():
        raise NotFound("There is no such example.")


async def _freeze(log: ProjectLog, chosen: Sequence[str], after: int) -> None:
    sha256 = split_sha256(log.project.examples[each] for each in chosen)
    event = SplitFrozen(at=time.time(), examples=tuple(chosen), sha256=sha256)
    await log.append(event, after=after)
