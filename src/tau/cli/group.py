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

INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


class Place(NamedTuple):
    """Where a command lives, and what it does in one line."""

    module: str
    name: str
    help: str


SECTIONS: dict[str, dict[str, Place]] = {
    "Talk": {
        "run": Place("tau.cli.run", "run", "Start Tau and print the link to open."),
        "chat": Place("tau.cli.chat", "chat", "Talk with Tau here in the terminal."),
        "ask": Place("tau.cli.ask", "ask", "Ask one thing; the reply goes to standard output."),
        "link": Place("tau.cli.run", "link", "Print a fresh one-time link to the running Tau."),
    },
    "What Tau remembers": {
        "conversations": Place(
            "tau.cli.conversations", "conversations", "List conversations, or show one."
        ),
        "search": Place("tau.cli.conversations", "search", "Find what was said, by its meaning."),
        "memory": Place(
            "tau.cli.memory", "memory", "See what is known of you, set it right, forget it."
        ),
        "import": Place("tau.cli.imports", "bring", "Bring your past from another product."),
        "export": Place("tau.cli.export", "export", "Take everything away with you."),
    },
    "Models and people": {
        "models": Place("tau.cli.models", "models", "Fetch, connect and choose models."),
        "people": Place("tau.cli.people", "people", "Who may talk with this Tau."),
        "keys": Place("tau.cli.keys", "keys", "Keys for programs that talk with Tau."),
    },
    "Care": {
        "backup": Place(
            "tau.cli.backup", "backup", "Copy the whole database, also while Tau runs."
        ),
        "restore": Place("tau.cli.backup", "restore", "Put a copy of the database back."),
        "doctor": Place("tau.cli.doctor", "doctor", "Say what is wrong, and how to mend it."),
        "bench": Place("tau.bench.commands", "bench", "Measure Tau on this machine."),
        "version": Place("tau.cli.version", "version", "Print the version."),
    },
}
PLACES = {name: place for section in SECTIONS.values() for name, place in section.items()}


class Sorry(click.ClickException):
    """A failure told as one plain sentence, without a prefix and without a trace."""

    def show(self, file: Any = None) -> None:
        """Write the sentence to standard error."""
        click.echo(self.format_message(), file=file or sys.stderr)


class Root(click.Group):
    """Loads a command when it is called, and renders every failure once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return the names of all commands, in the order of the help page."""
        return list(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of that name."""
        place = PLACES.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(importlib.import_module(place.module), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands in their sections, without importing any."""
        width = max(map(len, PLACES))
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
            raise Sorry(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _leave_the_pipe()
            ctx.exit(0)


def _leave_the_pipe() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Root,
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
