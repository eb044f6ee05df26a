"""The page in a rendered folder that says how to start the run and how to bring it back."""

from shlex import quote

from tau.studio.places.launcher import KEY_FILE_VARIABLE, KEY_VARIABLE
from tau.studio.places.place import Place, PlaceKind

_PAGE = """# {name}

A run of training, rendered by Tau. `run.json` says everything that decides what comes out of it.

{data}

## Before

1. Copy this folder {where}.
2. Copy the base's GGUF file to `{base}`. Its SHA-256 is checked at the start.
3. `{python}` needs the pinned packages:
   `{python} -m pip install --require-hashes -r worker-requirements.txt`, then
   `{python} -m pip install -r worker-torch.txt`.

## Start

{start}

{again}
A run always goes on from its last checkpoint. To stop it with a checkpoint, create a file called
`stop` in this folder.

## Bring it back

`events.jsonl` says how it's going. When it has ended, copy the whole folder back and run
`tau studio collect FOLDER`. One that isn't finished can be copied back too; its checkpoints
become models.
"""
_PLAIN = """**The data is not encrypted.** `train.jsonl` and `valid.jsonl` hold the examples as
plain text, and so will checkpoints, adapters and answers. Whoever can read this folder can read
them."""
_SEALED = """**The data is encrypted**, and so will be checkpoints, adapters and answers.
{given} Don't put the key into this folder."""
_GIVEN = {
    "skypilot": f"Its key is taken from your variable {KEY_VARIABLE}.",
    "trainjob": "Its key comes from a Secret (below).",
}
_GIVEN_ELSEWHERE = f"""Before the start, set {KEY_VARIABLE} to its key, or {KEY_FILE_VARIABLE} to a
file with it that only you can read."""
_START = {
    "local": "bash start.sh",
    "torchrun": "bash start.sh",
    "slurm": "sbatch job.sbatch",
    "skypilot": "sky jobs launch job.sky.yaml",
    "trainjob": "kubectl apply -f trainjob.yaml",
}
_AGAIN = {
    "local": "Start it again to go on.",
    "torchrun": "Start it again to go on, on all nodes.",
    "slurm": "Before the limit of time and after a crash, the job goes back into the queue.",
    "skypilot": "A lost machine is replaced, and the run goes on by itself.",
    "trainjob": "After a crash or an eviction, all nodes are started again and the run goes on.",
}


def render_readme(name: str, place: Place, kind: PlaceKind, *, sealed: bool) -> str:
    """Return the page of a run at a place."""
    return _PAGE.format(
        name=name,
        data=_SEALED.format(given=_GIVEN.get(kind, _GIVEN_ELSEWHERE)) if sealed else _PLAIN,
        where=_where(place, kind),
        base=place.base,
        python=place.python,
        start="\n".join(f"    {line}" for line in _lines(place, kind, sealed=sealed)),
        again=_AGAIN[kind],
    )


def _where(place: Place, kind: PlaceKind) -> str:
    if kind in {"local", "torchrun"} and place.nodes.count == 1:
        return "anywhere"
    to = place.skypilot.bucket if kind == "skypilot" else ""
    shared = ", where all nodes can write to it" if place.nodes.count > 1 else ""
    return f"to `{to or place.run_folder}`{shared}"


def _lines(place: Place, kind: PlaceKind, *, sealed: bool) -> list[str]:
    """Return the commands that start it."""
    lines = []
    if kind == "trainjob" and sealed:
        table = place.kubernetes
        option = f"--namespace {table.namespace} " if table.namespace else ""
        lines = [
            f"kubectl {option}create secret generic {table.key_secret} \\",
            f"  --from-file={KEY_VARIABLE}=KEYFILE",
        ]
    if kind == "torchrun" and place.nodes.count > 1:
        lines = ["export TAU_HEAD=FIRST_NODE    # on every node"]
    if kind == "skypilot" and sealed:
        return [f"sky jobs launch --secret {KEY_VARIABLE} job.sky.yaml"]
    if kind == "slurm":
        lines = [f"cd {quote(place.run_folder)}"]
    return [*lines, _START[kind]]
