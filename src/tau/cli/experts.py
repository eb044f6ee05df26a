"""`tau experts`: specialists that share one memory."""

import click

from tau.cli.experts_setup import doctor_experts, setup_experts


@click.group()
def experts() -> None:
    """Specialists that share one memory, and the packages that they need."""


for _command in (setup_experts, doctor_experts):
    experts.add_command(_command)
