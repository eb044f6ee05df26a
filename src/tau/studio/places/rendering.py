"""Renders a run for a place: the files that a folder there needs beside the data.

All places get the same document, data, program and launcher; they differ only in what starts the
launcher. Rendering is pure: the same run and place give the same bytes.
"""

from collections.abc import Callable
from shlex import quote
from typing import NamedTuple

import msgspec

from tau.studio.places.checkpoint_interval import (
    seconds_between_failures,
    steps_between_checkpoints,
)
from tau.studio.places.launcher import LAUNCHER, RENDEZVOUS_PORT, render_launcher
from tau.studio.places.place import Place, PlaceKind, require
from tau.studio.places.readme import render_readme
from tau.studio.places.skypilot import SKYPILOT_TASK, render_skypilot
from tau.studio.places.slurm import SLURM_SCRIPT, render_slurm
from tau.studio.places.trainjob import TRAINJOB_MANIFEST, render_trainjob
from tau.studio.tuning.run_spec import RunSpec, encode_run, run_sha256

START_SCRIPT = "start.sh"
README = "README.md"


class RenderedRun(NamedTuple):
    """What `render_run` wrote."""

    spec: RunSpec
    """The document as it will be run there."""
    files: dict[str, str]
    """Text by file name."""
    name: str
    """What schedulers call the run."""


def render_run(spec: RunSpec, place: Place, kind: PlaceKind, *, sealed: bool) -> RenderedRun:
    """Return what the folder of a run needs at a place. Raises `BadInput`."""
    require(place, kind)
    fitted = fit_run(spec, place)
    name = f"tau-{run_sha256(fitted)[:8]}"
    started: dict[PlaceKind, Callable[[], dict[str, str]]] = {
        "local": lambda: {START_SCRIPT: _start("local")},
        "torchrun": lambda: {START_SCRIPT: _start(_torchrun_arguments(name, place))},
        "slurm": lambda: {SLURM_SCRIPT: render_slurm(name, place)},
        "skypilot": lambda: {SKYPILOT_TASK: render_skypilot(name, place, sealed=sealed)},
        "trainjob": lambda: {TRAINJOB_MANIFEST: render_trainjob(name, place, sealed=sealed)},
    }
    files = {
        "run.json": encode_run(fitted).decode(),
        LAUNCHER: render_launcher(place, sealed=sealed),
        README: render_readme(name, place, kind, sealed=sealed),
        **started[kind](),
    }
    return RenderedRun(fitted, files, name)


def fit_run(spec: RunSpec, place: Place) -> RunSpec:
    """Return the document of a run with the processes of a place.

    If the time of a step is known, checkpoints are as often as the place's failures suggest.
    """
    nodes, costs = place.nodes, place.checkpoints
    parallel = msgspec.structs.replace(
        spec.parallel, nodes=nodes.count, per_node=nodes.processes, shard=nodes.shard
    )
    checkpoint = spec.checkpoint
    if costs.step_seconds:
        between = seconds_between_failures(
            nodes.count * nodes.processes, costs.gpu_hours_per_failure
        )
        steps = steps_between_checkpoints(costs.step_seconds, costs.write_seconds, between)
        checkpoint = msgspec.structs.replace(checkpoint, every_steps=steps)
    return msgspec.structs.replace(spec, parallel=parallel, checkpoint=checkpoint)


def _torchrun_arguments(name: str, place: Place) -> str:
    nodes = place.nodes
    if nodes.count == 1:  # by address: not every machine can resolve its own name
        return f"--standalone --local-addr=127.0.0.1 --nproc-per-node={nodes.processes}"
    return (
        f"--nnodes={nodes.count} --nproc-per-node={nodes.processes} --rdzv-backend=c10d "
        f"--rdzv-id={quote(name)} "
        '--rdzv-endpoint="${TAU_HEAD:?Set TAU_HEAD to the name or address of the first node}'
        f':{RENDEZVOUS_PORT}"'
    )


def _start(arguments: str) -> str:
    return (
        "#!/bin/bash\n# Starts the run on this machine; start it again to go on.\n"
        'here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd) || exit 1\n'
        f'exec bash "$here/{LAUNCHER}" {arguments}\n'
    )
