"""The root of the command line: what there is, and how a failure is told.

The table of commands carries their one-line helps, so that listing them imports none of them.
"""

import importlib
import os
import sys
from typing import Any, NamedTuple

import click

from tau import __version__
from tau.cli.options import takes_settings
from tau.errors import TauError

EXIT_INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class CommandEntry(NamedTuple):
    """Where a command lives, and what it does in one line."""

    module: str
    name: str
    help: str


SECTIONS: dict[str, dict[str, CommandEntry]] = {
    "Talk": {
        "run": CommandEntry("tau.cli.run", "run", "Start Tau and print the link to open."),
        "chat": CommandEntry("tau.cli.chat", "chat", "Talk with Tau here in the terminal."),
        "ask": CommandEntry(
            "tau.cli.ask", "ask", "Ask one thing; the reply goes to standard output."
        ),
        "link": CommandEntry(
            "tau.cli.run", "link", "Print a fresh one-time link to the running Tau."
        ),
    },
    "What Tau remembers": {
        "conversations": CommandEntry(
            "tau.cli.conversations", "conversations", "List conversations, or show one."
        ),
        "search": CommandEntry(
            "tau.cli.conversations", "search", "Find what was said, by its meaning."
        ),
        "memory": CommandEntry(
            "tau.cli.memory", "memory", "See what is known of you, set it right, forget it."
        ),
        "import": CommandEntry("tau.cli.imports", "bring", "Bring your past from another product."),
        "export": CommandEntry("tau.cli.export", "export", "Take everything away with you."),
    },
    "Models and people": {
        "models": CommandEntry("tau.cli.models", "models", "Fetch, connect and choose models."),
        "people": CommandEntry("tau.cli.people", "people", "Who may talk with this Tau."),
        "keys": CommandEntry("tau.cli.keys", "keys", "Keys for programs that talk with Tau."),
    },
    "Care": {
        "backup": CommandEntry(
            "tau.cli.backup", "backup", "Copy the whole database, also while Tau runs."
        ),
        "restore": CommandEntry("tau.cli.backup", "restore", "Put a copy of the database back."),
        "doctor": CommandEntry(
            "tau.cli.doctor", "doctor", "Say what is wrong, and how to mend it."
        ),
        "bench": CommandEntry("tau.bench.commands", "bench", "Measure Tau on this machine."),
        "version": CommandEntry("tau.cli.version", "version", "Print the version."),
    },
}
COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


class CommandError(click.ClickException):
    """A failure told as one plain sentence, without a prefix and without a trace."""

    def show(self, file: Any = None) -> None:
        """Write the sentence to standard error."""
        click.echo(self.format_message(), file=file or sys.stderr)


class RootGroup(click.Group):
    """Loads a command when it is called, and renders every failure once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of all commands, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(importlib.import_module(place.module), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands in their sections, without importing any."""
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                rows = [(name.ljust(width), place.help) for name, place in section.items()]
                formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `TauError` becomes one sentence, Ctrl-C an exit without noise."""
        try:
            return super().invoke(ctx)
        except TauError as error:
            if ctx.params.get("debug"):
                raise
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            _discard_stdout()
            ctx.exit(0)


def _discard_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every setting is an option of every command (--name), a variable (TAU_NAME) and a "
    "line of settings.toml; `tau doctor` lists them all.",
)
@click.option("--debug", is_flag=True, help="Show traces of what fails.")
@click.version_option(__version__, message="tau %(version)s")
@takes_settings("home")
def main(debug: bool) -> None:
    """Tau, a personal AI that remembers you and belongs to you.

    Start with `tau run` for the browser, or `tau chat` to stay in the terminal.
    """
