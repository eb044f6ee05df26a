"""Requests about projects of the studio, as the command line sends them."""

import click

from tau.cli.studio import compare
from tau.server.requests.studio import CompareRequest


def test_all_methods_that_the_command_line_knows_can_be_named_at_once() -> None:
    only = next(each for each in compare.params if each.name == "methods")
    assert isinstance(only.type, click.Choice)
    names = list(only.type.choices)
    assert CompareRequest.model_validate({"methods": names}).methods == names
