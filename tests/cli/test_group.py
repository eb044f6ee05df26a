"""The `tau` command itself: what it lists, how it fails, and what each command says of itself."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tau import __version__
from tau.cli import main
from tau.cli import options as options_module
from tau.cli.group import COMMANDS, RootGroup
from tau.cli.options import given, settings_given, takes_settings
from tau.errors import NotFound
from tau.settings import table
from tests.patience import patient

from .conftest import Command


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL_COMMANDS = list(commands(main))


@pytest.mark.parametrize("words", ALL_COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does(tau: Command, words: tuple[str, ...]) -> None:
    result = tau(*words, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output
    assert len(result.output.splitlines()) > 3


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"bench"}))
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert (command.help or "").splitlines()[0] == COMMANDS[name].help


@pytest.mark.parametrize(("words", "examples"), [(("ask",), 3), (("models", "add"), 2)])
def test_examples_are_shown_line_by_line(
    tau: Command, words: tuple[str, ...], examples: int
) -> None:
    output = tau(*words, "--help").output
    assert len([line for line in output.splitlines() if line.startswith("    tau ")]) == examples
    assert "\\b" not in output


def test_the_first_page_lists_everything(tau: Command) -> None:
    output = tau("--help").output
    for name, place in COMMANDS.items():
        assert f"  {name} " in output
        assert place.help in output
    assert tau().output.startswith("Usage: ")


def test_an_unknown_command_is_told(tau: Command) -> None:
    result = tau("dance")
    assert result.exit_code == 2
    assert "dance" in result.stderr


def test_the_version(tau: Command) -> None:
    assert tau("version").output == tau("--version").output == f"tau {__version__}\n"


def small(fails: BaseException | None = None) -> click.Group:
    @click.group(cls=RootGroup)
    @click.option("--debug", is_flag=True)
    @takes_settings("home")
    def root(debug: bool) -> None:
        """Stand for the root."""

    @click.command()
    @takes_settings("port")
    def act() -> None:
        """Do something."""
        if fails is not None:
            raise fails
        click.echo(repr(sorted(given().items())))

    root.get_command = lambda _context, name: act if name == "act" else None  # type: ignore[method-assign]
    return root


def test_a_failure_is_one_sentence_without_a_trace() -> None:
    result = CliRunner().invoke(small(NotFound("There is no such lake.")), ["act"])
    assert (result.exit_code, result.stderr) == (1, "There is no such lake.\n")
    traced = CliRunner().invoke(small(NotFound("There is no such lake.")), ["--debug", "act"])
    assert isinstance(traced.exception, NotFound)


def test_ctrl_c_is_no_failure() -> None:
    result = CliRunner().invoke(small(KeyboardInterrupt()), ["act"])
    assert (result.exit_code, result.output) == (130, "")


def test_settings_may_stand_before_and_after_the_command() -> None:
    result = CliRunner().invoke(small(), ["--home", "/x", "act", "--port", "7", "--no-offline"])
    assert result.output == "[('home', '/x'), ('offline', False), ('port', '7')]\n"
    nearest = CliRunner().invoke(small(), ["--port", "7", "act", "--port", "8"])
    assert nearest.output == "[('port', '8')]\n"


def test_every_setting_is_an_option_and_only_those_that_matter_are_shown() -> None:
    act = small().get_command(click.Context(main), "act")
    assert act is not None
    kept = {param.name: param for param in act.params if isinstance(param, click.Option)}
    assert {row.name for row in table()} <= kept.keys()
    shown = {name for name, param in kept.items() if not param.hidden}
    assert shown == {"port"}
    assert kept["port"].help == next(r for r in table() if r.name == "port").metadata["help"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--port", "many"), "'port'"),
        (("--home", "{home}/settings-folder"), "there is no setting named"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(
    tau: Command, home: Path, words: tuple[str, ...], sentence: str
) -> None:
    folder = home / "settings-folder"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("colour = 'red'\n")
    result = tau("link", *(word.format(home=home) for word in words))
    assert result.exit_code == 1
    assert sentence.lower() in result.stderr.lower()
    assert result.stderr.count("\n") == 1


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What level was chosen last; the logging of the tests themselves stays as it is."""
    chosen: dict[str, str] = {}
    monkeypatch.setattr(
        options_module, "configure_logging", lambda level: chosen.update(level=level)
    )
    return chosen


@pytest.mark.parametrize(
    ("words", "quiet", "level"),
    [
        ([], True, "error"),
        ([], False, "info"),
        (["--log-level", "debug"], True, "debug"),
        (["--log-level", "warning"], False, "warning"),
    ],
)
def test_a_command_that_speaks_for_itself_logs_little(
    levels: dict[str, str], words: list[str], quiet: bool, level: str
) -> None:
    @click.command()
    @takes_settings()
    def act() -> None:
        settings_given(quiet=quiet)

    result = CliRunner().invoke(act, words, env={"TAU_LOG_LEVEL": None})
    assert result.exit_code == 0, result.output
    assert levels == {"level": level}


def test_other_libraries_keep_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **given: asked.update(given))
    tau_log = logging.getLogger("tau")
    before = tau_log.level
    try:
        options_module.configure_logging("info")
        assert (asked["level"], tau_log.level) == (logging.WARNING, logging.INFO)
        options_module.configure_logging("debug")
        assert (asked["level"], tau_log.level) == (logging.DEBUG, logging.DEBUG)
    finally:
        tau_log.setLevel(before)


def test_a_command_is_imported_without_collecting_garbage() -> None:
    """In a process of its own, since here everything is imported already."""
    code = """
import click, gc
from tau.cli import main
collected = []
gc.callbacks.append(lambda phase, _: collected.append(phase))
main.get_command(click.Context(main), "run")
assert collected == [], len(collected)
assert gc.get_freeze_count() > 50_000
assert gc.isenabled()
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=patient(60))
