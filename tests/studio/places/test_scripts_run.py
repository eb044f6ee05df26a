"""The rendered scripts, run by bash with stand-ins for the program and for Slurm."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.studio.places.place import Place
from tau.studio.places.rendering import render_run
from tests.studio.places.made_places import SPEC, changed

# Writes down its arguments and variables, then reports what the test says, if need be when asked.
PROGRAM = r"""#!/bin/bash
printf '%s\0' "$@" > "$SEEN/arguments"
env -0 > "$SEEN/environment"
if [ -n "${WAITS:-}" ]; then
  touch "$SEEN/started"
  until [ -e stop ]; do read -r -t 0.02 < <(:) || :; done
fi
if [ -n "$KIND" ]; then printf '{"kind":"%s","at":1.0}\n' "$KIND" >> events.jsonl; fi
exit "$STATUS"
"""
SRUN = '#!/bin/bash\nwhile [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n'
SCONTROL = """#!/bin/bash
if [ "$1" = show ]; then printf 'node1\\nnode2\\n'; else echo "$@" >> "$SEEN/scontrol"; fi
"""
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\n\r"), max_size=12)
HOSTILE = st.sampled_from(["$(touch x)", "`id`", "'\"", "a b", "-n", "$HOME", "\\", "!!", "*"])


class Folder:
    """A rendered folder, with stand-ins for what its scripts start."""

    def __init__(self, path: Path, name: str = "run", **fields: object) -> None:
        self.seen, self.folder = path / "seen", path / name
        for made in (self.seen, self.folder, path / "bin"):
            made.mkdir(exist_ok=True)
        for command, text in (("srun", SRUN), ("scontrol", SCONTROL), ("python", PROGRAM)):
            stand_in = path / "bin" / command
            stand_in.write_text(text)
            stand_in.chmod(0o755)
        self.bin = path / "bin"
        self.place: Place = changed(
            **{"run_folder": str(self.folder), "python": str(self.bin / "python"), **fields}
        )

    def render(self, kind: str, *, sealed: bool = False) -> None:
        rendered = render_run(SPEC, self.place, kind, sealed=sealed)  # type: ignore[arg-type]
        for name, text in rendered.files.items():
            (self.folder / name).write_text(text)

    def start(self, *command: str, **variables: str) -> "subprocess.Popen[str]":
        given = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "SEEN": str(self.seen),
            "STATUS": "0",
            "KIND": "finished",
            "SLURM_JOB_ID": "7",
            "SLURM_JOB_NODELIST": "node[1-2]",
            **variables,
        }
        return subprocess.Popen(
            ["bash", *command],
            env=given,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *command: str, **variables: str) -> int:
        with self.start(*command, **variables) as process:
            process.communicate(timeout=20)
        return process.returncode

    def arguments(self) -> list[str]:
        return (self.seen / "arguments").read_bytes().decode().split("\0")[:-1]

    def environment(self) -> dict[str, str]:
        rows = (self.seen / "environment").read_bytes().decode().split("\0")
        return dict(row.split("=", 1) for row in rows if row)

    def requeued(self) -> bool:
        return (self.seen / "scontrol").exists()

    def wait_until_started(self, process: "subprocess.Popen[str]") -> None:
        while not (self.seen / "started").exists():
            assert process.poll() is None
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.02)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path, nodes={"count": 2, "gpus": 8})


@settings(max_examples=25)
@given(TEXT, HOSTILE, TEXT)
def test_hostile_names_come_through_the_shell_as_they_are(
    text: str, hostile: str, value: str
) -> None:
    with tempfile.TemporaryDirectory() as made:
        base = f"/{text}{hostile}"
        name = hostile.replace("/", "")
        folder = Folder(Path(made), f"run {name}", base=base, environment={"TAU_TEST": value})
        folder.render("torchrun")
        assert folder.run("start.sh", TAU_HEAD=hostile) == 0
        assert folder.arguments()[:8] == [
            *("-m", "torch.distributed.run", "--max-restarts=0"),
            *("--nnodes=4", "--nproc-per-node=8", "--rdzv-backend=c10d"),
            f"--rdzv-id={render_run(SPEC, folder.place, 'torchrun', sealed=False).name}",
            f"--rdzv-endpoint={hostile}:29500",
        ]
        assert folder.arguments()[8:] == [
            *("-m", "tau.studio.worker", str(folder.folder), "--base", base, "--unsealed")
        ]
        assert folder.environment()["TAU_TEST"] == value
        assert not (folder.folder / "x").exists()


def test_the_processes_of_one_machine_need_no_name_that_resolves(folder: Folder) -> None:
    folder.place = changed(folder.place, nodes={"count": 1, "gpus": 2})
    folder.render("torchrun")
    assert folder.run("start.sh") == 0
    assert folder.arguments()[3:6] == [
        *("--standalone", "--local-addr=127.0.0.1", "--nproc-per-node=2")
    ]


@pytest.mark.parametrize("kind", ["local", "torchrun", "slurm", "skypilot", "trainjob"])
def test_bash_accepts_every_script(tmp_path: Path, kind: str) -> None:
    folder = Folder(tmp_path, base="/tau/b", nodes={"count": 1, "gpus": 2}, kubernetes={})
    if kind == "trainjob":
        folder.place = changed(nodes={"count": 1, "gpus": 2})
    folder.render(kind, sealed=True)
    scripts = [*folder.folder.glob("*.sh"), *folder.folder.glob("*.sbatch")]
    assert scripts
    for script in scripts:
        assert folder.run("-n", str(script)) == 0


def test_the_program_finds_its_archive_and_its_folder(folder: Folder) -> None:
    folder.place = changed(folder.place, nodes={"count": 1, "gpus": 0})
    folder.render("local")
    assert folder.run("start.sh") == 0
    assert folder.arguments()[:3] == ["-m", "tau.studio.worker", str(folder.folder)]
    assert folder.environment()["PYTHONPATH"] == f"{folder.folder}/worker.zip"


def test_the_key_comes_by_a_variable_or_a_file_and_is_in_no_rendered_file(folder: Folder) -> None:
    folder.render("torchrun", sealed=True)
    key = folder.seen / "key file"
    key.write_text("c0ffee\n")
    assert folder.run("launch.sh") != 0
    assert not (folder.seen / "arguments").exists()
    assert folder.run("launch.sh", TAU_RUN_KEY_FILE=str(key)) == 0
    assert folder.environment()["TAU_RUN_KEY"] == "c0ffee"
    assert "--unsealed" not in folder.arguments()
    assert folder.run("launch.sh", TAU_RUN_KEY="beef") == 0
    assert folder.environment()["TAU_RUN_KEY"] == "beef"
    assert "c0ffee" not in "".join(path.read_text() for path in folder.folder.glob("*.*"))


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("finished", "0", 0),
        ("paused", "1", 75),  # torchrun makes every failure a 1
        ("failed", "1", 65),
        ("step", "1", 1),
        ("", "137", 137),
    ],
)
def test_the_last_event_says_how_it_ended(
    folder: Folder, kind: str, status: str, expected: int
) -> None:
    folder.render("torchrun")
    (folder.folder / "events.jsonl").write_text('{"kind":"paused","at":0.5}\n')
    assert folder.run("launch.sh", KIND=kind, STATUS=status) == expected


def test_a_signal_asks_for_a_checkpoint_and_a_person_ends_the_run(folder: Folder) -> None:
    folder.render("torchrun")
    with folder.start("launch.sh", KIND="paused", STATUS="1", WAITS="1") as process:
        folder.wait_until_started(process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 75
    assert not (folder.folder / "stop").exists()
    (folder.seen / "started").unlink()
    with folder.start("launch.sh", KIND="paused", STATUS="1", WAITS="1") as process:
        folder.wait_until_started(process)
        (folder.folder / "stop").touch()
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_a_job_goes_back_into_the_queue_before_its_limit_of_time(folder: Folder) -> None:
    folder.render("slurm")
    with folder.start("job.sbatch", KIND="paused", STATUS="1", WAITS="1") as process:
        folder.wait_until_started(process)
        process.send_signal(signal.SIGUSR1)
        process.communicate(timeout=20)
    assert process.returncode == 75
    assert (folder.seen / "scontrol").read_text() == "requeue 7\n"
    assert not (folder.folder / "stop").exists()
    assert "--rdzv-endpoint=node1:29500" in folder.arguments()


@pytest.mark.parametrize(
    ("kind", "status", "restarts", "expected", "requeued"),
    [
        ("finished", "0", "0", 0, False),
        ("failed", "1", "0", 65, False),
        ("step", "1", "0", 75, True),
        ("step", "1", "3", 75, False),
        ("paused", "1", "1", 75, True),
    ],
)
def test_a_job_is_started_again_only_if_that_helps(
    folder: Folder, kind: str, status: str, restarts: str, expected: int, requeued: bool
) -> None:
    folder.render("slurm")
    given = {"KIND": kind, "STATUS": status, "SLURM_RESTART_COUNT": restarts}
    assert folder.run("job.sbatch", **given) == expected
    assert folder.requeued() is requeued


def test_skypilot_starts_the_launcher_on_every_node(folder: Folder) -> None:
    folder.render("skypilot")
    task = (folder.folder / "job.sky.yaml").read_text()
    run = "\n".join(line.strip() for line in task.partition("run: |\n")[2].splitlines())
    nodes = {"SKYPILOT_NODE_IPS": "10.0.0.1\n10.0.0.2", "SKYPILOT_NUM_NODES": "2"}
    given = {**nodes, "SKYPILOT_NODE_RANK": "1", "TAU_RUN_FOLDER": str(folder.folder)}
    assert folder.run("-c", run, **given) == 0
    assert {"--node-rank=1", "--master-addr=10.0.0.1", "--nnodes=2"} < set(folder.arguments())
