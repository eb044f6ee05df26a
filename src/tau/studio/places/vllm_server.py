"""Client of a running vLLM: loads and unloads adapters, and says which it serves.

vLLM answers a name that it doesn't know with 404, but it's asked what it serves after each change
all the same: a model is only released once the server lists it under its name, on its base. The
address goes through the guard for addresses that people give.
"""

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

from tau.errors import RefusedAddress
from tau.models.errors import BackendUnavailable, InvalidAnswer, RequestRejected
from tau.models.http import GuardedClient
from tau.studio.places.vllm import check_model_name

_LOADING_SECONDS = 300.0
"""Reading an adapter from a shared disk takes a while."""
_ANSWER_LIMIT = 1_000_000
_NETWORK = (aiohttp.ClientError, OSError, TimeoutError)
_HINTS = {
    401: "refuses the key",
    403: "refuses the key",
    404: "doesn't load adapters while it serves (VLLM_ALLOW_RUNTIME_LORA_UPDATING)",
}


class VllmServer:
    """A running vLLM at an address that ends in `/v1`."""

    def __init__(self, client: GuardedClient, url: str, key: str = "") -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    async def adapters(self) -> dict[str, str]:
        """Return the adapters that it serves, with the base of each."""
        answer = await self._ask("GET", "/models")
        try:
            models = msgspec.json.decode(answer)["data"]
            return {each["id"]: each["parent"] for each in models if each.get("parent")}
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
            raise InvalidAnswer("vllm", "answered in a format that isn't vLLM's") from None

    async def load(self, name: str, path: str, base: str = "") -> None:
        """Load the adapter in a folder of the server's under a name of the studio's.

        A name that it serves already is left alone: the name says what the content is. Raises
        `BackendUnavailable` if it isn't served afterwards, or not on `base`.
        """
        check_model_name(name)
        served = await self.adapters()
        if name not in served:
            await self._ask("POST", "/load_lora_adapter", {"lora_name": name, "lora_path": path})
            served = await self.adapters()
        if name not in served:
            raise BackendUnavailable(name, "isn't served by vLLM, though it said so")
        if base and served[name] != base:
            raise BackendUnavailable(name, f"is served on another base, {served[name]!r:.100}")

    async def unload(self, name: str) -> None:
        """Unload an adapter; one that isn't served is left alone."""
        check_model_name(name)
        if name in await self.adapters():
            await self._ask("POST", "/unload_lora_adapter", {"lora_name": name})
        if name in await self.adapters():
            raise BackendUnavailable(name, "is still served by vLLM")

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """Return the answer. Raises `BackendUnavailable`.

        It doesn't repeat what the server said, since that may contain paths and keys.
        """
        try:
            async with self._client.request(
                method,
                self._url + path,
                headers=self._headers,
                body=msgspec.json.encode(body) if body is not None else None,
                timeout=aiohttp.ClientTimeout(total=_LOADING_SECONDS),
                follow="none",
            ) as response:
                answer = await _read(response)
        except RefusedAddress as error:
            raise BackendUnavailable(
                "vllm", "has an address that Tau may not fetch", hint=str(error)
            ) from None
        except _NETWORK:
            raise BackendUnavailable("vllm", "can't be reached") from None
        if response.status != 200:
            reason = _HINTS.get(response.status, f"refused the request (HTTP {response.status})")
            raise RequestRejected("vllm", reason)
        return answer


async def _read(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    while data := await response.content.readany():
        answer += data
        if len(answer) > _ANSWER_LIMIT:
            raise InvalidAnswer("vllm", "sent an endless answer")
    return bytes(answer)
