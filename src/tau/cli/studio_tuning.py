"""`tau studio setup` and `doctor`: what training needs on this machine."""

import shutil

import click
import msgspec

from tau.cli.checks import Finding
from tau.cli.findings import print_findings, summary_of
from tau.cli.options import configure_logging, settings_given, takes_settings
from tau.cli.terminal import format_size, strip_control
from tau.errors import Conflict
from tau.models import catalog
from tau.models.machine import free_memory_bytes
from tau.settings import Settings
from tau.studio.tuning.bases import TuningBase, tuning_bases
from tau.studio.tuning.environment import (
    TrainingRecord,
    environment_folder,
    fingerprint,
    make_environment,
    read_record,
    studio_folder,
    torch_source,
    training_python,
)
from tau.studio.tuning.machine_lock import take_lock

_LEAST_FREE_BYTES = 2_000_000_000


@click.command()
@click.option(
    "--torch",
    metavar="cpu|cuda|FILE|ADDRESS",
    help="The build of torch; by default cuda where there's an NVIDIA GPU, else cpu.",
)
@click.option("--index", default="", metavar="ADDRESS", help="Where torch comes from.")
@takes_settings("home")
def setup(torch: str | None, index: str) -> None:
    """Install what training needs, in an environment of its own in Tau's home.

    The packages are pinned and come from your package index. On Linux, that has torch with CUDA
    only (about 3 GB to download); --index names one that has the build for processors.
    """
    settings = settings_given()
    source = torch_source(torch, index)
    lock = take_lock(studio_folder(settings.home))
    if lock is None:
        raise Conflict("A run is being trained. Pause it first: tau studio pause RUN")
    with lock:
        record = make_environment(environment_folder(settings.home), source, click.echo)
    gpu = f" on {record.gpu}" if record.gpu else ""
    click.echo(f"Ready: torch {record.torch}{gpu}. Train with: tau studio tune NAME")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings("home")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check what training needs on this machine. Changes nothing.

    The exit code is 1 if something is missing.
    """
    configure_logging("critical")
    findings = check_training(settings_given())
    if as_json:
        click.echo(msgspec.json.encode(findings))
    else:
        print_findings(findings)
        click.echo(f"\n{summary_of(findings)}")
    ctx.exit(0 if all(each.ok for each in findings) else 1)


def check_training(settings: Settings) -> list[Finding]:
    """Return what is there for training, and what is missing."""
    free = free_memory_bytes()
    bases = [each for each in tuning_bases(settings.models_path) if each.ready]
    return [
        _check_environment(settings),
        _check_disk(settings),
        Finding(name="memory", ok=True, says=f"{format_size(free)} free"),
        *(_check_base(each, free) for each in bases),
        *([] if bases else [_no_base()]),
    ]


def _check_environment(settings: Settings) -> Finding:
    name = "environment"
    if settings.studio_python:
        there = training_python(settings.home, settings.studio_python) is not None
        says = f"the setting studio_python: {strip_control(settings.studio_python)}"
        fix = "" if there else "No program is there: correct the setting."
        return Finding(name=name, ok=there, says=says, fix=fix)
    record = read_record(environment_folder(settings.home))
    if record is None:
        says = "training has no environment yet"
        return Finding(name=name, ok=False, says=says, fix="tau studio setup")
    current = record.fingerprint == fingerprint()
    fix = "" if current else "Its packages are older than this Tau: tau studio setup"
    return Finding(name=name, ok=current, says=_describe(record), fix=fix)


def _describe(record: TrainingRecord) -> str:
    gpu = f", GPU {record.gpu}" if record.gpu else ", no GPU"
    versions = f"torch {record.torch}, transformers {record.transformers}"
    return f"Python {record.python}, {versions}{gpu}"


def _check_disk(settings: Settings) -> Finding:
    folder = next(each for each in (settings.home, *settings.home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    enough = free > _LEAST_FREE_BYTES
    fix = "" if enough else f"Training should have {format_size(_LEAST_FREE_BYTES)}."
    return Finding(name="disk", ok=enough, says=f"{format_size(free)} free", fix=fix)


def _check_base(base: TuningBase, free: int) -> Finding:
    fits = "can" if base.memory_bytes < free else "can't"
    says = (
        f"{fits} be trained here: {base.parameters / 1e6:,.0f} million weights, "
        f"{format_size(base.memory_bytes)} of memory or more"
    )
    return Finding(name=base.name, ok=True, says=says)


def _no_base() -> Finding:
    fix = f"tau models pull {catalog.CHAT_MODEL}"
    return Finding(name="base", ok=False, says="no model to train is downloaded yet", fix=fix)
