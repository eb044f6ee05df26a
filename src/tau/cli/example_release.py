"""The steps of `tau studio example` from training to the rollback of a release."""

import asyncio
import random

import click
import msgspec

from tau.cli.confirmation import ask_confirmation
from tau.cli.example_reading import read_answers
from tau.cli.example_walk import ExampleStage, ExampleWalk
from tau.cli.following import follow_comparison
from tau.cli.run_summary import describe_plan, describe_run
from tau.cli.run_watch import watch_until_over
from tau.cli.studio_release_tables import print_gate, print_releases
from tau.cli.studio_tables import print_comparison
from tau.cli.terminal import strip_control
from tau.errors import NotFound, TauError
from tau.server.schemas.releases import ReleaseOut
from tau.server.schemas.runs import RunModelOut, RunOut
from tau.server.schemas.studio import ComparisonOut
from tau.studio.bookings.messages import INSTRUCTIONS, draw_booking
from tau.studio.tuning.environment import (
    environment_folder,
    make_environment,
    studio_folder,
    torch_source,
    training_python,
)
from tau.studio.tuning.machine_lock import take_lock

ALIAS = "example-bookings"
_METHODS = ("baseline", "prompt", "tuned")
_SEED_OF_A_NEW_MESSAGE = 4242
_STOPPED = frozenset({"failed", "cancelled"})


class _Reply(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Reply


class _Completion(msgspec.Struct):
    choices: list[_Choice]


async def _train(walk: ExampleWalk) -> bool:
    run = await _newest_run(walk)
    if run is None:
        if not await _has_environment(walk):
            return False
        project = await walk.project()
        run = await walk.client.studio.runs.tune(project.id, base=walk.base)
        if run.plan:
            click.echo(describe_plan(run.plan))
    if run.status == "paused":
        run = await walk.client.studio.runs.request(run.id, "resume")
    run = await watch_until_over(walk.client, run.id)
    click.echo(describe_run(run))
    return run.status == "succeeded"


async def _has_environment(walk: ExampleWalk) -> bool:
    """Return whether training has an environment, after offering to make it."""
    home = walk.settings.home
    if training_python(home, walk.settings.studio_python) is not None:
        return True
    click.echo(
        "Training needs torch, in an environment of its own: `tau studio setup` installs it (about "
        "3 GB on Linux, much less with `--index` and the build for processors)."
    )
    if not ask_confirmation("Install it now?"):
        click.echo("Start this command again afterwards: it goes on here.")
        return False
    lock = take_lock(studio_folder(home))
    if lock is None:
        raise TauError("Another program is using the environment. Try again later.")
    with lock:
        source = torch_source(None, "")
        await asyncio.to_thread(make_environment, environment_folder(home), source, click.echo)
    return True


async def _newest_run(walk: ExampleWalk) -> RunOut | None:
    """Return the newest run of the project that can still come to something."""
    runs = await walk.client.studio.runs.all((await walk.project()).id)
    return next((each for each in runs if each.status not in _STOPPED), None)


async def _model(walk: ExampleWalk) -> RunModelOut:
    """Return the model that was trained. Raises `NotFound`."""
    run = await _newest_run(walk)
    made = next((each for each in run.models if each.is_result), None) if run else None
    if made is None:
        raise NotFound("The trained model was deleted.")
    return made


async def _compare(walk: ExampleWalk) -> bool:
    model, project = await _model(walk), await walk.project()
    comparison = await walk.last_comparison()
    if comparison is None or _method_of(comparison, model.name) is None:
        job = await walk.client.studio.compare(project.id, walk.base, _METHODS)
        comparison = await follow_comparison(walk.client, project.id, job)
    print_comparison(comparison, as_json=False)
    return True


def _method_of(comparison: ComparisonOut, model: str) -> str | None:
    return next((each.name for each in comparison.methods if each.model == model), None)


async def _read_answers(walk: ExampleWalk) -> bool:
    return await read_answers(walk, (await _model(walk)).name)


async def _gate(walk: ExampleWalk) -> bool:
    model, project = await _model(walk), await walk.project()
    report = await walk.client.studio.releases.try_gate(project.id, model.name)
    print_gate(report, as_json=False)
    parity = (await _model(walk)).parity
    if parity is not None and parity.figures:
        figures = parity.figures.items()
        said = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in figures)
        click.echo(f"As served by {strip_control(parity.engine)}: {said}")
    return report.passed


async def _release(walk: ExampleWalk) -> bool:
    model, project = await _model(walk), await walk.project()
    if await _released(walk, model.name) is None:
        listed = await walk.client.studio.releases.release(project.id, model.name, ALIAS, 0)
        print_releases(listed, {}, only=ALIAS, as_json=False)
    click.echo(f"{ALIAS} is this model now, for everybody on this Tau.")
    return True


async def _released(walk: ExampleWalk, model: str) -> ReleaseOut | None:
    listed = (await walk.client.studio.releases.all()).releases
    mine = [each for each in listed if each.model == model and each.alias == ALIAS]
    return next((each for each in mine if each.standing in ("live", "share")), None)


async def _chat(walk: ExampleWalk) -> bool:
    booking = draw_booking(random.Random(_SEED_OF_A_NEW_MESSAGE))  # noqa: S311 - no secret
    completion = await walk.client.http.send(
        "POST",
        "/v1/chat/completions",
        _Completion,
        model=ALIAS,
        temperature=0,
        max_tokens=100,
        messages=[
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": booking.message},
        ],
    )
    expected = msgspec.json.encode(booking.values).decode()
    click.echo(f"A new message, asked as the model {ALIAS} at /v1/chat/completions:")
    click.echo(f"    {booking.message}")
    click.echo(f"    → {strip_control(completion.choices[0].message.content)}")
    click.echo(f"    it should be {expected}")
    return True


async def _roll_back(walk: ExampleWalk) -> bool:
    model = await _model(walk)
    if await _released(walk, model.name) is not None:
        reason = "The example is over."
        await walk.client.studio.releases.roll_back(ALIAS, "", reason)
    click.echo(
        f"Taken back: {ALIAS} means what it meant before, which is nothing. The model stays yours: "
        f"{model.name}"
    )
    return True


RELEASE_STAGES = (
    ExampleStage("Training", _train),
    ExampleStage("The trained model on the same test", _compare),
    ExampleStage("A look at its answers", _read_answers),
    ExampleStage("The gate", _gate),
    ExampleStage("A release", _release),
    ExampleStage("A chat", _chat),
    ExampleStage("A rollback", _roll_back),
)
