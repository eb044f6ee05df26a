"""A Tau that only remembers: what `tau memory` and `tau import` ask of a client, kept in a list."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from tau.client.client import (
    ApiError,
    Brought,
    Fact,
    FactDetail,
    Forgotten,
    Learning,
    Message,
    Passage,
    PortraitLine,
    Recalled,
)

DAY = 86_400.0
SHANGHAI = "住在上海的一条很长很长的街上，那里有许多蓝色的瓷砖，还有一家面包店和一只名叫小虎的猫"


def fact(name: str, text: str = "Lives in Porto", **more: Any) -> Fact:
    """A fact, current and read by rules unless told otherwise."""
    parts = {
        "id": name, "topic": "home", "text": text, "state": "current", "confirmed": False,
        "said_on": 20 * DAY, "last_said_on": 20 * DAY, "learned_by": "rules", "revision": 1,
    }  # fmt: skip
    return Fact(**(parts | more))


def message(name: str, text: str, **more: Any) -> Message:
    """A message of the person's."""
    parts = {"id": name, "conversation": "c", "by": "person", "text": text, "at": 20 * DAY}
    return Message(**(parts | more))


def brought(import_id: str, **more: Any) -> Brought:
    """An import that is done."""
    parts = {
        "id": import_id, "origin": "chatgpt", "state": "done", "sentence": "", "bytes_done": 9,
        "bytes_total": 9, "conversations": 2, "messages": 6, "facts": 0, "known": 0,
        "skipped_count": 0, "skipped": [], "notes": [], "restored": False,
        "name": "chatgpt.zip", "at": 20 * DAY,
    }  # fmt: skip
    return Brought(**(parts | more))


class Known:
    """Stands where the client of a running Tau stands; `done` tells what was asked of it."""

    def __init__(self, *facts: Fact) -> None:
        self.known = list(facts)
        self.passages: list[Passage] = []
        self.told_sources: list[Recalled] = []
        self.past: list[Brought] = []
        self.lines: list[PortraitLine] = []
        self.messages: list[Message] = []
        self.goes = Forgotten(0, 0, 0, 0, 0, 0)
        self.paused = False
        self.back: Fact | None = None
        self.done: list[tuple[Any, ...]] = []

    @asynccontextmanager
    async def connected(self, *_: Any, **__: Any) -> AsyncIterator["Known"]:
        yield self

    async def facts(
        self, *, state: str = "current", topic: str = "", query: str = "", limit: int | None = None
    ) -> list[Fact]:
        self.done.append(("facts", state, topic, query, limit))
        found = [one for one in self.known if state in ("all", one.state)]
        found = [one for one in found if topic in ("", one.topic)]
        return [one for one in found if query.lower() in one.text.lower()][:limit]

    async def fact(self, fact_id: str) -> FactDetail:
        one = self._named(fact_id)
        return FactDetail(one, [each for each in self.known if each.topic == one.topic],
                          self.told_sources)  # fmt: skip

    async def learning(self, *, paused: bool | None = None) -> Learning:
        self.paused = self.paused if paused is None else paused
        waiting = sum(one.state == "waiting" for one in self.known)
        return Learning(self.paused, len(self.known) - waiting, waiting)

    async def search(self, query: str, *, limit: int = 10) -> list[Passage]:
        self.done.append(("search", query, limit))
        return self.passages[:limit]

    async def correct(self, wrong: Fact, text: str) -> Fact:
        self.done.append(("correct", wrong.id, text))
        self.known.append(fact("new-" + wrong.id, text))
        return self.known[-1]

    async def confirm(self, one: Fact) -> Fact:
        self.done.append(("confirm", one.id))
        return one

    async def judge(self, verdict: str, ids: Sequence[str]) -> list[Fact]:
        self.done.append((verdict, *ids))
        return [self._named(name) for name in ids]

    async def undo(self, fact_id: str) -> Fact | None:
        self.done.append(("undo", fact_id))
        return self.back

    async def tell(self, text: str) -> list[Fact]:
        self.done.append(("tell", text))
        self.known.append(fact("told-1", text, topic="other", learned_by="person"))
        return self.known[-1:]

    async def portrait(self) -> list[PortraitLine]:
        return self.lines

    async def imports(self) -> list[Brought]:
        return self.past

    async def message(self, message_id: str) -> Message:
        for one in self.messages:
            if one.id == message_id:
                return one
        raise ApiError("There is no such message.", 404)

    async def forget(self, *, dry_run: bool = False, **what: Any) -> Forgotten:
        self.done.append(("forget", dry_run, what))
        return self.goes if dry_run else msgspec.structs.replace(self.goes, preview=[])

    def _named(self, name: str) -> Fact:
        return next(one for one in self.known if one.id == name)
