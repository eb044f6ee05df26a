"""The root of the command line: the table of commands, and how failures are shown.

The table holds the one-line help of each command, so that listing them imports none of them.
"""

import gc
import importlib
import os
import sys
from types import ModuleType
from typing import Any, NamedTuple

import click

from tau import __version__
from tau.cli.options import takes_settings
from tau.errors import TauError

EXIT_INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class CommandEntry(NamedTuple):
    """Where a command is defined, and its one-line help."""

    module: str
    name: str
    help: str


SECTIONS: dict[str, dict[str, CommandEntry]] = {
    "Chat": {
        "run": CommandEntry("tau.cli.run", "run", "Start Tau and print the link to open."),
        "chat": CommandEntry("tau.cli.chat", "chat", "Chat with Tau in the terminal."),
        "ask": CommandEntry("tau.cli.ask", "ask", "Ask one question and print the reply."),
        "link": CommandEntry(
            "tau.cli.link", "link", "Print a new one-time link to the running Tau."
        ),
    },
    "Memory": {
        "conversations": CommandEntry(
            "tau.cli.conversations", "conversations", "List conversations, or show one."
        ),
        "search": CommandEntry(
            "tau.cli.conversations", "search", "Search everything that was ever said."
        ),
        "memory": CommandEntry(
            "tau.cli.memory", "memory", "See, correct and forget what Tau knows about you."
        ),
        "files": CommandEntry("tau.cli.kept_files", "files", "List and remove attached files."),
        "import": CommandEntry(
            "tau.cli.imports", "import_command", "Import your history from another product."
        ),
        "export": CommandEntry(
            "tau.cli.export", "export", "Export everything but reflective support."
        ),
    },
    "Care": {
        "care": CommandEntry("tau.cli.care", "care", "Exercises, check-ins and help lines."),
    },
    "Models and people": {
        "models": CommandEntry("tau.cli.models", "models", "Download, connect and choose models."),
        "people": CommandEntry("tau.cli.people", "people", "Manage who can use this Tau."),
        "keys": CommandEntry("tau.cli.keys", "keys", "Manage API keys for programs."),
        "usage": CommandEntry("tau.cli.usage", "usage", "Show tokens and cost by key and model."),
    },
    "Specialists": {
        "check": CommandEntry(
            "tau.cli.writing", "check", "Check a document against your style and memory."
        ),
        "write": CommandEntry(
            "tau.cli.writing", "write", "Have a document edited; you decide each change."
        ),
        "sketch": CommandEntry(
            "tau.cli.sketch", "sketch", "Draw a dwelling from words, in English or Chinese."
        ),
        "experts": CommandEntry(
            "tau.cli.experts",
            "experts",
            "Specialists, what each may read, and their packages.",
        ),
    },
    "Studio": {
        "studio": CommandEntry(
            "tau.cli.studio", "studio", "Test on your own examples which method answers best."
        ),
    },
    "Maintenance": {
        "backup": CommandEntry(
            "tau.cli.backup", "backup", "Back up the database, even while Tau is running."
        ),
        "restore": CommandEntry("tau.cli.backup", "restore", "Restore the database from a backup."),
        "doctor": CommandEntry("tau.cli.doctor", "doctor", "Diagnose problems and suggest fixes."),
        "bench": CommandEntry("tau.bench.commands", "bench", "Measure Tau on this machine."),
        "version": CommandEntry("tau.cli.version", "version", "Print the version."),
    },
}
COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


class CommandError(click.ClickException):
    """A failure shown as one plain sentence, without a prefix or a traceback."""

    def show(self, file: Any = None) -> None:
        """Write the sentence to standard error."""
        click.echo(self.format_message(), file=file or sys.stderr)


class RootGroup(click.Group):
    """A group that imports a command when it is called, and shows every failure once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of all commands, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(_import(place.module), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands in their sections, without importing any."""
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                rows = [(name.ljust(width), place.help) for name, place in section.items()]
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `TauError` is shown as one sentence, Ctrl-C exits quietly."""
        try:
            return super().invoke(ctx)
        except TauError as error:
            if ctx.params.get("debug"):
                raise
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)
        except click.Abort as error:  # of a prompt
            if isinstance(error.__context__, KeyboardInterrupt):
                click.echo(err=True)
                ctx.exit(EXIT_INTERRUPTED)
            raise
        except BrokenPipeError:
            _discard_stdout()
            ctx.exit(0)


def _import(name: str) -> ModuleType:
    """Import a module once, and keep Python's cyclic collector away from all that it brings.

    None of it is garbage before the program ends. Searching it while it's imported, and again at
    the end, takes a third of the time of a short command.
    """
    if name in sys.modules:
        return sys.modules[name]
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _discard_stdout() -> None:
    """Point standard output at nothing so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every setting can be given as an option of any command (--name), as an environment "
    "variable (TAU_NAME) or in settings.toml; `tau doctor` lists them all.",
)
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(__version__, message="tau %(version)s")
@takes_settings("home")
def main(debug: bool) -> None:
    """Tau, a personal AI that remembers you and belongs to you.

    Start with `tau run` to use Tau in the browser, or `tau chat` to stay in the terminal.
    """
