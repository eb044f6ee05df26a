"""What is rendered for each place: valid for its scheduler, and nothing secret in it."""

import re
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.studio.places.place import PlaceKind, PlaceNodes, decode_place
from tau.studio.places.rendering import fit_run, render_run
from tau.studio.tuning.run_spec import decode_run
from tests.studio.places.known_fields import (
    SKYPILOT,
    TRAIN_JOB,
    TRAINING_RUNTIME,
    unknown,
)
from tests.studio.places.made_places import PLACE, SPEC, changed

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
ONE_LINE = st.text(st.characters(codec="utf-8", exclude_characters="\x00\n\r"), max_size=30)


def _documents(kind: PlaceKind, name: str, **options: Any) -> list[dict[str, Any]]:
    place = options.pop("place", PLACE)
    files = render_run(SPEC, place, kind, sealed=options.get("sealed", True)).files
    return list(yaml.safe_load_all(files[name]))


@pytest.mark.parametrize("sealed", [True, False])
def test_skypilot_knows_every_field(sealed: bool) -> None:
    (task,) = _documents("skypilot", "job.sky.yaml", sealed=sealed)
    assert unknown(task, SKYPILOT) == set()
    assert task["num_nodes"] == 4
    assert task["resources"]["accelerators"] == "H100:8"
    assert task["resources"]["job_recovery"]["recover_on_exit_codes"] == [75]
    assert task["file_mounts"]["/tau/runs/desk"]["mode"] == "MOUNT_CACHED"
    assert task.get("secrets") == ({"TAU_RUN_KEY": None} if sealed else None)


@pytest.mark.parametrize("sealed", [True, False])
def test_kubeflow_knows_every_field(sealed: bool) -> None:
    runtime, job = _documents("trainjob", "trainjob.yaml", sealed=sealed)
    assert unknown(runtime, TRAINING_RUNTIME) == set()
    assert unknown(job, TRAIN_JOB) == set()
    assert job["spec"]["runtimeRef"]["name"] == runtime["metadata"]["name"]
    assert job["metadata"]["labels"] == {"kueue.x-k8s.io/queue-name": "team-a"}
    assert job["spec"]["suspend"] is True
    assert job["spec"]["trainer"]["resourcesPerNode"]["limits"]["nvidia.com/gpu"] == "8"
    assert ("env" in job["spec"]["trainer"]) is sealed


def test_without_a_queue_the_job_starts_at_once() -> None:
    place = changed(kubernetes={"volume_claim": "runs"})
    _, job = _documents("trainjob", "trainjob.yaml", place=place)
    assert "suspend" not in job["spec"]
    assert "labels" not in job["metadata"]


def test_slurm_reads_every_option() -> None:
    script = render_run(SPEC, PLACE, "slurm", sealed=True).files["job.sbatch"].splitlines()
    options = [line.removeprefix("#SBATCH --") for line in script if line.startswith("#SBATCH")]
    assert script[1 : 1 + len(options)] == [f"#SBATCH --{option}" for option in options]
    assert {"nodes=4", "gpus-per-node=8", "mem=512G", "time=0-12:00:00", "qos=long"} < set(options)
    assert {"requeue", "signal=B:USR1@300", "partition=h100", "account=desk"} < set(options)


@pytest.mark.parametrize("kind", KINDS)
def test_all_places_get_the_same_document(kind: PlaceKind) -> None:
    place = changed(nodes={"count": 1, "gpus": 8})
    rendered = render_run(SPEC, place, kind, sealed=True)
    assert decode_run(rendered.files["run.json"].encode()) == rendered.spec
    assert rendered.spec == fit_run(SPEC, place)
    assert rendered == render_run(SPEC, place, kind, sealed=True)
    assert "is encrypted" in rendered.files["README.md"]
    plain = render_run(SPEC, place, kind, sealed=False).files
    assert "not encrypted" in plain["README.md"]
    assert "--unsealed" in plain["launch.sh"]


def test_the_document_gets_the_processes_and_the_interval_of_the_place() -> None:
    fitted = fit_run(SPEC, PLACE)
    assert (fitted.parallel.nodes, fitted.parallel.per_node) == (4, 8)
    assert fitted.parallel.shard == "fsdp"
    assert fitted.checkpoint.every_steps == 2700  # Daly: 32 GPUs, 4 s for each, 2.5 s a step
    unknown_step = changed(checkpoints={})
    assert fit_run(SPEC, unknown_step).checkpoint == SPEC.checkpoint


@given(ONE_LINE, ONE_LINE, st.sampled_from(["'; reboot #", "$(id)", "`id`", "a b", '"', "-n"]))
def test_manifests_hold_hostile_names_as_they_are(image: str, infra: str, name: str) -> None:
    place = changed(
        image=f"x{image}{name}",
        skypilot={"bucket": "s3://a b'", "infra": infra, "accelerator": "H100"},
        run_folder=f"/tau/{name}{image}",
    )
    _, job = _documents("trainjob", "trainjob.yaml", place=place)
    assert job["spec"]["trainer"]["image"] == place.image
    _, path = job["spec"]["trainer"]["command"]
    assert re.sub(r"\$(\$|)", _as_kubernetes_reads, path) == f"{place.run_folder}/launch.sh"
    if "$" in place.run_folder:
        with pytest.raises(BadInput, match="SkyPilot would replace"):
            _documents("skypilot", "job.sky.yaml", place=place)
        return
    (task,) = _documents("skypilot", "job.sky.yaml", place=place)
    assert task["envs"]["TAU_RUN_FOLDER"] == place.run_folder
    assert task["file_mounts"] == {
        place.run_folder: {"source": "s3://a b'", "mode": "MOUNT_CACHED"}
    }
    assert task["resources"].get("infra", "") == infra


def _as_kubernetes_reads(found: re.Match[str]) -> str:
    assert found[0] == "$$", "a single $ may begin a reference"
    return "$"


@pytest.mark.parametrize(
    ("kind", "fields", "named"),
    [
        ("local", {}, "torchrun"),
        ("skypilot", {"skypilot": {"accelerator": "H100"}}, r"skypilot\.bucket"),
        ("skypilot", {"skypilot": {"bucket": "s3://a"}}, r"skypilot\.accelerator"),
        ("trainjob", {"image": ""}, "image"),
        ("trainjob", {"base": "/models/base.gguf"}, "`base`"),
    ],
)
def test_what_is_missing_is_named(kind: PlaceKind, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        render_run(SPEC, changed(**fields), kind, sealed=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("run_folder = 3\nbase = '/b'", r"run_folder"),
        ("run_folder = 'relative'\nbase = '/b'", r"run_folder"),
        ("run_folder = '/r'", "base"),
        ("run_folder = '/r'\nbase = '/b'\nnode = 3", "node"),
        ("run_folder = '/r'\nbase = '/b'\n[nodes]\ncount = 0", r"nodes\.count"),
        ("run_folder = '/r'\nbase = '/b'\n[slurm]\npartition = 'a b'", r"slurm\.partition"),
        ('run_folder = "/r"\nbase = "/b"\n[slurm]\naccount = "a\\n#SBATCH -x"', r"slurm\.account"),
        ('run_folder = "/r"\nbase = "/b"\n[slurm]\naccount = "a\\n"', r"slurm\.account"),
        ("run_folder = '/r'\nbase = '/b'\n[environment]\n'A=B;x' = '1'", "environment"),
        ('run_folder = "/r"\nbase = "/b\\nx"', "base"),
        ("run_folder = [", "settings of the place"),
    ],
)
def test_settings_that_cannot_be_used_are_named(text: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        decode_place(text.encode())


def test_settings_are_read_from_toml() -> None:
    place = decode_place(b"run_folder = '/r'\nbase = '/b'\n[nodes]\ncount = 2\ngpus = 8\n")
    assert place.nodes == PlaceNodes(count=2, gpus=8)
    with pytest.raises(BadInput, match="UTF-8"):
        decode_place(b"\xff")
