"""Requests about conversations that people lend to their projects."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import Id, RequestBody
from tau.studio.lending.lent_examples import LendingOptions


class LendRequest(RequestBody):
    """Conversations of your own to lend to a project.

    `instructions` become the system message of the examples. With `dry_run` nothing is lent; the
    answer shows what would be.
    """

    conversations: Annotated[list[Id], Field(min_length=1, max_length=200)]
    masked: bool = True
    instructions: Annotated[str, Field(max_length=10_000)] = ""
    dry_run: bool = False

    def options(self) -> LendingOptions:
        """Return them as the studio takes them."""
        return LendingOptions(masked=self.masked, instructions=self.instructions)
