"""A run as a managed job of SkyPilot: `sky jobs launch job.sky.yaml`.

A lost machine is replaced and the run goes on from its folder, which is a bucket or a volume. A
bucket is mounted with a cache: without one, SkyPilot can't append to a file in it.
"""

from typing import Any

from tau.studio.places.launcher import KEY_VARIABLE, LAUNCHER, RENDEZVOUS_PORT
from tau.studio.places.place import Place
from tau.studio.places.yaml_text import to_yaml
from tau.studio.tuning.run_events import EXIT_PAUSED

SKYPILOT_TASK = "job.sky.yaml"
_FOLDER_VARIABLE = "TAU_RUN_FOLDER"

_RUN = """head=$(echo "$SKYPILOT_NODE_IPS" | head -n 1)
exec bash "$TAU_RUN_FOLDER/{launcher}" --nnodes="$SKYPILOT_NUM_NODES" \\
  --nproc-per-node={processes} --node-rank="$SKYPILOT_NODE_RANK" \\
  --master-addr="$head" --master-port={port}
"""


def render_skypilot(name: str, place: Place, *, sealed: bool) -> str:
    """Return the task of a run. The key of a sealed folder is given with `--secret`."""
    task: dict[str, Any] = {
        "name": name,
        "num_nodes": place.nodes.count,
        "resources": _resources(place),
        "envs": {_FOLDER_VARIABLE: place.run_folder},
    }
    if sealed:
        task["secrets"] = {KEY_VARIABLE: None}
    table = place.skypilot
    if table.bucket:
        task["file_mounts"] = {place.run_folder: {"source": table.bucket, "mode": "MOUNT_CACHED"}}
    else:
        task["volumes"] = {place.run_folder: table.volume}
    task["run"] = _RUN.format(
        launcher=LAUNCHER, processes=place.nodes.processes, port=RENDEZVOUS_PORT
    )
    return to_yaml(task)


def _resources(place: Place) -> dict[str, Any]:
    nodes, table = place.nodes, place.skypilot
    given = {
        "infra": table.infra,
        "accelerators": f"{table.accelerator}:{nodes.gpus}" if nodes.gpus else "",
        "cpus": f"{nodes.cpus}+" if nodes.cpus else "",
        "memory": f"{nodes.memory_gb}+" if nodes.memory_gb else "",
        "image_id": f"docker:{place.image}" if place.image else "",
        "use_spot": table.spot,
    }
    return {
        **{key: value for key, value in given.items() if value},
        "job_recovery": {
            "max_restarts_on_errors": place.limits.restarts,
            "recover_on_exit_codes": [EXIT_PAUSED],
        },
    }
