"""Requests about people and their credentials."""

from msgspec.structs import asdict

from tau.client.http import HttpConnection, path_of
from tau.server.schemas.account import (
    LinkOut,
    NewDataKeyOut,
    NewKeyOut,
    RecoveryCodeOut,
)
from tau.usage.key_limits import NO_LIMITS, KeyLimits


class AccountsClient:
    """The part of the API that concerns people and their credentials."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def invite(self) -> str:
        """Return the token of an invitation for one more person."""
        return (await self._http.send("POST", "/api/invitations", LinkOut)).key

    async def rename_person(self, person_id: str, name: str) -> None:
        """Rename a person."""
        await self._http.command("PATCH", path_of("people", person_id), name=name)

    async def remove_person(self, person_id: str) -> None:
        """Erase a person and everything they ever said."""
        await self._http.command("DELETE", path_of("people", person_id))

    async def set_password(self, password: str) -> None:
        """Set the password of the signed-in person."""
        await self._http.command("PUT", "/api/password", password=password)

    async def new_recovery_code(self) -> str:
        """Return a new recovery code; the one before becomes invalid."""
        return (await self._http.send("POST", "/api/recovery-code", RecoveryCodeOut)).code

    async def change_data_key(self, password: str | None) -> str | None:
        """Change the key of the signed-in person's data; return the new recovery code, if any."""
        changed = await self._http.send("POST", "/api/data-key", NewDataKeyOut, password=password)
        return changed.recovery_code

    async def new_api_key(
        self, label: str, limits: KeyLimits = NO_LIMITS, expires_at: float | None = None
    ) -> str:
        """Return a new API key, shown only once."""
        asked = {"label": label, "limits": asdict(limits), "expires_at": expires_at}
        return (await self._http.send("POST", "/api/keys", NewKeyOut, **asked)).key

    async def limit_api_key(self, key_id: str, limits: KeyLimits, expires_at: float | None) -> None:
        """Set the limits and the expiry of an API key; what's left out is no limit."""
        asked = {"limits": asdict(limits), "expires_at": expires_at}
        await self._http.command("PUT", path_of("keys", key_id), **asked)

    async def revoke_api_key(self, key_id: str) -> None:
        """Revoke an API key."""
        await self._http.command("DELETE", path_of("keys", key_id))
