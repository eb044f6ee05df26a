"""Requests about conversations and messages."""

from tau.client.http import HttpConnection, path_of
from tau.server.schemas.conversations import ConversationOut, ConversationPage
from tau.server.schemas.messages import MessageOut, MessagePage

_PAGE_SIZE = 200


class ConversationsClient:
    """The part of the API that concerns conversations and their messages."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def all(self, *, limit: int | None = None) -> list[ConversationOut]:
        """Return the conversations that are not archived, newest first."""
        found: list[ConversationOut] = []
        after: str | None = None
        while limit is None or len(found) < limit:
            query = {"limit": str(_PAGE_SIZE), **({"after": after} if after else {})}
            page = await self._http.get("/api/conversations", ConversationPage, **query)
            found += page.conversations
            after = page.next
            if after is None:
                break
        return found[:limit]

    async def get(self, conversation_id: str) -> ConversationOut:
        """Return one conversation. Raises `ApiError` (404) if there is none."""
        return await self._http.get(path_of("conversations", conversation_id), ConversationOut)

    async def begin(self, *, private: bool = False) -> ConversationOut:
        """Begin a conversation."""
        return await self._http.send("POST", "/api/conversations", ConversationOut, private=private)

    async def end(self, conversation_id: str) -> None:
        """End a private conversation. Raises `ApiError` (404) if it has ended."""
        await self._http.command("POST", path_of("conversations", conversation_id, "end"))

    async def rename(self, conversation_id: str, title: str) -> ConversationOut:
        """Give a conversation a title."""
        path = path_of("conversations", conversation_id)
        return await self._http.send("PATCH", path, ConversationOut, title=title)

    async def messages(self, conversation_id: str) -> list[MessageOut]:
        """Return the whole visible thread of a conversation, oldest first."""
        path = path_of("conversations", conversation_id, "messages")
        found: list[MessageOut] = []
        before: str | None = None
        while True:
            query = {"limit": str(_PAGE_SIZE), **({"before": before} if before else {})}
            page = await self._http.get(path, MessagePage, **query)
            found = page.messages + found
            before = page.earlier
            if before is None:
                return found

    async def message(self, message_id: str) -> MessageOut:
        """Return one message. Raises `ApiError` (404) if there is none."""
        return await self._http.get(path_of("messages", message_id), MessageOut)
