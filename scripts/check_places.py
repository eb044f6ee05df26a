"""Has rendered runs read by the schedulers' own parsers, which aren't dependencies of Tau.

    python scripts/check_places.py --skypilot PYTHON --kubeflow PYTHON --kubernetes PYTHON

Each PYTHON is an interpreter that has `skypilot`, `kubeflow-trainer-api` with `pyyaml`, or
`kubernetes-validate` with `pyyaml`; one that isn't given isn't asked. It needs the tests' places.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.studio.places.made_places import PLACE, SPEC, changed

from tau.studio.places.place import Place, PlaceKind
from tau.studio.places.rendering import render_run
from tau.studio.places.vllm import VllmPlace, render_vllm_manifest

SKYPILOT = """
import sys, sky
for path in sys.argv[1:]:
    task = sky.Task.from_yaml(path)
    assert task.num_nodes in (1, 4) and task.run and task.resources
print(f"skypilot {sky.__version__}: {len(sys.argv) - 1} tasks read")
"""
KUBEFLOW = """
import importlib.metadata, sys, yaml
from kubeflow_trainer_api import models
KINDS = {
    "TrainJob": models.TrainerV1alpha1TrainJob,
    "TrainingRuntime": models.TrainerV1alpha1TrainingRuntime,
}
def lost(given, read, way=""):
    if isinstance(given, dict):
        for key, value in given.items():
            back = read.get(key) if isinstance(read, dict) else None
            yield from lost(value, back, f"{way}.{key}")
    elif isinstance(given, list) and isinstance(read, list) and len(given) == len(read):
        for index, (value, back) in enumerate(zip(given, read)):
            yield from lost(value, back, f"{way}[{index}]")
    elif given != read:
        yield way
count = 0
for path in sys.argv[1:]:
    for document in yaml.safe_load_all(open(path)):
        read = KINDS[document["kind"]].from_dict(document).to_dict()
        assert not list(lost(document, read)), (path, list(lost(document, read)))
        count += 1
version = importlib.metadata.version("kubeflow-trainer-api")
print(f"kubeflow-trainer-api {version}: {count} documents read, no field lost")
"""
KUBERNETES = """
import sys, yaml, kubernetes_validate
count = 0
for path in sys.argv[1:]:
    for document in yaml.safe_load_all(open(path)):
        if document["kind"] == "TrainingRuntime":
            (job,) = document["spec"]["template"]["spec"]["replicatedJobs"]
            metadata = {"name": "job"}
            template = job["template"]["spec"]["template"]
            template["spec"]["containers"][0].setdefault("image", "x")
            spec = {**job["template"]["spec"], "template": template}
            document = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
        elif document["kind"] == "TrainJob":
            continue
        for version in ("1.29", "1.33", "1.37"):
            kubernetes_validate.validate(document, version, strict=True)
        count += 1
print(f"kubernetes-validate: {count} documents are valid for 1.29, 1.33 and 1.37, strictly")
"""


def places(kind: PlaceKind) -> Iterator[Place]:
    """Return places with everything set and with as little as possible."""
    yield PLACE if kind != "local" else changed(nodes={"count": 1, "gpus": 8})
    bare = {"nodes": {}, "limits": {}, "environment": {}, "slurm": {}}
    yield changed(
        **bare, skypilot={"volume": "runs"}, kubernetes={"volume_claim": "runs"}, checkpoints={}
    )


def write(folder: Path) -> dict[str, list[str]]:
    """Write the rendered files of all places, and return their paths by file name."""
    written: dict[str, list[str]] = {}
    for kind in get_args(PlaceKind):
        for number, place in enumerate(places(kind)):
            for sealed in (True, False):
                files = render_run(SPEC, place, kind, sealed=sealed).files
                for name, text in files.items():
                    path = folder / f"{kind}-{number}-{sealed}-{name}"
                    path.write_text(text, "utf-8")
                    written.setdefault(name, []).append(str(path))
    served = VllmPlace(base="/m", image="x", volume_claim="v", namespace="n", loading=True)
    manifest = folder / "vllm.yaml"
    manifest.write_text(render_vllm_manifest("tau-vllm", served), "utf-8")
    return {**written, manifest.name: [str(manifest)]}


def main() -> None:
    """Render, then ask each parser that is there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("skypilot", "kubeflow", "kubernetes"):
        parser.add_argument(f"--{name}", metavar="PYTHON", help=f"An interpreter with {name}.")
    given = parser.parse_args()
    checks = [
        (given.skypilot, SKYPILOT, ["job.sky.yaml"]),
        (given.kubeflow, KUBEFLOW, ["trainjob.yaml"]),
        (given.kubernetes, KUBERNETES, ["trainjob.yaml", "vllm.yaml"]),
    ]
    with tempfile.TemporaryDirectory() as made:
        written = write(Path(made))
        for script in [*written["launch.sh"], *written["job.sbatch"], *written["start.sh"]]:
            subprocess.run(["bash", "-n", script], check=True)
        for interpreter, program, names in checks:
            paths = [path for name in names for path in written[name]]
            if interpreter:
                subprocess.run([interpreter, "-c", program, *paths], check=True)


if __name__ == "__main__":
    main()
