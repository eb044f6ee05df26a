"""Command-line options generated from the settings table.

Every command accepts every setting; its help shows only those that matter to it. The values are
kept in click's context, so that options before and after the command's name are combined.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import Field
from pathlib import Path
from typing import Any, get_type_hints

import click

from tau.errors import SettingsError
from tau.settings import Settings, default_of, load, table

_GIVEN = "tau.cli.given"
_KINDS = get_type_hints(Settings)
takes_person = click.option("--person", metavar="NAME", help="For this person, not the owner.")
"""Give a command the option `person`."""
takes_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
"""Give a command the option `as_json`."""


def takes_settings(*shown: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an option for each setting; its help shows those named here."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for setting in reversed(table()):
            command = _option(setting, hidden=setting.name not in shown)(command)
        return command

    return decorate


def given(ctx: click.Context | None = None) -> dict[str, Any]:
    """Return the settings that the command line itself gave."""
    values: dict[str, Any] = (ctx or click.get_current_context()).meta.setdefault(_GIVEN, {})
    return values


def settings_given(*, quiet: bool = True) -> Settings:
    """Load the settings and set up logging, once per command.

    A `quiet` command logs only errors, unless a level was chosen.
    """
    settings = load_given()
    usual = settings.log_level == {row.name: default_of(row) for row in table()}["log_level"]
    configure_logging("error" if quiet and usual else settings.log_level)
    return settings


def load_given() -> Settings:
    """Return the settings, the command line's first. Raises `SettingsError`."""
    try:
        return load(given())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"The settings in Tau's home cannot be read: {reason}.") from error


def configure_logging(level: str) -> None:
    """Send log lines to standard error: the only place where Tau configures logging."""
    names = logging.getLevelNamesMapping()
    chosen = names.get(level.upper(), logging.INFO)
    others = chosen if chosen == logging.DEBUG else max(chosen, logging.WARNING)
    logging.basicConfig(
        level=others, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("tau").setLevel(chosen)


def _option(setting: Field[Any], *, hidden: bool) -> Callable[..., Any]:
    flag = "--" + setting.name.replace("_", "-")
    kind = _KINDS[setting.name]
    return click.option(
        f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
        setting.name,
        type=bool if kind is bool else str,
        default=None,
        metavar=None if kind is bool else _metavar(kind),
        hidden=hidden,
        expose_value=False,
        callback=_store_value,
        help=setting.metadata["help"],
    )


def _metavar(kind: type) -> str:
    return {Path: "FOLDER", int: "NUMBER", float: "NUMBER"}.get(kind, "TEXT")


def _store_value(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is not None and param.name is not None:
        given(ctx)[param.name] = value
