"""Commands of `tau bench studio`."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tau.bench import graders as graders_bench
from tau.bench import (
    studio_checks,
    studio_cluster,
    studio_parity,
    studio_release,
    studio_training,
    studio_upload,
)
from tau.bench.command_parts import (
    as_json_option,
    positive,
    print_figures,
    print_progress,
    run_measuring,
)
from tau.bench.studio_cluster_simulation import ClusterPlan
from tau.bench.studio_cluster_table import render_cluster
from tau.models import catalog
from tau.studio.places.checkpoint_interval import GPU_HOURS_PER_FAILURE
from tau.studio.tuning.run_spec import Precision

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_above_0 = click.FloatRange(min=0, min_open=True)


@click.group()
def studio() -> None:
    """Measure the studio on this machine."""


@studio.command()
@click.option("--grades", type=positive, default=1_000, show_default=True, help="Of each type.")
@as_json_option
def graders(grades: int, as_json: bool) -> None:
    """Measure graders, and attack the sandbox of those in Python."""
    figures = run_measuring(graders_bench.measure(grades, print_progress))
    print_figures("Graders", figures, as_json=as_json)


@studio.command()
@click.option("--megabytes", type=positive, default=512, show_default=True, help="Of the file.")
@as_json_option
def upload(megabytes: int, as_json: bool) -> None:
    """Measure the server's memory while a large file is uploaded."""
    figures = run_measuring(studio_upload.measure(megabytes, print_progress))
    print_figures("Upload", figures, as_json=as_json)


@studio.command()
@click.option("--examples", type=positive, default=10_000, show_default=True)
@as_json_option
def checks(examples: int, as_json: bool) -> None:
    """Measure the checks of a project's examples, given their vectors."""
    print_figures("Checks", studio_checks.measure(examples, print_progress), as_json=as_json)


@studio.command()
@click.option("--base", default=catalog.CHAT_MODEL, show_default=True, help="Model it changes.")
@click.option("--adapter", type=_file, help="Adapter as GGUF; a random one if left out.")
@click.option("--reference", type=_file, help="Its `parity.json` of the training program.")
@click.option("--models-folder", default="", help="Folder with the models; your Tau's by default.")
@as_json_option
def parity(as_json: bool, **given: Any) -> None:
    """Measure whether an adapter answers here as it did in training.

    Also with its rows in the wrong order, which must be noticed, and what a change between two
    adapters costs.
    """
    plan = studio_parity.ParityPlan(**given)
    figures = run_measuring(studio_parity.measure(plan, print_progress))
    print_figures("Parity", figures, as_json=as_json)


@studio.command()
@click.option("--moves", type=positive, default=20, show_default=True, help="Of each kind.")
@as_json_option
def release(moves: int, as_json: bool) -> None:
    """Measure releases, shares and rollbacks while 20 requests a second come in."""
    figures = run_measuring(studio_release.measure(moves, print_progress))
    print_figures("Release", figures, as_json=as_json)


@studio.command()
@click.option("--gpus", type=positive, default=22_000, show_default=True, help="GPUs in step.")
@click.option("--days", type=_above_0, default=54.0, show_default=True, help="Of each run.")
@click.option("--runs", type=positive, default=200, show_default=True, help="Runs to simulate.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
@click.option(
    "--gpu-hours-per-failure",
    type=_above_0,
    default=round(GPU_HOURS_PER_FAILURE),
    show_default=True,
    help="Hours that all GPUs together compute between two failures.",
)
@click.option(
    "--checkpoint-gb",
    type=_above_0,
    default=studio_cluster.LLAMA_CHECKPOINT_GB,
    show_default=True,
    help="Size of a checkpoint.",
)
@click.option(
    "--storage-gb-per-second",
    type=_above_0,
    default=200,
    show_default=True,
    help="What the storage takes.",
)
@click.option(
    "--restart-seconds", type=_above_0, default=600, show_default=True, help="After each failure."
)
@click.option(
    "--spare-nodes", type=click.IntRange(0), default=64, show_default=True, help="Idle nodes."
)
@click.option(
    "--slow-gpu-hours",
    type=click.FloatRange(0),
    default=0,
    show_default=True,
    help="Hours that all GPUs together compute before a node becomes slow; 0: never.",
)
@as_json_option
def cluster(runs: int, seed: int, as_json: bool, **given: Any) -> None:
    """Simulate a long training run on many GPUs, from published failure rates.

    It's checked first against what was published of Llama 3: more than 90 % effective time on
    16,384 GPUs. No GPU is needed.
    """
    figures = studio_cluster.measure(ClusterPlan(**given), runs, seed, print_progress)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        Console().print(render_cluster(figures))


@studio.command()
@click.option("--steps", type=positive, default=8, show_default=True, help="Of eight examples.")
@click.option(
    "--precision",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="What both compute in.",
)
@as_json_option
def training(steps: int, precision: Precision, as_json: bool) -> None:
    """Measure training beside a plain loop of transformers; needs `tau studio setup`."""
    figures = run_measuring(studio_training.measure(steps, precision, print_progress))
    print_figures("Training", figures, as_json=as_json)
