"""The docs are complete and correct: settings, routes, commands, links and snippets."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import Field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, get_type_hints

import click
import pytest

from tau.app import open_app
from tau.bench.commands import bench
from tau.cli import main
from tau.cli.chat_session import PRIVATE_NOTICE
from tau.cli.default_command import DefaultCommandGroup
from tau.life.private import IDLE_SECONDS
from tau.server.api import create_api
from tau.settings import Settings, default_of, table

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]*)(?:#([^)\s]*))?\)")


def _page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def _row(setting: Field[Any]) -> str:
    """Return the line of `docs/settings.md` for a setting."""
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
def test_every_setting_is_documented(setting: Field[Any]) -> None:
    assert _row(setting) in _page("settings.md").splitlines()


def test_no_removed_setting_is_documented() -> None:
    documented = re.findall(r"^\| `(\w+)` \| `TAU_", _page("settings.md"), flags=re.MULTILINE)
    assert documented == [setting.name for setting in table()]


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


def test_every_command_is_documented() -> None:
    page = _page("cli.md")
    commands = list(_commands(main, "tau"))
    assert "tau run" in commands
    assert [name for name in commands if not re.search(rf"{re.escape(name)}\b", page)] == []


def test_every_benchmark_is_a_command() -> None:
    benchmarks = set(_commands(bench, "tau bench"))
    assert benchmarks <= set(_commands(main, "tau"))


@pytest.mark.anyio
async def test_every_route_is_documented(tmp_path: Path) -> None:
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


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", _documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_work(page: Path) -> None:
    links = [
        (page.parent / target if target else page, anchor)
        for target, anchor in LINK.findall(page.read_text("utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert [target for target, _ in links if not target.exists()] == []
    assert [anchor for target, anchor in links if anchor and anchor not in _anchors(target)] == []


@pytest.mark.parametrize("package", ["facts", "memory"])
def test_the_page_of_a_package_lists_every_module(package: str) -> None:
    listed = re.findall(r"`([\w*]+\.py)`", _page(f"{package}.md"))
    modules = {path.name for path in (ROOT / "src" / "tau" / package).glob("[!_]*.py")}
    missing = {name for name in modules if not any(fnmatch(name, one) for one in listed)}
    assert missing == set()


def test_the_architecture_lists_every_package() -> None:
    source = ROOT / "src" / "tau"
    packages = {f"{path.parent.name}/" for path in source.glob("*/__init__.py")}
    table = re.findall(r"^\| (`.*?) \|", _page("architecture.md"), flags=re.MULTILINE)
    assert packages - set(re.findall(r"`(\w+/)`", " ".join(table))) == set()


def test_the_drawing_shows_the_layers_in_order() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    order = [name for layer in layers for name in re.findall(r"tau\.(\w+)", layer)]
    drawing = _page("architecture.md").split("```")[1]
    drawn = [name for name in re.findall(r"\b(\w+)(?:/|\.py\b)", drawing) if name in order]
    assert drawn == [name for name in order if name in drawn]
    assert len(drawn) > 15


def _snippets(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/memory.md"])
def test_python_snippets_run(page: str, tmp_path: Path) -> None:
    # The tests of the server run the snippets that need one, with the same clients.
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


def test_a_private_conversation_promises_the_same_everywhere() -> None:
    """The terminal, the web app and `privacy.md` say it, and the time is true, also in Chinese."""
    quoted = re.sub(r"\n> ", " ", _page("privacy.md"))
    strings = ROOT / "web" / "src" / "core" / "strings"
    assert PRIVATE_NOTICE in quoted
    assert f'"{PRIVATE_NOTICE}"' in (strings / "en" / "talk.ts").read_text("utf-8")
    minutes = f"{IDLE_SECONDS / 60:.0f}"
    assert f"{minutes} minutes without a word" in PRIVATE_NOTICE
    assert f"{minutes} 分钟没有说话" in (strings / "zh" / "talk.ts").read_text("utf-8")


def test_make_targets_in_the_docs_exist() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    named = {
        name
        for page in _documents()
        for name in re.findall(r"`make ([a-z-]+)`", page.read_text("utf-8"))
    }
    assert named <= targets


def _typed_commands() -> list[str]:
    """Return the arguments of `tau` in the code blocks of all documents, without placeholders."""
    text = "\n".join(page.read_text("utf-8") for page in _documents())
    typed = re.findall(r"^(?:    |\.venv/bin/)?tau ([a-z][^#|<\n]*)", text, flags=re.MULTILINE)
    return sorted({line.strip() for line in typed})


def test_the_documents_show_commands() -> None:
    assert len(_typed_commands()) > 20


@pytest.mark.parametrize("typed", _typed_commands())
def test_commands_in_the_docs_are_valid(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command: click.Command = main
    words = shlex.split(typed)
    for name in (word for word in words if word.endswith((".json", ".zip"))):
        Path(name).touch()
    context = click.Context(command)
    while isinstance(command, click.Group) and (words or not command.invoke_without_command):
        if isinstance(command, DefaultCommandGroup):
            words = command.with_command(words)
        found = command.get_command(context, words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
    with command.make_context("tau", words):
        pass
