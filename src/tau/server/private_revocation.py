"""Ends private conversations once the credential that began them opens nothing any more."""

import asyncio

from tau.life.life import Life, LifeListener
from tau.server.revocation import Ended


class PrivateRevocation(LifeListener):
    """The watches over the credentials of private conversations, one for each conversation."""

    def __init__(self) -> None:
        self._watches: dict[tuple[str, str], asyncio.Task[None]] = {}

    def __len__(self) -> int:
        """Return how many conversations are watched."""
        return len(self._watches)

    def watch(self, life: Life, conversation: str, credential_ended: Ended) -> None:
        """End a private conversation once `credential_ended` returns."""

        async def end() -> None:
            await credential_ended()
            del self._watches[life.person, conversation]
            life.private.end(conversation)

        self._watches[life.person, conversation] = asyncio.create_task(end())

    def private_ended(self, person: str, conversation: str) -> None:
        """Stop watching a conversation."""
        if watch := self._watches.pop((person, conversation), None):
            watch.cancel()

    def close(self) -> None:
        """Stop watching."""
        for person, conversation in list(self._watches):
            self.private_ended(person, conversation)
