"""`tau version`."""

import click

from tau import __version__


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(f"tau {__version__}")
