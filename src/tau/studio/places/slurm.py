"""A run as a Slurm job: `sbatch job.sbatch`.

Before the time limit it's asked to write a checkpoint, and the job goes back into the queue. It
also does after a crash, as often as the place allows, and Slurm does it after a node failed.
"""

from shlex import quote

from tau.studio.places.launcher import LAUNCHER, RENDEZVOUS_PORT
from tau.studio.places.place import Place
from tau.studio.tuning.run_events import EXIT_PAUSED, EXIT_REFUSED

SLURM_SCRIPT = "job.sbatch"

_BODY = """set -uo pipefail
# The limit of time is near: the program writes a checkpoint and stops.
near_limit=
trap 'near_limit=1; caught=1; touch -- "$folder/stop"' USR1
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
srun --kill-on-bad-exit=1 bash "$folder/@launcher@" --nnodes=@nodes@ --nproc-per-node=@processes@ \\
  --rdzv-backend=c10d --rdzv-id="$SLURM_JOB_ID-${SLURM_RESTART_COUNT:-0}" \\
  --rdzv-endpoint="$head:@port@" &
step=$!
while :; do caught=; wait "$step"; status=$?; [ -n "$caught" ] || break; done
if [ -n "$near_limit" ]; then rm -f -- "$folder/stop"; fi
if [ "$status" -eq @refused@ ]; then exit @refused@; fi
if [ -z "$near_limit" ] && [ "$status" -eq 0 ]; then exit 0; fi
if [ -n "$near_limit" ] && tail -n 1 -- "$folder/events.jsonl" | grep -q '"kind":"finished"'; then
  exit 0
fi
if [ "${SLURM_RESTART_COUNT:-0}" -lt @restarts@ ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit @paused@
"""


def render_slurm(name: str, place: Place) -> str:
    """Return the batch script of a run. `name` is a plain word."""
    values = {
        "launcher": LAUNCHER,
        "nodes": place.nodes.count,
        "processes": place.nodes.processes,
        "port": RENDEZVOUS_PORT,
        "refused": EXIT_REFUSED,
        "paused": EXIT_PAUSED,
        "restarts": place.limits.restarts,
    }
    body = _BODY
    for key, value in values.items():
        body = body.replace(f"@{key}@", str(value))
    options = "".join(f"#SBATCH --{option}\n" for option in _options(name, place))
    return f"#!/bin/bash\n{options}folder={quote(place.run_folder)}\n{body}"


def _options(name: str, place: Place) -> list[str]:
    nodes, table = place.nodes, place.slurm
    optional = {
        "gpus-per-node": nodes.gpus,
        "cpus-per-task": nodes.cpus,
        "mem": f"{nodes.memory_gb}G" if nodes.memory_gb else "",
        "time": _clock(place.limits.hours),
        "partition": table.partition,
        "account": table.account,
        "qos": table.qos,
    }
    return [
        f"job-name={name}",
        f"nodes={nodes.count}",
        "ntasks-per-node=1",
        *(f"{option}={value}" for option, value in optional.items() if value),
        "requeue",
        "open-mode=append",
        "output=tau-%j.log",
        f"signal=B:USR1@{place.limits.grace_seconds}",
    ]


def _clock(hours: float) -> str:
    """Return a limit of time as Slurm writes it: days-hours:minutes:seconds."""
    if not hours:
        return ""
    minutes = max(1, round(hours * 60))
    return f"{minutes // 1440}-{minutes // 60 % 24:02}:{minutes % 60:02}:00"
