"""Places and runs for tests."""

import msgspec

from tau.studio.places.place import (
    CheckpointCosts,
    KubernetesTable,
    Place,
    PlaceLimits,
    PlaceNodes,
    SkyPilotTable,
    SlurmTable,
)
from tau.studio.tuning.run_spec import RunBase, RunData, RunSpec, SupervisedMethod

SPEC = RunSpec(
    base=RunBase(name="small", sha256="ab" * 32),
    data=RunData(train="cd" * 32),
    method=SupervisedMethod(),
)
PLACE = Place(
    run_folder="/tau/runs/desk",
    base="/tau/models/base.gguf",
    image="registry.example/train:1",
    setup=("true",),
    environment={"NCCL_SOCKET_IFNAME": "ib0"},
    nodes=PlaceNodes(count=4, gpus=8, cpus=64, memory_gb=512, shard="fsdp"),
    limits=PlaceLimits(hours=12, restarts=3),
    checkpoints=CheckpointCosts(step_seconds=2.5, write_seconds=4),
    slurm=SlurmTable(partition="h100", account="desk", qos="long"),
    skypilot=SkyPilotTable(accelerator="H100", bucket="s3://runs/desk", spot=True, infra="aws"),
    kubernetes=KubernetesTable(namespace="studio", queue="team-a", volume_claim="runs"),
)


def changed(place: Place = PLACE, **fields: object) -> Place:
    """Return a place with other fields, checked as if it had been read."""
    return msgspec.convert({**msgspec.to_builtins(place), **fields}, Place)
