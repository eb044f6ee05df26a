"""A Tau that only remembers: what `tau memory` and `tau import` ask of a client, kept in a list."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from tau.client.http import ApiError
from tau.server.schemas.facts import FactDetailOut, FactOut
from tau.server.schemas.forgetting import ForgetOut
from tau.server.schemas.imports import ImportOut
from tau.server.schemas.learning import LearningOut
from tau.server.schemas.memory import PassageOut
from tau.server.schemas.messages import MessageOut, RecalledMessageOut
from tau.server.schemas.profile import ProfileLineOut

DAY = 86_400.0
SHANGHAI = "住在上海的一条很长很长的街上，那里有许多蓝色的瓷砖，还有一家面包店和一只名叫小虎的猫"


def fact(name: str, text: str = "Lives in Porto", **more: Any) -> FactOut:
    """A fact, current and read by rules unless told otherwise."""
    parts = {
        "id": name, "topic": "home", "text": text, "state": "current", "confirmed": False,
        "said_on": 20 * DAY, "last_said_on": 20 * DAY, "learned_by": "rules", "revision": 1,
        "about": "", "valid_from": None, "valid_to": None, "due": None, "sources": [],
        "corrects": None, "superseded_by": None, "trust": "stated", "asks": False,
        "replaces": None, "valid_from_precision": None,
    }  # fmt: skip
    return FactOut(**(parts | more))


def message(name: str, text: str, **more: Any) -> MessageOut:
    """A message of the person's."""
    parts = {
        "id": name, "conversation": "c", "by": "person", "text": text, "at": 20 * DAY,
        "speaker": None, "parent": None, "turn": None, "status": "complete", "model": None,
        "recalled": [], "facts": [], "notes": [],
    }  # fmt: skip
    return MessageOut(**(parts | more))


def brought(import_id: str, **more: Any) -> ImportOut:
    """An import that is done."""
    parts = {
        "id": import_id, "origin": "chatgpt", "state": "done", "sentence": "", "bytes_done": 9,
        "bytes_total": 9, "conversations": 2, "messages": 6, "facts": 0, "known": 0,
        "skipped_count": 0, "skipped": [], "notes": [], "restored": False,
        "name": "chatgpt.zip", "at": 20 * DAY, "forgotten": 0, "dry_run": False, "learned": [],
        "held": False,
    }  # fmt: skip
    return ImportOut(**(parts | more))


class Known:
    """Stands where the client of a running Tau stands; `done` tells what was asked of it."""

    def __init__(self, *facts: FactOut) -> None:
        self.known = list(facts)
        self.passages: list[PassageOut] = []
        self.told_sources: list[RecalledMessageOut] = []
        self.past: list[ImportOut] = []
        self.lines: list[ProfileLineOut] = []
        self.said: list[MessageOut] = []
        self.goes = ForgetOut(False, 0, 0, 0, 0, 0, 0)
        self.paused = False
        self.back: FactOut | None = None
        self.done: list[tuple[Any, ...]] = []
        self.memory = self
        self.imports = SimpleNamespace(all=self._imports)
        self.conversations = SimpleNamespace(message=self._message)

    @asynccontextmanager
    async def connected(self, *_: Any, **__: Any) -> AsyncIterator["Known"]:
        yield self

    async def facts(
        self, *, state: str = "current", topic: str = "", query: str = "", limit: int | None = None
    ) -> list[FactOut]:
        self.done.append(("facts", state, topic, query, limit))
        found = [one for one in self.known if state in ("all", one.state)]
        found = [one for one in found if topic in ("", one.topic)]
        return [one for one in found if query.lower() in one.text.lower()][:limit]

    async def fact(self, fact_id: str) -> FactDetailOut:
        one = self._named(fact_id)
        return FactDetailOut(one, [each for each in self.known if each.topic == one.topic], [],
                             self.told_sources)  # fmt: skip

    async def learning(self, *, paused: bool | None = None) -> LearningOut:
        self.paused = self.paused if paused is None else paused
        waiting = sum(one.state == "waiting" for one in self.known)
        return LearningOut(self.paused, len(self.known) - waiting, waiting)

    async def search(self, query: str, *, limit: int = 10) -> list[PassageOut]:
        self.done.append(("search", query, limit))
        return self.passages[:limit]

    async def correct(self, wrong: FactOut, text: str) -> FactOut:
        self.done.append(("correct", wrong.id, text))
        self.known.append(fact("new-" + wrong.id, text))
        return self.known[-1]

    async def confirm(self, one: FactOut) -> FactOut:
        self.done.append(("confirm", one.id))
        return one

    async def judge(self, verdict: str, ids: Sequence[str]) -> list[FactOut]:
        self.done.append((verdict, *ids))
        return [self._named(name) for name in ids]

    async def undo(self, fact_id: str) -> FactOut | None:
        self.done.append(("undo", fact_id))
        return self.back

    async def add_fact(self, text: str) -> list[FactOut]:
        self.done.append(("tell", text))
        self.known.append(fact("told-1", text, topic="other", learned_by="person"))
        return self.known[-1:]

    async def profile(self) -> list[ProfileLineOut]:
        return self.lines

    async def _imports(self) -> list[ImportOut]:
        return self.past

    async def _message(self, message_id: str) -> MessageOut:
        for one in self.said:
            if one.id == message_id:
                return one
        raise ApiError("There is no such message.", 404)

    async def forget(self, *, dry_run: bool = False, **what: Any) -> ForgetOut:
        self.done.append(("forget", dry_run, what))
        return self.goes if dry_run else replace(self.goes, preview=[])

    def _named(self, name: str) -> FactOut:
        return next(one for one in self.known if one.id == name)
