"""The part of Tau's API that concerns people, credentials and exports."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import aiohttp
import msgspec

from tau.client.client import NO_TIMEOUT, Client, error_from
from tau.errors import TauError


class _Link(msgspec.Struct, frozen=True):
    key: str


class _Code(msgspec.Struct, frozen=True):
    code: str


class AccountsClient(Client):
    """A client that also administers and exports accounts."""

    async def export(self, shape: str) -> AsyncIterator[bytes]:
        """Yield an export of the person who is signed in, piece by piece."""
        address, query = f"{self.url}/api/export", {"format": shape}
        try:
            async with self._http.get(address, params=query, timeout=NO_TIMEOUT) as response:
                if response.status >= 400:
                    raise error_from(response.status, await response.read())
                async for piece in response.content.iter_any():
                    yield piece
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TauError("The connection to Tau's server was lost; export again.") from error

    async def invite(self) -> str:
        """Return the token of an invitation for one more person."""
        return (await self._send("POST", "/api/invitations", _Link)).key

    async def rename_person(self, person_id: str, name: str) -> None:
        """Rename a person."""
        await self._send("PATCH", f"/api/people/{_quote(person_id)}", None, name=name)

    async def remove_person(self, person_id: str) -> None:
        """Erase a person and everything they ever said."""
        await self._send("DELETE", f"/api/people/{_quote(person_id)}", None)

    async def set_password(self, password: str) -> None:
        """Set the password of the person who is signed in."""
        await self._send("PUT", "/api/password", None, password=password)

    async def new_recovery_code(self) -> str:
        """Return a new recovery code; the one before becomes invalid."""
        return (await self._send("POST", "/api/recovery-code", _Code)).code

    async def new_api_key(self, label: str) -> str:
        """Return a new API key, shown only this once."""
        return (await self._send("POST", "/api/keys", _Link, label=label)).key

    async def revoke_api_key(self, key_id: str) -> None:
        """Revoke an API key."""
        await self._send("DELETE", f"/api/keys/{_quote(key_id)}", None)


def _quote(text: str) -> str:
    return quote(text, safe="")
