"""The step of `tau studio example` in which a person reads answers of the trained model."""

import sys
from collections.abc import Mapping, Sequence

import click

from tau.cli.confirmation import ask_confirmation
from tau.cli.example_walk import ExampleWalk
from tau.cli.terminal import strip_control
from tau.errors import NotFound
from tau.server.schemas.studio import ExampleOut, GradedAnswerOut

_SHOWN = 10


async def read_answers(walk: ExampleWalk, model: str) -> bool:
    """Show some answers to the test, and ask whether they were read. Return whether they were.

    Where nobody can be asked, the command vouches for it itself, and says so.
    """
    project = await walk.project()
    report = await walk.client.studio.releases.gate(project.id, model)
    if any(each.kind == "reviewed" and each.passed for each in report.conditions):
        click.echo("Some of its answers were read before.")
        return True
    answers = (await _answers(walk, model))[:_SHOWN]
    examples = await walk.client.studio.examples(project.id, "test")
    _print(answers, {each.id: each for each in examples})
    click.echo("No model is released before a person has read some of its answers.")
    by = _reader()
    if by:
        read = [each.example for each in answers]
        await walk.client.studio.releases.read(project.id, model, read, by)
    else:
        click.echo("Start this command again when you have: it goes on here.")
    return bool(by)


def _reader() -> str:
    """Return who vouches that the answers were read, or nothing if the person hasn't read them."""
    if sys.stdin.isatty():
        return "person" if ask_confirmation("Have you read these?") else ""
    click.echo(
        "Nobody can be asked here. So that the example can go on, this command attests it itself; "
        "the gate and the model card say so."
    )
    return "example"


async def _answers(walk: ExampleWalk, model: str) -> Sequence[GradedAnswerOut]:
    """Return what a model answered in the last comparison. Raises `NotFound`."""
    comparison = await walk.last_comparison()
    methods = comparison.methods if comparison else []
    method = next((each.name for each in methods if each.model == model), None)
    if comparison is None or method is None:
        raise NotFound("The trained model hasn't been compared.")
    project = (await walk.project()).id
    return (await walk.client.studio.answers(project, comparison.id, method)).answers


def _print(answers: Sequence[GradedAnswerOut], examples: Mapping[str, ExampleOut]) -> None:
    """Print answers in full, since they're there to be read."""
    for each in answers:
        example = examples.get(each.example)
        asked = [one.content for one in example.messages if one.role == "user"] if example else []
        click.echo(f"    {strip_control(asked[-1])}" if asked else "")
        click.echo(f"    → {strip_control(each.error or each.answer)}")
        rest = "right" if each.passed else f"wrong: it should be {strip_control(each.expected)}"
        click.echo(f"      {rest}\n")
