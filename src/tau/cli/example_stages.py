"""The steps of `tau studio example`: here those up to the verdict.

Each looks first what is there already, so that the command can be repeated: it then says what was
done, and goes on.
"""

import io

import click

from tau.cli.example_release import RELEASE_STAGES
from tau.cli.example_walk import ExampleStage, ExampleWalk
from tau.cli.following import follow_comparison
from tau.cli.progress import progress_bar
from tau.cli.studio_tables import print_comparison
from tau.cli.terminal import strip_control
from tau.errors import Conflict, NotFound, TauError
from tau.server.schemas.studio import (
    ExampleMessageOut,
    ExampleOut,
    FindingOut,
    ProjectOut,
)
from tau.studio.bookings.example_file import COUNT, NAME, example_file
from tau.studio.examples.personal_data import mask_personal_data

_QUICK_COUNT, _QUICK_TEST, _TEST = 150, 45, 90
_GRADER = {"type": "json_match", "name": "booking"}
_METHODS = ("baseline", "classifier", "prompt")


async def _create(walk: ExampleWalk) -> bool:
    try:
        project = await walk.project()
    except NotFound:
        project = await walk.client.studio.create(walk.name)
        click.echo(f"Created the project {strip_control(project.name)}. Only you can open it.")
    else:
        if project.examples and [each.name for each in project.sources] != [NAME]:
            raise Conflict(
                "You have a project of your own with this name. Choose another: --name NAME"
            ) from None
        click.echo(f"The project {strip_control(project.name)} is there already.")
    return True


async def _add(walk: ExampleWalk) -> bool:
    project = await walk.project()
    if not project.examples:
        file = example_file(_QUICK_COUNT if walk.quick else COUNT)
        await walk.client.studio.add(project.id, io.BytesIO(file), NAME, _no_progress)
        project = await walk.project()
    examples = await walk.client.studio.examples(project.id)
    click.echo(
        f"{project.examples} messages of guests, each with the booking as it should be written "
        "down. Tau made them by a grammar, with a few mistakes on purpose. The first:"
    )
    *_, asked, answer = examples[0].messages
    click.echo(f"    {asked.content}\n    → {answer.content}")
    return True


async def _check(walk: ExampleWalk) -> bool:
    project = await walk.project()
    if project.test:
        click.echo("It was checked and settled before its test was frozen.")
        return True
    examples = {each.id: each for each in await walk.client.studio.examples(project.id)}
    report = await walk.client.studio.check(project.id)
    for finding in report.findings:
        await _settle(walk, project, finding, examples)
    if not report.findings:
        click.echo("Nothing is left to settle.")
        return True
    left = (await walk.client.studio.check(project.id)).findings
    project = await walk.project()
    click.echo(
        f"{len(report.findings)} findings are settled, {len(left)} left. "
        f"{project.examples - project.left_out} examples are used."
    )
    return True


async def _settle(
    walk: ExampleWalk,
    project: ProjectOut,
    finding: FindingOut,
    examples: dict[str, ExampleOut],
) -> None:
    """Decide about a finding, as a person would who looks at it."""
    studio, found = walk.client.studio, list(finding.examples)
    lines = ", ".join(str(examples[each].line) for each in found if each in examples)
    word = "lines" if "," in lines else "line"
    about = f"{finding.kind} ({word} {lines})" if lines else finding.kind
    if finding.kind in ("duplicate", "near duplicate", "contradiction"):
        await studio.decide(project.id, found[1:], "leave out")
        kept = "the same, so one stays" if finding.kind != "contradiction" else "the first is right"
        click.echo(f"    {about}: {kept}.")
    elif finding.kind == "personal data":
        for each in found:
            await studio.edit(project.id, each, [_masked(one) for one in examples[each].messages])
        click.echo(f"    {about}: masked, so that no model learns it.")
    elif found:
        await studio.decide(project.id, found, "keep")
        click.echo(f"    {about}: kept.")


def _masked(message: ExampleMessageOut) -> ExampleMessageOut:
    content = mask_personal_data(message.content)
    return ExampleMessageOut(message.role, content, message.weight)


async def _freeze(walk: ExampleWalk) -> bool:
    project = await walk.project()
    if not project.test:
        count = _QUICK_TEST if walk.quick else _TEST
        project = await walk.client.studio.freeze(project.id, count=count)
    learned = project.examples - project.left_out - project.test
    click.echo(
        f"{project.test} examples are the test: no model ever learns from them. {learned} are left "
        f"to learn from. This test can show differences of {100 * (project.detectable or 0):.0f} "
        "points or more."
    )
    return True


async def _choose_grader(walk: ExampleWalk) -> bool:
    project = await walk.project()
    if not project.grader_chosen:
        await walk.client.studio.choose_grader(project.id, _GRADER)
    click.echo("An answer is right if it's the same JSON, whatever the order of its keys.")
    return True


async def _compare(walk: ExampleWalk) -> bool:
    project = await walk.project()
    comparison = await walk.last_comparison()
    if comparison is None:
        await _fetch_models(walk)
        job = await walk.client.studio.compare(project.id, walk.base, _METHODS)
        comparison = await follow_comparison(walk.client, project.id, job)
    print_comparison(comparison, as_json=False)
    return True


async def _fetch_models(walk: ExampleWalk) -> None:
    """Download the model that is tried, and the embedder, if they aren't there."""
    listed = await walk.client.models.all()
    wanted = (walk.base, *listed.aliases["embedder"][:1])
    missing = [each.name for each in listed.models if each.name in wanted and not each.ready]
    if walk.settings.offline and walk.base in missing:
        raise TauError(
            f"The model {walk.base} isn't on this machine, and Tau is offline. Download it with "
            f"`tau models pull {walk.base}`, and start this command again: it goes on here."
        )
    for name in () if walk.settings.offline else missing:
        with progress_bar(name, walk.screen) as watch:
            await walk.client.models.pull(name, watch)


def _no_progress(_done: int, _total: int) -> None:
    """Show nothing: the file is small."""


async def _say_what_is_next(walk: ExampleWalk) -> bool:
    click.echo(
        f"`tau studio results {walk.quoted} METHOD` lists what a method answered. "
        f"`tau studio remove {walk.quoted}` erases the project."
    )
    return True


STAGES = (
    ExampleStage("A project", _create),
    ExampleStage("Examples", _add),
    ExampleStage("A check", _check),
    ExampleStage("A frozen test", _freeze),
    ExampleStage("A grader", _choose_grader),
    ExampleStage("Methods that need no training", _compare),
    *RELEASE_STAGES,
    ExampleStage("What comes next", _say_what_is_next),
)
