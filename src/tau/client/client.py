"""The client of Tau's HTTP API, whether the server runs on this machine or elsewhere."""

from types import TracebackType
from typing import Self

from tau.client.accounts import AccountsClient
from tau.client.care import CareClient
from tau.client.conversations import ConversationsClient
from tau.client.experts import ExpertsClient
from tau.client.http import HttpConnection
from tau.client.imports import ImportsClient
from tau.client.memory import MemoryClient
from tau.client.models import ModelsClient
from tau.client.placed_runs import PlacedRunsClient
from tau.client.studio import StudioClient
from tau.client.turns import TurnsClient
from tau.client.writing import WritingClient


class Client:
    """A signed-in client of one Tau. Every failure is a `TauError` with one sentence."""

    def __init__(self, url: str, token: str) -> None:
        self.http = HttpConnection(url, token)
        self.accounts = AccountsClient(self.http)
        self.conversations = ConversationsClient(self.http)
        self.turns = TurnsClient(self.http)
        self.memory = MemoryClient(self.http)
        self.imports = ImportsClient(self.http)
        self.models = ModelsClient(self.http)
        self.care = CareClient(self.http)
        self.experts = ExpertsClient(self.http)
        self.writing = WritingClient(self.http)
        self.studio = StudioClient(self.http)
        self.placed_runs = PlacedRunsClient(self.http)

    async def __aenter__(self) -> Self:
        await self.http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.__aexit__(kind, error, trace)
