"""What the steps of `tau studio example` share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from rich.console import Console

from tau.client.client import Client
from tau.server.schemas.studio import ComparisonOut, ProjectOut
from tau.settings import Settings


@dataclass(slots=True)
class ExampleWalk:
    """The example as somebody walks through it."""

    client: Client
    screen: Console
    settings: Settings
    name: str
    base: str
    quick: bool

    async def project(self) -> ProjectOut:
        """Return the project as it is now. Raises `NotFound`."""
        return await self.client.studio.find(self.name)

    async def last_comparison(self) -> ComparisonOut | None:
        """Return the newest comparison, if there is one."""
        listed = await self.client.studio.comparisons((await self.project()).id)
        return next(iter(listed.comparisons), None)

    @property
    def quoted(self) -> str:
        """The project's name as it's typed in a command."""
        return f'"{self.name}"' if " " in self.name else self.name


class ExampleStage(NamedTuple):
    """A step, and what it's about. It says whether the next one can follow."""

    title: str
    run: Callable[[ExampleWalk], Awaitable[bool]]
