"""`tau sketch`: plans of dwellings from words, in the terminal."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, get_args

import anyio
import click
import msgspec

from tau.cli.async_command import run_async
from tau.cli.connect import connect_client
from tau.cli.files import atomic_write
from tau.cli.options import settings_given, takes_settings
from tau.cli.terminal import format_time, print_rows, single_line, strip_control
from tau.errors import BadInput
from tau.experts.environment import installed_expert_program
from tau.experts.plans import edits_in
from tau.experts.sketch.brief import Brief, BriefError, read_brief
from tau.experts.sketch.downloads import (
    PICTURES,
    PlanFormat,
    PlanPicture,
    PlanView,
    plan_file,
    read_plan,
)
from tau.experts.sketch.edits import PlanEdit, check_edit, moved_rooms
from tau.experts.sketch.plan import Plan, figures
from tau.experts.sketch.refusals import refusal
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
@click.option(
    "--view",
    type=click.Choice(get_args(PlanView)),
    default="plan",
    show_default=True,
    help="From above, or as a model with its walls cut off (.svg, .pdf).",
)
@_takes_output
@takes_settings("home")
@run_async
async def sketch(
    words: tuple[str, ...], brief_file: Path | None, variants: int, view: PlanView, output: Path
) -> None:
    """Draw a dwelling from words, in English or Chinese.

    \b
    tau sketch "three bedrooms, two baths, 120 m2, kitchen to the garden" -o plan.svg
    tau sketch "三室两厅，120平，厨房朝南" --variants 3 -o plan.json
    tau sketch edit plan.json "make the kitchen bigger" -o plan.json
    tau sketch edit PLAN "..."             the same for one that was made in a talk
    tau sketch plans                       list those that were made in talks and in the app
    tau sketch save PLAN -o plan.dxf       save one of them, or a file, in another format
    """  # noqa: D301 - click needs the character, not its escape
    saving = Saving(output, _format_of(output, view), view)
    match words:
        case ("plans",):
            await _list_plans()
        case ("save", plan):
            await _save_again(plan, saving)
        case ("edit", plan, *rest) if rest:
            await _edit(plan, " ".join(rest), saving)
        case _:
            await _draw(_brief(" ".join(words), brief_file), variants, saving)


class Saving(NamedTuple):
    """Where a plan is saved, in which format, and how it's drawn."""

    output: Path
    kind: PlanFormat
    view: PlanView

    def numbered(self, index: int) -> "Saving":
        """Return it for another plan: the number is added to the name."""
        if not index:
            return self
        return self._replace(output=self.output.with_stem(f"{self.output.stem}-{index + 1}"))


async def _draw(brief: Brief, variants: int, saving: Saving) -> None:
    """Plan what a brief asks for and save it; what was filled in is said."""
    for sentence in brief.assumed:
        click.echo(strip_control(sentence), err=True)
    async with _working() as worker:
        arguments = {"brief": msgspec.to_builtins(brief), "variants": variants, "seconds": _SECONDS}
        solved = await worker.call("sketch.solve", arguments, seconds=_SECONDS + _SPARE_SECONDS)
        plans = msgspec.convert(solved["plans"], list[Plan])
        for index, plan in enumerate(plans):
            await _save(plan, saving.numbered(index), worker)
    if not plans:
        raise BadInput(refusal("no plan", brief.language, advice=solved["advice"]))


async def _edit(named: str, words: str, saving: Saving) -> None:
    """Change a plan that is in a file, or that Tau keeps, and say what moved."""
    if await anyio.Path(named).exists():
        await _edit_file(Path(named), words, saving)
        return
    async with connect_client(settings_given()) as client:
        sketches = client.experts.sketch
        changed = await sketches.edit(await sketches.find(named), words)
        moved = [room for room in changed.rooms if room.moved]
        tint = [room.id for room in moved]
        data = await sketches.file(changed.id, saving.kind, saving.view, tint)
    _write(saving, data, changed.title)
    _say_moved([room.name for room in moved])


async def _edit_file(file: Path, words: str, saving: Saving) -> None:
    plan = changed = await _read(file)
    edits = edits_in(words, plan)
    async with _working() as worker:
        for edit in edits:
            changed = await _edited(changed, edit, _SECONDS / len(edits), worker)
        moved = moved_rooms(plan, changed)
        await _save(changed, saving, worker, moved)
    _say_moved([room.name for room in changed.rooms if room.id in moved])


async def _edited(plan: Plan, edit: PlanEdit, seconds: float, worker: ExpertWorker) -> Plan:
    try:
        check_edit(edit, plan)
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong
    arguments = {"plan": msgspec.to_builtins(plan), "edit": msgspec.to_builtins(edit)}
    done = await worker.call(
        "sketch.edit", arguments | {"seconds": seconds}, seconds=_SECONDS + _SPARE_SECONDS
    )
    return msgspec.convert(done["plan"], Plan)


def _say_moved(names: Sequence[str]) -> None:
    click.echo(f"Moved: {single_line(', '.join(names)) or 'nothing'}", err=True)


async def _list_plans() -> None:
    async with connect_client(settings_given()) as client:
        plans = await client.experts.sketch.plans()
    if not plans:
        click.echo("There are no plans yet. Make one here, in the app or in a talk.")
        return
    rows = [(one.id, format_time(one.updated_at), single_line(one.title)) for one in plans]
    print_rows(("plan", "changed", "title"), rows)


async def _save_again(named: str, saving: Saving) -> None:
    """Save a plan that is in a file, or that Tau keeps, in a format."""
    if await anyio.Path(named).exists():
        plan = await _read(Path(named))
        async with _working() as worker:
            await _save(plan, saving, worker)
        return
    async with connect_client(settings_given()) as client:
        kept = await client.experts.sketch.find(named)
        data = await client.experts.sketch.file(kept.id, saving.kind, saving.view)
    _write(saving, data, kept.title)


def _write(saving: Saving, data: bytes, what: str) -> None:
    with atomic_write(saving.output, force=True) as saved:
        saved.write(data)
    click.echo(f"{saving.output}: {single_line(what)}")


async def _read(file: Path) -> Plan:
    try:
        return read_plan(await anyio.Path(file).read_bytes())
    except OSError as error:
        raise BadInput(f"{file} can't be read: {error.strerror}.") from error
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong


@asynccontextmanager
async def _working() -> AsyncIterator[ExpertWorker]:
    """Yield the program of the specialists; it ends with the command."""
    worker = ExpertWorker(partial(installed_expert_program, settings_given().home))
    try:
        yield worker
    finally:
        await worker.close()


def _brief(words: str, brief_file: Path | None) -> Brief:
    try:
        if brief_file is not None:
            return read_brief(brief_file.read_bytes())
        return read_words(words)
    except BriefError as wrong:
        raise BadInput(str(wrong)) from wrong


def _format_of(output: Path, view: PlanView) -> PlanFormat:
    kind = _FORMATS.get(output.suffix.lower())
    if kind is None:
        raise BadInput("Save a plan as .svg, .dxf, .pdf or .json.")
    if view == "axonometric" and kind not in PICTURES:
        raise BadInput("The axonometric view is saved as .svg or .pdf.")
    return kind


async def _save(
    plan: Plan, saving: Saving, worker: ExpertWorker, moved: tuple[str, ...] = ()
) -> None:
    """Save a plan, and say what it is."""
    if saving.kind == "dxf":
        data = await _dxf(plan, worker)
    else:
        data = plan_file(plan, saving.kind, PlanPicture(view=saving.view, tint=moved))
    measured = figures(plan)
    size = f"{plan.outline.width:g} by {plan.outline.depth:g} m"
    _write(
        saving,
        data,
        f"{size}, areas within {100 * measured.area_error:.0f} % on average, "
        f"{100 * measured.circulation:.0f} % hall and corridors",
    )


async def _dxf(plan: Plan, worker: ExpertWorker) -> bytes:
    call: dict[str, Any] = {"plan": msgspec.to_builtins(plan)}
    made = await worker.call("sketch.dxf", call, seconds=_SPARE_SECONDS)
    return str(made["dxf"]).encode()
