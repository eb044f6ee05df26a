"""A place where a run is trained, as an operator describes it in a TOML file.

Text of a place goes into scripts and manifests. What a scheduler reads unquoted is checked here;
everything else is quoted where it's written.
"""

from typing import Annotated, Literal

import msgspec

from tau.errors import BadInput
from tau.studio.places.checkpoint_interval import GPU_HOURS_PER_FAILURE

PlaceKind = Literal["local", "torchrun", "slurm", "skypilot", "trainjob"]

_Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
SomeOf = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.,:@+-]*\Z")]
"""What Slurm reads in a line of its own, where nothing can be quoted."""
DnsLabel = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?\Z")]
"""A name in Kubernetes; empty for none."""
_Variable = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\Z")]
OneLine = Annotated[str, msgspec.Meta(pattern=r"^[^\x00\n\r]*\Z")]
TextPath = Annotated[str, msgspec.Meta(pattern=r"^/[^\x00\n\r]*\Z")]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""


class PlaceNodes(_Table, frozen=True, kw_only=True):
    """The machines of a place, all alike."""

    count: _Count = 1
    gpus: SomeOf = 0
    """Of each node; 0 trains on processors."""
    cpus: SomeOf = 0
    """Of each node; 0 leaves it to the scheduler."""
    memory_gb: SomeOf = 0
    """Of each node; 0 leaves it to the scheduler."""
    shard: Literal["none", "fsdp"] = "none"
    """`fsdp` splits the model among the processes; `none` gives each the whole model."""

    @property
    def processes(self) -> int:
        """How many processes a node runs: one for each GPU, else one."""
        return max(1, self.gpus)


class PlaceLimits(_Table, frozen=True, kw_only=True):
    """How long a run may take there, and how often it's started again."""

    hours: Amount = 0
    """Of one start; 0 for no limit. A run goes on at the next start."""
    grace_seconds: Annotated[int, msgspec.Meta(ge=10, le=3600)] = 300
    """Before the limit, in which a checkpoint is written."""
    restarts: SomeOf = 20


class CheckpointCosts(_Table, frozen=True, kw_only=True):
    """From which the interval between checkpoints is computed, if `step_seconds` is known."""

    step_seconds: Amount = 0
    """Of one step at this place; 0 leaves the interval of the run as it is."""
    write_seconds: Annotated[float, msgspec.Meta(gt=0, le=1e6)] = 1.0
    gpu_hours_per_failure: Annotated[float, msgspec.Meta(gt=0, le=1e12)] = GPU_HOURS_PER_FAILURE


class SlurmTable(_Table, frozen=True, kw_only=True):
    """What Slurm needs beside the nodes."""

    partition: Word = ""
    account: Word = ""
    qos: Word = ""


class SkyPilotTable(_Table, frozen=True, kw_only=True):
    """What SkyPilot needs beside the nodes."""

    accelerator: Word = ""
    """The name of the GPU, such as `H100`."""
    infra: OneLine = ""
    """Where to look for machines, such as `aws/us-east-1`; empty for anywhere."""
    spot: bool = False
    bucket: OneLine = ""
    """Address of the bucket (or a folder in it) that's the run's folder there, such as
    `s3://runs/desk`; empty if the folder is on a volume."""
    volume: DnsLabel = ""
    """Name of a volume of SkyPilot's that the run's folder is on."""


class KubernetesTable(_Table, frozen=True, kw_only=True):
    """What Kubernetes needs beside the nodes."""

    namespace: DnsLabel = ""
    queue: DnsLabel = ""
    """The local queue of Kueue; empty starts the job at once."""
    volume_claim: DnsLabel = ""
    """The claim of a volume that all nodes can write to."""
    mount: TextPath = "/tau"
    """Where that volume appears; the run's folder and the base are below it."""
    key_secret: DnsLabel = "tau-run-key"  # noqa: S105 - a name, not a secret
    """The Secret with the key `TAU_RUN_KEY`."""


class Place(_Table, frozen=True, kw_only=True):
    """A place where a run is trained."""

    run_folder: TextPath
    """Where the rendered folder will be there; all nodes must be able to write to it."""
    base: TextPath
    """Where the GGUF file of the base is there."""
    python: OneLine = "python3"
    """The interpreter that has torch and the pinned packages."""
    image: OneLine = ""
    """The container image, where containers are used."""
    setup: tuple[OneLine, ...] = ()
    """Lines of shell that are run before the program, such as `module load cuda`."""
    environment: dict[_Variable, OneLine] = {}
    nodes: PlaceNodes = PlaceNodes()
    limits: PlaceLimits = PlaceLimits()
    checkpoints: CheckpointCosts = CheckpointCosts()
    slurm: SlurmTable = SlurmTable()
    skypilot: SkyPilotTable = SkyPilotTable()
    kubernetes: KubernetesTable = KubernetesTable()


def decode_place(raw: bytes) -> Place:
    """Return the place that a TOML file describes. Raises `BadInput`, which names the field."""
    try:
        return msgspec.toml.decode(raw, type=Place)
    except UnicodeDecodeError as error:
        raise BadInput("The settings of the place aren't text in UTF-8.") from error
    except msgspec.DecodeError as error:
        raise BadInput(f"The settings of the place can't be used: {error}") from error


def require(place: Place, kind: PlaceKind) -> None:
    """Raise `BadInput` if the settings don't suffice for a kind of place."""
    if kind == "local" and place.nodes.count > 1:
        raise BadInput("`local` starts one process; use `torchrun` for several nodes.")
    if kind == "skypilot" and bool(place.skypilot.bucket) == bool(place.skypilot.volume):
        raise BadInput("SkyPilot needs either `skypilot.bucket` or `skypilot.volume`.")
    if kind == "skypilot" and "$" in place.run_folder + place.skypilot.bucket:
        raise BadInput("SkyPilot would replace the $ in `run_folder` or `skypilot.bucket`.")
    if kind == "skypilot" and place.nodes.gpus and not place.skypilot.accelerator:
        raise BadInput("SkyPilot needs `skypilot.accelerator`, such as `H100`, for GPUs.")
    if kind == "trainjob":
        _require_kubernetes(place)


def _require_kubernetes(place: Place) -> None:
    if not place.image or not place.kubernetes.volume_claim:
        raise BadInput("A TrainJob needs `image` and `kubernetes.volume_claim`.")
    below = place.kubernetes.mount.rstrip("/") + "/"
    for name, path in (("run_folder", place.run_folder), ("base", place.base)):
        if not path.startswith(below):
            raise BadInput(f"`{name}` must be below `kubernetes.mount`, which is {below}.")
