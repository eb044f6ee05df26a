"""Projects, examples and comparisons of the studio as the API returns them."""

from collections.abc import Sequence

from tau.jobs.job import Job
from tau.server.schemas.studio import (
    CheckOut,
    ComparisonJobOut,
    ComparisonOut,
    ExampleMessageOut,
    ExampleOut,
    FindingOut,
    GradedAnswerOut,
    IntervalOut,
    MethodOut,
    PairedTestOut,
    ProblemOut,
    ProjectOut,
    SourceOut,
    VerdictOut,
)
from tau.studio.comparison_jobs import details_of
from tau.studio.events import ComparisonFinished
from tau.studio.examples.example import Example, ExampleSource, Problem
from tau.studio.examples.findings import CheckReport
from tau.studio.graders.grader import grader_json
from tau.studio.grading_answers import grader_of
from tau.studio.project import Project
from tau.studio.results import GradedAnswer, Interval, MethodResult, PairedTest
from tau.studio.statistics import smallest_detectable_difference
from tau.studio.writing.example_writer import PASSAGE_FIELD


def project_out(project: Project, *, sources: bool = False) -> ProjectOut:
    """Return a project; with `sources`, also where its examples came from."""
    test = len(project.test)
    return ProjectOut(
        id=project.id,
        name=project.name,
        changed_at=project.changed_at,
        examples=len(project.examples),
        left_out=len(project.left_out),
        test=test,
        detectable=smallest_detectable_difference(test) if test else None,
        test_sha256=project.split.sha256 if project.split else None,
        grader=grader_json(grader_of(project)),
        grader_chosen=project.grader is not None,
        sources=[
            source_out(each, _count_of(project, each), project.problems[each.id])
            for each in (project.sources.values() if sources else ())
        ],
        waiting=len(project.waiting),
    )


def source_out(source: ExampleSource, examples: int, problems: Sequence[Problem]) -> SourceOut:
    """Return a source with the number of its examples."""
    return SourceOut(
        id=source.id,
        name=source.name,
        sha256=source.sha256,
        licence=source.licence,
        trust=source.trust,
        examples=examples,
        problems=[ProblemOut(each.line, each.field, each.reason) for each in problems],
    )


def example_out(project: Project, example: Example) -> ExampleOut:
    """Return an example of a project."""
    return ExampleOut(
        id=example.id,
        messages=[
            ExampleMessageOut(each.role, each.content, each.weight) for each in example.messages
        ],
        source=example.source,
        line=example.line,
        trust=example.trust,
        in_test=example.id in project.test_ids,
        decision=project.decisions.get(example.id),
        waiting=project.is_waiting(example),
        passage=example.fields.get(PASSAGE_FIELD, ""),
    )


def check_out(report: CheckReport) -> CheckOut:
    """Return what a check found."""
    return CheckOut(
        findings=[
            FindingOut(each.kind, each.severity, each.detail, list(each.examples), each.source)
            for each in report.findings
        ],
        counts=dict(report.counts),
    )


def comparison_out(finished: ComparisonFinished) -> ComparisonOut:
    """Return a comparison, without the answers."""
    result = finished.result
    return ComparisonOut(
        id=finished.id,
        at=finished.at,
        test_sha256=result.test_sha256,
        train_count=result.train_count,
        test_count=result.test_count,
        detectable=result.detectable,
        methods=[_method_out(each) for each in result.methods],
        verdict=VerdictOut(result.verdict.kind, result.verdict.sentence, result.verdict.method),
        withdrawn=list(result.withdrawn),
    )


def answer_out(answer: GradedAnswer, expected: str) -> GradedAnswerOut:
    """Return an answer beside the right one."""
    return GradedAnswerOut(
        example=answer.example,
        answer=answer.answer,
        expected=expected,
        score=answer.score,
        passed=answer.passed,
        error=answer.error,
    )


def comparison_job_out(job: Job) -> ComparisonJobOut:
    """Return a comparison that runs or ended."""
    return ComparisonJobOut(
        id=job.id,
        state=job.state,
        sentence=job.message,
        at=job.created_at,
        done=job.done,
        total=job.total,
        comparison=details_of(job).comparison,
    )


def _method_out(method: MethodResult) -> MethodOut:
    return MethodOut(
        name=method.name,
        kind=method.kind,
        model=method.model,
        passed=_interval_out(method.passed) if method.passed else None,
        score=method.score,
        seconds_per_answer=method.seconds_per_answer,
        prepare_seconds=method.prepare_seconds,
        tokens_per_answer=method.tokens_per_answer,
        errors=sum(bool(each.error) for each in method.answers),
        against_baseline=_paired_out(method.against_baseline),
        against_best_cheaper=_paired_out(method.against_best_cheaper),
        skipped=method.skipped,
    )


def _interval_out(interval: Interval) -> IntervalOut:
    return IntervalOut(interval.value, interval.low, interval.high)


def _paired_out(test: PairedTest | None) -> PairedTestOut | None:
    if test is None:
        return None
    difference = _interval_out(test.difference)
    return PairedTestOut(test.other, test.gained, test.lost, difference, test.p)


def _count_of(project: Project, source: ExampleSource) -> int:
    return sum(each.source == source.id for each in project.examples.values())
