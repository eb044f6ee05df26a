"""`tau sketch`: plans of dwellings from words, in the terminal."""

from functools import partial
from pathlib import Path
from typing import Any

import anyio
import click
import msgspec

from tau.cli.async_command import run_async
from tau.cli.files import atomic_write
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import strip_control
from tau.errors import BadInput
from tau.experts.environment import installed_expert_program
from tau.experts.sketch.brief import Brief, BriefError, read_brief
from tau.experts.sketch.downloads import PlanFormat, PlanPicture, plan_file, read_plan
from tau.experts.sketch.edit_words import read_edit
from tau.experts.sketch.plan import Plan, figures
from tau.experts.sketch.words import read_words
from tau.experts.worker_process import ExpertWorker

_FORMATS: dict[str, PlanFormat] = {
    ".svg": "svg",
    ".dxf": "dxf",
    ".pdf": "pdf",
    ".json": "json",
}
_SECONDS = 10.0
_SPARE_SECONDS = 20.0
_takes_output = click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("plan.svg"),
    show_default=True,
    help="Where to save it: .svg, .dxf, .pdf or .json (which can be edited again).",
)


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--brief",
    "brief_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A brief as JSON instead of words.",
)
@click.option(
    "--variants", type=click.IntRange(1, 3), default=1, show_default=True, help="How many plans."
)
@_takes_output
@takes_settings()
@run_async
async def sketch(
    words: tuple[str, ...], brief_file: Path | None, variants: int, output: Path
) -> None:
    r"""Draw a dwelling from words, in English or Chinese.

    \b
    tau sketch "three bedrooms, two baths, 120 m2, kitchen to the garden" -o plan.svg
    tau sketch "三室两厅，120平，厨房朝南" --variants 3 -o plan.json
    tau sketch edit plan.json "make the kitchen bigger" -o plan.json
    """
    kind = _format_of(output)
    if words[:1] == ("edit",) and len(words) > 2:
        await _edit(Path(words[1]), " ".join(words[2:]), output, kind)
        return
    brief = _brief(" ".join(words), brief_file)
    for sentence in brief.assumed:
        click.echo(strip_control(sentence), err=True)
    worker = ExpertWorker(partial(installed_expert_program, settings_given().home))
    try:
        arguments = {"brief": msgspec.to_builtins(brief), "variants": variants, "seconds": _SECONDS}
        solved = await worker.call("sketch.solve", arguments, seconds=_SECONDS + _SPARE_SECONDS)
        plans = msgspec.convert(solved["plans"], list[Plan])
        for index, plan in enumerate(plans):
            await _save(plan, _numbered(output, index), kind, worker)
    finally:
        await worker.close()
    if not plans:
        raise BadInput(f"No plan was found that meets every rule. {solved['advice']}")


async def _edit(file: Path, words: str, output: Path, kind: PlanFormat) -> None:
    """Change a plan that was saved as JSON, and say which rooms moved."""
    try:
        plan = read_plan(await anyio.Path(file).read_bytes())
        edit = read_edit(words, plan)
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from error
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong
    worker = ExpertWorker(partial(installed_expert_program, settings_given().home))
    arguments = {"plan": msgspec.to_builtins(plan), "edit": msgspec.to_builtins(edit)}
    arguments["seconds"] = _SECONDS
    try:
        done = await worker.call("sketch.edit", arguments, seconds=_SECONDS + _SPARE_SECONDS)
        changed = msgspec.convert(done["plan"], Plan)
        await _save(changed, output, kind, worker, tuple(done["moved"]))
    finally:
        await worker.close()
    names = {room.id: room.name for room in changed.rooms}
    moved = ", ".join(names[one] for one in done["moved"]) or "nothing"
    click.echo(f"Moved: {strip_control(moved)}", err=True)


def _brief(words: str, brief_file: Path | None) -> Brief:
    try:
        if brief_file is not None:
            return read_brief(brief_file.read_bytes())
        return read_words(words)
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong


def _format_of(output: Path) -> PlanFormat:
    try:
        return _FORMATS[output.suffix.lower()]
    except KeyError:
        raise BadInput("Save a plan as .svg, .dxf, .pdf or .json.") from None


def _numbered(output: Path, index: int) -> Path:
    return output.with_stem(f"{output.stem}-{index + 1}") if index else output


async def _save(
    plan: Plan, file: Path, kind: PlanFormat, worker: ExpertWorker, moved: tuple[str, ...] = ()
) -> None:
    """Save a plan, and say what it is."""
    data = (
        await _dxf(plan, worker)
        if kind == "dxf"
        else plan_file(plan, kind, PlanPicture(tint=moved))
    )
    with atomic_write(file, force=True) as saved:
        saved.write(data)
    measured = figures(plan)
    click.echo(
        f"{file}: {plan.outline.width:g} by {plan.outline.depth:g} m, areas within "
        f"{100 * measured.area_error:.0f} % on average, {100 * measured.circulation:.0f} % "
        "hall and corridors"
    )


async def _dxf(plan: Plan, worker: ExpertWorker) -> bytes:
    call: dict[str, Any] = {"plan": msgspec.to_builtins(plan)}
    made = await worker.call("sketch.dxf", call, seconds=_SPARE_SECONDS)
    return str(made["dxf"]).encode()
