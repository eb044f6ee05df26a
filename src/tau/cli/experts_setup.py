"""`tau experts setup` and `doctor`: the packages that specialists' heavy work needs."""

import asyncio
import shutil
import time
from functools import partial

import click
import msgspec

from tau.cli.checks import Finding
from tau.cli.findings import print_findings, summary_of
from tau.cli.options import configure_logging, settings_given, takes_settings
from tau.cli.terminal import format_size
from tau.environments.restrictions import restrictions
from tau.errors import TauError
from tau.experts.environment import (
    DOWNLOADED,
    NEEDED_BYTES,
    ExpertsRecord,
    experts_environment,
    experts_fingerprint,
    installed_expert_program,
    make_experts_environment,
    read_experts_record,
)
from tau.experts.worker_process import ExpertWorker
from tau.settings import Settings

_SETUP = "tau experts setup"
_SECONDS = 30.0


@click.command("setup")
@takes_settings("home")
def setup_experts() -> None:
    """Install the packages that specialists need, in an environment of its own in Tau's home.

    Drawings, Word files, checks of English, PDFs and spreadsheets need them. They're pinned with
    their hashes and come from your package index.
    """
    settings = settings_given()
    click.echo(f"This is {DOWNLOADED}.")
    record = make_experts_environment(experts_environment(settings.home), click.echo)
    click.echo(f"Ready: {_describe(record)}")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@takes_settings("home")
@click.pass_context
def doctor_experts(ctx: click.Context, as_json: bool) -> None:
    """Check the packages that specialists need, and that their program works.

    The exit code is 1 if something is missing.
    """
    configure_logging("critical")
    findings = asyncio.run(check_experts(settings_given()))
    if as_json:
        click.echo(msgspec.json.encode(findings))
    else:
        print_findings(findings)
        click.echo(f"\n{summary_of(findings)}")
    ctx.exit(0 if all(each.ok for each in findings) else 1)


async def check_experts(settings: Settings) -> list[Finding]:
    """Return what is there for specialists, and what is missing."""
    record = read_experts_record(experts_environment(settings.home))
    if record is None:
        says = "the packages that specialists need aren't installed"
        return [
            Finding(name="environment", ok=False, says=says, fix=_SETUP),
            _check_space(settings),
        ]
    current = record.fingerprint == experts_fingerprint()
    fix = "" if current else f"Its packages are those of another version of Tau: {_SETUP}"
    return [
        Finding(name="environment", ok=current, says=_describe(record), fix=fix),
        await _check_program(settings),
        _network(),
    ]


async def _check_program(settings: Settings) -> Finding:
    worker = ExpertWorker(partial(installed_expert_program, settings.home))
    began = time.perf_counter()
    try:
        found = await worker.call("worker.describe", {}, seconds=_SECONDS)
    except TauError as error:
        return Finding(name="program", ok=False, says=str(error), fix=_SETUP)
    finally:
        await worker.close()
    seconds = time.perf_counter() - began
    memory = format_size(found["memory_bytes"])
    return Finding(name="program", ok=True, says=f"answers after {seconds:.1f} s, with {memory}")


def _check_space(settings: Settings) -> Finding:
    folder = next(each for each in (settings.home, *settings.home.parents) if each.exists())
    free = shutil.disk_usage(folder).free
    enough = free > NEEDED_BYTES
    fix = "" if enough else f"Installing them takes {format_size(NEEDED_BYTES)}."
    return Finding(name="disk", ok=enough, says=f"{format_size(free)} free", fix=fix)


def _network() -> Finding:
    taken = any(word.endswith("unshare") for word in restrictions())
    says = "the program has none" if taken else "this system can't take it from the program"
    return Finding(name="network", ok=True, says=says)


def _describe(record: ExpertsRecord) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in record.packages.items())
    return f"Python {record.python}, {packages}"
