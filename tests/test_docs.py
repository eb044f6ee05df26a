"""What the documents promise: every setting, route and command stands there, and snippets run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import Field
from pathlib import Path
from typing import Any, get_type_hints

import click
import pytest

from tau.app import open_app
from tau.bench.commands import bench
from tau.cli import main
from tau.server.api import create_api
from tau.settings import Settings, default_of, table

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(#[^)\s]*)?\)")


def _page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _row(setting: Field[Any]) -> str:
    """The line of `docs/settings.md` that tells of one setting."""
    kind = get_type_hints(Settings)[setting.name]
    default = default_of(setting)
    shown = "the platform's user data folder" if setting.name == "home" else f"`{default}`"
    if default == "":
        shown = "empty"
    if kind is bool:
        shown = f"`{str(default).lower()}`"
    names = f"`{setting.name}` | `TAU_{setting.name.upper()}`"
    return f"| {names} | {shown} | {setting.metadata['help']} |"


@pytest.mark.parametrize("setting", table(), ids=lambda setting: setting.name)
def test_every_setting_is_told_as_it_is(setting: Field[Any]) -> None:
    assert _row(setting) in _page("settings.md").splitlines()


def test_no_setting_is_told_that_is_gone() -> None:
    told = re.findall(r"^\| `(\w+)` \| `TAU_", _page("settings.md"), flags=re.MULTILINE)
    assert told == [setting.name for setting in table()]


def _commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for one in command.list_commands(context):
            below = command.get_command(context, one)
            assert below is not None
            if not below.hidden:
                yield from _commands(below, f"{name} {one}")
    else:
        yield name


def test_every_command_is_told() -> None:
    page = _page("cli.md")
    commands = list(_commands(main, "tau"))
    assert "tau run" in commands
    assert [name for name in commands if not re.search(rf"{re.escape(name)}\b", page)] == []


def test_every_benchmark_is_a_command() -> None:
    told = {f"tau bench {name}" for name in bench.commands}
    assert told <= set(_commands(main, "tau"))


@pytest.mark.anyio
async def test_every_route_is_told(tmp_path: Path) -> None:
    async with open_app(Settings(home=tmp_path, offline=True), {}) as app:
        described = create_api(app).openapi()
    page = _page("api.md")
    routes = [
        f"{method.upper()} {path}"
        for path, methods in described["paths"].items()
        for method in methods
    ]
    assert routes
    assert [route for route in routes if route not in page] == []


def _documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("page", _documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(page.read_text("utf-8"))]
    here = [
        target for target in targets if "://" not in target and not target.startswith("mailto:")
    ]
    assert [target for target in here if not (page.parent / target).exists()] == []


def _snippets(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/memory.md"])
def test_python_of_the_documents_runs(page: str, tmp_path: Path) -> None:
    # What talks with a running Tau is tried by the tests of the server, with the same clients.
    for code in _snippets(page):
        if "127.0.0.1" in code or "localhost" in code:
            compile(code, page, "exec")
            continue
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    named = {
        name
        for page in _documents()
        for name in re.findall(r"`make ([a-z-]+)`", page.read_text("utf-8"))
    }
    assert named <= targets


def _typed_in_readme() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.partition("tau ")[2] for line in lines if line.startswith(".venv/bin/tau ")]


def test_the_readme_types_commands() -> None:
    assert len(_typed_in_readme()) > 5


@pytest.mark.parametrize("typed", _typed_in_readme())
def test_what_the_readme_types_is_understood(typed: str) -> None:
    command: click.Command = main
    words = typed.split()
    context = click.Context(command)
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    with command.make_context("tau", words):
        pass
