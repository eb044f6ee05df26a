"""Projects, checks and comparisons of the studio in the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
import msgspec

from tau.cli.terminal import print_rows, shorten, strip_control
from tau.server.schemas.studio import (
    CheckOut,
    ComparisonOut,
    ExampleOut,
    FindingOut,
    GradedAnswerList,
    IntervalOut,
    MethodOut,
    PairedTestOut,
    ProblemOut,
    ProjectOut,
)

_MAX_SHOWN = 20
_SHOWN_OF_A_FINDING = 3
_KINDS = {
    "baseline": "always the most frequent answer",
    "classifier": "embedder and logistic regression",
    "prompt": "prompt",
    "nearest": "prompt with similar examples",
    "optimized": "prompt that was rewritten",
    "strong": "strongest connected model",
    "tuned": "tuned model",
}


def print_project(project: ProjectOut) -> None:
    """Print a project: its counts, its test, its grader and its sources."""
    click.echo(f"{strip_control(project.name)}: {project.examples} examples")
    if project.left_out:
        click.echo(f"Left out: {project.left_out}")
    if project.waiting:
        name = strip_control(project.name)
        click.echo(
            f'Waiting for your review: {project.waiting} (tau studio review-examples "{name}")'
        )
    if project.test and project.detectable is not None:
        click.echo(
            f"Test: {project.test} examples, never learned from. "
            f"It can show differences of {_points(project.detectable)} or more."
        )
    else:
        click.echo(f'Test: none yet (tau studio freeze "{strip_control(project.name)}")')
    chosen = "" if project.grader_chosen else ", which suits the answers"
    click.echo(f"Grader: {project.grader['type']}{chosen}")
    if project.sources:
        print_rows(
            ("source", "examples", "unreadable", "licence", "trust"),
            [
                (
                    strip_control(each.name),
                    str(each.examples),
                    str(len(each.problems)),
                    strip_control(each.licence) or "unknown",
                    each.trust,
                )
                for each in project.sources
            ],
        )


def print_problems(problems: Sequence[ProblemOut]) -> None:
    """Print the lines that could not be read."""
    for each in problems[:_MAX_SHOWN]:
        where = f"Line {each.line}" if each.line else "The file"
        field = f", {strip_control(each.field)}" if each.field else ""
        click.echo(f"{where}{field}: {strip_control(each.reason)}", err=True)
    _print_more(len(problems))


def print_check(report: CheckOut, examples: Mapping[str, ExampleOut], *, as_json: bool) -> None:
    """Print what a check found, errors first, with some of the examples."""
    if as_json:
        _print_json(report)
        return
    ordered = sorted(report.findings, key=lambda each: each.severity != "error")
    for each in ordered[:_MAX_SHOWN]:
        _print_finding(each, examples)
    _print_more(len(ordered))
    if not ordered:
        click.echo(f"{report.counts['examples']} examples, and nothing to settle.")


def print_comparison(comparison: ComparisonOut, *, as_json: bool) -> None:
    """Print a comparison as a table, and its verdict."""
    if as_json:
        _print_json(comparison)
        return
    click.echo(
        f"{comparison.test_count} examples in the test, {comparison.train_count} to learn from. "
        f"The test can show differences of {_points(comparison.detectable)} or more."
    )
    print_rows(
        ("method", "right", "95 %", "against", "seconds", "what it is"),
        [_method_row(each) for each in comparison.methods if not each.skipped],
    )
    for each in comparison.methods:
        if each.skipped:
            click.echo(f"{each.name}: {strip_control(each.skipped)}")
        elif each.errors:
            click.echo(f"{each.name}: {each.errors} answers failed or could not be graded.")
    if comparison.withdrawn:
        count = len(comparison.withdrawn)
        click.echo(f"{count} of its examples have been withdrawn since: compare again.")
    click.echo(strip_control(comparison.verdict.sentence))


def print_answers(
    answers: GradedAnswerList, examples: Mapping[str, ExampleOut], *, as_json: bool
) -> None:
    """Print what a method answered, the wrong answers first."""
    if as_json:
        _print_json(answers)
        return
    ordered = sorted(answers.answers, key=lambda each: each.passed)
    print_rows(
        ("", "request", "answer", "expected"),
        [
            (
                "right" if each.passed else "wrong",
                _request(examples.get(each.example)),
                shorten(strip_control(each.error or each.answer)),
                shorten(strip_control(each.expected)),
            )
            for each in ordered
        ],
    )


def _print_finding(finding: FindingOut, examples: Mapping[str, ExampleOut]) -> None:
    click.echo(f"{finding.severity} ({finding.kind}): {strip_control(finding.detail)}")
    for example_id in finding.examples[:_SHOWN_OF_A_FINDING]:
        if example := examples.get(example_id):
            answer = shorten(strip_control(example.messages[-1].content), 40)
            click.echo(f"    {example_id}  {_request(example)} → {answer}")
    more = len(finding.examples) - _SHOWN_OF_A_FINDING
    if more > 0:
        click.echo(f"    and {more} more")


def _method_row(method: MethodOut) -> tuple[str, ...]:
    about = _KINDS.get(method.kind, method.kind)
    return (
        method.name,
        _percent(method.passed.value) if method.passed else "",
        _range(method.passed) if method.passed else "",
        _difference(method.against_best_cheaper),
        f"{method.seconds_per_answer:.2f}",
        f"{about} ({strip_control(method.model)})" if method.model else about,
    )


def _difference(test: PairedTestOut | None) -> str:
    if test is None:
        return ""
    low, high = (round(100 * each) for each in (test.difference.low, test.difference.high))
    return f"{test.other}: {round(100 * test.difference.value):+} [{low:+}, {high:+}]"


def _request(example: ExampleOut | None) -> str:
    said = [each.content for each in example.messages if each.role == "user"] if example else []
    return shorten(strip_control(said[-1]), 50) if said else ""


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _points(share: float) -> str:
    return f"{100 * share:.0f} points"


def _range(interval: IntervalOut) -> str:
    return f"{100 * interval.low:.0f}-{100 * interval.high:.0f}"


def _print_more(count: int) -> None:
    if count > _MAX_SHOWN:
        click.echo(f"And {count - _MAX_SHOWN} more.", err=True)


def _print_json(shown: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(asdict(shown)), indent=2).decode())
